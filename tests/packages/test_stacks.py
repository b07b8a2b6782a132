"""Runs each stack of examples/ that has one task: preview, up, preview without changes, destroy.

The YAML program runs with the CLI, the TypeScript program with the packed SDK. Both must declare the same resources, with the same
inputs and outputs, and README must list what they take and give.
"""

import concurrent.futures
import contextlib
import difflib
import json
import re
import shutil

import pytest
import yaml

from account import POLLING
from languages import DRIVERS, LEFTOVERS, ROOT, Yaml, run

EXAMPLES = ROOT / "examples"
OWNER, CALLERS = (f"arn:aws:iam::{role}" for role in ("999988887777:role/deploy", "123456789012:role/orders"))
STAGE_URL = "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod"
# The configuration of each program besides `vpcId` and `subnetIds`. What is in braces, the account has.
VALUES = {
    "inbound": {"callerSecurityGroupId": "{group}", "callerRoleArn": CALLERS, "stateMachineName": "orders"},
    "api-gateway": {
        "stageInvokeUrl": STAGE_URL,
        "stageExecutionArn": "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod",
    },
    "load-balancer": {
        "loadBalancerDnsName": "internal-billing-1234567890.eu-west-1.elb.amazonaws.com",
        "loadBalancerSecurityGroupId": "{group}",
        "host": "billing.example.com",
        "username": "workflows",
    },
    "oauth": {
        "apiHost": "billing.example.com",
        "authorizationHost": "auth.example.com",
        "clientId": "workflows",
        "scope": "billing/read",
    },
    "cross-account/owner": {"apiHost": "orders.example.com", "apiSecurityGroupId": "{group}"},
    "cross-account/consumer": {
        "resourceConfigurationArn": "{resourceConfigurationArn}",
        "apiHost": "orders.example.com",
        "callerRoleArn": CALLERS,
    },
    "existing-gateway": {"resourceGatewayId": "{gateway}", "executeApiEndpointId": "{endpoint}", "stageInvokeUrl": STAGE_URL},
    "api-destination": {"apiHost": "orders.example.com", "apiSecurityGroupId": "{group}"},
    "central-endpoints": {
        "callerCidrBlocks[0]": "10.1.0.0/16",
        "callerCidrBlocks[1]": "10.2.0.0/16",
        "organizationId": "o-a1b2c3d4e5",
        "region": "eu-west-1",
    },
}
# The programs of each stack, in the order in which they are brought up.
STACKS = {"cross-account": ["cross-account/owner", "cross-account/consumer"]}
STACKS |= {name: [name] for name in VALUES if "/" not in name}
SECRETS = {
    "api-gateway": ["apiKey"],
    "load-balancer": ["password"],
    "oauth": ["clientSecret"],
    "cross-account/consumer": ["apiKey"],
    "existing-gateway": ["apiKey"],
    "api-destination": ["apiKey"],
}
LANGUAGES = ("yaml", "typescript")
# What `existing-gateway` takes for granted.
EXISTING = """\
name: existing
runtime: yaml
resources:
  gateway:
    type: private-step-functions:ResourceGateway
    properties: { vpcId: "%(vpc)s", subnetIds: ["%(subnet)s"], securityGroupIds: ["%(group)s"] }
  endpoint:
    type: private-step-functions:InterfaceEndpoint
    properties: { vpcId: "%(vpc)s", service: execute-api, subnetIds: ["%(subnet)s"], privateDnsEnabled: false }
outputs:
  gateway: ${gateway.id}
  endpoint: ${endpoint.id}
"""


class Program:
    """The program of a stack in both languages, with the account that it is for. Both work on the same stack of Pulumi."""

    def __init__(self, account, in_yaml, in_typescript=None):
        self.account, self.in_yaml, self.in_typescript = account, in_yaml, in_typescript

    def yaml(self, operation, *flags):
        return self.account.run(*Yaml.pulumi(operation, *flags), cwd=self.in_yaml)

    def typescript(self, operation, *flags):
        return self.account.run("node", DRIVERS / "drive.mjs", operation, *flags, cwd=self.in_typescript)

    @contextlib.contextmanager
    def brought_up(self, values, secrets=()):
        """Brings the YAML program up. Yields what was made, and what the TypeScript program makes of it. Destroys it."""
        self.account.run("pulumi", "stack", "init", "test", cwd=self.in_yaml)
        values = values | {"private-step-functions:polling": json.dumps(POLLING)}
        plain = [word for key, value in values.items() for word in ("--plaintext", f"{key}={value}")]
        hidden = [word for key in secrets for word in ("--secret", f"{key}=a-secret")]
        self.account.run("pulumi", "config", "set-all", "--path", *plain, *hidden, cwd=self.in_yaml)
        story = {"preview": self.yaml("preview")}
        if self.in_typescript:
            shutil.copy(self.in_yaml / "Pulumi.test.yaml", self.in_typescript)
            story["preview in TypeScript"] = self.typescript("preview")
        self.yaml("up")
        self.yaml("preview", "--expect-no-changes")
        story["yaml"] = self.stored()
        if self.in_typescript:
            # The engine compares the inputs of each resource with those that the YAML program gave.
            self.typescript("up", "--expect-no-changes")
            story["typescript"] = self.stored()
        yield story
        self.yaml("destroy")

    def stored(self):
        """Returns the outputs, and the inputs of each resource by its URN, without those that the engine adds."""
        exported = json.loads(self.account.run("pulumi", "stack", "export", "--show-secrets", cwd=self.in_yaml))
        resources = exported["deployment"]["resources"]
        inputs = {
            resource["urn"].split("::", 2)[2]: {key: value for key, value in resource.get("inputs", {}).items() if key[0] != "_"}
            for resource in resources
            if not resource["type"].startswith("pulumi:")
        }
        [outputs] = [resource.get("outputs", {}) for resource in resources if resource["type"] == "pulumi:pulumi:Stack"]
        # The languages write the keys of JSON in different orders.
        plain = {key: json.loads(value) if str(value).startswith("{") else value for key, value in outputs.items()}
        return {"resources": inputs, "outputs": plain}


@pytest.fixture(scope="module")
def projects(packages, tmp_path_factory):
    """Returns the directory of each program, ready to run. Those in TypeScript share one installation of their packages."""
    top = tmp_path_factory.mktemp("stacks")
    directories = {(name, language): top / name / language for name in VALUES for language in LANGUAGES}
    for (name, language), directory in directories.items():
        shutil.copytree(EXAMPLES / name / language, directory, ignore=LEFTOVERS)
    shutil.copy(EXAMPLES / "inbound" / "typescript" / "package.json", top)
    [tarball] = packages.glob("*.tgz")
    run("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", tarball, cwd=top)
    # One compilation for all, because most of its time goes into the declarations that they share.
    shutil.copy(EXAMPLES / "typescript" / "tsconfig.json", top / "options.json")
    options = {"rootDir": ".", "outDir": "bin", "skipLibCheck": True}
    files = [f"{name}/typescript/index.ts" for name in VALUES]
    (top / "tsconfig.json").write_text(json.dumps({"extends": "./options.json", "compilerOptions": options, "files": files}))
    run("npx", "tsc", cwd=top)
    for name in VALUES:
        (directories[name, "typescript"] / "bin").symlink_to(top / "bin" / name / "typescript")
    return directories


@pytest.fixture(scope="module")
def lives(projects, new_account):
    """Returns the stories of a stack's programs. All stacks begin at once, and as many run side by side as there are workers."""
    with concurrent.futures.ThreadPoolExecutor(max_workers=4) as pool:
        stories = {stack: pool.submit(live, stack, projects, new_account) for stack in STACKS}
        yield lambda stack: stories[stack].result()


def live(stack, projects, new_account):
    """Brings the programs of a stack up and destroys them. Returns the story of each."""
    with new_account(speed=100) as account:
        with contextlib.ExitStack() as made:
            found, stories = {}, {}
            if stack == "existing-gateway":
                existing = account.directory / "existing"
                existing.mkdir()
                (existing / "Pulumi.yaml").write_text(EXISTING % place(account))
                found |= made.enter_context(Program(account, existing).brought_up({}))["yaml"]["outputs"]
            for name in STACKS[stack]:
                its = account.of_role(OWNER) if name.endswith("/owner") else account
                found |= place(its)
                values = {"vpcId": found["vpc"], "subnetIds[0]": found["subnet"]}
                values |= {key: value.format_map(found) for key, value in VALUES[name].items()}
                program = Program(its, *(projects[name, language] for language in LANGUAGES))
                stories[name] = made.enter_context(program.brought_up(values, SECRETS.get(name, [])))
                found |= stories[name]["yaml"]["outputs"]
        assert account.left() == []
        return stories


def place(account):
    """Returns the VPC of an account, a subnet of it, and its default security group."""
    return {
        "vpc": account.ec2("DescribeVpcs", "vpcId")[0],
        "subnet": account.ec2("DescribeSubnets", "subnetId")[0],
        "group": account.ec2("DescribeSecurityGroups", "groupId")[0],
    }


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_comes_and_goes(stack, lives):
    """Preview, up, preview without changes, destroy. The previews of both languages show neither warnings nor errors."""
    for story in lives(stack).values():
        for shown in (story["preview"], story["preview in TypeScript"]):
            assert re.findall(r"^.*\b(?:warning|error): .*$", shown, re.MULTILINE) == []


@pytest.mark.parametrize("stack", STACKS)
def test_both_languages_declare_the_same(stack, lives):
    """The same resources with the same inputs, and the same outputs."""
    for story in lives(stack).values():
        assert story["yaml"]["resources"]
        lines = [json.dumps(story[language], indent=2, sort_keys=True).splitlines() for language in LANGUAGES]
        assert "\n".join(difflib.unified_diff(*lines, *LANGUAGES, lineterm="")) == ""


@pytest.mark.parametrize("name", VALUES)
def test_the_project_files_are_those_of_the_complete_stack(name):
    """The compiler options are the same, and so are the packages and their versions."""
    ours, complete = EXAMPLES / name / "typescript", EXAMPLES / "typescript"
    assert (ours / "tsconfig.json").read_text() == (complete / "tsconfig.json").read_text()
    package, expected = (json.loads((directory / "package.json").read_text()) for directory in (ours, complete))
    about = [yaml.safe_load((EXAMPLES / name / language / "Pulumi.yaml").read_text()) for language in LANGUAGES]
    assert package == expected | {"name": about[0]["name"]}
    assert about[1] == {key: about[0][key] for key in ("name", "description")} | {"runtime": "nodejs"}


@pytest.mark.parametrize("name", VALUES)
def test_readme_lists_the_configuration_and_the_outputs(name):
    """Every key and output of the YAML program is a row of a table in README of the stack, and each program is linked."""
    program = yaml.safe_load((EXAMPLES / name / "yaml" / "Pulumi.yaml").read_text())
    directory = EXAMPLES / name.split("/")[0]
    page = (directory / "README.md").read_text()
    rows = set(re.findall(r"`(\w+)`", "\n".join(re.findall(r"^\| (`.*?) \|", page, re.MULTILINE))))
    assert program["config"].keys() | program["outputs"].keys() <= rows
    for language in LANGUAGES:
        [file] = (EXAMPLES / name / language).glob("Pulumi.yaml" if language == "yaml" else "index.ts")
        assert f"]({file.relative_to(directory)})" in page
