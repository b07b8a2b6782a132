//! Fixed addresses of an endpoint's network interfaces.

use std::time::Duration;

use aws_emulator::faults::FaultKind;
use aws_sdk_ec2::types::{Filter, SubnetConfiguration};
use private_step_functions::resources::interface_endpoint::InterfaceEndpoint;
use pulumi_provider::error::ErrorKind;
use pulumi_provider::property::Value;
use serde_json::{Value as Json, json};

use crate::fixture::{Fixture, Recorded, with};
use crate::interface_endpoint::{endpoint, endpoint_inputs};

/// Returns the address in a subnet that ends in `last`.
async fn address(fixture: &Fixture, subnet: &str, last: u8) -> String {
    let call = fixture.aws.ec2().await.unwrap().describe_subnets().subnet_ids(subnet);
    let answer = call.send().await.unwrap();
    let block = answer.subnets()[0].cidr_block().unwrap();
    format!("{}.{last}", block.rsplit_once(".0/").unwrap().0)
}

/// Returns inputs that fix the last byte of the address in each subnet.
async fn fixed(fixture: &Fixture, last: [u8; 2]) -> Json {
    let (_, subnets) = fixture.network().await;
    let entries = json!([
        { "subnetId": subnets[0], "ipv4": address(fixture, &subnets[0], last[0]).await },
        { "subnetId": subnets[1], "ipv4": address(fixture, &subnets[1], last[1]).await },
    ]);
    json!({ "subnetConfigurations": entries })
}

/// Returns the last bytes of the addresses in AWS, sorted.
async fn addresses(fixture: &Fixture, made: &Recorded) -> Vec<u8> {
    let filter = Filter::builder()
        .name("description")
        .values(format!("VPC Endpoint Interface {}", made.id));
    let call = fixture
        .aws
        .ec2()
        .await
        .unwrap()
        .describe_network_interfaces()
        .filters(filter.build());
    let shown = call.send().await.unwrap();
    let interfaces = shown.network_interfaces().iter();
    let mut addresses: Vec<_> = interfaces
        .map(|interface| {
            interface
                .private_ip_address()
                .unwrap()
                .rsplit_once('.')
                .unwrap()
                .1
                .parse()
                .unwrap()
        })
        .collect();
    addresses.sort_unstable();
    addresses
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_has_its_fixed_addresses_and_changes_them_in_place() {
    let fixture = Fixture::new();
    let first = fixed(&fixture, [10, 11]).await;
    let made = endpoint(&fixture, "states", first.clone()).await;
    assert_eq!(addresses(&fixture, &made).await, [10, 11]);
    assert_eq!(
        made.prior.outputs["subnetConfigurations"],
        Value::from(first["subnetConfigurations"].clone())
    );
    let refreshed = fixture.refresh::<InterfaceEndpoint>(&made).await.unwrap().unwrap();
    assert_eq!(refreshed.prior, made.prior);

    let inputs = with(&endpoint_inputs(&fixture).await, fixed(&fixture, [10, 12]).await);
    let diff = fixture.diff::<InterfaceEndpoint>(&made, inputs.clone()).unwrap();
    assert!(
        diff.replaces.is_empty() && diff.properties.contains("subnetConfigurations"),
        "{diff:?}"
    );
    let updated = fixture
        .update::<InterfaceEndpoint>(&made, inputs.clone())
        .await
        .unwrap();
    let sent = fixture.calls("ModifyVpcEndpoint");
    assert_eq!(sent.len(), 1);
    let entries = sent[0].parameters["SubnetConfigurations"].as_array().unwrap();
    assert_eq!(
        entries.len(),
        1,
        "only the address that changes: AWS replaces the interface for it"
    );
    assert_eq!(addresses(&fixture, &updated).await, [10, 12]);
    assert_eq!(
        updated.prior.outputs["networkInterfaceIds"].as_array().unwrap().len(),
        2
    );
    fixture.update::<InterfaceEndpoint>(&updated, inputs).await.unwrap();
    assert_eq!(
        fixture.calls("ModifyVpcEndpoint").len(),
        1,
        "nothing differs, nothing is called"
    );
}

#[tokio::test(start_paused = true)]
async fn a_refresh_shows_an_address_that_somebody_else_changed() {
    let fixture = Fixture::new();
    let made = endpoint(&fixture, "states", fixed(&fixture, [10, 11]).await).await;
    let (_, subnets) = fixture.network().await;
    let entry = SubnetConfiguration::builder().subnet_id(&subnets[0]);
    let entry = entry.ipv4(address(&fixture, &subnets[0], 99).await).build();
    let ec2 = fixture.aws.ec2().await.unwrap();
    let call = ec2
        .modify_vpc_endpoint()
        .vpc_endpoint_id(&made.id)
        .subnet_configurations(entry);
    call.send().await.unwrap();
    tokio::time::sleep(Duration::from_secs(120)).await;
    let refreshed = fixture.refresh::<InterfaceEndpoint>(&made).await.unwrap().unwrap();
    let theirs = Value::from(fixed(&fixture, [99, 11]).await["subnetConfigurations"].clone());
    assert_eq!(refreshed.prior.inputs["subnetConfigurations"], theirs);
    assert_eq!(refreshed.prior.outputs["subnetConfigurations"], theirs);

    // Without a refresh it is not recorded, so an update of something else leaves it alone.
    let more = with(&fixed(&fixture, [10, 11]).await, json!({ "tags": { "team": "b" } }));
    let inputs = with(&endpoint_inputs(&fixture).await, more);
    let updated = fixture
        .update::<InterfaceEndpoint>(&made, inputs.clone())
        .await
        .unwrap();
    assert_eq!(addresses(&fixture, &updated).await, [11, 99]);
    // After a refresh, the next update reverts it.
    let refreshed = fixture.refresh::<InterfaceEndpoint>(&updated).await.unwrap().unwrap();
    let reverted = fixture.update::<InterfaceEndpoint>(&refreshed, inputs).await.unwrap();
    assert_eq!(addresses(&fixture, &reverted).await, [10, 11]);
}

#[tokio::test(start_paused = true)]
async fn an_address_in_a_new_subnet_comes_with_the_subnet() {
    let fixture = Fixture::new();
    let made = endpoint(&fixture, "states", json!({})).await;
    let (_, subnets) = fixture.network().await;
    let entry = json!({ "subnetId": subnets[2], "ipv4": address(&fixture, &subnets[2], 77).await });
    let more = json!({ "subnetIds": subnets, "subnetConfigurations": [entry] });
    let inputs = with(&endpoint_inputs(&fixture).await, more);
    let updated = fixture.update::<InterfaceEndpoint>(&made, inputs).await.unwrap();
    assert_eq!(fixture.calls("ModifyVpcEndpoint").len(), 1);
    assert!(addresses(&fixture, &updated).await.contains(&77));
}

#[tokio::test(start_paused = true)]
async fn addresses_stay_without_the_property() {
    let fixture = Fixture::new();
    let made = endpoint(&fixture, "states", fixed(&fixture, [10, 11]).await).await;
    let inputs = endpoint_inputs(&fixture).await;
    let diff = fixture.diff::<InterfaceEndpoint>(&made, inputs.clone()).unwrap();
    assert!(diff.properties.is_empty(), "{diff:?}");
    let updated = fixture.update::<InterfaceEndpoint>(&made, inputs).await.unwrap();
    assert_eq!(addresses(&fixture, &updated).await, [10, 11]);
    let shown = "subnetConfigurations";
    assert_eq!(
        updated.prior.outputs[shown], made.prior.outputs[shown],
        "they are still an output"
    );
    let refreshed = fixture.refresh::<InterfaceEndpoint>(&updated).await.unwrap().unwrap();
    assert_eq!(refreshed.prior, updated.prior);
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_without_fixed_addresses_costs_no_call() {
    let fixture = Fixture::new();
    let made = endpoint(&fixture, "states", json!({})).await;
    let inputs = with(&endpoint_inputs(&fixture).await, json!({ "privateDnsEnabled": false }));
    let updated = fixture.update::<InterfaceEndpoint>(&made, inputs).await.unwrap();
    fixture.refresh::<InterfaceEndpoint>(&updated).await.unwrap().unwrap();
    assert_eq!(fixture.calls("DescribeNetworkInterfaces").len(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_import_accepts_programs_with_and_without_fixed_addresses() {
    let fixture = Fixture::new();
    let more = fixed(&fixture, [10, 11]).await;
    let made = endpoint(&fixture, "states", more.clone()).await;
    let imported = fixture
        .import::<InterfaceEndpoint>("states", &made.id)
        .await
        .unwrap()
        .unwrap();
    let same = with(&endpoint_inputs(&fixture).await, more);
    let other = with(&endpoint_inputs(&fixture).await, fixed(&fixture, [10, 12]).await);
    let changes = |inputs| fixture.diff::<InterfaceEndpoint>(&imported, inputs).unwrap().properties;
    assert!(changes(same).is_empty());
    assert!(changes(endpoint_inputs(&fixture).await).is_empty());
    assert!(changes(other).contains("subnetConfigurations"));

    fixture.inject("DescribeNetworkInterfaces", FaultKind::AccessDenied);
    let imported = fixture
        .import::<InterfaceEndpoint>("states", &made.id)
        .await
        .unwrap()
        .unwrap();
    assert!(!imported.prior.inputs.contains_key("subnetConfigurations"));
}

#[tokio::test(start_paused = true)]
async fn a_replacement_with_the_same_address_deletes_first() {
    let fixture = Fixture::new();
    let shared = with(&fixed(&fixture, [10, 11]).await, json!({ "privateDnsEnabled": false }));
    let mut made = endpoint(&fixture, "states", shared.clone()).await;
    made.prior.outputs.insert("state".to_owned(), "failed".into());
    let diff = |more: Json, base: &Json| {
        let inputs = with(&with(base, json!({ "privateDnsEnabled": false })), more);
        let diff = fixture.diff::<InterfaceEndpoint>(&made, inputs).unwrap();
        assert!(!diff.replaces.is_empty());
        diff.delete_first
    };
    let base = endpoint_inputs(&fixture).await;
    assert!(diff(shared, &base));
    assert!(diff(fixed(&fixture, [20, 11]).await, &base), "one of them is the same");
    assert!(!diff(fixed(&fixture, [20, 21]).await, &base));
    assert!(!diff(json!({}), &base));
}

#[tokio::test(start_paused = true)]
async fn an_address_in_use_is_refused_with_a_way_out() {
    let fixture = Fixture::new();
    let more = with(&fixed(&fixture, [10, 11]).await, json!({ "privateDnsEnabled": false }));
    endpoint(&fixture, "states", more.clone()).await;
    let inputs = with(&endpoint_inputs(&fixture).await, more);
    let (_, error) = fixture.create::<InterfaceEndpoint>("second", inputs).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(
        error
            .to_string()
            .contains("Choose another address in `subnetConfigurations`"),
        "{error}"
    );
}
