"""Runs the YAML example against the AWS emulator, as a user would run it against an account.

preview -> up -> up (no changes) -> refresh (no changes) -> update -> destroy. Prints the Pulumi CLI's own output and
the number of AWS calls of each step. Fails if a step fails, if a step that must change nothing changes something, or if
objects exist after destroy that did not exist at the start. Needs `pulumi` on PATH.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

import transcript

ROOT = pathlib.Path(__file__).resolve().parent.parent
REGION = "eu-west-1"
# The configuration that the example needs besides the VPC, and the change for the update.
CONFIG = {
    "adminArn": "arn:aws:iam::123456789012:role/admin",
    "ordersUrl": "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod/orders",
    "billingDomainName": "billing.example.com",
    "billingOAuthUrl": "https://auth.example.com/oauth2/token",
    "billingClientId": "workflows",
}
SECRETS = {"ordersApiKey": "a-secret-key", "billingClientSecret": "a-client-secret"}
CHANGE = {"adminArn": "arn:aws:iam::123456789012:role/deployment", "callerCidrBlocks[0]": "172.31.0.0/16"}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--bin", type=lambda path: pathlib.Path(path).resolve(), required=True, help="directory of the built plugin and emulator")
    arguments.add_argument("--speed", default="4", help="how much faster than AWS's own waits the emulator goes")
    arguments.add_argument("--golden", choices=["check", "write"], help="compare with docs/demo.md, or write it")
    options = arguments.parse_args()
    # On Ctrl-C, the CLI gets the signal too and cancels its operations. This script cleans up afterwards, and after SIGTERM too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

    with tempfile.TemporaryDirectory(prefix="private-step-functions-demo-") as scratch:
        with Emulator(options.bin / "aws-emulator", options.speed) as emulator:
            demo = Demo(options.bin / "pulumi-resource-private-step-functions", emulator, pathlib.Path(scratch), options.golden)
            demo.run()
    if options.golden:
        keep(transcript.page(demo.sections), options.golden)


def keep(page, how):
    """Writes the transcript to docs/demo.md, or fails if it differs from that page."""
    golden = ROOT / "docs" / "demo.md"
    if how == "write":
        golden.write_text(page)
    elif differences := transcript.differences(golden.read_text() if golden.exists() else "", page):
        sys.exit(f"{differences}\n\nThe demo does not print what docs/demo.md says: `make golden` writes it anew.")


class Demo:
    def __init__(self, plugin, emulator, scratch, golden):
        self.golden = golden
        # The heading and text of each step, if there is to be a transcript.
        self.sections = []
        self.plugin = plugin
        self.emulator = emulator
        self.project = scratch / "project"
        shutil.copytree(ROOT / "examples" / "yaml", self.project)
        self.environment = dict(os.environ) | {
            # The demo neither reads nor writes the user's own Pulumi and AWS settings.
            "PULUMI_HOME": str(scratch / "home"),
            "PULUMI_BACKEND_URL": (scratch / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "demo",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "AWS_CONFIG_FILE": str(scratch / "no-aws-config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(scratch / "no-aws-credentials"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "AKIADEMODEMODEMODEMO",
            "AWS_SECRET_ACCESS_KEY": "demo",
            # This line alone makes the demo use the emulator instead of an account.
            "AWS_ENDPOINT_URL": emulator.url,
        }
        for name in ("AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_SESSION_TOKEN", "PULUMI_STACK"):
            self.environment.pop(name, None)
        (scratch / "state").mkdir()
        self.calls = {}

    def run(self):
        heading("set-up: the plugin, a stack, a VPC to work in")
        version = subprocess.run([self.plugin, "--version"], check=True, capture_output=True, text=True).stdout.split()[-1]
        self.pulumi("plugin", "install", "resource", "private-step-functions", version, "--file", self.plugin)
        self.pulumi("stack", "init", "demo")
        subnets = self.emulator.default_subnets()[:2]
        values = {"vpcId": self.emulator.default_vpc()} | {f"subnetIds[{index}]": id for index, id in enumerate(subnets)}
        self.configure(values | CONFIG, SECRETS)

        self.step("preview", "what would be made", "preview")
        self.step("create", "make it", "up", "--yes", "--skip-preview")
        self.step("no-op up", "run again: nothing may change", "up", "--yes", "--skip-preview", "--expect-no-changes")
        self.step("refresh", "compare with AWS: nothing may differ",
                  "refresh", "--yes", "--skip-preview", "--expect-no-changes")
        self.configure(CHANGE)
        self.step("preview of a change", "another administrator, and callers of one network only", "preview", "--diff")
        self.step("update", "make the change", "up", "--yes", "--skip-preview")
        self.step("destroy", "remove everything, waiting for what AWS lets go of late", "destroy", "--yes", "--skip-preview")

        heading("AWS calls of each step")
        for step, operations in self.calls.items():
            detail = ", ".join(f"{name} {count}" for name, count in sorted(operations.items()))
            print(f"  {step:20} {operations.total():4}  {detail}")
        left = self.emulator.made()
        if left:
            sys.exit("Left behind in AWS:\n" + "\n".join(f"  {row['type']} {row['id']} {row['state']}" for row in left))
        print("\nNothing is left behind: the emulator holds what it held at the start.")

    def step(self, name, meaning, *command):
        heading(f"{name}: {meaning}", f"$ pulumi {' '.join(command)}")
        self.sections.append((f"{name[:1].upper()}{name[1:]}: {meaning}", ""))
        before = len(self.emulator.journal())
        began = time.monotonic()
        self.pulumi(*command)
        calls = self.emulator.journal()[before:]
        self.calls[name] = collections.Counter(f"{call['service']}:{call['operation']}" for call in calls)
        if self.golden:
            title, body = self.sections[-1]
            self.sections[-1] = (title, f"{body}\n\nAWS calls: {transcript.calls(self.calls[name])}")
        print(f"({time.monotonic() - began:.0f} s, {len(calls)} AWS calls)", flush=True)

    def configure(self, values, secrets={}):
        kinds = {"--plaintext": values, "--secret": secrets}
        words = [word for flag, pairs in kinds.items() for key, value in pairs.items() for word in (flag, f"{key}={value}")]
        self.pulumi("config", "set-all", "--path", *words)

    def pulumi(self, *command):
        what = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True} if self.golden else {}
        finished = subprocess.run(["pulumi", *command], cwd=self.project, env=self.environment, **what)
        if self.golden:
            print(finished.stdout, end="", flush=True)
            if self.sections:
                title, body = self.sections[-1]
                if command[0] != "config":
                    self.sections[-1] = (title, f"$ pulumi {' '.join(map(str, command))}\n{finished.stdout}")
        if finished.returncode != 0:
            sys.exit(f"`pulumi {' '.join(map(str, command))}` failed with status {finished.returncode}")


class Emulator:
    """The emulator as a process. The first line of its output is its URL."""

    def __init__(self, program, speed):
        self.command = [program, "--port", "0", "--speed", speed]

    def __enter__(self):
        # A separate session, so that Ctrl-C does not stop the emulator while the CLI is still canceling.
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True, start_new_session=True)
        self.url = self.process.stdout.readline().strip()
        if not self.url.startswith("http://"):
            sys.exit(f"the AWS emulator did not start: {self.url!r}")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def journal(self):
        """Returns every AWS call so far."""
        return self.control("journal")["calls"]

    def made(self):
        """Returns the objects that exist and did not exist at the start."""
        return self.control("resources?beyond-start")["resources"]

    def default_vpc(self):
        return re.search(r"<vpcId>(.+?)</vpcId>", self.ec2("DescribeVpcs"))[1]

    def default_subnets(self):
        return re.findall(r"<subnetId>(.+?)</subnetId>", self.ec2("DescribeSubnets"))

    def ec2(self, operation):
        # The emulator reads service and Region from the credential scope, and does not check signatures.
        scope = f"Credential=AKIADEMO/20260101/{REGION}/ec2/aws4_request"
        authorization = f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"
        body = f"Action={operation}&Version=2016-11-15".encode()
        request = urllib.request.Request(self.url, data=body, headers={"Authorization": authorization})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read().decode()

    def control(self, what):
        with urllib.request.urlopen(f"{self.url}/_emulator/{what}", timeout=30) as answer:
            return json.load(answer)


def heading(title, command=None):
    print(f"\n\033[1m=== {title}\033[0m" if sys.stdout.isatty() else f"\n=== {title}")
    if command:
        print(command)
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
