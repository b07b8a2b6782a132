use pulumi_provider::lifecycle::adapter::Prior;
use serde_json::{Value as Json, json};

use super::*;
use crate::adopt::found::Connection;

const WAYS: (Group, Group) = (Group::Default, Group::Default);

fn object(id: &str, inputs: Json) -> Object {
    let Value::Object(inputs) = Value::from(inputs) else {
        panic!("not an object")
    };
    let outputs = Map::from([("arn".to_owned(), format!("arn:{id}").into())]);
    Object {
        id: id.to_owned(),
        prior: Prior { inputs, outputs },
    }
}

fn endpoint(id: &str, service: &str, private: bool, group: &str) -> Object {
    object(
        id,
        json!({"service": service, "privateDnsEnabled": private, "subnetIds": ["subnet-1"], "securityGroupIds": [group]}),
    )
}

fn gateway(id: &str) -> Object {
    object(id, json!({"subnetIds": ["subnet-1"], "securityGroupIds": ["sg-2"]}))
}

fn configuration(id: &str, gateway: &str, target: Json) -> Object {
    object(
        id,
        json!({"resourceGatewayId": gateway, "ports": ["443"], "target": target}),
    )
}

fn connection(name: &str, configuration: &str) -> Connection {
    Connection {
        object: object(name, json!({})),
        shown: Map::new(),
        configuration_arn: format!("arn:{configuration}"),
    }
}

fn found(
    endpoints: Vec<Object>,
    gateways: Vec<Object>,
    configurations: Vec<Object>,
    connections: Vec<Connection>,
) -> Found {
    let groups = ["sg-1", "sg-2"].map(|id| (id.to_owned(), object(id, json!({}))));
    Found {
        vpc: "vpc-1".to_owned(),
        region: "eu-west-1".to_owned(),
        endpoints,
        groups: groups.into(),
        gateways,
        configurations,
        connections,
        left_out: Vec::new(),
    }
}

fn taken(choice: &Choice) -> Vec<&str> {
    choice.taken.values().map(|object| object.id.as_str()).collect()
}

/// Returns the reason why an object is left out; empty if it is not.
fn why<'a>(choice: &'a Choice, id: &str) -> &'a str {
    let left = choice.left_out.iter().find(|left| left.what == id);
    left.map(|left| left.why.as_str()).unwrap_or_default()
}

fn inputs(choice: &Choice) -> Json {
    Value::Object(choice.inputs.clone()).to_json()
}

#[test]
fn of_two_endpoints_the_one_with_the_private_names_is_taken() {
    let endpoints = vec![
        endpoint("vpce-1", "states", false, "sg-1"),
        endpoint("vpce-2", "states", true, "sg-1"),
        endpoint("vpce-3", "sync-states", true, "sg-1"),
    ];
    let choice = choose(&found(endpoints, vec![], vec![], vec![]), "main", WAYS);
    assert_eq!(taken(&choice), ["sg-1", "vpce-2", "vpce-3"]);
    assert!(
        why(&choice, "vpce-1").contains("vpce-2 has the private DNS names"),
        "{choice:?}"
    );
    assert_eq!(inputs(&choice), json!({"vpcId": "vpc-1", "subnetIds": ["subnet-1"]}));
}

#[test]
fn fips_endpoints_are_taken_if_there_are_more_of_them() {
    let endpoints = |more: &[&str]| {
        let services = ["states"].iter().chain(more).enumerate();
        services
            .map(|(index, service)| endpoint(&format!("vpce-{index}"), service, true, "sg-1"))
            .collect()
    };
    let few = choose(
        &found(endpoints(&["states-fips"]), vec![], vec![], vec![]),
        "main",
        WAYS,
    );
    assert_eq!(taken(&few), ["sg-1", "vpce-0"]);
    assert!(why(&few, "vpce-1").contains("FIPS"), "{few:?}");
    let many = found(endpoints(&["states-fips", "sync-states-fips"]), vec![], vec![], vec![]);
    let many = choose(&many, "main", WAYS);
    assert_eq!(taken(&many), ["sg-1", "vpce-1", "vpce-2"]);
    assert_eq!(inputs(&many)["endpoints"], json!({"fips": true}));
}

#[test]
fn endpoints_that_share_nothing_are_left_out() {
    let endpoints = vec![
        endpoint("vpce-1", "states", true, "sg-1"),
        endpoint("vpce-2", "sync-states", true, "sg-2"),
        endpoint("vpce-3", "execute-api", true, "sg-1"),
    ];
    let choice = choose(&found(endpoints, vec![], vec![], vec![]), "main", WAYS);
    assert_eq!(taken(&choice), ["sg-1", "vpce-1"]);
    assert!(why(&choice, "vpce-2").contains("`securityGroupIds`"), "{choice:?}");
    assert!(why(&choice, "vpce-3").contains("private DNS names"), "{choice:?}");
    assert_eq!(inputs(&choice)["endpoints"], json!({"syncStates": false}));
}

#[test]
fn a_gateway_whose_configurations_are_all_taken_is_managed() {
    let behind = |id: &str, target: Json| configuration(id, "rgw-1", target);
    let own = || vec![endpoint("vpce-1", "execute-api", false, "sg-1")];
    let configurations = vec![
        behind("rcfg-1", json!({"vpcEndpointId": "vpce-1"})),
        behind("rcfg-2", json!({"domainName": "billing.example.com"})),
    ];
    let connections = vec![
        connection("one", "rcfg-1"),
        connection("two", "rcfg-1"),
        connection("three", "rcfg-2"),
    ];
    let all = found(
        own(),
        vec![gateway("rgw-1"), gateway("rgw-2")],
        configurations,
        connections,
    );
    let choice = choose(&all, "main", WAYS);
    assert_eq!(
        inputs(&choice)["privateApis"],
        json!({"one": {}, "two": {}, "three": {"domainName": "billing.example.com"}})
    );
    for role in [
        Role::GatewayGroup,
        Role::Gateway,
        Role::OwnConfiguration,
        Role::Configuration("three".to_owned()),
    ] {
        assert!(choice.taken.contains_key(&role), "{role:?}");
    }
    assert!(why(&choice, "rgw-2").contains("no connection"), "{choice:?}");

    // If the component is given the endpoint's group, it would make another one for the gateway.
    let mut all = all;
    all.connections.retain(|one| one.object.id != "two");
    let given = choose(&all, "main", (Group::Given, Group::Default));
    assert!(!given.taken.contains_key(&Role::ExecuteApi) && given.taken.contains_key(&Role::Gateway));
    assert!(why(&given, "vpce-1").contains("`vpcEndpointId`"), "{given:?}");
}

#[test]
fn a_gateway_with_other_configurations_is_only_referred_to() {
    let configurations = vec![
        configuration("rcfg-1", "rgw-1", json!({"domainName": "a.example.com"})),
        configuration("rcfg-2", "rgw-1", json!({"domainName": "b.example.com"})),
        configuration("rcfg-3", "rgw-1", json!({"ipAddress": "10.0.0.1"})),
    ];
    let connections = vec![
        connection("one", "rcfg-1"),
        connection("two", "rcfg-2"),
        connection("three", "rcfg-2"),
    ];
    let choice = choose(
        &found(vec![], vec![gateway("rgw-1")], configurations, connections),
        "main",
        WAYS,
    );
    assert_eq!(inputs(&choice)["resourceGateway"], json!({"id": "rgw-1"}));
    assert_eq!(
        inputs(&choice)["privateApis"]["two"],
        json!({"resourceConfigurationArn": "arn:rcfg-2", "urls": ["https://b.example.com/*"]})
    );
    assert!(why(&choice, "rcfg-2").contains("2 connections use it"), "{choice:?}");
    assert!(why(&choice, "rcfg-3").contains("no connection uses it"), "{choice:?}");
    assert!(why(&choice, "rgw-1").contains("rcfg-2, rcfg-3 on it"), "{choice:?}");
    assert!(!choice.taken.contains_key(&Role::Gateway));
}

#[test]
fn tags_that_not_all_objects_have_are_ignored() {
    let tagged = |id: &str, service: &str, name: &str| {
        let mut one = endpoint(id, service, true, "sg-1");
        let tags = Value::from(json!({"stage": "test", "Name": name}));
        one.prior.inputs.insert("tags".to_owned(), tags);
        one
    };
    let mut all = found(
        vec![tagged("vpce-1", "states", "a"), tagged("vpce-2", "sync-states", "b")],
        vec![],
        vec![],
        vec![],
    );
    all.groups.clear();
    let choice = choose(&all, "main", WAYS);
    assert_eq!(inputs(&choice)["tags"], json!({"stage": "test"}));
    assert_eq!(choice.ignored_tags, BTreeSet::from(["Name".to_owned()]));
    assert_eq!(inputs(&choice)["endpoints"], json!({"securityGroupIds": ["sg-1"]}));
}

#[test]
fn a_policy_of_both_endpoints_is_written_once() {
    let with = |id: &str, service: &str, policy: Option<&str>| {
        let mut one = endpoint(id, service, true, "sg-1");
        if let Some(policy) = policy {
            one.prior.inputs.insert("policy".to_owned(), policy.into());
        }
        one
    };
    let chosen = |states: Option<&str>, sync: Option<&str>| {
        let endpoints = vec![with("vpce-1", "states", states), with("vpce-2", "sync-states", sync)];
        let choice = choose(&found(endpoints, vec![], vec![], vec![]), "main", WAYS);
        (inputs(&choice)["policy"].clone(), inputs(&choice)["endpoints"].clone())
    };
    assert_eq!(chosen(Some("a"), Some("a")), (json!("a"), Json::Null));
    assert_eq!(chosen(Some("a"), None), (Json::Null, json!({"statesPolicy": "a"})));
    assert_eq!(
        chosen(Some("a"), Some("b")),
        (Json::Null, json!({"statesPolicy": "a", "syncStatesPolicy": "b"}))
    );
}
