#!/usr/bin/env bash
# Generates the SDKs from the schema that the plugin serves, with Pulumi's own generators, pinned in tools/sdk.
#
# Usage: sdk.sh PLUGIN DIR           PLUGIN is the plugin's binary; DIR receives nodejs/, python/, go/, dotnet/ and schema.json
#        sdk.sh --check PLUGIN DIR   fails if that would change DIR
# Needs `pulumi` and `go` on PATH.
set -euo pipefail

check=
if [[ $1 == --check ]]; then
    check=1
    shift
fi
plugin=$(realpath -e "$1")
dir=$2
root=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export GOTOOLCHAIN=local PULUMI_SKIP_UPDATE_CHECK=true

out=$scratch/sdk
mkdir "$out"
pulumi package get-schema "$plugin" >"$scratch/schema.json"
(cd "$root/tools/sdk" && GOFLAGS=-mod=readonly go run . "$scratch/schema.json" "$out")
# The generator does not write the indirect requirements of the Go module, and requires the newest SDK of Pulumi. Every user of the
# module would have to take that SDK and the Go that it needs. Require the oldest one that the SDK for Node takes, too.
version=v$(sed -n 's|.*"@pulumi/pulumi": "^\(.*\)".*|\1|p' "$out/nodejs/package.json")
(cd "$out/go" && go mod edit -go=1.21 -require="github.com/pulumi/pulumi/sdk/v3@$version" && GOFLAGS=-mod=mod go mod tidy) 2>&1 |
    { grep -v '^go: \(downloading\|finding\|found\)' || true; }

if [[ $check ]]; then
    # Ignore what npm, pip, dotnet and Python leave in sdk/ when they build or install from there, as .gitignore does.
    leftovers=(node_modules package-lock.json bin obj build dist '*.egg-info' __pycache__ .venv venv)
    diff -r "${leftovers[@]/#/--exclude=}" "$dir" "$out" ||
        { echo "sdk/ is not what the schema says: run \`make sdk\`" >&2 && exit 1; }
    echo "1 passed: sdk/ is what the generators make of the schema"
else
    rm -rf "$dir"
    mv "$out" "$dir"
fi
