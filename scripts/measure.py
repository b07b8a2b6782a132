"""Measures plugins: size, time from start to the port line, and resident memory after GetSchema.

    build/venv/bin/python scripts/measure.py target/release/pulumi-resource-private-step-functions [OTHER ...]

Give several binaries to compare them in one run; starts alternate between them, and medians are printed, because
timings on shared machines are noisy. Needs the Python packages of the tests (`make test` installs them) and Linux.
"""

import pathlib
import statistics
import subprocess
import sys
import time

import grpc
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

STARTS = 41


def main(programs):
    starts = {program: [] for program in programs}
    for _ in range(STARTS):
        for program in programs:
            began = time.perf_counter()
            process, _ = start(program)
            starts[program].append((time.perf_counter() - began) * 1000)
            stop(process)
    print(f"{'':50} {'size':>9} {'port line':>10} {'resident':>10}  GetSchema")
    for program in programs:
        process, port = start(program)
        try:
            answer = get_schema(port)
            resident = memory(process.pid)
        finally:
            stop(process)
        size = pathlib.Path(program).stat().st_size / 1e6
        port_line = statistics.median(starts[program])
        print(f"{pathlib.Path(program).name:50} {size:6.1f} MB {port_line:7.1f} ms {resident:6.1f} MiB  {answer}")


def start(program):
    # The plugin exits when the engine at this address does not answer. This script stops it long before that.
    process = subprocess.Popen(
        [program, "127.0.0.1:1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    return process, process.stdout.readline().strip()


def stop(process):
    process.kill()
    process.wait()


def get_schema(port):
    if not port.isdigit():
        return "does not serve"
    with grpc.insecure_channel(f"127.0.0.1:{port}", options=[("grpc.max_receive_message_length", -1)]) as channel:
        provider = provider_pb2_grpc.ResourceProviderStub(channel)
        return f"{len(provider.GetSchema(provider_pb2.GetSchemaRequest(), timeout=10).schema)} bytes"


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
