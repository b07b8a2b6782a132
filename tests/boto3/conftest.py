"""Provides two emulator processes for all tests, a new emulator state for each test, and boto3 clients of them."""

import contextlib
import json
import os
import pathlib
import subprocess
import urllib.request

import boto3
import pytest
from botocore.config import Config

import wire
from models import in_botocore

ROOT = pathlib.Path(__file__).parents[2]
# `make test` names the binary it built.
BINARY = os.environ.get("AWS_EMULATOR") or str(ROOT / "target" / "debug" / "aws-emulator")
# Fast, but slow enough that an object that AWS releases late still exists at the next call.
SPEED = "10"


# For tests with hundreds of calls: the emulator releases objects at once and does not throttle.
FASTER = "10000"


@contextlib.contextmanager
def emulator(speed):
    with subprocess.Popen([BINARY, "--speed", speed], stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture(scope="session")
def emulators():
    """Starts both emulators and returns their URLs."""
    with emulator(SPEED) as usual, emulator(FASTER) as faster:
        yield {False: usual, True: faster}


@pytest.fixture
def url(request, emulators):
    """Returns the URL of this test's emulator: the usual one, or the faster one if the test is marked `faster`."""
    return emulators[request.node.get_closest_marker("faster") is not None]


@pytest.fixture(scope="session")
def driven():
    """Returns the operations that boto3 has called so far: pairs of service and operation. AWS always refuses some of them."""
    return set()


@pytest.fixture(scope="session")
def everything_ran(request):
    """Reports whether this run includes every test: none was deselected by name, file or expression."""
    chosen = {item.path.name for item in request.session.items}
    deselected = request.config.getoption("keyword") or any("::" in argument for argument in request.config.args)
    return not deselected and chosen == {path.name for path in pathlib.Path(__file__).parent.glob("test_*.py")}


def pytest_collection_modifyitems(items):
    """Runs `test_every_operation.py` last, because it checks all other tests together."""
    items.sort(key=lambda item: item.path.name == "test_every_operation.py")


@pytest.fixture(autouse=True)
def control(url, driven):
    """Calls the control plane: `control("resources")`, `control("faults", {...})`. Resets the emulator's state for every test."""

    def call(what, body=None):
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{url}/_emulator/{what}", data=data)) as answer:
            return json.load(answer)

    call.url = url
    call("reset", {})
    yield call
    driven.update((entry["service"], entry["operation"]) for entry in call("journal")["calls"])


# Settings for real accounts must not redirect the tests.
for name in [name for name in os.environ if name.startswith("AWS_") and name != "AWS_EMULATOR"]:
    del os.environ[name]
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"

# Without retries, so that the tests see every refusal.
ONCE = Config(retries={"total_max_attempts": 1})

# One session for all tests: a session reads EC2's service model once, and reading it takes most of a test's time.
SESSION = boto3.session.Session()


def judge(operation_model, response_dict, **_):
    wire.check(operation_model.service_model.service_name, operation_model.name, response_dict)


@pytest.fixture
def client(url):
    """Makes boto3 clients: `client("ec2", region_name="eu-west-1")`. Checks every answer before boto3 parses it."""

    def make(service, **options):
        options = {"region_name": "us-east-1", "aws_access_key_id": "AKIATEST", "aws_secret_access_key": "test", **options}
        made = SESSION.client(in_botocore(service), endpoint_url=url, **{"config": ONCE, **options})
        made.meta.events.register("before-parse", judge)
        return made

    return make


@pytest.fixture
def ec2(client):
    return client("ec2")


@pytest.fixture
def lattice(client):
    return client("vpc-lattice")


@pytest.fixture
def events(client):
    return client("events")


@pytest.fixture
def sts(client):
    return client("sts")
