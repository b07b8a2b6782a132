#!/usr/bin/env bash
# Writes the SDKs, each anew, from the schema that the plugin serves: Pulumi's own generators, pinned in tools/sdk.
#
# Usage: sdk.sh PLUGIN DIR      PLUGIN is the plugin's binary, DIR receives nodejs/, python/, go/ and dotnet/
# Needs `pulumi` and `go` on PATH.
set -euo pipefail

plugin=$(realpath -e "$1")
mkdir -p "$2"
dir=$(realpath "$2")
root=$(cd "$(dirname "$0")/.." && pwd)
export GOTOOLCHAIN=local GOFLAGS=-mod=mod PULUMI_SKIP_UPDATE_CHECK=true

schema=$(mktemp)
trap 'rm -f "$schema"' EXIT
pulumi package get-schema "$plugin" >"$schema"
(cd "$root/tools/sdk" && go run . "$schema" "$dir")

# What a generator does not write: the Go module's sums, and the file that npm and PyPI show first.
(cd "$dir/go" && go mod tidy 2>&1 | grep -v '^go: downloading' || true)
