//! Rows for `ResourceConfiguration`.

use serde_json::{Value, json};

use super::resource_gateway::tag;
use crate::emulator::Emulator;
use crate::properties::row::{CONFIGURATION, CONNECTION, ENDPOINT, FIXED, GATEWAY, Row, Table};

/// Rows for every property.
pub(in crate::properties) fn table() -> Table {
    let rows = vec![
        used(
            "gateway",
            "resourceGatewayId",
            "another gateway replaces the configuration",
        )
        .edit(json!({}), json!({ "resourceGatewayId": "${other}" }))
        .replaced(CONFIGURATION, &["~ resourceGatewayId"])
        .aws_shows("resourceGatewayId=${other}")
        .no_drift(FIXED),
        used("name", "name", "another name replaces the configuration")
            .edit(json!({ "name": "orders-one" }), json!({ "name": "orders-two" }))
            .replaced(CONFIGURATION, &["~ name"])
            .aws_shows("name=orders-two")
            .no_drift(FIXED),
        Row::new("ports", "ports", "a port range is added in place")
            .edit(json!({}), json!({ "ports": ["443", "8443-8450"] }))
            .updated(CONFIGURATION, &["+ ports[1]"])
            .aws_shows("portRanges.1=8443-8450")
            .drift(
                |aws, id| change(aws, id, &json!({ "portRanges": ["443"] })),
                &["- ports[1]"],
            ),
        used("domain", "target.domainName", "another host replaces the configuration")
            .edit(json!({}), target("domainName", "billing.example.com"))
            .replaced(CONFIGURATION, &["~ target.domainName"])
            .aws_shows("resourceConfigurationDefinition.dnsResource.domainName=billing.example.com")
            .no_drift(FIXED),
        used(
            "endpoint",
            "target.vpcEndpointId",
            "another endpoint replaces the configuration",
        )
        .edit(
            target("vpcEndpointId", "${endpoint1}"),
            target("vpcEndpointId", "${endpoint2}"),
        )
        .replaced(CONFIGURATION, &["~ target.vpcEndpointId"])
        .aws_shows_part("dnsResource.domainName=${endpoint2}-")
        .no_drift(FIXED),
        Row::new("address", "target.ipAddress", "the IP address changes in place")
            .edit(target("ipAddress", "10.0.0.1"), target("ipAddress", "10.0.0.2"))
            .updated(CONFIGURATION, &["~ target.ipAddress"])
            .aws_shows("resourceConfigurationDefinition.ipResource.ipAddress=10.0.0.2")
            .drift(other_address, &["~ target.ipAddress"]),
        used(
            "kind_of_target",
            "target",
            "an IP address instead of a domain name replaces the configuration",
        )
        .edit(json!({}), target("ipAddress", "10.0.0.1"))
        .replaced(CONFIGURATION, &["- target.domainName", "+ target.ipAddress"])
        .aws_shows("resourceConfigurationDefinition.ipResource.ipAddress=10.0.0.1")
        .drift_mended_by("~", other_address, &["~ target.ipAddress"]),
        used(
            "addresses",
            "target.ipAddressType",
            "another IP address type replaces the configuration",
        )
        .edit(addresses("IPV4"), addresses("IPV6"))
        .replaced(CONFIGURATION, &["~ target.ipAddressType"])
        .aws_shows("resourceConfigurationDefinition.dnsResource.ipAddressType=IPV6")
        .no_drift(FIXED),
        Row::new(
            "allowAssociationToShareableServiceNetwork",
            "allowAssociationToShareableServiceNetwork",
            "association with shareable service networks is turned off in place",
        )
        .edit(
            json!({ "allowAssociationToShareableServiceNetwork": true }),
            json!({ "allowAssociationToShareableServiceNetwork": false }),
        )
        .updated(CONFIGURATION, &["~ allowAssociationToShareableServiceNetwork"])
        .aws_shows("allowAssociationToShareableServiceNetwork=false")
        .drift(
            |aws, id| change(aws, id, &json!({ "allowAssociationToShareableServiceNetwork": true })),
            &["~ allowAssociationToShareableServiceNetwork"],
        ),
        Row::new("tags", "tags", "a tag changes in place")
            .edit(
                json!({ "tags": { "stage": "one" } }),
                json!({ "tags": { "stage": "two" } }),
            )
            .updated(CONFIGURATION, &["~ tags.stage"])
            .aws_shows("tags.stage=two")
            .drift(
                |aws, id| tag(aws, &format!("/resourceconfigurations/{id}")),
                &["~ tags.stage"],
            ),
    ];
    let gateway =
        |vpc: &str, subnet: &str, kind: &str| json!({ "vpcId": vpc, "subnetIds": [subnet], "ipAddressType": kind });
    let endpoint =
        || json!({ "vpcId": "@vpc", "service": "execute-api", "subnetIds": ["@a"], "privateDnsEnabled": false });
    Table {
        token: CONFIGURATION,
        base: json!({
            "resourceGatewayId": "${first}", "ports": ["443"], "target": { "domainName": "orders.example.com" },
        }),
        beside: vec![
            (GATEWAY, "first", gateway("@vpc", "@a", "IPV4")),
            (GATEWAY, "other", gateway("@vpc", "@b", "IPV4")),
            (GATEWAY, "both_families", gateway("@vpc2", "@a2", "DUALSTACK")),
            (ENDPOINT, "endpoint1", endpoint()),
            (ENDPOINT, "endpoint2", endpoint()),
        ],
        providers: 0,
        rows,
    }
}

/// Returns a row of a configuration with a connection, and expects the connection to move to the new configuration in place.
fn used(name: &str, property: &str, promise: &str) -> Row {
    Row::new(
        name,
        property,
        &format!("{promise}, and its connections move to the new one in place"),
    )
    .used_by(
        CONNECTION,
        "-connection",
        json!({ "resourceConfigurationArn": "${row.arn}" }),
        "~",
        &["~ resourceConfigurationArn"],
    )
}

fn target(kind: &str, value: &str) -> Value {
    json!({ "target": { kind: value } })
}

fn addresses(kind: &str) -> Value {
    let target = json!({ "domainName": "orders.example.com", "ipAddressType": kind });
    json!({ "resourceGatewayId": "${both_families}", "target": target })
}

fn change(aws: &Emulator, id: &str, body: &Value) {
    aws.lattice("PATCH", &format!("/resourceconfigurations/{id}"), body);
}

fn other_address(aws: &Emulator, id: &str) {
    let definition = json!({ "ipResource": { "ipAddress": "10.0.0.3" } });
    change(aws, id, &json!({ "resourceConfigurationDefinition": definition }));
}
