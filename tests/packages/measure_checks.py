"""Measures what the preview checks cost: calls, time, CPU time and memory of the first preview of the YAML example.

Usage: build/venv/bin/python tests/packages/measure_checks.py [--plugin FILE] [--emulator FILE] [--latency MS] [--runs N]

Previews with the checks and without them alternate, so that both see the same load. Each has a plugin of its own, to which the
engine attaches, because the CPU time and the memory of a plugin that the engine starts are gone when the command ends. Each AWS
call is answered after the latency. It needs the tools that `make test` installs.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time
import urllib.request

from account import Account
from conftest import PLUGIN
from languages import ROOT, Yaml

TICK = os.sysconf("SC_CLK_TCK")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--plugin", type=pathlib.Path, default=ROOT / "target" / "release" / PLUGIN)
    options.add_argument("--emulator", type=pathlib.Path, default=ROOT / "target" / "debug" / "aws-emulator")
    options.add_argument("--latency", type=int, default=30)
    options.add_argument("--runs", type=int, default=9)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="private-step-functions-measure-") as scratch:
        scratch = pathlib.Path(scratch)
        with subprocess.Popen([given.emulator, "--port", "0"], stdout=subprocess.PIPE, text=True) as emulator:
            account = Account(emulator.stdout.readline().strip(), scratch)
            project = Yaml(scratch / "project", None).project
            account.configure(project)
            slow(account, given.latency)
            found = {mode: [] for mode in ("error", "off")}
            for _ in range(given.runs):
                for mode, figures in found.items():
                    figures.append(preview(account, project, given.plugin, mode))
            emulator.terminate()
    print(f"{'previewChecks':15}{'calls':>7}{'seconds':>10}{'CPU ms':>9}{'peak MiB':>10}   medians of {given.runs} runs, {given.latency} ms a call")
    for mode, figures in found.items():
        calls, seconds, cpu, memory = map(statistics.median, zip(*figures))
        print(f"{mode:15}{calls:>7.0f}{seconds:>10.2f}{cpu * 1000:>9.0f}{memory:>10.1f}")


def slow(account, milliseconds):
    fault = {"operation": "*", "kind": "slow", "delay": milliseconds / 1000, "times": 2**31}
    request = urllib.request.Request(f"{account.url}/_emulator/faults", data=json.dumps(fault).encode())
    urllib.request.urlopen(request, timeout=30).close()


def preview(account, project, plugin, mode):
    """Returns the calls, the seconds of the command, and the plugin's CPU seconds and peak memory in MiB."""
    account.run("pulumi", "config", "set", "private-step-functions:previewChecks", mode, cwd=project)
    with subprocess.Popen([plugin], stdout=subprocess.PIPE, text=True, env=account.environment) as process:
        account.environment["PULUMI_DEBUG_PROVIDERS"] = f"private-step-functions:{process.stdout.readline().strip()}"
        before = len(account.journal())
        start = time.monotonic()
        account.run(*Yaml.pulumi("preview"), cwd=project)
        seconds = time.monotonic() - start
        times = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        process.terminate()
    cpu = (int(times[11]) + int(times[12])) / TICK
    memory = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024
    return len(account.journal()) - before, seconds, cpu, memory


if __name__ == "__main__":
    main()
