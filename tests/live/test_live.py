"""Tests `make live` and `make live-compare` with the emulator for AWS: records each mode, and compares it with both.

The comparison finds every difference between the modes, and nothing else (docs/aws-behavior.md, "Two modes").
"""

import concurrent.futures
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import urllib.request

import pytest

import compare
import cycle
import emulators
import masks
import probes

SCRIPTS = pathlib.Path(cycle.__file__).parent
SPEED = 4
FOUND = {
    ("cautious", "cautious"): [],
    ("recorded", "recorded"): [],
    # Differences between the recording and the emulator in the other mode. The last ones follow from the first ones.
    ("cautious", "recorded"): [
        "Connection: only AWS shows FAILED_CONNECTIVITY",
        "CreateResourceConfiguration: status is CREATE_IN_PROGRESS in AWS, ACTIVE in the emulator",
        "CreateResourceGateway: AWS says ValidationException, the emulator takes it",
        "CreateResourceGateway: status is CREATE_IN_PROGRESS in AWS, ACTIVE in the emulator",
        "DeleteConnection: only the emulator has LastAuthorizedTime",
        "DescribeConnection: only AWS has StateReason",
        "DescribeConnection: only the emulator has LastAuthorizedTime",
        "ResourceConfiguration: only AWS shows CREATE_IN_PROGRESS",
        "ResourceConfiguration: only AWS shows ResourceNotFoundException at first",
        "ResourceGateway: only AWS shows CREATE_IN_PROGRESS",
        "ResourceGateway: only AWS shows ResourceNotFoundException at first",
        "UpdateConnection: ConnectionState is UPDATING in AWS, AUTHORIZED in the emulator",
        "UpdateResourceConfiguration: AWS says ValidationException, the emulator takes it",
    ],
    ("recorded", "cautious"): [
        "CreateConnection: only the emulator says ValidationException",
        "CreateResourceConfiguration: only the emulator says ConflictException",
        "CreateResourceConfiguration: status is ACTIVE in AWS, CREATE_IN_PROGRESS in the emulator",
        "CreateResourceGateway: AWS takes it, the emulator says ValidationException",
        "CreateResourceGateway: status is ACTIVE in AWS, CREATE_IN_PROGRESS in the emulator",
        "DeleteConnection: only AWS has LastAuthorizedTime",
        "DescribeConnection: only AWS has LastAuthorizedTime",
        "DescribeConnection: only the emulator has StateReason",
        "ResourceConfiguration: only AWS shows UPDATE_IN_PROGRESS",
        "UpdateConnection: ConnectionState is AUTHORIZED in AWS, UPDATING in the emulator",
        "UpdateResourceConfiguration: AWS takes it, the emulator says ValidationException",
    ],
}
# Differences that depend on timing: a short state may fall between two reads, and a late one may come after the last read.
MAY_BE_SEEN = {
    "Connection: only AWS shows ACTIVE", "Connection: only AWS shows CREATING", "Connection: only AWS shows AUTHORIZED",
    "ResourceConfiguration: only AWS shows ResourceNotFoundException at first",
}


def start(emulator, programs, out):
    environment = os.environ | {"AWS_ACCESS_KEY_ID": "AKIALIVE", "AWS_SECRET_ACCESS_KEY": "live", "AWS_REGION": "eu-west-1"}
    command = [sys.executable, SCRIPTS / "cycle.py", "--bin", programs, "--out", out, "--aws", emulator.url]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)


def left(emulator):
    with urllib.request.urlopen(f"{emulator.url}/_emulator/resources?beyond-start", timeout=30) as answer:
        return json.load(answer)["resources"]


@pytest.fixture(scope="module")
def recordings(pytestconfig, tmp_path_factory):
    """Returns a recording of each mode. Asserts that no object is left in either."""
    programs, scratch = pytestconfig.getoption("bin"), tmp_path_factory.mktemp("recordings")

    def recorded(mode):
        out = scratch / f"{mode}.json"
        with emulators.Emulator(programs / "aws-emulator", SPEED, mode) as emulator:
            run = start(emulator, programs, out)
            said, _ = run.communicate(timeout=300)
            assert run.returncode == 0, said
            assert left(emulator) == []
        return out.read_text()

    with concurrent.futures.ThreadPoolExecutor() as pool:
        return dict(zip(emulators.MODES, pool.map(recorded, emulators.MODES)))


def test_the_comparison_finds_the_differences_between_the_modes_and_nothing_else(pytestconfig, recordings):
    programs = pytestconfig.getoption("bin")

    def found(pair):
        recorded, played = pair
        return compare.compared(json.loads(recordings[recorded]), programs, played, 1, SPEED)

    with concurrent.futures.ThreadPoolExecutor() as pool:
        results = dict(zip(FOUND, pool.map(found, FOUND)))
    for pair, expected in FOUND.items():
        differences, durations = results[pair]
        assert set(differences) - MAY_BE_SEEN == set(expected) - MAY_BE_SEEN, pair
        assert any(line.startswith("VpcEndpoint: pending lasts") for line in durations), durations


def test_a_recording_holds_no_secret(recordings):
    for recording in recordings.values():
        for secret in [*cycle.SECRETS.values(), probes.SECRET, "AKIALIVE"]:
            assert secret not in recording, secret
        calls = json.loads(recording)["calls"]
        assert {call["service"] for call in calls} == {"ec2", "sts", "vpc-lattice", "events"}
        assert all(set(call["headers"]) <= {"content-type", "x-amz-target"} for call in calls)


def test_different_accounts_get_different_masks():
    mask = masks.Masks("111122223333")
    text = "arn:aws:iam::111122223333:role/a arn:aws:iam::444455556666:role/b arn:aws:iam::444455556666:role/c 777788889999"
    assert mask.text(text) == (
        f"arn:aws:iam::{masks.ACCOUNT}:role/a arn:aws:iam::210987654321:role/b arn:aws:iam::210987654321:role/c 210987654322")
    body = json.dumps({"AuthParameters": {"ApiKeyAuthParameters": {"ApiKeyName": "x", "ApiKeyValue": "hush"}}, "Name": "a"})
    assert "hush" not in mask.body(body) and "ApiKeyName" in mask.body(body)
    said = mask.answer("sts", {"Account": "111122223333", "Arn": "arn:aws:iam::111122223333:user/jane", "UserId": "AIDAJANE"})
    assert "jane" not in json.dumps(said).lower() and said["Account"] == masks.ACCOUNT


def test_ctrl_c_leaves_nothing_behind(pytestconfig, tmp_path):
    programs, out = pytestconfig.getoption("bin"), tmp_path / "recording.json"
    with emulators.Emulator(programs / "aws-emulator", SPEED, "cautious") as emulator:
        run = start(emulator, programs, out)
        deadline = time.monotonic() + 120
        while not any(row["type"] == "vpc-endpoint" for row in left(emulator)):
            assert run.poll() is None and time.monotonic() < deadline, "no endpoint was made"
            time.sleep(0.1)
        os.killpg(run.pid, signal.SIGINT)
        said, _ = run.communicate(timeout=300)
        assert run.returncode != 0, said
        assert left(emulator) == [], said
    assert len(json.loads(out.read_text())["calls"]) > 10


def test_it_stops_without_explicit_consent(capsys):
    for environment in ({}, {"LIVE": "yes"}):
        with pytest.raises(SystemExit):
            cycle.confirm("111122223333", "eu-west-1", environment)
    cycle.confirm("111122223333", "eu-west-1", {"LIVE": cycle.YES})
    assert "111122223333" in capsys.readouterr().out
