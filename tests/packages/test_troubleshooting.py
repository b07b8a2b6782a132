"""docs/troubleshooting.md has every message of the plugin, by its first words."""

import re

import messages
from languages import ROOT

PAGE = (ROOT / "docs" / "troubleshooting.md").read_text()
ENTRIES = {tuple(messages.words(text)) for text in re.findall(r"(?m)^- `([^`\n]+)`", PAGE.split("\n## Messages\n")[1])}
CODES = re.findall(r"`([\w.…]+)`", PAGE.split("\n### AWS's own codes\n")[1].split("\n### ")[0])
# Texts of three or more words that are parts of messages, never their beginning. A new text belongs here or on the page.
_, LISTED = (ROOT / "tests" / "packages" / "parts_of_messages.txt").read_text().split("\n\n")
PARTS = {tuple(line.split()) for line in LISTED.splitlines()}
FOUND = [(file, tuple(messages.words(text))) for file, text in messages.messages()]


def begins(entry, message):
    """Reports whether an entry is the beginning of a message."""
    start = message[: len(entry)]
    # What is filled in may follow the last word without a space.
    return start[:-1] == entry[:-1] and start[-1:] in (entry[-1:], (f"{entry[-1]}…",))


def test_the_source_code_is_read():
    assert len(FOUND) > 400 and len(set(snapshots())) > 200
    assert ("waited", "…", "for", "…", "last", "seen", "…") in {message for _, message in FOUND}


def test_every_message_has_an_entry():
    missing = {
        f"{file}: {' '.join(message)}"
        for file, message in FOUND
        if message not in PARTS and not any(begins(entry, message) for entry in ENTRIES)
    }
    assert not missing, "neither in docs/troubleshooting.md nor in tests/packages/parts_of_messages.txt:\n" + "\n".join(sorted(missing))


def test_every_entry_and_part_is_current():
    known = {message for _, message in FOUND}
    # Texts of one or two words, which messages() leaves out, and the words of a library.
    known |= {("access", "denied"), ("throttled",), ("invalid", "peer", "certificate")}
    stale = {entry for entry in ENTRIES if not any(begins(entry, message) for message in known)}
    assert not stale, "no message begins so:\n" + "\n".join(" ".join(entry) for entry in sorted(stale))
    assert not PARTS - known, "no such text in the source code:\n" + "\n".join(" ".join(part) for part in sorted(PARTS - known))


def snapshots():
    """Yields each message of tests/wording/snapshots as a user sees it."""
    for file in sorted((ROOT / "tests" / "wording" / "snapshots").glob("*.snap")):
        page = file.read_text().split("---\n", 2)[2]
        yield from (line for line in page.splitlines() if line and not line.startswith("#"))


def test_every_shown_message_is_found():
    """One of its parts, cut at the colons, begins with an entry that says something, or with a code of AWS."""
    patterns = [pattern(entry) for entry in ENTRIES if len([word for word in entry if "…" not in word]) >= 2]
    patterns += [re.compile(re.escape(word)) for word in ("throttled", "access denied")]
    patterns += [re.compile(re.escape(code).replace("…", r"\w+")) for code in CODES]
    lost = [shown for shown in sorted(set(snapshots())) if not any(each.match(part) for part in parts(shown) for each in patterns)]
    assert not lost, "not in docs/troubleshooting.md:\n" + "\n".join(lost)


def parts(shown):
    plain = re.sub(r"[`\"]", "", shown)
    return [plain[at:] for at in [0, *(found.end() for found in re.finditer(r": ", plain))]]


def pattern(entry):
    filled = r"\S+(?: \S+){0,3}?"
    return re.compile(r"\W+".join(filled if "…" in word else re.escape(word) for word in entry))
