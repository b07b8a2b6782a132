//! The outbound half: the targets, and the gateway.

use serde_json::{Value, json};

use super::{NO_ENDPOINTS, carried_over, leading, row, table, with};
use crate::properties::row::{CONFIGURATION, CONNECTION, GATEWAY, GROUP, Table};

/// Properties for the locations of the private APIs, and for the traffic to them.
pub(in crate::properties) fn targets() -> Table {
    let rows = vec![
        row(
            "apis",
            "privateApis",
            "a new entry is created, and the others stay",
        )
        .edit(
            leading(json!({})),
            entries(json!({
                "orders": { "domainName": "orders.example.com" }, "billing": { "domainName": "billing.example.com" },
            })),
        )
        .changing(CONFIGURATION, "-billing", "+", &[])
        .changing(CONNECTION, "-billing", "+", &[])
        .aws_shows_of(
            CONNECTION,
            "-billing",
            "AuthParameters.ApiKeyAuthParameters.ApiKeyName=x-private-step-functions",
        ),
        row(
            "domain",
            "privateApis.*.domainName",
            "another host replaces the configuration, and the connection moves to the new one",
        )
        .edit(leading(json!({})), entry(json!({ "domainName": "new.example.com" })))
        .changing(CONFIGURATION, "-orders", "+-", &["~ target.domainName"])
        .changing(CONNECTION, "-orders", "~", &["~ resourceConfigurationArn"])
        .aws_shows_of(
            CONFIGURATION,
            "-orders",
            "resourceConfigurationDefinition.dnsResource.domainName=new.example.com",
        ),
        row(
            "endpoint",
            "privateApis.*.vpcEndpointId",
            "another endpoint replaces the configuration, and the connection moves to the new one",
        )
        .edit(
            entry(json!({ "vpcEndpointId": "${endpoint1}" })),
            entry(json!({ "vpcEndpointId": "${endpoint2}" })),
        )
        .changing(CONFIGURATION, "-orders", "+-", &["~ target.vpcEndpointId"])
        .changing(CONNECTION, "-orders", "~", &["~ resourceConfigurationArn"])
        .aws_shows_of(CONFIGURATION, "-orders", "*dnsResource.domainName=${endpoint2}-"),
        row(
            "address",
            "privateApis.*.ipAddress",
            "another address changes configuration and group in place",
        )
        .edit(address("10.0.0.1"), address("10.0.0.2"))
        .changing(CONFIGURATION, "-orders", "~", &["~ target.ipAddress"])
        .changing(GROUP, "-gateway", "~", &["~ egress[1].cidrIpv4"])
        .aws_shows_of(GROUP, "-gateway", "cidrIp>10.0.0.2/32"),
        row(
            "given",
            "privateApis.*.resourceConfigurationArn",
            "the connection moves to another configuration of the program in place",
        )
        .edit(given("${one.arn}"), given("${two.arn}"))
        .changing(CONNECTION, "-orders", "~", &["~ resourceConfigurationArn"])
        .aws_shows_of(CONNECTION, "-orders", "*resourceconfiguration/${two}"),
        row(
            "ports",
            "privateApis.*.ports",
            "other ports change configuration and group in place",
        )
        .edit(
            entry(json!({ "ipAddress": "10.0.0.1", "urls": ["https://orders.example.com/*"] })),
            entry(json!({ "ipAddress": "10.0.0.1", "urls": ["https://orders.example.com/*"], "ports": ["8443"] })),
        )
        .changing(CONFIGURATION, "-orders", "~", &["~ ports[0]"])
        .changing(
            GROUP,
            "-gateway",
            "~",
            &[
                "~ egress[0].fromPort",
                "~ egress[0].toPort",
                "~ egress[1].fromPort",
                "~ egress[1].toPort",
            ],
        )
        .aws_shows_of(CONFIGURATION, "-orders", "portRanges.0=8443"),
        row(
            "urls",
            "privateApis.*.urls",
            "other `urls` change nothing in AWS, only the policy for the role",
        )
        .edit(
            entry(json!({ "domainName": "orders.example.com", "urls": ["https://orders.example.com/*"] })),
            entry(json!({ "domainName": "orders.example.com", "urls": ["https://orders.example.com/v1/*"] })),
        ),
        row(
            "target_blocks",
            "resourceGateway.targetCidrBlocks",
            "the CIDR blocks that the gateway may connect to change in place",
        )
        .edit(
            gateway(json!({ "targetCidrBlocks": ["10.0.0.0/8"] })),
            gateway(json!({ "targetCidrBlocks": ["10.1.0.0/16"] })),
        )
        .changing(GROUP, "-gateway", "~", &["~ egress[0].cidrIpv4"])
        .aws_shows("cidrIp>10.1.0.0/16"),
        row(
            "inbound_blocks",
            "resourceGateway.ingressCidrBlocks",
            "the CIDR blocks that may connect to the gateway change in place",
        )
        .edit(
            gateway(json!({ "ingressCidrBlocks": ["10.0.0.0/8"] })),
            gateway(json!({ "ingressCidrBlocks": ["10.1.0.0/16"] })),
        )
        .changing(GROUP, "-gateway", "~", &["~ ingress[0].cidrIpv4"])
        .aws_shows("cidrIp>10.1.0.0/16"),
        row(
            "dns_servers",
            "resourceGateway.dnsServerCidrBlocks",
            "the DNS servers that the gateway may query change in place",
        )
        .edit(
            gateway(
                json!({ "dnsResolution": "IN_VPC", "dnsServerCidrBlocks": ["10.0.0.2/32"], "targetCidrBlocks": [] }),
            ),
            gateway(
                json!({ "dnsResolution": "IN_VPC", "dnsServerCidrBlocks": ["10.0.0.3/32"], "targetCidrBlocks": [] }),
            ),
        )
        .changing(
            GROUP,
            "-gateway",
            "~",
            &["~ egress[0].cidrIpv4", "~ egress[1].cidrIpv4"],
        )
        .aws_shows("cidrIp>10.0.0.3/32"),
        row(
            "target_groups",
            "resourceGateway.targetSecurityGroupIds",
            "the security group whose members the gateway may connect to changes in place",
        )
        .edit(
            gateway(json!({ "targetSecurityGroupIds": ["${peer1}"] })),
            gateway(json!({ "targetSecurityGroupIds": ["${peer2}"] })),
        )
        .changing(GROUP, "-gateway", "~", &["~ egress[0].securityGroupId"])
        .aws_shows("groupId>${peer2}"),
    ];
    table(rows, 0)
}

/// Properties of the gateway.
pub(in crate::properties) fn gateways() -> Table {
    let carried = "and configurations and connections move to the new one";
    let rows = vec![
        row(
            "gateway",
            "resourceGateway",
            "a gateway of the program takes the place of the component's own",
        )
        .edit(leading(json!({})), gateway(json!({ "id": "${gateway1}" })))
        .changing(GATEWAY, "", "-", &[])
        .changing(GROUP, "-gateway", "-", &[])
        .changing(CONFIGURATION, "-orders", "+-", &["~ resourceGatewayId"])
        .changing(CONNECTION, "-orders", "~", &["~ resourceConfigurationArn"])
        .aws_shows_of(CONFIGURATION, "-orders", "resourceGatewayId=${gateway1}"),
        carried_over(row(
            "id",
            "resourceGateway.id",
            &format!("another gateway replaces the one of the program, {carried}"),
        ))
        .edit(
            gateway(json!({ "id": "${gateway1}" })),
            gateway(json!({ "id": "${gateway2}" })),
        )
        .aws_shows_of(CONFIGURATION, "-orders", "resourceGatewayId=${gateway2}"),
        carried_over(row(
            "subnets",
            "resourceGateway.subnetIds",
            &format!("another subnet replaces the gateway, {carried}"),
        ))
        .edit(
            gateway(json!({ "subnetIds": ["@a"] })),
            gateway(json!({ "subnetIds": ["@b"] })),
        )
        .replaced(GATEWAY, &["~ subnetIds[0]"])
        .aws_shows("subnetIds.0=@b"),
        row(
            "groups",
            "resourceGateway.securityGroupIds",
            "the gateway moves to another security group of the program in place",
        )
        .edit(
            gateway(json!({ "securityGroupIds": ["${peer1}"] })),
            gateway(json!({ "securityGroupIds": ["${peer2}"] })),
        )
        .changing(GATEWAY, "", "~", &["~ securityGroupIds[0]"])
        .aws_shows("securityGroupIds.0=${peer2}"),
        carried_over(row(
            "addresses",
            "resourceGateway.ipAddressType",
            &format!("another IP address type replaces the gateway, {carried}"),
        ))
        .edit(in_vpc2("IPV4"), in_vpc2("DUALSTACK"))
        .replaced(GATEWAY, &["~ ipAddressType"])
        .changing(GROUP, "-gateway", "~", &["- egress[0].vpcIpAddressType"])
        .aws_shows("ipAddressType=DUALSTACK"),
        carried_over(row(
            "per_interface",
            "resourceGateway.ipv4AddressesPerEni",
            &format!("more addresses per interface replace the gateway, {carried}"),
        ))
        .edit(
            gateway(json!({ "ipv4AddressesPerEni": 1 })),
            gateway(json!({ "ipv4AddressesPerEni": 2 })),
        )
        .replaced(GATEWAY, &["~ ipv4AddressesPerEni"])
        .aws_shows("ipv4AddressesPerEni=2"),
        carried_over(row(
            "resolution",
            "resourceGateway.dnsResolution",
            &format!("another DNS resolution replaces the gateway, {carried}"),
        ))
        .edit(
            gateway(json!({ "dnsResolution": "PUBLIC" })),
            gateway(json!({ "dnsResolution": "IN_VPC" })),
        )
        .replaced(GATEWAY, &["~ dnsResolution"])
        .changing(GROUP, "-gateway", "~", &["+ egress[5]", "+ egress[6]"])
        .aws_shows("resourceConfigDnsResolution=IN_VPC"),
    ];
    table(rows, 0)
}

fn entries(entries: Value) -> Value {
    json!({ "endpoints": NO_ENDPOINTS(), "privateApis": entries })
}

fn entry(orders: Value) -> Value {
    entries(json!({ "orders": orders }))
}

fn address(address: &str) -> Value {
    entry(json!({ "ipAddress": address, "urls": ["https://orders.example.com/*"] }))
}

fn given(arn: &str) -> Value {
    entry(json!({ "resourceConfigurationArn": arn, "urls": ["https://orders.example.com/*"] }))
}

fn gateway(options: Value) -> Value {
    leading(json!({ "resourceGateway": options }))
}

fn in_vpc2(kind: &str) -> Value {
    with(
        gateway(json!({ "ipAddressType": kind })),
        json!({ "vpcId": "@vpc2", "subnetIds": ["@a2"] }),
    )
}
