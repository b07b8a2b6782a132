//! Security groups.

use private_step_functions::resources::interface_endpoint::InterfaceEndpoint;
use private_step_functions::resources::security_group::SecurityGroup;
use pulumi_provider::resource::findings::Certainty::{Fails, MayFail, WorksOtherwise};
use serde_json::json;

use crate::fixture::Fixture;
use crate::situation::{admit, endpoint, endpoint_has, gateway, gateway_has, group, has, is_fine, unknown, vpc};

#[tokio::test(start_paused = true)]
async fn a_group_that_does_not_exist() {
    let fixture = Fixture::new();
    let wrong = json!({ "securityGroupIds": [unknown("sg")] });
    let expected = ("group-missing", "securityGroupIds[0]", "there is no security group sg-");
    endpoint_has(&fixture, endpoint(&fixture, wrong.clone()).await, Fails, expected).await;
    gateway_has(&fixture, gateway(&fixture, wrong).await, Fails, expected).await;
}

#[tokio::test(start_paused = true)]
async fn groups_that_let_nothing_through() {
    let fixture = Fixture::new();
    let group = fixture.security_group("closed").await;
    admit(&fixture, &group, "10.0.0.0/8", 80).await;
    let closed = endpoint(&fixture, json!({ "securityGroupIds": [group] })).await;
    let expected = ("group-closed", "securityGroupIds", "admits TCP on port 443");
    endpoint_has(&fixture, closed.clone(), WorksOtherwise, expected).await;
    admit(&fixture, &group, "10.0.0.0/8", 443).await;
    let again = Fixture::on(
        crate::fixture::provider(&fixture.emulator, "eu-west-1", json!({})),
        fixture.emulator.clone(),
    );
    is_fine::<InterfaceEndpoint>(&again, closed).await;
}

#[tokio::test(start_paused = true)]
async fn the_default_group() {
    let fixture = Fixture::new();
    let mut inputs = endpoint(&fixture, json!({})).await;
    inputs.as_object_mut().unwrap().remove("securityGroupIds");
    let expected = (
        "group-default",
        "securityGroupIds",
        "admits only its own members on port 443",
    );
    endpoint_has(&fixture, inputs, WorksOtherwise, expected).await;
}

#[tokio::test(start_paused = true)]
async fn a_group_of_another_vpc() {
    let fixture = Fixture::new();
    let other = vpc(&fixture, "10.9.0.0/16").await;
    let call = fixture
        .aws
        .ec2()
        .await
        .unwrap()
        .create_security_group()
        .group_name("other")
        .description("other");
    let group = call.vpc_id(other).send().await.unwrap().group_id.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    admit(&fixture, &group, "10.0.0.0/8", 443).await;
    let inputs = endpoint(&fixture, json!({ "securityGroupIds": [group] })).await;
    endpoint_has(
        &fixture,
        inputs,
        MayFail,
        ("group-vpc", "securityGroupIds[0]", "Choose a group of vpc-"),
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn rules_for_a_group_that_does_not_exist() {
    let fixture = Fixture::new();
    let rules =
        json!({ "ingress": [{ "protocol": "tcp", "fromPort": 443, "toPort": 443, "securityGroupId": unknown("sg") }] });
    let expected = (
        "rule-group",
        "ingress[0].securityGroupId",
        "there is no security group sg-",
    );
    has::<SecurityGroup>(&fixture, group(&fixture, rules).await, MayFail, expected).await;
}

#[tokio::test(start_paused = true)]
async fn rules_that_leave_out_a_block_of_the_vpc() {
    let fixture = Fixture::new();
    let (own, _) = fixture.network().await;
    let rules =
        json!({ "ingress": [{ "protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "172.31.0.0/16" }] });
    is_fine::<SecurityGroup>(&fixture, group(&fixture, rules.clone()).await).await;
    let call = fixture.aws.ec2().await.unwrap().associate_vpc_cidr_block().vpc_id(own);
    call.cidr_block("100.64.0.0/16").send().await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    let again = Fixture::on(
        crate::fixture::provider(&fixture.emulator, "eu-west-1", json!({})),
        fixture.emulator.clone(),
    );
    let expected = ("rules-block", "ingress", "but not 100.64.0.0/16");
    has::<SecurityGroup>(&again, group(&again, rules).await, WorksOtherwise, expected).await;
}

#[tokio::test(start_paused = true)]
async fn more_rules_and_groups_than_aws_allows() {
    let fixture = Fixture::new();
    let rules: Vec<_> = (0..61)
        .map(|number| json!({ "protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": format!("10.{number}.0.0/16") }))
        .collect();
    let expected = (
        "quota-rules",
        "ingress",
        "61 IPv4 rules for one direction, and AWS allows 60",
    );
    has::<SecurityGroup>(
        &fixture,
        group(&fixture, json!({ "ingress": rules })).await,
        Fails,
        expected,
    )
    .await;
}
