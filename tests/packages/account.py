"""The environment of a user of an example: an emulated account and an installation of Pulumi."""

import copy
import json
import os
import pathlib
import re
import subprocess
import urllib.parse
import urllib.request

REGION = "eu-west-1"
# A shorter polling interval than for the real AWS, because the emulator is faster.
POLLING = {"initialIntervalSeconds": 0.1, "growthFactor": 1.2, "maxIntervalSeconds": 0.5}


class Account:
    def __init__(self, url, directory):
        self.url = url
        self.directory = directory
        self.access_key = "AKIATESTTESTTESTTEST"
        for name in ("home", "state"):
            (directory / name).mkdir()
        # Without the developer's own Pulumi and AWS settings.
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))}
        self.environment = inherited | {
            "PULUMI_HOME": str(directory / "home"),
            "PULUMI_BACKEND_URL": (directory / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "correct horse battery staple",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "AWS_ENDPOINT_URL": url,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": "of-the-emulator",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def run(self, *command, cwd=None):
        """Runs a command in this account. Returns what it printed on stdout."""
        command = [str(word) for word in command]
        finished = subprocess.run(command, cwd=cwd, env=self.environment, capture_output=True, text=True, timeout=600)
        assert finished.returncode == 0, f"{command}\n{finished.stdout}\n{finished.stderr}"
        return finished.stdout

    def install(self, packages):
        """Installs the plugin from its tarball."""
        [tarball] = packages.glob("pulumi-resource-*.tar.gz")
        version = re.search(r"-v(.+?)-(?:linux|darwin|windows)-", tarball.name)[1]
        self.run("pulumi", "plugin", "install", "resource", "private-step-functions", version, "--file", tarball)

    def configure(self, project):
        """Creates the stack `test` with the configuration that the examples require."""
        subnets = self.ec2("DescribeSubnets", "subnetId")[:2]
        # Another test may have used the project. Its file has the encryption salt of that account's stack.
        (project / "Pulumi.test.yaml").unlink(missing_ok=True)
        self.run("pulumi", "stack", "init", "test", cwd=project)
        values = {
            "vpcId": self.ec2("DescribeVpcs", "vpcId")[0],
            **{f"subnetIds[{index}]": subnet for index, subnet in enumerate(subnets)},
            "adminArn": "arn:aws:iam::123456789012:role/admin",
            "ordersUrl": "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod/orders",
            "billingDomainName": "billing.example.com",
            "billingOAuthUrl": "https://auth.example.com/oauth2/token",
            "billingClientId": "workflows",
            "private-step-functions:polling": json.dumps(POLLING),
        }
        secrets = {"ordersApiKey": "an-api-key", "billingClientSecret": "a-client-secret"}
        plain = [word for key, value in values.items() for word in ("--plaintext", f"{key}={value}")]
        hidden = [word for key, value in secrets.items() for word in ("--secret", f"{key}={value}")]
        self.run("pulumi", "config", "set-all", "--path", *plain, *hidden, cwd=project)

    def outputs(self, project):
        return json.loads(self.run("pulumi", "stack", "output", "--json", "--show-secrets", cwd=project))

    def journal(self):
        """Returns every AWS call so far."""
        return self.control("journal")["calls"]

    def left(self):
        """Returns the objects that exist and did not exist at the start."""
        return self.control("resources?beyond-start")["resources"]

    def control(self, what):
        with urllib.request.urlopen(f"{self.url}/_emulator/{what}", timeout=30) as answer:
            return json.load(answer)

    def ec2(self, operation, element):
        """Makes an EC2 call and returns the texts of one element of the answer."""
        return self.call("ec2", element, Action=operation, Version="2016-11-15")

    def of_role(self, arn):
        """Returns the same with the credentials of a role, which can be one of another account."""
        sts = {"Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": arn, "RoleSessionName": "test"}
        other = copy.copy(self)
        [other.access_key] = self.call("sts", "AccessKeyId", **sts)
        other.environment = self.environment | {"AWS_ACCESS_KEY_ID": other.access_key}
        return other

    def call(self, service, element, **parameters):
        """Makes a call and returns the texts of one element of the answer. The emulator does not check signatures."""
        scope = f"Credential={self.access_key}/20260101/{REGION}/{service}/aws4_request"
        headers = {"Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"}
        body = urllib.parse.urlencode(parameters).encode()
        with urllib.request.urlopen(urllib.request.Request(self.url, data=body, headers=headers), timeout=30) as answer:
            return sorted(set(re.findall(rf"<{element}>(.+?)</{element}>", answer.read().decode())))


def changes(calls):
    """Returns the successful changing calls with their parameters, without random parts. Sorted, because some run in parallel."""
    reads = ("Describe", "Get", "List")
    return sorted(
        f"{call['operation']} {neutral(json.dumps(call['parameters'], sort_keys=True))}"
        for call in calls
        if call["outcome"] == "ok" and not call["operation"].startswith(reads)
    )


# Ids of AWS, UUIDs, suffixes of automatic names, and tokens.
RANDOM = re.compile(
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?:-\w{6}\b)?|[0-9a-f]{17,}|(?<=-)[0-9a-f]{7}\b|(?<=vpce-\*-)[a-z0-9]{8}"
)


def neutral(text):
    return RANDOM.sub("*", RANDOM.sub("*", text))
