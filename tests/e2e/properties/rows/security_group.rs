//! Rows for `SecurityGroup`.

use serde_json::{Value, json};

use crate::emulator::Emulator;
use crate::properties::places::element;
use crate::properties::row::{FIXED, GROUP, Row, Table};

/// Rows for every property except the rules.
pub(in crate::properties) fn itself() -> Table {
    let user = || {
        let rule = json!({ "fromPort": 443, "toPort": 443, "securityGroupId": "${row}" });
        json!({ "vpcId": "${row.vpcId}", "ingress": [rule] })
    };
    table(vec![
        Row::new(
            "vpc",
            "vpcId",
            "another VPC replaces the group, and also a group that refers to it",
        )
        .edit(json!({}), json!({ "vpcId": "@vpc2" }))
        .replaced(GROUP, &["~ vpcId"])
        .used_by(
            GROUP,
            "-user",
            user(),
            "+-",
            &["~ ingress[0].securityGroupId", "~ vpcId"],
        )
        .aws_shows("vpcId>@vpc2")
        .no_drift(FIXED),
        Row::new(
            "name",
            "name",
            "another name replaces the group, and a rule that refers to it changes before the old group is deleted",
        )
        .edit(json!({ "name": "callers-one" }), json!({ "name": "callers-two" }))
        .replaced(GROUP, &["~ name"])
        .used_by(GROUP, "-user", user(), "~", &["~ ingress[0].securityGroupId"])
        .aws_shows("groupName>callers-two")
        .no_drift(FIXED),
        Row::new(
            "description",
            "description",
            "another description replaces the group, because AWS cannot change it",
        )
        .edit(json!({ "description": "one" }), json!({ "description": "two" }))
        .replaced(GROUP, &["~ description"])
        .used_by(GROUP, "-user", user(), "~", &["~ ingress[0].securityGroupId"])
        .aws_shows("groupDescription>two")
        .no_drift(FIXED),
        Row::new(
            "description_removed",
            "description",
            "removing the description replaces the group by one with the default description",
        )
        .edit(json!({ "description": "one" }), json!({}))
        .replaced(GROUP, &["~ description"])
        .aws_shows("groupDescription>Managed by Pulumi")
        .no_drift(FIXED),
        Row::new("tags", "tags", "a tag changes in place")
            .edit(
                json!({ "tags": { "stage": "one" } }),
                json!({ "tags": { "stage": "two" } }),
            )
            .updated(GROUP, &["~ tags.stage"])
            .aws_shows("value>two")
            .drift(|aws, id| tag(aws, id, "stage", "other"), &["~ tags.stage"]),
        Row::new(
            "tags_removed",
            "tags",
            "tags that the program no longer has are removed in AWS",
        )
        .edit(json!({ "tags": { "stage": "one" } }), json!({}))
        .updated(GROUP, &["- tags"])
        .aws_hides("value>one")
        .drift(|aws, id| tag(aws, id, "added", "elsewhere"), &["+ tags"]),
    ])
}

/// Rows for the rules in both directions.
pub(in crate::properties) fn rules() -> Table {
    let rows = ingress();
    let egress: Vec<_> = rows.iter().map(|row| row.clone().with("ingress", "egress")).collect();
    let mut table = table(rows.into_iter().chain(egress).collect());
    let peer = || json!({ "vpcId": "@vpc" });
    table.beside = vec![(GROUP, "peer1", peer()), (GROUP, "peer2", peer())];
    table
}

fn ingress() -> Vec<Row> {
    vec![
        Row::new("ingress", "ingress", "a first rule is added in place")
            .edit(json!({}), rule(json!({})))
            .updated(GROUP, &["+ ingress"])
            .aws_shows("cidrIp>10.0.0.0/8")
            .drift(revoke, &["- ingress[0]"]),
        Row::new(
            "ingress_removed",
            "ingress",
            "removing the list removes its rules in place",
        )
        .edit(rule(json!({})), json!({}))
        .updated(GROUP, &["- ingress"])
        .aws_hides("cidrIp>10.0.0.0/8")
        .no_drift("there is no rule left to change"),
        Row::new(
            "ingress_protocol",
            "ingress[].protocol",
            "the protocol of a rule changes in place",
        )
        .edit(rule(json!({})), rule(json!({ "protocol": "udp" })))
        .updated(GROUP, &["~ ingress[0].protocol"])
        .aws_shows("ipProtocol>udp")
        .drift(
            |aws, id| modify(aws, id, &[("IpProtocol", "tcp")]),
            &["~ ingress[0].protocol"],
        ),
        Row::new(
            "ingress_from_port",
            "ingress[].fromPort",
            "the first port of a rule changes in place",
        )
        .edit(rule(json!({})), rule(json!({ "fromPort": 80 })))
        .updated(GROUP, &["~ ingress[0].fromPort"])
        .aws_shows("fromPort>80")
        .drift(
            |aws, id| modify(aws, id, &[("FromPort", "81")]),
            &["~ ingress[0].fromPort"],
        ),
        Row::new(
            "ingress_to_port",
            "ingress[].toPort",
            "the last port of a rule changes in place",
        )
        .edit(rule(json!({})), rule(json!({ "toPort": 8443 })))
        .updated(GROUP, &["~ ingress[0].toPort"])
        .aws_shows("toPort>8443")
        .drift(
            |aws, id| modify(aws, id, &[("ToPort", "444")]),
            &["~ ingress[0].toPort"],
        ),
        Row::new(
            "ingress_cidr_ipv4",
            "ingress[].cidrIpv4",
            "the IPv4 block of a rule changes in place",
        )
        .edit(rule(json!({})), rule(json!({ "cidrIpv4": "10.1.0.0/16" })))
        .updated(GROUP, &["~ ingress[0].cidrIpv4"])
        .aws_shows("cidrIp>10.1.0.0/16")
        .drift(
            |aws, id| modify(aws, id, &[("CidrIpv4", "10.2.0.0/16")]),
            &["~ ingress[0].cidrIpv4"],
        ),
        Row::new(
            "ingress_cidr_ipv6",
            "ingress[].cidrIpv6",
            "the IPv6 block of a rule changes in place",
        )
        .edit(
            from("cidrIpv6", json!("2001:db8::/56")),
            from("cidrIpv6", json!("2001:db8:1::/56")),
        )
        .updated(GROUP, &["~ ingress[0].cidrIpv6"])
        .aws_shows("cidrIpv6>2001:db8:1::/56")
        .drift(revoke, &["- ingress[0]"]),
        Row::new(
            "ingress_prefix_list",
            "ingress[].prefixListId",
            "the prefix list of a rule changes in place",
        )
        .edit(
            from("prefixListId", json!("@list1")),
            from("prefixListId", json!("@list2")),
        )
        .updated(GROUP, &["~ ingress[0].prefixListId"])
        .aws_shows("prefixListId>@list2")
        .drift(revoke, &["- ingress[0]"]),
        Row::new(
            "ingress_security_group",
            "ingress[].securityGroupId",
            "the security group of a rule changes in place",
        )
        .edit(
            from("securityGroupId", json!("${peer1}")),
            from("securityGroupId", json!("${peer2}")),
        )
        .updated(GROUP, &["~ ingress[0].securityGroupId"])
        .aws_shows("groupId>${peer2}")
        .drift(revoke, &["- ingress[0]"]),
        Row::new(
            "ingress_vpc",
            "ingress[].vpc",
            "a rule for one block is changed to the whole VPC in place",
        )
        .edit(rule(json!({})), from("vpc", json!(true)))
        .updated(GROUP, &["- ingress[0].cidrIpv4", "+ ingress[0].vpc"])
        .aws_shows("cidrIp>172.31.0.0/16")
        .drift(revoke, &["- ingress[0]"]),
        Row::new(
            "ingress_family",
            "ingress[].vpcIpAddressType",
            "a rule for the VPC's IPv4 blocks is changed to its IPv6 blocks in place",
        )
        .edit(family("ipv4"), family("ipv6"))
        .updated(GROUP, &["~ ingress[0].vpcIpAddressType"])
        .aws_shows("cidrIpv6>@block6")
        .drift(revoke, &["- ingress[0]"]),
        Row::new(
            "ingress_description",
            "ingress[].description",
            "the description of a rule changes in place",
        )
        .edit(
            rule(json!({ "description": "one" })),
            rule(json!({ "description": "two" })),
        )
        .updated(GROUP, &["~ ingress[0].description"])
        .aws_shows("description>two")
        .drift(
            |aws, id| modify(aws, id, &[("Description", "three")]),
            &["~ ingress[0].description"],
        ),
        Row::new(
            "ingress_description_removed",
            "ingress[].description",
            "the description of a rule is removed in place",
        )
        .edit(rule(json!({ "description": "one" })), rule(json!({})))
        .updated(GROUP, &["- ingress[0].description"])
        .aws_hides("description>one")
        .drift(
            |aws, id| modify(aws, id, &[("Description", "three")]),
            &["+ ingress[0].description"],
        ),
        Row::new(
            "ingress_order",
            "ingress",
            "a different order of the rules changes nothing",
        )
        .edit(
            json!({ "ingress": [tcp(80), tcp(443)] }),
            json!({ "ingress": [tcp(443), tcp(80)] }),
        )
        .no_drift("AWS has no order either"),
    ]
}

fn table(rows: Vec<Row>) -> Table {
    Table {
        token: GROUP,
        base: json!({ "vpcId": "@vpc" }),
        beside: Vec::new(),
        providers: 0,
        rows,
    }
}

fn tcp(port: u16) -> Value {
    json!({ "protocol": "tcp", "fromPort": port, "toPort": port, "cidrIpv4": "10.0.0.0/8" })
}

/// Returns a list with one rule for HTTPS and one CIDR block; `over` overrides its properties.
fn rule(over: Value) -> Value {
    let mut rule = tcp(443);
    for (name, value) in over.as_object().into_iter().flatten() {
        rule[name] = value.clone();
    }
    json!({ "ingress": [rule] })
}

/// Returns a list with one rule for HTTPS and another kind of source or destination.
fn from(property: &str, value: Value) -> Value {
    json!({ "ingress": [{ "protocol": "tcp", "fromPort": 443, "toPort": 443, property: value }] })
}

fn family(kind: &str) -> Value {
    let rule = json!({ "protocol": "tcp", "fromPort": 443, "toPort": 443, "vpc": true, "vpcIpAddressType": kind });
    json!({ "vpcId": "@vpc2", "ingress": [rule] })
}

/// Returns the id of the group's first rule, and whether it is an egress rule.
fn first_rule(aws: &Emulator, group: &str) -> (String, bool) {
    let rules = aws.ec2(
        "DescribeSecurityGroupRules",
        &format!("&Filter.1.Name=group-id&Filter.1.Value.1={group}"),
    );
    (
        element(&rules, "securityGroupRuleId"),
        element(&rules, "isEgress") == "true",
    )
}

fn revoke(aws: &Emulator, group: &str) {
    let (rule, egress) = first_rule(aws, group);
    let direction = if egress { "Egress" } else { "Ingress" };
    let parameters = format!("&GroupId={group}&SecurityGroupRuleId.1={rule}");
    aws.ec2(&format!("RevokeSecurityGroup{direction}"), &parameters);
}

/// Changes the first rule of the group. The call takes a whole rule.
fn modify(aws: &Emulator, group: &str, over: &[(&str, &str)]) {
    let (rule, _) = first_rule(aws, group);
    let whole = [
        ("IpProtocol", "tcp"),
        ("FromPort", "443"),
        ("ToPort", "443"),
        ("CidrIpv4", "10.0.0.0/8"),
    ];
    let kept = whole
        .iter()
        .filter(|(name, _)| !over.iter().any(|(other, _)| other == name));
    let mut parameters = format!("&GroupId={group}&SecurityGroupRule.1.SecurityGroupRuleId={rule}");
    for (name, value) in kept.chain(over) {
        parameters += &format!("&SecurityGroupRule.1.SecurityGroupRule.{name}={value}");
    }
    aws.ec2("ModifySecurityGroupRules", &parameters);
}

/// Sets a tag of an EC2 object.
pub(in crate::properties) fn tag(aws: &Emulator, id: &str, key: &str, value: &str) {
    aws.ec2(
        "CreateTags",
        &format!("&ResourceId.1={id}&Tag.1.Key={key}&Tag.1.Value={value}"),
    );
}
