//! The rules and the lifecycle of security groups.

use std::time::Duration;

use aws_emulator::faults::{Fault, FaultKind};
use private_step_functions::resources::security_group::SecurityGroup;
use pulumi_provider::error::ErrorKind;
use pulumi_provider::property::Value;
use serde_json::json;

use crate::fixture::{Fixture, REGION, Recorded, provider, with};

pub(crate) async fn group_inputs(fixture: &Fixture) -> serde_json::Value {
    let (vpc, _) = fixture.network().await;
    json!({ "vpcId": vpc })
}

pub(crate) async fn group(fixture: &Fixture, name: &str, more: serde_json::Value) -> Recorded {
    let inputs = with(&group_inputs(fixture).await, more);
    fixture.create::<SecurityGroup>(name, inputs).await.unwrap()
}

pub(crate) fn https(cidr: &str) -> serde_json::Value {
    json!({ "protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": cidr })
}

/// Returns the number of the group's ingress and egress rules in EC2.
async fn rules(fixture: &Fixture, id: &str) -> (usize, usize) {
    let ec2 = fixture.aws.ec2().await.unwrap();
    let answer = ec2.describe_security_groups().group_ids(id).send().await.unwrap();
    let group = &answer.security_groups()[0];
    let ranges = |permissions: &[aws_sdk_ec2::types::IpPermission]| {
        permissions
            .iter()
            .map(|p| p.ip_ranges().len() + p.ipv6_ranges().len() + p.user_id_group_pairs().len())
            .sum()
    };
    (ranges(group.ip_permissions()), ranges(group.ip_permissions_egress()))
}

/// Returns the modifying operations, in order.
fn changes(fixture: &Fixture) -> Vec<String> {
    let journal = fixture.emulator.journal().into_iter();
    journal
        .map(|entry| entry.operation)
        .filter(|name| !name.starts_with("Describe"))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_new_group_has_no_rules() {
    let fixture = Fixture::new();
    let made = group(&fixture, "api", json!({})).await;
    assert_eq!(
        rules(&fixture, &made.id).await,
        (0, 0),
        "the rules that AWS makes are revoked"
    );
    let arn = format!("arn:aws:ec2:{REGION}:123456789012:security-group/{}", made.id);
    assert_eq!(made.output("arn"), arn);
    assert_eq!(made.prior.outputs["description"], "Managed by Pulumi".into());
    assert_eq!(
        fixture.refresh::<SecurityGroup>(&made).await.unwrap().unwrap().prior,
        made.prior
    );
}

#[tokio::test(start_paused = true)]
async fn a_new_group_in_an_ipv6_vpc_has_no_rules() {
    let fixture = Fixture::new();
    let ec2 = fixture.aws.ec2().await.unwrap();
    let vpc = ec2.create_vpc().cidr_block("10.0.0.0/16");
    let vpc = vpc.amazon_provided_ipv6_cidr_block(true).send().await.unwrap();
    let vpc = vpc.vpc().unwrap().vpc_id().unwrap().to_owned();
    let made = group(&fixture, "api", json!({ "vpcId": vpc })).await;
    assert_eq!(rules(&fixture, &made.id).await, (0, 0));
    let revoked = fixture.calls("RevokeSecurityGroupEgress").pop().unwrap();
    assert!(
        revoked.parameters.to_string().contains("::/0"),
        "{:?}",
        revoked.parameters
    );
}

#[tokio::test(start_paused = true)]
async fn rules_are_read_back_in_the_users_spelling() {
    let fixture = Fixture::new();
    let other = group(&fixture, "other", json!({})).await;
    let more = json!({
        "ingress": [
            { "protocol": "6", "fromPort": 443, "toPort": 443, "cidrIpv4": "100.68.0.18/18", "description": "peers" },
            { "protocol": "-1", "securityGroupId": other.id },
            { "protocol": "icmp", "cidrIpv4": "10.0.0.0/8" },
        ],
        "egress": [https("10.1.0.0/16")],
    });
    let made = group(&fixture, "api", more).await;
    assert_eq!(rules(&fixture, &made.id).await, (3, 1));
    assert_eq!(
        fixture.calls("AuthorizeSecurityGroupIngress").len(),
        1,
        "all in one call"
    );
    assert_eq!(
        fixture.refresh::<SecurityGroup>(&made).await.unwrap().unwrap().prior,
        made.prior
    );
    let imported = fixture.import::<SecurityGroup>("api", &made.id).await.unwrap().unwrap();
    let blocks = imported.prior.inputs["ingress"].as_array().unwrap().iter();
    let blocks: Vec<_> = blocks
        .filter_map(|rule| rule.as_object()?.get("cidrIpv4")?.as_str())
        .collect();
    assert!(blocks.contains(&"100.68.0.0/18"), "{blocks:?}");
}

#[tokio::test(start_paused = true)]
async fn new_rules_are_added_before_old_ones_are_removed() {
    let fixture = Fixture::new();
    let made = group(
        &fixture,
        "api",
        json!({ "ingress": [https("10.0.0.0/16")], "egress": [https("10.0.0.0/16")] }),
    )
    .await;
    let before = changes(&fixture).len();
    let inputs = with(
        &group_inputs(&fixture).await,
        json!({ "ingress": [https("10.1.0.0/16")], "egress": [https("10.0.0.0/16")] }),
    );
    let updated = fixture.update::<SecurityGroup>(&made, inputs.clone()).await.unwrap();
    assert_eq!(
        changes(&fixture)[before..],
        ["AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"]
    );
    fixture.update::<SecurityGroup>(&updated, inputs).await.unwrap();
    assert_eq!(
        changes(&fixture).len(),
        before + 2,
        "nothing differs, nothing is called"
    );
}

#[tokio::test(start_paused = true)]
async fn a_description_is_updated_without_replacing_the_rule() {
    let fixture = Fixture::new();
    for (direction, call) in [("ingress", "Ingress"), ("egress", "Egress")] {
        let made = group(&fixture, direction, json!({ direction: [https("10.0.0.0/16")] })).await;
        let before = changes(&fixture).len();
        let described = with(&https("10.0.0.0/16"), json!({ "description": "callers" }));
        let inputs = with(&group_inputs(&fixture).await, json!({ direction: [described] }));
        let updated = fixture.update::<SecurityGroup>(&made, inputs).await.unwrap();
        assert_eq!(
            changes(&fixture)[before..],
            [format!("UpdateSecurityGroupRuleDescriptions{call}")]
        );
        assert_eq!(
            fixture.refresh::<SecurityGroup>(&updated).await.unwrap().unwrap().prior,
            updated.prior
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_update_extends_a_vpc_rule_to_new_blocks() {
    let fixture = Fixture::new();
    let (vpc, _) = fixture.network().await;
    let more = json!({ "egress": [{ "protocol": "tcp", "fromPort": 443, "toPort": 443, "vpc": true }] });
    let made = group(&fixture, "api", more.clone()).await;
    assert_eq!(rules(&fixture, &made.id).await, (0, 1));
    assert_eq!(
        fixture.refresh::<SecurityGroup>(&made).await.unwrap().unwrap().prior,
        made.prior
    );

    let ec2 = fixture.aws.ec2().await.unwrap();
    ec2.associate_vpc_cidr_block()
        .vpc_id(&vpc)
        .cidr_block("10.99.0.0/16")
        .send()
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_secs(60)).await;
    let drifted = fixture.refresh::<SecurityGroup>(&made).await.unwrap().unwrap();
    assert_ne!(
        drifted.prior.inputs, made.prior.inputs,
        "the new block is not let out yet"
    );
    let inputs = with(&group_inputs(&fixture).await, more);
    let updated = fixture.update::<SecurityGroup>(&drifted, inputs).await.unwrap();
    assert_eq!(rules(&fixture, &made.id).await, (0, 2));
    assert_eq!(
        fixture.refresh::<SecurityGroup>(&updated).await.unwrap().unwrap().prior,
        updated.prior
    );
}

#[tokio::test(start_paused = true)]
async fn rules_made_elsewhere_are_seen_and_removed() {
    let fixture = Fixture::new();
    let made = group(&fixture, "api", json!({ "ingress": [https("10.0.0.0/16")] })).await;
    let ec2 = fixture.aws.ec2().await.unwrap();
    let range = aws_sdk_ec2::types::IpRange::builder().cidr_ip("0.0.0.0/0").build();
    let open = aws_sdk_ec2::types::IpPermission::builder()
        .ip_protocol("-1")
        .ip_ranges(range)
        .build();
    ec2.authorize_security_group_ingress()
        .group_id(&made.id)
        .ip_permissions(open)
        .send()
        .await
        .unwrap();
    let drifted = fixture.refresh::<SecurityGroup>(&made).await.unwrap().unwrap();
    assert_eq!(drifted.prior.inputs["ingress"].as_array().unwrap().len(), 2);
    let inputs = with(
        &group_inputs(&fixture).await,
        json!({ "ingress": [https("10.0.0.0/16")] }),
    );
    assert!(
        !fixture
            .diff::<SecurityGroup>(&drifted, inputs.clone())
            .unwrap()
            .detailed
            .is_empty()
    );
    fixture.update::<SecurityGroup>(&drifted, inputs).await.unwrap();
    assert_eq!(rules(&fixture, &made.id).await, (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_full_group_removes_old_rules_first() {
    let fixture = Fixture::new();
    let blocks = |second: u32| -> Vec<_> {
        (0..60)
            .map(|third| https(&format!("10.{second}.{third}.0/24")))
            .collect()
    };
    let made = group(&fixture, "api", json!({ "ingress": blocks(0) })).await;
    let inputs = with(&group_inputs(&fixture).await, json!({ "ingress": blocks(1) }));
    let updated = fixture.update::<SecurityGroup>(&made, inputs).await.unwrap();
    assert_eq!(rules(&fixture, &made.id).await, (60, 0));
    assert_eq!(
        fixture.refresh::<SecurityGroup>(&updated).await.unwrap().unwrap().prior,
        updated.prior
    );
    let both = [blocks(1), blocks(2)].concat();
    let error = fixture
        .update::<SecurityGroup>(
            &updated,
            with(&group_inputs(&fixture).await, json!({ "ingress": both })),
        )
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Quota);
    assert_eq!(rules(&fixture, &made.id).await, (60, 0), "the old rules still stand");
}

#[tokio::test(start_paused = true)]
async fn default_tags_and_own_tags_are_merged() {
    let fixture = Fixture::configured(json!({ "defaultTags": { "tags": { "team": "a", "env": "dev" } } }));
    let made = group(&fixture, "api", json!({ "tags": { "env": "prod" } })).await;
    assert_eq!(
        made.prior.outputs["tagsAll"],
        Value::from(json!({ "team": "a", "env": "prod" }))
    );
    assert_eq!(
        fixture.refresh::<SecurityGroup>(&made).await.unwrap().unwrap().prior,
        made.prior
    );
    let before = changes(&fixture).len();
    let inputs = with(&group_inputs(&fixture).await, json!({ "tags": { "more": "x" } }));
    let updated = fixture.update::<SecurityGroup>(&made, inputs).await.unwrap();
    assert_eq!(changes(&fixture)[before..], ["CreateTags"]);
    assert_eq!(
        updated.prior.outputs["tagsAll"],
        Value::from(json!({ "team": "a", "env": "dev", "more": "x" }))
    );
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(
        fixture.refresh::<SecurityGroup>(&updated).await.unwrap().unwrap().prior,
        updated.prior
    );
}

#[tokio::test(start_paused = true)]
async fn many_groups_are_refreshed_with_one_call() {
    let fixture = Fixture::new();
    let groups = futures::future::join_all(["a", "b", "c", "d"].map(|name| group(&fixture, name, json!({})))).await;
    let before = fixture.calls("DescribeSecurityGroups").len();
    let found = futures::future::join_all(groups.iter().map(|made| fixture.refresh::<SecurityGroup>(made))).await;
    assert!(found.into_iter().all(|found| found.unwrap().is_some()));
    assert_eq!(fixture.calls("DescribeSecurityGroups").len(), before + 1);
}

#[tokio::test(start_paused = true)]
async fn a_deleted_group_is_missing_and_may_be_deleted_again() {
    let fixture = Fixture::new();
    let made = group(&fixture, "api", json!({})).await;
    fixture.delete::<SecurityGroup>(&made).await.unwrap();
    assert_eq!(fixture.existing("security-group"), [""; 0]);
    assert_eq!(
        fixture
            .refresh::<SecurityGroup>(&made)
            .await
            .unwrap()
            .map(|found| found.id),
        None
    );
    fixture.delete::<SecurityGroup>(&made).await.unwrap();
    let error = fixture
        .update::<SecurityGroup>(&made, group_inputs(&fixture).await)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("pulumi refresh"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn another_region_or_account_is_refused() {
    let mut fixture = Fixture::new();
    let made = group(&fixture, "api", json!({})).await;
    fixture.aws = std::sync::Arc::new(provider(&fixture.emulator, "us-east-1", json!({})));
    let errors = [
        fixture.refresh::<SecurityGroup>(&made).await.unwrap_err(),
        fixture
            .update::<SecurityGroup>(&made, json!({ "vpcId": "vpc-1" }))
            .await
            .unwrap_err(),
        fixture.delete::<SecurityGroup>(&made).await.unwrap_err(),
    ];
    for error in errors {
        assert!(
            error
                .to_string()
                .contains("is in Region eu-west-1, but the provider uses Region us-east-1"),
            "{error}"
        );
    }
    fixture.aws = std::sync::Arc::new(provider(&fixture.emulator, REGION, json!({})));
    let mut elsewhere = made.clone();
    elsewhere.id = "sg-0000".to_owned();
    let arn = "arn:aws:ec2:eu-west-1:999999999999:security-group/sg-0000";
    elsewhere.prior.outputs.insert("arn".to_owned(), arn.into());
    for error in [
        fixture.refresh::<SecurityGroup>(&elsewhere).await.unwrap_err(),
        fixture.delete::<SecurityGroup>(&elsewhere).await.unwrap_err(),
    ] {
        assert!(error.to_string().contains("belongs to account 999999999999"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_denied_read_is_not_treated_as_a_deletion() {
    let fixture = Fixture::new();
    let made = group(&fixture, "api", json!({})).await;
    fixture
        .emulator
        .inject(Fault::new("DescribeSecurityGroups", 1, FaultKind::AccessDenied));
    assert_eq!(
        fixture.refresh::<SecurityGroup>(&made).await.unwrap_err().kind(),
        ErrorKind::Denied
    );
}
