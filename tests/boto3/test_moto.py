"""Sends the same requests to the emulator and to moto, another emulator of EC2 and STS. Every difference has a reason."""

import fnmatch
import os
import re
import subprocess
import sys
import threading
import urllib.request

import pytest

import moto_differences as known
from compare import differences, outcome
from conftest import ONCE, SESSION
from models import ROOT
from refusals import REFUSALS
from prerequisites import Prerequisites
from valid import REQUESTS

JUDGED = sorted(name for name in REQUESTS if name.startswith(("ec2:", "sts:")))
SEEN = set()


@pytest.fixture(scope="module")
def moto():
    """Starts moto's server on the loopback interface and returns its URL."""
    server = ROOT / "tests" / "moto" / "server.py"
    # Loading the machine images of moto's EC2 takes most of the time of a reset.
    environment = {**os.environ, "MOTO_EC2_LOAD_DEFAULT_AMIS": "false", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, str(server), "--host", "127.0.0.1", "--port", "0"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        for line in process.stderr:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                break
        # moto logs every request to stderr. Reading it in a thread keeps a full pipe from blocking moto.
        threading.Thread(target=process.stderr.read, daemon=True).start()
        yield found[0]
        process.terminate()


@pytest.fixture(scope="module")
def their_clients(moto):
    """Makes boto3 clients of moto, with the same settings as those of the emulator. Makes one per service."""
    made = {}

    def make(service, **_):
        if service not in made:
            keys = {"aws_access_key_id": "AKIATEST", "aws_secret_access_key": "test"}
            made[service] = SESSION.client(service, endpoint_url=moto, region_name="us-east-1", config=ONCE, **keys)
        return made[service]

    return make


@pytest.fixture
def both(client, control, moto, their_clients):
    """Returns the results of one row of a table in the emulator and in moto, each reset before."""

    def both(name, row):
        service, _, method = name.partition(":")
        method = re.sub(r"(?<!^)(?=[A-Z])", "_", method).lower()
        results = []
        for make, reset in [(client, f"{control.url}/_emulator/reset"), (their_clients, f"{moto}/moto-api/reset")]:
            urllib.request.urlopen(urllib.request.Request(reset, data=b"{}")).close()
            prerequisites = Prerequisites(make, control)
            results.append(outcome(lambda: getattr(make(service), method)(**row(prerequisites))))
        return results

    return both


@pytest.mark.faster
@pytest.mark.parametrize("name", JUDGED)
def test_answers(both, name):
    ours, theirs = both(name, REQUESTS[name])
    unknown = []
    for path, here, there in differences(ours, theirs):
        reasons = {key for key in known.ANSWERS if fnmatch.fnmatchcase(name, key[0]) and fnmatch.fnmatchcase(path, key[1])}
        SEEN.update(reasons)
        if not reasons:
            unknown.append((path, here, there))
    assert unknown == []


@pytest.mark.faster
@pytest.mark.parametrize("name", [name for name in JUDGED if REFUSALS[name]])
def test_refusals(both, name):
    different = {}
    for code, row in REFUSALS[name].items():
        ours, theirs = both(name, row)
        if ours != theirs:
            different[code] = theirs if isinstance(theirs, str) else known.ACCEPTS
    listed = {
        code: kind for (kind, _), where in known.REFUSALS.items() for code in where.get(name, "").split()
    }
    assert different == listed


def test_every_listed_difference_exists(everything_ran):
    if everything_ran:
        assert set(known.ANSWERS) - SEEN == set()
        assert {name for where in known.REFUSALS.values() for name in where} <= set(JUDGED)
