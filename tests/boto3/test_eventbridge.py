"""EventBridge connections through boto3: every operation of the emulator, and how it behaves like AWS."""

import re

import pytest

from waiting import active, gone, refused, steady

KEY = {"ApiKeyAuthParameters": {"ApiKeyName": "x-key", "ApiKeyValue": "hush"}}
BASIC = {"BasicAuthParameters": {"Username": "me", "Password": "hush"}}


def oauth(endpoint="https://login.example.com/token", **extra):
    client = {"ClientID": "me", "ClientSecret": "hush"}
    return {
        "OAuthParameters": {"ClientParameters": client, "AuthorizationEndpoint": endpoint, "HttpMethod": "POST"},
        **extra,
    }


def through(arn):
    return {"ResourceParameters": {"ResourceConfigurationArn": arn}}


def connect(events, name="orders", kind="API_KEY", auth=KEY, state="AUTHORIZED", **extra):
    events.create_connection(Name=name, AuthorizationType=kind, AuthParameters=auth, **extra)
    return settled(events, name, state)


def settled(events, name, state, until=lambda _: True):
    return active(lambda: events.describe_connection(Name=name), status=state, key="ConnectionState", until=until)


@pytest.fixture
def target(ec2, lattice):
    vpc = ec2.describe_vpcs(Filters=[{"Name": "isDefault", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    made = lattice.create_resource_gateway(name="gate", vpcIdentifier=vpc, subnetIds=[subnets[0]["SubnetId"]])
    gateway = active(lambda: lattice.get_resource_gateway(resourceGatewayIdentifier=made["id"]))

    def configure(name, domain="orders.example.com"):
        made = lattice.create_resource_configuration(
            name=name, type="SINGLE", portRanges=["443"], resourceGatewayIdentifier=gateway["id"],
            resourceConfigurationDefinition={"dnsResource": {"domainName": domain}},
        )
        return steady(lambda: lattice.get_resource_configuration(resourceConfigurationIdentifier=made["id"]))["arn"]

    return configure


def test_public_connection(events, control):
    made = events.create_connection(Name="orders", AuthorizationType="API_KEY", AuthParameters=KEY, Description="d")
    assert re.fullmatch("arn:aws:events:us-east-1:123456789012:connection/orders/[0-9a-f-]{36}", made["ConnectionArn"])
    shown = settled(events, "orders", "AUTHORIZED")
    assert "hush" not in str(shown) and shown["Description"] == "d"
    assert shown["AuthParameters"] == {"ApiKeyAuthParameters": {"ApiKeyName": "x-key"}}
    secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:events!connection/orders/"
    assert shown["SecretArn"].startswith(secret)
    refused("ResourceAlreadyExistsException", 400, events.create_connection,
            Name="orders", AuthorizationType="API_KEY", AuthParameters=KEY)
    assert [c["Name"] for c in events.list_connections(NamePrefix="ord")["Connections"]] == ["orders"]
    assert events.list_connections(ConnectionState="ACTIVE")["Connections"] == []
    journal = control("journal")
    assert "hush" not in str(journal) and "x-key" in str(journal)


def test_list_pages(events):
    for name in ("one", "three", "two"):
        connect(events, name)
    first = events.list_connections(Limit=2)
    rest = events.list_connections(Limit=2, NextToken=first["NextToken"])
    assert [c["Name"] for c in first["Connections"] + rest["Connections"]] == ["one", "three", "two"]
    assert "NextToken" not in rest


@pytest.mark.parametrize("kind, auth", [
    ("BASIC", KEY), ("API_KEY", {**KEY, **BASIC}), ("BASIC", {}), ("OAUTH_CLIENT_CREDENTIALS", BASIC),
    ("API_KEY", {"ApiKeyAuthParameters": {"ApiKeyName": "x:key", "ApiKeyValue": "hush"}}),
    ("API_KEY", {**KEY, "InvocationHttpParameters": {"HeaderParameters": [{"Key": "a b", "Value": "c"}]}}),
])
def test_auth_must_fit_its_type(events, kind, auth):
    error = refused("ValidationException", 400, events.create_connection,
                    Name="orders", AuthorizationType=kind, AuthParameters=auth)
    assert "hush" not in str(error)


def test_names_follow_the_model(events):
    refused("ValidationException", 400, events.create_connection,
            Name="or ders", AuthorizationType="API_KEY", AuthParameters=KEY)
    refused("ResourceNotFoundException", 400, events.describe_connection, Name="orders")


def test_update_keeps_what_is_absent(events, control):
    key = {"region": events.meta.region_name, "aliases": ["alias/mine"], "tags": {"EventBridgeApiDestinations": "true"}}
    control("seed", {"kind": "kms-key", **key})
    headers = [{"Key": "x-a", "Value": "1"}, {"Key": "x-b", "Value": "hush", "IsValueSecret": True}]
    http = {"HeaderParameters": headers, "BodyParameters": [{"Key": "c", "Value": "3", "IsValueSecret": False}]}
    before = connect(events, auth={**KEY, "InvocationHttpParameters": http}, KmsKeyIdentifier="alias/mine")
    shown = before["AuthParameters"]["InvocationHttpParameters"]
    assert shown["HeaderParameters"] == [
        {"Key": "x-a", "Value": "1", "IsValueSecret": False}, {"Key": "x-b", "IsValueSecret": True},
    ]
    answer = events.update_connection(
        Name="orders", KmsKeyIdentifier="",
        AuthParameters={**BASIC, "InvocationHttpParameters": {"HeaderParameters": []}},
    )
    assert answer["ConnectionState"] == "UPDATING" and answer["LastModifiedTime"] > before["LastModifiedTime"]
    stale = events.describe_connection(Name="orders")
    assert stale["LastModifiedTime"] == before["LastModifiedTime"]
    refused("ConcurrentModificationException", 400, events.update_connection, Name="orders", Description="d")
    after = settled(events, "orders", "AUTHORIZED", lambda s: s["LastModifiedTime"] == answer["LastModifiedTime"])
    assert after["AuthParameters"]["InvocationHttpParameters"] == {"BodyParameters": http["BodyParameters"]}
    assert after["AuthorizationType"] == "API_KEY" and "BasicAuthParameters" not in after["AuthParameters"]
    assert (after["ConnectionArn"], after["KmsKeyIdentifier"]) == (before["ConnectionArn"], "alias/mine")
    events.update_connection(Name="orders", AuthorizationType="BASIC", AuthParameters=BASIC)
    changed = settled(events, "orders", "AUTHORIZED", lambda s: s["AuthorizationType"] == "BASIC")
    assert changed["AuthParameters"]["BasicAuthParameters"] == {"Username": "me"}


def test_oauth(events):
    http = {"OAuthHttpParameters": {"BodyParameters": [{"Key": "scope", "Value": "s", "IsValueSecret": False}]}}
    auth = oauth()
    auth["OAuthParameters"].update(http)
    shown = connect(events, kind="OAUTH_CLIENT_CREDENTIALS", auth=auth)["AuthParameters"]["OAuthParameters"]
    assert shown == {
        "ClientParameters": {"ClientID": "me"}, "AuthorizationEndpoint": "https://login.example.com/token",
        "HttpMethod": "POST", **http,
    }
    denied = connect(events, "denied", "OAUTH_CLIENT_CREDENTIALS", oauth("https://unauthorized.example.com/"),
                     state="DEAUTHORIZED")
    assert "401" in denied["StateReason"]


def test_deauthorize(events):
    connect(events)
    assert events.deauthorize_connection(Name="orders")["ConnectionState"] == "DEAUTHORIZING"
    shown = settled(events, "orders", "DEAUTHORIZED")
    assert "SecretArn" not in shown and "AuthParameters" not in shown
    events.update_connection(Name="orders", AuthParameters=KEY)
    assert "SecretArn" in settled(events, "orders", "AUTHORIZED")


def test_private_connection(events, target):
    arn = target("orders")
    states = []
    events.create_connection(Name="orders", AuthorizationType="API_KEY", AuthParameters=KEY,
                             InvocationConnectivityParameters=through(arn))
    refused("ConcurrentModificationException", 400, events.delete_connection, Name="orders")
    shown = settled(events, "orders", "ACTIVE", lambda s: states.append(s["ConnectionState"]) or True)
    link = shown["InvocationConnectivityParameters"]["ResourceParameters"]
    assert link["ResourceConfigurationArn"] == arn
    assert re.fullmatch("arn:aws:vpc-lattice:us-east-1:123456789012:servicenetworkresourceassociation/snra-[0-9a-f]{17}",
                        link["ResourceAssociationArn"])


def test_connectivity_switches_and_ends_with_an_empty_arn(events, lattice, target):
    old, new = target("old"), target("new")
    before = connect(events, state="ACTIVE", InvocationConnectivityParameters=through(old))
    events.update_connection(Name="orders", InvocationConnectivityParameters=through(new))
    where = lambda s: s["InvocationConnectivityParameters"]["ResourceParameters"]["ResourceConfigurationArn"]
    after = settled(events, "orders", "ACTIVE", lambda s: where(s) == new)
    assert after["ConnectionArn"] == before["ConnectionArn"]
    listed = lambda: lattice.list_service_network_resource_associations(resourceConfigurationIdentifier=old)["items"]
    gone(lambda: listed() or None)
    events.update_connection(Name="orders", Description="still private")
    settled(events, "orders", "ACTIVE", lambda s: s.get("Description") == "still private" and where(s) == new)
    events.update_connection(Name="orders", InvocationConnectivityParameters=through(""))
    settled(events, "orders", "AUTHORIZED", lambda s: "InvocationConnectivityParameters" not in s)


def test_private_failures(events, target, control):
    for name, domain, state in (("deaf", "unreachable.example.com", "FAILED_CONNECTIVITY"),
                                ("denied", "unauthorized.example.com", "DEAUTHORIZED")):
        shown = connect(events, name, state=state, InvocationConnectivityParameters=through(target(name, domain)))
        assert domain in shown["StateReason"]
    arn = target("fine")
    create = {"Name": "orders", "AuthorizationType": "API_KEY", "AuthParameters": KEY}
    unknown = arn[:-17] + "0" * 17
    refused("ResourceNotFoundException", 400, events.create_connection, **create,
            InvocationConnectivityParameters=through(unknown))
    action = "vpc-lattice:CreateServiceNetworkResourceAssociation"
    control("permissions", {"deny": [action]})
    error = refused("AccessDeniedException", 400, events.create_connection, **create,
                    InvocationConnectivityParameters=through(arn))
    assert action in error["Error"]["Message"]


def test_private_oauth(events, target):
    auth = oauth(ConnectivityParameters=through(target("login", "login.example.com")))
    shown = connect(events, kind="OAUTH_CLIENT_CREDENTIALS", auth=auth)
    link = shown["AuthParameters"]["ConnectivityParameters"]["ResourceParameters"]
    assert "ResourceAssociationArn" in link
    refused("ValidationException", 400, events.create_connection, Name="other", AuthorizationType="API_KEY",
            AuthParameters={**KEY, "ConnectivityParameters": auth["ConnectivityParameters"]})


def test_the_twenty_first_private_connection_is_refused(events, target):
    arn = target("orders")
    create = {"AuthorizationType": "API_KEY", "AuthParameters": KEY, "InvocationConnectivityParameters": through(arn)}
    for n in range(20):
        events.create_connection(Name=f"c{n}", **create)
    refused("LimitExceededException", 400, events.create_connection, Name="c20", **create)
    # A private connection to a configuration that another account shares counts too.
    shared = through(arn.replace("123456789012", "999999999999"))
    refused("LimitExceededException", 400, events.create_connection, Name="c20",
            **{**create, "InvocationConnectivityParameters": shared})


def test_a_name_is_free_once_it_is_not_found(events):
    first = connect(events)
    assert events.delete_connection(Name="orders")["ConnectionState"] == "DELETING"
    refused("ResourceAlreadyExistsException", 400, events.create_connection,
            Name="orders", AuthorizationType="API_KEY", AuthParameters=KEY)
    gone(lambda: events.describe_connection(Name="orders"))
    assert connect(events)["ConnectionArn"] != first["ConnectionArn"]


def test_a_wrong_security_group_changes_no_state(events, ec2, lattice, target):
    arn = target("orders")
    gateway = lattice.list_resource_gateways()["items"][0]
    closed = ec2.create_security_group(GroupName="closed", Description="closed", VpcId=gateway["vpcIdentifier"])
    update = lambda: lattice.update_resource_gateway(
        resourceGatewayIdentifier=gateway["id"], securityGroupIds=[closed["GroupId"]]
    )
    active(update, status="UPDATE_IN_PROGRESS")
    group = active(lambda: ec2.describe_security_groups(GroupIds=[closed["GroupId"]])["SecurityGroups"][0])
    ec2.revoke_security_group_egress(GroupId=group["GroupId"], IpPermissions=group["IpPermissionsEgress"])
    shown = connect(events, state="ACTIVE", InvocationConnectivityParameters=through(arn))
    assert "StateReason" not in shown


def test_a_configuration_of_another_account(events, target, sts, client):
    role = sts.assume_role(RoleArn="arn:aws:iam::999999999999:role/consumer", RoleSessionName="consumer")["Credentials"]
    keys = {
        "aws_access_key_id": role["AccessKeyId"], "aws_secret_access_key": role["SecretAccessKey"],
        "aws_session_token": role["SessionToken"],
    }
    theirs, arn = client("events", **keys), target("orders")
    shown = connect(theirs, state="ACTIVE", InvocationConnectivityParameters=through(arn))
    assert ":999999999999:" in shown["ConnectionArn"]
    refused("ResourceNotFoundException", 400, events.describe_connection, Name="orders")
    # Both the owner and the consumer can see the association, and neither can delete it.
    for service in (client("vpc-lattice"), client("vpc-lattice", **keys)):
        item = service.list_service_network_resource_associations(resourceConfigurationIdentifier=arn)["items"][0]
        assert item["createdBy"] == "999999999999"
        refused("ValidationException", 400, service.delete_service_network_resource_association,
                serviceNetworkResourceAssociationIdentifier=item["id"])
    refused("ValidationException", 400, client("vpc-lattice").delete_resource_configuration,
            resourceConfigurationIdentifier=arn)
    unknown = through(arn[:-17] + "0" * 17)
    refused("ResourceNotFoundException", 400, theirs.create_connection, Name="other", AuthorizationType="API_KEY",
            AuthParameters=KEY, InvocationConnectivityParameters=unknown)
