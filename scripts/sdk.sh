#!/usr/bin/env bash
# Writes the SDKs, each anew, from the schema that the plugin serves: Pulumi's own generators, pinned in tools/sdk.
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
# What the generator leaves to us: everything that the module's requirements require. Of Pulumi's SDK the version that the
# generators came with, rather than an older one that no test here sees.
sdk=github.com/pulumi/pulumi/sdk/v3
version=$(awk -v module="$sdk" '$1 == module { print $2 }' "$root/tools/sdk/go.mod")
(cd "$out/go" && go mod edit -require="$sdk@$version" && GOFLAGS=-mod=mod go mod tidy) 2>&1 | { grep -v '^go: \(downloading\|finding\|found\)' || true; }

if [[ $check ]]; then
    # A build of an SDK in its place leaves files of its own.
    diff -r --exclude node_modules --exclude bin --exclude obj "$dir" "$out" ||
        { echo "sdk/ is not what the schema says: run \`make sdk\`" >&2 && exit 1; }
    echo "1 passed: sdk/ is what the generators make of the schema"
else
    rm -rf "$dir"
    mv "$out" "$dir"
fi
