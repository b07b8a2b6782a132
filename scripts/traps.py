"""Shows that for each trap of AWS, a test fails without the trap's handling.

Usage: traps.py [ID ...]      ids from docs/aws-behavior.md, with * and ?; none means all

Each tests/traps/<id>.patch removes the handling of one trap and names the tests that must then fail. This script works in a
copy of the repository under build/traps: it checks that all named tests pass, then applies the patches one by one, builds, runs
only the named tests, and reverts the patch. It reports a failure if a named test passes without the handling or never ends, and
if a patch does not apply or compile, because that shows nothing.

The copy has its own target directory: cargo gives the crates of two copies the same names, and would mix up their files.
"""

import fnmatch
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
COPY = ROOT / "build" / "traps" / "tree"
REPORT = ROOT / "build" / "traps" / "report.txt"
PATCHES = ROOT / "tests" / "traps"
# In seconds. A test takes a few; without its handling, some code polls forever on a paused clock.
LONGEST_TEST = 180


class Shown(Exception):
    """The reason why a patch shows nothing."""


class Patch:
    def __init__(self, path):
        self.id = path.stem
        header, _, body = path.read_text().partition("\n--- ")
        self.tests = [tuple(line[6:].rsplit(" ", 1)) for line in header.splitlines() if line.startswith("Test: ")]
        self.target = self.tests[0][0] if self.tests else ""
        self.hunks = list(hunks("--- " + body))
        if not self.tests or not self.hunks or any(target != self.target for target, _ in self.tests):
            sys.exit(f"{path}: needs hunks, and lines `Test: [--package <package>] --lib|--test <target> <name>` of one target")

    def apply(self):
        """Applies the patch to the copy. Returns the old contents of the files."""
        before = {}
        for name, old, new in self.hunks:
            file = COPY / name
            text = file.read_text()
            before.setdefault(file, text)
            if text.count(old) != 1:
                restore(before)
                raise Shown(f"does not apply: {name} has the lines of a hunk {text.count(old)} times")
            file.write_text(text.replace(old, new))
        return before


def restore(before):
    # Writing a file sets its time, so that cargo builds it again.
    for file, text in before.items():
        file.write_text(text)


def hunks(body):
    """Yields each hunk of a unified diff as file, old lines and new lines. Ignores line numbers."""
    name, old, new = "", [], []
    for line in body.splitlines(keepends=True) + ["@@"]:
        if line.startswith(("--- ", "+++ ", "@@", "diff ", "index ")):
            if old or new:
                yield name, "".join(old), "".join(new)
                old, new = [], []
            if line.startswith("+++ b/"):
                name = line[6:].strip()
            continue
        if line[0] in " -\n":
            old.append(line[1:] or "\n")
        if line[0] in " +\n":
            new.append(line[1:] or "\n")


def copy():
    """Updates the copy. Leaves out binaries and examples, which no test here needs, because building them takes time."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    wanted = {name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()}
    wanted -= {"src/main.rs"}
    for name in wanted:
        content = (ROOT / name).read_bytes()
        if name == "Cargo.toml":
            content = without_binaries(content.decode()).encode()
        file = COPY / name
        if not file.is_file() or file.read_bytes() != content:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            shutil.copymode(ROOT / name, file)
    for file in [file for file in COPY.rglob("*") if file.is_file()]:
        if str(file.relative_to(COPY)) not in wanted:
            file.unlink()


def without_binaries(manifest):
    tables = re.split(r"(?m)^(?=\[)", manifest)
    kept = "".join(table for table in tables if not table.startswith(("[[bin]]", "[[example]]")))
    kept = kept.replace("[package]\n", "[package]\nautobins = false\nautoexamples = false\n", 1)
    return kept.replace('debug = "line-tables-only"', "debug = false")


def build(target):
    """Builds a test target. Returns its executable."""
    *package, kind = re.split(r" ?(?=--lib|--test)", target)
    command = ["cargo", "test", "--workspace", "--no-run", "--quiet", "--message-format=json", *kind.split()]
    environment = os.environ | {"CARGO_TARGET_DIR": str(COPY.parent / "target")}
    done = subprocess.run(command, cwd=COPY, env=environment, capture_output=True, text=True)
    messages = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0:
        errors = [m["message"]["message"] for m in messages if m.get("message", {}).get("level") == "error"]
        raise Shown("does not compile: " + "; ".join(errors or done.stderr.splitlines()[-1:]))
    library = "pulumi_provider" if any(package) else "private_step_functions"
    wanted = library if kind == "--lib" else kind.split()[-1]
    for message in messages:
        if message.get("executable") and message["target"]["name"] == wanted and message["profile"]["test"]:
            return message["executable"]
    sys.exit(f"cargo built no test executable for {target}")


def run(executable, name):
    """Runs one test. Returns `ok` or `FAILED`, and the first line of the panic message."""
    environment = os.environ | {"CARGO_MANIFEST_DIR": str(COPY), "INSTA_WORKSPACE_ROOT": str(COPY), "INSTA_UPDATE": "no"}
    try:
        done = subprocess.run(
            [executable, name, "--exact"],
            cwd=COPY,
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LONGEST_TEST,
        )
    except subprocess.TimeoutExpired:
        raise Shown(f"{name} does not end") from None
    output = done.stdout + done.stderr
    outcome = re.search(rf"^test {re.escape(name)} .*?\b(ok|FAILED)$", output, re.MULTILINE | re.DOTALL)
    if not outcome:
        raise Shown(f"{name} did not run")
    panic = re.search(r"panicked at [^\n]*\n([^\n]*)", output)
    return outcome[1], panic[1].strip()[:160] if panic else ""


def main(wanted):
    patches = sorted((Patch(path) for path in PATCHES.glob("*.patch")), key=lambda patch: (patch.target, patch.id))
    chosen = [patch for patch in patches if not wanted or any(fnmatch.fnmatch(patch.id, one) for one in wanted)]
    if not chosen:
        sys.exit(f"no trap is called {' '.join(wanted)}")
    copy()
    began = time.monotonic()
    report = []
    tell = lambda line: (print(line, flush=True), report.append(line))

    ready = set()
    broken = []
    for number, patch in enumerate(chosen, 1):
        start = time.monotonic()
        try:
            if patch.target not in ready:
                all_pass([one for one in chosen if one.target == patch.target])
                ready.add(patch.target)
                start = time.monotonic()
            why = show(patch)
            tell(f"{number:3}/{len(chosen)} fails as it must  {patch.id:36} {time.monotonic() - start:4.0f} s  {why}")
        except Shown as error:
            broken.append(patch.id)
            tell(f"{number:3}/{len(chosen)} SHOWS NOTHING     {patch.id:36} {time.monotonic() - start:4.0f} s  {error}")
    tests = {test for patch in chosen for test in patch.tests}
    minutes = (time.monotonic() - began) / 60
    tell(
        f"{len(chosen) - len(broken)} of {len(chosen)} traps ({len(tests)} tests) are shown by tests that fail without "
        f"their handling, in {minutes:.0f} minutes"
    )
    REPORT.write_text("\n".join(report) + "\n")
    if broken:
        sys.exit(f"not shown: {' '.join(broken)}")


def all_pass(patches):
    """Checks that every named test passes without any patch. Otherwise its failure with the patch would show nothing."""
    executable = build(patches[0].target)
    for name in sorted({name for patch in patches for _, name in patch.tests}):
        outcome, why = run(executable, name)
        if outcome != "ok":
            sys.exit(f"{patches[0].target} {name} fails without any patch: {why}")


def show(patch):
    before = patch.apply()
    try:
        executable = build(patch.target)
        reasons = []
        for _, name in patch.tests:
            outcome, why = run(executable, name)
            if outcome == "ok":
                raise Shown(f"{name} passes without the handling")
            reasons.append(why)
        return "; ".join(reasons)
    finally:
        restore(before)


if __name__ == "__main__":
    main(sys.argv[1:])
