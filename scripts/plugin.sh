#!/usr/bin/env bash
# Builds the plugin for release, stripped, for one platform. The last line of the output is the path of the binary.
#
# Usage: plugin.sh OS-ARCH     linux, darwin or windows; amd64 or arm64
#
# For Linux, the plugin contains musl, its C library, so it needs nothing of the machine: the same file runs on Alpine, on every
# glibc, and in an image without any C library. zig links it, for both architectures on either one. The script installs zig into
# build/zig. Build for darwin on darwin, and for windows on windows.
set -euo pipefail

platform=$1
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"

case $platform in
*-amd64) arch=x86_64 ;;
*-arm64) arch=aarch64 ;;
esac
build=(cargo build)
suffix=
flags=()
case $platform in
linux-*)
    triple=$arch-unknown-linux-musl
    build=(cargo zigbuild)
    # The default of this target today. scripts/static.py checks the result.
    flags+=(-C target-feature=+crt-static)
    ;;
darwin-*) triple=$arch-apple-darwin ;;
windows-*)
    triple=$arch-pc-windows-msvc
    suffix=.exe
    # Without this flag, the plugin would need a runtime library that not every Windows has.
    flags+=(-C target-feature=+crt-static)
    ;;
esac

native() { # path, as the compiler on this machine writes it
    if command -v cygpath >/dev/null; then cygpath -m "$1"; else echo "$1"; fi
}

# Panic messages contain source paths, but the bytes must not depend on the directories of this repository and of Cargo. The last
# matching prefix applies.
target=${CARGO_TARGET_DIR:-$root/target}
flags+=(
    "--remap-path-prefix=$(native "$root")=/private-step-functions"
    "--remap-path-prefix=$(native "$target")=/target"
)
for registry in "$(native "${CARGO_HOME:-$HOME/.cargo}")"/registry/src/*/; do
    flags+=("--remap-path-prefix=${registry%/}=/registry")
done
CARGO_ENCODED_RUSTFLAGS=$(printf '%s\x1f' "${flags[@]}")
export CARGO_ENCODED_RUSTFLAGS=${CARGO_ENCODED_RUSTFLAGS%$'\x1f'}

rustup target add "$triple" >&2
if [[ ${build[1]} == zigbuild ]]; then
    zig=$root/build/zig
    if ! cmp -s tools/python/zig.txt "$zig/installed.txt"; then
        rm -rf "$zig" && python3 -m venv "$zig"
        "$zig/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
            -r tools/python/zig.txt >&2
        cp tools/python/zig.txt "$zig/installed.txt"
    fi
    PATH=$zig/bin:$PATH "${build[@]}" --locked --package pulumi-private-step-functions --release --target "$triple" >&2
else
    "${build[@]}" --locked --package pulumi-private-step-functions --release --target "$triple" >&2
fi
binary=$target/$triple/release/pulumi-resource-private-step-functions$suffix
if [[ $platform == linux-* ]]; then python3 scripts/static.py "$binary" >&2; fi
echo "$binary"
