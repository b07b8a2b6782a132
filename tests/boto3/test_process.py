"""The emulator's binary: its first line, its options, its exit."""

import re
import signal
import subprocess
import urllib.request

import pytest

from conftest import BINARY


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_its_url_first_and_exits_without_an_error(end):
    with subprocess.Popen([BINARY], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        url = process.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
        with urllib.request.urlopen(f"{url}/_emulator/resources") as answer:
            assert answer.status == 200
        process.send_signal(end)
        assert process.wait(5) == 0
        assert process.stdout.read() == "" and process.stderr.read() == ""


def test_a_chosen_port_is_taken():
    with subprocess.Popen([BINARY], stdout=subprocess.PIPE, text=True) as first:
        port = first.stdout.readline().strip().rsplit(":", 1)[1]
        second = subprocess.run([BINARY, "--port", port], capture_output=True, text=True, timeout=5)
        assert second.returncode == 1 and "in use" in second.stderr
        first.terminate()


@pytest.mark.parametrize("speed", ["0", "-1", "fast"])
def test_speed_is_positive(speed):
    wrong = subprocess.run([BINARY, f"--speed={speed}"], capture_output=True, text=True, timeout=5)
    assert wrong.returncode == 2 and "not a positive number" in wrong.stderr
