//! Other objects that keep a resource configuration from being deleted.

use std::time::Duration;

use aws_emulator::lattice::{associate_by_hand, vpc_endpoints};
use private_step_functions::resources::resource_configuration::ResourceConfiguration;

use crate::configuration::dns_configuration;
use crate::fixture::{Fixture, REGION};
use crate::gateway::gateway;

#[tokio::test(start_paused = true)]
async fn a_delete_waits_for_vpc_endpoints_and_names_them() {
    let mut fixture = Fixture::new();
    let gateway = gateway(&fixture, "gateway").await;
    let made = dns_configuration(&fixture, &gateway.id, "target").await;
    let (account, other) = ("123456789012", "999999999999");
    let (endpoint, network_endpoint, association) = fixture.emulator.with_accounts(|aws| {
        let endpoint = vpc_endpoints::hold_configuration(aws, account, REGION, &made.id, other);
        let (association, network) = associate_by_hand(aws, account, REGION, &made.id);
        let network_endpoint = vpc_endpoints::join_network(aws, account, REGION, &network);
        (endpoint, network_endpoint, association)
    });
    fixture.timeout = Some(Duration::from_secs(60));
    let error = fixture
        .delete::<ResourceConfiguration>(&made)
        .await
        .unwrap_err()
        .to_string();
    for part in [
        format!("the VPC endpoint {endpoint} of account {other}"),
        format!("the association {association} with service network sn-"),
        format!("(which VPC endpoint {network_endpoint} uses)"),
        "Delete the VPC endpoint".to_owned(),
    ] {
        assert!(error.contains(&part), "{part}: {error}");
    }
    fixture.emulator.with_accounts(|aws| {
        let lattice = &mut aws.region_of(account, REGION).lattice;
        lattice.resource_endpoints.clear();
        lattice.associations.clear();
    });
    fixture.delete::<ResourceConfiguration>(&made).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_delete_works_without_permission_to_list_endpoints() {
    let fixture = Fixture::new();
    let gateway = gateway(&fixture, "gateway").await;
    let made = dns_configuration(&fixture, &gateway.id, "target").await;
    fixture
        .emulator
        .with_accounts(|aws| associate_by_hand(aws, "123456789012", REGION, &made.id));
    fixture
        .emulator
        .deny(["vpc-lattice:ListResourceEndpointAssociations".to_owned()]);
    let emulator = fixture.emulator.clone();
    let (deleted, ()) = tokio::join!(fixture.delete::<ResourceConfiguration>(&made), async {
        tokio::time::sleep(Duration::from_secs(20)).await;
        emulator.with_accounts(|aws| aws.region_of("123456789012", REGION).lattice.associations.clear());
    });
    deleted.unwrap();
}
