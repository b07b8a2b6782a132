//! The service of an endpoint, its private name and its VPC.

use aws_sdk_ec2::types::AttributeBooleanValue;
use private_step_functions::resources::interface_endpoint::InterfaceEndpoint;
use pulumi_provider::resource::check_cx::Shared;
use pulumi_provider::resource::findings::Certainty::{Fails, MayFail};
use serde_json::{Value as Json, json};

use crate::fixture::Fixture;
use crate::situation::{endpoint, endpoint_has, findings, foreign_endpoint, is_fine, subnet, unknown};

#[tokio::test(start_paused = true)]
async fn a_vpc_that_does_not_exist() {
    let fixture = Fixture::new();
    let wrong = endpoint(&fixture, json!({ "vpcId": unknown("vpc") })).await;
    endpoint_has(&fixture, wrong, Fails, ("vpc-missing", "vpcId", "there is no VPC vpc-")).await;
}

#[tokio::test(start_paused = true)]
async fn a_service_that_the_region_has_not() {
    let fixture = Fixture::new();
    for service in ["states-fips", "com.amazonaws.eu-west-1.sttates"] {
        let wrong = endpoint(&fixture, json!({ "service": service })).await;
        let expected = ("service-missing", "service", "It has states, sync-states, execute-api");
        endpoint_has(&fixture, wrong, Fails, expected).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_zone_without_the_service() {
    let fixture = Fixture::new();
    let (own, _) = fixture.network().await;
    let last = subnet(&fixture, &own, "172.31.96.0/24", "d").await;
    let wrong = endpoint(&fixture, json!({ "service": "sync-states", "subnetIds": [last] })).await;
    endpoint_has(
        &fixture,
        wrong,
        Fails,
        ("service-zone", "subnetIds[0]", "Choose subnets in "),
    )
    .await;
    let other = endpoint(&fixture, json!({ "service": "states", "subnetIds": [last] })).await;
    is_fine::<InterfaceEndpoint>(&fixture, other).await;
}

#[tokio::test(start_paused = true)]
async fn a_vpc_without_dns_host_names() {
    let fixture = Fixture::new();
    let (own, _) = fixture.network().await;
    let off = AttributeBooleanValue::builder().value(false).build();
    let call = fixture.aws.ec2().await.unwrap().modify_vpc_attribute().vpc_id(own);
    call.enable_dns_hostnames(off).send().await.unwrap();
    let wrong = endpoint(&fixture, json!({ "privateDnsEnabled": true })).await;
    let expected = ("vpc-dns-attributes", "privateDnsEnabled", "enableDnsHostnames of vpc-");
    endpoint_has(&fixture, wrong, Fails, expected).await;
    is_fine::<InterfaceEndpoint>(&fixture, endpoint(&fixture, json!({})).await).await;
}

#[tokio::test(start_paused = true)]
async fn a_private_name_that_another_endpoint_has() {
    let fixture = Fixture::new();
    let holder = foreign_endpoint(&fixture, "states", true).await;
    let wrong = endpoint(&fixture, json!({ "privateDnsEnabled": true })).await;
    let expected = (
        "private-name-held",
        "privateDnsEnabled",
        &*format!("belongs to endpoint {holder} in vpc-"),
    );
    endpoint_has(&fixture, wrong, Fails, expected).await;
    let other = endpoint(&fixture, json!({ "privateDnsEnabled": true, "service": "sync-states" })).await;
    is_fine::<InterfaceEndpoint>(&fixture, other).await;
}

/// An endpoint that this stack made may be deleted in the same update, and one of the same resource is the one that is replaced.
#[tokio::test(start_paused = true)]
async fn a_private_name_that_the_stack_has_itself() {
    let fixture = Fixture::new();
    let inputs = endpoint(&fixture, json!({ "privateDnsEnabled": true })).await;
    fixture.create::<InterfaceEndpoint>("it", inputs.clone()).await.unwrap();
    assert_eq!(findings::<InterfaceEndpoint>(&fixture, inputs.clone()).await, []);

    let fixture = Fixture::new();
    let inputs = endpoint(&fixture, json!({ "privateDnsEnabled": true })).await;
    fixture
        .create::<InterfaceEndpoint>("before", inputs.clone())
        .await
        .unwrap();
    let expected = (
        "private-name-held",
        "privateDnsEnabled",
        "which was made for urn:pulumi:dev::shop::",
    );
    endpoint_has(&fixture, inputs, MayFail, expected).await;
}

/// Neither endpoint exists yet, so AWS cannot show it.
#[tokio::test(start_paused = true)]
async fn a_private_name_that_two_resources_want() {
    let fixture = Fixture::new();
    let wants = endpoint(&fixture, json!({ "privateDnsEnabled": true })).await;
    let found = async |name: &str, inputs: &Json| {
        let shared = Shared::default();
        let found = fixture.findings::<InterfaceEndpoint>(name, inputs.clone(), None, &shared);
        found.await.0
    };
    assert_eq!(found("one", &wants).await, []);
    let second = found("two", &wants).await;
    let [finding] = second.as_slice() else {
        panic!("{second:?}")
    };
    assert_eq!((finding.code, finding.certainty), ("private-name-held", Fails));
    assert!(
        finding.text.starts_with("\"one\" of this program wants the name "),
        "{finding:?}"
    );
    // The first may be previewed again, another service has another name, and the second may do without.
    assert_eq!(found("one", &wants).await, []);
    let other = endpoint(&fixture, json!({ "privateDnsEnabled": true, "service": "sync-states" })).await;
    assert_eq!(found("two", &other).await, []);
    assert_eq!(found("two", &endpoint(&fixture, json!({})).await).await, []);
}
