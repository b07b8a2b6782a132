//! Subnets of endpoints and gateways.

use private_step_functions::resources::interface_endpoint::InterfaceEndpoint;
use private_step_functions::resources::resource_gateway::ResourceGateway;
use pulumi_provider::resource::check_cx::Shared;
use pulumi_provider::resource::findings::Certainty::{Fails, MayFail};
use serde_json::json;

use crate::fixture::{Fixture, REGION, provider, with};
use crate::situation::{endpoint, endpoint_has, gateway, gateway_has, is_fine, subnet, unknown, vpc};

#[tokio::test(start_paused = true)]
async fn two_subnets_of_the_vpc_are_fine() {
    let fixture = Fixture::new();
    is_fine::<InterfaceEndpoint>(&fixture, endpoint(&fixture, json!({})).await).await;
    is_fine::<ResourceGateway>(&fixture, gateway(&fixture, json!({})).await).await;
}

#[tokio::test(start_paused = true)]
async fn a_subnet_that_does_not_exist() {
    let fixture = Fixture::new();
    let wrong = json!({ "subnetIds": [unknown("subnet")] });
    let expected = (
        "subnet-missing",
        "subnetIds[0]",
        "in eu-west-1 for account 123456789012",
    );
    endpoint_has(&fixture, endpoint(&fixture, wrong.clone()).await, Fails, expected).await;
    gateway_has(&fixture, gateway(&fixture, wrong).await, Fails, expected).await;
}

#[tokio::test(start_paused = true)]
async fn a_subnet_of_another_vpc() {
    let fixture = Fixture::new();
    let (_, subnets) = fixture.network().await;
    let other = vpc(&fixture, "10.9.0.0/16").await;
    let strange = subnet(&fixture, &other, "10.9.0.0/24", "b").await;
    let wrong = json!({ "subnetIds": [subnets[0], strange] });
    let expected = ("subnet-vpc", "subnetIds[1]", "Choose a subnet of vpc-");
    endpoint_has(&fixture, endpoint(&fixture, wrong.clone()).await, Fails, expected).await;
    gateway_has(&fixture, gateway(&fixture, wrong).await, Fails, expected).await;
}

#[tokio::test(start_paused = true)]
async fn two_subnets_of_one_zone() {
    let fixture = Fixture::new();
    let (own, subnets) = fixture.network().await;
    let second = subnet(&fixture, &own, "172.31.96.0/24", "a").await;
    let wrong = json!({ "subnetIds": [subnets[0], subnets[1], second] });
    let inputs = endpoint(&fixture, wrong.clone()).await;
    endpoint_has(
        &fixture,
        inputs,
        Fails,
        ("subnet-zone-twice", "subnetIds[2]", "Keep one of them"),
    )
    .await;
    let inputs = gateway(&fixture, wrong).await;
    gateway_has(
        &fixture,
        inputs,
        MayFail,
        ("subnet-zone-twice", "subnetIds[2]", "the same Availability Zone"),
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_subnet_without_enough_addresses() {
    let fixture = Fixture::new();
    let (own, _) = fixture.network().await;
    let small = subnet(&fixture, &own, "172.31.96.0/28", "a").await;
    let wrong = json!({ "subnetIds": [small] });
    let expected = (
        "subnet-addresses",
        "subnetIds[0]",
        "has 11 free addresses, and 16 are needed. Lower `ipv4AddressesPerEni`",
    );
    gateway_has(&fixture, gateway(&fixture, wrong.clone()).await, Fails, expected).await;
    let fixture = Fixture::new();
    let small = subnet(&fixture, &own, "172.31.96.0/28", "a").await;
    let near = json!({ "subnetIds": [small], "ipv4AddressesPerEni": 8 });
    gateway_has(
        &fixture,
        gateway(&fixture, near).await,
        MayFail,
        ("subnet-addresses", "subnetIds[0]", "hardly more than the 8"),
    )
    .await;
    let enough = json!({ "subnetIds": [small], "ipv4AddressesPerEni": 4 });
    is_fine::<ResourceGateway>(&fixture, gateway(&fixture, enough).await).await;
}

#[tokio::test(start_paused = true)]
async fn subnets_without_the_address_family() {
    let fixture = Fixture::new();
    let (_, subnets) = fixture.network().await;
    let one = json!([subnets[0]]);
    let expected = ("subnet-family", "subnetIds[0]", "has no IPv6 CIDR block");
    let inputs = endpoint(&fixture, json!({ "subnetIds": one, "ipAddressType": "dualstack" })).await;
    endpoint_has(&fixture, inputs, Fails, expected).await;
    let inputs = gateway(&fixture, json!({ "subnetIds": one, "ipAddressType": "DUALSTACK" })).await;
    gateway_has(&fixture, inputs, Fails, expected).await;
    let expected = ("subnet-family", "subnetIds[0]", "needs IPv6-only subnets");
    let inputs = gateway(&fixture, json!({ "subnetIds": one, "ipAddressType": "IPV6" })).await;
    gateway_has(&fixture, inputs, Fails, expected).await;
}

/// An update is checked only where it changes something.
#[tokio::test(start_paused = true)]
async fn an_update_checks_what_it_sets() {
    let fixture = Fixture::new();
    let inputs = endpoint(&fixture, json!({})).await;
    let made = fixture.create::<InterfaceEndpoint>("it", inputs.clone()).await.unwrap();
    let shared = Shared::default();
    let again = async |more| {
        let fresh = Fixture::on(provider(&fixture.emulator, REGION, json!({})), fixture.emulator.clone());
        let before = fresh.emulator.journal().len();
        let (found, _) = fresh
            .findings::<InterfaceEndpoint>("it", with(&inputs, more), Some(&made), &shared)
            .await;
        let codes: Vec<_> = found
            .iter()
            .map(|finding| (finding.code, finding.path.to_string()))
            .collect();
        (codes, fresh.emulator.journal().len() - before)
    };
    assert_eq!(again(json!({ "tags": { "a": "b" } })).await, (vec![], 0));
    let (_, subnets) = fixture.network().await;
    let (codes, _) = again(json!({ "subnetIds": [subnets[0], subnets[1], unknown("subnet")] })).await;
    assert_eq!(codes, [("subnet-missing", "subnetIds[2]".to_owned())]);
    let (codes, _) = again(json!({ "ipAddressType": "dualstack" })).await;
    let family = |index| ("subnet-family", format!("subnetIds[{index}]"));
    assert_eq!(codes, [family(0), family(1)]);
}
