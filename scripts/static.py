"""Fails if a Linux program needs a dynamic linker or a library: then it would not start on every distribution.

Usage: static.py PROGRAM...
"""

import pathlib
import struct
import sys

# Values of the ELF format: types of a segment, and the tag of a needed library.
DYNAMIC, INTERPRETER, NEEDED = 2, 3, 1


def needs(program):
    """Returns what a 64-bit little-endian ELF program needs at its start: its dynamic linker and its libraries."""
    if program[:6] != b"\x7fELF\x02\x01":
        sys.exit("not a 64-bit ELF program")
    [table] = struct.unpack_from("<Q", program, 32)
    size, count = struct.unpack_from("<HH", program, 54)
    wanted = []
    for header in range(table, table + size * count, size):
        kind, _, offset, _, _, length = struct.unpack_from("<IIQQQQ", program, header)
        if kind == INTERPRETER:
            wanted.append(program[offset : offset + length].rstrip(b"\0").decode())
        if kind == DYNAMIC:
            tags = [struct.unpack_from("<Q", program, entry)[0] for entry in range(offset, offset + length, 16)]
            wanted += [f"{tags.count(NEEDED)} shared libraries"] if NEEDED in tags else []
    return wanted


def main(programs):
    for program in programs:
        if wanted := needs(pathlib.Path(program).read_bytes()):
            sys.exit(f"{program} is not static: it needs {', '.join(wanted)}")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
