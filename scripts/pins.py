"""Reports old pinned versions of tools, SDKs, crates, packages and actions.

    pins.py list              prints the pins, with their files
    pins.py look-up ANSWERS   queries the registries, and writes their answers
    pins.py judge ANSWERS     prints a table of pins that are not the newest; exit status 1 if a pin is older than
                              tools/pins.toml allows, or could not be looked up

`look-up` needs the network, `go`, `npm`, `pip` and `gh`, and queries the registries that these are configured for. `judge` needs
none of these, so that tests can run it with recorded answers.
"""

import argparse
import concurrent.futures
import dataclasses
import datetime
import fnmatch
import functools
import json
import pathlib
import re
import subprocess
import sys
import tomllib
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent


@dataclasses.dataclass(frozen=True, order=True)
class Pin:
    registry: str
    name: str
    version: str
    file: str

    @property
    def key(self):
        """The key of its answer: the same for every file that has this pin."""
        return f"{self.registry} {self.name} {self.version}"


# Find the pins.


def pins(root=ROOT):
    """Returns every direct pin, without indirect dependencies."""
    found = [*go(root), *npm(root), *pypi(root), *crates(root), *github(root)]
    return sorted(set(found))


def settings(root=ROOT):
    return tomllib.loads((root / "tools" / "pins.toml").read_text())


def go(root):
    """Yields the modules of the tools, and those that are required directly. Skips the oldest CLI, which is old on purpose."""
    for file in sorted(root.glob("tools/*/go.mod")):
        if file.parent.name == "pulumi-oldest":
            continue
        lines = [line.strip() for line in file.read_text().splitlines()]
        packages = re.findall(r"^(?:tool )?([\w.]+\.\w+/\S+)$", "\n".join(lines), re.MULTILINE)
        for line in lines:
            if required := re.fullmatch(r"(?:require )?([\w.]+\.\w+/\S+) (v\S+)( // indirect)?", line):
                name, version, indirect = required.groups()
                if not indirect or any(package.startswith(f"{name}/") for package in packages):
                    yield Pin("go", name, version, str(file.relative_to(root)))


def npm(root):
    for file in [root / "tests/automation/node/package.json", *sorted(root.glob("tools/*/package.json"))]:
        for name, version in json.loads(file.read_text())["dependencies"].items():
            yield Pin("npm", name, version, str(file.relative_to(root)))


def pypi(root):
    direct = settings(root)["direct"]
    for file in sorted(root.glob("tools/python/*.txt")):
        for name, version in re.findall(r"^([\w.-]+)==([\w.]+)", file.read_text(), re.MULTILINE):
            if file.name != "requirements.txt" or name in direct:
                yield Pin("pypi", name, version, str(file.relative_to(root)))


def crates(root):
    locked = {}
    for package in tomllib.loads((root / "Cargo.lock").read_text())["package"]:
        locked[package["name"]] = max(locked.get(package["name"], "0"), package["version"], key=rank)
    for file in [root / "Cargo.toml", *sorted(root.glob("crates/*/Cargo.toml")), root / "tests/aws-emulator/Cargo.toml"]:
        manifest = tomllib.loads(file.read_text())
        shared = manifest.get("workspace", {}).get("dependencies", {})
        for name, how in (shared | manifest["dependencies"] | manifest.get("dev-dependencies", {})).items():
            # The root's manifest has the dependencies that several members share.
            if name in shared or isinstance(how, str) or not {"path", "workspace"} & how.keys():
                yield Pin("crates", name, locked[name], str(file.relative_to(root)))


def github(root):
    """Yields the actions, by the tag beside their commit, and the Rust toolchain, which has releases on GitHub too."""
    for file in sorted((root / ".github/workflows").glob("*.yml")):
        for name, tag in re.findall(r"uses: ([\w.-]+/[\w.-]+)\S*@[0-9a-f]{40} # (\S+)$", file.read_text(), re.MULTILINE):
            yield Pin("github", name, tag, str(file.relative_to(root)))
    toolchain = tomllib.loads((root / "rust-toolchain.toml").read_text())["toolchain"]["channel"]
    yield Pin("github", "rust-lang/rust", toolchain, "rust-toolchain.toml")


# Query the registries. Each function returns the versions with the day of their release.


def look_up(pin):
    return REGISTRIES[pin.registry](pin)


def ask_go(pin):
    return from_go(json.loads(said("go", "list", "-m", "-u", "-json", f"{pin.name}@{pin.version}")))


def from_go(module):
    """Returns the pinned version, and the newest one if it differs."""
    return {one["Version"]: one["Time"][:10] for one in [module, module.get("Update")] if one}


def ask_npm(pin):
    return from_npm(json.loads(said("npm", "view", pin.name, "versions", "time", "--json")))


def from_npm(document):
    """Reads npm's answer. `time` has withdrawn versions too, so only `versions` counts."""
    return {version: document["time"][version][:10] for version in document["versions"]}


def ask_pypi(pin):
    # pip does not report release dates; the index that it is configured for does (PEP 691, PEP 700).
    json_form = {"Accept": "application/vnd.pypi.simple.v1+json"}
    request = urllib.request.Request(f"{pip_index()}/{pin.name}/", headers=json_form)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return from_pypi(json.load(answer))


@functools.cache
def pip_index():
    """Reads from pip's help the index that it uses: the configured or the default one."""
    text = " ".join(said(sys.executable, "-m", "pip", "index", "versions", "--help").split())
    return re.search(r"--index-url .*?\(default ([^)]+?)/?\)", text)[1].replace(" ", "")


def from_pypi(document):
    """Finds the files of each version by their names, and takes the earliest upload. Skips withdrawn files."""
    found = {}
    for version in document["versions"]:
        part = re.compile(rf"-{re.escape(version)}(?:-|\.tar|\.zip|$)")
        files = [file for file in document["files"] if part.search(file["filename"]) and not file.get("yanked")]
        if files:
            found[version] = min(file["upload-time"] for file in files)[:10]
    return found


def ask_crates(pin):
    name = pin.name
    directory = {1: "1", 2: "2", 3: f"3/{name[0]}"}.get(len(name), f"{name[:2]}/{name[2:4]}")
    return from_crates(said("gh", "api", f"repos/{crates_index()}/contents/{directory}/{name}", "-H", "Accept: application/vnd.github.raw"))


@functools.cache
def crates_index():
    """Returns the repository of Cargo's index, which the lock file names."""
    return re.search(r'"registry\+https://github\.com/([^"]+)"', (ROOT / "Cargo.lock").read_text())[1]


def from_crates(lines):
    """Reads a crate's lines in Cargo's index (https://doc.rust-lang.org/cargo/reference/registry-index.html)."""
    entries = [json.loads(line) for line in lines.splitlines()]
    return {entry["vers"]: entry["pubtime"][:10] for entry in entries if not entry["yanked"]}


def ask_github(pin):
    return from_github(json.loads(said("gh", "api", f"repos/{pin.name}/releases?per_page=100")))


def from_github(releases):
    return {one["tag_name"]: one["published_at"][:10] for one in releases if not one["draft"] and not one["prerelease"]}


REGISTRIES = {"go": ask_go, "npm": ask_npm, "pypi": ask_pypi, "crates": ask_crates, "github": ask_github}


def said(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd="/").stdout


# Judge the pins.


def order(version):
    """Returns a key that sorts versions, or None for a version that is not final."""
    numbers = re.fullmatch(r"v?(\d+(?:\.\d+)*)(?:\.post(\d+))?(?:\+.*)?", version)
    if not numbers:
        return None
    return [int(number) for number in numbers[1].split(".")], int(numbers[2] or 0)


def rank(version):
    """Returns a key that sorts versions that are not final before all others."""
    return order(version) or ([], 0)


@dataclasses.dataclass(frozen=True)
class Verdict:
    pin: Pin
    newest: str
    days: int
    limit: int
    # Why there is no result.
    problem: str = ""

    @property
    def is_old(self):
        return bool(self.problem) or self.days > self.limit


def judge(found, answers, rules):
    """Returns a verdict for each pin that is not the newest version: pins that are too old first, then by days behind."""
    verdicts = [verdict for pin in found if (verdict := judged(pin, answers.get(pin.key), rules))]
    return sorted(verdicts, key=lambda verdict: (not verdict.is_old, -verdict.days, verdict.pin))


def judged(pin, answer, rules):
    limit = next(rule["days"] for rule in rules["limit"] if any(fnmatch.fnmatch(pin.name, name) for name in rule["names"]))
    if not isinstance(answer, dict):
        return Verdict(pin, "", 0, limit, answer or "it was not looked up")
    within = next((rule["version"] for rule in rules.get("within", []) if rule["name"] == pin.name), "")
    final = [version for version in answer if order(version)]
    if within:
        final = [version for version in final if f"{version.removeprefix('v')}.".startswith(f"{within}.")]
    if pin.version not in answer:
        return Verdict(pin, "", 0, limit, "the registry does not have this version, or has withdrawn it")
    newest = max([*final, pin.version], key=rank)
    if newest == pin.version:
        return None
    days = (day(answer[newest]) - day(answer[pin.version])).days
    # The newest version can have an earlier release date than the pinned one, if that is a later fix of an older version.
    return Verdict(pin, newest, max(days, 0), limit)


def day(text):
    return datetime.date.fromisoformat(text)


def page(verdicts):
    """Returns the table for maintainers."""
    if not verdicts:
        return "Every pin is the newest version.\n"
    lines = ["| pin | in | newest | days behind | allowed |", "|---|---|---|---:|---:|"]
    for verdict in verdicts:
        mark = "**" if verdict.is_old else ""
        pin = verdict.pin
        newest = verdict.problem or verdict.newest
        lines.append(f"| {mark}{pin.name} {pin.version}{mark} | {pin.file} | {newest} | {verdict.days} | {verdict.limit} |")
    old = sum(verdict.is_old for verdict in verdicts)
    return "\n".join([f"{old} of these are older than tools/pins.toml allows (in bold).", "", *lines, ""])


def answered(pin):
    try:
        return look_up(pin)
    except (OSError, subprocess.CalledProcessError, ValueError, KeyError) as error:
        told = getattr(error, "stderr", None) or error
        return f"looking it up failed: {type(error).__name__}: {str(told).strip().splitlines()[-1:]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["list", "look-up", "judge"])
    parser.add_argument("answers", nargs="?", type=pathlib.Path)
    options = parser.parse_args()
    if (options.what == "list") != (options.answers is None):
        parser.error("`list` takes no file, the others take one")
    found = pins()
    if options.what == "list":
        for pin in found:
            print(f"{pin.registry:7} {pin.name} {pin.version} ({pin.file})")
    elif options.what == "look-up":
        first = {pin.key: pin for pin in found}
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            answers = dict(zip(first, pool.map(answered, first.values()), strict=True))
        options.answers.write_text(json.dumps(answers, indent=1, sort_keys=True) + "\n")
    else:
        verdicts = judge(found, json.loads(options.answers.read_text()), settings())
        print(page(verdicts), end="")
        if any(verdict.is_old for verdict in verdicts):
            sys.exit(1)


if __name__ == "__main__":
    main()
