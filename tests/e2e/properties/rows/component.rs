//! Rows for `PrivateStepFunctions`: how each property affects the component's resources.

pub(in crate::properties) mod inbound;
pub(in crate::properties) mod names;
pub(in crate::properties) mod outbound;
pub(in crate::properties) mod private_api;

use serde_json::{Value, json};

use crate::properties::row::{COMPONENT, CONFIGURATION, CONNECTION, ENDPOINT, GATEWAY, GROUP, Row, Table};

/// The reason for not testing drift of a component's property.
const INSIDE: &str = "the resources inside have rows for that of their own";

/// Returns a table of components, with the resources that the rows refer to.
fn table(rows: Vec<Row>, providers: usize) -> Table {
    let group = || json!({ "vpcId": "@vpc" });
    let gateway = || json!({ "vpcId": "@vpc", "subnetIds": ["@a"] });
    let configuration = |name: &str| {
        let target = json!({ "domainName": format!("{name}.example.com") });
        json!({ "resourceGatewayId": "${gateway1}", "ports": ["443"], "target": target })
    };
    let endpoint =
        || json!({ "vpcId": "@vpc", "service": "execute-api", "subnetIds": ["@a"], "privateDnsEnabled": false });
    let all = [
        (GROUP, "peer1", group()),
        (GROUP, "peer2", group()),
        (GATEWAY, "gateway1", gateway()),
        (GATEWAY, "gateway2", gateway()),
        (CONFIGURATION, "one", configuration("one")),
        (CONFIGURATION, "two", configuration("two")),
        (ENDPOINT, "endpoint1", endpoint()),
        (ENDPOINT, "endpoint2", endpoint()),
    ];
    let text: String = rows.iter().map(|row| format!("{}{}", row.from, row.to)).collect();
    let is_used = |name: &str| text.contains(&format!("${{{name}"));
    let mut beside: Vec<_> = all.into_iter().filter(|(_, name, _)| is_used(name)).collect();
    if is_used("one") {
        beside.push((GATEWAY, "gateway1", gateway()));
    }
    Table {
        token: COMPONENT,
        base: json!({ "vpcId": "@vpc", "subnetIds": ["@a"] }),
        beside,
        providers,
        rows,
    }
}

/// Returns a row of a component, without a test of drift.
fn row(name: &str, property: &str, promise: &str) -> Row {
    Row::new(name, property, promise).no_drift(INSIDE)
}

/// Adds properties to an object.
fn with(mut object: Value, over: Value) -> Value {
    for (name, value) in over.as_object().into_iter().flatten() {
        object[name] = value.clone();
    }
    object
}

/// Returns the same row for the connection that a component creates for the entry `orders`.
fn inside(row: Row) -> Row {
    let entry = |inputs: &Value| {
        let entry = json!({
            "resourceConfigurationArn": "${one.arn}", "urls": ["https://orders.example.com/*"],
            "auth": super::connection::api_key("x-api-key", "one"),
        });
        let entry = with(entry, inputs.clone());
        json!({ "endpoints": { "states": false, "syncStates": false }, "privateApis": { "orders": entry } })
    };
    let (from, to) = (entry(&row.from), entry(&row.to));
    let property = format!("privateApis.*.{}", row.property);
    Row {
        property,
        ..row.edit(from, to)
    }
    .moved("-orders")
}

const NO_ENDPOINTS: fn() -> Value = || json!({ "states": false, "syncStates": false });

/// Returns a component without endpoints and with one entry, for `orders.example.com`.
fn leading(over: Value) -> Value {
    let orders = json!({ "domainName": "orders.example.com" });
    with(
        json!({ "endpoints": NO_ENDPOINTS(), "privateApis": { "orders": orders } }),
        over,
    )
}

/// Expects a new configuration behind the new gateway, and that the connection moves to it.
fn carried_over(row: Row) -> Row {
    row.changing(CONFIGURATION, "-orders", "+-", &["~ resourceGatewayId"])
        .changing(CONNECTION, "-orders", "~", &["~ resourceConfigurationArn"])
}
