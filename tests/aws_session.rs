//! The connection to AWS against the emulator: credentials, accounts, Regions, retries.
#![allow(clippy::unwrap_used)] // a test may panic

#[path = "support/fixture.rs"]
mod fixture;

use std::time::Duration;

use aws_emulator::faults::{Fault, FaultKind};
use aws_emulator::{Emulator, Settings};
use private_step_functions::aws::error::classify;
use private_step_functions::resources::security_group::SecurityGroup;
use pulumi_provider::error::ErrorKind;
use serde_json::json;
use tokio::time::Instant;

use crate::fixture::{Fixture, REGION, provider};

const ACCOUNT: &str = "123456789012";

#[tokio::test(start_paused = true)]
async fn nothing_is_called_before_the_first_operation() {
    let fixture = Fixture::configured(json!({
        "assumeRole": { "roleArn": "arn:aws:iam::210987654321:role/deploy" }, "allowedAccountIds": [ACCOUNT],
        "defaultTags": { "tags": { "team": "a" } },
    }));
    assert_eq!(fixture.aws.tagging().effective(None)["team"], "a");
    assert_eq!(fixture.aws.configured_region(), Some(REGION));
    assert_eq!(fixture.emulator.journal().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_role_is_assumed_once() {
    // The emulator's clock decides when a session expires, but the SDK renews it by the machine's clock. A far-future
    // emulator clock keeps the session valid.
    let emulator = Emulator::new(Settings {
        epoch: 4_000_000_000,
        ..Settings::default()
    });
    let role = json!({ "roleArn": "arn:aws:iam::210987654321:role/deploy", "externalId": "xyz", "sessionName": "ci" });
    let aws = provider(&emulator, REGION, json!({ "assumeRole": role }));
    assert_eq!(aws.account().await.unwrap(), "210987654321");
    aws.ec2().await.unwrap().describe_vpcs().send().await.unwrap();
    let journal = emulator.journal();
    let calls: Vec<_> = journal.iter().filter(|entry| entry.operation == "AssumeRole").collect();
    assert_eq!(calls.len(), 1);
    let sent = &calls[0].parameters;
    assert_eq!(
        (&sent["ExternalId"], &sent["RoleSessionName"]),
        (&json!("xyz"), &json!("ci"))
    );
    assert_eq!(sent["DurationSeconds"], 3600);
    assert_eq!(journal.last().unwrap().account, "210987654321");
}

#[tokio::test(start_paused = true)]
async fn other_accounts_are_refused_by_every_operation() {
    let fixture = Fixture::configured(json!({ "allowedAccountIds": ["999999999999"] }));
    for _ in 0..2 {
        let error = fixture.aws.ec2().await.map(drop).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credentials);
        let text = error.to_string();
        assert!(
            text.contains(ACCOUNT) && text.contains("private-step-functions:allowedAccountIds"),
            "{text}"
        );
    }
    let fixture = Fixture::configured(json!({ "allowedAccountIds": ["999999999999", ACCOUNT] }));
    for _ in 0..2 {
        fixture.aws.ec2().await.unwrap();
    }
    assert_eq!(fixture.calls("GetCallerIdentity").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_failed_account_check_is_repeated_by_the_next_operation() {
    let fixture = Fixture::configured(json!({ "allowedAccountIds": [ACCOUNT], "maxRetries": 0 }));
    fixture.inject("GetCallerIdentity", FaultKind::Internal);
    assert!(fixture.aws.ec2().await.is_err());
    assert!(fixture.aws.ec2().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn each_call_gets_all_its_retries() {
    let fixture = Fixture::configured(json!({ "maxRetries": 9 }));
    fixture
        .emulator
        .inject(Fault::new("DescribeVpcs", 1, FaultKind::Throttle).times(u32::MAX));
    let ec2 = fixture.aws.ec2().await.unwrap();
    for round in 1..=40 {
        let error = classify("DescribeVpcs", ec2.describe_vpcs().send().await.unwrap_err());
        assert_eq!(error.kind(), ErrorKind::Throttled);
        assert_eq!(
            fixture.calls("DescribeVpcs").len(),
            round * 10,
            "each call is tried ten times"
        );
    }
    let other = provider(&fixture.emulator, REGION, json!({ "maxRetries": 1 }));
    fixture.emulator.clear_faults();
    fixture
        .emulator
        .inject(Fault::new("DescribeVpcs", 1, FaultKind::Throttle));
    assert!(other.ec2().await.unwrap().describe_vpcs().send().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn no_call_outlives_its_operation() {
    for kind in [
        FaultKind::Throttle,
        FaultKind::Internal,
        FaultKind::NoAnswer,
        FaultKind::ResetBefore,
    ] {
        let mut fixture = Fixture::new();
        let (vpc, _) = fixture.network().await;
        fixture.timeout = Some(Duration::from_secs(60));
        fixture
            .emulator
            .inject(Fault::new("CreateSecurityGroup", 1, kind).times(u32::MAX));
        let began = Instant::now();
        let inputs = json!({ "vpcId": vpc, "name": "late" });
        let made = fixture.create::<SecurityGroup>("late", inputs).await;
        let took = began.elapsed().as_secs();
        assert!((60..90).contains(&took), "{kind:?}: it took {took} s");
        if kind == FaultKind::NoAnswer {
            // The provider finds the created object although the response was lost, and has nothing left to wait for.
            assert!(made.is_ok(), "{made:?}");
            continue;
        }
        let (recorded, error) = made.unwrap_err();
        assert!(recorded.is_none(), "{error}");
        let text = error.to_string();
        assert!(text.starts_with("creating security group \"late\""), "{text}");
        assert!(
            text.contains("The limit was 1 min; the resource option `customTimeouts.create` sets a longer one"),
            "{text}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_exhausted_quota_is_not_taken_for_throttling() {
    let fixture = Fixture::new();
    let events = fixture.aws.events().await.unwrap();
    let lattice = fixture.aws.lattice().await.unwrap();
    let (vpc, subnets) = fixture.network().await;
    let gateway = lattice
        .create_resource_gateway()
        .name("quota")
        .vpc_identifier(vpc)
        .subnet_ids(&subnets[0]);
    let gateway = gateway.send().await.unwrap().id().unwrap().to_owned();
    tokio::time::sleep(Duration::from_secs(60)).await;
    let dns = aws_sdk_vpclattice::types::DnsResource::builder()
        .domain_name("api.example.com")
        .ip_address_type(aws_sdk_vpclattice::types::ResourceConfigurationIpAddressType::Ipv4)
        .build();
    let made = lattice
        .create_resource_configuration()
        .name("quota")
        .r#type(aws_sdk_vpclattice::types::ResourceConfigurationType::Single)
        .port_ranges("443")
        .resource_gateway_identifier(gateway)
        .resource_configuration_definition(aws_sdk_vpclattice::types::ResourceConfigurationDefinition::DnsResource(
            dns,
        ))
        .send()
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_secs(60)).await;
    let create = |index: u32| {
        use aws_sdk_eventbridge::types::{
            ConnectionAuthorizationType, ConnectivityResourceParameters, CreateConnectionApiKeyAuthRequestParameters,
            CreateConnectionAuthRequestParameters,
        };
        let key = CreateConnectionApiKeyAuthRequestParameters::builder()
            .api_key_name("k")
            .api_key_value("v")
            .build();
        let target = ConnectivityResourceParameters::builder()
            .resource_parameters(
                aws_sdk_eventbridge::types::ConnectivityResourceConfigurationArn::builder()
                    .resource_configuration_arn(made.arn().unwrap())
                    .build()
                    .unwrap(),
            )
            .build();
        events
            .create_connection()
            .name(format!("c{index}"))
            .authorization_type(ConnectionAuthorizationType::ApiKey)
            .auth_parameters(
                CreateConnectionAuthRequestParameters::builder()
                    .api_key_auth_parameters(key.unwrap())
                    .build(),
            )
            .invocation_connectivity_parameters(target)
            .send()
    };
    for index in 0..20 {
        create(index).await.unwrap();
    }
    let (calls, began) = (fixture.calls("CreateConnection").len(), Instant::now());
    let error = classify("CreateConnection", create(20).await.unwrap_err());
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Quota, "LimitExceededException")
    );
    assert_eq!(fixture.calls("CreateConnection").len(), calls + 1, "it is asked once");
    assert!(began.elapsed() < Duration::from_secs(1));
}
