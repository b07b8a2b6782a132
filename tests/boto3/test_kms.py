"""Keys that seeds make, read through boto3, and the connections that they encrypt."""

import datetime
import json
import urllib.error

import pytest

from prerequisites import Prerequisites
from waiting import active, refused

REGION, THEIRS = "us-east-1", "210987654321"


@pytest.fixture
def s(client, control):
    return Prerequisites(client, control)


@pytest.fixture
def kms(client):
    return client("kms")


def test_a_key_by_each_of_its_names(s, kms):
    id, arn = s.key["KeyId"], s.key["Arn"]
    assert arn == f"arn:aws:kms:{REGION}:123456789012:key/{id}"
    place = arn.rpartition(":")[0]
    for name in (id, arn, "alias/orders", f"{place}:alias/orders"):
        shown = kms.describe_key(KeyId=name)["KeyMetadata"]
        assert (shown["Arn"], shown["KeyId"], shown["AWSAccountId"]) == (arn, id, "123456789012")
        assert (shown["KeyState"], shown["Enabled"], shown["KeyManager"]) == ("Enabled", True, "CUSTOMER")
    for name in (id, arn):
        assert kms.list_resource_tags(KeyId=name)["Tags"] == [{"TagKey": "EventBridgeApiDestinations", "TagValue": "true"}]
        policy = json.loads(kms.get_key_policy(KeyId=name)["Policy"])
        assert policy["Statement"][0]["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}
    # These two take no alias.
    for call in (kms.list_resource_tags, kms.get_key_policy):
        refused("NotFoundException", 400, call, KeyId="alias/orders")
    elsewhere = arn.replace(REGION, "eu-west-1")
    assert "Invalid arn eu-west-1" in refused("NotFoundException", 400, kms.describe_key, KeyId=elsewhere)["Error"]["Message"]


def test_a_key_of_another_account(s, kms):
    key = s.seed("kms-key", region=REGION, account=THEIRS, tags={"a": "1"})
    assert kms.describe_key(KeyId=key["Arn"])["KeyMetadata"]["AWSAccountId"] == THEIRS
    refused("NotFoundException", 400, kms.describe_key, KeyId=key["KeyId"])
    for call in (kms.list_resource_tags, kms.get_key_policy):
        refused("AccessDeniedException", 400, call, KeyId=key["Arn"])
    nobody = key["Arn"][:-12] + "0" * 12
    refused("AccessDeniedException", 400, kms.describe_key, KeyId=nobody)


def test_a_seed_changes_a_key(s, kms):
    id, policy = s.key["KeyId"], json.dumps({"Statement": []})
    s.seed("kms-key", region=REGION, KeyId=id, KeyState="PendingDeletion", policy=policy)
    shown = kms.describe_key(KeyId="alias/orders")["KeyMetadata"]
    assert (shown["KeyState"], shown["Enabled"]) == ("PendingDeletion", False)
    assert shown["DeletionDate"] - shown["CreationDate"] > datetime.timedelta(days=29)
    assert kms.get_key_policy(KeyId=id)["Policy"] == policy and len(kms.list_resource_tags(KeyId=id)["Tags"]) == 1
    s.seed("kms-key", region=REGION, KeyId=id, KeyState="Enabled", tags={}, aliases=[])
    assert "DeletionDate" not in kms.describe_key(KeyId=id)["KeyMetadata"]
    assert kms.list_resource_tags(KeyId=id)["Tags"] == []
    refused("NotFoundException", 400, kms.describe_key, KeyId="alias/orders")


@pytest.mark.parametrize("body, why", [
    ({"KeyState": "Gone"}, "KeyState is none of Enabled"),
    ({"KeyManager": "me"}, "KeyManager is none of AWS"),
    ({"aliases": ["orders"]}, "an alias begins with alias/"),
    ({"policy": "{"}, "policy is not the text"),
    ({"KeyId": "key/1"}, "KeyId is not the id"),
    ({"account": "me"}, "account is not an account id"),
])
def test_a_wrong_key_is_refused(control, body, why):
    with pytest.raises(urllib.error.HTTPError) as refusal:
        control("seed", {"kind": "kms-key", "region": REGION, **body})
    assert why in json.load(refusal.value)["message"]


@pytest.mark.parametrize("name", ["KeyId", "Arn", "alias"])
def test_a_connection_loses_its_key(s, name):
    key = {**s.key, "alias": "alias/orders"}[name]
    look = lambda: s.events.describe_connection(Name="orders")
    s.events.create_connection(**s.new_connection(KmsKeyIdentifier=key))
    active(look, "AUTHORIZED", "ConnectionState")
    s.seed("kms-key", region=REGION, KeyId=s.key["KeyId"], KeyState="Disabled")
    shown = look()
    assert (shown["ConnectionState"], shown["StateReason"]) == ("DEAUTHORIZED", f"{s.key['Arn']} is disabled.")
    # Another connection with this key does not get further, and an update does not help.
    s.events.create_connection(**s.new_connection(Name="more", KmsKeyIdentifier=key))
    active(lambda: s.events.describe_connection(Name="more"), "DEAUTHORIZED", "ConnectionState")
    update = {"Name": "orders", "AuthParameters": s.new_connection()["AuthParameters"]}
    s.events.update_connection(**update)
    # Reads lag behind this list.
    rows = lambda: s.control("resources")["resources"]
    active(lambda: next(row for row in rows() if row["id"] == "orders"), "DEAUTHORIZED", "state")
    # Only an update authorizes again.
    s.seed("kms-key", region=REGION, KeyId=s.key["KeyId"], KeyState="Enabled")
    assert look()["ConnectionState"] == "DEAUTHORIZED"
    s.events.update_connection(**update)
    active(look, "AUTHORIZED", "ConnectionState")


@pytest.mark.parametrize("name, why", [
    ("alias/unknown", "Key 'alias/unknown' does not exist"),
    ("arn:aws:kms:eu-west-1:123456789012:key/1", "Key 'arn:aws:kms:eu-west-1:123456789012:key/1' does not exist"),
    ("alias/untagged", "has no tag EventBridgeApiDestinations=true."),
    ("alias/wrong", "has no tag EventBridgeApiDestinations=true."),
])
def test_a_connection_needs_a_tagged_key_of_its_region(s, name, why):
    s.seed("kms-key", region=REGION, aliases=["alias/untagged"])
    s.seed("kms-key", region=REGION, aliases=["alias/wrong"], tags={"EventBridgeApiDestinations": "True"})
    s.events.create_connection(**s.new_connection(KmsKeyIdentifier=name))
    look = lambda: s.events.describe_connection(Name="orders")
    active(look, "DEAUTHORIZED", "ConnectionState")
    assert why in look()["StateReason"]


def test_a_key_of_an_account_without_keys_here_is_not_judged(s):
    theirs = f"arn:aws:kms:{REGION}:{THEIRS}:key/1"
    s.events.create_connection(**s.new_connection(KmsKeyIdentifier=theirs))
    active(lambda: s.events.describe_connection(Name="orders"), "AUTHORIZED", "ConnectionState")
    s.seed("kms-key", region=REGION, account=THEIRS)
    s.events.create_connection(**s.new_connection(Name="more", KmsKeyIdentifier=theirs))
    active(lambda: s.events.describe_connection(Name="more"), "DEAUTHORIZED", "ConnectionState")


def test_aws_manages_some_keys(s, kms):
    s.seed("kms-key", region=REGION, aliases=["alias/aws/events"], KeyManager="AWS")
    assert kms.describe_key(KeyId="alias/aws/events")["KeyMetadata"]["KeyManager"] == "AWS"
