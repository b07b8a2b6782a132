"""Measures plugins: size, time from start to the port line, resident memory, and the speed of Check.

    build/venv/bin/python scripts/measure.py target/release/pulumi-resource-private-step-functions [OTHER ...]

Give several binaries to compare them in one run. Starts and rounds of Checks alternate between them, and medians are printed,
because timings on shared machines are noisy. Columns:

    size        the program, and in brackets its size in a package (tar.gz)
    port line   time from start to the port line
    resident    memory when idle, after GetSchema, and after all Checks
    Check       one security group with 60 rules: latency of one after another, and rate of 8 at once

Needs the Python packages of the tests (`make test` installs them) and Linux.
"""

import concurrent.futures
import gzip
import pathlib
import statistics
import subprocess
import sys
import time

import grpc
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

STARTS = 41
ROUNDS, CHECKS, AT_ONCE = 7, 400, 8


def main(programs):
    starts = {program: [] for program in programs}
    for _ in range(STARTS):
        for program in programs:
            began = time.perf_counter()
            # The plugin exits when the engine at this address does not answer. This script stops it long before that.
            process, _ = start(program, "127.0.0.1:1")
            starts[program].append((time.perf_counter() - began) * 1000)
            stop(process)
    served = {program: Served(program) for program in programs}
    try:
        for _ in range(ROUNDS):
            for plugin in served.values():
                plugin.check()
        header = f"{'size':>18} {'port line':>10} {'idle':>9} {'schema':>9} {'Checks':>9} {'one Check':>10} {'8 at once':>10}"
        print(header)
        for program, plugin in served.items():
            content = pathlib.Path(program).read_bytes()
            size, packed = len(content) / 1e6, len(gzip.compress(content)) / 1e6
            print(f"{size:6.1f} MB ({packed:4.1f}) {statistics.median(starts[program]):7.1f} ms {plugin.figures()}  {program}")
    finally:
        for plugin in served.values():
            stop(plugin.process)


class Served:
    """A running plugin, and what was measured of it."""

    def __init__(self, program):
        self.process, port = start(program)
        self.latencies, self.rates = [], []
        self.memory = [memory(self.process.pid)]
        self.provider = None
        if port.isdigit():
            options = [("grpc.max_receive_message_length", -1)]
            self.provider = provider_pb2_grpc.ResourceProviderStub(grpc.insecure_channel(f"127.0.0.1:{port}", options=options))
            self.provider.GetSchema(provider_pb2.GetSchemaRequest(), timeout=10)
            self.memory.append(memory(self.process.pid))

    def check(self):
        """Does one round of Checks. Does nothing if the plugin is not this provider."""
        if self.provider is None or self.latencies is None:
            return
        try:
            self.once()
        except grpc.RpcError:
            self.latencies = self.rates = None
            return
        for _ in range(CHECKS):
            began = time.perf_counter()
            self.once()
            self.latencies.append((time.perf_counter() - began) * 1000)
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            began = time.perf_counter()
            for done in [pool.submit(self.once) for _ in range(CHECKS)]:
                done.result()
            self.rates.append(CHECKS / (time.perf_counter() - began))

    def once(self):
        answer = self.provider.Check(REQUEST, timeout=10)
        assert not answer.failures, answer.failures

    def figures(self):
        columns = [f"{mebibytes:5.1f} MiB" for mebibytes in self.memory] + ["-".rjust(9)] * (2 - len(self.memory))
        if not self.latencies:
            return " ".join([*columns, "-".rjust(9), "-".rjust(10), "-".rjust(10)])
        columns += [f"{memory(self.process.pid):5.1f} MiB", f"{statistics.median(self.latencies):7.2f} ms"]
        return " ".join([*columns, f"{statistics.median(self.rates):6.0f} / s"])


def request():
    """Returns a Check of a security group with many rules."""
    rules = [
        {"protocol": "tcp", "fromPort": port, "toPort": port, "cidrIpv4": f"10.0.{port - 8000}.0/24", "description": f"clients {port}"}
        for port in range(8000, 8030)
    ]
    news = struct_pb2.Struct()
    news.update({"vpcId": "vpc-0a1b2c3d4e5f60718", "ingress": rules, "egress": rules, "tags": {"team": "orders"}})
    urn = "urn:pulumi:test::measure::private-step-functions:index:SecurityGroup::group"
    return provider_pb2.CheckRequest(urn=urn, news=news, randomSeed=b"0123456789abcdef")


REQUEST = request()


def start(program, *engine):
    process = subprocess.Popen(
        [program, *engine], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    return process, process.stdout.readline().strip()


def stop(process):
    process.kill()
    process.wait()


def memory(pid):
    """Returns the resident memory of a process, in MiB."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no VmRSS")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main([str(pathlib.Path(argument).resolve()) for argument in sys.argv[1:]])
