"""Security groups and their rules through boto3."""

import pytest

from waiting import active, refused


@pytest.fixture
def vpc(ec2):
    return ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]


@pytest.fixture
def make(ec2, vpc):
    """Makes a security group that other calls find."""

    def make(name):
        id = ec2.create_security_group(GroupName=name, Description="test", VpcId=vpc)["GroupId"]
        ec2.get_waiter("security_group_exists").wait(GroupIds=[id], WaiterConfig={"Delay": 0.1, "MaxAttempts": 50})
        return id

    return make


def https(**source):
    return [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, **source}]


def rules(ec2, group, egress):
    answer = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])
    return [rule for rule in answer["SecurityGroupRules"] if rule["IsEgress"] == egress]


def test_create_is_seen_late(ec2, vpc):
    made = ec2.create_security_group(
        GroupName="orders",
        Description="test",
        VpcId=vpc,
        TagSpecifications=[{"ResourceType": "security-group", "Tags": [{"Key": "a", "Value": "1"}]}],
    )
    refused("InvalidGroup.NotFound", 400, ec2.describe_security_groups, GroupIds=[made["GroupId"]])
    refused(
        "InvalidGroup.Duplicate", 400, ec2.create_security_group, GroupName="orders", Description="test", VpcId=vpc
    )
    shown = active(lambda: ec2.describe_security_groups(GroupIds=[made["GroupId"]])["SecurityGroups"][0])
    assert (shown["GroupName"], shown["Description"], shown["VpcId"]) == ("orders", "test", vpc)
    assert shown["Tags"] == [{"Key": "a", "Value": "1"}] and shown["SecurityGroupArn"] == made["SecurityGroupArn"]
    assert shown["IpPermissions"] == []
    (everything,) = shown["IpPermissionsEgress"]
    assert everything["IpProtocol"] == "-1" and everything["IpRanges"] == [{"CidrIp": "0.0.0.0/0"}]


def test_refused_names(ec2, vpc):
    create = ec2.create_security_group
    refused("InvalidParameterValue", 400, create, GroupName="sg-mine", Description="d", VpcId=vpc)
    refused("InvalidParameterValue", 400, create, GroupName="default", Description="d", VpcId=vpc)
    refused("InvalidParameterValue", 400, create, GroupName="g", Description="naïve", VpcId=vpc)
    refused("InvalidVpcID.NotFound", 400, create, GroupName="g", Description="d", VpcId="vpc-0123")


def test_rules(ec2, make):
    group, other = make("g"), make("other")
    sources = https(
        IpRanges=[{"CidrIp": "100.68.0.18/18", "Description": "offices"}],
        Ipv6Ranges=[{"CidrIpv6": "2001:db8::1/32"}],
        UserIdGroupPairs=[{"GroupId": other}],
    )
    added = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=sources)["SecurityGroupRules"]
    assert added[0]["CidrIpv4"] == "100.68.0.0/18" and added[0]["Description"] == "offices"
    assert added[1]["CidrIpv6"] == "2001:db8::/32" and added[2]["ReferencedGroupInfo"]["GroupId"] == other
    assert {rule["SecurityGroupRuleId"] for rule in added} == {
        rule["SecurityGroupRuleId"] for rule in rules(ec2, group, False)
    }
    (permission,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
    assert permission["IpRanges"] == [{"CidrIp": "100.68.0.0/18", "Description": "offices"}]
    assert [pair["GroupId"] for pair in permission["UserIdGroupPairs"]] == [other]
    refused(
        "InvalidPermission.Duplicate",
        400,
        ec2.authorize_security_group_ingress,
        GroupId=group,
        IpPermissions=https(IpRanges=[{"CidrIp": "100.68.0.0/18"}]),
    )
    refused("DependencyViolation", 400, ec2.delete_security_group, GroupId=other)

    first = added[0]["SecurityGroupRuleId"]
    new = {"IpProtocol": "tcp", "FromPort": 8443, "ToPort": 8443, "CidrIpv4": "10.2.0.0/16", "Description": "b"}
    update = [{"SecurityGroupRuleId": first, "SecurityGroupRule": new}]
    ec2.modify_security_group_rules(GroupId=group, SecurityGroupRules=update)
    (shown,) = ec2.describe_security_group_rules(SecurityGroupRuleIds=[first])["SecurityGroupRules"]
    assert (shown["FromPort"], shown["CidrIpv4"], shown["Description"]) == (8443, "10.2.0.0/16", "b")
    described = [{"SecurityGroupRuleId": first, "Description": "c"}]
    ec2.update_security_group_rule_descriptions_ingress(GroupId=group, SecurityGroupRuleDescriptions=described)
    (shown,) = ec2.describe_security_group_rules(SecurityGroupRuleIds=[first])["SecurityGroupRules"]
    assert shown["Description"] == "c"

    ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=[first, added[2]["SecurityGroupRuleId"]])
    v6 = https(Ipv6Ranges=[{"CidrIpv6": "2001:db8::/32"}])
    ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=v6)
    assert rules(ec2, group, False) == []
    refused("InvalidPermission.NotFound", 400, ec2.revoke_security_group_ingress, GroupId=group, IpPermissions=v6)
    ec2.delete_security_group(GroupId=other)


def test_egress(ec2, make):
    group = make("g")
    ec2.authorize_security_group_egress(GroupId=group, IpPermissions=https(IpRanges=[{"CidrIp": "10.0.0.0/8"}]))
    everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "all"}]}]
    ec2.update_security_group_rule_descriptions_egress(GroupId=group, IpPermissions=everything)
    assert sorted(rule.get("Description", "") for rule in rules(ec2, group, True)) == ["", "all"]
    ec2.revoke_security_group_egress(GroupId=group, IpPermissions=everything)
    (rule,) = rules(ec2, group, True)
    assert (rule["IpProtocol"], rule["FromPort"], rule["CidrIpv4"]) == ("tcp", 443, "10.0.0.0/8")


def test_limit(ec2, make):
    group = make("g")
    many = [{"CidrIp": f"10.{n}.0.0/16"} for n in range(60)]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=https(IpRanges=many))
    refused(
        "RulesPerSecurityGroupLimitExceeded",
        400,
        ec2.authorize_security_group_ingress,
        GroupId=group,
        IpPermissions=https(IpRanges=[{"CidrIp": "10.60.0.0/16"}]),
    )


def test_delete(ec2, make, vpc, control):
    group = make("g")
    ec2.delete_security_group(GroupId=group)
    refused("InvalidGroup.NotFound", 400, ec2.delete_security_group, GroupId=group)
    default = ec2.describe_security_groups(
        Filters=[{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    )["SecurityGroups"][0]["GroupId"]
    refused("CannotDelete", 400, ec2.delete_security_group, GroupId=default)
    ec2.delete_vpc(VpcId=vpc)
    assert control("resources?beyond-start") == {"resources": []}
