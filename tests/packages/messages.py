"""The messages of the plugin: the texts in its source code that begin one."""

import re

from languages import ROOT

TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|r(?P<hashes>\#*)"(?P<raw>.*?)"(?P=hashes)|"(?P<text>(?:\\.|[^"\\])*)"|'(?:\\.[^']*|[^'\\])'"""
    r"""|[A-Za-z_]\w*!?|\s+|.""",
    re.DOTALL | re.VERBOSE,
)
# What stands before a text that does not begin a message: advice, what is waited for, causes and parts of another text, what
# only the code sees.
PARTS = {
    "advise", "advise_otherwise", "advise_instead", "besides",
    "what", "within", "Pending", "not_checked", "harm", "advice",
    "join", "unwrap_or", "expect", "reason", "contains", "starts_with", "strip_prefix", "split", "unreachable!", "debug!", "bug",
}  # fmt: skip
# Files whose texts are no messages to users of the package: they are about the schema that the plugin is built with, about what
# the engine sends, and appear only with "This is a bug in the provider"; or they are programs and files that the plugin writes.
INSIDE = re.compile(
    r"crates/pulumi-provider/src/(schema|property|proto|samples|urn)[./]|/tests?(ing)?[./]|src/partition"
    r"|src/adopt/(program|report|transform)\.rs|src/client_settings/snippets"
)


def messages():
    """Yields the file and each text of three or more words that begins a message."""
    for directory in ("src", "crates/pulumi-provider/src"):
        for file in sorted((ROOT / directory).rglob("*.rs")):
            name = str(file.relative_to(ROOT))
            if not INSIDE.search(name):
                yield from ((name, text) for text in texts(file.read_text()))


def texts(source):
    before = []
    for token in without_tests(list(tokens(source))):
        text = token["raw"] if token["raw"] is not None else token["text"]
        if text is not None and opener(before) not in PARTS:
            plain = unescaped(text)
            if len(words(plain)) >= 3:
                yield plain
        before = [*before[-11:], token[0]]


def tokens(source):
    for token in TOKEN.finditer(source):
        if not token[0].isspace() and not token[0].startswith(("//", "/*")):
            yield token


def without_tests(found):
    """Leaves out what is compiled for tests only."""
    kept, position = [], 0
    while position < len(found):
        if "".join(token[0] for token in found[position : position + 7]) == "#[cfg(test)]":
            position = end_of_item(found, position + 7)
        else:
            kept.append(found[position])
            position += 1
    return kept


def end_of_item(found, position):
    depth = 0
    while True:
        token = found[position][0]
        depth += (token == "{") - (token == "}")
        position += 1
        if depth == 0 and token in (";", "}"):
            return position


def opener(before):
    """Returns the name of the function, macro or field that takes a text, other than `format!` around it."""
    names = list(before)
    while names and names[-1] in ("(", "&", "=", ":", "|", ",", "format!", "Some", "error", "id", "name", "_"):
        names.pop()
    # The name of a variable says nothing: its text can go anywhere.
    return names[-1] if names and names[-2:-1] != ["let"] else ""


def unescaped(text):
    """Returns what a text of the source code stands for, with `…` for what is filled in."""
    text = re.sub(r"\\\n\s*", "", text)
    text = text.replace("\\n", " ").replace('\\"', '"').replace("{{", "\0").replace("}}", "\1")
    return re.sub(r"\{[^{}]*\}", "…", text).replace("\0", "{").replace("\1", "}")


def words(text):
    """Returns the words of a text, without the marks of code and names, and without punctuation at their ends."""
    text = re.sub(r"…+", "…", re.sub(r"[`\"]", "", text))
    return [bare for word in text.split() if (bare := word.rstrip(".,:;") or word)]
