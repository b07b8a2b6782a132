//! Invalid inputs: all errors are reported at once, before any registration, and without secrets.

use insta::assert_snapshot;
use pulumi_provider::proto::InputPropertiesError;
use serde_json::{Value as Json, json};
use tonic::{Code, Status};

use crate::harness::server::{UNKNOWN, detail, secret};
use crate::program::{Program, other, output, preview, request, within};

async fn refused(inputs: Json) -> Status {
    let mut program = Program::start().await;
    let error = program.construct(request(inputs)).await.err().unwrap();
    assert_eq!(error.code(), Code::InvalidArgument, "{error}");
    assert!(program.harness.monitor.registrations().is_empty());
    error
}

/// Returns the failure of each path, followed by the message.
fn told(error: &Status) -> String {
    let detail: InputPropertiesError = detail(error, "InputPropertiesError");
    let mut lines: Vec<String> = Vec::new();
    for one in detail.errors {
        // For an empty path, the engine would print all inputs.
        assert!(!one.property_path.is_empty());
        lines.push(format!("{}: {}", one.property_path, one.reason));
    }
    lines.push(error.message().replace("\n\t\t", "\n"));
    lines.join("\n")
}

#[tokio::test(start_paused = true)]
async fn all_mistakes_are_reported_at_once() {
    let error = refused(json!({
        "vpcId": "subnet-1",
        "subnetId": ["subnet-1"],
        "endpoints": {"ipAddressType": "ipv5", "executeAPI": true, "securityGroupIds": ["sg-1"], "allowedCidrBlocks": ["10.0.0.1/8"]},
        "policy": "no policy",
        "privateApis": {
            "nothing": {},
            "null": null,
            "-bad-": {"domainName": "https://a.example"},
            "two": {"domainName": "a.example.com", "ipAddress": "10.0.0.1", "urls": ["https://a.example/*"]},
            "address": {"ipAddress": "10.0.0.1"},
            "keys": {
                "vpcEndpointId": "vpce-1",
                "auth": {"apiKey": {"name": "n", "valeu": "hidden-1"}, "basic": {"username": "u", "password": 17}},
            },
            "ports": {"vpcEndpointId": "vpce-1", "ports": ["0", "70000"]},
        },
        "resourceGateway": {"ipAddressType": "IPV6", "ipv4AddressesPerEni": 4},
        "names": {"connections": {"nobody": "name"}, "resourceGateway": "rgw-no"},
        "tags": {"aws:no": "x"},
    }))
    .await;
    assert_snapshot!(told(&error));
}

#[tokio::test(start_paused = true)]
async fn the_response_contains_no_secret() {
    let long = format!("hidden-{}", "x".repeat(600));
    let policy = json!({"Version": "2012-10-17", "Statement": "hidden-p", "no": secret("hidden-q")});
    let error = refused(json!({
        "vpcId": secret("hidden-a"),
        "subnetIds": [secret("hidden-b")],
        "endpoints": secret(json!({"ipAddressType": "hidden-c", "no": "hidden-d"})),
        "policy": policy,
        "hidden": secret("hidden-e"),
        "passwrod": "hidden-f",
        "privateApis": {
            "a": {"vpcEndpointId": "vpce-1", "auth": {"apiKey": {"name": "n", "value": long}}},
            "b": {"vpcEndpointId": "vpce-1", "auth": {"basic": {"username": "u", "password": ["hidden-g"]}}},
            "c": {"vpcEndpointId": "vpce-1", "auth": {"basic": {"username": "u", "pasword": "hidden-h"}}},
            "d": {"vpcEndpointId": "vpce-1", "auth": "hidden-i"},
            "e": "hidden-j",
            "f": {"domainName": output(Some(secret("hidden k")), &other("Secret", "host"))},
            "g": {"vpcEndpointId": "vpce-1", "invocationParameters": {"headers": [{"key": 1, "value": "hidden-l"}]}},
        },
        "tags": {"a": secret(json!(["hidden-m"]))},
    }))
    .await;
    let detail: InputPropertiesError = detail(&error, "InputPropertiesError");
    // `hidden` is also a property's name here, so search for the secret values.
    let bytes = String::from_utf8_lossy(error.details()).into_owned();
    for text in [error.message(), bytes.as_str(), &format!("{error:?}")] {
        assert!(!text.contains("hidden-") && !text.contains("hidden k"), "{text}");
    }
    // The engine prints the value at each of these paths.
    let paths: Vec<_> = detail.errors.iter().map(|one| one.property_path.as_str()).collect();
    assert_eq!(
        paths,
        ["privateApis.g.invocationParameters.headers[0].key"],
        "the others are near a secret, or misspelt"
    );
    assert_snapshot!(told(&error));
}

#[tokio::test(start_paused = true)]
async fn a_component_must_have_an_endpoint_or_a_private_api() {
    let off = json!({"states": false, "syncStates": false});
    let error = refused(within(
        json!({"endpoints": off, "names": {"endpointSecurityGroup": "callers"}}),
    ))
    .await;
    assert_snapshot!(told(&error), @r"
    names.endpointSecurityGroup: cannot be set: no security group is made for the endpoints
    the inputs are not valid
    - `endpoints`: the component has nothing to create: turn on an endpoint, or add an entry to `privateApis`
    ");
}

#[tokio::test(start_paused = true)]
async fn ports_of_the_own_endpoint_cannot_be_set() {
    let inputs = json!({
        "endpoints": {"executeApi": true},
        "privateApis": {"execute-api": {"domainName": "a.example.com"}, "own": {"ports": ["8443"]}},
    });
    let error = refused(within(inputs)).await;
    assert_snapshot!(told(&error), @r"
    the inputs are not valid
    - `privateApis.execute-api`: the resource configuration of the component's own execute-api endpoint has this name: choose another name
    - `privateApis.own.ports`: cannot be used without a target: the component's own execute-api endpoint listens on port 443 alone
    ");
}

#[tokio::test(start_paused = true)]
async fn unknown_inputs_are_accepted_in_a_preview() {
    let mut program = Program::preview().await;
    let inputs = within(json!({
        "endpoints": {"executeApi": UNKNOWN, "allowedCidrBlocks": [UNKNOWN]},
        "privateApis": {"own": {"auth": UNKNOWN, "kmsKeyId": UNKNOWN}},
        "resourceGateway": {"ipAddressType": UNKNOWN, "ipv4AddressesPerEni": 3},
        "names": {"connections": UNKNOWN, "resourceGateway": UNKNOWN},
    }));
    let answer = program.construct(preview(inputs)).await.unwrap();
    assert_eq!(program.inputs("Connection", "orders-own")["name"], "<unknown>");
    assert_eq!(
        program.inputs("Connection", "orders-own")["resourceConfigurationArn"],
        "<unknown>"
    );
    assert_eq!(answer.output("executeApiEndpoint"), "<unknown>");
    assert_eq!(
        answer.output("connections")["own"]["resourceConfigurationArn"],
        "<unknown>"
    );
}

#[tokio::test(start_paused = true)]
async fn incompatible_gateway_options_are_reported() {
    let gateway = |gateway: serde_json::Value| async move {
        let error = refused(json!({
            "vpcId": "vpc-1", "subnetIds": ["subnet-1"], "resourceGateway": gateway,
            "privateApis": {"a": {"ipAddress": "10.0.0.1", "urls": ["https://a.example.com/*"]}},
        }))
        .await;
        told(&error)
    };
    let options = json!({"ipAddressType": "IPV6", "dnsResolution": "IN_VPC"});
    let text = gateway(options).await;
    assert!(
        text.contains("resourceGateway.dnsResolution") && text.contains("cannot be `IN_VPC`"),
        "{text}"
    );
    for resolution in [json!({}), json!({"dnsResolution": "PUBLIC"})] {
        let mut options = resolution;
        options["dnsServerCidrBlocks"] = json!(["10.0.0.2/32"]);
        let text = gateway(options).await;
        assert!(
            text.contains("`resourceGateway.dnsServerCidrBlocks`: applies only with"),
            "{text}"
        );
    }
    for option in ["ingressCidrBlocks", "dnsServerCidrBlocks"] {
        for other in [
            json!({"id": "rgw-0123456789abcdef0"}),
            json!({"securityGroupIds": ["sg-1"]}),
        ] {
            let mut options = other;
            options[option] = json!(["10.0.0.0/8"]);
            let text = gateway(options).await;
            assert!(text.contains(option), "{text}");
        }
    }
}
