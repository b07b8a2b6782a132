"""Prints how many tests of each tier ran, from what the test runners printed.

Usage: test_summary.py DIR      DIR holds rust.log (cargo test) and boto3.log (pytest)
"""

import collections
import pathlib
import re
import sys

# Where a Rust test belongs, by the start of "<target> <test path>"; the first that fits. See "Tests" in CONTRIBUTING.md.
TIERS = [
    ("end to end: real CLI, engine, plugin, emulator", r"tests/e2e"),
    ("emulator: its own unit tests", r"aws_emulator "),
    ("resources against the in-process emulator", r"(private_step_functions (resources|aws)::|tests/resources)"),
    ("unit", r"(private_step_functions |pulumi_resource_|doc )"),
    ("in process: gRPC server, schema, protocol", r""),
]
BOTO3 = "emulator: boto3"

TARGET = re.compile(r"^\s*(?:Running (?:unittests )?(\S+) \(.*?([a-z_0-9]+)-[0-9a-f]{16}\)|(Doc-tests) )")
TEST = re.compile(r"^test (.+?) \.\.\. (ok|FAILED|ignored)")
PYTEST = re.compile(r"(\d+) (passed|failed|skipped|error)")


def main(directory):
    counts = collections.defaultdict(collections.Counter)
    target = ""
    for line in (directory / "rust.log").read_text(errors="replace").splitlines():
        if found := TARGET.match(line):
            path, crate, doc = found.groups()
            target = "doc" if doc else path if path.startswith("tests/") else crate
        elif found := TEST.match(line):
            counts[tier(f"{target} {found[1]}")][found[2]] += 1
    boto3 = (directory / "boto3.log").read_text(errors="replace").strip().splitlines()
    for count, outcome in PYTEST.findall(boto3[-1] if boto3 else ""):
        counts[BOTO3][{"passed": "ok", "skipped": "ignored"}.get(outcome, "FAILED")] += int(count)

    print("\nTests by tier" + " " * 41 + "passed  failed  ignored")
    for name in [name for name, _ in TIERS[2:]] + [TIERS[0][0], TIERS[1][0], BOTO3]:
        print(f"  {name:50} {counts[name]['ok']:7} {counts[name]['FAILED']:7} {counts[name]['ignored']:8}")


def tier(test):
    return next(name for name, pattern in TIERS if re.match(pattern, test))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
