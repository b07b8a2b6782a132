#!/usr/bin/env bash
# Fails if a dev-dependency requires features that the plugin's own build does not have. Cargo would then build that
# dependency, every crate that depends on it, and this crate twice: once for `make demo`, once for `make test`.
set -euo pipefail

tree() { # kinds of dependencies
    cargo tree --workspace --edges "$1" --format '{p} features: {f}' --prefix none --no-dedupe | sort -u
}

changed=$(comm -23 <(tree normal,build) <(tree normal,build,dev))
if [[ -n $changed ]]; then
    echo "The dev-dependencies in Cargo.toml add features to these; ask for no more than the build does:"
    echo "$changed"
    exit 1
fi
