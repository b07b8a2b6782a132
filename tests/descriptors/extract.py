#!/usr/bin/env python3
"""Extract the descriptors of the Pulumi protocol from the PyPI package `pulumi`.

    pip install pulumi==3.259.0
    tests/descriptors/extract.py            write the fixture
    tests/descriptors/extract.py --check    fail if the fixture differs from the package

Exit status of --check: 0 the same, 1 different, 3 the package is not installed in that version.
The fixture is a google.protobuf.FileDescriptorSet: names, numbers and types only. Comments, positions and
JSON names are dropped, files are sorted by name, so the bytes depend on the package alone.
"""

import pathlib
import sys

VERSION = "3.259.0"
MODULES = [
    "alias",
    "callback",
    "engine",
    "errors",
    "plugin",
    "provider",
    "resource",
    "resource_status",
    "source",
    "status",
]
FIXTURE = (
    pathlib.Path(__file__).resolve().parent.parent
    / "fixtures"
    / f"pulumi-{VERSION}.descriptors.bin"
)


def strip_message(message):
    for field in message.field:
        field.ClearField("json_name")
    for nested in message.nested_type:
        strip_message(nested)


def extract():
    import importlib

    from google.protobuf import descriptor_pb2

    files = {}
    pending = [
        importlib.import_module(f"pulumi.runtime.proto.{name}_pb2").DESCRIPTOR
        for name in MODULES
    ]
    while pending:
        file = pending.pop()
        # The well-known types are Google's, and the same for everybody.
        if file.package == "google.protobuf" and not file.name.endswith("status.proto"):
            continue
        if file.name in files:
            continue
        description = descriptor_pb2.FileDescriptorProto()
        description.ParseFromString(file.serialized_pb)
        description.ClearField("source_code_info")
        for message in description.message_type:
            strip_message(message)
        files[file.name] = description
        pending.extend(file.dependencies)
    return descriptor_pb2.FileDescriptorSet(
        file=[files[name] for name in sorted(files)]
    ).SerializeToString(deterministic=True)


def main():
    from importlib import metadata

    try:
        installed = metadata.version("pulumi")
    except metadata.PackageNotFoundError:
        installed = "none"
    if installed != VERSION:
        print(f"needs the PyPI package pulumi {VERSION}, found {installed}", file=sys.stderr)
        return 3
    data = extract()
    if sys.argv[1:] == ["--check"]:
        if FIXTURE.read_bytes() == data:
            return 0
        print(f"{FIXTURE} differs from pulumi {VERSION}: run {sys.argv[0]}", file=sys.stderr)
        return 1
    if sys.argv[1:]:
        print(__doc__, file=sys.stderr)
        return 2
    FIXTURE.write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
