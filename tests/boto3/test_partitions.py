"""Partitions in botocore: a copy of its table for the tests in Rust, and the names that the emulator uses in each partition."""

import gzip
import json
import os
import pathlib

import boto3
import botocore
import pytest
from botocore.config import Config

from waiting import active

DATA = pathlib.Path(botocore.__file__).parent / "data"
COPY = pathlib.Path(__file__).parents[1] / "fixtures" / "partitions.json"


def load(name):
    plain = DATA / name
    return json.loads(plain.read_bytes() if plain.exists() else gzip.decompress(plain.with_suffix(".json.gz").read_bytes()))


def known():
    """Returns the data that the tables in Rust repeat: ids, DNS suffixes, Regions of global services, patterns of Region names, Regions."""
    return [
        {
            "id": partition["id"],
            "dnsSuffix": partition["outputs"]["dnsSuffix"],
            "dualStackDnsSuffix": partition["outputs"]["dualStackDnsSuffix"],
            "globalRegion": partition["outputs"]["implicitGlobalRegion"],
            "regionRegex": partition["regionRegex"],
            "regions": sorted(partition["regions"]),
        }
        for partition in sorted(load("partitions.json")["partitions"], key=lambda partition: partition["id"])
    ]


def test_the_copy_is_botocores():
    if os.environ.get("UPDATE_GOLDEN"):
        COPY.write_text(json.dumps(known(), indent=2) + "\n")
    assert json.loads(COPY.read_text()) == known(), (
        "botocore knows other partitions than tests/fixtures/partitions.json: write it anew with UPDATE_GOLDEN=1, "
        "then change src/partition/table.rs and tests/aws-emulator/src/partition.rs until their tests pass"
    )


# One Region of each partition, and the prefixes of its endpoint service names: for Step Functions, and for API Gateway.
PREFIXES = {
    "eu-west-1": ("com.amazonaws", "com.amazonaws"),
    "us-gov-west-1": ("com.amazonaws", "com.amazonaws"),
    "cn-north-1": ("cn.com.amazonaws", "cn.com.amazonaws"),
    "eusc-de-east-1": ("com.amazonaws", "eu.amazonaws"),
    "us-iso-east-1": ("com.amazonaws", "gov.ic.c2s"),
    "us-isob-east-1": ("com.amazonaws", "gov.sgov.sc2s"),
    "eu-isoe-west-1": ("com.amazonaws", "uk.adc-e.cloud"),
    "us-isof-south-1": ("com.amazonaws", "gov.ic.hci.csp"),
}


def test_every_partition_has_a_row():
    listed = {partition["id"]: set(partition["regions"]) for partition in known()}
    assert sorted(id for region in PREFIXES for id, regions in listed.items() if region in regions) == sorted(listed)


@pytest.mark.parametrize("region", PREFIXES)
def test_names_follow_the_region(client, region):
    (partition,) = (partition for partition in known() if region in partition["regions"])
    arn, suffix = f"arn:{partition['id']}", partition["dnsSuffix"]
    ec2, lattice, events, sts = (client(name, region_name=region) for name in ("ec2", "vpc-lattice", "events", "sts"))
    assert sts.get_caller_identity()["Arn"].startswith(f"{arn}:iam::")

    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    subnet = ec2.describe_subnets(Filters=[{"Name": "availability-zone", "Values": [f"{region}a"]}])["Subnets"][0]
    assert subnet["SubnetArn"].startswith(f"{arn}:ec2:{region}:")
    states, execute_api = PREFIXES[region]
    offered = ec2.describe_vpc_endpoint_services()["ServiceNames"]
    for prefix, short, private in [
        (states, "states", f"states.{region}.{suffix}"),
        (states, "sync-states", f"sync-states.{region}.{suffix}"),
        (execute_api, "execute-api", f"*.execute-api.{region}.{suffix}"),
    ]:
        service = f"{prefix}.{region}.{short}"
        assert service in offered
        (details,) = ec2.describe_vpc_endpoint_services(ServiceNames=[service])["ServiceDetails"]
        assert details["PrivateDnsName"] == private
        assert details["BaseEndpointDnsNames"] == [f"{short}.{region}.vpce.{suffix}"]
        made = ec2.create_vpc_endpoint(
            VpcId=vpc, VpcEndpointType="Interface", ServiceName=service, SubnetIds=[subnet["SubnetId"]]
        )["VpcEndpoint"]
        look = lambda: ec2.describe_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])["VpcEndpoints"][0]
        names = [entry["DnsName"] for entry in active(look, "available", "State")["DnsEntries"]]
        assert names[0].startswith(made["VpcEndpointId"]) and names[0].endswith(f".{short}.{region}.vpce.{suffix}")
        assert private in names

    gateway = lattice.create_resource_gateway(name="gateway", vpcIdentifier=vpc, subnetIds=[subnet["SubnetId"]])
    assert gateway["arn"].startswith(f"{arn}:vpc-lattice:{region}:")
    parameters = {"ApiKeyAuthParameters": {"ApiKeyName": "x", "ApiKeyValue": "y"}}
    made = events.create_connection(Name="c", AuthorizationType="API_KEY", AuthParameters=parameters)
    assert made["ConnectionArn"].startswith(f"{arn}:events:{region}:")
    shown = active(lambda: events.describe_connection(Name="c"), "AUTHORIZED", "ConnectionState")
    assert shown["SecretArn"].startswith(f"{arn}:secretsmanager:{region}:")


def host(region, **options):
    """Returns the host that an SDK calls for Step Functions."""
    keys = {"aws_access_key_id": "AKIATEST", "aws_secret_access_key": "test"}
    made = boto3.client("stepfunctions", region_name=region, config=Config(**options), **keys)
    return made.meta.endpoint_url.removeprefix("https://")


@pytest.mark.parametrize("region", ["us-east-1", "us-west-2", "us-gov-east-1"])
def test_endpoints_answer_the_names_that_clients_call(client, region):
    """An endpoint's private DNS names are the hosts that SDKs call, for IPv4 only and for dual-stack."""
    ec2 = client("ec2", region_name=region)
    for service, fips in [("states", False), ("states-fips", True)]:
        (details,) = ec2.describe_vpc_endpoint_services(ServiceNames=[f"com.amazonaws.{region}.{service}"])["ServiceDetails"]
        names = {name["PrivateDnsName"] for name in details["PrivateDnsNames"]}
        assert names == {host(region, use_fips_endpoint=fips, use_dualstack_endpoint=dual) for dual in (False, True)}
