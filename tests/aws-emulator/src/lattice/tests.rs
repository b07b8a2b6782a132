//! Tests of the service with the real SDK, in process and on a paused clock.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_vpclattice::Client;
use aws_sdk_vpclattice::config::retry::RetryConfig;
use aws_sdk_vpclattice::config::{BehaviorVersion, Region};
use aws_sdk_vpclattice::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_vpclattice::types::{
    ArnResource, DnsResource, IpResource, ResourceConfigDnsResolution, ResourceConfigurationDefinition as Definition,
    ResourceConfigurationStatus, ResourceConfigurationType, ResourceGatewayIpAddressType, ResourceGatewayStatus,
};

use crate::faults::{Fault, FaultKind};
use crate::operation::ResourceRow;
use crate::{Emulator, Settings, sdk};

const ACCOUNT: &str = "123456789012";
const REGION: &str = "us-east-1";

pub(crate) fn credentials() -> SharedCredentialsProvider {
    let keys = Credentials::builder()
        .access_key_id("AKIATEST")
        .secret_access_key("secret")
        .provider_name("test");
    SharedCredentialsProvider::new(keys.build())
}

pub(crate) fn client(emulator: &Emulator) -> Client {
    let config = aws_sdk_vpclattice::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .credentials_provider(credentials())
        .retry_config(RetryConfig::disabled())
        .http_client(sdk::client(emulator))
        .build();
    Client::from_conf(config)
}

pub(crate) async fn pass(seconds: f64) {
    tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
}

/// Returns code, status and message of an error.
pub(crate) fn refusal<T, E>(result: Result<T, SdkError<E>>) -> (String, u16, String)
where
    E: ProvideErrorMetadata,
{
    let Err(error) = result else { panic!("was not refused") };
    let status = error.raw_response().map_or(0, |raw| raw.status().as_u16());
    let meta = error.meta();
    (
        meta.code().unwrap_or_default().to_owned(),
        status,
        meta.message().unwrap_or_default().to_owned(),
    )
}

fn rows(emulator: &Emulator, kind: &str) -> Vec<ResourceRow> {
    emulator
        .beyond_start()
        .into_iter()
        .filter(|row| row.kind == kind)
        .collect()
}

/// Returns the default VPC and its subnets, one per zone.
pub(crate) fn default_vpc(emulator: &Emulator) -> (String, Vec<String>) {
    emulator.with_accounts(|accounts| super::network::default_vpc(&accounts.region_of(ACCOUNT, REGION).ec2))
}

pub(crate) async fn gateway(emulator: &Emulator, name: &str) -> String {
    let (vpc, subnets) = default_vpc(emulator);
    let client = client(emulator);
    let create = client
        .create_resource_gateway()
        .name(name)
        .vpc_identifier(vpc)
        .set_subnet_ids(Some(subnets));
    let id = create.send().await.unwrap().id.unwrap();
    pass(4.0).await;
    id
}

/// Creates a configuration for a domain name, waits until it is active, and returns its ARN.
pub(crate) async fn configuration(emulator: &Emulator, gateway: &str, name: &str, domain: &str) -> String {
    let create = client(emulator)
        .create_resource_configuration()
        .name(name)
        .r#type(ResourceConfigurationType::Single)
        .resource_gateway_identifier(gateway)
        .port_ranges("443")
        .resource_configuration_definition(dns(domain));
    let arn = create.send().await.unwrap().arn.unwrap();
    pass(2.0).await;
    arn
}

fn dns(domain: &str) -> Definition {
    Definition::DnsResource(DnsResource::builder().domain_name(domain).build())
}

fn ip(address: &str) -> Definition {
    Definition::IpResource(IpResource::builder().ip_address(address).build())
}

#[tokio::test(start_paused = true)]
async fn a_gateway_is_found_late_flaps_and_shows_its_defaults() {
    let emulator = Emulator::new(Settings::default());
    let (vpc, subnets) = default_vpc(&emulator);
    let client = client(&emulator);
    let create = client
        .create_resource_gateway()
        .name("gate")
        .vpc_identifier(&vpc)
        .set_subnet_ids(Some(subnets));
    let made = create.send().await.unwrap();
    assert_eq!(
        (made.status, made.vpc_identifier),
        (Some(CreateInProgress), Some(vpc.clone()))
    );
    let id = made.id.unwrap();
    let get = || client.get_resource_gateway().resource_gateway_identifier(&id).send();
    assert_eq!(refusal(get().await).1, 404);

    let mut seen = Vec::new();
    for _ in 0..12 {
        pass(0.5).await;
        if let Ok(gateway) = get().await {
            seen.push(gateway.status.unwrap());
        }
    }
    use ResourceGatewayStatus::{Active, CreateInProgress};
    let first = seen.iter().position(|status| *status == Active).unwrap();
    assert_eq!(seen[first + 1], CreateInProgress, "{seen:?}");
    assert_eq!(seen.last(), Some(&Active));

    let gateway = get().await.unwrap();
    assert_eq!(gateway.vpc_id, Some(vpc));
    assert_eq!(gateway.ip_address_type, Some(ResourceGatewayIpAddressType::Ipv4));
    assert_eq!(gateway.ipv4_addresses_per_eni, Some(16));
    assert_eq!(
        gateway.resource_config_dns_resolution,
        Some(ResourceConfigDnsResolution::Public)
    );
    assert_eq!(gateway.security_group_ids.unwrap().len(), 1, "the VPC's default group");
    assert_eq!(gateway.service_managed, Some(false));
    let list = client.list_resource_gateways().send().await.unwrap();
    assert!(list.items()[0].vpc_identifier().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_client_token_replays_and_a_taken_name_is_refused() {
    let emulator = Emulator::new(Settings::default());
    let (vpc, subnets) = default_vpc(&emulator);
    let client = client(&emulator);
    let create = |name: &str, token: &str| {
        let create = client
            .create_resource_gateway()
            .name(name)
            .client_token(token)
            .vpc_identifier(&vpc);
        create.set_subnet_ids(Some(subnets.clone())).send()
    };
    let first = create("gate", "one").await.unwrap();
    assert_eq!(create("gate", "one").await.unwrap().id, first.id);
    assert_eq!(refusal(create("other", "one").await).0, "ConflictException");
    let taken = create("gate", "two").await.unwrap_err().into_service_error();
    let aws_sdk_vpclattice::operation::create_resource_gateway::CreateResourceGatewayError::ConflictException(taken) =
        taken
    else {
        panic!("{taken:?}")
    };
    assert_eq!(Some(taken.resource_id().to_owned()), first.id);
    assert_eq!(rows(&emulator, "resource-gateway").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_gateway_is_checked_against_its_network() {
    let emulator = Emulator::new(Settings::default());
    let (vpc, subnets) = default_vpc(&emulator);
    let client = client(&emulator);
    let create = |vpc: &str, subnets: &[String], group: Option<&str>| {
        let create = client.create_resource_gateway().name("gate").vpc_identifier(vpc);
        let create = create.set_security_group_ids(group.map(|group| vec![group.to_owned()]));
        create.set_subnet_ids(Some(subnets.to_vec())).send()
    };
    assert_eq!(refusal(create("vpc-00000000000000000", &subnets, None).await).1, 404);
    assert_eq!(
        refusal(create(&vpc, &["subnet-00000000000000000".to_owned()], None).await).1,
        404
    );
    assert_eq!(
        refusal(create(&vpc, &subnets, Some("sg-00000000000000000")).await).1,
        404
    );
    let twice = [subnets[0].clone(), subnets[0].clone()];
    assert_eq!(refusal(create(&vpc, &twice, None).await).0, "ValidationException");
    let many = client
        .create_resource_gateway()
        .name("gate")
        .vpc_identifier(&vpc)
        .set_subnet_ids(Some(subnets));
    let v6 = many
        .ip_address_type(ResourceGatewayIpAddressType::Ipv6)
        .ipv4_addresses_per_eni(4);
    assert_eq!(refusal(v6.send().await).0, "ValidationException");
    assert_eq!(rows(&emulator, "resource-gateway").len(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_update_is_visible_late_and_refuses_a_concurrent_one() {
    let emulator = Emulator::new(Settings::default());
    let id = gateway(&emulator, "gate").await;
    let client = client(&emulator);
    let get = || client.get_resource_gateway().resource_gateway_identifier(&id).send();
    let group = get().await.unwrap().security_group_ids.unwrap().remove(0);
    let update = || {
        client
            .update_resource_gateway()
            .resource_gateway_identifier(&id)
            .security_group_ids(&group)
            .send()
    };
    let answer = update().await.unwrap();
    assert_eq!(answer.status, Some(ResourceGatewayStatus::UpdateInProgress));
    assert!(answer.vpc_id.is_some());
    assert_eq!(
        get().await.unwrap().status,
        Some(ResourceGatewayStatus::Active),
        "stale"
    );
    assert_eq!(refusal(update().await).1, 409);
    pass(1.2).await;
    assert_eq!(
        get().await.unwrap().status,
        Some(ResourceGatewayStatus::UpdateInProgress)
    );
    pass(1.0).await;
    assert_eq!(get().await.unwrap().status, Some(ResourceGatewayStatus::Active));
}

#[tokio::test(start_paused = true)]
async fn a_used_gateway_cannot_be_deleted_and_its_interfaces_end_late() {
    let emulator = Emulator::new(Settings::default());
    let id = gateway(&emulator, "gate").await;
    let arn = configuration(&emulator, &id, "api", "api.example.com").await;
    let client = client(&emulator);
    let delete = || client.delete_resource_gateway().resource_gateway_identifier(&id).send();
    assert_eq!(refusal(delete().await).0, "ConflictException");
    let gone = client
        .delete_resource_configuration()
        .resource_configuration_identifier(&arn);
    gone.send().await.unwrap();
    pass(1.5).await;
    let get = client
        .get_resource_configuration()
        .resource_configuration_identifier(&arn);
    assert_eq!(refusal(get.send().await).1, 404);
    delete().await.unwrap();
    pass(3.5).await;
    let get = client.get_resource_gateway().resource_gateway_identifier(&id);
    assert_eq!(refusal(get.send().await).1, 404);
    assert_eq!(rows(&emulator, "network-interface").len(), 3, "they linger");
    pass(3.5).await;
    assert_eq!(emulator.beyond_start(), []);
}

#[tokio::test(start_paused = true)]
async fn only_ports_and_the_ip_address_of_a_configuration_can_change() {
    let emulator = Emulator::new(Settings::default());
    let gateway = gateway(&emulator, "gate").await;
    let client = client(&emulator);
    let create = client
        .create_resource_configuration()
        .name("address")
        .r#type(ResourceConfigurationType::Single)
        .resource_gateway_identifier(&gateway)
        .port_ranges("443-443")
        .resource_configuration_definition(ip("10.0.0.1"));
    let made = create.send().await.unwrap();
    let id = made.id.unwrap();
    assert_eq!(made.port_ranges.unwrap(), ["443"]);
    assert_eq!(made.allow_association_to_shareable_service_network, Some(true));
    pass(1.5).await;
    let get = || {
        client
            .get_resource_configuration()
            .resource_configuration_identifier(&id)
            .send()
    };
    assert_eq!(get().await.unwrap().status, Some(ResourceConfigurationStatus::Active));

    let update = client
        .update_resource_configuration()
        .resource_configuration_identifier(&id);
    let update = update
        .resource_configuration_definition(ip("10.0.0.2"))
        .port_ranges("8443")
        .port_ranges("443");
    update.send().await.unwrap();
    assert_eq!(get().await.unwrap().port_ranges.unwrap(), ["443"], "stale");
    pass(2.5).await;
    let changed = get().await.unwrap();
    assert_eq!(changed.port_ranges.unwrap(), ["443", "8443"]);
    assert_eq!(changed.resource_configuration_definition, Some(ip("10.0.0.2")));

    let arn = configuration(&emulator, &gateway, "dns-name", "api.example.com").await;
    let update = client
        .update_resource_configuration()
        .resource_configuration_identifier(&arn);
    let (code, status, message) = refusal(
        update
            .resource_configuration_definition(dns("b.example.com"))
            .send()
            .await,
    );
    assert_eq!((code.as_str(), status), ("ValidationException", 400));
    assert!(
        message.contains("cannot modify") && message.contains("DNS or ARN"),
        "{message}"
    );
    assert_eq!(
        client
            .list_resource_configurations()
            .send()
            .await
            .unwrap()
            .items()
            .len(),
        2
    );
}

#[tokio::test(start_paused = true)]
async fn a_configuration_with_an_unresolvable_name_fails_with_a_reason() {
    let emulator = Emulator::new(Settings::default());
    let gateway = gateway(&emulator, "gate").await;
    let arn = configuration(&emulator, &gateway, "dns-name", "api.nowhere.invalid").await;
    let get = client(&emulator)
        .get_resource_configuration()
        .resource_configuration_identifier(arn);
    let failed = get.send().await.unwrap();
    assert_eq!(failed.status, Some(ResourceConfigurationStatus::CreateFailed));
    assert!(failed.failure_reason.unwrap().contains("api.nowhere.invalid"));
}

#[tokio::test(start_paused = true)]
async fn lists_are_paginated() {
    let emulator = Emulator::new(Settings::default());
    let id = gateway(&emulator, "gate").await;
    for name in ["aaa", "bbb", "ccc"] {
        configuration(&emulator, &id, name, "api.example.com").await;
    }
    let client = client(&emulator);
    let list = || client.list_resource_configurations().max_results(2);
    let first = list().send().await.unwrap();
    assert_eq!(first.items().len(), 2);
    let last = list().next_token(first.next_token.unwrap()).send().await.unwrap();
    assert_eq!((last.items().len(), last.next_token()), (1, None));
    assert_eq!(
        refusal(list().next_token("nonsense").send().await).0,
        "ValidationException"
    );
}

#[tokio::test(start_paused = true)]
async fn a_child_inherits_the_gateway_and_the_ports_of_its_group() {
    let emulator = Emulator::new(Settings::default());
    let gateway = gateway(&emulator, "gate").await;
    let client = client(&emulator);
    let group = client
        .create_resource_configuration()
        .name("group")
        .r#type(ResourceConfigurationType::Group);
    let group = group
        .resource_gateway_identifier(&gateway)
        .port_ranges("443")
        .send()
        .await
        .unwrap()
        .id
        .unwrap();
    let child = client
        .create_resource_configuration()
        .name("child")
        .r#type(ResourceConfigurationType::Child);
    let child = child
        .resource_configuration_group_identifier(&group)
        .resource_configuration_definition(dns("api.example.com"))
        .send()
        .await
        .unwrap();
    assert_eq!(child.resource_gateway_id, Some(gateway));
    assert_eq!(child.port_ranges.unwrap(), ["443"]);
    pass(1.5).await;
    let delete = client
        .delete_resource_configuration()
        .resource_configuration_identifier(group);
    assert_eq!(refusal(delete.send().await).0, "ConflictException");
}

#[tokio::test(start_paused = true)]
async fn tags_are_set_listed_and_removed() {
    let emulator = Emulator::new(Settings::default());
    let (vpc, subnets) = default_vpc(&emulator);
    let client = client(&emulator);
    let create = client
        .create_resource_gateway()
        .name("gate")
        .vpc_identifier(vpc)
        .set_subnet_ids(Some(subnets));
    let arn = create.tags("a", "1").send().await.unwrap().arn.unwrap();
    client
        .tag_resource()
        .resource_arn(&arn)
        .tags("b", "")
        .send()
        .await
        .unwrap();
    client
        .untag_resource()
        .resource_arn(&arn)
        .tag_keys("a")
        .tag_keys("absent")
        .send()
        .await
        .unwrap();
    let tags = client
        .list_tags_for_resource()
        .resource_arn(&arn)
        .send()
        .await
        .unwrap()
        .tags
        .unwrap();
    assert_eq!(tags, [("b".to_owned(), String::new())].into());
    let reserved = client.tag_resource().resource_arn(&arn).tags("aws:x", "y").send();
    assert_eq!(refusal(reserved.await).0, "ValidationException");
    let unknown = client.list_tags_for_resource().resource_arn(format!("{arn}0")).send();
    assert_eq!(refusal(unknown.await).1, 404);
}

#[tokio::test(start_paused = true)]
async fn invalid_gateway_names_are_refused() {
    let emulator = Emulator::new(Settings::default());
    let (vpc, subnets) = default_vpc(&emulator);
    for name in ["rgw-x", "-ab", "ab-", "a--b", "Abc", "ab"] {
        let create = client(&emulator)
            .create_resource_gateway()
            .name(name)
            .vpc_identifier(&vpc);
        let refused = refusal(create.set_subnet_ids(Some(subnets.clone())).send().await);
        assert_eq!((refused.0.as_str(), refused.1), ("ValidationException", 400), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_client_token_of_the_sdk_replays_a_lost_response() {
    let emulator = Emulator::new(Settings::default());
    let (vpc, subnets) = default_vpc(&emulator);
    let patient = client(&emulator).config().to_builder();
    let partition = aws_sdk_vpclattice::config::retry::RetryPartition::new("a_lost_answer");
    let config = patient
        .retry_config(RetryConfig::standard())
        .retry_partition(partition)
        .build();
    emulator.inject(Fault::new("CreateResourceGateway", 1, FaultKind::ResetAfter));
    let create = Client::from_conf(config)
        .create_resource_gateway()
        .name("gate")
        .vpc_identifier(vpc);
    let made = create.set_subnet_ids(Some(subnets)).send().await.unwrap();
    let rows = rows(&emulator, "resource-gateway");
    assert_eq!((rows.len(), Some(rows[0].id.clone())), (1, made.id));
    let calls = emulator
        .journal()
        .into_iter()
        .filter(|call| call.operation == "CreateResourceGateway");
    assert_eq!(calls.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_quota_of_gateways_in_a_vpc_is_answered_with_402() {
    let emulator = Emulator::new(Settings::default());
    let (vpc, subnets) = default_vpc(&emulator);
    let client = client(&emulator);
    let create = |n: usize| {
        let create = client
            .create_resource_gateway()
            .name(format!("gate-{n}"))
            .vpc_identifier(&vpc);
        create.subnet_ids(&subnets[0]).ipv4_addresses_per_eni(1).send()
    };
    for n in 0..500 {
        create(n).await.unwrap();
    }
    let (code, status, _) = refusal(create(500).await);
    assert_eq!((code.as_str(), status), ("ServiceQuotaExceededException", 402));
}

#[tokio::test(start_paused = true)]
async fn an_arn_configuration_needs_a_gateway_with_public_dns_resolution() {
    let emulator = Emulator::new(Settings::default());
    let (vpc, subnets) = default_vpc(&emulator);
    let client = client(&emulator);
    let create = |name: &str, resolution: ResourceConfigDnsResolution| {
        let create = client.create_resource_gateway().name(name).vpc_identifier(&vpc);
        create
            .subnet_ids(&subnets[0])
            .resource_config_dns_resolution(resolution)
            .send()
    };
    let public = create("public", ResourceConfigDnsResolution::Public)
        .await
        .unwrap()
        .id
        .unwrap();
    let in_vpc = create("in-vpc", ResourceConfigDnsResolution::InVpc)
        .await
        .unwrap()
        .id
        .unwrap();
    pass(4.0).await;
    let database = |gateway: &str| {
        let arn = ArnResource::builder().arn("arn:aws:rds:us-east-1:123456789012:cluster:orders");
        client
            .create_resource_configuration()
            .name("orders")
            .r#type(ResourceConfigurationType::Arn)
            .resource_gateway_identifier(gateway)
            .resource_configuration_definition(Definition::ArnResource(arn.build()))
            .send()
    };
    assert_eq!(refusal(database(&in_vpc).await).0, "ValidationException");
    let made = database(&public).await.unwrap();
    assert_eq!((made.protocol, made.port_ranges), (None, None));
}
