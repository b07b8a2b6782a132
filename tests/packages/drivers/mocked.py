"""Runs the program in the current directory with mocked resources: mocked.py STATE ANSWER... Prints what drivers/mocked.mjs prints."""

import json
import pathlib
import runpy
import subprocess
import sys

import pulumi
from pulumi.runtime import mocks

STATE = json.loads(pathlib.Path(sys.argv[1]).read_text())
ANSWER = sys.argv[2:]


class Mocks(mocks.Mocks):
    def __init__(self):
        self.resources = []

    def new_resource(self, args):
        self.resources.append({"type": args.typ, "name": args.name, "inputs": args.inputs})
        outputs = json.dumps(STATE["resources"].get(args.typ, {})).replace("{name}", args.name)
        return STATE["ids"].get(args.typ, f"{args.name}-id"), args.inputs | json.loads(outputs)

    def call(self, args):
        if args.token in STATE["calls"]:
            return STATE["calls"][args.token]
        return json.loads(subprocess.check_output([*ANSWER, args.token, json.dumps(args.args)]))


class Monitor(mocks.MockMonitor):
    """Keeps what each resource waits for, which Pulumi's mocks are not told."""

    waits = {}

    def RegisterResource(self, request):
        self.waits[f"{request.type}::{request.name}"] = list(request.dependencies)
        return super().RegisterResource(request)


exported = {}
mocked = Mocks()
mocks.set_mocks(mocked, project="private-tutorial", stack="test", preview=False, monitor=Monitor(mocked))
pulumi.export = exported.__setitem__
sys.path.insert(0, ".")


@mocks.test
def outputs():
    runpy.run_path("__main__.py")
    return pulumi.Output.all(**exported).apply(lambda values: print_all(values))


def print_all(values):
    global found
    found = values


def plain(value):
    """Returns a value of an input as JSON has it. An archive is only in its name."""
    return type(value).__name__


outputs()
for resource in mocked.resources:
    urns = Monitor.waits[f"{resource['type']}::{resource['name']}"]
    resource["waits"] = sorted(urn.split("::", 2)[2].split("$")[-1] for urn in urns)
print(json.dumps({"resources": mocked.resources, "outputs": found}, default=plain))
