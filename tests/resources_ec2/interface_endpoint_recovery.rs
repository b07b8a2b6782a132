//! Recovery of interface endpoints after partial failures.

use std::time::Duration;

use aws_emulator::faults::{Fault, FaultKind};
use private_step_functions::resources::interface_endpoint::InterfaceEndpoint;
use pulumi_provider::error::Kind;
use serde_json::json;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::interface_endpoint::{endpoint, endpoint_inputs};
use crate::world::{World, with};

#[tokio::test(start_paused = true)]
async fn a_lost_answer_makes_no_second_endpoint() {
    for config in [json!({ "maxRetries": 0 }), json!({})] {
        let world = World::configured(config);
        world.inject("CreateVpcEndpoint", FaultKind::ResetAfter);
        let made = endpoint(&world, "states", json!({})).await;
        assert_eq!(world.existing("vpc-endpoint"), [made.id]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_never_arrived_is_sent_again() {
    let world = World::configured(json!({ "maxRetries": 0 }));
    world.inject("CreateVpcEndpoint", FaultKind::ResetBefore);
    let made = endpoint(&world, "states", json!({})).await;
    assert_eq!(world.existing("vpc-endpoint"), [made.id]);
    world
        .emulator
        .inject(Fault::new("CreateVpcEndpoint", 1, FaultKind::ResetBefore).times(9));
    let inputs = with(&endpoint_inputs(&world).await, json!({ "service": "sync-states" }));
    let (recorded, error) = world.create::<InterfaceEndpoint>("sync", inputs).await.unwrap_err();
    assert!(recorded.is_none());
    assert_eq!(error.kind(), Kind::MaybeSent);
}

#[tokio::test(start_paused = true)]
async fn throttling_and_server_errors_pass() {
    let world = World::configured(json!({ "maxRetries": 0 }));
    for operation in [
        "CreateVpcEndpoint",
        "DescribeVpcEndpoints",
        "DeleteVpcEndpoints",
        "DescribeNetworkInterfaces",
    ] {
        world
            .emulator
            .inject(Fault::new(operation, 1, FaultKind::Throttle).times(2));
    }
    world
        .emulator
        .inject(Fault::new("DescribeVpcEndpoints", 4, FaultKind::Internal));
    world.inject("DeleteVpcEndpoints", FaultKind::ResetAfter);
    let made = endpoint(&world, "states", json!({})).await;
    world.delete::<InterfaceEndpoint>(&made).await.unwrap();
    assert_eq!(
        world
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
    let world = World::new();
    world.inject("CreateVpcEndpoint", FaultKind::Fail);
    let (recorded, error) = world
        .create::<InterfaceEndpoint>("states", endpoint_inputs(&world).await)
        .await
        .unwrap_err();
    let recorded = recorded.expect("the endpoint exists, so it is recorded");
    assert_eq!(error.kind(), Kind::Failed);
    assert!(error.to_string().contains(" is failed: "), "{error}");
    assert_eq!(recorded.output("state"), "failed");
    let diff = world
        .diff::<InterfaceEndpoint>(&recorded, endpoint_inputs(&world).await)
        .unwrap();
    assert!(!diff.replaces.is_empty() && diff.delete_first);
    world.delete::<InterfaceEndpoint>(&recorded).await.unwrap();
    assert_eq!(world.existing("vpc-endpoint"), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn the_owner_of_the_private_name_is_named() {
    let world = World::new();
    let owner = endpoint(&world, "owner", json!({})).await;
    let began = Instant::now();
    let (recorded, error) = world
        .create::<InterfaceEndpoint>("second", endpoint_inputs(&world).await)
        .await
        .unwrap_err();
    assert!(recorded.is_none() && began.elapsed() < Duration::from_secs(5));
    assert_eq!(error.kind(), Kind::Conflict);
    let text = error.to_string();
    assert!(
        text.contains(&format!("endpoint {} (made for urn:pulumi:dev::shop::", owner.id)),
        "{text}"
    );
    assert!(text.contains("`privateDnsEnabled` to false"), "{text}");

    let second = endpoint(&world, "second", json!({ "privateDnsEnabled": false })).await;
    let error = world
        .update::<InterfaceEndpoint>(&second, endpoint_inputs(&world).await)
        .await
        .unwrap_err();
    assert!(error.to_string().contains(&owner.id), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_private_name_that_is_about_to_be_free_is_waited_for() {
    let world = World::new();
    let owner = endpoint(&world, "owner", json!({})).await;
    let ec2 = world.aws.ec2().await.unwrap();
    ec2.delete_vpc_endpoints()
        .vpc_endpoint_ids(&owner.id)
        .send()
        .await
        .unwrap();
    let second = endpoint(&world, "second", json!({})).await;
    assert_eq!(second.output("state"), "available");
    assert!(
        world
            .statuses()
            .iter()
            .any(|status| status.contains(&format!("{} is deleting", owner.id)))
    );
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_create_is_recorded_and_continued() {
    let mut world = World::new();
    let cancel = CancellationToken::new();
    world.cancel = cancel.clone();
    let inputs = endpoint_inputs(&world).await;
    let (made, ()) = tokio::join!(world.create::<InterfaceEndpoint>("states", inputs.clone()), async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        cancel.cancel();
    });
    let (recorded, error) = made.unwrap_err();
    assert_eq!(error.kind(), Kind::Cancelled);
    let recorded = recorded.expect("the endpoint exists, so it is recorded");
    world.restart(b"second run");
    let updated = world.update::<InterfaceEndpoint>(&recorded, inputs).await.unwrap();
    assert_eq!(updated.output("state"), "available");
    assert_eq!(world.existing("vpc-endpoint"), [recorded.id]);
}

#[tokio::test(start_paused = true)]
async fn a_change_before_it_is_available_is_repeated() {
    let mut world = World::new();
    world.timeout = Some(Duration::from_secs(2));
    let inputs = endpoint_inputs(&world).await;
    let (recorded, _) = world
        .create::<InterfaceEndpoint>("states", inputs.clone())
        .await
        .unwrap_err();
    world.timeout = None;
    let inputs = with(&inputs, json!({ "privateDnsEnabled": false }));
    let updated = world
        .update::<InterfaceEndpoint>(&recorded.unwrap(), inputs)
        .await
        .unwrap();
    assert_eq!(updated.output("state"), "available");
    let outcomes: Vec<_> = world
        .calls("ModifyVpcEndpoint")
        .into_iter()
        .map(|call| call.outcome)
        .collect();
    assert_eq!(outcomes.first().map(String::as_str), Some("IncorrectState"));
}

#[tokio::test(start_paused = true)]
async fn a_group_that_was_just_made_is_waited_for_and_no_other() {
    let world = World::new();
    let inputs = endpoint_inputs(&world).await;
    let ec2 = world.aws.ec2().await.unwrap();
    let group = ec2.create_security_group().group_name("new").description("new");
    let group = group.vpc_id(inputs["vpcId"].as_str().unwrap()).send().await.unwrap();
    let more = json!({ "securityGroupIds": [group.group_id().unwrap()] });
    world
        .create::<InterfaceEndpoint>("states", with(&inputs, more))
        .await
        .unwrap();
    assert_eq!(world.calls("CreateVpcEndpoint")[0].outcome, "InvalidGroup.NotFound");

    let began = Instant::now();
    let missing = json!({ "securityGroupIds": ["sg-0123456789abcdef0"], "privateDnsEnabled": false });
    let (recorded, error) = world
        .create::<InterfaceEndpoint>("missing", with(&inputs, missing))
        .await
        .unwrap_err();
    assert!(recorded.is_none());
    assert_eq!(error.kind(), Kind::NotFound, "{error}");
    assert!((30..60).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_custom_timeout_ends_the_wait_with_what_was_seen() {
    let mut world = World::new();
    world.timeout = Some(Duration::from_secs(3));
    let (recorded, error) = world
        .create::<InterfaceEndpoint>("states", endpoint_inputs(&world).await)
        .await
        .unwrap_err();
    assert!(recorded.is_some());
    assert_eq!(error.kind(), Kind::TimedOut);
    let text = error.to_string();
    assert!(
        text.contains("waited 3 s for endpoint vpce-") && text.contains("last seen: pending"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn refusals_say_what_to_do() {
    let world = World::new();
    let (vpc, subnets) = world.network().await;
    let inputs = endpoint_inputs(&world).await;
    let ec2 = world.aws.ec2().await.unwrap();
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
        let world = &world;
        async move {
            world
                .create::<InterfaceEndpoint>("states", inputs)
                .await
                .unwrap_err()
                .1
                .to_string()
        }
    };
    let text = refused(json!({ "subnetIds": [subnets[0], twin] })).await;
    assert!(
        text.contains(&format!("are in the same Availability Zone, {zone}")),
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
async fn an_endpoint_that_vanishes_is_drift() {
    let world = World::new();
    let made = endpoint(&world, "states", json!({})).await;
    let ec2 = world.aws.ec2().await.unwrap();
    ec2.delete_vpc_endpoints()
        .vpc_endpoint_ids(&made.id)
        .send()
        .await
        .unwrap();
    assert!(
        world.refresh::<InterfaceEndpoint>(&made).await.unwrap().is_none(),
        "deleting is as good as gone"
    );
    tokio::time::sleep(Duration::from_secs(5)).await;
    let shown = ec2.describe_vpc_endpoints().vpc_endpoint_ids(&made.id).send().await;
    let shown = shown.unwrap().vpc_endpoints()[0].state().unwrap().as_str().to_owned();
    assert_eq!(shown, "deleted", "EC2 still shows it");
    assert!(world.refresh::<InterfaceEndpoint>(&made).await.unwrap().is_none());
    let error = world
        .update::<InterfaceEndpoint>(&made, endpoint_inputs(&world).await)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_to_a_change_is_looked_into() {
    for kind in [FaultKind::ResetAfter, FaultKind::ResetBefore] {
        let world = World::configured(json!({ "maxRetries": 0 }));
        let made = endpoint(&world, "states", json!({})).await;
        world.inject("ModifyVpcEndpoint", kind);
        let inputs = with(&endpoint_inputs(&world).await, json!({ "privateDnsEnabled": false }));
        let updated = world.update::<InterfaceEndpoint>(&made, inputs).await.unwrap();
        assert_eq!(
            world
                .refresh::<InterfaceEndpoint>(&updated)
                .await
                .unwrap()
                .unwrap()
                .prior,
            updated.prior
        );
        let sent = if kind == FaultKind::ResetAfter { 1 } else { 2 };
        assert_eq!(world.calls("ModifyVpcEndpoint").len(), sent);
    }
}

/// An access-denied error would imply that nothing was created.
#[tokio::test(start_paused = true)]
async fn a_create_in_doubt_stays_in_doubt_when_the_look_up_is_denied() {
    let world = World::configured(json!({ "maxRetries": 0 }));
    world.inject("CreateVpcEndpoint", FaultKind::ResetAfter);
    let denied = Fault::new("DescribeVpcEndpoints", 1, FaultKind::AccessDenied);
    world.emulator.inject(denied.times(100));
    let inputs = endpoint_inputs(&world).await;
    let (recorded, error) = world.create::<InterfaceEndpoint>("states", inputs).await.unwrap_err();
    assert!(recorded.is_none() && error.kind() == Kind::MaybeSent, "{error}");
    let text = error.to_string();
    assert!(
        text.contains("The endpoint may exist, and could not be looked for"),
        "{text}"
    );
}
