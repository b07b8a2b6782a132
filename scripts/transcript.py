"""Makes the output of the demo comparable: removes everything that differs from run to run.

It replaces ids by numbers and random parts of names by placeholders, and removes times and the dots that the CLI prints while it
waits. Parallel operations end in any order, so it groups the lines of each resource, in the order of the dependencies.
"""

import difflib
import re

# The order of the dependencies: the engine creates earlier types first.
ORDER = ["Stack", "providers", "PrivateStepFunctions", "SecurityGroup", "InterfaceEndpoint", "ResourceGateway",
         "ResourceConfiguration", "Connection"]

ROW = re.compile(r"^[ +~-]{4}(?P<type>pulumi:\S+|private-step-functions:index:\S+) (?P<name>\S+)(?P<rest>.*)$")
BLOCK = re.compile(r"^ +[+~-]+ ?(?:pulumi|private-step-functions):\S+: \(\w+\)$")
# The times of their rows depend on those of their parts.
WHOLES = ["pulumi:pulumi:Stack", "private-step-functions:index:PrivateStepFunctions"]
READ = re.compile(r"(Describe|Get|List|AssumeRole)")

INTRODUCTION = """# The demo

What `make demo` prints, as `make golden` wrote it down and `make test` checks it. Left out is what differs from run to run:
ids, times, how often AWS is looked at, what is waited for, and the rows of the stack and the component, which end when their
parts do. The lines of one resource stand together, though AWS works side by side. On a terminal the CLI shows one row for each
resource instead, with what it is waiting for; this is what a log holds.

"""


def page(sections):
    """Returns the transcript as a page, with a heading and a block for each section."""
    text = "".join(f"## {title}\n\n```console\n{normal(body)}\n```\n\n" for title, body in sections)
    return INTRODUCTION + numbered(text).rstrip() + "\n"


def differences(expected, found):
    """Returns a readable diff, or an empty text if there are no differences."""
    lines = difflib.unified_diff(expected.splitlines(), found.splitlines(), "docs/demo.md", "this run", lineterm="", n=2)
    return "\n".join(lines)


def normal(text):
    lines = [line.rstrip() for line in text.splitlines()]
    lines = [timeless(line) for line in lines if not re.match(r"^@ [\w ]+\.+$", line)]
    return "\n".join(squeezed(ordered_blocks(ordered_rows(lines)))).strip("\n")


def timeless(line):
    line = re.sub(r" \(\d[\d.]*m?s?\d*s?\)", "", line)
    line = re.sub(r"^Duration: .*$", "Duration: ...", line)
    return line.rstrip()


def ordered_rows(lines):
    """Groups the lines of each resource in each run of progress lines, and removes repeated lines."""
    result, run = [], []
    is_destroy = any(re.search(r" deleted?$| deleting$", line) for line in lines)
    for line in [*lines, None]:
        row = line is not None and ROW.match(line)
        if row and (row["type"] in WHOLES or "waiting for" in row["rest"]):
            continue
        if row:
            run.append((rank(row["type"], row["name"], is_destroy), line))
            continue
        seen = set()
        for _, text in sorted(run, key=lambda item: item[0]):
            if text not in seen:
                seen.add(text)
                result.append(text)
        run = []
        if line is not None:
            result.append(line)
    return result


def ordered_blocks(lines):
    """Sorts the resources of a diff in the order of the dependencies."""
    starts = [index for index, line in enumerate(lines) if BLOCK.match(line) and "pulumi:pulumi:Stack" not in line]
    if not starts:
        return lines
    ends = [index for index in range(starts[-1] + 1, len(lines)) if not lines[index].startswith("      ")]
    end = ends[0] if ends else len(lines)
    bounds = [*starts, end]
    blocks = [lines[a:b] for a, b in zip(bounds, bounds[1:])]

    def key(block):
        urn = next((line for line in block if "[urn=" in line), block[0])
        kind, name = urn.rstrip("]").split("::")[-2:] if "::" in urn else (block[0], "")
        return rank(kind.split("$")[-1], name, False)

    return lines[: starts[0]] + [line for block in sorted(blocks, key=key) for line in block] + lines[end:]


def squeezed(lines):
    return [line for index, line in enumerate(lines) if line or (index and lines[index - 1])]


def rank(kind, name, is_destroy):
    kind = kind.split(":")[-1] if "providers" not in kind else "providers"
    place = ORDER.index(kind) if kind in ORDER else len(ORDER)
    return (-place if is_destroy else place, name)


def numbered(text):
    """Numbers the ids in the order in which they appear."""
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<uuid>", text)
    text = re.sub(r"<uuid>-\w{6}\b", "<uuid>-<random>", text)
    text = re.sub(r"http://127\.0\.0\.1:\d+", "http://127.0.0.1:<port>", text)
    seen = {}

    def number(match):
        kind = match[1]
        ids = seen.setdefault(kind, {})
        return f"{kind}-{ids.setdefault(match[2], len(ids) + 1)}"

    text = re.sub(r"\b(vpce|vpc|subnet|sg|rgw|rcfg|snra|eni)-([0-9a-f]{8,17})\b", number, text)
    text = re.sub(r"\b(vpce-\d+)-[0-9a-z]{8}\b", r"\1-<hash>", text)
    # Automatic names end in seven random hexadecimal digits.
    return re.sub(r"\b([a-z]+(?:-[a-z]+)*)-[0-9a-f]{7}\b", r"\1-<random>", text)


def calls(operations):
    """Returns the calls of a step: the changing ones with their numbers, and the names of the reads if nothing changes."""
    def often(name, count):
        # The plugin repeats a delete until AWS accepts it, so the number varies.
        return name if ":Delete" in name else f"{name} {count}"

    changes = [often(name, count) for name, count in sorted(operations.items()) if not READ.match(name.split(":")[1])]
    if changes:
        # The reads during changes depend on AWS's progress.
        return ", ".join(changes) + "; and looks"
    return ", ".join(sorted(operations)) or "none"
