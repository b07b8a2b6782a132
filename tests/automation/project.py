"""The environment of one test: an emulated account, and a stack whose program is a function in the test."""

import copy
import json
import os
import pathlib
import re
import urllib.request

import pulumi
from pulumi import automation
from pulumi.runtime._callbacks import _CallbackServicer

REGION = "eu-west-1"
PACKAGE = "private-step-functions"
COMPONENT = f"{PACKAGE}:index:PrivateStepFunctions"
SECURITY_GROUP = f"{PACKAGE}:index:SecurityGroup"
INTERFACE_ENDPOINT = f"{PACKAGE}:index:InterfaceEndpoint"
RESOURCE_GATEWAY = f"{PACKAGE}:index:ResourceGateway"
RESOURCE_CONFIGURATION = f"{PACKAGE}:index:ResourceConfiguration"
CONNECTION = f"{PACKAGE}:index:Connection"

ROOT = pathlib.Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "schema.json").read_text())

# A shorter polling interval than for the real AWS, because the emulator is faster.
POLLING = {"initialIntervalSeconds": 0.1, "growthFactor": 1.2, "maxIntervalSeconds": 0.5}


def private(name, inputs, opts=None):
    """Registers the component without an SDK. Passes every output without a value, as a generated SDK does."""
    outputs = dict.fromkeys(SCHEMA["resources"][COMPONENT]["properties"])
    return pulumi.ComponentResource(COMPONENT, name, {**outputs, **inputs}, opts, remote=True)


def custom(token, name, inputs, opts=None):
    """Registers a custom resource without an SDK."""
    outputs = dict.fromkeys(SCHEMA["resources"][token]["properties"]) if token in SCHEMA["resources"] else {}
    return pulumi.CustomResource(token, name, {**outputs, **inputs}, opts)


def api_key(value):
    """Returns the smallest valid `auth`."""
    return {"apiKey": {"name": "x-api-key", "value": value}}


class Emulator:
    """The emulator's control plane."""

    def __init__(self, url):
        self.url = url

    def control(self, what, body=None):
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{self.url}/_emulator/{what}", data=data), timeout=30) as answer:
            return json.load(answer)

    def journal(self):
        """Returns every AWS call so far."""
        return self.control("journal")["calls"]

    def operations(self, since=0):
        """Returns the names of the calls that change something, in order, without the first `since` calls of any kind."""
        names = [call["operation"] for call in self.journal()[since:]]
        return [name for name in names if not name.startswith(("Describe", "Get", "List"))]

    def deleted(self, object_id):
        """Returns the position of the first delete of an object in the journal."""
        calls = enumerate(self.journal())
        return next(n for n, call in calls if call["operation"].startswith("Delete") and object_id in str(call["parameters"]))

    def fail(self, operation, kind, nth=1, times=1):
        self.control("faults", {"operation": operation, "kind": kind, "nth": nth, "times": times})

    def made(self, kind=None):
        """Returns the objects that exist and did not exist at the start."""
        rows = self.control("resources?beyond-start")["resources"]
        return [row for row in rows if kind in (None, row["type"])]

    def network(self):
        """Returns the default VPC and its subnets."""
        # The emulator creates a Region on the first call to it, and does not check signatures.
        scope = f"Credential=AKIATEST/20260101/{REGION}/ec2/aws4_request"
        headers = {"Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"}
        body = b"Action=DescribeSubnets&Version=2016-11-15"
        with urllib.request.urlopen(urllib.request.Request(self.url, data=body, headers=headers), timeout=30) as answer:
            text = answer.read().decode()
        return re.search(r"<vpcId>(.+?)</vpcId>", text)[1], sorted(re.findall(r"<subnetId>(.+?)</subnetId>", text))


class Project:
    """A new emulated account, and a stack in a new project."""

    def __init__(self, emulator, directory, plugins, command):
        self.emulator = emulator
        emulator.control("reset", {})
        self.vpc, self.subnets = emulator.network()
        for name in ("project", "home", "state"):
            (directory / name).mkdir()
        self.directory = directory
        project = {
            "name": "automation",
            "runtime": "python",
            "plugins": {
                "providers": [
                    {"name": PACKAGE, "path": str(plugins)},
                    {"name": "testnet", "path": str(plugins / "examples")},
                ]
            },
        }
        (directory / "project/Pulumi.yaml").write_text(json.dumps(project))
        variables = {
            "HOME": str(directory / "home"),
            "PULUMI_HOME": str(directory / "home"),
            "PULUMI_BACKEND_URL": (directory / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "correct horse battery staple",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "AWS_ENDPOINT_URL": emulator.url,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "AKIATESTTESTTESTTEST",
            "AWS_SECRET_ACCESS_KEY": "of-the-emulator",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        self.options = automation.LocalWorkspaceOptions(
            work_dir=str(directory / "project"),
            env_vars=variables,
            pulumi_command=command,
            secrets_provider="passphrase",
        )
        self.shared = False
        self.create("test")

    def create(self, name):
        config = {"config": {f"{PACKAGE}:polling": json.dumps(POLLING)}}
        (self.directory / f"project/Pulumi.{name}.yaml").write_text(json.dumps(config))
        self.stack = automation.create_stack(name, project_name="automation", program=lambda: None, opts=self.options)

    def another_stack(self, name):
        """Creates another stack of the same project, in the same account."""
        other = copy.copy(self)
        other.shared = True
        other.create(name)
        return other

    def network(self):
        """Returns the two inputs that every component and most resources take."""
        return {"vpcId": self.vpc, "subnetIds": self.subnets[:2]}

    @staticmethod
    def run(command, **options):
        # The SDK stops the callback servers of all earlier programs of this process. A failed program's event loop is closed, so
        # stopping its server would make this program fail too.
        _CallbackServicer._servicers.clear()
        return command(color="never", **options)

    def preview(self, program):
        """Runs a preview, which must only read from AWS. Returns its counts and its output."""
        before = len(self.emulator.journal())
        result = self.run(self.stack.preview, program=program, diff=True)
        made = [call["operation"] for call in self.emulator.journal()[before:]]
        reads = ("Describe", "List", "Get", "AssumeRole")
        assert [operation for operation in made if not operation.startswith(reads)] == [], "preview changed something"
        return result

    def up(self, program, **options):
        """Runs `up`. Returns the stack's outputs in plain text."""
        self.last = self.run(self.stack.up, program=program, suppress_progress=True, **options)
        return {name: output.value for name, output in self.last.outputs.items()}

    def fails(self, program):
        """Runs `up`, which must fail. Returns everything that it printed."""
        try:
            self.run(self.stack.up, program=program)
        except automation.CommandError as error:
            assert "panic" not in str(error) and "goroutine" not in str(error), error
            return str(error)
        raise AssertionError("should have failed")

    def unchanged(self, program):
        """Asserts that another `up` would change nothing. Runs a preview, because the SDK runs four commands for an `up`."""
        self.run(self.stack.preview, program=program, expect_no_changes=True, diff=True)

    def changed(self, program):
        """Runs `up`. Returns the number of resources created, updated and so on, and the calls that changed AWS."""
        before = len(self.emulator.journal())
        self.up(program)
        changes = {op: count for op, count in self.last.summary.resource_changes.items() if op != "same"}
        return changes, self.emulator.operations(before)

    def stored(self):
        """Returns the resources in the state by the end of their URN. Secrets are encrypted."""
        path = self.directory / f"state/.pulumi/stacks/automation/{self.stack.name}.json"
        deployment = json.loads(path.read_text())
        resources = deployment["checkpoint"]["latest"].get("resources", [])
        return {re.split(r"[:$](?=\w+::[^:]+$)", resource["urn"])[-1]: resource for resource in resources}

    def finish(self, program=None):
        """Destroys the stack. Asserts that neither AWS nor the state contains anything afterwards. Returns the changing calls.

        Runs the program, if given, because hooks are functions of the program."""
        before = len(self.emulator.journal())
        options = {"program": program, "run_program": True} if program else {}
        self.run(self.stack.destroy, suppress_progress=True, **options)
        assert self.shared or self.emulator.made() == []
        assert self.stored() == {}
        return self.emulator.operations(before)


for name in [name for name in os.environ if name.startswith(("AWS_", "PULUMI_"))]:
    if name not in ("AWS_EMULATOR", "AWS_EMULATOR_JOURNAL_DIR"):
        # Settings for real accounts must not redirect the tests.
        del os.environ[name]
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"
