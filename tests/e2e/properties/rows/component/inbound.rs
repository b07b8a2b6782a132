//! The inbound half.

use serde_json::{Value, json};

use super::{row, table, with};
use crate::properties::row::{ENDPOINT, GROUP, Row, Table};
use crate::properties::rows::interface_endpoint::{change, document, other_policy};

/// Properties that select the endpoints, and that place them in subnets and VPC.
pub(in crate::properties) fn endpoints() -> Table {
    let mut rows = vec![
        row("endpoints", "endpoints", "one endpoint is created and another deleted")
            .edit(states(json!({})), sync_states(json!({})))
            .changing(ENDPOINT, "-states", "-", &[])
            .changing(ENDPOINT, "-sync-states", "+", &[])
            .aws_shows_of(
                ENDPOINT,
                "-sync-states",
                "serviceName>com.amazonaws.eu-west-1.sync-states",
            ),
        row(
            "states",
            "endpoints.states",
            "an endpoint that is turned off is deleted",
        )
        .edit(states(json!({ "syncStates": true })), sync_states(json!({})))
        .changing(ENDPOINT, "-states", "-", &[])
        .aws_hides_of(ENDPOINT, "-states", "serviceName>com.amazonaws.eu-west-1.states"),
        row(
            "syncStates",
            "endpoints.syncStates",
            "an endpoint that is turned on is created",
        )
        .edit(states(json!({})), states(json!({ "syncStates": true })))
        .changing(ENDPOINT, "-sync-states", "+", &[])
        .aws_shows_of(
            ENDPOINT,
            "-sync-states",
            "serviceName>com.amazonaws.eu-west-1.sync-states",
        ),
        row(
            "execute_api",
            "endpoints.executeApi",
            "the endpoint for private APIs is created without private DNS",
        )
        .edit(states(json!({})), states(json!({ "executeApi": true })))
        .changing(ENDPOINT, "-execute-api", "+", &[])
        .aws_shows_of(ENDPOINT, "-execute-api", "privateDnsEnabled>false"),
        row(
            "private_dns",
            "endpoints.privateDnsEnabled",
            "private DNS is turned on in place",
        )
        .edit(states(json!({})), states(json!({ "privateDnsEnabled": true })))
        .changing(ENDPOINT, "-states", "~", &["~ privateDnsEnabled"])
        .aws_shows("privateDnsEnabled>true")
        .drift(
            |aws, id| change(aws, id, "PrivateDnsEnabled=false"),
            &["~ privateDnsEnabled"],
        ),
        row(
            "addresses",
            "endpoints.ipAddressType",
            "the endpoints' IP address type changes in place",
        )
        .edit(
            in_vpc2(json!({ "ipAddressType": "ipv4" })),
            in_vpc2(json!({ "ipAddressType": "dualstack" })),
        )
        .changing(ENDPOINT, "-states", "~", &["~ ipAddressType"])
        .aws_shows("ipAddressType>dualstack"),
        row(
            "records",
            "endpoints.dnsRecordIpType",
            "the type of the endpoints' DNS records changes in place",
        )
        .edit(records("ipv4"), records("dualstack"))
        .changing(ENDPOINT, "-states", "~", &["~ dnsRecordIpType"])
        .aws_shows("dnsRecordIpType>dualstack"),
        row(
            "own_subnets",
            "endpoints.subnetIds",
            "the endpoints move to another subnet in place",
        )
        .edit(
            states(json!({ "subnetIds": ["@a"] })),
            states(json!({ "subnetIds": ["@b"] })),
        )
        .changing(ENDPOINT, "-states", "~", &["~ subnetIds[0]"])
        .aws_shows("item>@b"),
    ];
    rows.extend(places());
    let providers = rows.len();
    table(rows, providers)
}

/// Properties that control access through the endpoints, and tags.
pub(in crate::properties) fn access() -> Table {
    let rows = vec![
        row(
            "given_groups",
            "endpoints.securityGroupIds",
            "the endpoints move to another security group of the program in place",
        )
        .edit(
            states(json!({ "securityGroupIds": ["${peer1}"] })),
            states(json!({ "securityGroupIds": ["${peer2}"] })),
        )
        .changing(ENDPOINT, "-states", "~", &["~ securityGroupIds[0]"])
        .aws_shows("groupId>${peer2}"),
        row(
            "blocks",
            "endpoints.allowedCidrBlocks",
            "the CIDR blocks that may connect change in place",
        )
        .edit(
            states(json!({ "allowedCidrBlocks": ["10.0.0.0/8"] })),
            states(json!({ "allowedCidrBlocks": ["10.1.0.0/16"] })),
        )
        .changing(GROUP, "-endpoints", "~", &["~ ingress[0].cidrIpv4"])
        .aws_shows("cidrIp>10.1.0.0/16"),
        row(
            "callers",
            "endpoints.allowedSecurityGroupIds",
            "the security group whose members may connect changes in place",
        )
        .edit(
            states(json!({ "allowedSecurityGroupIds": ["${peer1}"] })),
            states(json!({ "allowedSecurityGroupIds": ["${peer2}"] })),
        )
        .changing(GROUP, "-endpoints", "~", &["~ ingress[0].securityGroupId"])
        .aws_shows("groupId>${peer2}"),
        row(
            "policy",
            "policy",
            "the policy of both Step Functions endpoints changes in place",
        )
        .edit(
            with(
                states(json!({ "syncStates": true })),
                json!({ "policy": document("states:*") }),
            ),
            with(
                states(json!({ "syncStates": true })),
                json!({ "policy": document("states:StartExecution") }),
            ),
        )
        .changing(ENDPOINT, "-states", "~", &["~ policy.Statement[0].Action"])
        .changing(ENDPOINT, "-sync-states", "~", &["~ policy.Statement[0].Action"])
        .aws_shows_part("states:StartExecution")
        .drift(other_policy, &["~ policy.Statement[0].Action"]),
        row(
            "standard_policy",
            "endpoints.statesPolicy",
            "the policy of one endpoint takes precedence over the common policy",
        )
        .edit(
            with(states(json!({})), json!({ "policy": document("states:*") })),
            with(
                states(json!({ "statesPolicy": document("states:StartExecution") })),
                json!({ "policy": document("states:*") }),
            ),
        )
        .changing(ENDPOINT, "-states", "~", &["~ policy.Statement[0].Action"])
        .aws_shows_part("states:StartExecution"),
        row(
            "synchronous_policy",
            "endpoints.syncStatesPolicy",
            "the policy of the endpoint for synchronous executions changes in place",
        )
        .edit(
            sync_states(json!({ "syncStatesPolicy": document("states:*") })),
            sync_states(json!({ "syncStatesPolicy": document("states:StartSyncExecution") })),
        )
        .changing(ENDPOINT, "-sync-states", "~", &["~ policy.Statement[0].Action"])
        .aws_shows_part("states:StartSyncExecution"),
        row(
            "execute_api_policy",
            "endpoints.executeApiPolicy",
            "the policy of the endpoint for private APIs changes in place",
        )
        .edit(
            only(json!({ "executeApi": true, "executeApiPolicy": document("execute-api:*") })),
            only(json!({ "executeApi": true, "executeApiPolicy": document("execute-api:Invoke") })),
        )
        .changing(ENDPOINT, "-execute-api", "~", &["~ policy.Statement[0].Action"])
        .aws_shows_part("execute-api:Invoke"),
        row("tags", "tags", "a tag changes on every resource that can have tags")
            .edit(tagged("one"), tagged("two"))
            .changing(ENDPOINT, "-states", "~", &["~ tags.stage"])
            .changing(GROUP, "-endpoints", "~", &["~ tags.stage"])
            .aws_shows("value>two"),
    ];
    let providers = rows.len();
    table(rows, providers)
}

/// The properties for the VPC and the subnets, and the name of the endpoints' security group.
fn places() -> Vec<Row> {
    let elsewhere = json!({ "vpcId": "@vpc2", "subnetIds": ["@a2"] });
    vec![
        row("vpc", "vpcId", "another VPC replaces every resource")
            .edit(states(json!({})), with(states(json!({})), elsewhere))
            .changing(
                ENDPOINT,
                "-states",
                "+-",
                &["~ securityGroupIds[0]", "~ subnetIds[0]", "~ vpcId"],
            )
            .changing(GROUP, "-endpoints", "+-", &["~ vpcId"])
            .aws_shows("vpcId>@vpc2"),
        row("subnets", "subnetIds", "the endpoints get another subnet in place")
            .edit(
                states(json!({})),
                with(states(json!({})), json!({ "subnetIds": ["@a", "@b"] })),
            )
            .changing(ENDPOINT, "-states", "~", &["+ subnetIds[1]"])
            .aws_shows("item>@b"),
        row(
            "group_name",
            "names.endpointSecurityGroup",
            "another name replaces the group, and the endpoints move to the new one",
        )
        .edit(
            with(
                states(json!({})),
                json!({ "names": { "endpointSecurityGroup": "endpoints-one" } }),
            ),
            with(
                states(json!({})),
                json!({ "names": { "endpointSecurityGroup": "endpoints-two" } }),
            ),
        )
        .changing(GROUP, "-endpoints", "+-", &["~ name"])
        .changing(ENDPOINT, "-states", "~", &["~ securityGroupIds[0]"])
        .aws_shows("groupName>endpoints-two"),
    ]
}

/// Returns a component with the endpoint `states` only.
fn states(over: Value) -> Value {
    only(with(json!({ "states": true }), over))
}

/// Returns a component with the endpoint `sync-states` only.
fn sync_states(over: Value) -> Value {
    only(with(json!({ "syncStates": true }), over))
}

/// Returns a component with these endpoints only. Private DNS is off, because only one component in a VPC can have it.
fn only(over: Value) -> Value {
    let endpoints = json!({ "states": false, "syncStates": false, "privateDnsEnabled": false });
    json!({ "endpoints": with(endpoints, over) })
}

fn in_vpc2(over: Value) -> Value {
    with(states(over), json!({ "vpcId": "@vpc2", "subnetIds": ["@a2"] }))
}

fn records(kind: &str) -> Value {
    in_vpc2(json!({ "ipAddressType": "dualstack", "dnsRecordIpType": kind }))
}

fn tagged(value: &str) -> Value {
    with(states(json!({})), json!({ "tags": { "stage": value } }))
}
