//! States of AWS: the schema's enums know those that the SDK knows.

use std::collections::BTreeSet;

use aws_sdk_ec2::types::State;
use aws_sdk_eventbridge::types::ConnectionState;
use aws_sdk_vpclattice::types::{ResourceConfigurationStatus, ResourceGatewayStatus};
use serde_json::Value as Json;

use crate::package::SCHEMA_JSON;

fn values_of(name: &str) -> BTreeSet<String> {
    let schema: Json = serde_json::from_str(SCHEMA_JSON).unwrap();
    let kind = &schema["types"][format!("private-step-functions:index:{name}")];
    let values = kind["enum"].as_array().unwrap().iter();
    values.map(|one| one["value"].as_str().unwrap().to_owned()).collect()
}

/// Returns the state as EC2 writes it, unlike its service model.
fn with_small_initial(state: &str) -> String {
    let (first, rest) = state.split_at(1);
    first.to_ascii_lowercase() + rest
}

#[test]
fn every_state_of_the_sdk_is_in_the_schema() {
    let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(
        values_of("EndpointStatus"),
        State::values().iter().map(|state| with_small_initial(state)).collect()
    );
    assert_eq!(
        values_of("ResourceGatewayStatus"),
        owned(ResourceGatewayStatus::values())
    );
    assert_eq!(
        values_of("ResourceConfigurationStatus"),
        owned(ResourceConfigurationStatus::values())
    );
    assert_eq!(values_of("ConnectionStatus"), owned(ConnectionState::values()));
}
