#!/usr/bin/env bash
# Builds what docs/figures.md compares the plugin with, into build/peers, and prints the paths of the programs:
# a provider with one trivial resource on Pulumi's framework for Go, and an empty program with the plugin's AWS SDKs.
#
# Usage: peers.sh     after `make install`, because the second program shares its build; needs Go too
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
peers=$root/build/peers
mkdir -p "$peers/go" "$peers/aws-sdks/src"

cat >"$peers/go/main.go" <<'END'
package main

import (
	"context"
	"os"

	"github.com/pulumi/pulumi-go-provider/infer"
)

type Thing struct{}

type ThingArgs struct {
	Text string `pulumi:"text"`
}

func (Thing) Create(_ context.Context, request infer.CreateRequest[ThingArgs]) (infer.CreateResponse[ThingArgs], error) {
	return infer.CreateResponse[ThingArgs]{ID: request.Name, Output: request.Inputs}, nil
}

func main() {
	provider, err := infer.NewProviderBuilder().WithResources(infer.Resource(Thing{})).Build()
	if err == nil {
		err = provider.Run(context.Background(), "trivial", "0.1.0")
	}
	if err != nil {
		os.Exit(1)
	}
}
END
(
    cd "$peers/go"
    export GOTOOLCHAIN=local GOFLAGS=-mod=mod CGO_ENABLED=0
    [[ -e go.mod ]] || go mod init trivial
    go get github.com/pulumi/pulumi-go-provider@v1.3.0
    go mod tidy
    go build -trimpath -ldflags "-s -w" -o pulumi-resource-trivial .
) >&2

# With the plugin's library among its dependencies, Cargo selects the plugin's features and versions of the SDKs. The program does
# not use the library, so the linker leaves it out.
{
    cat <<'END'
[package]
name = "empty-with-aws-sdks"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
pulumi-private-step-functions = { path = "../../.." }
END
    grep -E '^(aws-config|aws-sdk-\w+|aws-smithy-http-client) = ' "$root/Cargo.toml"
    echo
    sed -n '/^\[profile.release\]/,$p' "$root/Cargo.toml"
} >"$peers/aws-sdks/Cargo.toml"
cat >"$peers/aws-sdks/src/main.rs" <<'END'
//! Prints a line as a plugin does, and waits to be killed. Makes a client of each service only if it gets two arguments, so that
//! the clients are linked, but cost no time at the start.

use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_http_client::{Builder, tls};

fn main() {
    if std::env::args().len() > 2 {
        clients();
    }
    println!("not a provider");
    std::thread::sleep(std::time::Duration::from_secs(600));
}

fn clients() {
    let http = Builder::new()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
        .build_https();
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http)
        .build();
    std::hint::black_box((
        aws_sdk_ec2::Client::new(&config),
        aws_sdk_eventbridge::Client::new(&config),
        aws_sdk_sts::Client::new(&config),
        aws_sdk_vpclattice::Client::new(&config),
    ));
}
END
cp "$root/Cargo.lock" "$peers/aws-sdks/Cargo.lock"
(cd "$peers/aws-sdks" && CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/target} cargo build --release) >&2

echo "$peers/go/pulumi-resource-trivial"
echo "${CARGO_TARGET_DIR:-$root/target}/release/empty-with-aws-sdks"
