"""What README.md shows works as it is: its programs, its commands, its picture, and the links of all pages."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import xml.etree.ElementTree

import pytest
import yaml

from account import POLLING
from languages import ROOT, TypeScript, run
from test_artefacts import VERSION

README = (ROOT / "README.md").read_text()
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PAGES += [ROOT / file for file in run("git", "ls-files", "examples/*README.md", cwd=ROOT).split()]
COMPONENT = "private-step-functions:index:PrivateStepFunctions"
# The children that the component has without `privateApis`, and those that a private API adds.
INBOUND = [
    "SecurityGroup::stepFunctions-endpoints",
    "InterfaceEndpoint::stepFunctions-states",
    "InterfaceEndpoint::stepFunctions-sync-states",
]
OUTBOUND = [
    "SecurityGroup::stepFunctions-gateway",
    "ResourceGateway::stepFunctions",
    "ResourceConfiguration::stepFunctions-orders",
    "Connection::stepFunctions-orders",
]


def blocks(language):
    """Returns the code blocks of a language in README.md."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


PROGRAM, PRIVATE_APIS = blocks("yaml")
[COMMANDS] = [block.splitlines() for block in blocks("sh") if "pulumi stack init" in block]


@pytest.fixture
def newcomer(account, plugin):
    """An account with the plugin installed and README's program in a directory. The credentials are still missing."""
    account.run("pulumi", "plugin", "install", "resource", "private-step-functions", VERSION, "--file", plugin)
    for name in [name for name in account.environment if name.startswith("AWS_") and name != "AWS_ENDPOINT_URL"]:
        account.environment[f"LATER_{name}"] = account.environment.pop(name)
    account.project = account.directory / "private-states"
    account.project.mkdir()
    (account.project / "Pulumi.yaml").write_text(PROGRAM)
    return account


def follow(account):
    """Runs README's commands, with the ids of this account in place of those that README shows."""
    ids = {"vpc": account.ec2("DescribeVpcs", "vpcId")[0], "subnet": account.ec2("DescribeSubnets", "subnetId")[0]}
    for command in COMMANDS:
        words = [re.sub(r"^(vpc|subnet)-[0-9a-f]{17}$", lambda shown: ids[shown[1]], word) for word in shlex.split(command)]
        account.run(*words, cwd=account.project)


def children(account):
    """Returns what a preview creates below the component."""
    planned = json.loads(account.run("pulumi", "preview", "--json", cwd=account.project))
    assert {step["op"] for step in planned["steps"]} == {"create"}
    urns = [step["urn"].split("::", 2)[2] for step in planned["steps"]]
    return sorted(urn.split("$private-step-functions:index:")[1] for urn in urns if urn.startswith(f"{COMPONENT}$"))


def test_the_program_and_its_commands(newcomer):
    """A newcomer pastes the program, sets two values, and sees a preview, without credentials. `pulumi up` then works too."""
    assert COMMANDS[-1] == "pulumi preview"
    before = len(newcomer.journal())
    follow(newcomer)
    assert children(newcomer) == sorted(INBOUND)
    # The ids come from calls of this test.
    assert [call["operation"] for call in newcomer.journal()[before:]] == ["DescribeVpcs", "DescribeSubnets"]

    for name in [name for name in newcomer.environment if name.startswith("LATER_")]:
        newcomer.environment[name.removeprefix("LATER_")] = newcomer.environment.pop(name)
    newcomer.run("pulumi", "config", "set", "private-step-functions:polling", json.dumps(POLLING), cwd=newcomer.project)
    newcomer.run("pulumi", "up", "--yes", "--skip-preview", cwd=newcomer.project)
    assert newcomer.outputs(newcomer.project) == {
        "statesUrl": "https://states.eu-west-1.amazonaws.com",
        "syncStatesUrl": "https://sync-states.eu-west-1.amazonaws.com",
    }
    newcomer.run("pulumi", "destroy", "--yes", "--skip-preview", cwd=newcomer.project)
    assert newcomer.left() == []


def test_the_lines_for_private_apis(newcomer):
    """The lines that README adds to the program make the outbound half."""
    program = merged(yaml.safe_load(PROGRAM), yaml.safe_load(PRIVATE_APIS))
    (newcomer.project / "Pulumi.yaml").write_text(yaml.safe_dump(program))
    run("pulumi", "stack", "init", "values", cwd=newcomer.project, env=newcomer.environment)
    newcomer.run("pulumi", "config", "set", "ordersVpcEndpointId", "vpce-0a1b2c3d4e5f60718", cwd=newcomer.project)
    newcomer.run("pulumi", "config", "set", "--secret", "ordersApiKey", "a-key", cwd=newcomer.project)
    newcomer.run("pulumi", "config", "set", "vpcId", "vpc-0a1b2c3d4e5f60718", cwd=newcomer.project)
    newcomer.run("pulumi", "config", "set", "--path", "subnetIds[0]", "subnet-0a1b2c3d4e5f60718", cwd=newcomer.project)
    assert children(newcomer) == sorted(INBOUND + OUTBOUND)


def test_the_version_is_current():
    """The command that installs a file names the version of the plugin."""
    [version] = re.findall(r"^pulumi plugin install resource private-step-functions (\S+) --file ", README, re.MULTILINE)
    assert version == VERSION


def merged(program, lines):
    """Adds lines to a program as a user does: below the keys that they share."""
    if not isinstance(program, dict):
        return lines
    both = {key: merged(program[key], lines[key]) for key in program.keys() & lines.keys()}
    return program | lines | both


class FirstTypeScript(TypeScript):
    """README's program in TypeScript, with the package file, the compiler options and the driver of the example."""

    def install(self, packages):
        [program] = blocks("typescript")
        (self.project / "index.ts").write_text(program)
        super().install(packages)


def test_the_program_in_typescript(example, new_account):
    """It compiles with `strict`, and its preview shows what that of the YAML program shows."""
    with new_account() as account:
        ready = example(FirstTypeScript)
        account.configure(ready.project)
        shown = account.run(*ready.automation("preview"), cwd=ready.project)
        created = re.findall(r"^ \+  private-step-functions:index:(\w+) (\S+) create", shown, re.MULTILINE)
        assert {f"{kind}::{name}" for kind, name in created} == {"PrivateStepFunctions::stepFunctions", *INBOUND}


def test_make_install(account, bin):
    """It installs the plugin in the user's Pulumi, again if it is there, and prints the command that generates an SDK."""
    environment = account.environment | {"CARGO_TARGET_DIR": str(bin.parent)}
    for _ in range(2):
        said = run("make", "--no-print-directory", "install", "PROFILE=dev", cwd=ROOT, env=environment)
    listed = json.loads(account.run("pulumi", "plugin", "ls", "--json"))
    assert [(plugin["name"], plugin["version"]) for plugin in listed] == [("private-step-functions", VERSION)]
    [add] = re.findall(r"^ +(pulumi package add .*)$", said, re.MULTILINE)
    project = account.directory / "project"
    project.mkdir()
    (project / "Pulumi.yaml").write_text("name: added\nruntime: yaml\n")
    account.run(*shlex.split(add), cwd=project)
    assert list((project / "sdks").rglob(f"private-step-functions-{VERSION}.yaml"))


def test_make_install_without_pulumi(tmp_path):
    """It says what is missing before it builds anything."""
    for program in ("bash", "cargo", "dirname"):
        (tmp_path / program).symlink_to(shutil.which(program))
    command = [ROOT / "scripts" / "install.sh", "dev"]
    refused = subprocess.run(command, env={"PATH": str(tmp_path)}, capture_output=True, text=True)
    assert refused.returncode == 1
    assert refused.stderr.startswith("There is no pulumi on PATH.")


def test_the_pictures_are_current():
    """Each is what its source draws, is shown on a page, is valid XML, and refers to nothing outside itself."""
    run(sys.executable, ROOT / "docs" / "picture" / "draw.py", "--check")
    pages = {page: re.findall(r"!\[.+\]\(([\w/]+\.svg)\)", page.read_text()) for page in PAGES}
    shown = {(page.parent / name).resolve() for page, names in pages.items() for name in names}
    assert shown == set((ROOT / "docs" / "picture").glob("*.svg"))
    for file in shown:
        picture = file.read_text()
        assert xml.etree.ElementTree.fromstring(picture).tag == "{http://www.w3.org/2000/svg}svg"
        assert "prefers-color-scheme: dark" in picture
        assert re.findall(r"(?:href|src)=", picture) == []


@pytest.mark.parametrize("page", PAGES, ids=[os.path.relpath(page, ROOT) for page in PAGES])
def test_links(page):
    """Each link to a file or a heading of this repository leads somewhere."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            continue
        name, _, heading = target.partition("#")
        file = page.parent / name if name else page
        assert file.exists(), target
        assert not heading or heading in anchors(file), target


def anchors(page):
    """Returns the names that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings]
