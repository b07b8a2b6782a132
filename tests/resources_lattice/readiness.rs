//! Behavior for which public recordings of AWS differ from its documentation. The resources handle both.

use std::time::Duration;

use aws_emulator::faults::Fault;
use aws_emulator::mode::Mode;
use aws_emulator::{Emulator, Settings};
use private_step_functions::resources::connection::Connection;
use private_step_functions::resources::resource_configuration::ResourceConfiguration;
use serde_json::{Value as Json, json};
use tokio::time::Instant;

use crate::configuration::{dns_configuration, dns_inputs};
use crate::fixture::{Fixture, REGION, provider, with};
use crate::gateway::gateway;

fn fixture(mode: Mode, requires_shareable: bool) -> Fixture {
    let emulator = Emulator::new(Settings {
        mode,
        requires_shareable,
        ..Settings::default()
    });
    Fixture::on(provider(&emulator, REGION, json!({})), emulator)
}

fn connection(arn: &str) -> Json {
    json!({ "name": "orders", "auth": { "apiKey": { "name": "k", "value": "v" } }, "resourceConfigurationArn": arn })
}

#[tokio::test(start_paused = true)]
async fn an_active_create_response_is_confirmed_by_a_read() {
    let fixture = fixture(Mode::Recorded, false);
    let gateway = gateway(&fixture, "gateway").await;
    let made = dns_configuration(&fixture, &gateway.id, "orders").await;
    assert_eq!(
        (gateway.output("status"), made.output("status")),
        ("ACTIVE".into(), "ACTIVE".into())
    );
    for (create, get) in [
        ("CreateResourceGateway", "GetResourceGateway"),
        ("CreateResourceConfiguration", "GetResourceConfiguration"),
    ] {
        assert_eq!(fixture.calls(create).len(), 1);
        assert!(fixture.calls(get).len() >= 2, "{get}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_configuration_is_ready_at_the_second_active_in_a_row() {
    let fixture = fixture(Mode::Cautious, false);
    let gateway = gateway(&fixture, "gateway").await;
    let made = dns_configuration(&fixture, &gateway.id, "orders").await;
    let pending = fixture
        .statuses()
        .into_iter()
        .filter(|status| status.contains("the resource configuration"));
    let seen: Vec<_> = pending
        .map(|status| status.rsplit(": ").next().unwrap().to_owned())
        .collect();
    let first = seen.iter().position(|status| status.starts_with("ACTIVE")).unwrap();
    assert!(
        seen[first..].contains(&"CREATE_IN_PROGRESS".to_owned()),
        "it flaps: {seen:?}"
    );
    // AWS accepts a connection that is created right away.
    fixture
        .create::<Connection>("orders", connection(&made.output("arn")))
        .await
        .unwrap();
    assert_eq!(fixture.calls("CreateConnection").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_tried_again_while_its_configuration_is_not_ready() {
    let fixture = fixture(Mode::Cautious, false);
    let gateway = gateway(&fixture, "gateway").await;
    let made = dns_configuration(&fixture, &gateway.id, "orders").await;
    let refusal = |operation: &str| {
        let message = format!("Resource configuration {} is not in ACTIVE status", made.output("arn"));
        Fault::refuse(operation, "ValidationException", 400, &message)
    };
    fixture.emulator.inject(refusal("CreateConnection").times(3));
    let inputs = connection(&made.output("arn"));
    let recorded = fixture.create::<Connection>("orders", inputs.clone()).await.unwrap();
    assert_eq!(fixture.calls("CreateConnection").len(), 4);

    let other = dns_configuration(&fixture, &gateway.id, "other").await;
    fixture.emulator.inject(
        Fault::refuse(
            "UpdateConnection",
            "ValidationException",
            400,
            &format!("{} is CREATE_IN_PROGRESS", other.id),
        )
        .times(2),
    );
    let elsewhere = with(&inputs, json!({ "resourceConfigurationArn": other.output("arn") }));
    fixture.update::<Connection>(&recorded, elsewhere).await.unwrap();
    assert_eq!(fixture.calls("UpdateConnection").len(), 3);

    // A permanent error is reported soon, and only once.
    fixture.emulator.inject(refusal("CreateConnection"));
    let began = Instant::now();
    let failed = fixture
        .create::<Connection>("late", with(&inputs, json!({ "name": "late" })))
        .await
        .unwrap_err();
    let told = failed.1.to_string();
    assert!(
        told.contains("is not in ACTIVE status") && told.contains("both must be ACTIVE"),
        "{told}"
    );
    assert!((30..60).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_configuration_that_is_not_shareable_is_explained() {
    let fixture = fixture(Mode::Recorded, true);
    let gateway = gateway(&fixture, "gateway").await;
    let inputs = with(
        &dns_inputs(&gateway.id, "kept.example.com"),
        json!({ "allowAssociationToShareableServiceNetwork": false }),
    );
    let kept = fixture
        .create::<ResourceConfiguration>("kept", inputs.clone())
        .await
        .unwrap();
    let (_, error) = fixture
        .create::<Connection>("orders", connection(&kept.output("arn")))
        .await
        .unwrap_err();
    let told = error.to_string();
    assert!(
        told.contains("Set `allowAssociationToShareableServiceNetwork` of the resource configuration to true"),
        "{told}"
    );
    let open = fixture
        .update::<ResourceConfiguration>(
            &kept,
            with(&inputs, json!({ "allowAssociationToShareableServiceNetwork": true })),
        )
        .await
        .unwrap();
    fixture
        .create::<Connection>("orders", connection(&open.output("arn")))
        .await
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_authorized_connection_is_ready_once_its_association_is_active() {
    let fixture = fixture(Mode::Recorded, false);
    let gateway = gateway(&fixture, "gateway").await;
    let made = dns_configuration(&fixture, &gateway.id, "stays-authorized").await;
    let began = Instant::now();
    let recorded = fixture
        .create::<Connection>("orders", connection(&made.output("arn")))
        .await
        .unwrap();
    assert_eq!(recorded.output("state"), "AUTHORIZED");
    assert!(began.elapsed() < Duration::from_secs(25), "{:?}", began.elapsed());
    assert_eq!(fixture.warnings(), [""; 0]);
    let again = fixture.refresh::<Connection>(&recorded).await.unwrap().unwrap();
    assert_eq!(again.prior, recorded.prior);
}

#[tokio::test(start_paused = true)]
async fn a_denied_read_of_the_association_delays_readiness_and_warns() {
    let fixture = fixture(Mode::Recorded, false);
    let gateway = gateway(&fixture, "gateway").await;
    let made = dns_configuration(&fixture, &gateway.id, "stays-authorized").await;
    fixture
        .emulator
        .deny(["vpc-lattice:GetServiceNetworkResourceAssociation".to_owned()]);
    let began = Instant::now();
    fixture
        .create::<Connection>("orders", connection(&made.output("arn")))
        .await
        .unwrap();
    assert!((75..100).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    let [warning] = fixture.warnings().try_into().unwrap();
    assert!(
        warning.contains("grant vpc-lattice:GetServiceNetworkResourceAssociation"),
        "{warning}"
    );
}
