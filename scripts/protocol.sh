#!/usr/bin/env bash
# Writes the descriptors of the Pulumi protocol from the Go SDK that tools/sdk pins into tests/fixtures.
#
# Usage: protocol.sh           writes the fixture
#        protocol.sh --check   fails if that would change it
# Needs `go` on PATH.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
fixture=$root/tests/fixtures/protocol.descriptors.bin
out=$fixture
if [[ ${1:-} == --check ]]; then
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    out=$scratch/descriptors.bin
fi
(cd "$root/tools/sdk" && GOTOOLCHAIN=local GOFLAGS=-mod=readonly go run ./protocol "$out")
cmp "$out" "$fixture" ||
    { echo "tests/fixtures/protocol.descriptors.bin is not the protocol of tools/sdk: run \`make golden\`" >&2 && exit 1; }
