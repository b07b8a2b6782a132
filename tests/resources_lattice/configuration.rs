//! Resource configurations.

use std::time::Duration;

use aws_emulator::faults::FaultKind;
use private_step_functions::resources::connection::Connection;
use private_step_functions::resources::resource_configuration::ResourceConfiguration;
use pulumi_provider::error::ErrorKind;
use pulumi_provider::property::Value;
use serde_json::json;

use crate::fixture::{Fixture, Recorded, with};
use crate::gateway::gateway;

pub(crate) fn dns_inputs(gateway: &str, domain: &str) -> serde_json::Value {
    json!({ "resourceGatewayId": gateway, "ports": ["443"], "target": { "domainName": domain } })
}

pub(crate) async fn dns_configuration(fixture: &Fixture, gateway: &str, name: &str) -> Recorded {
    let inputs = dns_inputs(gateway, &format!("{name}.example.com"));
    fixture.create::<ResourceConfiguration>(name, inputs).await.unwrap()
}

async fn used_by_a_connection(fixture: &Fixture) -> Recorded {
    let gateway = gateway(fixture, "gateway").await;
    let made = dns_configuration(fixture, &gateway.id, "target").await;
    let inputs = json!({ "name": "orders", "auth": { "apiKey": { "name": "k", "value": "v" } }, "resourceConfigurationArn": made.output("arn") });
    fixture.create::<Connection>("orders", inputs).await.unwrap();
    made
}

async fn endpoint(fixture: &Fixture, service: &str) -> String {
    let (vpc, subnets) = fixture.network().await;
    let request = fixture
        .aws
        .ec2()
        .await
        .unwrap()
        .create_vpc_endpoint()
        .vpc_endpoint_type(aws_sdk_ec2::types::VpcEndpointType::Interface)
        .vpc_id(vpc)
        .service_name(format!("com.amazonaws.eu-west-1.{service}"))
        .subnet_ids(&subnets[0])
        .private_dns_enabled(false);
    request
        .send()
        .await
        .unwrap()
        .vpc_endpoint()
        .unwrap()
        .vpc_endpoint_id()
        .unwrap()
        .to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_create_waits_for_the_dns_name_of_the_target_endpoint() {
    let fixture = Fixture::new();
    let gateway = gateway(&fixture, "gateway").await;
    let endpoint = endpoint(&fixture, "execute-api").await;
    let inputs =
        json!({ "resourceGatewayId": gateway.id, "ports": ["443-443"], "target": { "vpcEndpointId": endpoint } });
    let made = fixture
        .create::<ResourceConfiguration>("orders", inputs.clone())
        .await
        .unwrap();
    let domain = made.output("domainName");
    let label = domain.split('.').next().unwrap();
    assert!(label.starts_with(&format!("{endpoint}-")), "{domain}");
    assert!(
        !label[endpoint.len() + 1..].contains('-'),
        "the regional name, not that of a zone: {domain}"
    );
    let waited = format!("waiting for the DNS names of the endpoint {endpoint}: pending");
    assert!(fixture.has_shown(&waited), "{:?}", fixture.statuses());

    let again = fixture.refresh::<ResourceConfiguration>(&made).await.unwrap().unwrap();
    assert_eq!(again.prior, made.prior, "ports and target as the user wrote them");
    let imported = fixture
        .import::<ResourceConfiguration>("orders", &made.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        imported.prior.inputs["target"],
        Value::from(json!({ "vpcEndpointId": endpoint, "ipAddressType": "IPV4" }))
    );
    assert!(
        fixture
            .diff::<ResourceConfiguration>(&imported, with(&inputs, json!({ "name": made.output("name") })))
            .unwrap()
            .detailed
            .is_empty()
    );

    let by_name = with(
        &inputs,
        json!({ "target": { "domainName": format!("{}.", domain.to_uppercase()) } }),
    );
    assert!(
        fixture
            .diff::<ResourceConfiguration>(&made, by_name)
            .unwrap()
            .detailed
            .is_empty(),
        "the same target by its name"
    );
    let elsewhere = with(
        &inputs,
        json!({ "target": { "vpcEndpointId": "vpce-0123456789abcdef0" } }),
    );
    assert!(
        !fixture
            .diff::<ResourceConfiguration>(&made, elsewhere)
            .unwrap()
            .replaces
            .is_empty()
    );
}

#[tokio::test(start_paused = true)]
async fn only_execute_api_endpoints_are_accepted_as_targets() {
    let fixture = Fixture::new();
    let gateway = gateway(&fixture, "gateway").await;
    let wrong = endpoint(&fixture, "states").await;
    for (endpoint, expected, kind) in [
        (wrong.as_str(), "not of API Gateway (execute-api)", ErrorKind::Invalid),
        ("vpce-0123456789abcdef0", "does not exist", ErrorKind::NotFound),
    ] {
        let inputs =
            json!({ "resourceGatewayId": gateway.id, "ports": ["443"], "target": { "vpcEndpointId": endpoint } });
        let (recorded, error) = fixture
            .create::<ResourceConfiguration>("orders", inputs)
            .await
            .unwrap_err();
        assert!(recorded.is_none());
        assert!(error.to_string().contains(expected) && error.kind() == kind, "{error}");
    }
    assert_eq!(fixture.calls("CreateResourceConfiguration").len(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_address_type_follows_the_gateway() {
    let fixture = Fixture::new();
    let gateway = gateway(&fixture, "gateway").await;
    let made = dns_configuration(&fixture, &gateway.id, "orders").await;
    let sent = &fixture.calls("CreateResourceConfiguration")[0].parameters;
    assert_eq!(
        sent["resourceConfigurationDefinition"]["dnsResource"]["ipAddressType"],
        "IPV4"
    );
    assert!(
        sent.get("allowAssociationToShareableServiceNetwork").is_none(),
        "left to AWS"
    );
    assert_eq!(
        made.prior.outputs["allowAssociationToShareableServiceNetwork"],
        Value::Bool(true),
        "and shown"
    );
    let again = fixture.refresh::<ResourceConfiguration>(&made).await.unwrap().unwrap();
    assert_eq!(again.prior, made.prior, "what was left out stays out");
}

#[tokio::test(start_paused = true)]
async fn a_failed_configuration_is_explained_and_replaced() {
    let fixture = Fixture::new();
    let gateway = gateway(&fixture, "gateway").await;
    let inputs = with(&dns_inputs(&gateway.id, "nowhere.invalid"), json!({ "name": "orders" }));
    let (recorded, error) = fixture
        .create::<ResourceConfiguration>("orders", inputs.clone())
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("CREATE_FAILED: The domain name nowhere.invalid could not be resolved"),
        "{error}"
    );
    let recorded = recorded.unwrap();
    assert_eq!(recorded.output("status"), "CREATE_FAILED");
    let diff = fixture.diff::<ResourceConfiguration>(&recorded, inputs).unwrap();
    assert!(diff.replaces.contains("status") && diff.delete_first);
    fixture.delete::<ResourceConfiguration>(&recorded).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn ports_address_and_shareable_change_in_place() {
    let fixture = Fixture::new();
    let gateway = gateway(&fixture, "gateway").await;
    let base = json!({ "resourceGatewayId": gateway.id, "ports": ["443"], "target": { "ipAddress": "10.0.0.1" } });
    let made = fixture
        .create::<ResourceConfiguration>("orders", base.clone())
        .await
        .unwrap();
    assert!(!made.prior.outputs.contains_key("domainName"));
    let wanted = with(
        &base,
        json!({ "ports": ["8443", "443-443"], "target": { "ipAddress": "10.0.0.2" }, "allowAssociationToShareableServiceNetwork": false }),
    );
    let diff = fixture.diff::<ResourceConfiguration>(&made, wanted.clone()).unwrap();
    assert!(diff.replaces.is_empty(), "{diff:?}");
    let updated = fixture
        .update::<ResourceConfiguration>(&made, wanted.clone())
        .await
        .unwrap();
    assert_eq!(updated.output("status"), "ACTIVE");
    let again = fixture
        .refresh::<ResourceConfiguration>(&updated)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(again.prior, updated.prior);
    let same = with(&wanted, json!({ "ports": ["443", "8443-8443"] }));
    assert!(
        fixture
            .diff::<ResourceConfiguration>(&updated, same.clone())
            .unwrap()
            .detailed
            .is_empty()
    );
    fixture.update::<ResourceConfiguration>(&updated, same).await.unwrap();
    assert_eq!(
        fixture.calls("UpdateResourceConfiguration").len(),
        1,
        "the same ports in other words are not sent"
    );
}

#[tokio::test(start_paused = true)]
async fn drift_of_ports_is_detected_and_repaired() {
    let fixture = Fixture::new();
    let gateway = gateway(&fixture, "gateway").await;
    let made = dns_configuration(&fixture, &gateway.id, "orders").await;
    let client = fixture.aws.lattice().await.unwrap();
    let request = client
        .update_resource_configuration()
        .resource_configuration_identifier(&made.id)
        .port_ranges("8443");
    request.send().await.unwrap();
    tokio::time::sleep(Duration::from_secs(5)).await;
    let drifted = fixture.refresh::<ResourceConfiguration>(&made).await.unwrap().unwrap();
    assert_eq!(drifted.prior.inputs["ports"], Value::from(json!(["8443"])));
    let repaired = fixture
        .update::<ResourceConfiguration>(&drifted, dns_inputs(&gateway.id, "orders.example.com"))
        .await
        .unwrap();
    assert_eq!(repaired.prior.outputs["ports"], Value::from(json!(["443"])));
}

#[tokio::test(start_paused = true)]
async fn a_delete_waits_for_eventbridge_and_names_the_connection() {
    let fixture = Fixture::new();
    let gateway = gateway(&fixture, "gateway").await;
    let made = dns_configuration(&fixture, &gateway.id, "target").await;
    let inputs = json!({ "name": "orders", "auth": { "apiKey": { "name": "k", "value": "v" } }, "resourceConfigurationArn": made.output("arn") });
    let connection = fixture.create::<Connection>("orders", inputs).await.unwrap();
    fixture.delete::<Connection>(&connection).await.unwrap();
    fixture.delete::<ResourceConfiguration>(&made).await.unwrap();
    assert!(
        fixture.statuses().iter().any(|status| {
            status.starts_with("waiting for EventBridge to release the association of connection \"orders\"")
        }),
        "{:?}",
        fixture.statuses()
    );
    let refused = fixture.calls("DeleteResourceConfiguration");
    assert_eq!(refused[0].outcome, "ValidationException");
    assert_eq!(refused.len(), 2, "it looks at the association, not at the delete");
    assert_eq!(
        fixture
            .refresh::<ResourceConfiguration>(&made)
            .await
            .unwrap()
            .map(|found| found.id),
        None
    );
    fixture
        .delete::<ResourceConfiguration>(&made)
        .await
        .expect("what is gone is deleted");
}

#[tokio::test(start_paused = true)]
async fn a_delete_fails_early_if_a_connection_still_uses_the_configuration() {
    let fixture = Fixture::new();
    let made = used_by_a_connection(&fixture).await;
    let begun = tokio::time::Instant::now();
    let error = fixture.delete::<ResourceConfiguration>(&made).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed);
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    let text = error.to_string();
    assert!(
        text.contains("is in use by connection \"orders\". Delete each connection"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_delete_that_takes_too_long_names_the_holder() {
    let mut fixture = Fixture::new();
    let made = used_by_a_connection(&fixture).await;
    // Without permission to describe the connection, the provider has to wait until the timeout.
    fixture.emulator.deny(["events:DescribeConnection".to_owned()]);
    let begun = tokio::time::Instant::now();
    let error = fixture.delete::<ResourceConfiguration>(&made).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert!(begun.elapsed() >= Duration::from_secs(30 * 60) && begun.elapsed() < Duration::from_secs(31 * 60));
    let text = error.to_string();
    assert!(
        text.contains("waited 30 min for EventBridge to release the association of connection \"orders\""),
        "{text}"
    );
    assert!(
        text.contains("if the connection still exists, delete it first"),
        "{text}"
    );

    // Without permission to list associations, the error contains VPC Lattice's own message.
    fixture.timeout = Some(Duration::from_secs(20));
    fixture
        .emulator
        .deny(["vpc-lattice:ListServiceNetworkResourceAssociations".to_owned()]);
    let error = fixture.delete::<ResourceConfiguration>(&made).await.unwrap_err();
    assert!(
        error.to_string().contains("existing association with service networks"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_delete_can_be_canceled() {
    let mut fixture = Fixture::new();
    let made = used_by_a_connection(&fixture).await;
    let cancel = fixture.cancel.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(5)).await;
        cancel.cancel();
    });
    let begun = tokio::time::Instant::now();
    let error = fixture.delete::<ResourceConfiguration>(&made).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert!(begun.elapsed() < Duration::from_secs(6));
    fixture.restart(b"second run");
    assert!(fixture.refresh::<ResourceConfiguration>(&made).await.unwrap().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_taken_name_and_a_missing_gateway_are_explained() {
    let fixture = Fixture::new();
    let gateway = gateway(&fixture, "gateway").await;
    let inputs = with(
        &dns_inputs(&gateway.id, "orders.example.com"),
        json!({ "name": "mine" }),
    );
    let first = fixture
        .create::<ResourceConfiguration>("orders", inputs.clone())
        .await
        .unwrap();
    let (_, error) = fixture
        .create::<ResourceConfiguration>("billing", inputs)
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains(&format!("{} has this name", first.id)),
        "{error}"
    );

    let nowhere = dns_inputs("rgw-0123456789abcdef0", "orders.example.com");
    let (recorded, error) = fixture
        .create::<ResourceConfiguration>("other", nowhere)
        .await
        .unwrap_err();
    assert!(recorded.is_none() && error.kind() == ErrorKind::NotFound, "{error}");
    fixture.inject("CreateResourceConfiguration", FaultKind::AccessDenied);
    let (_, error) = fixture
        .create::<ResourceConfiguration>("other", dns_inputs(&gateway.id, "a.example.com"))
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("vpc-lattice:CreateResourceConfiguration"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn failed_updates_and_deletes_can_be_repeated() {
    let fixture = Fixture::new();
    let gateway = gateway(&fixture, "gateway").await;
    let made = dns_configuration(&fixture, &gateway.id, "orders").await;
    fixture.inject("UpdateResourceConfiguration", FaultKind::Fail);
    let inputs = with(
        &dns_inputs(&gateway.id, "orders.example.com"),
        json!({ "ports": ["8443"] }),
    );
    let error = fixture
        .update::<ResourceConfiguration>(&made, inputs.clone())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("is UPDATE_FAILED: "), "{error}");
    let repaired = fixture.update::<ResourceConfiguration>(&made, inputs).await.unwrap();
    assert_eq!(repaired.output("status"), "ACTIVE");
    assert_eq!(fixture.calls("UpdateResourceConfiguration").len(), 2);

    fixture.inject("DeleteResourceConfiguration", FaultKind::Fail);
    fixture.delete::<ResourceConfiguration>(&repaired).await.unwrap();
    assert_eq!(fixture.existing("resource-configuration"), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn an_update_and_a_delete_wait_for_a_foreign_change() {
    let fixture = Fixture::cautious(json!({}));
    let gateway = gateway(&fixture, "gateway").await;
    let made = dns_configuration(&fixture, &gateway.id, "orders").await;
    let client = fixture.aws.lattice().await.unwrap();
    let change = async |port: &str| {
        let request = client.update_resource_configuration();
        let request = request.resource_configuration_identifier(&made.id).port_ranges(port);
        request.send().await.unwrap();
    };
    change("8443").await;
    let inputs = with(
        &dns_inputs(&gateway.id, "orders.example.com"),
        json!({ "ports": ["9443"] }),
    );
    let updated = fixture.update::<ResourceConfiguration>(&made, inputs).await.unwrap();
    let refused = &fixture.calls("UpdateResourceConfiguration")[1];
    assert_eq!(refused.outcome, "ValidationException", "its message alone says why");
    assert_eq!(updated.prior.outputs["ports"], Value::from(json!(["9443"])));

    change("8443").await;
    fixture.delete::<ResourceConfiguration>(&updated).await.unwrap();
    assert_eq!(
        fixture.calls("DeleteResourceConfiguration")[0].outcome,
        "ConflictException"
    );
    assert_eq!(fixture.existing("resource-configuration"), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_create_waits_for_a_busy_gateway() {
    let fixture = Fixture::new();
    let gateway = gateway(&fixture, "gateway").await;
    let group = fixture.security_group("one").await;
    let client = fixture.aws.lattice().await.unwrap();
    let request = client
        .update_resource_gateway()
        .resource_gateway_identifier(&gateway.id)
        .security_group_ids(group);
    request.send().await.unwrap();
    let made = dns_configuration(&fixture, &gateway.id, "orders").await;
    assert_eq!(made.output("status"), "ACTIVE");
    assert_eq!(
        fixture.calls("CreateResourceConfiguration")[0].outcome,
        "ConflictException"
    );
}

#[tokio::test(start_paused = true)]
async fn a_preview_knows_outputs_that_do_not_change() {
    let fixture = Fixture::new();
    let gateway = gateway(&fixture, "gateway").await;
    let inputs = dns_inputs(&gateway.id, "orders.example.com");
    let known = fixture.preview::<ResourceConfiguration>("orders", inputs.clone(), None);
    assert_eq!(known["domainName"].as_str(), Some("orders.example.com"));
    let address = with(&inputs, json!({ "target": { "ipAddress": "10.0.0.1" } }));
    assert!(fixture.preview::<ResourceConfiguration>("orders", address, None)["domainName"].is_null());

    let endpoint = endpoint(&fixture, "execute-api").await;
    let inputs = with(&inputs, json!({ "target": { "vpcEndpointId": endpoint } }));
    let known = fixture.preview::<ResourceConfiguration>("orders", inputs.clone(), None);
    assert!(!known.contains_key("domainName"), "it is looked up at creation");
    let made = fixture
        .create::<ResourceConfiguration>("orders", inputs.clone())
        .await
        .unwrap();
    let more = with(&inputs, json!({ "ports": ["8443"] }));
    let known = fixture.preview::<ResourceConfiguration>("orders", more, Some(&made));
    assert_eq!(known["domainName"], made.prior.outputs["domainName"]);
    assert_eq!(known["arn"], made.prior.outputs["arn"]);
}

/// VPC Lattice's reason need not name the gateway.
#[tokio::test(start_paused = true)]
async fn a_configuration_that_fails_with_its_gateway_names_it() {
    let fixture = Fixture::new();
    let gateway = gateway(&fixture, "gateway").await;
    fixture.inject("CreateResourceConfiguration", FaultKind::Fail);
    let inputs = dns_inputs(&gateway.id, "orders.example.com");
    let (made, ()) = tokio::join!(fixture.create::<ResourceConfiguration>("orders", inputs), async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let seed = json!({ "kind": "resource-gateway", "id": gateway.id, "status": "CREATE_FAILED" });
        fixture.emulator.seed(seed).unwrap();
    });
    let text = made.unwrap_err().1.to_string();
    let expected = format!(
        "The likely cause: its resource gateway {} is CREATE_FAILED; replace the gateway first",
        gateway.id
    );
    assert!(text.contains(&expected), "{text}");
}
