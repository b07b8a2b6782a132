//! Recovery of interface endpoints after partial failures.

use std::time::Duration;

use aws_emulator::faults::{Fault, FaultKind};
use private_step_functions::resources::interface_endpoint::InterfaceEndpoint;
use pulumi_provider::error::ErrorKind;
use serde_json::json;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::fixture::{Fixture, with};
use crate::interface_endpoint::{endpoint, endpoint_inputs};

#[tokio::test(start_paused = true)]
async fn a_lost_response_creates_no_second_endpoint() {
    for config in [json!({ "maxRetries": 0 }), json!({})] {
        let fixture = Fixture::configured(config);
        fixture.inject("CreateVpcEndpoint", FaultKind::ResetAfter);
        let made = endpoint(&fixture, "states", json!({})).await;
        assert_eq!(fixture.existing("vpc-endpoint"), [made.id]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_never_arrived_is_sent_again() {
    let fixture = Fixture::configured(json!({ "maxRetries": 0 }));
    fixture.inject("CreateVpcEndpoint", FaultKind::ResetBefore);
    let made = endpoint(&fixture, "states", json!({})).await;
    assert_eq!(fixture.existing("vpc-endpoint"), [made.id]);
    fixture
        .emulator
        .inject(Fault::new("CreateVpcEndpoint", 1, FaultKind::ResetBefore).times(9));
    let inputs = with(&endpoint_inputs(&fixture).await, json!({ "service": "sync-states" }));
    let (recorded, error) = fixture.create::<InterfaceEndpoint>("sync", inputs).await.unwrap_err();
    assert!(recorded.is_none());
    assert_eq!(error.kind(), ErrorKind::MaybeSent);
}

#[tokio::test(start_paused = true)]
async fn throttling_and_server_errors_are_retried() {
    let fixture = Fixture::configured(json!({ "maxRetries": 0 }));
    for operation in [
        "CreateVpcEndpoint",
        "DescribeVpcEndpoints",
        "DeleteVpcEndpoints",
        "DescribeNetworkInterfaces",
    ] {
        fixture
            .emulator
            .inject(Fault::new(operation, 1, FaultKind::Throttle).times(2));
    }
    fixture
        .emulator
        .inject(Fault::new("DescribeVpcEndpoints", 4, FaultKind::Internal));
    fixture.inject("DeleteVpcEndpoints", FaultKind::ResetAfter);
    let made = endpoint(&fixture, "states", json!({})).await;
    fixture.delete::<InterfaceEndpoint>(&made).await.unwrap();
    assert_eq!(
        fixture
            .emulator
            .beyond_start()
            .iter()
            .map(|row| &row.id)
            .collect::<Vec<_>>(),
        [""; 0]
    );
}

#[tokio::test(start_paused = true)]
async fn a_failed_endpoint_is_recorded_as_failed_and_replaced() {
    let fixture = Fixture::new();
    fixture.inject("CreateVpcEndpoint", FaultKind::Fail);
    let (recorded, error) = fixture
        .create::<InterfaceEndpoint>("states", endpoint_inputs(&fixture).await)
        .await
        .unwrap_err();
    let recorded = recorded.expect("the endpoint exists, so it is recorded");
    assert_eq!(error.kind(), ErrorKind::Failed);
    assert!(error.to_string().contains(" is failed: "), "{error}");
    assert_eq!(recorded.output("state"), "failed");
    let diff = fixture
        .diff::<InterfaceEndpoint>(&recorded, endpoint_inputs(&fixture).await)
        .unwrap();
    assert!(!diff.replaces.is_empty() && diff.delete_first);
    fixture.delete::<InterfaceEndpoint>(&recorded).await.unwrap();
    assert_eq!(fixture.existing("vpc-endpoint"), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn the_owner_of_the_private_name_is_named() {
    let fixture = Fixture::new();
    let owner = endpoint(&fixture, "owner", json!({})).await;
    let began = Instant::now();
    let (recorded, error) = fixture
        .create::<InterfaceEndpoint>("second", endpoint_inputs(&fixture).await)
        .await
        .unwrap_err();
    assert!(recorded.is_none() && began.elapsed() < Duration::from_secs(5));
    assert_eq!(error.kind(), ErrorKind::Conflict);
    let text = error.to_string();
    assert!(
        text.contains(&format!("endpoint {} (made for urn:pulumi:dev::shop::", owner.id)),
        "{text}"
    );
    assert!(text.contains("`privateDnsEnabled` to false"), "{text}");

    let second = endpoint(&fixture, "second", json!({ "privateDnsEnabled": false })).await;
    let error = fixture
        .update::<InterfaceEndpoint>(&second, endpoint_inputs(&fixture).await)
        .await
        .unwrap_err();
    assert!(error.to_string().contains(&owner.id), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_failed_endpoint_that_may_own_the_private_name_is_named() {
    let fixture = Fixture::new();
    let owner = endpoint(&fixture, "owner", json!({})).await;
    let failed = json!({ "kind": "vpc-endpoint", "VpcEndpointId": owner.id, "State": "failed" });
    fixture.emulator.seed(failed).unwrap();
    let (_, error) = fixture
        .create::<InterfaceEndpoint>("second", endpoint_inputs(&fixture).await)
        .await
        .unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("is failed, and may still own the private DNS name"),
        "{text}"
    );
    assert!(text.contains("Delete that endpoint"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_create_waits_for_a_private_name_that_is_being_released() {
    let fixture = Fixture::new();
    let owner = endpoint(&fixture, "owner", json!({})).await;
    let ec2 = fixture.aws.ec2().await.unwrap();
    ec2.delete_vpc_endpoints()
        .vpc_endpoint_ids(&owner.id)
        .send()
        .await
        .unwrap();
    let second = endpoint(&fixture, "second", json!({})).await;
    assert_eq!(second.output("state"), "available");
    assert!(
        fixture
            .statuses()
            .iter()
            .any(|status| status.contains(&format!("{} is deleting", owner.id)))
    );
}

#[tokio::test(start_paused = true)]
async fn a_canceled_create_is_recorded_and_continued() {
    let mut fixture = Fixture::new();
    let cancel = CancellationToken::new();
    fixture.cancel = cancel.clone();
    let inputs = endpoint_inputs(&fixture).await;
    let (made, ()) = tokio::join!(fixture.create::<InterfaceEndpoint>("states", inputs.clone()), async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        cancel.cancel();
    });
    let (recorded, error) = made.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    let recorded = recorded.expect("the endpoint exists, so it is recorded");
    fixture.restart(b"second run");
    let updated = fixture.update::<InterfaceEndpoint>(&recorded, inputs).await.unwrap();
    assert_eq!(updated.output("state"), "available");
    assert_eq!(fixture.existing("vpc-endpoint"), [recorded.id]);
}

#[tokio::test(start_paused = true)]
async fn a_change_of_a_pending_endpoint_is_repeated() {
    let mut fixture = Fixture::new();
    fixture.timeout = Some(Duration::from_secs(2));
    let inputs = endpoint_inputs(&fixture).await;
    let (recorded, _) = fixture
        .create::<InterfaceEndpoint>("states", inputs.clone())
        .await
        .unwrap_err();
    fixture.timeout = None;
    let inputs = with(&inputs, json!({ "privateDnsEnabled": false }));
    let updated = fixture
        .update::<InterfaceEndpoint>(&recorded.unwrap(), inputs)
        .await
        .unwrap();
    assert_eq!(updated.output("state"), "available");
    let outcomes: Vec<_> = fixture
        .calls("ModifyVpcEndpoint")
        .into_iter()
        .map(|call| call.outcome)
        .collect();
    assert_eq!(outcomes.first().map(String::as_str), Some("IncorrectState"));
}

#[tokio::test(start_paused = true)]
async fn a_create_waits_briefly_for_a_group_that_is_not_found() {
    let fixture = Fixture::new();
    let inputs = endpoint_inputs(&fixture).await;
    let ec2 = fixture.aws.ec2().await.unwrap();
    let group = ec2.create_security_group().group_name("new").description("new");
    let group = group.vpc_id(inputs["vpcId"].as_str().unwrap()).send().await.unwrap();
    let more = json!({ "securityGroupIds": [group.group_id().unwrap()] });
    fixture
        .create::<InterfaceEndpoint>("states", with(&inputs, more))
        .await
        .unwrap();
    assert_eq!(fixture.calls("CreateVpcEndpoint")[0].outcome, "InvalidGroup.NotFound");

    let began = Instant::now();
    let missing = json!({ "securityGroupIds": ["sg-0123456789abcdef0"], "privateDnsEnabled": false });
    let (recorded, error) = fixture
        .create::<InterfaceEndpoint>("missing", with(&inputs, missing))
        .await
        .unwrap_err();
    assert!(recorded.is_none());
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    assert!((30..60).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_custom_timeout_ends_the_wait_with_the_last_state() {
    let mut fixture = Fixture::new();
    fixture.timeout = Some(Duration::from_secs(3));
    let (recorded, error) = fixture
        .create::<InterfaceEndpoint>("states", endpoint_inputs(&fixture).await)
        .await
        .unwrap_err();
    assert!(recorded.is_some());
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    let text = error.to_string();
    assert!(
        text.contains("waited 3 s for endpoint vpce-") && text.contains("last seen: pending"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn refusals_say_what_to_do() {
    let fixture = Fixture::new();
    let (vpc, subnets) = fixture.network().await;
    let inputs = endpoint_inputs(&fixture).await;
    let ec2 = fixture.aws.ec2().await.unwrap();
    let answer = ec2.describe_subnets().subnet_ids(&subnets[0]).send().await.unwrap();
    let zone = answer.subnets()[0].availability_zone().unwrap().to_owned();
    let call = ec2
        .create_subnet()
        .vpc_id(&vpc)
        .cidr_block("172.31.240.0/24")
        .availability_zone(&zone);
    let twin = call
        .send()
        .await
        .unwrap()
        .subnet()
        .unwrap()
        .subnet_id()
        .unwrap()
        .to_owned();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let refused = |more| {
        let inputs = with(&inputs, more);
        let fixture = &fixture;
        async move {
            fixture
                .create::<InterfaceEndpoint>("states", inputs)
                .await
                .unwrap_err()
                .1
                .to_string()
        }
    };
    let text = refused(json!({ "subnetIds": [subnets[0], twin] })).await;
    assert!(
        text.contains("are in the same Availability Zone, euw1-az1. Keep one of them"),
        "{text}"
    );
    let text = refused(json!({ "service": "stats" })).await;
    assert!(text.contains("`service` is states, sync-states, execute-api"), "{text}");
    let attribute = aws_sdk_ec2::types::AttributeBooleanValue::builder()
        .value(false)
        .build();
    ec2.modify_vpc_attribute()
        .vpc_id(&vpc)
        .enable_dns_hostnames(attribute)
        .send()
        .await
        .unwrap();
    let text = refused(json!({})).await;
    assert!(
        text.contains("Turn on enableDnsSupport and enableDnsHostnames of vpc-"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_deleted_endpoint_is_reported_as_missing() {
    let fixture = Fixture::new();
    let made = endpoint(&fixture, "states", json!({})).await;
    let ec2 = fixture.aws.ec2().await.unwrap();
    ec2.delete_vpc_endpoints()
        .vpc_endpoint_ids(&made.id)
        .send()
        .await
        .unwrap();
    assert!(
        fixture.refresh::<InterfaceEndpoint>(&made).await.unwrap().is_none(),
        "deleting is as good as gone"
    );
    tokio::time::sleep(Duration::from_secs(5)).await;
    let shown = ec2.describe_vpc_endpoints().vpc_endpoint_ids(&made.id).send().await;
    let shown = shown.unwrap().vpc_endpoints()[0].state().unwrap().as_str().to_owned();
    assert_eq!(shown, "deleted", "EC2 still shows it");
    assert!(fixture.refresh::<InterfaceEndpoint>(&made).await.unwrap().is_none());
    let error = fixture
        .update::<InterfaceEndpoint>(&made, endpoint_inputs(&fixture).await)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test(start_paused = true)]
async fn a_change_with_a_lost_response_is_repeated_only_if_needed() {
    for kind in [FaultKind::ResetAfter, FaultKind::ResetBefore] {
        let fixture = Fixture::configured(json!({ "maxRetries": 0 }));
        let made = endpoint(&fixture, "states", json!({})).await;
        fixture.inject("ModifyVpcEndpoint", kind);
        let inputs = with(&endpoint_inputs(&fixture).await, json!({ "privateDnsEnabled": false }));
        let updated = fixture.update::<InterfaceEndpoint>(&made, inputs).await.unwrap();
        assert_eq!(
            fixture
                .refresh::<InterfaceEndpoint>(&updated)
                .await
                .unwrap()
                .unwrap()
                .prior,
            updated.prior
        );
        let sent = if kind == FaultKind::ResetAfter { 1 } else { 2 };
        assert_eq!(fixture.calls("ModifyVpcEndpoint").len(), sent);
    }
}

/// An access-denied error would imply that nothing was created.
#[tokio::test(start_paused = true)]
async fn a_denied_look_up_does_not_hide_that_an_endpoint_may_exist() {
    let fixture = Fixture::configured(json!({ "maxRetries": 0 }));
    fixture.inject("CreateVpcEndpoint", FaultKind::ResetAfter);
    let denied = Fault::new("DescribeVpcEndpoints", 1, FaultKind::AccessDenied);
    fixture.emulator.inject(denied.times(100));
    let inputs = endpoint_inputs(&fixture).await;
    let (recorded, error) = fixture.create::<InterfaceEndpoint>("states", inputs).await.unwrap_err();
    assert!(recorded.is_none() && error.kind() == ErrorKind::MaybeSent, "{error}");
    let text = error.to_string();
    assert!(
        text.contains("The endpoint may exist, but the provider could not look for it"),
        "{text}"
    );
}
