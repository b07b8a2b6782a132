//! Other objects that keep a resource configuration from being deleted.

use std::time::Duration;

use aws_emulator::lattice::{associate_by_hand, vpc_endpoints};
use private_step_functions::resources::resource_configuration::ResourceConfiguration;

use crate::configuration::dns_configuration;
use crate::gateway::gateway;
use crate::world::{REGION, World};

#[tokio::test(start_paused = true)]
async fn a_delete_waits_for_vpc_endpoints_and_names_them() {
    let mut world = World::new();
    let gateway = gateway(&world, "gateway").await;
    let made = dns_configuration(&world, &gateway.id, "target").await;
    let (account, other) = ("123456789012", "999999999999");
    let (endpoint, network_endpoint, association) = world.emulator.with_world(|aws| {
        let endpoint = vpc_endpoints::hold_configuration(aws, account, REGION, &made.id, other);
        let (association, network) = associate_by_hand(aws, account, REGION, &made.id);
        let network_endpoint = vpc_endpoints::join_network(aws, account, REGION, &network);
        (endpoint, network_endpoint, association)
    });
    world.timeout = Some(Duration::from_secs(60));
    let error = world
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
    world.emulator.with_world(|aws| {
        let lattice = &mut aws.region_of(account, REGION).lattice;
        lattice.resource_endpoints.clear();
        lattice.associations.clear();
    });
    world.delete::<ResourceConfiguration>(&made).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn who_may_not_list_endpoints_still_deletes() {
    let world = World::new();
    let gateway = gateway(&world, "gateway").await;
    let made = dns_configuration(&world, &gateway.id, "target").await;
    world
        .emulator
        .with_world(|aws| associate_by_hand(aws, "123456789012", REGION, &made.id));
    world
        .emulator
        .deny(["vpc-lattice:ListResourceEndpointAssociations".to_owned()]);
    let emulator = world.emulator.clone();
    let (deleted, ()) = tokio::join!(world.delete::<ResourceConfiguration>(&made), async {
        tokio::time::sleep(Duration::from_secs(20)).await;
        emulator.with_world(|aws| aws.region_of("123456789012", REGION).lattice.associations.clear());
    });
    deleted.unwrap();
}
