//! Rows for `InterfaceEndpoint`.

use serde_json::{Value, json};

use super::security_group::tag;
use crate::emulator::Emulator;
use crate::properties::places::element;
use crate::properties::row::{CONFIGURATION, CONNECTION, ENDPOINT, FIXED, GATEWAY, GROUP, Row, Table};

/// Rows for every property.
pub(in crate::properties) fn table() -> Table {
    let target =
        json!({ "resourceGatewayId": "${gateway}", "ports": ["443"], "target": { "vpcEndpointId": "${row}" } });
    let named = json!({ "description": "${row}", "auth": { "apiKey": { "name": "x-api-key", "value": "one" } } });
    let rows = vec![
        Row::new("vpc", "vpcId", "another VPC replaces the endpoint, and the configuration that leads to it follows")
            .edit(
                json!({ "service": "execute-api" }),
                json!({ "service": "execute-api", "vpcId": "@vpc2", "subnetIds": ["@a2"] }),
            )
            .replaced(ENDPOINT, &["~ subnetIds[0]", "~ vpcId"])
            .used_by(CONFIGURATION, "-user", target, "+-", &["~ target.vpcEndpointId"])
            .aws_shows("vpcId>@vpc2")
            .no_drift(FIXED),
        Row::new("service", "service", "another service replaces the endpoint, and resources that use its id are updated")
            .edit(json!({}), json!({ "service": "sync-states" }))
            .replaced(ENDPOINT, &["~ service"])
            .used_by(CONNECTION, "-user", named, "~", &["~ description"])
            .aws_shows("serviceName>com.amazonaws.eu-west-1.sync-states")
            .no_drift(FIXED),
        Row::new("service_in_full", "service", "the short and the full name of a service mean the same")
            .edit(json!({}), json!({ "service": "com.amazonaws.eu-west-1.states" }))
            .no_drift(FIXED),
        Row::new("subnets", "subnetIds", "a subnet is added in place")
            .edit(json!({}), json!({ "subnetIds": ["@a", "@b"] }))
            .updated(ENDPOINT, &["+ subnetIds[1]"])
            .aws_shows("item>@b")
            .drift(leave_subnet, &["- subnetIds[1]"]),
        // Fixed addresses end in 100 or more: `live::look` ignores the others, which AWS chooses.
        Row::new("fixed", "subnetConfigurations", "a fixed address changes in place")
            .edit(fixed("10.99.1.110"), fixed("10.99.1.111"))
            .updated(ENDPOINT, &["~ subnetConfigurations[0].ipv4"])
            .aws_shows("address>10.99.1.111")
            .drift(other_address, &["~ subnetConfigurations[0].ipv4"]),
        Row::new("fixed_subnet", "subnetConfigurations[].subnetId", "a fixed address comes with a new subnet")
            .edit(in_vpc2(json!({ "subnetIds": ["@a2"] })), both("10.99.1.120", "10.99.2.120"))
            .updated(ENDPOINT, &["+ subnetConfigurations", "+ subnetIds[1]"])
            .aws_shows("item>@b2")
            .no_drift("the row above"),
        Row::new("fixed_ipv4", "subnetConfigurations[].ipv4", "without `subnetConfigurations` in the program, the addresses stay")
            .edit(fixed("10.99.1.130"), in_vpc2(json!({})))
            .no_drift("AWS decides, so nothing it does is a difference"),
        Row::new("fixed_ipv6", "subnetConfigurations[].ipv6", "a fixed IPv6 address in another spelling is the same address")
            .edit(fixed_ipv6("::40"), fixed_ipv6("::0:40"))
            .no_drift("it is the address above"),
        Row::new("groups", "securityGroupIds", "the endpoint moves to another security group in place")
            .edit(groups("${peer1}"), groups("${peer2}"))
            .updated(ENDPOINT, &["~ securityGroupIds[0]"])
            .aws_shows("groupId>${peer2}")
            .drift(into_default_group, &["~ securityGroupIds[0]"]),
        Row::new("groups_removed", "securityGroupIds", "without `securityGroupIds` in the program, the groups stay as they are")
            .edit(groups("${peer1}"), json!({}))
            .no_drift("AWS decides, so nothing it does is a difference"),
        Row::new("policy", "policy", "a policy changes in place, and the CLI shows the statement that changes")
            .edit(policy("states:*"), policy("states:StartExecution"))
            .updated(ENDPOINT, &["~ policy.Statement[0].Action"])
            .aws_shows_part("states:StartExecution")
            .drift(other_policy, &["~ policy.Statement[0].Action"]),
        Row::new("policy_removed", "policy", "removing the policy allows full access")
            .edit(policy("states:*"), json!({}))
            .updated(ENDPOINT, &["- policy"])
            .aws_shows_part(r#""Action":"*""#)
            .drift(other_policy, &["+ policy"]),
        Row::new("policy_as_text", "policy", "a policy means the same as text and as an object, in any order")
            .edit(
                policy("states:*"),
                json!({ "policy": r#"{"Statement":{"Resource":["*"],"Principal":{"AWS":"*"},"Action":["States:*"],"Effect":"Allow"},"Version":"2012-10-17"}"# }),
            )
            .no_drift("it is the policy above"),
        Row::new("private_dns", "privateDnsEnabled", "private DNS is turned on in place")
            .edit(json!({ "service": "execute-api" }), json!({ "service": "execute-api", "privateDnsEnabled": true }))
            .updated(ENDPOINT, &["~ privateDnsEnabled"])
            .aws_shows("privateDnsEnabled>true")
            .drift(|aws, id| change(aws, id, "PrivateDnsEnabled=false"), &["~ privateDnsEnabled"]),
        Row::new("private_dns_removed", "privateDnsEnabled", "without `privateDnsEnabled` in the program, private DNS is on")
            .edit(json!({ "service": "sync-states" }), json!({ "service": "sync-states", "privateDnsEnabled": null }))
            .updated(ENDPOINT, &["~ privateDnsEnabled"])
            .aws_shows("privateDnsEnabled>true")
            .drift(|aws, id| change(aws, id, "PrivateDnsEnabled=false"), &["~ privateDnsEnabled"]),
        Row::new("addresses", "ipAddressType", "the IP address type changes in place")
            .edit(in_vpc2(json!({ "ipAddressType": "ipv4" })), in_vpc2(json!({ "ipAddressType": "dualstack" })))
            .updated(ENDPOINT, &["~ ipAddressType"])
            .aws_shows("ipAddressType>dualstack")
            .drift(|aws, id| change(aws, id, "IpAddressType=ipv4"), &["~ ipAddressType"]),
        Row::new("records", "dnsRecordIpType", "the type of the DNS records changes in place")
            .edit(records("ipv4"), records("dualstack"))
            .updated(ENDPOINT, &["~ dnsRecordIpType"])
            .aws_shows("dnsRecordIpType>dualstack")
            .drift(|aws, id| change(aws, id, "DnsOptions.DnsRecordIpType=ipv6"), &["~ dnsRecordIpType"]),
        Row::new("records_removed", "dnsRecordIpType", "without `dnsRecordIpType` in the program, the records stay as they are")
            .edit(records("ipv4"), in_vpc2(json!({ "ipAddressType": "dualstack" })))
            .no_drift("AWS decides, so nothing it does is a difference"),
        Row::new("tags", "tags", "a tag changes in place")
            .edit(json!({ "tags": { "stage": "one" } }), json!({ "tags": { "stage": "two" } }))
            .updated(ENDPOINT, &["~ tags.stage"])
            .aws_shows("value>two")
            .drift(|aws, id| tag(aws, id, "stage", "other"), &["~ tags.stage"]),
    ];
    let peer = || json!({ "vpcId": "@vpc" });
    Table {
        token: ENDPOINT,
        base: json!({ "vpcId": "@vpc", "service": "states", "subnetIds": ["@a"], "privateDnsEnabled": false }),
        beside: vec![
            (GROUP, "peer1", peer()),
            (GROUP, "peer2", peer()),
            (GATEWAY, "gateway", json!({ "vpcId": "@vpc", "subnetIds": ["@a"] })),
        ],
        providers: rows.len().div_ceil(2),
        rows,
    }
}

fn groups(group: &str) -> Value {
    json!({ "securityGroupIds": [group] })
}

/// Returns a policy that allows this action.
pub(in crate::properties) fn document(action: &str) -> Value {
    let statement = json!({ "Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*" });
    json!({ "Version": "2012-10-17", "Statement": [statement] })
}

fn policy(action: &str) -> Value {
    json!({ "policy": document(action) })
}

fn in_vpc2(over: Value) -> Value {
    let mut inputs = json!({ "vpcId": "@vpc2", "subnetIds": ["@a2"] });
    for (name, value) in over.as_object().into_iter().flatten() {
        inputs[name] = value.clone();
    }
    inputs
}

fn fixed(address: &str) -> Value {
    in_vpc2(json!({ "subnetConfigurations": [{ "subnetId": "@a2", "ipv4": address }] }))
}

fn both(first: &str, second: &str) -> Value {
    let entries = json!([{ "subnetId": "@a2", "ipv4": first }, { "subnetId": "@b2", "ipv4": second }]);
    in_vpc2(json!({ "subnetIds": ["@a2", "@b2"], "subnetConfigurations": entries }))
}

/// Returns an endpoint with an IPv6 address that ends as given.
fn fixed_ipv6(end: &str) -> Value {
    let entry = json!({ "subnetId": "@a2", "ipv4": "10.99.1.140", "ipv6": format!("@net6{end}") });
    in_vpc2(json!({ "ipAddressType": "dualstack", "subnetConfigurations": [entry] }))
}

fn records(kind: &str) -> Value {
    in_vpc2(json!({ "ipAddressType": "dualstack", "dnsRecordIpType": kind }))
}

/// Gives the network interface another address.
fn other_address(aws: &Emulator, id: &str) {
    let shown = aws.ec2("DescribeVpcEndpoints", &format!("&VpcEndpointId.1={id}"));
    let subnet = element(&shown[shown.find("subnetIdSet").unwrap()..], "item");
    change(
        aws,
        id,
        &format!("SubnetConfiguration.1.SubnetId={subnet}&SubnetConfiguration.1.Ipv4=10.99.1.199"),
    );
}

/// Calls ModifyVpcEndpoint.
pub(in crate::properties) fn change(aws: &Emulator, id: &str, parameters: &str) {
    aws.ec2("ModifyVpcEndpoint", &format!("&VpcEndpointId={id}&{parameters}"));
}

/// Replaces the policy of the endpoint by one that allows another action.
pub(in crate::properties) fn other_policy(aws: &Emulator, id: &str) {
    let text = document("states:ListStateMachines").to_string();
    let text: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    change(aws, id, &format!("PolicyDocument={text}"));
}

fn leave_subnet(aws: &Emulator, id: &str) {
    let (_, subnets) = aws.default_vpc();
    change(aws, id, &format!("RemoveSubnetId.1={}", subnets[1]));
}

fn into_default_group(aws: &Emulator, id: &str) {
    let endpoint = aws.ec2("DescribeVpcEndpoints", &format!("&VpcEndpointId.1={id}"));
    let (old, new) = (element(&endpoint, "groupId"), aws.default_group());
    change(
        aws,
        id,
        &format!("AddSecurityGroupId.1={new}&RemoveSecurityGroupId.1={old}"),
    );
}
