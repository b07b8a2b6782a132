"""The clients of docs/clients.md call the hosts that the page says. What they send is answered here: nothing leaves the machine."""

import io
import json
import os
import re
import shutil
import subprocess
from urllib.parse import urlparse

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError

from languages import ROOT

PAGE = (ROOT / "docs" / "clients.md").read_text()
CODE = {
    (sdk, private_dns == "with"): code
    for sdk, private_dns, code in re.findall(r"(?s)<!-- (\w+), (with|without) private DNS -->\n```\w+\n(.*?)```\n", PAGE)
}
REGION = "eu-west-1"
STATES, SYNC = f"states.{REGION}.amazonaws.com", f"sync-states.{REGION}.amazonaws.com"
VPCE_STATES, VPCE_SYNC = (re.search(rf"https://(vpce-\w+-\w+\.{name}\.\S+?)\"", PAGE)[1] for name in ("states", "sync-states"))
HOSTS = {True: [STATES, SYNC], False: [VPCE_STATES, VPCE_SYNC]}
KEYS = {"AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_EC2_METADATA_DISABLED": "true"}
MACHINE = f"arn:aws:states:{REGION}:123456789012:stateMachine:orders"

both = pytest.mark.parametrize("private_dns", [True, False], ids=["with private DNS", "without"])
CLIENTS = ROOT / "tools" / "clients"


@pytest.fixture(autouse=True)
def keys(monkeypatch):
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


class Raw(io.BytesIO):
    def stream(self, **_):
        yield self.read()


def hosts(client, operation, status=200, **parameters):
    """The hosts that one call of an operation asks, one for each attempt."""
    asked = []

    def answer(request, **_):
        asked.append(urlparse(request.url).hostname)
        return AWSResponse(request.url, status, {}, Raw(b"{}"))

    client.meta.events.register("before-send.stepfunctions", answer, unique_id="answer")
    try:
        getattr(client, operation)(stateMachineArn=MACHINE, **parameters)
    except ClientError:
        assert status != 200
    client.meta.events.unregister("before-send.stepfunctions", unique_id="answer")
    return asked


@both
def test_python(private_dns):
    made = {}
    exec(CODE["python", private_dns], made)
    states, sync_states = made["states"], made["sync_states"]
    assert hosts(states, "start_execution") + hosts(sync_states, "start_sync_execution") == HOSTS[private_dns]
    assert sync_states.meta.config.read_timeout == 310
    # A failure is not repeated.
    assert len(hosts(sync_states, "start_sync_execution", status=503)) == 1


@pytest.mark.parametrize("settings, expected", [
    ({}, [STATES, SYNC]),
    ({"config": Config(inject_host_prefix=False)}, [STATES, STATES]),
    ({"endpoint_url": f"https://{VPCE_STATES}"}, [VPCE_STATES, f"sync-{VPCE_STATES}"]),
    ({"endpoint_url": f"https://{VPCE_SYNC}", "config": Config(inject_host_prefix=False)}, [VPCE_SYNC, VPCE_SYNC]),
], ids=["nothing set", "prefix off", "URL of states", "URL of sync-states, prefix off"])
def test_the_table(settings, expected):
    client = boto3.client("stepfunctions", region_name=REGION, **settings)
    assert hosts(client, "start_execution") + hosts(client, "start_sync_execution") == expected


def test_other_hosts():
    client = boto3.client("stepfunctions", region_name="us-east-1", config=Config(use_fips_endpoint=True))
    assert hosts(client, "start_execution") == ["states-fips.us-east-1.amazonaws.com"]
    assert hosts(client, "start_sync_execution") == ["sync-states-fips.us-east-1.amazonaws.com"]
    client = boto3.client("stepfunctions", region_name=REGION, config=Config(use_dualstack_endpoint=True))
    assert hosts(client, "start_execution") == [f"states.{REGION}.api.aws"]


JAVASCRIPT = """
import { StartExecutionCommand, StartSyncExecutionCommand } from "@aws-sdk/client-sfn";
import { states, syncStates } from "./clients.mjs";

async function hosts(client, command, statusCode) {
    const asked = [];
    client.config.requestHandler = {
        handle: async (request) => {
            asked.push(request.hostname);
            return { response: { statusCode, headers: {}, body: new TextEncoder().encode("{}") } };
        },
    };
    await client.send(command).catch((error) => { if (statusCode === 200) throw error; });
    return asked;
}

const stateMachineArn = process.argv[2];
const sync = new StartSyncExecutionCommand({ stateMachineArn });
console.log(JSON.stringify({
    hosts: [
        ...await hosts(states, new StartExecutionCommand({ stateMachineArn }), 200),
        ...await hosts(syncStates, sync, 200),
    ],
    failed: await hosts(syncStates, sync, 503),
}));
"""

GO = """
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"clients/clients"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
)

type answers struct {
	status int
	asked  []string
}

func (a *answers) Do(request *http.Request) (*http.Response, error) {
	a.asked = append(a.asked, request.URL.Host)
	body := io.NopCloser(strings.NewReader("{}"))
	return &http.Response{StatusCode: a.status, Header: http.Header{}, Body: body, Request: request}, nil
}

func main() {
	key := func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "AKIATEST", SecretAccessKey: "secret"}, nil
	}
	with := func(a *answers) aws.Config {
		return aws.Config{HTTPClient: a, Credentials: aws.CredentialsProviderFunc(key)}
	}
	machine := aws.String(os.Args[1])
	good, bad := &answers{status: 200}, &answers{status: 503}
	if _, err := clients.NewStates(with(good)).StartExecution(context.Background(), &sfn.StartExecutionInput{StateMachineArn: machine}); err != nil {
		panic(err)
	}
	sync := &sfn.StartSyncExecutionInput{StateMachineArn: machine}
	if _, err := clients.NewSyncStates(with(good)).StartSyncExecution(context.Background(), sync); err != nil {
		panic(err)
	}
	if _, err := clients.NewSyncStates(with(bad)).StartSyncExecution(context.Background(), sync); err == nil {
		panic("it did not fail")
	}
	told, err := json.Marshal(map[string][]string{"hosts": good.asked, "failed": bad.asked})
	if err != nil {
		panic(err)
	}
	fmt.Println(string(told))
}
"""


def told(command, directory):
    done = subprocess.run(command, cwd=directory, env={**os.environ, **KEYS}, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@both
def test_javascript(private_dns, tmp_path):
    (tmp_path / "node_modules").symlink_to(CLIENTS / "node_modules")
    (tmp_path / "clients.mjs").write_text(CODE["javascript", private_dns])
    (tmp_path / "main.mjs").write_text(JAVASCRIPT)
    expected = HOSTS[private_dns]
    assert told(["node", "main.mjs", MACHINE], tmp_path) == {"hosts": expected, "failed": expected[1:]}


@both
def test_go(private_dns, tmp_path):
    for name in ("go.mod", "go.sum"):
        shutil.copy(CLIENTS / name, tmp_path)
    (tmp_path / "clients").mkdir()
    code = CODE["go", private_dns]
    (tmp_path / "clients" / "clients.go").write_text(code)
    (tmp_path / "main.go").write_text(GO)
    expected = HOSTS[private_dns]
    assert told(["go", "run", ".", MACHINE], tmp_path) == {"hosts": expected, "failed": expected[1:]}
    formatted = subprocess.run(["gofmt"], input=code, capture_output=True, text=True, timeout=60)
    assert formatted.stdout == code


def test_a_shell_reads_the_commands():
    for private_dns in (True, False):
        subprocess.run(["bash", "-n"], input=CODE["cli", private_dns], text=True, check=True, timeout=60)
