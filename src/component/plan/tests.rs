use serde_json::{Value as Json, json};

use super::*;

fn plan(inputs: Json) -> Plan {
    let Value::Object(inputs) = Value::from(inputs) else {
        panic!("not an object")
    };
    Plan::read(inputs)
}

fn with(mut inputs: Json, name: &str, value: Value) -> Plan {
    inputs.as_object_mut().unwrap().remove(name);
    let mut inputs = plan(inputs).inputs;
    inputs.insert(name.to_owned(), value);
    Plan::read(inputs)
}

/// Returns the paths of all failures.
fn wrong(inputs: Json) -> Vec<String> {
    let mut failures = Failures::default();
    rules(&plan(inputs), &mut failures);
    failures.iter().map(|failure| failure.path.to_string()).collect()
}

#[test]
fn both_step_functions_endpoints_are_the_default() {
    for inputs in [
        json!({}),
        json!({"endpoints": null}),
        json!({"endpoints": {"states": null, "executeApi": null}}),
    ] {
        let plan = plan(inputs);
        assert_eq!((plan.states, plan.sync_states, plan.execute_api), (true, true, false));
        assert!(plan.makes_endpoint_group() && !plan.needs_gateway());
    }
}

#[test]
fn each_entry_has_the_target_that_it_names() {
    let plan = plan(json!({"privateApis": {
        "a": {"vpcEndpointId": "vpce-1"},
        "b": {"domainName": "b.example.com", "ipAddress": null},
        "c": {"ipAddress": "10.0.0.1"},
        "d": {"resourceConfigurationArn": "arn"},
        "e": {"domainName": null},
    }}));
    let targets: Vec<_> = plan.apis.iter().map(|api| api.target).collect();
    assert_eq!(
        targets,
        [
            ApiTarget::VpcEndpoint,
            ApiTarget::DomainName,
            ApiTarget::IpAddress,
            ApiTarget::ResourceConfiguration,
            ApiTarget::OwnEndpoint
        ]
    );
}

#[test]
fn existing_objects_are_not_created() {
    let routed = || json!({"a": {"vpcEndpointId": "vpce-1"}});
    let made = |gateway: Json| {
        let plan = plan(json!({"privateApis": routed(), "resourceGateway": gateway}));
        (plan.makes_gateway(), plan.makes_gateway_group())
    };
    assert_eq!(made(json!({})), (true, true));
    assert_eq!(made(json!({"securityGroupIds": ["sg-1"]})), (true, false));
    assert_eq!(made(json!({"id": "rgw-1"})), (false, false));
    let existing = json!({"privateApis": {"a": {"resourceConfigurationArn": "arn"}}});
    assert!(!plan(existing).makes_gateway());
    assert!(!plan(json!({"endpoints": {"securityGroupIds": ["sg-1"]}})).makes_endpoint_group());
}

#[test]
fn a_gateway_with_an_unknown_id_still_counts_as_existing() {
    let gateway = Value::Object(Map::from([("id".to_owned(), Value::Unknown)]));
    let plan = with(
        json!({"privateApis": {"a": {"vpcEndpointId": "vpce-1"}}}),
        "resourceGateway",
        gateway,
    );
    assert!(plan.needs_gateway() && !plan.makes_gateway() && plan.undecided.is_empty());
}

#[test]
fn undecided_inputs_are_assigned_to_inbound_or_outbound() {
    let endpoints = with(json!({}), "endpoints", Value::Unknown);
    assert!(endpoints.is_undecided_endpoint("states") && endpoints.is_undecided_inbound());
    assert!(!endpoints.has_endpoints() && !endpoints.is_undecided_outbound());

    let switch = Value::Object(Map::from([("executeApi".to_owned(), Value::Unknown)]));
    let switch = with(json!({}), "endpoints", switch);
    assert!(switch.is_undecided_endpoint("executeApi") && !switch.is_undecided_endpoint("states"));

    let entry = Value::Object(Map::from([("a".to_owned(), Value::Unknown)]));
    let entry = with(json!({}), "privateApis", entry);
    assert_eq!(entry.undecided_apis(), Some(vec!["a"]));
    assert!(entry.is_undecided_outbound());
    for container in ["privateApis", "resourceGateway"] {
        assert_eq!(with(json!({}), container, Value::Unknown).undecided_apis(), None);
    }
    assert_eq!(plan(json!({})).undecided_apis(), Some(Vec::new()));
}

#[test]
fn names_are_found_absent_or_unknown() {
    let plan = plan(json!({"names": {"resourceGateway": "one", "connections": {"a": "two"}}}));
    assert_eq!(plan.name_of("resourceGateway"), Some("one".into()));
    assert_eq!(plan.name_in("connections", "a"), Some("two".into()));
    assert_eq!(
        (plan.name_of("gatewaySecurityGroup"), plan.name_in("connections", "b")),
        (None, None)
    );
    assert_eq!(plan.name_in("resourceConfigurations", "a"), None);

    let unknown = with(json!({}), "names", Value::Unknown);
    assert_eq!(unknown.name_in("connections", "a"), Some(Value::Unknown));
    let map = Value::Object(Map::from([("connections".to_owned(), Value::Unknown)]));
    let map = with(json!({}), "names", map);
    assert_eq!(map.name_in("connections", "a"), Some(Value::Unknown));
    assert_eq!(map.name_of("resourceGateway"), None);
}

#[test]
fn each_rule_reports_the_path_of_the_mistake() {
    assert_eq!(wrong(json!({})), Vec::<String>::new());
    let off = || json!({"states": false, "syncStates": false});
    assert_eq!(wrong(json!({"endpoints": off()})), ["endpoints"]);
    assert_eq!(wrong(json!({"privateApis": {"a": {}}})), ["privateApis.a"]);
    assert_eq!(
        wrong(json!({"endpoints": {"executeApi": true}, "privateApis": {"a": {"ports": ["8443"]}}})),
        ["privateApis.a.ports"]
    );
    assert_eq!(
        wrong(json!({"privateApis": {"a": {"ipAddress": "10.0.0.1"}, "b": {"resourceConfigurationArn": "arn"}}})),
        ["privateApis.a.urls", "privateApis.b.urls"]
    );
    let taken = json!({"own": {}, "execute-api": {"domainName": "a.example.com"}});
    assert_eq!(
        wrong(json!({"endpoints": {"executeApi": true}, "privateApis": taken})),
        ["privateApis.execute-api"]
    );
    assert_eq!(
        wrong(json!({"resourceGateway": {"ipAddressType": "IPV6", "ipv4AddressesPerEni": 3}})),
        ["resourceGateway.ipv4AddressesPerEni"]
    );
    assert_eq!(
        wrong(json!({"names": {
            "resourceGateway": "x",
            "gatewaySecurityGroup": "x",
            "executeApiResourceConfiguration": "x",
            "connections": {"a": "x"},
        }})),
        [
            "names.gatewaySecurityGroup",
            "names.resourceGateway",
            "names.executeApiResourceConfiguration",
            "names.connections.a"
        ]
    );
}
