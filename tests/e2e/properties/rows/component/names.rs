//! Names in AWS, for those who turn autonaming off.

use serde_json::{Value, json};

use super::{carried_over, leading, row, table};
use crate::properties::row::{CONFIGURATION, CONNECTION, GATEWAY, GROUP, Table};

/// The names.
pub(in crate::properties) fn names() -> Table {
    let rows = vec![
        row("names", "names", "a connection that gets a name is a new one")
            .edit(
                leading(json!({})),
                named(json!({ "connections": { "orders": "given" } })),
            )
            .changing(CONNECTION, "-orders", "+-", &["~ name"])
            .aws_shows("Name=given"),
        row(
            "connection",
            "names.connections",
            "a connection with another name is a new one",
        )
        .edit(
            named(json!({ "connections": { "orders": "orders-one" } })),
            named(json!({ "connections": { "orders": "orders-two" } })),
        )
        .changing(CONNECTION, "-orders", "+-", &["~ name"])
        .aws_shows("Name=orders-two"),
        row(
            "configuration",
            "names.resourceConfigurations",
            "a configuration with another name is a new one, to which the connection moves",
        )
        .edit(
            named(json!({ "resourceConfigurations": { "orders": "orders-one" } })),
            named(json!({ "resourceConfigurations": { "orders": "orders-two" } })),
        )
        .changing(CONFIGURATION, "-orders", "+-", &["~ name"])
        .changing(CONNECTION, "-orders", "~", &["~ resourceConfigurationArn"])
        .aws_shows("name=orders-two"),
        carried_over(row(
            "gateway",
            "names.resourceGateway",
            "a gateway with another name is a new one, which carries everything over",
        ))
        .edit(
            named(json!({ "resourceGateway": "gateway-one" })),
            named(json!({ "resourceGateway": "gateway-two" })),
        )
        .replaced(GATEWAY, &["~ name"])
        .aws_shows("name=gateway-two"),
        row(
            "group",
            "names.gatewaySecurityGroup",
            "a group with another name is a new one, to which the gateway moves",
        )
        .edit(
            named(json!({ "gatewaySecurityGroup": "gateway-one" })),
            named(json!({ "gatewaySecurityGroup": "gateway-two" })),
        )
        .changing(GROUP, "-gateway", "+-", &["~ name"])
        .changing(GATEWAY, "", "~", &["~ securityGroupIds[0]"])
        .aws_shows_of(GROUP, "-gateway", "groupName>gateway-two"),
        row(
            "shared",
            "names.executeApiResourceConfiguration",
            "the configuration that entries share is a new one with another name, and all of them move to it",
        )
        .edit(shared("shared-one"), shared("shared-two"))
        .changing(CONFIGURATION, "-execute-api", "+-", &["~ name"])
        .changing(CONNECTION, "-orders", "~", &["~ resourceConfigurationArn"])
        .changing(CONNECTION, "-billing", "~", &["~ resourceConfigurationArn"])
        .aws_shows("name=shared-two"),
    ];
    table(rows, 0)
}

fn named(names: Value) -> Value {
    leading(json!({ "names": names }))
}

/// Two entries behind the component's own endpoint.
fn shared(name: &str) -> Value {
    json!({
        "endpoints": { "standard": false, "synchronous": false, "executeApi": true },
        "privateApis": { "orders": {}, "billing": {} },
        "names": { "executeApiResourceConfiguration": name },
    })
}
