#!/usr/bin/env bash
# Checks the workflows in .github and the Dockerfile: actionlint checks the workflows' syntax, zizmor looks for vulnerabilities in
# them, and hadolint checks the Dockerfile. All are pinned in tools/ and installed into DIR.
#
# Usage: workflows.sh DIR
set -euo pipefail

mkdir -p "$1/bin"
dir=$(cd "$1" && pwd)
tools=$(cd "$(dirname "$0")/.." && pwd)/tools

install() { # NAME, the tool that tools/python/NAME.txt pins, into DIR/venv-NAME
    local pins=$tools/python/$1.txt venv=$dir/venv-$1
    cmp -s "$pins" "$venv/installed.txt" && return
    rm -rf "$venv" && python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes -r "$pins"
    cp "$pins" "$venv/installed.txt"
}

(cd "$tools/actionlint" && GOTOOLCHAIN=local GOFLAGS=-mod=readonly go build -o "$dir/bin/" github.com/rhysd/actionlint/cmd/actionlint)
"$dir/bin/actionlint"

install zizmor
"$dir/venv-zizmor/bin/zizmor" --offline --quiet .github

install hadolint
"$dir/venv-hadolint/bin/hadolint" "$tools/docker/Dockerfile"
