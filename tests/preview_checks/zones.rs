//! Private hosted zones with the private name of an endpoint.

use private_step_functions::resources::interface_endpoint::InterfaceEndpoint;
use pulumi_provider::resource::findings::Certainty::{Fails, MayFail, WorksOtherwise};
use serde_json::{Value as Json, json};

use crate::fixture::{Fixture, with};
use crate::situation::{endpoint, endpoint_has, findings, foreign_endpoint, is_fine};

async fn zone(fixture: &Fixture, name: &str, more: Json) {
    let (vpc, _) = fixture.network().await;
    let base = json!({ "kind": "hosted-zone", "VPCId": vpc, "Name": name });
    fixture.emulator.seed(with(&base, more)).unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_zone_with_the_name_of_the_service() {
    let fixture = Fixture::new();
    zone(
        &fixture,
        "States.eu-west-1.amazonaws.com.",
        json!({ "OwningAccount": "999988887777" }),
    )
    .await;
    let wrong = endpoint(&fixture, json!({ "privateDnsEnabled": true })).await;
    let text = "of account 999988887777 has the name states.eu-west-1.amazonaws.com in vpc-";
    let expected = ("private-name-zone", "privateDnsEnabled", text);
    endpoint_has(&fixture, wrong, Fails, expected).await;
    let other = endpoint(&fixture, json!({ "privateDnsEnabled": true, "service": "sync-states" })).await;
    is_fine::<InterfaceEndpoint>(&fixture, other).await;
    // One call for both previews, and one after the create that failed.
    assert_eq!(fixture.calls("ListHostedZonesByVPC").len(), 2);
}

/// The name for both address families, too.
#[tokio::test(start_paused = true)]
async fn a_zone_with_another_name_of_the_service() {
    let fixture = Fixture::new();
    zone(&fixture, "states.eu-west-1.api.aws", json!({})).await;
    let wrong = endpoint(&fixture, json!({ "privateDnsEnabled": true })).await;
    let found = findings::<InterfaceEndpoint>(&fixture, wrong).await;
    assert_eq!((found[0].code, found.len()), ("private-name-zone", 1), "{found:?}");
}

#[tokio::test(start_paused = true)]
async fn a_zone_below_the_names_of_apis() {
    let fixture = Fixture::new();
    zone(&fixture, "a1b2.execute-api.eu-west-1.amazonaws.com", json!({})).await;
    let inputs = endpoint(&fixture, json!({ "privateDnsEnabled": true, "service": "execute-api" })).await;
    let expected = ("private-name-zone", "privateDnsEnabled", "answers for a1b2.execute-api");
    endpoint_has(&fixture, inputs, WorksOtherwise, expected).await;
}

#[tokio::test(start_paused = true)]
async fn a_zone_of_a_service_may_be_about_to_go() {
    let fixture = Fixture::new();
    zone(
        &fixture,
        "states.eu-west-1.amazonaws.com",
        json!({ "OwningService": "vpce.amazonaws.com" }),
    )
    .await;
    let inputs = endpoint(&fixture, json!({ "privateDnsEnabled": true })).await;
    let expected = (
        "private-name-zone",
        "privateDnsEnabled",
        "of vpce.amazonaws.com has the name",
    );
    endpoint_has(&fixture, inputs, MayFail, expected).await;
}

/// All pages are read.
#[tokio::test(start_paused = true)]
async fn one_zone_of_many() {
    let fixture = Fixture::new();
    for number in 0..150 {
        zone(&fixture, &format!("n{number}.example.com"), json!({})).await;
    }
    zone(&fixture, "states.eu-west-1.amazonaws.com", json!({})).await;
    let wrong = endpoint(&fixture, json!({ "privateDnsEnabled": true })).await;
    assert_eq!(findings::<InterfaceEndpoint>(&fixture, wrong).await.len(), 1);
    assert_eq!(fixture.calls("ListHostedZonesByVPC").len(), 2);
}

/// Without private DNS, and where an endpoint has the name, Route 53 is not asked.
#[tokio::test(start_paused = true)]
async fn zones_are_read_only_if_they_matter() {
    let fixture = Fixture::new();
    zone(&fixture, "states.eu-west-1.amazonaws.com", json!({})).await;
    let inputs = endpoint(&fixture, json!({ "privateDnsEnabled": false })).await;
    assert_eq!(findings::<InterfaceEndpoint>(&fixture, inputs).await, []);
    let fixture = Fixture::new();
    foreign_endpoint(&fixture, "states", true).await;
    let inputs = endpoint(&fixture, json!({ "privateDnsEnabled": true })).await;
    let found = findings::<InterfaceEndpoint>(&fixture, inputs).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(fixture.calls("ListHostedZonesByVPC").len(), 0);
}
