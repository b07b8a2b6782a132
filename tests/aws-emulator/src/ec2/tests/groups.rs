//! Security groups and their rules.

use super::*;

fn https(cidr: &str) -> Value {
    json!([{ "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{ "CidrIp": cidr }] }])
}

fn from_group(group: &str) -> Value {
    json!([{ "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{ "GroupId": group }] }])
}

#[tokio::test(start_paused = true)]
async fn a_new_group_is_unknown_to_other_calls_for_a_moment() {
    let fixture = Ec2Fixture::new().await;
    let params = json!({ "GroupName": "g", "Description": "d", "VpcId": fixture.vpc });
    let id = text(&fixture.ok("CreateSecurityGroup", params.clone()).await["GroupId"]);
    assert_eq!(
        fixture
            .code("DescribeSecurityGroups", json!({ "GroupIds": [id] }))
            .await,
        "InvalidGroup.NotFound"
    );
    assert_eq!(
        fixture.code("DeleteSecurityGroup", json!({ "GroupId": id })).await,
        "InvalidGroup.NotFound"
    );
    let listed = fixture.ok("DescribeSecurityGroups", filter("group-name", "g")).await;
    assert_eq!(listed["SecurityGroups"], json!([]));
    // The name is taken immediately nevertheless.
    assert_eq!(
        fixture.code("CreateSecurityGroup", params).await,
        "InvalidGroup.Duplicate"
    );
    pass(1.0).await;
    let shown = fixture.ok("DescribeSecurityGroups", json!({ "GroupIds": [id] })).await["SecurityGroups"][0].clone();
    assert_eq!(
        (&shown["GroupName"], &shown["Description"], &shown["IpPermissions"]),
        (&json!("g"), &json!("d"), &json!([]))
    );
    assert_eq!(shown["IpPermissionsEgress"][0]["IpRanges"][0]["CidrIp"], "0.0.0.0/0");
    assert_eq!(
        shown["SecurityGroupArn"],
        format!("arn:aws:ec2:us-east-1:123456789012:security-group/{id}")
    );
}

#[tokio::test(start_paused = true)]
async fn invalid_names_and_descriptions_are_refused() {
    let fixture = Ec2Fixture::new().await;
    let create = |name: &str, about: &str| json!({ "GroupName": name, "Description": about, "VpcId": fixture.vpc });
    assert_eq!(
        fixture.code("CreateSecurityGroup", create("sg-mine", "d")).await,
        "InvalidParameterValue"
    );
    assert_eq!(
        fixture.code("CreateSecurityGroup", create("default", "d")).await,
        "InvalidParameterValue"
    );
    assert_eq!(
        fixture.code("CreateSecurityGroup", create("g", "façade")).await,
        "InvalidParameterValue"
    );
    assert_eq!(
        fixture.code("CreateSecurityGroup", create("g", &"d".repeat(256))).await,
        "InvalidParameterValue"
    );
    assert_eq!(
        fixture.code("CreateSecurityGroup", json!({ "GroupName": "g" })).await,
        "MissingParameter"
    );
    let nowhere = json!({ "GroupName": "g", "Description": "d", "VpcId": "vpc-0" });
    assert_eq!(
        fixture.code("CreateSecurityGroup", nowhere).await,
        "InvalidVpcID.NotFound"
    );
    assert_eq!(
        fixture
            .code("DescribeSecurityGroups", json!({ "GroupIds": ["g"] }))
            .await,
        "InvalidGroupId.Malformed"
    );
}

#[tokio::test(start_paused = true)]
async fn a_new_group_in_an_ipv6_vpc_allows_all_ipv6_egress() {
    let fixture = Ec2Fixture::new().await;
    let made = fixture
        .ok(
            "CreateVpc",
            json!({ "CidrBlock": "10.0.0.0/16", "AmazonProvidedIpv6CidrBlock": true }),
        )
        .await;
    let params = json!({ "GroupName": "g", "Description": "d", "VpcId": made["Vpc"]["VpcId"] });
    let id = text(&fixture.ok("CreateSecurityGroup", params).await["GroupId"]);
    pass(1.0).await;
    let rules = fixture.ok("DescribeSecurityGroupRules", filter("group-id", &id)).await["SecurityGroupRules"].clone();
    let mut sources: Vec<_> = rules
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["CidrIpv4"].as_str().or_else(|| r["CidrIpv6"].as_str()).unwrap())
        .collect();
    sources.sort_unstable();
    assert_eq!(sources, ["0.0.0.0/0", "::/0"]);
    assert_eq!(
        (&rules[0]["FromPort"], &rules[0]["IsEgress"]),
        (&json!(-1), &json!(true))
    );
}

#[tokio::test(start_paused = true)]
async fn rules_are_authorized_once_and_revoked_once() {
    let fixture = Ec2Fixture::new().await;
    let made = fixture.ok("CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" })).await;
    let params = json!({ "GroupName": "g", "Description": "d", "VpcId": made["Vpc"]["VpcId"] });
    let id = text(&fixture.ok("CreateSecurityGroup", params).await["GroupId"]);
    pass(1.0).await;
    let call = |permissions: Value| json!({ "GroupId": id, "IpPermissions": permissions });
    let added = fixture
        .ok("AuthorizeSecurityGroupIngress", call(https("10.0.0.9/16")))
        .await;
    assert_eq!(added["SecurityGroupRules"][0]["CidrIpv4"], "10.0.0.0/16");
    let (code, message) = fixture
        .refused("AuthorizeSecurityGroupIngress", call(https("10.0.0.0/16")))
        .await;
    assert_eq!(code, "InvalidPermission.Duplicate");
    assert_eq!(
        message,
        "the specified rule \"peer: 10.0.0.0/16, TCP, from port: 443, to port: 443, ALLOW\" already exists"
    );
    // The call adds all rules or none.
    let twice = json!([https("10.1.0.0/16")[0], https("10.0.0.0/16")[0]]);
    assert_eq!(
        fixture.code("AuthorizeSecurityGroupIngress", call(twice)).await,
        "InvalidPermission.Duplicate"
    );
    let ingress = |rule: &&Value| rule["IsEgress"] == false;
    let rules = fixture.ok("DescribeSecurityGroupRules", filter("group-id", &id)).await["SecurityGroupRules"].clone();
    assert_eq!(rules.as_array().unwrap().iter().filter(ingress).count(), 1);

    fixture
        .ok("RevokeSecurityGroupIngress", call(https("10.0.0.0/16")))
        .await;
    let again = fixture
        .code("RevokeSecurityGroupIngress", call(https("10.0.0.0/16")))
        .await;
    assert_eq!(again, "InvalidPermission.NotFound");
    let by_id = json!({ "GroupId": id, "SecurityGroupRuleIds": ["sgr-0"] });
    assert_eq!(
        fixture.code("RevokeSecurityGroupEgress", by_id).await,
        "InvalidSecurityGroupRuleId.NotFound"
    );
    let egress = rules
        .as_array()
        .unwrap()
        .iter()
        .find(|rule| rule["IsEgress"] == true)
        .unwrap();
    let by_id = json!({ "GroupId": id, "SecurityGroupRuleIds": [egress["SecurityGroupRuleId"]] });
    let revoked = fixture.ok("RevokeSecurityGroupEgress", by_id).await;
    assert_eq!(revoked["RevokedSecurityGroupRules"][0]["CidrIpv4"], "0.0.0.0/0");
    assert_eq!(
        fixture
            .code("AuthorizeSecurityGroupEgress", json!({ "GroupId": id }))
            .await,
        "MissingParameter"
    );
    let unknown = call(from_group("sg-0"));
    assert_eq!(
        fixture.code("AuthorizeSecurityGroupIngress", unknown).await,
        "InvalidGroup.NotFound"
    );
}

#[tokio::test(start_paused = true)]
async fn revoking_a_missing_rule_in_a_default_vpc_succeeds() {
    let fixture = Ec2Fixture::new().await;
    let id = fixture.group("g").await;
    let params = json!({ "GroupId": id, "IpPermissions": https("10.0.0.0/16") });
    let answer = fixture.ok("RevokeSecurityGroupIngress", params).await;
    assert_eq!(
        answer["UnknownIpPermissions"][0]["IpRanges"][0]["CidrIp"],
        "10.0.0.0/16"
    );
}

#[tokio::test(start_paused = true)]
async fn a_rule_changes_in_place_but_not_its_kind_of_source() {
    let fixture = Ec2Fixture::new().await;
    let id = fixture.group("g").await;
    let added = fixture
        .ok(
            "AuthorizeSecurityGroupIngress",
            json!({ "GroupId": id, "IpPermissions": https("10.0.0.0/16") }),
        )
        .await;
    let rule = text(&added["SecurityGroupRules"][0]["SecurityGroupRuleId"]);
    let modify = |new: Value| json!({ "GroupId": id, "SecurityGroupRules": [{ "SecurityGroupRuleId": rule, "SecurityGroupRule": new }] });
    let new =
        json!({ "IpProtocol": "tcp", "FromPort": 8443, "ToPort": 8443, "CidrIpv4": "10.2.0.0/16", "Description": "b" });
    fixture.ok("ModifySecurityGroupRules", modify(new)).await;
    let shown = fixture
        .ok("DescribeSecurityGroupRules", json!({ "SecurityGroupRuleIds": [rule] }))
        .await["SecurityGroupRules"][0]
        .clone();
    assert_eq!(
        (&shown["FromPort"], &shown["CidrIpv4"], &shown["Description"]),
        (&json!(8443), &json!("10.2.0.0/16"), &json!("b"))
    );
    let other = json!({ "IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "CidrIpv6": "2001:db8::/32" });
    assert_eq!(
        fixture.code("ModifySecurityGroupRules", modify(other)).await,
        "InvalidParameterValue"
    );

    let described = json!([{ "SecurityGroupRuleId": rule, "Description": "c" }]);
    let params = json!({ "GroupId": id, "SecurityGroupRuleDescriptions": described });
    fixture
        .ok("UpdateSecurityGroupRuleDescriptionsIngress", params.clone())
        .await;
    let wrong_direction = fixture.code("UpdateSecurityGroupRuleDescriptionsEgress", params).await;
    assert_eq!(wrong_direction, "InvalidSecurityGroupRuleId.NotFound");
    let by_value = json!([{ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "0.0.0.0/0", "Description": "all" }] }]);
    fixture
        .ok(
            "UpdateSecurityGroupRuleDescriptionsEgress",
            json!({ "GroupId": id, "IpPermissions": by_value }),
        )
        .await;
    let group = fixture.ok("DescribeSecurityGroups", json!({ "GroupIds": [id] })).await["SecurityGroups"][0].clone();
    assert_eq!(group["IpPermissions"][0]["IpRanges"][0]["Description"], "c");
    assert_eq!(group["IpPermissionsEgress"][0]["IpRanges"][0]["Description"], "all");
}

#[tokio::test(start_paused = true)]
async fn a_group_has_at_most_sixty_rules_per_direction_and_family() {
    let fixture = Ec2Fixture::new().await;
    let id = fixture.group("g").await;
    let ranges: Vec<_> = (0..60).map(|n| json!({ "CidrIp": format!("10.{n}.0.0/16") })).collect();
    let many = json!([{ "IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "IpRanges": ranges }]);
    fixture
        .ok(
            "AuthorizeSecurityGroupIngress",
            json!({ "GroupId": id, "IpPermissions": many }),
        )
        .await;
    let more = |permissions: Value| json!({ "GroupId": id, "IpPermissions": permissions });
    let code = fixture
        .code("AuthorizeSecurityGroupIngress", more(https("10.99.0.0/16")))
        .await;
    assert_eq!(code, "RulesPerSecurityGroupLimitExceeded");
    fixture
        .ok("AuthorizeSecurityGroupEgress", more(https("10.99.0.0/16")))
        .await;
    let v6 =
        json!([{ "IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "Ipv6Ranges": [{ "CidrIpv6": "2001:db8::/32" }] }]);
    fixture.ok("AuthorizeSecurityGroupIngress", more(v6)).await;
}

#[tokio::test(start_paused = true)]
async fn a_group_cannot_be_deleted_while_other_groups_refer_to_it() {
    let fixture = Ec2Fixture::new().await;
    let (target, other) = (fixture.group("target").await, fixture.group("other").await);
    let refer = json!({ "GroupId": other, "IpPermissions": from_group(&target) });
    fixture.ok("AuthorizeSecurityGroupIngress", refer.clone()).await;
    let itself = json!({ "GroupId": target, "IpPermissions": from_group(&target) });
    fixture.ok("AuthorizeSecurityGroupIngress", itself).await;
    let (code, message) = fixture
        .refused("DeleteSecurityGroup", json!({ "GroupId": target }))
        .await;
    assert_eq!(
        (code, message),
        (
            "DependencyViolation".to_owned(),
            format!("resource {target} has a dependent object")
        )
    );
    fixture.ok("RevokeSecurityGroupIngress", refer).await;
    fixture.ok("DeleteSecurityGroup", json!({ "GroupId": target })).await;
    assert_eq!(
        fixture.code("DeleteSecurityGroup", json!({ "GroupId": target })).await,
        "InvalidGroup.NotFound"
    );
    let default = fixture
        .ok("DescribeSecurityGroups", filter("group-name", "default"))
        .await["SecurityGroups"][0]
        .clone();
    assert_eq!(
        fixture
            .code("DeleteSecurityGroup", json!({ "GroupId": default["GroupId"] }))
            .await,
        "CannotDelete"
    );
    fixture.ok("DeleteSecurityGroup", json!({ "GroupName": "other" })).await;
    assert!(fixture.emulator.beyond_start().is_empty());
}
