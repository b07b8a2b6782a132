"""What the SDKs declare type-checks, and so do the examples against it.

TypeScript is checked where the others build: `tsc --strict` makes the npm package, and `tsc` with `strict` runs the example.
"""

import collections
import re
import subprocess
import sys

from languages import Go, Python, run

# What Pulumi's generator writes into the bodies of every Python package, and mypy does not follow: how many of each.
GENERATED = {
    # A default of an enum, given as text.
    ("resource_gateway.py", "assignment"): 4,
    # Settings that are made secret or JSON on their way to the provider, absent ones too.
    ("provider.py", "arg-type"): 14,
    # The member `keys` of `ignoreTags`, in a class that is a dictionary: as in the SDK of the AWS provider.
    ("outputs.py", "override"): 2,
    # A decorator of the helpers, which declares less than it does.
    ("_utilities.py", "return-value"): 2,
}


def test_the_python_example_is_typed(example):
    """As strictly as mypy can."""
    python = example(Python)
    run(*mypy(python, "--strict", "__main__.py"), cwd=python.project)


def test_the_python_package_is_typed(example):
    python = example(Python)
    command = [str(word) for word in mypy(python, "--package", "pulumi_private_step_functions")]
    found = subprocess.run(command, cwd=python.project, capture_output=True, text=True).stdout
    errors = re.findall(r"/(\w+\.py):\d+: error: .* \[([\w-]+)\]$", found, re.MULTILINE)
    assert dict(collections.Counter(errors)) == GENERATED, found


def mypy(python, *arguments):
    return [sys.executable, "-m", "mypy", "--python-executable", python.python, *arguments]


def test_the_go_module_and_example_pass_vet(example):
    go = example(Go)
    go.go("vet", "./...", f"{go.module}/...")
