"""Prints the number of tests of each tier, and of each feature for the end-to-end tests, from the logs of the test runners.

Usage: test_summary.py DIR      DIR has rust.log, recorded.log and recorded-cycle.log (cargo test), boto3.log, requests.log,
                                automation-python.log, packages.log, pins.log and live.log (pytest), and automation-node.log
                                (node --test); and the file `seconds`, with a line `NAME SECONDS` for each of them
"""

import collections
import pathlib
import re
import sys

END_TO_END = "end to end: real CLI, engine, plugin, emulator"
# The tier of a Rust test, by the start of "<target> <test path>". The first match applies. See "Tests" in CONTRIBUTING.md.
TIERS = [
    (END_TO_END, r"tests/e2e"),
    ("emulator: its own unit tests", r"aws_emulator "),
    ("resources against moto, an emulator not ours", r"tests/moto"),
    ("resources against the in-process emulator", r"(private_step_functions (resources|aws)::|tests/resources)"),
    ("unit", r"(private_step_functions |pulumi_provider |pulumi_resource_|doc )"),
    ("in process: gRPC server, schema, protocol", r""),
]
# Tiers with their own logs.
BOTO3 = {"emulator: boto3": "boto3.log", "emulator: all requests against AWS's models": "requests.log"}
RECORDED = {
    "recorded mode: resources, component": "recorded.log",
    "recorded mode: end to end": "recorded-cycle.log",
}
PROGRAMS = {
    "end to end: programs in Python": "automation-python.log",
    "end to end: programs in Node": "automation-node.log",
    "packages: contents, installation, examples": "packages.log",
    "live: a recording of each mode, compared": "live.log",
    "pins: what is old": "pins.log",
}

TARGET = re.compile(r"^\s*(?:Running (?:unittests )?(\S+) \(.*?([a-z_0-9]+)-[0-9a-f]{16}\)|(Doc-tests) )")
TEST = re.compile(r"^test (.+?) \.\.\. (ok|FAILED|ignored)")
# `FINISHED` matches the last line of a Rust target. `COUNTED` matches in the last line of pytest, `3 passed, 1 failed`, and in
# the last lines of node, `ℹ pass 3`.
FINISHED = re.compile(r"^test result: .* finished in ([0-9.]+)s")
COUNTED = re.compile(r"(\d+) (passed|failed|skipped|error)|ℹ (pass|fail|cancelled|skipped|todo) (\d+)")
OUTCOMES = {"passed": "ok", "pass": "ok", "skipped": "ignored", "todo": "ignored"}


def main(directory):
    tiers = collections.defaultdict(collections.Counter)
    features = collections.defaultdict(collections.Counter)
    slowest = {}
    target = ""
    for line in (directory / "rust.log").read_text(errors="replace").splitlines():
        if found := TARGET.match(line):
            path, crate, doc = found.groups()
            target = "doc" if doc else path if path.startswith("tests/") else crate
        elif found := TEST.match(line):
            test, outcome = found.groups()
            name = tier(f"{target} {test}")
            tiers[name][outcome] += 1
            if name == END_TO_END:
                features[feature(test)][outcome] += 1
        elif found := FINISHED.match(line):
            slowest[target] = float(found[1])
    for name, log in RECORDED.items():
        for line in (directory / log).read_text(errors="replace").splitlines():
            if found := TEST.match(line):
                tiers[name][found[2]] += 1
    for name, log in (BOTO3 | PROGRAMS).items():
        lines = (directory / log).read_text(errors="replace").strip().splitlines()
        last = [line for line in lines if line.startswith("ℹ")] or lines[-1:]
        for count, outcome, node_outcome, node_count in COUNTED.findall("\n".join(last)):
            tiers[name][OUTCOMES.get(outcome or node_outcome, "FAILED")] += int(count or node_count)

    table("Tests by tier", [name for name, _ in TIERS[2:]] + [TIERS[1][0], *BOTO3, *RECORDED, END_TO_END, *PROGRAMS], tiers)
    table("End to end by feature", sorted(features), features)
    durations("Where the time goes", [line.split() for line in (directory / "seconds").read_text().splitlines()])
    durations("Rust tests that take longest", sorted(slowest.items(), key=lambda one: -one[1])[:8])


def tier(test):
    return next(name for name, pattern in TIERS if re.match(pattern, test))


def feature(test):
    """Returns the name of a test's module in tests/e2e, with spaces."""
    return test.split("::")[0].replace("_", " ")


def table(title, names, counts):
    print(f"\n{title:54}passed  failed  ignored")
    for name in names:
        print(f"  {name:50} {counts[name]['ok']:7} {counts[name]['FAILED']:7} {counts[name]['ignored']:8}")


def durations(title, pairs):
    print(f"\n{title:54}seconds")
    for name, seconds in pairs:
        print(f"  {name:50} {float(seconds):9.0f}")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
