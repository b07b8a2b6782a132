"""Malformed requests that no client sends: the emulator refuses them as AWS does, in the protocol of the service."""

import json
import urllib.error
import urllib.request

import pytest

FORM = "application/x-www-form-urlencoded"


def send(url, service, body, path="/", **headers):
    """Sends a raw request in the scope of a service. Returns status and body of the answer."""
    scope = f"AWS4-HMAC-SHA256 Credential=AKIATEST/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
    headers = {"authorization": scope, **{name.replace("_", "-"): value for name, value in headers.items()}}
    request = urllib.request.Request(url + path, data=body.encode(), headers={k: v for k, v in headers.items() if v})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


@pytest.mark.parametrize(
    "service, body, code",
    [
        ("ec2", "Version=2016-11-15", "MissingAction"),
        ("ec2", "Action=DescribeVpcs&Colour=red", "UnknownParameter"),
        ("ec2", "Action=DescribeVpcs&DryRun=maybe", "InvalidParameterValue"),
        ("ec2", "Action=DescribeVpcs&VpcId=vpc-1", "InvalidParameterValue"),
        ("sts", "Action=AssumeRole&RoleArn=a&RoleSessionName=b&DurationSeconds=soon", "ValidationError"),
        ("sts", "", "MissingAction"),
    ],
)
def test_forms(url, control, service, body, code):
    status, _, answer = send(url, service, body, content_type=FORM)
    assert status == 400 and f"<Code>{code}</Code>" in answer, answer


@pytest.mark.parametrize("body", ["{", "[]", '"text"', "Name=orders"])
def test_json(url, control, body):
    status, _, answer = send(url, "events", body, x_amz_target="AWSEvents.DescribeConnection")
    assert (status, json.loads(answer)["__type"]) == (400, "SerializationException")
    status, headers, _ = send(url, "vpc-lattice", body, "/resourcegateways")
    # A POST to this path is CreateResourceGateway.
    assert (status, headers["x-amzn-errortype"]) == (400, "SerializationException")


def test_unsigned(url, control):
    status, _, answer = send(url, "ec2", "Action=DescribeVpcs", authorization="")
    assert status == 403 and "MissingAuthenticationToken" in answer
    assert control("journal") == {"calls": []}
