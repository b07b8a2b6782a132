"""Starts a built plugin once, on the platform that it was built for, and checks its version and its schema.

Usage: start_plugin.py PLUGIN VERSION

The check speaks just enough HTTP/2 for one gRPC call. So it needs nothing but Python, and runs where no gRPC package and no
Pulumi CLI exists.
"""

import json
import re
import socket
import struct
import subprocess
import sys

SECONDS = 60
# HTTP/2 (RFC 9113): types of frames, flags, and the one setting that the call needs.
DATA, HEADERS, RST_STREAM, SETTINGS, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 4, 7, 8
END_STREAM, END_HEADERS, ACK = 0x1, 0x4, 0x1
INITIAL_WINDOW_SIZE = 4
# The schema is larger than the default window.
WINDOW = 2**30


def main(plugin, version):
    said = subprocess.run([plugin, "--version"], capture_output=True, text=True, timeout=SECONDS, check=True).stdout.split()
    if said[1:] != [version]:
        sys.exit(f"--version says {' '.join(said)}, not {version}")
    with subprocess.Popen([plugin], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
        try:
            port = running.stdout.readline().strip()
            if not re.fullmatch(r"\d+", port):
                sys.exit(f"The plugin printed {port!r} where its port is expected")
            schema = json.loads(text_field(call(int(port), "/pulumirpc.ResourceProvider/GetSchema")))
        finally:
            running.kill()
    if (schema["name"], schema["version"]) != ("private-step-functions", version):
        sys.exit(f"The schema is that of {schema['name']} {schema['version']}")
    print(f"{' '.join(said)} serves {len(schema['resources'])} resources")


def call(port, path):
    """Makes a gRPC call with an empty request, and returns the message of the response."""
    fields = [(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", f"127.0.0.1:{port}"), ("te", "trailers"),
              ("content-type", "application/grpc")]  # fmt: skip
    request = [
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        frame(SETTINGS, 0, 0, struct.pack(">HI", INITIAL_WINDOW_SIZE, WINDOW)),
        frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", WINDOW)),
        frame(HEADERS, END_HEADERS, 1, b"".join(map(literal, fields))),
        # A message of gRPC: not compressed, its length, no content.
        frame(DATA, END_STREAM, 1, struct.pack(">BI", 0, 0)),
    ]
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection, connection.makefile("rb") as stream:
        connection.sendall(b"".join(request))
        while True:
            head = stream.read(9)
            if len(head) < 9:
                sys.exit("The plugin closed the connection")
            kind, flags = head[3], head[4]
            content = stream.read(int.from_bytes(head[:3], "big"))
            if kind == SETTINGS and not flags & ACK:
                connection.sendall(frame(SETTINGS, ACK, 0, b""))
            elif kind in (RST_STREAM, GOAWAY):
                sys.exit(f"The plugin ended the call with error {content!r}")
            elif kind == DATA:
                received += content
            if kind in (DATA, HEADERS) and flags & END_STREAM:
                break
    # An error of gRPC has a status and no message.
    if len(received) < 5 or len(received) != 5 + int.from_bytes(received[1:5], "big"):
        sys.exit(f"{path} returned {len(received)} bytes, which are no message")
    return received[5:]


def frame(kind, flags, stream, content):
    return len(content).to_bytes(3, "big") + struct.pack(">BBI", kind, flags, stream) + content


def literal(field):
    """Encodes a header field in HPACK (RFC 7541, section 6.2.2), without compression and without an index."""
    return b"\0" + b"".join(bytes([len(text)]) + text.encode() for text in field)


def text_field(message):
    """Returns the text in field 1, the only field of the response (GetSchemaResponse of pulumi/provider.proto)."""
    length = shift = 0
    for at, byte in enumerate(message[1:], start=2):
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    if message[0] != 0x0A or at + length != len(message):
        sys.exit("The response to GetSchema is not one text")
    return message[at:].decode()


if __name__ == "__main__":
    main(*sys.argv[1:])
