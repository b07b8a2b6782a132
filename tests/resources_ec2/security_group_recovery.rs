//! Recovery of security groups after partial failures.

use std::time::Duration;

use aws_emulator::faults::{Fault, FaultKind};
use private_step_functions::resources::interface_endpoint::InterfaceEndpoint;
use private_step_functions::resources::security_group::SecurityGroup;
use pulumi_provider::error::ErrorKind;
use serde_json::json;

use crate::fixture::{Fixture, with};
use crate::interface_endpoint::endpoint_inputs;
use crate::security_group::{group, group_inputs, https};

#[tokio::test(start_paused = true)]
async fn a_lost_response_creates_no_second_group() {
    // Without SDK retries, the provider sees the lost response. With them, the retry collides with the group that the first
    // attempt created.
    for config in [json!({ "maxRetries": 0 }), json!({})] {
        let fixture = Fixture::configured(config);
        for kind in [FaultKind::ResetAfter, FaultKind::ResetAfter] {
            fixture.inject("CreateSecurityGroup", kind);
        }
        let made = group(&fixture, "api", json!({})).await;
        assert_eq!(fixture.existing("security-group"), [made.id]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_never_arrived_is_reported() {
    let fixture = Fixture::configured(json!({ "maxRetries": 0 }));
    fixture.inject("CreateSecurityGroup", FaultKind::ResetBefore);
    let (recorded, error) = fixture
        .create::<SecurityGroup>("api", group_inputs(&fixture).await)
        .await
        .unwrap_err();
    assert!(recorded.is_none());
    assert_eq!(error.kind(), ErrorKind::MaybeSent);
    assert!(error.to_string().contains("repeat the command"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_existing_group_of_the_same_name_is_not_adopted() {
    let mut fixture = Fixture::new();
    let id = fixture.security_group("taken").await;
    let inputs = with(&group_inputs(&fixture).await, json!({ "name": "taken" }));
    let (recorded, error) = fixture
        .create::<SecurityGroup>("api", inputs.clone())
        .await
        .unwrap_err();
    assert!(recorded.is_none());
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(
        error.to_string().contains(&format!("SecurityGroup api {id}`")),
        "{error}"
    );

    // A killed process left its group behind. The next run names it in the error.
    let inputs = with(&inputs, json!({ "name": "left" }));
    let left = fixture.create::<SecurityGroup>("api", inputs.clone()).await.unwrap();
    fixture.restart(b"second run");
    let (_, error) = fixture.create::<SecurityGroup>("api", inputs).await.unwrap_err();
    assert!(
        error.to_string().contains(&format!(
            "{} has this name and was created for this same resource",
            left.id
        )),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_group_whose_rules_fail_is_recorded_and_finished_later() {
    let fixture = Fixture::new();
    fixture
        .emulator
        .inject(Fault::new("AuthorizeSecurityGroupIngress", 1, FaultKind::AccessDenied));
    let inputs = with(
        &group_inputs(&fixture).await,
        json!({ "ingress": [https("10.0.0.0/16")] }),
    );
    let (recorded, error) = fixture
        .create::<SecurityGroup>("api", inputs.clone())
        .await
        .unwrap_err();
    let recorded = recorded.expect("the group exists, so it is recorded");
    assert_eq!(error.kind(), ErrorKind::Denied);
    assert!(
        error.to_string().starts_with("creating security group \"api-"),
        "{error}"
    );

    // Error hooks retry a create. The retry continues with the same group.
    let again = fixture
        .create::<SecurityGroup>("api", with(&inputs, json!({ "name": recorded.output("name") })))
        .await;
    assert_eq!(
        again.map(|made| made.id).map_err(|(_, error)| error),
        Ok(recorded.id.clone())
    );
    // The next `up` finishes the group by an update with the same inputs.
    let updated = fixture.update::<SecurityGroup>(&recorded, inputs).await.unwrap();
    assert_eq!(
        fixture.refresh::<SecurityGroup>(&updated).await.unwrap().unwrap().prior,
        updated.prior
    );
    assert_eq!(fixture.existing("security-group").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_rule_change_with_a_lost_response_is_completed() {
    // Without SDK retries, the provider sees the lost response. With them, the retry finds the rule already present or
    // already gone.
    let (ours, sdks) = (json!({ "maxRetries": 0 }), json!({}));
    for (config, kind) in [
        (&ours, FaultKind::ResetAfter),
        (&ours, FaultKind::ResetBefore),
        (&sdks, FaultKind::ResetAfter),
        (&sdks, FaultKind::ResetBefore),
    ] {
        let fixture = Fixture::configured(config.clone());
        for operation in ["AuthorizeSecurityGroupIngress", "RevokeSecurityGroupEgress"] {
            fixture.inject(operation, kind);
        }
        // Only in a default VPC does EC2 accept the revocation of a missing rule.
        let ec2 = fixture.aws.ec2().await.unwrap();
        let vpc = ec2.create_vpc().cidr_block("10.0.0.0/16").send().await.unwrap();
        let vpc = vpc.vpc().unwrap().vpc_id().unwrap().to_owned();
        let made = group(
            &fixture,
            "api",
            json!({ "vpcId": vpc, "ingress": [https("10.0.0.0/16")] }),
        )
        .await;
        assert_eq!(
            fixture.refresh::<SecurityGroup>(&made).await.unwrap().unwrap().prior,
            made.prior
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_rule_may_name_a_group_that_was_just_made() {
    let fixture = Fixture::new();
    let made = group(&fixture, "api", json!({})).await;
    let inputs = group_inputs(&fixture).await;
    let ec2 = fixture.aws.ec2().await.unwrap();
    let new = ec2.create_security_group().group_name("new").description("new");
    let new = new.vpc_id(inputs["vpcId"].as_str().unwrap()).send().await.unwrap();
    let rule = json!({ "protocol": "-1", "securityGroupId": new.group_id().unwrap() });
    let updated = fixture
        .update::<SecurityGroup>(&made, with(&inputs, json!({ "ingress": [rule] })))
        .await
        .unwrap();
    assert_eq!(
        fixture.calls("AuthorizeSecurityGroupIngress")[0].outcome,
        "InvalidGroup.NotFound"
    );
    assert_eq!(
        fixture.refresh::<SecurityGroup>(&updated).await.unwrap().unwrap().prior,
        updated.prior
    );
}

#[tokio::test(start_paused = true)]
async fn a_name_with_wildcards_matches_only_itself() {
    let fixture = Fixture::configured(json!({ "maxRetries": 0 }));
    for name in ["api-1", "api-2", "api-3"] {
        fixture.security_group(name).await;
    }
    fixture.inject("CreateSecurityGroup", FaultKind::ResetAfter);
    let made = group(&fixture, "api", json!({ "name": "api*" })).await;
    assert_eq!(fixture.existing("security-group").len(), 4);
    assert_eq!(made.prior.outputs["name"], "api*".into());
}

#[tokio::test(start_paused = true)]
async fn deletion_waits_for_network_interfaces() {
    let fixture = Fixture::new();
    let made = group(&fixture, "api", json!({})).await;
    let inputs = with(
        &endpoint_inputs(&fixture).await,
        json!({ "securityGroupIds": [made.id] }),
    );
    let endpoint = fixture.create::<InterfaceEndpoint>("states", inputs).await.unwrap();
    let ec2 = fixture.aws.ec2().await.unwrap();
    ec2.delete_vpc_endpoints()
        .vpc_endpoint_ids(&endpoint.id)
        .send()
        .await
        .unwrap();
    fixture.delete::<SecurityGroup>(&made).await.unwrap();
    assert!(fixture.calls("DeleteSecurityGroup").len() > 2);
    assert_eq!(
        fixture.calls("DescribeNetworkInterfaces").len(),
        0,
        "nobody is blamed within the first minute"
    );
}

#[tokio::test(start_paused = true)]
async fn the_error_names_the_objects_that_block_a_deletion() {
    let mut fixture = Fixture::new();
    let made = group(&fixture, "api", json!({})).await;
    let rule = json!({ "protocol": "-1", "securityGroupId": made.id });
    let other = group(&fixture, "other", json!({ "egress": [rule] })).await;
    let inputs = with(
        &endpoint_inputs(&fixture).await,
        json!({ "securityGroupIds": [made.id] }),
    );
    let endpoint = fixture.create::<InterfaceEndpoint>("states", inputs).await.unwrap();

    fixture.timeout = Some(Duration::from_secs(300));
    let error = fixture.delete::<SecurityGroup>(&made).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::TimedOut, "DependencyViolation")
    );
    let text = error.to_string();
    assert!(text.contains("Delete the objects that use the group"), "{text}");
    assert!(
        text.contains(&format!("VPC Endpoint Interface {}", endpoint.id)),
        "{text}"
    );
    assert!(
        text.contains(&format!("rules of other security groups: {}", other.id)),
        "{text}"
    );
    let named = fixture
        .statuses()
        .into_iter()
        .filter(|status| status.contains(&other.id))
        .count();
    assert!(named > 0, "the row says after a minute what is in the way");
}

#[tokio::test(start_paused = true)]
async fn a_taken_name_is_reported_even_if_the_look_up_is_denied() {
    let fixture = Fixture::configured(json!({ "maxRetries": 0 }));
    let inputs = with(&group_inputs(&fixture).await, json!({ "name": "callers" }));
    fixture.create::<SecurityGroup>("one", inputs.clone()).await.unwrap();
    let denied = Fault::new("DescribeSecurityGroups", 1, FaultKind::AccessDenied);
    fixture.emulator.inject(denied.times(100));
    let (recorded, error) = fixture.create::<SecurityGroup>("two", inputs).await.unwrap_err();
    assert!(recorded.is_none() && error.kind() == ErrorKind::Conflict, "{error}");
    assert!(error.to_string().contains("Choose another `name`"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_name_in_another_case_is_the_same_name() {
    let fixture = Fixture::new();
    let named = |name: &str| json!({ "name": name });
    let inputs = group_inputs(&fixture).await;
    let one = fixture
        .create::<SecurityGroup>("one", with(&inputs, named("Callers")))
        .await
        .unwrap();
    let (_, error) = fixture
        .create::<SecurityGroup>("two", with(&inputs, named("callers")))
        .await
        .unwrap_err();
    assert!(error.to_string().contains(&one.id), "who has the name is told: {error}");
    // A replacement with this name cannot exist beside the old group.
    let diff = |name: &str| fixture.diff::<SecurityGroup>(&one, with(&inputs, named(name))).unwrap();
    let reason = diff("CALLERS").reason.unwrap();
    assert!(reason.contains("deleteBeforeReplace"), "{reason}");
    assert!(
        !diff("others")
            .reason
            .unwrap_or_default()
            .contains("deleteBeforeReplace")
    );
}
