//! Names in AWS, for programs that turn autonaming off.

use serde_json::{Value, json};

use super::{carried_over, leading, row, table};
use crate::properties::row::{CONFIGURATION, CONNECTION, GATEWAY, GROUP, Table};

/// Rows for `names`, except for the group of the endpoints.
pub(in crate::properties) fn names() -> Table {
    let rows = vec![
        row("names", "names", "setting its name replaces a connection")
            .edit(
                leading(json!({})),
                named(json!({ "connections": { "orders": "given" } })),
            )
            .changing(CONNECTION, "-orders", "+-", &["~ name"])
            .aws_shows("Name=given"),
        row(
            "connection",
            "names.connections",
            "another name replaces the connection",
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
            "another name replaces the configuration, and the connection moves to the new one",
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
            "another name replaces the gateway, and configurations and connections move to the new one",
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
            "another name replaces the group, and the gateway moves to the new one",
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
            "another name replaces the configuration that entries share, and all their connections move to the new one",
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

/// Returns a component with two entries that use its own endpoint.
fn shared(name: &str) -> Value {
    json!({
        "endpoints": { "states": false, "syncStates": false, "executeApi": true },
        "privateApis": { "orders": {}, "billing": {} },
        "names": { "executeApiResourceConfiguration": name },
    })
}
