//! Resource configurations.

use std::time::Duration;

use aws_emulator::faults::FaultKind;
use private_step_functions::resources::connection::Connection;
use private_step_functions::resources::resource_configuration::ResourceConfiguration;
use pulumi_provider::error::Kind;
use pulumi_provider::property::Value;
use serde_json::json;

use crate::gateway::gateway;
use crate::world::{Recorded, World, with};

pub(crate) fn dns_inputs(gateway: &str, domain: &str) -> serde_json::Value {
    json!({ "resourceGatewayId": gateway, "ports": ["443"], "target": { "domainName": domain } })
}

pub(crate) async fn dns_configuration(world: &World, gateway: &str, name: &str) -> Recorded {
    let inputs = dns_inputs(gateway, &format!("{name}.example.com"));
    world.create::<ResourceConfiguration>(name, inputs).await.unwrap()
}

async fn used_by_a_connection(world: &World) -> Recorded {
    let gateway = gateway(world, "gateway").await;
    let made = dns_configuration(world, &gateway.id, "target").await;
    let inputs = json!({ "name": "orders", "auth": { "apiKey": { "name": "k", "value": "v" } }, "resourceConfigurationArn": made.output("arn") });
    world.create::<Connection>("orders", inputs).await.unwrap();
    made
}

async fn endpoint(world: &World, service: &str) -> String {
    let (vpc, subnets) = world.network().await;
    let request = world
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
async fn an_endpoint_is_looked_up_and_awaited() {
    let world = World::new();
    let gateway = gateway(&world, "gateway").await;
    let endpoint = endpoint(&world, "execute-api").await;
    let inputs =
        json!({ "resourceGatewayId": gateway.id, "ports": ["443-443"], "target": { "vpcEndpointId": endpoint } });
    let made = world
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
    assert!(world.has_shown(&waited), "{:?}", world.statuses());

    let again = world.refresh::<ResourceConfiguration>(&made).await.unwrap().unwrap();
    assert_eq!(again.prior, made.prior, "ports and target as the user wrote them");
    let imported = world
        .import::<ResourceConfiguration>("orders", &made.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        imported.prior.inputs["target"],
        Value::from(json!({ "vpcEndpointId": endpoint, "ipAddressType": "IPV4" }))
    );
    assert!(
        world
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
        world
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
        !world
            .diff::<ResourceConfiguration>(&made, elsewhere)
            .unwrap()
            .replaces
            .is_empty()
    );
}

#[tokio::test(start_paused = true)]
async fn only_endpoints_of_api_gateway_will_do() {
    let world = World::new();
    let gateway = gateway(&world, "gateway").await;
    let wrong = endpoint(&world, "states").await;
    for (endpoint, expected, kind) in [
        (wrong.as_str(), "not of API Gateway (execute-api)", Kind::Invalid),
        ("vpce-0123456789abcdef0", "does not exist", Kind::NotFound),
    ] {
        let inputs =
            json!({ "resourceGatewayId": gateway.id, "ports": ["443"], "target": { "vpcEndpointId": endpoint } });
        let (recorded, error) = world
            .create::<ResourceConfiguration>("orders", inputs)
            .await
            .unwrap_err();
        assert!(recorded.is_none());
        assert!(error.to_string().contains(expected) && error.kind() == kind, "{error}");
    }
    assert_eq!(world.calls("CreateResourceConfiguration").len(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_address_type_follows_the_gateway() {
    let world = World::new();
    let gateway = gateway(&world, "gateway").await;
    let made = dns_configuration(&world, &gateway.id, "orders").await;
    let sent = &world.calls("CreateResourceConfiguration")[0].parameters;
    assert_eq!(
        sent["resourceConfigurationDefinition"]["dnsResource"]["ipAddressType"],
        "IPV4"
    );
    assert!(
        sent.get("allowAssociationToShareableServiceNetwork").is_none(),
        "left to AWS"
    );
    assert_eq!(made.prior.outputs["shareable"], Value::Bool(true), "and shown");
    let again = world.refresh::<ResourceConfiguration>(&made).await.unwrap().unwrap();
    assert_eq!(again.prior, made.prior, "what was left out stays out");
}

#[tokio::test(start_paused = true)]
async fn a_failure_comes_with_its_reason_and_replaces() {
    let world = World::new();
    let gateway = gateway(&world, "gateway").await;
    let inputs = with(&dns_inputs(&gateway.id, "nowhere.invalid"), json!({ "name": "orders" }));
    let (recorded, error) = world
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
    let diff = world.diff::<ResourceConfiguration>(&recorded, inputs).unwrap();
    assert!(diff.replaces.contains("status") && diff.delete_first);
    world.delete::<ResourceConfiguration>(&recorded).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn ports_address_and_flag_change_in_place() {
    let world = World::new();
    let gateway = gateway(&world, "gateway").await;
    let base = json!({ "resourceGatewayId": gateway.id, "ports": ["443"], "target": { "ipAddress": "10.0.0.1" } });
    let made = world
        .create::<ResourceConfiguration>("orders", base.clone())
        .await
        .unwrap();
    assert!(!made.prior.outputs.contains_key("domainName"));
    let wanted = with(
        &base,
        json!({ "ports": ["8443", "443-443"], "target": { "ipAddress": "10.0.0.2" }, "shareable": false }),
    );
    let diff = world.diff::<ResourceConfiguration>(&made, wanted.clone()).unwrap();
    assert!(diff.replaces.is_empty(), "{diff:?}");
    let updated = world
        .update::<ResourceConfiguration>(&made, wanted.clone())
        .await
        .unwrap();
    assert_eq!(updated.output("status"), "ACTIVE");
    let again = world.refresh::<ResourceConfiguration>(&updated).await.unwrap().unwrap();
    assert_eq!(again.prior, updated.prior);
    let same = with(&wanted, json!({ "ports": ["443", "8443-8443"] }));
    assert!(
        world
            .diff::<ResourceConfiguration>(&updated, same.clone())
            .unwrap()
            .detailed
            .is_empty()
    );
    world.update::<ResourceConfiguration>(&updated, same).await.unwrap();
    assert_eq!(
        world.calls("UpdateResourceConfiguration").len(),
        1,
        "the same ports in other words are not sent"
    );
}

#[tokio::test(start_paused = true)]
async fn drift_is_seen() {
    let world = World::new();
    let gateway = gateway(&world, "gateway").await;
    let made = dns_configuration(&world, &gateway.id, "orders").await;
    let client = world.aws.lattice().await.unwrap();
    let request = client
        .update_resource_configuration()
        .resource_configuration_identifier(&made.id)
        .port_ranges("8443");
    request.send().await.unwrap();
    tokio::time::sleep(Duration::from_secs(5)).await;
    let drifted = world.refresh::<ResourceConfiguration>(&made).await.unwrap().unwrap();
    assert_eq!(drifted.prior.inputs["ports"], Value::from(json!(["8443"])));
    let repaired = world
        .update::<ResourceConfiguration>(&drifted, dns_inputs(&gateway.id, "orders.example.com"))
        .await
        .unwrap();
    assert_eq!(repaired.prior.outputs["ports"], Value::from(json!(["443"])));
}

#[tokio::test(start_paused = true)]
async fn a_delete_waits_out_eventbridge_and_says_for_whom() {
    let world = World::new();
    let gateway = gateway(&world, "gateway").await;
    let made = dns_configuration(&world, &gateway.id, "target").await;
    let inputs = json!({ "name": "orders", "auth": { "apiKey": { "name": "k", "value": "v" } }, "resourceConfigurationArn": made.output("arn") });
    let connection = world.create::<Connection>("orders", inputs).await.unwrap();
    world.delete::<Connection>(&connection).await.unwrap();
    world.delete::<ResourceConfiguration>(&made).await.unwrap();
    assert!(
        world.statuses().iter().any(|status| {
            status.starts_with("waiting for EventBridge to release the association of connection \"orders\"")
        }),
        "{:?}",
        world.statuses()
    );
    let refused = world.calls("DeleteResourceConfiguration");
    assert_eq!(refused[0].outcome, "ValidationException");
    assert_eq!(refused.len(), 2, "it looks at the association, not at the delete");
    assert_eq!(
        world
            .refresh::<ResourceConfiguration>(&made)
            .await
            .unwrap()
            .map(|found| found.id),
        None
    );
    world
        .delete::<ResourceConfiguration>(&made)
        .await
        .expect("what is gone is deleted");
}

#[tokio::test(start_paused = true)]
async fn what_a_connection_goes_on_using_is_not_awaited() {
    let world = World::new();
    let made = used_by_a_connection(&world).await;
    let begun = tokio::time::Instant::now();
    let error = world.delete::<ResourceConfiguration>(&made).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Failed);
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    let text = error.to_string();
    assert!(
        text.contains("is in use by connection \"orders\". Delete what uses it"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_delete_that_takes_too_long_names_the_holder() {
    let mut world = World::new();
    let made = used_by_a_connection(&world).await;
    // Without permission to describe the connection, the provider has to wait until the timeout.
    world.emulator.deny(["events:DescribeConnection".to_owned()]);
    let begun = tokio::time::Instant::now();
    let error = world.delete::<ResourceConfiguration>(&made).await.unwrap_err();
    assert_eq!(error.kind(), Kind::TimedOut);
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
    world.timeout = Some(Duration::from_secs(20));
    world
        .emulator
        .deny(["vpc-lattice:ListServiceNetworkResourceAssociations".to_owned()]);
    let error = world.delete::<ResourceConfiguration>(&made).await.unwrap_err();
    assert!(
        error.to_string().contains("existing association with service networks"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_delete_can_be_cancelled() {
    let mut world = World::new();
    let made = used_by_a_connection(&world).await;
    let cancel = world.cancel.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(5)).await;
        cancel.cancel();
    });
    let begun = tokio::time::Instant::now();
    let error = world.delete::<ResourceConfiguration>(&made).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Cancelled);
    assert!(begun.elapsed() < Duration::from_secs(6));
    world.restart(b"second run");
    assert!(world.refresh::<ResourceConfiguration>(&made).await.unwrap().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_taken_name_and_a_missing_gateway_are_explained() {
    let world = World::new();
    let gateway = gateway(&world, "gateway").await;
    let inputs = with(
        &dns_inputs(&gateway.id, "orders.example.com"),
        json!({ "name": "mine" }),
    );
    let first = world
        .create::<ResourceConfiguration>("orders", inputs.clone())
        .await
        .unwrap();
    let (_, error) = world
        .create::<ResourceConfiguration>("billing", inputs)
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains(&format!("{} has this name", first.id)),
        "{error}"
    );

    let nowhere = dns_inputs("rgw-0123456789abcdef0", "orders.example.com");
    let (recorded, error) = world
        .create::<ResourceConfiguration>("other", nowhere)
        .await
        .unwrap_err();
    assert!(recorded.is_none() && error.kind() == Kind::NotFound, "{error}");
    world.inject("CreateResourceConfiguration", FaultKind::AccessDenied);
    let (_, error) = world
        .create::<ResourceConfiguration>("other", dns_inputs(&gateway.id, "a.example.com"))
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("vpc-lattice:CreateResourceConfiguration"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn failed_updates_and_deletes() {
    let world = World::new();
    let gateway = gateway(&world, "gateway").await;
    let made = dns_configuration(&world, &gateway.id, "orders").await;
    world.inject("UpdateResourceConfiguration", FaultKind::Fail);
    let inputs = with(
        &dns_inputs(&gateway.id, "orders.example.com"),
        json!({ "ports": ["8443"] }),
    );
    let error = world
        .update::<ResourceConfiguration>(&made, inputs.clone())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("is UPDATE_FAILED: "), "{error}");
    let repaired = world.update::<ResourceConfiguration>(&made, inputs).await.unwrap();
    assert_eq!(repaired.output("status"), "ACTIVE");
    assert_eq!(world.calls("UpdateResourceConfiguration").len(), 2);

    world.inject("DeleteResourceConfiguration", FaultKind::Fail);
    world.delete::<ResourceConfiguration>(&repaired).await.unwrap();
    assert_eq!(world.existing("resource-configuration"), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn somebody_elses_change_is_waited_for() {
    let world = World::cautious(json!({}));
    let gateway = gateway(&world, "gateway").await;
    let made = dns_configuration(&world, &gateway.id, "orders").await;
    let client = world.aws.lattice().await.unwrap();
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
    let updated = world.update::<ResourceConfiguration>(&made, inputs).await.unwrap();
    let refused = &world.calls("UpdateResourceConfiguration")[1];
    assert_eq!(refused.outcome, "ValidationException", "its message alone says why");
    assert_eq!(updated.prior.outputs["ports"], Value::from(json!(["9443"])));

    change("8443").await;
    world.delete::<ResourceConfiguration>(&updated).await.unwrap();
    assert_eq!(
        world.calls("DeleteResourceConfiguration")[0].outcome,
        "ConflictException"
    );
    assert_eq!(world.existing("resource-configuration"), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_is_busy_is_waited_for() {
    let world = World::new();
    let gateway = gateway(&world, "gateway").await;
    let group = world.security_group("one").await;
    let client = world.aws.lattice().await.unwrap();
    let request = client
        .update_resource_gateway()
        .resource_gateway_identifier(&gateway.id)
        .security_group_ids(group);
    request.send().await.unwrap();
    let made = dns_configuration(&world, &gateway.id, "orders").await;
    assert_eq!(made.output("status"), "ACTIVE");
    assert_eq!(
        world.calls("CreateResourceConfiguration")[0].outcome,
        "ConflictException"
    );
}

#[tokio::test(start_paused = true)]
async fn previews_know_what_does_not_change() {
    let world = World::new();
    let gateway = gateway(&world, "gateway").await;
    let inputs = dns_inputs(&gateway.id, "orders.example.com");
    let known = world.preview::<ResourceConfiguration>("orders", inputs.clone(), None);
    assert_eq!(known["domainName"].as_str(), Some("orders.example.com"));
    let address = with(&inputs, json!({ "target": { "ipAddress": "10.0.0.1" } }));
    assert!(world.preview::<ResourceConfiguration>("orders", address, None)["domainName"].is_null());

    let endpoint = endpoint(&world, "execute-api").await;
    let inputs = with(&inputs, json!({ "target": { "vpcEndpointId": endpoint } }));
    let known = world.preview::<ResourceConfiguration>("orders", inputs.clone(), None);
    assert!(!known.contains_key("domainName"), "it is looked up at creation");
    let made = world
        .create::<ResourceConfiguration>("orders", inputs.clone())
        .await
        .unwrap();
    let more = with(&inputs, json!({ "ports": ["8443"] }));
    let known = world.preview::<ResourceConfiguration>("orders", more, Some(&made));
    assert_eq!(known["domainName"], made.prior.outputs["domainName"]);
    assert_eq!(known["arn"], made.prior.outputs["arn"]);
}
