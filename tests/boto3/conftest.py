"""One emulator process for all tests, a fresh world in it for each test, and boto3 clients of it."""

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

ROOT = pathlib.Path(__file__).parents[2]
# `make test` names the binary it built.
BINARY = os.environ.get("AWS_EMULATOR") or str(ROOT / "target" / "debug" / "aws-emulator")
# Fast, but slow enough that what lingers is still there at the next call.
SPEED = "10"


# For what takes hundreds of calls: nothing lingers, nothing throttles.
FASTER = "10000"


@contextlib.contextmanager
def emulator(speed):
    with subprocess.Popen([BINARY, "--speed", speed], stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture(scope="session")
def emulators():
    """The URLs of both."""
    with emulator(SPEED) as usual, emulator(FASTER) as faster:
        yield {False: usual, True: faster}


@pytest.fixture
def url(request, emulators):
    """The emulator of this test: the usual one, or the faster one for a test that is marked `faster`."""
    return emulators[request.node.get_closest_marker("faster") is not None]


@pytest.fixture(scope="session")
def driven():
    """ResourceRef operations boto3 has called so far: pairs of service and operation. Some are always refused."""
    return set()


@pytest.fixture(scope="session")
def everything_ran(request):
    """Whether no test was left out by name, file or expression."""
    chosen = {item.path.name for item in request.session.items}
    deselected = request.config.getoption("keyword") or any("::" in argument for argument in request.config.args)
    return not deselected and chosen == {path.name for path in pathlib.Path(__file__).parent.glob("test_*.py")}


def pytest_collection_modifyitems(items):
    """What judges all tests together comes last."""
    items.sort(key=lambda item: item.path.name == "test_every_operation.py")


@pytest.fixture(autouse=True)
def control(url, driven):
    """Calls the control plane: `control("resources")`, `control("faults", {...})`. Every test starts with a new world."""

    def call(what, body=None):
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{url}/_emulator/{what}", data=data)) as answer:
            return json.load(answer)

    call.url = url
    call("reset", {})
    yield call
    driven.update((entry["service"], entry["operation"]) for entry in call("journal")["calls"])


# What is set for real AWS must not lead anywhere else.
for name in [name for name in os.environ if name.startswith("AWS_") and name != "AWS_EMULATOR"]:
    del os.environ[name]
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"

# Clients that retry nothing, so that every refusal is seen.
ONCE = Config(retries={"total_max_attempts": 1})

# One session, since reading EC2's service model takes most of a test's time and a session does it once.
SESSION = boto3.session.Session()


def judge(operation_model, response_dict, **_):
    wire.check(operation_model.service_model.service_name, operation_model.name, response_dict)


@pytest.fixture
def client(url):
    """Makes boto3 clients: `client("ec2", region_name="eu-west-1")`. What they are answered is judged before it is parsed."""

    def make(service, **options):
        options = {"region_name": "us-east-1", "aws_access_key_id": "AKIATEST", "aws_secret_access_key": "test", **options}
        made = SESSION.client(service, endpoint_url=url, **{"config": ONCE, **options})
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
