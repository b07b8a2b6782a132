//! Previews and targeted updates: unknown values.

use std::collections::BTreeSet;

use insta::assert_snapshot;
use serde_json::{Value as Json, json};

use crate::harness::server::{UNKNOWN, secret};
use crate::program::{Program, other, output, preview, request, within};

#[tokio::test(start_paused = true)]
async fn a_preview_accepts_outputs_of_resources_that_do_not_exist_yet() {
    let mut program = Program::preview().await;
    let mut request = preview(json!({
        "vpcId": output(None, &other("Vpc", "main")),
        "subnetIds": ["subnet-1", output(None, &other("Subnet", "b"))],
        "endpoints": {"executeApi": true},
        "privateApis": {
            "endpoint": {"vpcEndpointId": output(None, &other("VpcEndpoint", "api"))},
            "host": {"domainName": UNKNOWN},
            "own": {"auth": {"apiKey": {"name": "x-api-key", "value": output(None, &other("Secret", "key"))}}},
        },
        "tags": {"vpc": output(None, &other("Vpc", "main"))},
    }));
    let dependencies =
        |urns: &[String]| pulumi_provider::proto::construct_request::PropertyDependencies { urns: urns.to_vec() };
    let from_key = other("Secret", "key");
    request.input_dependencies = [
        ("vpcId".to_owned(), dependencies(&[other("Vpc", "main")])),
        (
            "subnetIds".to_owned(),
            dependencies(&[other("Subnet", "b"), other("Subnet", "a")]),
        ),
        (
            "privateApis".to_owned(),
            dependencies(&[other("VpcEndpoint", "api"), from_key]),
        ),
    ]
    .into();
    let answer = program.construct(request).await.unwrap();
    assert_eq!(program.other_warnings(), Vec::<String>::new());
    assert_snapshot!(program.story(&answer));
}

#[tokio::test(start_paused = true)]
async fn outputs_of_disabled_resources_are_null_in_previews_too() {
    let mut program = Program::preview().await;
    let answer = program
        .construct(preview(within(json!({"endpoints": {"syncStates": false}}))))
        .await
        .unwrap();
    let null = [
        "syncStatesEndpoint",
        "executeApiEndpoint",
        "gatewaySecurityGroupId",
        "resourceGatewayId",
        "resourceGatewayArn",
    ];
    for name in null {
        assert_eq!(answer.raw.get(name), Some(&Json::Null), "{name}");
        assert!(answer.dependencies[name].is_empty(), "{name}");
    }
    assert_eq!(answer.raw.get("connections"), Some(&json!({})));
    let policy: Json = serde_json::from_str(answer.raw["executionRolePolicy"].as_str().unwrap()).unwrap();
    assert_eq!(policy["Statement"][0]["Action"], "sts:GetCallerIdentity");
    assert_eq!(answer.output("syncStatesUrl"), "<unknown>");
    assert_eq!(answer.output("statesEndpoint")["url"], "<unknown>");
    assert_eq!(answer.output("endpointSecurityGroupId"), "<unknown>");
}

#[tokio::test(start_paused = true)]
async fn an_existing_gateway_may_have_an_unknown_id() {
    let mut program = Program::preview().await;
    let gateway = output(None, &other("Gateway", "shared"));
    let inputs = within(json!({
        "privateApis": {"stock": {"vpcEndpointId": "vpce-1"}},
        "resourceGateway": {"id": gateway},
    }));
    let answer = program.construct(preview(inputs)).await.unwrap();
    assert!(!program.names().iter().any(|name| name.starts_with("ResourceGateway")));
    let configuration = program.child("ResourceConfiguration", "orders-stock");
    assert_eq!(
        configuration.property_dependencies["resourceGatewayId"].urns,
        [other("Gateway", "shared")]
    );
    assert_eq!(answer.output("resourceGatewayId"), "<unknown>");
    assert_eq!(answer.dependencies["resourceGatewayId"], ["Gateway shared"]);
    assert_eq!(answer.raw["resourceGatewayArn"], Json::Null);
    assert_eq!(answer.raw["gatewaySecurityGroupId"], Json::Null);
}

/// Inputs that leave the structure undecided; the property; the children that are registered anyway; the outputs that are
/// unknown, not null, because of it.
type Undecided = (Json, &'static str, &'static [&'static str], &'static [&'static str]);

fn undecided() -> Vec<Undecided> {
    vec![
        (
            within(json!({"endpoints": UNKNOWN})),
            "endpoints",
            &[],
            &[
                "statesEndpoint",
                "syncStatesEndpoint",
                "executeApiEndpoint",
                "endpointSecurityGroupId",
                "statesUrl",
                "syncStatesUrl",
            ],
        ),
        (
            within(json!({"endpoints": secret(UNKNOWN)})),
            "endpoints",
            &[],
            &[
                "statesEndpoint",
                "syncStatesEndpoint",
                "executeApiEndpoint",
                "endpointSecurityGroupId",
                "statesUrl",
                "syncStatesUrl",
            ],
        ),
        (
            within(json!({"endpoints": {"syncStates": output(None, &other("Switch", "on"))}})),
            "endpoints.syncStates",
            &["InterfaceEndpoint orders-states", "SecurityGroup orders-endpoints"],
            // The first three depend on the endpoint that is made.
            &[
                "endpointSecurityGroupId",
                "statesUrl",
                "syncStatesUrl",
                "syncStatesEndpoint",
            ],
        ),
        (
            within(json!({"endpoints": {"fips": UNKNOWN, "syncStates": false}})),
            "endpoints.fips",
            &[],
            &[
                "statesEndpoint",
                "endpointSecurityGroupId",
                "statesUrl",
                "syncStatesUrl",
            ],
        ),
        (
            within(json!({"endpoints": {"states": false, "syncStates": false}, "privateApis": UNKNOWN})),
            "privateApis",
            &[],
            &[
                "connections",
                "executionRolePolicy",
                "resourceGatewayId",
                "resourceGatewayArn",
                "gatewaySecurityGroupId",
                // Nothing that is made tells the Region.
                "statesUrl",
                "syncStatesUrl",
            ],
        ),
        (
            within(json!({
                "endpoints": {"states": false, "syncStates": false},
                "privateApis": {"stock": {"vpcEndpointId": "vpce-1"}},
                "resourceGateway": UNKNOWN,
            })),
            "resourceGateway",
            &[],
            &[
                "connections",
                "executionRolePolicy",
                "resourceGatewayId",
                "resourceGatewayArn",
                "gatewaySecurityGroupId",
                // Nothing that is made tells the Region.
                "statesUrl",
                "syncStatesUrl",
            ],
        ),
    ]
}

#[tokio::test(start_paused = true)]
async fn a_preview_omits_resources_of_unknown_inputs_with_a_warning() {
    for (inputs, path, made, unknown) in undecided() {
        let mut program = Program::preview().await;
        let answer = program.construct(preview(inputs)).await.unwrap();
        assert_eq!(program.names(), made, "{path}");
        let warning =
            format!("`{path}` is not known yet, and it decides which resources exist: this preview leaves them out");
        assert_eq!(program.other_warnings(), [warning]);
        let names = answer.raw.as_object().unwrap().keys();
        let seen: BTreeSet<_> = names.filter(|name| answer.output(name) == "<unknown>").collect();
        let told: Vec<_> = unknown.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(seen, told.iter().collect(), "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_unknown_entry_does_not_affect_the_others() {
    let mut program = Program::preview().await;
    let inputs = within(json!({"privateApis": {"a": {"vpcEndpointId": "vpce-1"}, "b": UNKNOWN}}));
    let answer = program.construct(preview(inputs)).await.unwrap();
    assert!(program.names().contains(&"Connection orders-a".to_owned()));
    assert!(!program.names().contains(&"Connection orders-b".to_owned()));
    assert_eq!(answer.output("connections")["b"], "<unknown>");
    assert_eq!(answer.output("executionRolePolicy"), "<unknown>");
    assert_eq!(program.other_warnings().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn unknown_names_are_not_treated_as_absent() {
    let mut program = Program::preview().await;
    program
        .construct(preview(within(json!({"names": UNKNOWN}))))
        .await
        .unwrap();
    assert_eq!(program.inputs("SecurityGroup", "orders-endpoints")["name"], "<unknown>");
    assert_eq!(
        program.warnings("orders"),
        ["`names` is not known yet, so this preview does not know the names"]
    );
}

#[tokio::test(start_paused = true)]
async fn outside_a_preview_the_structure_must_be_known() {
    for (inputs, path, ..) in undecided() {
        let mut program = Program::start().await;
        let error = program.construct(request(inputs)).await.err().unwrap();
        assert_eq!(error.code(), tonic::Code::InvalidArgument, "{path}");
        let told = format!("{error:?}");
        assert!(
            told.contains(path) || String::from_utf8_lossy(error.details()).contains(path),
            "{told}"
        );
        assert!(program.harness.monitor.registrations().is_empty(), "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_child_that_the_update_does_not_target_is_unknown() {
    let mut program = Program::start().await;
    program
        .harness
        .monitor
        .script(|script| script.unknown = ["orders-states".to_owned()].into());
    let answer = program.construct(request(within(json!({})))).await.unwrap();
    let states = answer.output("statesEndpoint");
    assert_eq!(
        (&states["id"], &states["url"]),
        (&json!("<unknown>"), &json!("<unknown>"))
    );
    assert_eq!(answer.output("syncStatesEndpoint")["id"], "orders-sync-states-id");
    assert_eq!(
        answer.dependencies["statesEndpoint"],
        ["InterfaceEndpoint orders-states"]
    );
    let warnings = program.warnings("orders");
    assert!(warnings[0].contains("not created yet: orders-states. "), "{warnings:?}");
}
