//! What AWS has, asked without the provider.
#![allow(dead_code)] // each test crate uses its own part

use aws_emulator::Emulator;

use crate::session::REGION;

/// The emulator's account.
pub(crate) const ACCOUNT: &str = "123456789012";

/// Whether an API operation changes nothing.
pub(crate) fn is_read(operation: &str) -> bool {
    ["Describe", "Get", "List"]
        .iter()
        .any(|read| operation.starts_with(read))
}

/// A fingerprint of the secret of a connection that stands for an input such as `auth.apiKey.value`.
pub(crate) fn secrets_of(emulator: &Emulator, connection: &str, property: &str) -> Option<u64> {
    let place = match property {
        "auth.apiKey.value" => "ApiKeyAuthParameters.ApiKeyValue",
        "auth.basic.password" => "BasicAuthParameters.Password",
        "auth.oauth.clientSecret" => "OAuthParameters.ClientParameters.ClientSecret",
        other => panic!("{other} is no secret"),
    };
    emulator.with_world(|world| {
        let connections = &world.region_of(ACCOUNT, REGION).eventbridge.connections;
        connections[connection].secrets.fingerprint_at(place)
    })
}
