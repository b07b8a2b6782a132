"""Checks every request that the plugin sent in the whole suite against botocore's service models.

Each emulator, in process or as a binary, writes the requests it gets into AWS_EMULATOR_JOURNAL_DIR (journal.rs). This module
parses them again, which also checks the emulator's own parser.
"""

import collections
import json
import os
import pathlib
import re

import pytest

from models import ROOT, implemented, operation, problems, read

DIRECTORY = os.environ.get("AWS_EMULATOR_JOURNAL_DIR")
OPERATIONS = [(service, name) for service, names in implemented().items() for name in names]
# The plugin's part of the User-Agent (src/aws/session.rs, app_name). Calls of the tests themselves do not have it.
PLUGIN = "app/pulumi-private-step-functions"

# Requests that break a model on purpose: (service, operation, Broken(path, rule)) and the reason. The plugin sends none.
ON_PURPOSE = {}
# Operations that the plugin calls only in `tests/environment`, which has its own server for AWS and checks the request.
ELSEWHERE = {("sts", "AssumeRoleWithWebIdentity")}


@pytest.fixture(scope="session")
def sent():
    """Returns the plugin's distinct requests by service and operation, and how often each was sent."""
    assert DIRECTORY, "AWS_EMULATOR_JOURNAL_DIR is not set: `make test` sets it for the Rust tests and for this one"
    files = sorted(pathlib.Path(DIRECTORY).glob("*.jsonl"))
    assert files, f"no emulator has written a journal into {DIRECTORY}: run the Rust tests with it set first"
    counts = collections.Counter(line for file in files for line in file.read_text().splitlines() if PLUGIN in line)
    found = collections.defaultdict(collections.Counter)
    for line, count in counts.items():
        entry = json.loads(line)
        assert PLUGIN in entry["request"].pop("userAgent")
        found[entry["service"], entry["operation"]][json.dumps(entry)] += count
    return dict(found)


@pytest.mark.parametrize("service, name", OPERATIONS)
def test_requests_fit_the_model(sent, service, name):
    shape = operation(service, name).input_shape
    broken = collections.defaultdict(list)
    for text in sent.get((service, name), ()):
        entry = json.loads(text)
        parameters = read(service, name, entry["request"])
        assert parameters == entry["parameters"], "the emulator read the request otherwise"
        for found in problems(shape, parameters):
            broken[found].append(parameters)
    on_purpose = {found: reason for (*where, found), reason in ON_PURPOSE.items() if where == [service, name]}
    examples = {found: (len(examples), examples[0]) for found, examples in broken.items()}
    assert set(broken) == set(on_purpose), examples


def test_the_emulator_decoded_every_request(sent):
    refused = [json.loads(text)["refusal"] for requests in sent.values() for text in requests]
    assert [refusal for refusal in refused if refusal] == []
    assert set(sent) <= set(OPERATIONS)


def test_every_operation_of_the_plugin_was_sent(sent):
    """Compares with the plugin's sources, which contain the operations' names as the SDK spells them."""
    sources = "\n".join(path.read_text() for path in sorted((ROOT / "src").rglob("*.rs")))
    calls = set(re.findall(r"\.([a-z0-9_]+)\(", sources))
    snake = lambda name: re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    called = {(service, name) for service, name in OPERATIONS if snake(name) in calls}
    # The sources do not contain this one: aws-config makes the STS client that assumes a role.
    called.add(("sts", "AssumeRole"))
    assert len(called) > 20
    assert called - set(sent) - ELSEWHERE == set(), "no test makes the plugin send these"
    # For the log: for each operation, the number of distinct requests and of all requests.
    print("\nRequests of the plugin, different ones and all:")
    for key in sorted(sent):
        print(f"  {':'.join(key):60} {len(sent[key]):6} {sum(sent[key].values()):8}")
