"""Runs all commands on the YAML example in an AWS account, in a new VPC, and records every call and answer.

preview -> up -> up (no changes) -> refresh (no changes) -> update -> destroy. It deletes its objects, also after a failure and
after Ctrl-C. It costs money, so LIVE=I-pay-for-this must be set. `--aws URL` uses an emulator instead of AWS, and is free.

Usage: cycle.py --bin DIR --out FILE [--region REGION] [--aws URL]
"""

import argparse
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

import boto3

import masks
import probes
import recorder
import sandbox
import services

ROOT = pathlib.Path(__file__).resolve().parents[2]
YES = "I-pay-for-this"
PLAN = """This makes in {account}, {region}, with your own credentials:
  a VPC with two subnets; in it two or three security groups, three interface endpoints, a resource gateway;
  two resource configurations, two EventBridge connections with their secrets; then, for single questions, two more gateways,
  a configuration and two connections.
It removes all of it again, after half an hour or so. At the list prices of us-east-1 the endpoints cost about 0.06 US dollars (three in
two zones, 0.01 for each begun hour, https://aws.amazon.com/privatelink/pricing/); nothing is sent through any of it. What VPC Lattice
and Secrets Manager charge stands on their pages. Left-overs go on costing: their ids are printed if something cannot be removed."""
CONFIG = {
    "ordersUrl": "https://a1b2c3d4e5.execute-api.{region}.amazonaws.com/prod/orders",
    # A publicly resolvable name. Nothing calls it.
    "billingDomainName": "example.com", "billingOAuthUrl": "https://example.com/token", "billingClientId": "workflows",
    "callerCidrBlocks[0]": "10.251.0.0/24",
}
SECRETS = {"ordersApiKey": "a-secret-key", "billingClientSecret": "a-client-secret"}
CHANGE = {"callerCidrBlocks[0]": "10.251.1.0/24"}
# Use an API key instead of OAuth: EventBridge requests a token at once, and example.com returns none.
OAUTH = re.compile(r"oauth:\n(\s+).*?(?=\n\s{0,6}\S)", re.DOTALL)
API_KEY = 'apiKey: { name: x-api-key, value: "${billingClientSecret}" }'


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--bin", type=lambda path: pathlib.Path(path).resolve(), required=True, help="directory of the built plugin")
    arguments.add_argument("--out", type=pathlib.Path, required=True, help="the recording")
    arguments.add_argument("--region", default=None, help="default: that of the AWS environment")
    arguments.add_argument("--aws", help="URL of an emulator in place of AWS")
    options = arguments.parse_args()
    # botocore reads only AWS_DEFAULT_REGION and the profile's Region.
    session = boto3.Session(region_name=options.region or os.environ.get("AWS_REGION"))
    if not session.region_name:
        sys.exit("no Region: set AWS_REGION, or --region")
    account = session.client("sts", endpoint_url=options.aws).get_caller_identity()["Account"]
    if not options.aws:
        confirm(account, session.region_name, os.environ)
    run(options, session, account)


def confirm(account, region, environment):
    """Prints what the run creates and costs. Exits without explicit consent."""
    print(PLAN.format(account=account, region=region))
    if environment.get("LIVE") != YES:
        sys.exit(f"\nNothing was made. Set LIVE={YES} to go on.")


def run(options, session, account):
    region = session.region_name
    targets = {name: options.aws or session.client(name).meta.endpoint_url for name in services.NAMES}
    # The recorder reads them for each request, because botocore renews temporary credentials.
    credentials = session.get_credentials()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    say = lambda text: print(f"--- {text}", flush=True)
    with recorder.Recorder(targets, credentials, region, masks.Masks(account)) as recording:
        # The recorder also records the creation of the VPC, because a replay must create it too.
        ec2 = session.client("ec2", endpoint_url=recording.url("ec2"))
        pause = 0.05 if options.aws else 5
        try:
            with sandbox.Sandbox(ec2, say, pause) as place, \
                    tempfile.TemporaryDirectory(prefix="private-step-functions-live-") as scratch:
                stack = Stack(options.bin, recording, pathlib.Path(scratch), region)
                if options.aws:
                    # Poll more often, because the emulator is faster than AWS, and the recording must have every state.
                    stack.configure({"private-step-functions:polling.initialIntervalSeconds": 0.05, "private-step-functions:polling.growthFactor": 1}, {})
                live(stack, place, account, say)
                probes.Probes(session, recording, place, say, pause).run()
        finally:
            about = {"region": region, "plugin": version(options.bin)}
            options.out.write_text(recording.written(about))
            say(f"{len(recording.calls)} calls are recorded in {options.out}")


def live(stack, place, account, say):
    values = {"vpcId": place.vpc, "adminArn": f"arn:aws:iam::{account}:root"}
    values |= {f"subnetIds[{index}]": subnet for index, subnet in enumerate(place.subnets)}
    stack.configure(values | {name: value.format(region=stack.region) for name, value in CONFIG.items()}, SECRETS)
    try:
        stack.pulumi("preview")
        stack.pulumi("up", "--yes", "--skip-preview")
        stack.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")
        stack.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
        stack.configure(CHANGE, {})
        stack.pulumi("up", "--yes", "--skip-preview")
    finally:
        # One destroy is enough unless something blocks it. A second Ctrl-C leaves the cleanup to the user.
        for attempt in range(3):
            if stack.pulumi("destroy", "--yes", "--skip-preview", must=False) == 0:
                break
            say("destroy failed; once more")
        else:
            say(f"left behind, in or beside VPC {place.vpc}: see above, and delete it by hand")


class Stack:
    def __init__(self, programs, recording, scratch, region):
        self.region, self.project = region, scratch / "project"
        shutil.copytree(ROOT / "examples" / "yaml", self.project)
        program = (self.project / "Pulumi.yaml").read_text()
        changed = OAUTH.sub(API_KEY, program)
        if changed == program:
            sys.exit("the example has no `oauth` any more: bring this script in line")
        (self.project / "Pulumi.yaml").write_text(changed)
        plugin = programs / "pulumi-resource-private-step-functions"
        (scratch / "state").mkdir()
        self.environment = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "AWS_EMULATOR_MODE") if name in os.environ} | {
            "PULUMI_HOME": str(scratch / "home"), "PULUMI_BACKEND_URL": (scratch / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "live", "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            # The recorder signs the requests for AWS: the plugin never gets the account's credentials.
            "AWS_ACCESS_KEY_ID": "AKIALIVELIVELIVELIVE", "AWS_SECRET_ACCESS_KEY": "live", "AWS_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": str(scratch / "none"),
            "AWS_SHARED_CREDENTIALS_FILE": str(scratch / "none"),
        }
        for service, variable in (("ec2", "EC2"), ("sts", "STS"), ("vpc-lattice", "VPC_LATTICE"), ("events", "EVENTBRIDGE")):
            self.environment[f"AWS_ENDPOINT_URL_{variable}"] = recording.url(service)
        self.pulumi("plugin", "install", "resource", "private-step-functions", version(programs), "--file", str(plugin))
        self.pulumi("stack", "init", "live")

    def configure(self, values, secrets):
        pairs = [("--plaintext", values), ("--secret", secrets)]
        words = [word for flag, some in pairs for key, value in some.items() for word in (flag, f"{key}={value}")]
        self.pulumi("config", "set-all", "--path", *words)

    def pulumi(self, *command, must=True):
        print(f"$ pulumi {' '.join(command[:3])}", flush=True)
        finished = subprocess.run(["pulumi", *command], cwd=self.project, env=self.environment)
        if must and finished.returncode != 0:
            sys.exit(f"`pulumi {command[0]}` failed with status {finished.returncode}")
        return finished.returncode


def version(programs):
    plugin = programs / "pulumi-resource-private-step-functions"
    return subprocess.run([plugin, "--version"], check=True, capture_output=True, text=True).stdout.split()[-1]


if __name__ == "__main__":
    main()
