//! Facts about AWS's state, read without the provider.
#![allow(dead_code)] // each test crate uses its own part

use aws_emulator::Emulator;

use crate::session::REGION;

/// The emulator's account.
pub(crate) const ACCOUNT: &str = "123456789012";

/// Reports whether an API operation only reads.
pub(crate) fn is_read(operation: &str) -> bool {
    ["Describe", "Get", "List"]
        .iter()
        .any(|read| operation.starts_with(read))
}

/// Returns a fingerprint of the connection's secret for an input such as `auth.apiKey.value`.
pub(crate) fn secrets_of(emulator: &Emulator, connection: &str, property: &str) -> Option<u64> {
    let place = match property {
        "auth.apiKey.value" => "ApiKeyAuthParameters.ApiKeyValue",
        "auth.basic.password" => "BasicAuthParameters.Password",
        "auth.oauth.clientSecret" => "OAuthParameters.ClientParameters.ClientSecret",
        other => panic!("{other} is no secret"),
    };
    emulator.with_accounts(|accounts| {
        let connections = &accounts.region_of(ACCOUNT, REGION).eventbridge.connections;
        connections[connection].secrets.fingerprint_at(place)
    })
}
