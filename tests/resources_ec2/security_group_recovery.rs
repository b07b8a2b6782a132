//! Recovery of security groups after partial failures.

use std::time::Duration;

use aws_emulator::faults::{Fault, FaultKind};
use private_step_functions::resources::interface_endpoint::InterfaceEndpoint;
use private_step_functions::resources::security_group::SecurityGroup;
use pulumi_provider::error::Kind;
use serde_json::json;

use crate::interface_endpoint::endpoint_inputs;
use crate::security_group::{group, group_inputs, https};
use crate::world::{World, with};

#[tokio::test(start_paused = true)]
async fn a_lost_answer_makes_no_second_group() {
    // Without SDK retries, the provider sees the lost response. With them, the retry collides with the group that the first
    // attempt created.
    for config in [json!({ "maxRetries": 0 }), json!({})] {
        let world = World::configured(config);
        for kind in [FaultKind::ResetAfter, FaultKind::ResetAfter] {
            world.inject("CreateSecurityGroup", kind);
        }
        let made = group(&world, "api", json!({})).await;
        assert_eq!(world.existing("security-group"), [made.id]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_never_arrived_is_reported() {
    let world = World::configured(json!({ "maxRetries": 0 }));
    world.inject("CreateSecurityGroup", FaultKind::ResetBefore);
    let (recorded, error) = world
        .create::<SecurityGroup>("api", group_inputs(&world).await)
        .await
        .unwrap_err();
    assert!(recorded.is_none());
    assert_eq!(error.kind(), Kind::MaybeSent);
    assert!(error.to_string().contains("repeat the command"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn another_group_of_that_name_is_not_taken_over() {
    let mut world = World::new();
    let id = world.security_group("taken").await;
    let inputs = with(&group_inputs(&world).await, json!({ "name": "taken" }));
    let (recorded, error) = world.create::<SecurityGroup>("api", inputs.clone()).await.unwrap_err();
    assert!(recorded.is_none());
    assert_eq!(error.kind(), Kind::Conflict);
    assert!(
        error.to_string().contains(&format!("SecurityGroup api {id}`")),
        "{error}"
    );

    // A killed process left its group behind. The next run names it in the error.
    let inputs = with(&inputs, json!({ "name": "left" }));
    let left = world.create::<SecurityGroup>("api", inputs.clone()).await.unwrap();
    world.restart(b"second run");
    let (_, error) = world.create::<SecurityGroup>("api", inputs).await.unwrap_err();
    assert!(
        error.to_string().contains(&format!(
            "{} has this name and was made for this very resource",
            left.id
        )),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_group_whose_rules_fail_is_recorded_and_finished_later() {
    let world = World::new();
    world
        .emulator
        .inject(Fault::new("AuthorizeSecurityGroupIngress", 1, FaultKind::AccessDenied));
    let inputs = with(
        &group_inputs(&world).await,
        json!({ "ingress": [https("10.0.0.0/16")] }),
    );
    let (recorded, error) = world.create::<SecurityGroup>("api", inputs.clone()).await.unwrap_err();
    let recorded = recorded.expect("the group exists, so it is recorded");
    assert_eq!(error.kind(), Kind::Denied);
    assert!(
        error.to_string().starts_with("creating security group \"api-"),
        "{error}"
    );

    // Error hooks retry a create. The retry continues with the same group.
    let again = world
        .create::<SecurityGroup>("api", with(&inputs, json!({ "name": recorded.output("name") })))
        .await;
    assert_eq!(
        again.map(|made| made.id).map_err(|(_, error)| error),
        Ok(recorded.id.clone())
    );
    // The next `up` finishes the group by an update with the same inputs.
    let updated = world.update::<SecurityGroup>(&recorded, inputs).await.unwrap();
    assert_eq!(
        world.refresh::<SecurityGroup>(&updated).await.unwrap().unwrap().prior,
        updated.prior
    );
    assert_eq!(world.existing("security-group").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_to_a_rule_is_looked_into() {
    // Without SDK retries, the provider sees the lost response. With them, the retry finds the rule already present or
    // already gone.
    let (ours, sdks) = (json!({ "maxRetries": 0 }), json!({}));
    for (config, kind) in [
        (&ours, FaultKind::ResetAfter),
        (&ours, FaultKind::ResetBefore),
        (&sdks, FaultKind::ResetAfter),
        (&sdks, FaultKind::ResetBefore),
    ] {
        let world = World::configured(config.clone());
        for operation in ["AuthorizeSecurityGroupIngress", "RevokeSecurityGroupEgress"] {
            world.inject(operation, kind);
        }
        // Only in a default VPC does EC2 accept the revocation of a missing rule.
        let ec2 = world.aws.ec2().await.unwrap();
        let vpc = ec2.create_vpc().cidr_block("10.0.0.0/16").send().await.unwrap();
        let vpc = vpc.vpc().unwrap().vpc_id().unwrap().to_owned();
        let made = group(
            &world,
            "api",
            json!({ "vpcId": vpc, "ingress": [https("10.0.0.0/16")] }),
        )
        .await;
        assert_eq!(
            world.refresh::<SecurityGroup>(&made).await.unwrap().unwrap().prior,
            made.prior
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_rule_may_name_a_group_that_was_just_made() {
    let world = World::new();
    let made = group(&world, "api", json!({})).await;
    let inputs = group_inputs(&world).await;
    let ec2 = world.aws.ec2().await.unwrap();
    let new = ec2.create_security_group().group_name("new").description("new");
    let new = new.vpc_id(inputs["vpcId"].as_str().unwrap()).send().await.unwrap();
    let rule = json!({ "protocol": "-1", "securityGroupId": new.group_id().unwrap() });
    let updated = world
        .update::<SecurityGroup>(&made, with(&inputs, json!({ "ingress": [rule] })))
        .await
        .unwrap();
    assert_eq!(
        world.calls("AuthorizeSecurityGroupIngress")[0].outcome,
        "InvalidGroup.NotFound"
    );
    assert_eq!(
        world.refresh::<SecurityGroup>(&updated).await.unwrap().unwrap().prior,
        updated.prior
    );
}

#[tokio::test(start_paused = true)]
async fn a_name_with_wildcards_means_itself() {
    let world = World::configured(json!({ "maxRetries": 0 }));
    for name in ["api-1", "api-2", "api-3"] {
        world.security_group(name).await;
    }
    world.inject("CreateSecurityGroup", FaultKind::ResetAfter);
    let made = group(&world, "api", json!({ "name": "api*" })).await;
    assert_eq!(world.existing("security-group").len(), 4);
    assert_eq!(made.prior.outputs["name"], "api*".into());
}

#[tokio::test(start_paused = true)]
async fn deletion_waits_for_network_interfaces() {
    let world = World::new();
    let made = group(&world, "api", json!({})).await;
    let inputs = with(&endpoint_inputs(&world).await, json!({ "securityGroupIds": [made.id] }));
    let endpoint = world.create::<InterfaceEndpoint>("states", inputs).await.unwrap();
    let ec2 = world.aws.ec2().await.unwrap();
    ec2.delete_vpc_endpoints()
        .vpc_endpoint_ids(&endpoint.id)
        .send()
        .await
        .unwrap();
    world.delete::<SecurityGroup>(&made).await.unwrap();
    assert!(world.calls("DeleteSecurityGroup").len() > 2);
    assert_eq!(
        world.calls("DescribeNetworkInterfaces").len(),
        0,
        "nobody is blamed within the first minute"
    );
}

#[tokio::test(start_paused = true)]
async fn what_blocks_a_deletion_is_named() {
    let mut world = World::new();
    let made = group(&world, "api", json!({})).await;
    let rule = json!({ "protocol": "-1", "securityGroupId": made.id });
    let other = group(&world, "other", json!({ "egress": [rule] })).await;
    let inputs = with(&endpoint_inputs(&world).await, json!({ "securityGroupIds": [made.id] }));
    let endpoint = world.create::<InterfaceEndpoint>("states", inputs).await.unwrap();

    world.timeout = Some(Duration::from_secs(300));
    let error = world.delete::<SecurityGroup>(&made).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (Kind::TimedOut, "DependencyViolation"));
    let text = error.to_string();
    assert!(text.contains("Remove what uses the group"), "{text}");
    assert!(
        text.contains(&format!("VPC Endpoint Interface {}", endpoint.id)),
        "{text}"
    );
    assert!(
        text.contains(&format!("rules of other security groups: {}", other.id)),
        "{text}"
    );
    let named = world
        .statuses()
        .into_iter()
        .filter(|status| status.contains(&other.id))
        .count();
    assert!(named > 0, "the row says after a minute what is in the way");
}

#[tokio::test(start_paused = true)]
async fn a_taken_name_stays_the_reason_when_the_look_up_is_denied() {
    let world = World::configured(json!({ "maxRetries": 0 }));
    let inputs = with(&group_inputs(&world).await, json!({ "name": "callers" }));
    world.create::<SecurityGroup>("one", inputs.clone()).await.unwrap();
    let denied = Fault::new("DescribeSecurityGroups", 1, FaultKind::AccessDenied);
    world.emulator.inject(denied.times(100));
    let (recorded, error) = world.create::<SecurityGroup>("two", inputs).await.unwrap_err();
    assert!(recorded.is_none() && error.kind() == Kind::Conflict, "{error}");
    assert!(error.to_string().contains("Choose another `name`"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_name_in_another_case_is_the_same_name() {
    let world = World::new();
    let named = |name: &str| json!({ "name": name });
    let inputs = group_inputs(&world).await;
    let one = world
        .create::<SecurityGroup>("one", with(&inputs, named("Callers")))
        .await
        .unwrap();
    let (_, error) = world
        .create::<SecurityGroup>("two", with(&inputs, named("callers")))
        .await
        .unwrap_err();
    assert!(error.to_string().contains(&one.id), "who has the name is told: {error}");
    // A replacement with this name cannot exist beside the old group.
    let diff = |name: &str| world.diff::<SecurityGroup>(&one, with(&inputs, named(name))).unwrap();
    let reason = diff("CALLERS").reason.unwrap();
    assert!(reason.contains("deleteBeforeReplace"), "{reason}");
    assert!(
        !diff("others")
            .reason
            .unwrap_or_default()
            .contains("deleteBeforeReplace")
    );
}
