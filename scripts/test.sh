#!/usr/bin/env bash
# Runs every kind of test, even if one kind fails. Prints the number of tests of each tier and the times at the end.
# Called by `make test`, which builds first and sets VENV (Python environment), BIN (plugin and emulator) and LOGS.
set -uo pipefail

rm -rf "$LOGS"
mkdir -p "$LOGS"
failed=()

run() { # name, command
    local name=$1 began=$SECONDS
    shift
    printf '\n=== %s\n' "$*"
    "$@" 2>&1 | tee "$LOGS/$name.log" || failed+=("$name")
    echo "$name $((SECONDS - began))" >> "$LOGS/seconds"
}

# Property tests draw the same values in every run of this script, so that a result depends only on the change under test.
# Otherwise, `cargo test` draws new ones each time.
export PROPTEST_RNG_SEED=20261122

# The real CLI runs inside `cargo test` too: tests/e2e finds it in build/bin or on PATH.
# The emulators record the plugin's requests here. A test at the end checks them.
export AWS_EMULATOR_JOURNAL_DIR="$LOGS/journal"
run rust cargo test --workspace --no-fail-fast
# Some of them again in the other mode of the emulator (docs/aws-behavior.md, "Two modes").
run recorded env AWS_EMULATOR_MODE=recorded cargo test --workspace --no-fail-fast \
    --test resources_ec2 --test resources_lattice --test construct --test object_identity
run recorded-cycle env AWS_EMULATOR_MODE=recorded cargo test --workspace --test e2e -- cycle::
run boto3 env AWS_EMULATOR="$BIN/aws-emulator" "$VENV/bin/python" -m pytest --quiet tests/boto3
run automation-python "$VENV/bin/python" -m pytest --quiet tests/automation --bin "$BIN"
run automation-node env BIN="$BIN" node --test --test-reporter=spec tests/automation/node/*.test.mjs
run packages "$VENV/bin/python" -m pytest --quiet tests/packages --bin "$BIN"
run pins "$VENV/bin/python" -m pytest --quiet tests/pins
run live "$VENV/bin/python" -m pytest --quiet tests/live --bin "$BIN"
run requests "$VENV/bin/python" -m pytest --quiet -s tests/journal
# The demo's output against docs/demo.md. At a high speed, because it does not depend on the time that AWS takes.
run demo python3 scripts/demo.py --bin "$BIN" --speed 10 --golden check
run sdk scripts/sdk.sh --check "$BIN/pulumi-resource-private-step-functions" sdk
run protocol scripts/protocol.sh --check

python3 scripts/test_summary.py "$LOGS" || failed+=(summary)
if ((${#failed[@]})); then
    echo "FAILED: ${failed[*]} (full output in $LOGS)"
    exit 1
fi
