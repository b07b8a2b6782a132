"""The SDKs' declarations pass type checks, and so do the examples with them.

TypeScript has no test here, because its builds check it: `tsc --strict` makes the npm package, and `tsc` with `strict` compiles
the example.
"""

import collections
import re
import subprocess
import sys

from languages import Go, Python, run

# Errors that mypy finds in code that Pulumi's generator writes into every Python package, with their numbers.
GENERATED = {
    # A default of an enum, written as a string.
    ("resource_gateway.py", "assignment"): 4,
    # Settings that the SDK makes secret or converts to JSON, even if they are absent.
    ("provider.py", "arg-type"): 14,
    # The member `keys` of `ignoreTags`, because the class is a dictionary. The SDK of the AWS provider has the same error.
    ("outputs.py", "override"): 2,
    # The dictionary of a function's arguments, which mypy types by the first of them.
    ("api_resource_policy.py", "assignment"): 4,
    ("client_settings.py", "assignment"): 4,
    # A decorator of the helpers, whose declared return type is too narrow.
    ("_utilities.py", "return-value"): 2,
}


def test_the_python_example_is_typed(example):
    """The example passes `mypy --strict`."""
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
