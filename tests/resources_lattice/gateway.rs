//! Resource gateways.

use std::time::Duration;

use aws_emulator::faults::{Fault, FaultKind};
use private_step_functions::resources::resource_gateway::ResourceGateway;
use pulumi_provider::error::ErrorKind;
use pulumi_provider::property::Value;
use serde_json::json;

use crate::configuration::dns_configuration;
use crate::fixture::{Fixture, Recorded, provider, with};

pub(crate) async fn gateway_inputs(fixture: &Fixture) -> serde_json::Value {
    let (vpc, subnets) = fixture.network().await;
    json!({ "vpcId": vpc, "subnetIds": subnets })
}

pub(crate) async fn gateway(fixture: &Fixture, name: &str) -> Recorded {
    let inputs = gateway_inputs(fixture).await;
    fixture.create::<ResourceGateway>(name, inputs).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_gateway_is_ready_at_the_second_active_in_a_row() {
    let fixture = Fixture::cautious(json!({}));
    let made = gateway(&fixture, "orders").await;
    assert_eq!(made.output("status"), "ACTIVE");
    let client = fixture.aws.lattice().await.unwrap();
    for _ in 0..20 {
        let live = client
            .get_resource_gateway()
            .resource_gateway_identifier(&made.id)
            .send()
            .await
            .unwrap();
        assert_eq!(live.status().unwrap().as_str(), "ACTIVE", "it must not flap any more");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(
        fixture.has_shown("waiting for the resource gateway to become active: CREATE_IN_PROGRESS"),
        "{:?}",
        fixture.statuses()
    );
}

#[tokio::test(start_paused = true)]
async fn values_chosen_by_aws_are_in_outputs_and_not_in_inputs() {
    let fixture = Fixture::new();
    let made = gateway(&fixture, "orders").await;
    assert_eq!(
        (
            made.output("ipAddressType").as_str(),
            made.output("dnsResolution").as_str()
        ),
        ("IPV4", "PUBLIC")
    );
    assert_eq!(made.prior.outputs["ipv4AddressesPerEni"], Value::Number(16.0));
    assert_eq!(made.prior.outputs["securityGroupIds"].as_array().unwrap().len(), 1);
    let again = fixture.refresh::<ResourceGateway>(&made).await.unwrap().unwrap();
    assert_eq!(again.prior, made.prior);
    let imported = fixture
        .import::<ResourceGateway>("orders", &made.id)
        .await
        .unwrap()
        .unwrap();
    let names: Vec<_> = imported.prior.inputs.keys().map(String::as_str).collect();
    assert_eq!(names, ["name", "securityGroupIds", "subnetIds", "vpcId"]);
}

#[tokio::test(start_paused = true)]
async fn default_tags_and_own_tags_are_merged() {
    let fixture = Fixture::configured(json!({ "defaultTags": { "tags": { "team": "a", "env": "dev" } } }));
    let inputs = with(&gateway_inputs(&fixture).await, json!({ "tags": { "env": "prod" } }));
    let made = fixture
        .create::<ResourceGateway>("orders", inputs.clone())
        .await
        .unwrap();
    let all = json!({ "team": "a", "env": "prod" });
    assert_eq!(made.prior.outputs["tagsAll"], Value::from(all.clone()));
    assert_eq!(
        fixture.refresh::<ResourceGateway>(&made).await.unwrap().unwrap().prior,
        made.prior
    );

    let inputs = with(&inputs, json!({ "tags": { "more": "x" } }));
    let updated = fixture.update::<ResourceGateway>(&made, inputs).await.unwrap();
    assert_eq!(
        updated.prior.outputs["tagsAll"],
        Value::from(json!({ "team": "a", "env": "dev", "more": "x" }))
    );
    assert_eq!(
        fixture
            .refresh::<ResourceGateway>(&updated)
            .await
            .unwrap()
            .unwrap()
            .prior,
        updated.prior
    );
    assert_eq!(fixture.calls("UpdateResourceGateway").len(), 0);

    // An update removes the tags that are no longer in the program, and nothing else.
    let without = with(&gateway_inputs(&fixture).await, json!({}));
    let updated = fixture.update::<ResourceGateway>(&updated, without).await.unwrap();
    assert_eq!(
        updated.prior.outputs["tagsAll"],
        Value::from(json!({ "team": "a", "env": "dev" }))
    );
    let taken = fixture.calls("UntagResource");
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].parameters["tagKeys"], json!(["more"]));
    assert_eq!(
        fixture
            .refresh::<ResourceGateway>(&updated)
            .await
            .unwrap()
            .unwrap()
            .prior,
        updated.prior
    );
}

#[tokio::test(start_paused = true)]
async fn security_groups_change_in_place_and_are_read_back() {
    let fixture = Fixture::new();
    let (one, two) = (fixture.security_group("one").await, fixture.security_group("two").await);
    let base = gateway_inputs(&fixture).await;
    let made = fixture
        .create::<ResourceGateway>("orders", with(&base, json!({ "securityGroupIds": [one] })))
        .await
        .unwrap();
    let wanted = with(&base, json!({ "securityGroupIds": [two, one] }));
    let diff = fixture.diff::<ResourceGateway>(&made, wanted.clone()).unwrap();
    assert!(diff.replaces.is_empty() && diff.properties.contains("securityGroupIds"));
    let updated = fixture.update::<ResourceGateway>(&made, wanted).await.unwrap();
    assert_eq!(
        updated.prior.outputs["securityGroupIds"],
        Value::from(json!([two, one])),
        "in the user's order"
    );
    assert_eq!(updated.output("status"), "ACTIVE");
    assert_eq!(updated.output("arn"), made.output("arn"));
    assert_eq!(fixture.calls("UpdateResourceGateway").len(), 1);
    assert!(
        fixture.has_shown("waiting for the resource gateway to become active: UPDATE_IN_PROGRESS"),
        "{:?}",
        fixture.statuses()
    );
    // Removing the property from the program leaves the groups unchanged.
    assert!(
        fixture
            .diff::<ResourceGateway>(&updated, base.clone())
            .unwrap()
            .detailed
            .is_empty()
    );
    let same = fixture.update::<ResourceGateway>(&updated, base).await.unwrap();
    assert_eq!(same.prior.outputs["securityGroupIds"].as_array().unwrap().len(), 2);
    assert_eq!(
        fixture.calls("UpdateResourceGateway").len(),
        1,
        "nothing differs, nothing is sent"
    );
}

#[tokio::test(start_paused = true)]
async fn an_update_waits_for_a_foreign_update() {
    let fixture = Fixture::cautious(json!({}));
    let (one, two) = (fixture.security_group("one").await, fixture.security_group("two").await);
    let made = gateway(&fixture, "orders").await;
    let client = fixture.aws.lattice().await.unwrap();
    let request = client
        .update_resource_gateway()
        .resource_gateway_identifier(&made.id)
        .security_group_ids(&one);
    request.send().await.unwrap();
    let inputs = with(&gateway_inputs(&fixture).await, json!({ "securityGroupIds": [two] }));
    let updated = fixture.update::<ResourceGateway>(&made, inputs).await.unwrap();
    assert_eq!(updated.prior.outputs["securityGroupIds"], Value::from(json!([two])));
    assert!(
        fixture
            .calls("UpdateResourceGateway")
            .iter()
            .any(|call| call.outcome == "ConflictException")
    );
}

#[tokio::test(start_paused = true)]
async fn a_failed_gateway_is_explained_and_replaced() {
    let fixture = Fixture::new();
    let (vpc, subnets) = fixture.network().await;
    let ec2 = fixture.aws.ec2().await.unwrap();
    let answer = ec2.describe_subnets().subnet_ids(&subnets[0]).send().await.unwrap();
    let zone = answer.subnets()[0].availability_zone().unwrap();
    let small = ec2
        .create_subnet()
        .vpc_id(&vpc)
        .cidr_block("172.31.240.0/28")
        .availability_zone(zone)
        .send()
        .await;
    let small = small.unwrap().subnet().unwrap().subnet_id().unwrap().to_owned();
    let inputs = json!({ "vpcId": vpc, "subnetIds": [small], "name": "orders-gateway" });
    let (recorded, error) = fixture
        .create::<ResourceGateway>("orders", inputs.clone())
        .await
        .unwrap_err();
    let recorded = recorded.expect("it exists and must be recorded");
    assert_eq!(recorded.output("status"), "CREATE_FAILED");
    let text = error.to_string();
    assert!(
        text.contains(&format!(
            "The likely cause: `subnetIds[0]`: {small} has 11 free addresses, and 16 are needed"
        )),
        "{text}"
    );
    assert_eq!(error.kind(), ErrorKind::Failed);

    // A failed gateway never recovers, so the same inputs replace it. It is deleted first, because its name must be free.
    let diff = fixture.diff::<ResourceGateway>(&recorded, inputs).unwrap();
    assert!(diff.replaces.contains("status") && diff.delete_first);
    fixture.delete::<ResourceGateway>(&recorded).await.unwrap();
    assert_eq!(fixture.existing("resource-gateway"), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_replacement_with_a_fixed_name_advises_delete_before_replace() {
    let fixture = Fixture::new();
    let base = with(&gateway_inputs(&fixture).await, json!({ "name": "mine" }));
    let made = fixture.create::<ResourceGateway>("orders", base.clone()).await.unwrap();
    let diff = |changes| fixture.diff::<ResourceGateway>(&made, with(&base, changes)).unwrap();
    for changes in [
        json!({ "dnsResolution": "IN_VPC" }),
        json!({ "ipv4AddressesPerEni": 8 }),
    ] {
        let reason = diff(changes).reason.unwrap();
        assert!(
            reason.contains("set the resource option `deleteBeforeReplace`"),
            "{reason}"
        );
    }
    let renamed = diff(json!({ "dnsResolution": "IN_VPC", "name": "other" }));
    assert!(!renamed.delete_first && !renamed.reason.unwrap().contains("deleteBeforeReplace"));
}

#[tokio::test(start_paused = true)]
async fn an_existing_gateway_of_the_same_name_is_never_adopted() {
    let mut fixture = Fixture::new();
    let inputs = with(&gateway_inputs(&fixture).await, json!({ "name": "mine" }));
    let first = fixture
        .create::<ResourceGateway>("orders", inputs.clone())
        .await
        .unwrap();
    let (recorded, error) = fixture
        .create::<ResourceGateway>("billing", inputs.clone())
        .await
        .unwrap_err();
    assert!(recorded.is_none());
    let text = error.to_string();
    assert!(
        text.contains(&format!(
            "{} has this name: choose another `name`, or import it",
            first.id
        )),
        "{text}"
    );
    assert_eq!(error.kind(), ErrorKind::Conflict);

    // The same resource in another process: the error names the gateway that the first run left behind.
    fixture.restart(b"second run");
    let (_, error) = fixture.create::<ResourceGateway>("orders", inputs).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("If an interrupted run left it behind, delete it or import it"),
        "{text}"
    );
    assert_eq!(fixture.existing("resource-gateway").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_delete_waits_for_its_configurations_and_interfaces() {
    let fixture = Fixture::new();
    let group = fixture.security_group("one").await;
    let inputs = with(&gateway_inputs(&fixture).await, json!({ "securityGroupIds": [group] }));
    let made = fixture.create::<ResourceGateway>("orders", inputs).await.unwrap();
    let configuration = dns_configuration(&fixture, &made.id, "target").await;
    let client = fixture.aws.lattice().await.unwrap().clone();
    let id = configuration.id.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(60)).await;
        client
            .delete_resource_configuration()
            .resource_configuration_identifier(id)
            .send()
            .await
            .unwrap();
    });
    fixture.delete::<ResourceGateway>(&made).await.unwrap();
    let named = format!("({})", configuration.id);
    assert!(
        fixture.statuses().iter().any(|status| status.contains(&named)),
        "{:?}",
        fixture.statuses()
    );
    // Nothing uses the group any more, so the delete succeeds at once.
    let ec2 = fixture.aws.ec2().await.unwrap();
    ec2.delete_security_group().group_id(group).send().await.unwrap();
    assert!(fixture.has_shown("waiting for the resource gateway to be deleted: DELETE_IN_PROGRESS"));
    assert!(
        fixture
            .statuses()
            .iter()
            .any(|s| s.starts_with("waiting for the network interfaces of the resource gateway"))
    );
    assert_eq!(
        fixture
            .refresh::<ResourceGateway>(&made)
            .await
            .unwrap()
            .map(|found| found.id),
        None
    );
    fixture
        .delete::<ResourceGateway>(&made)
        .await
        .expect("what is gone is deleted");
}

#[tokio::test(start_paused = true)]
async fn a_delete_that_takes_too_long_names_the_configuration() {
    let mut fixture = Fixture::new();
    let made = gateway(&fixture, "orders").await;
    let configuration = dns_configuration(&fixture, &made.id, "target").await;
    fixture.timeout = Some(Duration::from_secs(30));
    let error = fixture.delete::<ResourceGateway>(&made).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert!(error.to_string().contains(&configuration.id), "{error}");
    assert!(
        error
            .to_string()
            .starts_with(&format!("deleting resource gateway {}: ", made.id)),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_delete_without_permission_to_see_interfaces_warns() {
    let fixture = Fixture::new();
    let made = gateway(&fixture, "orders").await;
    fixture.emulator.deny(["ec2:DescribeNetworkInterfaces".to_owned()]);
    fixture.delete::<ResourceGateway>(&made).await.unwrap();
    assert!(
        fixture.warnings()[0].contains("does not wait for the network interfaces"),
        "{:?}",
        fixture.warnings()
    );
}

#[tokio::test(start_paused = true)]
async fn denied_quota_and_unknown_references_are_explained() {
    let fixture = Fixture::new();
    let inputs = gateway_inputs(&fixture).await;
    fixture.emulator.deny(["vpc-lattice:CreateResourceGateway".to_owned()]);
    let (recorded, error) = fixture
        .create::<ResourceGateway>("orders", inputs.clone())
        .await
        .unwrap_err();
    assert!(recorded.is_none());
    assert_eq!(error.kind(), ErrorKind::Denied);
    assert!(error.to_string().contains("iam:CreateServiceLinkedRole"), "{error}");
    fixture.emulator.deny([]);

    let unknown = with(&inputs, json!({ "securityGroupIds": ["sg-0123456789abcdef0"] }));
    let (_, error) = fixture.create::<ResourceGateway>("orders", unknown).await.unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::NotFound,
        "AWS's own error after a while, not a time-out: {error}"
    );
    let text = error.to_string();
    assert!(
        text.contains("sg-0123456789abcdef0") && !text.contains("waited"),
        "{text}"
    );
    assert!(
        fixture.calls("CreateResourceGateway").len() > 3,
        "it was worth some repetitions"
    );
}

#[tokio::test(start_paused = true)]
async fn throttling_and_service_failures_are_retried() {
    let fixture = Fixture::new();
    for (operation, kind) in [
        ("CreateResourceGateway", FaultKind::Throttle),
        ("GetResourceGateway", FaultKind::Internal),
        ("DeleteResourceGateway", FaultKind::ResetAfter),
    ] {
        fixture.emulator.inject(Fault::new(operation, 1, kind).times(3));
    }
    let made = gateway(&fixture, "orders").await;
    fixture.delete::<ResourceGateway>(&made).await.unwrap();
    assert_eq!(fixture.existing("resource-gateway"), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn another_region_or_account_is_not_mistaken_for_a_deletion() {
    let mut fixture = Fixture::new();
    let made = gateway(&fixture, "orders").await;
    let home = std::mem::replace(
        &mut fixture.aws,
        provider(&fixture.emulator, "us-east-1", json!({})).into(),
    );
    for error in [
        fixture.refresh::<ResourceGateway>(&made).await.unwrap_err(),
        fixture.delete::<ResourceGateway>(&made).await.unwrap_err(),
        fixture
            .update::<ResourceGateway>(&made, gateway_inputs(&fixture).await)
            .await
            .unwrap_err(),
    ] {
        assert!(
            error.to_string().contains("the resource is in Region eu-west-1"),
            "{error}"
        );
    }
    fixture.aws = home;
    assert!(fixture.refresh::<ResourceGateway>(&made).await.unwrap().is_some());
}

#[test]
fn an_ipv6_gateway_has_no_ipv4_addresses() {
    use pulumi_provider::resource::Resource;
    use pulumi_provider::resource::draft::{Draft, Failures};

    let check = |inputs: serde_json::Value| {
        let inputs = Value::from(inputs);
        let mut failures = Failures::default();
        ResourceGateway::rules(&Draft::new(inputs.as_object().unwrap()), &mut failures);
        failures.iter().count()
    };
    assert_eq!(check(json!({ "ipAddressType": "IPV6", "ipv4AddressesPerEni": 1 })), 1);
    assert_eq!(
        check(json!({ "ipAddressType": "DUALSTACK", "ipv4AddressesPerEni": 1 })),
        0
    );
    assert_eq!(check(json!({ "ipAddressType": "IPV6" })), 0);
    for (kind, resolution, failures) in [
        ("IPV6", "IN_VPC", 1),
        ("IPV6", "PUBLIC", 0),
        ("DUALSTACK", "IN_VPC", 0),
        ("IPV4", "IN_VPC", 0),
    ] {
        let inputs = json!({ "ipAddressType": kind, "dnsResolution": resolution });
        assert_eq!(check(inputs), failures, "{kind} {resolution}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_update_is_repeated_once() {
    let fixture = Fixture::new();
    let (one, two) = (fixture.security_group("one").await, fixture.security_group("two").await);
    let base = gateway_inputs(&fixture).await;
    let made = gateway(&fixture, "orders").await;
    fixture.inject("UpdateResourceGateway", FaultKind::Fail);
    let inputs = with(&base, json!({ "securityGroupIds": [one] }));
    let updated = fixture.update::<ResourceGateway>(&made, inputs).await.unwrap();
    assert_eq!(updated.output("status"), "ACTIVE");
    assert_eq!(fixture.calls("UpdateResourceGateway").len(), 2);

    fixture
        .emulator
        .inject(Fault::new("UpdateResourceGateway", 1, FaultKind::Fail).times(2));
    let inputs = with(&base, json!({ "securityGroupIds": [two] }));
    let error = fixture
        .update::<ResourceGateway>(&updated, inputs.clone())
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("is UPDATE_FAILED; AWS gives no reason"),
        "{error}"
    );
    assert_eq!(fixture.calls("UpdateResourceGateway").len(), 4);

    // A refresh records the failure. The next update then tries again, even without any other difference.
    let seen = fixture.refresh::<ResourceGateway>(&updated).await.unwrap().unwrap();
    assert_eq!(seen.output("status"), "UPDATE_FAILED");
    let diff = fixture.diff::<ResourceGateway>(&seen, inputs.clone()).unwrap();
    assert!(diff.properties.contains("status") && diff.replaces.is_empty());
    let repaired = fixture.update::<ResourceGateway>(&seen, inputs).await.unwrap();
    assert_eq!(repaired.output("status"), "ACTIVE");
}

#[tokio::test(start_paused = true)]
async fn a_failed_delete_is_repeated() {
    let fixture = Fixture::new();
    let made = gateway(&fixture, "orders").await;
    fixture.inject("DeleteResourceGateway", FaultKind::Fail);
    fixture.delete::<ResourceGateway>(&made).await.unwrap();
    assert_eq!(fixture.existing("resource-gateway"), Vec::<String>::new());

    let made = gateway(&fixture, "billing").await;
    fixture
        .emulator
        .inject(Fault::new("DeleteResourceGateway", 1, FaultKind::Fail).times(3));
    let error = fixture.delete::<ResourceGateway>(&made).await.unwrap_err();
    assert!(error.to_string().contains("is DELETE_FAILED"), "{error}");
}
