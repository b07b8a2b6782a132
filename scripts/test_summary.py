"""Prints how many tests of each tier ran, from what the test runners printed, and of those end to end how many by feature.

Usage: test_summary.py DIR      DIR holds rust.log (cargo test) and boto3.log (pytest)
"""

import collections
import pathlib
import re
import sys

END_TO_END = "end to end: real CLI, engine, plugin, emulator"
# Where a Rust test belongs, by the start of "<target> <test path>"; the first that fits. See "Tests" in CONTRIBUTING.md.
TIERS = [
    (END_TO_END, r"tests/e2e"),
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
    tiers = collections.defaultdict(collections.Counter)
    features = collections.defaultdict(collections.Counter)
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
    boto3 = (directory / "boto3.log").read_text(errors="replace").strip().splitlines()
    for count, outcome in PYTEST.findall(boto3[-1] if boto3 else ""):
        tiers[BOTO3][{"passed": "ok", "skipped": "ignored"}.get(outcome, "FAILED")] += int(count)

    table("Tests by tier", [name for name, _ in TIERS[2:]] + [END_TO_END, TIERS[1][0], BOTO3], tiers)
    table("End to end by feature", sorted(features), features)


def tier(test):
    return next(name for name, pattern in TIERS if re.match(pattern, test))


def feature(test):
    """The module that a test of tests/e2e is in, in words."""
    return test.split("::")[0].replace("_", " ")


def table(title, names, counts):
    print(f"\n{title:54}passed  failed  ignored")
    for name in names:
        print(f"  {name:50} {counts[name]['ok']:7} {counts[name]['FAILED']:7} {counts[name]['ignored']:8}")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
