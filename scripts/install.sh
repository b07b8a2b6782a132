#!/usr/bin/env bash
# Builds the plugin for this machine and installs it in the user's Pulumi (PULUMI_HOME, or ~/.pulumi), in place of a build of the
# same version that is there. Prints what to do next.
#
# Usage: install.sh release|dev     dev builds faster; its plugin is larger and starts later
set -euo pipefail

profile=$1
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"

case $profile in
release)
    # As scripts/plugin.sh builds it.
    build=(cargo build --locked --release --package pulumi-private-step-functions)
    directory=release
    ;;
dev)
    # As `make test` builds it, so that both share what they build.
    build=(cargo build --locked --workspace --bin pulumi-resource-private-step-functions)
    directory=debug
    ;;
*)
    echo "There is no profile \"$profile\": use release or dev." >&2
    exit 1
    ;;
esac
for program in cargo pulumi; do
    if ! command -v "$program" >/dev/null; then
        echo "There is no $program on PATH. README.md, \"Install\", names what must be installed first." >&2
        exit 1
    fi
done

began=$SECONDS
"${build[@]}"
plugin=${CARGO_TARGET_DIR:-$root/target}/$directory/pulumi-resource-private-step-functions
if [[ -e $plugin.exe ]]; then
    plugin=$plugin.exe
fi
version=$("$plugin" --version | awk '{ print $NF }')
built=$((SECONDS - began))
pulumi plugin install resource private-step-functions "$version" --reinstall --file "$plugin"

cat <<END

Built the plugin in $((built / 60))m$((built % 60))s and installed it in Pulumi: private-step-functions $version ($profile).

Next:
- YAML: save the program of README.md as Pulumi.yaml, set vpcId and subnetIds, and run \`pulumi preview\`.
- TypeScript, Python, Go, C#, Java: generate the SDK in your project:
    pulumi package add $plugin
- To remove the plugin:
    pulumi plugin rm resource private-step-functions $version
END
