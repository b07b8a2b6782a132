#!/usr/bin/env bash
# Makes `pulumi` and `pulumi-language-yaml` available: uses those on PATH if they are recent enough, else builds the versions
# that tools/pulumi/go.mod and tools/pulumi-yaml/go.mod pin. These are two modules, because the newest language host that is
# published as a Go module does not compile with the newest CLI.
#
# Usage: pulumi-cli.sh DIR            DIR receives the two programs if they must be built
#        pulumi-cli.sh --oldest DIR   DIR receives the oldest supported CLI, of tools/pulumi-oldest/go.mod, and the
#                                     language host that the recent CLI uses: run the script without --oldest first
set -euo pipefail

oldest=
if [[ $1 == --oldest ]]; then
    oldest=-oldest
    shift
fi
dir=$1
tools=$(cd "$(dirname "$0")/../tools" && pwd)

pinned() { # directory in tools, module path -> version
    awk -v module="$2" '$1 == module { print $2 }' "$tools/$1/go.mod"
}
cli_version=$(pinned "pulumi$oldest" github.com/pulumi/pulumi/pkg/v3)
yaml_version=
[[ $oldest ]] || yaml_version=$(pinned pulumi-yaml github.com/pulumi/pulumi-yaml)

at_least() { # wanted, actual
    [[ $(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1) == "$1" ]]
}

yaml_host() { # prints the language host on PATH, or beside the CLI, where a normal installation has it
    command -v pulumi-language-yaml || {
        local beside
        beside="$(dirname "$(readlink -f "$(command -v pulumi)")")/pulumi-language-yaml"
        [[ -x $beside ]] && echo "$beside"
    }
}

if [[ $oldest ]]; then
    mkdir -p "$dir"
    ln -sf "$(yaml_host)" "$dir/pulumi-language-yaml"
fi

# The stamp says which versions are in DIR, so that the script builds a new pin and does not use an old copy instead.
stamp="$dir/.pulumi-$cli_version${yaml_version:+-yaml-$yaml_version}"
if [[ -e $stamp ]]; then
    exit 0
fi
rm -f "$dir"/.pulumi-* "$dir/pulumi"
[[ $oldest ]] || rm -f "$dir/pulumi-language-yaml"

if [[ ! $oldest ]] && cli=$(command -v pulumi); then
    found=$(PULUMI_SKIP_UPDATE_CHECK=true "$cli" version 2>/dev/null || true)
    if ! at_least "$cli_version" "$found"; then
        echo "Pulumi ${found:-of unknown version} at $cli is older than $cli_version"
    elif yaml_host >/dev/null; then
        echo "Using Pulumi $found at $cli"
        exit 0
    else
        echo "Pulumi $found at $cli has no pulumi-language-yaml"
    fi
fi

if ! command -v go >/dev/null; then
    if [[ $oldest ]]; then
        echo "The tests also run Pulumi $cli_version, the oldest supported, and there is no Go to build it with: install Go." >&2
    else
        echo "There is no Pulumi $cli_version or newer on PATH, and no Go to build it with: install either." >&2
    fi
    exit 1
fi

# `go build -v` prints each package as it compiles it: thousands of lines, and none while it links.
# This function prints one line every ten seconds instead, and passes errors on.
progress() {
    local name=$1 line downloads=0 packages=0 began=$SECONDS next=10
    while true; do
        if IFS= read -r -t 5 line; then
            case $line in
            'go: downloading '*) downloads=$((downloads + 1)) ;;
            *[!a-zA-Z0-9._/~-]* | '') printf '%s\n' "$line" ;;
            *) packages=$((packages + 1)) ;;
            esac
        elif (($? <= 128)); then
            break # end of input; after a timeout, the status is above 128
        fi
        local spent=$((SECONDS - began))
        if ((spent >= next)); then
            printf '  %s: %dm%02ds, %d modules downloaded, %d packages compiled\n' \
                "$name" $((spent / 60)) $((spent % 60)) "$downloads" "$packages"
            next=$((spent + 10))
        fi
    done
}

build() { # directory in tools, package, linker flags
    (cd "$tools/$1" && GOTOOLCHAIN=local GOFLAGS=-mod=readonly go build -v -ldflags "-s -w $3" -o "$dir/" "$2" 2>&1) |
        progress "$(basename "$2")"
}

mkdir -p "$dir"
echo "Building Pulumi $cli_version${yaml_version:+ and its YAML language host $yaml_version} from source into $dir."
if [[ $oldest ]]; then
    echo "This happens once. It takes about five minutes on two cores after the recent one: some 1000 packages are compiled."
else
    echo "This happens once. With an empty Go cache it takes about ten minutes on two cores: some 1700 packages are compiled."
fi
build "pulumi$oldest" github.com/pulumi/pulumi/pkg/v3/cmd/pulumi "-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=$cli_version"
if [[ $yaml_version ]]; then
    build pulumi-yaml github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml "-X github.com/pulumi/pulumi-yaml/pkg/version.Version=$yaml_version"
fi
touch "$stamp"
echo "Built $(PULUMI_SKIP_UPDATE_CHECK=true "$dir/pulumi" version)"
