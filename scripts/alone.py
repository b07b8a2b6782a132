"""Runs a Linux plugin without the files of its machine, and shows that it starts and finds AWS by each kind of name.

    build/venv/bin/python scripts/alone.py PLUGIN

A static plugin runs in a root directory that holds only the plugin, /etc/hosts and /etc/resolv.conf. A dynamic one would not start
there: it runs in the machine's own root directory with the same two files, so that both can be compared.

The network is one of its own, with a server of names and a server that stands for EC2. It needs user namespaces (`unshare`) and the
Python packages of the tests.
"""

import fcntl
import http.server
import os
import pathlib
import shutil
import socket
import socketserver
import struct
import subprocess
import sys
import tempfile
import threading

import grpc
import static
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

HOSTS = "127.0.0.1 localhost four.hosts.test\n::1 six.hosts.test\n"
RESOLV = "search corp.test\nnameserver 127.0.0.1\noptions timeout:1 attempts:2\n"
# A nameserver that answers nothing, before the one that does.
DEAF = RESOLV.replace("nameserver 127.0.0.1", "nameserver 127.0.0.9\nnameserver 127.0.0.1")
A, AAAA = 1, 28
# Which addresses the server of names has, by name and type.
ZONE = {
    ("four.corp.test", A): [socket.inet_aton("127.0.0.1")],
    ("six.corp.test", AAAA): [socket.inet_pton(socket.AF_INET6, "::1")],
    # Together longer than the 512 bytes of an answer by UDP. Only the last one has a server; musl takes up to 48.
    ("many.corp.test", A): [socket.inet_aton(f"127.0.0.{last}") for last in range(40, 0, -1)],
}
# What is shown, the host in the endpoint's URL, and the configuration of the resolver.
NAMES = [
    ("an IPv4 address", "127.0.0.1", RESOLV),
    ("an IPv6 address", "[::1]", RESOLV),
    ("a name in /etc/hosts", "four.hosts.test", RESOLV),
    ("an IPv6 name in /etc/hosts", "six.hosts.test", RESOLV),
    ("a name by DNS", "four.corp.test", RESOLV),
    ("a name by DNS with IPv6 alone", "six.corp.test", RESOLV),
    ("a name in the search domain", "four", RESOLV),
    ("a name whose first nameserver is deaf", "four.corp.test", DEAF),
    ("a name with an answer by TCP", "many.corp.test", RESOLV),
]


def main(program):
    up()
    serve_names()
    requests, port = serve_ec2()
    with tempfile.TemporaryDirectory(prefix="private-step-functions-alone-") as directory:
        root = pathlib.Path(directory)
        (root / "etc").mkdir()
        alone = not static.needs(pathlib.Path(program).read_bytes())
        if alone:
            shutil.copy(program, root / "plugin")
            command = [shutil.which("chroot", path="/usr/sbin:/usr/bin:/sbin:/bin"), root, "/plugin"]
        else:
            command = [program]
        (root / "etc" / "hosts").write_text(HOSTS)
        (root / "etc" / "resolv.conf").write_text(RESOLV)
        if not alone:
            for name in ("hosts", "resolv.conf"):
                subprocess.run(["mount", "--bind", root / "etc" / name, f"/etc/{name}"], check=True)
        failed = []
        for shown, host, configuration in NAMES:
            (root / "etc" / "resolv.conf").write_text(configuration)
            requests.clear()
            said = read(command, f"http://{host}:{port}")
            report(failed, shown, bool(requests), said)
        if alone:
            said = read(command, f"https://four.corp.test:{port}")
            report(failed, "no certificate authorities: told what to install", "package `ca-certificates`" in said, said)
    print(f"{len(failed)} failed: {program} {'in an empty root directory' if alone else 'with the libraries of the machine'}")
    sys.exit(bool(failed))


def report(failed, shown, passed, said):
    print(f"{'ok' if passed else 'FAILED':7} {shown}{'' if passed else f': {said}'}", flush=True)
    if not passed:
        failed.append(shown)


def read(command, endpoint):
    """Starts the plugin, reads a security group, and returns the error message."""
    environment = {
        "PATH": "/usr/bin:/bin", "AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL_EC2": endpoint, "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "of-nobody",
    }  # fmt: skip
    # The SDK reads the home directory's files. There is none.
    with subprocess.Popen(
        list(map(str, command)), env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            return error(process.stdout.readline().strip())
        finally:
            process.kill()


def error(port):
    if not port.isdigit():
        return "the plugin did not start"
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        provider = provider_pb2_grpc.ResourceProviderStub(channel)
        config = struct_pb2.Struct()
        config.update({"maxRetries": "0"})
        urn = "urn:pulumi:test::alone::private-step-functions:index:SecurityGroup::group"
        try:
            provider.Configure(provider_pb2.ConfigureRequest(args=config), timeout=30)
            provider.Read(provider_pb2.ReadRequest(id="sg-0123456789abcdef0", urn=urn), timeout=60)
        except grpc.RpcError as failure:
            return failure.details()
    return ""


def up():
    """Brings up the loopback interface of this network namespace."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        set_flags, flag_up = 0x8914, 1
        fcntl.ioctl(any_socket, set_flags, struct.pack("16sH14x", b"lo", flag_up))


def answer(query, most):
    """Returns the answer to a DNS query, marked as cut off if it is longer than `most`."""
    end = query.index(b"\0", 12) + 5
    labels, position = [], 12
    while query[position]:
        labels.append(query[position + 1 : position + 1 + query[position]].decode().lower())
        position += 1 + query[position]
    [kind] = struct.unpack_from(">H", query, end - 4)
    name = ".".join(labels)
    found = ZONE.get((name, kind), [])
    missing = 0 if any(name == known for known, _ in ZONE) else 3
    records = b"".join(b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60, len(address)) + address for address in found)
    if 12 + len(query[12:end]) + len(records) > most:
        return query[:2] + struct.pack(">HHHHH", 0x8780, 1, 0, 0, 0) + query[12:end]
    return query[:2] + struct.pack(">HHHHH", 0x8580 | missing, 1, len(found), 0, 0) + query[12:end] + records


def serve_names():
    class Udp(socketserver.BaseRequestHandler):
        def handle(self):
            query, from_socket = self.request
            from_socket.sendto(answer(query, 512), self.client_address)

    class Tcp(socketserver.StreamRequestHandler):
        def handle(self):
            # Some resolvers ask for both types of address in one connection.
            while length := self.rfile.read(2):
                told = answer(self.rfile.read(*struct.unpack(">H", length)), 65535)
                self.wfile.write(struct.pack(">H", len(told)) + told)

    start(socketserver.ThreadingUDPServer(("127.0.0.1", 53), Udp))
    start(socketserver.ThreadingTCPServer(("127.0.0.1", 53), Tcp))
    # This one takes queries and says nothing.
    deaf = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    deaf.bind(("127.0.0.9", 53))
    KEPT.append(deaf)


def serve_ec2():
    """Serves on one port of both loopback addresses. Returns a list to which each request is added, and the port."""
    requests = []

    class Ec2(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            requests.append(self.headers["Host"])
            body = b"<Response><Errors><Error><Code>InvalidGroup.NotFound</Code><Message>none</Message></Error></Errors></Response>"
            self.send_response(400)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    class Six(http.server.ThreadingHTTPServer):
        address_family = socket.AF_INET6

    four = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ec2)
    start(four)
    start(Six(("::1", four.server_port), Ec2))
    return requests, four.server_port


# Sockets that are never read, and stay open.
KEPT = []


def start(server):
    threading.Thread(target=server.serve_forever, daemon=True).start()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if os.environ.get("ALONE"):
        main(str(pathlib.Path(sys.argv[1]).resolve()))
    own = ["unshare", "--user", "--map-root-user", "--net", "--mount", sys.executable, *sys.argv]
    os.execvpe("unshare", own, os.environ | {"ALONE": "yes"})
