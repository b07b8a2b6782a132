//! The children and their inputs for each shape of the component's inputs.

use std::time::Duration;

use insta::assert_snapshot;
use serde_json::json;
use tokio::time::Instant;

use crate::harness::server::json;
use crate::program::{COMPONENT, Program, both_halves, request, within};

const MINUTE: Duration = Duration::from_secs(60);

async fn story(inputs: serde_json::Value) -> String {
    let mut program = Program::start().await;
    let answer = program.construct(request(inputs)).await.unwrap();
    assert_eq!(program.other_warnings(), Vec::<String>::new());
    program.story(&answer)
}

#[tokio::test(start_paused = true)]
async fn a_component_creates_inbound_and_outbound_resources() {
    assert_snapshot!(story(both_halves()).await);
}

#[tokio::test(start_paused = true)]
async fn a_component_without_apis_creates_only_inbound_resources() {
    assert_snapshot!(
        story(within(
            json!({"policy": {"Version": "2012-10-17", "Statement": []}, "tags": {"a": "b"}})
        ))
        .await
    );
}

#[tokio::test(start_paused = true)]
async fn every_kind_of_target_is_supported() {
    let arn = "arn:aws:vpc-lattice:eu-west-1:123456789012:resourceconfiguration/rcfg-1";
    assert_snapshot!(story(within(json!({
        "endpoints": {"syncStates": false, "executeApi": true},
        "privateApis": {
            "address": {"ipAddress": "10.1.2.3", "urls": ["https://a.example/*"]},
            "endpoint": {"vpcEndpointId": "vpce-1", "kmsKeyId": "alias/orders"},
            "host": {"domainName": "host.example.com", "auth": {"basic": {"username": "u", "password": "hidden-2"}}},
            "own": {"invocationParameters": {"headers": [{"key": "k", "value": "hidden-3"}]}},
            "shared": {"resourceConfigurationArn": arn, "urls": ["https://s.example/*"], "description": "shared"},
        },
        "names": {
            "gatewaySecurityGroup": "gateway-group",
            "resourceGateway": "gateway-name",
            "executeApiResourceConfiguration": "own-name",
            "resourceConfigurations": {"host": "host-name"},
            "connections": {"host": "host-connection", "shared": "shared-connection"},
        },
    }))).await);
}

#[tokio::test(start_paused = true)]
async fn an_existing_gateway_is_used() {
    assert_snapshot!(
        story(within(json!({
            "endpoints": {"executeApi": true, "states": false, "syncStates": false},
            "privateApis": {"stock": {}},
            "resourceGateway": {"id": "rgw-1"},
        })))
        .await
    );
}

#[tokio::test(start_paused = true)]
async fn security_groups_of_the_user_are_used() {
    assert_snapshot!(story(within(json!({
        "endpoints": {"executeApi": true, "securityGroupIds": ["sg-1"], "subnetIds": ["subnet-3"]},
        "privateApis": {"stock": {}},
        "resourceGateway": {"securityGroupIds": ["sg-2", "sg-3"], "subnetIds": ["subnet-4"], "ipAddressType": "IPV4"},
    }))).await);
}

#[tokio::test(start_paused = true)]
async fn configurations_that_exist_need_no_gateway() {
    let arn = "arn:aws:vpc-lattice:eu-west-1:123456789012:resourceconfiguration/rcfg-1";
    assert_snapshot!(
        story(within(json!({
            "endpoints": {"states": false, "syncStates": false},
            "privateApis": {"stock": {"resourceConfigurationArn": arn, "urls": ["https://s.example/*"]}},
        })))
        .await
    );
}

#[tokio::test(start_paused = true)]
async fn apis_behind_the_own_endpoint_share_a_configuration() {
    let mut program = Program::start().await;
    let inputs =
        within(json!({"endpoints": {"executeApi": true}, "privateApis": {"a.b": {}, "c": {}, "execute-api": {}}}));
    program.construct(request(inputs)).await.unwrap();
    let names = program.names();
    let of = |kind: &str| -> Vec<_> { names.iter().filter(|name| name.starts_with(kind)).collect() };
    assert_eq!(
        of("ResourceConfiguration"),
        ["ResourceConfiguration orders-execute-api"]
    );
    assert_eq!(
        of("Connection"),
        [
            "Connection orders-a.b",
            "Connection orders-c",
            "Connection orders-execute-api"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn only_endpoints_with_private_dns_are_deleted_before_they_are_replaced() {
    let mut program = Program::start().await;
    let inputs = within(json!({"endpoints": {"privateDnsEnabled": false}}));
    program.construct(request(inputs)).await.unwrap();
    assert!(
        program
            .children()
            .iter()
            .all(|child| !child.request.delete_before_replace_defined)
    );
    program.harness.monitor.reset();
    program.construct(request(both_halves())).await.unwrap();
    let first: Vec<_> = program.children().into_iter().map(|child| child.request).collect();
    let first = first.iter().filter(|child| child.delete_before_replace_defined);
    let names: Vec<_> = first
        .filter(|child| child.delete_before_replace)
        .map(|child| child.name.as_str())
        .collect();
    assert_eq!(names, ["orders-states", "orders-sync-states"]);
}

#[tokio::test(start_paused = true)]
async fn independent_children_are_registered_at_the_same_time() {
    let mut program = Program::start().await;
    program.harness.monitor.script(|script| script.delay = MINUTE);
    let start = Instant::now();
    program.construct(request(both_halves())).await.unwrap();
    // Five steps in sequence: the gateway's group, the endpoints' group, the endpoint, the configuration, the connection.
    assert_eq!(start.elapsed().as_secs() / 60, 5);
    let at = |kind: &str, name: &str| {
        let child = program
            .children()
            .into_iter()
            .find(|child| child.request.name == name && child.request.r#type.ends_with(&format!(":{kind}")));
        (child.unwrap().at - start).as_secs() / 60
    };
    assert_eq!(at("SecurityGroup", "orders-gateway"), 0);
    assert_eq!(
        (at("SecurityGroup", "orders-endpoints"), at("ResourceGateway", "orders")),
        (1, 1)
    );
    let endpoints = ["orders-states", "orders-sync-states", "orders-execute-api"];
    assert_eq!(endpoints.map(|name| at("InterfaceEndpoint", name)), [2, 2, 2]);
    assert_eq!(at("ResourceConfiguration", "orders-execute-api"), 3);
    assert_eq!(at("Connection", "orders-stock"), 4);
}

#[tokio::test(start_paused = true)]
async fn a_hundred_apis_take_no_longer_than_one() {
    let mut program = Program::start().await;
    program.harness.monitor.script(|script| script.delay = MINUTE);
    let apis: serde_json::Map<_, _> = (0..100)
        .map(|index| {
            (
                format!("api{index}"),
                json!({"domainName": format!("api{index}.example.com")}),
            )
        })
        .collect();
    let start = Instant::now();
    let answer = program
        .construct(request(within(json!({"privateApis": apis}))))
        .await
        .unwrap();
    assert_eq!(start.elapsed().as_secs() / 60, 4);
    assert_eq!(answer.output("connections").as_object().unwrap().len(), 100);
    assert_eq!(program.children().len(), 205);
}

#[tokio::test(start_paused = true)]
async fn two_components_do_not_affect_each_other() {
    let mut program = Program::start().await;
    program.harness.monitor.script(|script| script.delay = MINUTE);
    let mut second = request(both_halves());
    second.name = "returns".to_owned();
    let mut client = program.harness.client.clone();
    let (first, second) = tokio::join!(program.construct(request(both_halves())), client.construct(second));
    let (first, second) = (first.unwrap().urn, second.unwrap().into_inner().urn);
    assert_ne!(first, second);
    assert!(first.ends_with(&format!("{COMPONENT}::orders")));
    let (ours, theirs): (Vec<_>, Vec<_>) = program
        .children()
        .into_iter()
        .partition(|child| child.request.parent == first);
    assert_eq!((ours.len(), theirs.len()), (8, 8));
    for child in theirs {
        assert_eq!(child.request.parent, second);
        assert!(!json(&child.request.object.unwrap()).to_string().contains("orders"));
    }
}

#[tokio::test(start_paused = true)]
async fn fips_creates_the_endpoints_of_the_fips_services() {
    let mut program = Program::start().await;
    let answer = program
        .construct(request(within(
            json!({"endpoints": {"fips": true, "executeApi": true}}),
        )))
        .await
        .unwrap();
    let service = |name: &str| program.inputs("InterfaceEndpoint", name)["service"].clone();
    assert_eq!(service("orders-states-fips"), "states-fips");
    assert_eq!(service("orders-sync-states-fips"), "sync-states-fips");
    assert_eq!(service("orders-execute-api"), "execute-api");
    assert_eq!(answer.output("statesEndpoint")["id"], "orders-states-fips-id");
    assert_eq!(
        answer.output("syncStatesUrl"),
        "https://orders-sync-states-fips.vpce.amazonaws.com"
    );
    let endpoints = program
        .names()
        .into_iter()
        .filter(|name| name.starts_with("InterfaceEndpoint"));
    assert_eq!(endpoints.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_url_of_a_service_without_an_endpoint_is_that_of_the_region() {
    let arn = "arn:aws:vpc-lattice:eu-west-1:123456789012:resourceconfiguration/rcfg-1";
    let outbound = json!({"stock": {"resourceConfigurationArn": arn, "urls": ["https://s.example/*"]}});
    let host = "amazonaws.com";
    for (inputs, states, sync_states) in [
        (
            json!({"endpoints": {"states": false}}),
            format!("https://states.eu-west-1.{host}"),
            format!("https://orders-sync-states.vpce.{host}"),
        ),
        (
            json!({"endpoints": {"syncStates": false, "fips": true}}),
            format!("https://orders-states-fips.vpce.{host}"),
            format!("https://sync-states-fips.eu-west-1.{host}"),
        ),
        (
            json!({"endpoints": {"states": false, "syncStates": false}, "privateApis": outbound}),
            format!("https://states.eu-west-1.{host}"),
            format!("https://sync-states.eu-west-1.{host}"),
        ),
    ] {
        let mut program = Program::start().await;
        let answer = program.construct(request(within(inputs))).await.unwrap();
        assert_eq!(answer.output("statesUrl"), states);
        assert_eq!(answer.output("syncStatesUrl"), sync_states);
    }
}

#[tokio::test(start_paused = true)]
async fn the_policy_of_a_connection_covers_its_entry_alone() {
    let mut program = Program::start().await;
    let entry = |host: &str, key: &str| json!({"domainName": host, "kmsKeyId": key});
    let inputs =
        within(json!({"privateApis": {"a": entry("a.example.com", "1-a"), "b": entry("b.example.com", "1-b")}}));
    let answer = program.construct(request(inputs)).await.unwrap();
    let whole = answer.output("executionRolePolicy");
    let (whole, connections) = (whole.as_str().unwrap(), answer.output("connections"));
    for (name, other) in [("a", "b"), ("b", "a")] {
        let policy = connections[name]["executionRolePolicy"].as_str().unwrap();
        for part in [
            "https://{}.example.com/*",
            "connection/orders-{}/1",
            "secret:events!connection/orders-{}/1",
            "key/1-{}",
        ] {
            let (own, foreign) = (part.replace("{}", name), part.replace("{}", other));
            assert!(policy.contains(&own) && whole.contains(&own), "{own}: {policy}");
            assert!(!policy.contains(&foreign), "{foreign}: {policy}");
        }
    }
}
