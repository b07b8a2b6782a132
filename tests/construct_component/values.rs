//! How secrets and dependencies pass through the component.

use serde_json::{Value as Json, json};

use crate::harness::server::{json as plain, secret};
use crate::program::{Program, both_halves, other, output, request, within};

#[tokio::test(start_paused = true)]
async fn nested_secrets_sent_as_plain_values_are_marked_secret() {
    let mut program = Program::start().await;
    let inputs = within(json!({"privateApis": {
        "a": {"vpcEndpointId": "vpce-1", "auth": {"apiKey": {"name": "x-api-key", "value": "hidden-1"}}},
        "b": {"vpcEndpointId": "vpce-1", "auth": {"basic": {"username": "u", "password": "hidden-2"}}},
        "c": {
            "vpcEndpointId": "vpce-1",
            "auth": {"oauth": {
                "authorizationEndpoint": "https://a.example/token", "httpMethod": "POST", "clientId": "id",
                "clientSecret": "hidden-3", "parameters": {"body": [{"key": "k", "value": "hidden-4"}]},
            }},
            "invocationParameters": {"queryString": [{"key": "k", "value": "hidden-5"}]},
        },
        "d": {"vpcEndpointId": "vpce-1", "auth": secret(json!({"apiKey": {"name": "n", "value": "hidden-6"}}))},
        "e": {"vpcEndpointId": "vpce-1"},
    }}));
    let answer = program.construct(request(inputs)).await.unwrap();
    let of = |api: &str| program.inputs("Connection", &format!("orders-{api}"));
    assert_eq!(
        of("a")["auth"],
        json!({"apiKey": {"name": "x-api-key", "value": "<secret>"}})
    );
    assert_eq!(
        of("b")["auth"],
        json!({"basic": {"username": "u", "password": "<secret>"}})
    );
    assert_eq!(of("c")["auth"]["oauth"]["clientSecret"], "<secret>");
    assert_eq!(of("c")["auth"]["oauth"]["parameters"]["body"][0]["value"], "<secret>");
    assert_eq!(of("c")["invocationParameters"]["queryString"][0]["value"], "<secret>");
    assert_eq!(of("d")["auth"], "<secret>");
    assert_eq!(
        of("e")["auth"]["apiKey"],
        json!({"name": "x-private-step-functions", "value": "<secret>"})
    );
    // The state contains the component's own inputs too.
    let component = program.harness.monitor.registration("orders").request;
    let kept = crate::program::reduce(&plain(&component.object.unwrap()), true);
    assert!(!kept.to_string().contains("hidden"), "{kept}");
    assert!(!answer.raw.to_string().contains("hidden"));
}

#[tokio::test(start_paused = true)]
async fn each_nested_output_has_its_own_dependencies() {
    let mut program = Program::start().await;
    let answer = program.construct(request(both_halves())).await.unwrap();
    let id = &answer.raw["statesEndpoint"]["id"];
    assert_eq!(id["value"], "orders-states-id");
    assert_eq!(id["dependencies"].as_array().unwrap().len(), 1);
    assert!(id.get("secret").is_none_or(|secret| *secret == json!(false)));
    assert_eq!(
        answer.dependencies["connections"],
        ["Connection orders-stock", "ResourceConfiguration orders-execute-api"]
    );
    // The policy allows the hosts of the configurations, so it depends on these.
    assert_eq!(
        answer.dependencies["executionRolePolicy"],
        ["Connection orders-stock", "ResourceConfiguration orders-execute-api"]
    );

    // For an engine without output values, the response has plain values and lists the dependencies separately.
    program.harness.monitor.reset();
    let mut old = request(both_halves());
    old.accepts_output_values = false;
    let answer = program.construct(old).await.unwrap();
    assert_eq!(answer.raw["statesEndpoint"]["id"], "orders-states-id");
    assert_eq!(
        answer.dependencies["endpointSecurityGroupId"],
        ["SecurityGroup orders-endpoints"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_secret_in_a_nested_output_makes_the_whole_output_secret() {
    let mut program = Program::start().await;
    let arn = "arn:aws:vpc-lattice:eu-west-1:123456789012:resourceconfiguration/rcfg-1";
    let inputs = within(json!({"privateApis": {
        "a": {"resourceConfigurationArn": secret(arn), "urls": ["https://a.example/*"]},
        "b": {"vpcEndpointId": "vpce-1", "kmsKeyId": secret("alias/orders")},
    }}));
    let answer = program.construct(request(inputs)).await.unwrap();
    assert_eq!(answer.output("connections"), "<secret>");
    assert_eq!(answer.output("executionRolePolicy"), "<secret>");
    assert_eq!(
        program.inputs("Connection", "orders-a")["resourceConfigurationArn"],
        "<secret>"
    );
    assert_eq!(program.inputs("Connection", "orders-b")["kmsKeyId"], "<secret>");
}

#[tokio::test(start_paused = true)]
async fn a_secret_object_makes_its_properties_secret() {
    let mut program = Program::start().await;
    let endpoints = json!({"states": true, "syncStates": secret(false), "allowedCidrBlocks": ["10.0.0.0/8"]});
    let inputs = within(json!({"endpoints": secret(endpoints), "tags": null, "policy": null}));
    let answer = program.construct(request(inputs)).await.unwrap();
    assert_eq!(
        program.names(),
        ["InterfaceEndpoint orders-states", "SecurityGroup orders-endpoints"]
    );
    assert_eq!(
        program.inputs("SecurityGroup", "orders-endpoints")["ingress"],
        "<secret>"
    );
    assert_eq!(
        program
            .child("InterfaceEndpoint", "orders-states")
            .object
            .unwrap()
            .fields
            .get("tags"),
        None
    );
    assert_eq!(answer.raw["syncStatesEndpoint"], Json::Null);
}

#[tokio::test(start_paused = true)]
async fn each_child_depends_only_on_the_sources_of_its_own_inputs() {
    let mut program = Program::start().await;
    let key = json!({"apiKey": {"name": "x-api-key", "value": output(Some("hidden".into()), &other("Secret", "key"))}});
    let mut request = request(json!({
        "vpcId": output(Some("vpc-1".into()), &other("Vpc", "main")),
        "subnetIds": [output(Some("subnet-1".into()), &other("Subnet", "a"))],
        "endpoints": {"states": true, "syncStates": false},
        "privateApis": {"a": {"domainName": "a.example.com", "auth": key}, "b": {"domainName": "b.example.com"}},
    }));
    let urns = vec![other("Secret", "key")];
    request.input_dependencies = [(
        "privateApis".to_owned(),
        pulumi_provider::proto::construct_request::PropertyDependencies { urns },
    )]
    .into();
    program.construct(request).await.unwrap();
    let from =
        |kind: &str, name: &str, property: &str| program.child(kind, name).property_dependencies[property].urns.clone();
    assert_eq!(
        from("SecurityGroup", "orders-endpoints", "vpcId"),
        [other("Vpc", "main")]
    );
    assert!(from("SecurityGroup", "orders-endpoints", "ingress").is_empty());
    assert_eq!(
        from("InterfaceEndpoint", "orders-states", "subnetIds"),
        [other("Subnet", "a")]
    );
    assert_eq!(from("Connection", "orders-a", "auth"), [other("Secret", "key")]);
    assert!(from("Connection", "orders-b", "auth").is_empty());
    assert!(
        !program
            .child("SecurityGroup", "orders-gateway")
            .dependencies
            .contains(&other("Secret", "key"))
    );
    // A secret that has dependencies stays secret.
    assert_eq!(
        program.inputs("Connection", "orders-a")["auth"]["apiKey"]["value"],
        "<secret>"
    );
}
