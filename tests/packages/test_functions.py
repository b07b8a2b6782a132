"""Programs call the package's functions in each language, and people at a terminal its commands."""

import json
import re
import subprocess

import pytest

from languages import DRIVERS, ROOT, Go, Python, TypeScript, Yaml
from test_artefacts import VERSION

PROGRAM = DRIVERS.parent / "programs" / "functions"
TASKS = DRIVERS.parent / "programs" / "tasks"


@pytest.mark.parametrize("language", [Yaml, TypeScript, Python, Go], ids=lambda language: language.name)
def test_functions(language, example, new_account, tmp_path):
    ready = example(language).with_program(PROGRAM, tmp_path / "work" / "project")
    with new_account() as account:
        account.configure(ready.project)
        # Before the connection exists, the answers are not known.
        account.run(*ready.automation("preview"), cwd=ready.project)
        account.run(*ready.automation("up"), cwd=ready.project)
        outputs = account.outputs(ready.project)
        name = outputs["name"]
        assert re.fullmatch("orders-[0-9a-f]{7}", name)
        assert outputs == {
            "works": True, "steps": ["connection ok", "credentials ok"], "name": name, "again": name,
            "cidrBlock": "172.31.0.0/16", "kind": "public", "service": "states", "gatewayStatus": "ACTIVE",
            "domainName": "orders.example.com", "authorizationType": "API_KEY", "privateDns": True, "sdk": "cli",
        }
        account.run(*ready.automation("destroy"), cwd=ready.project)
        assert account.left() == []


@pytest.mark.parametrize("language", [Yaml, TypeScript, Python, Go], ids=lambda language: language.name)
def test_tasks(language, example, new_account, tmp_path):
    """What the functions for state machines answer is the same in each language."""
    ready = example(language).with_program(TASKS, tmp_path / "work" / "project")
    with new_account() as account:
        account.configure(ready.project)
        account.run(*ready.automation("preview"), cwd=ready.project)
        account.run(*ready.automation("up"), cwd=ready.project)
        answers = {name: json.loads(text) for name, text in account.outputs(ready.project).items()}
        account.run(*ready.automation("destroy"), cwd=ready.project)
    prod = "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod"
    arn = answers["arn"]["Arguments"]["InvocationConfig"]["ConnectionArn"]
    assert re.fullmatch(r"arn:aws:events:eu-west-1:\d{12}:connection/stepFunctions-orders-[0-9a-f]{7}/[0-9a-f-]{36}", arn)
    called = {"ApiEndpoint": f"{prod}/orders", "InvocationConfig": {"ConnectionArn": arn}}
    assert answers["entry"]["Arguments"] == called | {"Method": "GET"} and answers["entry"]["End"] is True
    assert answers["arn"]["Arguments"] == called | {"Method": "POST", "RequestBody": {"id": "{% $states.input.id %}"}}
    assert answers["arn"]["Next"] == "Done"
    # A timeout of a GET is repeated, one of a POST is not.
    errors = {name: [error for retrier in answers[name]["Retry"] for error in retrier["ErrorEquals"]] for name in ("entry", "arn")}
    assert "States.Http.Socket" in errors["entry"] and "States.Http.Socket" not in errors["arn"]
    [call, use, *_] = answers["role"]["Statement"]
    assert call["Condition"]["StringLike"] == {"states:HTTPEndpoint": [f"{prod}/*"]}, call
    assert call["Condition"]["StringEquals"] == {"states:HTTPMethod": ["GET", "POST"]} and use["Resource"] == [arn]
    assert answers["api"]["Statement"][0]["Effect"] == "Allow"


def block(language):
    """Returns the only code block of docs/state-machines.md in a language."""
    [text] = re.findall(rf"(?ms)^```{language}\n(.*?)^```$", (ROOT / "docs" / "state-machines.md").read_text())
    return text


def test_the_way_of_the_page(account, plugin):
    """From an empty directory to a definition that a validator accepts, with the commands of the page."""
    account.run("pulumi", "plugin", "install", "resource", "private-step-functions", VERSION, "--file", plugin)
    project = account.directory / "project"
    project.mkdir()
    (project / "Pulumi.yaml").write_text(block("yaml"))
    subnets = account.ec2("DescribeSubnets", "subnetId")
    commands = block("sh").replace("vpc-0a1b2c3d4e5f60718", account.ec2("DescribeVpcs", "vpcId")[0])
    commands = commands.replace("subnet-0a1b2c3d4e5f60718", subnets[0]).replace("subnet-1b2c3d4e5f607182a", subnets[1])
    # The page leaves the question to the reader, and npx installs what the tests have.
    commands = commands.replace("pulumi up\n", "pulumi up --yes\n").replace("npx ", f"{ROOT}/tests/automation/node/node_modules/.bin/")
    account.run("bash", "-ec", commands, cwd=project)
    assert json.loads((project / "definition.json").read_text())["States"].keys() == {"Get order", "Close order"}
    account.run("pulumi", "destroy", "--yes", cwd=project)
    assert account.left() == []


def test_the_page_shows_the_program_in_go():
    text = block("go")
    program = (TASKS / "stack" / "stack.go").read_text()
    assert "".join(f"\t{line}\n" for line in text.splitlines()) in program


def test_a_command(example, new_account, tmp_path):
    """`pulumi plugin run` runs the installed plugin, which gets its Region and credentials from the environment."""
    ready = example(Yaml).with_program(PROGRAM, tmp_path / "work" / "project")
    with new_account() as account:
        account.configure(ready.project)
        account.run(*ready.automation("up"), cwd=ready.project)
        name = account.outputs(ready.project)["name"]
        run = ["pulumi", "plugin", "run", "--kind", "resource", "private-step-functions", "--", "diagnose"]
        assert account.run(*run, name) == f"ok       connection   {name} is AUTHORIZED\nok       credentials  an API key\n"
        assert json.loads(account.run(*run, name, "--json"))["works"] is True
        failed = subprocess.run([*run, "nobody"], env=account.environment, capture_output=True, text=True, timeout=60)
        assert failed.returncode == 1
        assert failed.stdout.startswith("FAIL     connection  there is no connection nobody in eu-west-1\n"), failed
