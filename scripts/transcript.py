"""What a person sees of the demo, without what differs from run to run.

Ids and random parts of names become numbers, times go, and so do the dots that the CLI prints while it waits. What AWS does
side by side ends in any order, so the lines of one resource stand together, in the order in which resources need each other.
"""

import difflib
import re

# Who needs whom: the ones above are made first.
ORDER = ["Stack", "providers", "PrivateStepFunctions", "SecurityGroup", "InterfaceEndpoint", "ResourceGateway",
         "ResourceConfiguration", "Connection"]

ROW = re.compile(r"^[ +~-]{4}(?P<type>pulumi:\S+|private-step-functions:index:\S+) (?P<name>\S+)(?P<rest>.*)$")
BLOCK = re.compile(r"^ +[+~-]+ ?(?:pulumi|private-step-functions):\S+: \(\w+\)$")
# Their rows come and go with those of their parts.
WHOLES = ["pulumi:pulumi:Stack", "private-step-functions:index:PrivateStepFunctions"]
READ = re.compile(r"(Describe|Get|List|AssumeRole)")

INTRODUCTION = """# The demo

What `make demo` prints, as `make golden` wrote it down and `make test` checks it. Left out is what differs from run to run:
ids, times, how often AWS is looked at, what is waited for, and the rows of the stack and the component, which end when their
parts do. The lines of one resource stand together, though AWS works side by side. On a terminal the CLI shows one row for each
resource instead, with what it is waiting for; this is what a log holds.

"""


def page(sections):
    """The transcript as a page: a heading and a block for each section."""
    text = "".join(f"## {title}\n\n```console\n{normal(body)}\n```\n\n" for title, body in sections)
    return INTRODUCTION + numbered(text).rstrip() + "\n"


def differences(expected, found):
    """A diff for people; empty if there is none."""
    lines = difflib.unified_diff(expected.splitlines(), found.splitlines(), "docs/demo.md", "this run", lineterm="", n=2)
    return "\n".join(lines)


def normal(text):
    lines = [line.rstrip() for line in text.splitlines()]
    lines = [timeless(line) for line in lines if not re.match(r"^@ \w+\.*$", line)]
    return "\n".join(squeezed(ordered_blocks(ordered_rows(lines)))).strip("\n")


def timeless(line):
    line = re.sub(r" \(\d[\d.]*m?s?\d*s?\)", "", line)
    line = re.sub(r"^Duration: .*$", "Duration: ...", line)
    return line.rstrip()


def ordered_rows(lines):
    """Each run of progress lines with the lines of one resource together; what is said twice is said once."""
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
    """The resources of a diff, in the same order."""
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
    """Ids in the order in which they appear."""
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
    # Automatic names end in seven random digits.
    return re.sub(r"\b([a-z]+(?:-[a-z]+)*)-[0-9a-f]{7}\b", r"\1-<random>", text)


def calls(operations):
    """The calls of a step: what AWS is asked to change and how often, and what is looked at."""
    def often(name, count):
        # A delete is repeated until AWS lets go.
        return name if ":Delete" in name else f"{name} {count}"

    changes = [often(name, count) for name, count in sorted(operations.items()) if not READ.match(name.split(":")[1])]
    if changes:
        # What is looked at meanwhile depends on how far AWS is.
        return ", ".join(changes) + "; and looks"
    return ", ".join(sorted(operations)) or "none"
