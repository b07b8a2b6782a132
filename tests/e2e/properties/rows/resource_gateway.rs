//! Rows for `ResourceGateway`.

use serde_json::{Value, json};

use crate::emulator::Emulator;
use crate::properties::live::tags_path;
use crate::properties::row::{CONFIGURATION, CONNECTION, FIXED, GATEWAY, GROUP, Row, Table};

/// Rows for every property.
pub(in crate::properties) fn table() -> Table {
    let rows = vec![
        carried("vpc", "vpcId", "another VPC replaces the gateway")
            .edit(json!({}), json!({ "vpcId": "@vpc2", "subnetIds": ["@a2"] }))
            .replaced(GATEWAY, &["~ subnetIds[0]", "~ vpcId"])
            .aws_shows("vpcId=@vpc2")
            .no_drift(FIXED),
        carried("subnets", "subnetIds", "a second subnet replaces the gateway")
            .edit(json!({}), json!({ "subnetIds": ["@a", "@b"] }))
            .replaced(GATEWAY, &["+ subnetIds[1]"])
            .aws_shows("subnetIds.1=@b")
            .no_drift(FIXED),
        Row::new(
            "groups",
            "securityGroupIds",
            "the gateway moves to another security group in place",
        )
        .edit(groups("${peer1}"), groups("${peer2}"))
        .updated(GATEWAY, &["~ securityGroupIds[0]"])
        .aws_shows("securityGroupIds.0=${peer2}")
        .drift(into_default_group, &["~ securityGroupIds[0]"]),
        Row::new(
            "groups_removed",
            "securityGroupIds",
            "without `securityGroupIds` in the program, the groups stay as they are",
        )
        .edit(groups("${peer1}"), json!({}))
        .no_drift("AWS decides, so nothing it does is a difference"),
        carried("name", "name", "another name replaces the gateway")
            .edit(json!({ "name": "gateway-one" }), json!({ "name": "gateway-two" }))
            .replaced(GATEWAY, &["~ name"])
            .aws_shows("name=gateway-two")
            .no_drift(FIXED),
        carried(
            "addresses",
            "ipAddressType",
            "another IP address type replaces the gateway",
        )
        .edit(addresses("IPV4"), addresses("DUALSTACK"))
        .replaced(GATEWAY, &["~ ipAddressType"])
        .aws_shows("ipAddressType=DUALSTACK")
        .no_drift(FIXED),
        carried(
            "per_interface",
            "ipv4AddressesPerEni",
            "more addresses per interface replace the gateway",
        )
        .edit(json!({ "ipv4AddressesPerEni": 1 }), json!({ "ipv4AddressesPerEni": 2 }))
        .replaced(GATEWAY, &["~ ipv4AddressesPerEni"])
        .aws_shows("ipv4AddressesPerEni=2")
        .no_drift(FIXED),
        Row::new(
            "per_interface_removed",
            "ipv4AddressesPerEni",
            "without `ipv4AddressesPerEni` in the program, the number of addresses stays as it is",
        )
        .edit(json!({ "ipv4AddressesPerEni": 1 }), json!({}))
        .no_drift(FIXED),
        Row::new(
            "per_interface_chosen",
            "ipv4AddressesPerEni",
            "setting the number of addresses that AWS chose changes nothing",
        )
        .edit(json!({}), json!({ "ipv4AddressesPerEni": 16 }))
        .no_drift(FIXED),
        carried(
            "resolution",
            "dnsResolution",
            "another DNS resolution replaces the gateway",
        )
        .edit(
            json!({ "dnsResolution": "PUBLIC" }),
            json!({ "dnsResolution": "IN_VPC" }),
        )
        .replaced(GATEWAY, &["~ dnsResolution"])
        .aws_shows("resourceConfigDnsResolution=IN_VPC")
        .drift_mended_by(
            "+-",
            |aws, id| change(aws, id, &json!({ "resourceConfigDnsResolution": "PUBLIC" })),
            &["~ dnsResolution"],
        ),
        Row::new("tags", "tags", "a tag changes in place")
            .edit(
                json!({ "tags": { "stage": "one" } }),
                json!({ "tags": { "stage": "two" } }),
            )
            .updated(GATEWAY, &["~ tags.stage"])
            .aws_shows("tags.stage=two")
            .drift(
                |aws, id| tag(aws, &format!("/resourcegateways/{id}")),
                &["~ tags.stage"],
            ),
    ];
    let peer = || json!({ "vpcId": "@vpc" });
    Table {
        token: GATEWAY,
        base: json!({ "vpcId": "@vpc", "subnetIds": ["@a"] }),
        beside: vec![(GROUP, "peer1", peer()), (GROUP, "peer2", peer())],
        providers: 0,
        rows,
    }
}

/// Returns a row of a gateway with a configuration and a connection, and expects both to move to the new gateway.
fn carried(name: &str, property: &str, promise: &str) -> Row {
    let configuration =
        json!({ "resourceGatewayId": "${row}", "ports": ["443"], "target": { "domainName": "orders.example.com" } });
    Row::new(
        name,
        property,
        &format!("{promise}, and its configurations and connections move to the new one"),
    )
    .used_by(CONFIGURATION, "-target", configuration, "+-", &["~ resourceGatewayId"])
    .used_by(
        CONNECTION,
        "-connection",
        json!({ "resourceConfigurationArn": "${row-target.arn}" }),
        "~",
        &["~ resourceConfigurationArn"],
    )
}

fn groups(group: &str) -> Value {
    json!({ "securityGroupIds": [group] })
}

fn addresses(kind: &str) -> Value {
    json!({ "vpcId": "@vpc2", "subnetIds": ["@a2"], "ipAddressType": kind })
}

fn change(aws: &Emulator, id: &str, body: &Value) {
    aws.lattice("PATCH", &format!("/resourcegateways/{id}"), body);
}

fn into_default_group(aws: &Emulator, id: &str) {
    change(aws, id, &json!({ "securityGroupIds": [aws.default_group()] }));
}

/// Sets another value of the tag `stage`.
pub(in crate::properties) fn tag(aws: &Emulator, path: &str) {
    aws.lattice("POST", &tags_path(aws, path), &json!({ "tags": { "stage": "other" } }));
}
