#!/usr/bin/env bash
# Checks the workflows in .github: actionlint checks their syntax, and zizmor looks for vulnerabilities.
# Both are pinned in tools/ and installed into DIR.
#
# Usage: workflows.sh DIR
set -euo pipefail

mkdir -p "$1/bin"
dir=$(cd "$1" && pwd)
tools=$(cd "$(dirname "$0")/.." && pwd)/tools

(cd "$tools/actionlint" && GOTOOLCHAIN=local GOFLAGS=-mod=readonly go build -o "$dir/bin/" github.com/rhysd/actionlint/cmd/actionlint)
"$dir/bin/actionlint"

pins=$tools/python/zizmor.txt
if ! cmp -s "$pins" "$dir/venv-zizmor/installed.txt"; then
    rm -rf "$dir/venv-zizmor" && python3 -m venv "$dir/venv-zizmor"
    "$dir/venv-zizmor/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes -r "$pins"
    cp "$pins" "$dir/venv-zizmor/installed.txt"
fi
"$dir/venv-zizmor/bin/zizmor" --offline --quiet .github
