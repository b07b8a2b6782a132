"""Programs call the package's functions in each language, and people at a terminal its commands."""

import json
import re
import subprocess

import pytest

from languages import DRIVERS, Go, Python, TypeScript, Yaml

PROGRAM = DRIVERS.parent / "programs" / "functions"


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
