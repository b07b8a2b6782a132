//! What callers in the VPC set in an AWS SDK, so that their calls reach the interface endpoints of Step Functions.
//!
//! Step Functions has two hosts: `states`, and `sync-states` for StartSyncExecution and TestState. An SDK puts `sync-` before its host
//! for these two. With private DNS both standard names lead to the endpoints, and there is nothing to set. Without it, a client has
//! one endpoint URL for all operations, so two clients are needed, and the second must not put `sync-` before the name of its
//! endpoint. <https://docs.aws.amazon.com/sdkref/latest/guide/feature-host-prefix.html>
//!
//! Where an SDK needs more for calls of five minutes, the settings have that too: its read timeout and its retries.

pub mod snippets;

use pulumi_provider::error::{Error, ErrorKind};
use serde::{Deserialize, Serialize};

use self::snippets::{Sdk, Snippet};
use crate::partition::{ALL, EndpointName};

/// StartSyncExecution takes up to five minutes
/// (<https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html>), and a client waits a little longer.
pub const READ_TIMEOUT_SECONDS: u32 = 310;

/// The endpoints that callers use: one or both.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Arguments {
    /// The URL of the endpoint for `states`.
    #[serde(default)]
    pub states_url: Option<String>,
    /// The URL of the endpoint for `sync-states`.
    #[serde(default)]
    pub sync_states_url: Option<String>,
    /// The SDK to write for; absent means all.
    #[serde(default)]
    pub sdk: Option<Sdk>,
}

/// What to set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// The Region of the endpoints.
    pub region: String,
    /// Whether the URLs have the standard host names, so that no client needs an endpoint URL.
    pub private_dns: bool,
    /// The client for all operations but those of `sync_states`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub states: Option<Client>,
    /// The client for StartSyncExecution and TestState.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sync_states: Option<Client>,
    /// The same as program text.
    pub snippets: Vec<Snippet>,
}

/// The settings of one client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Client {
    /// The endpoint URL; absent means the SDK's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint_url: Option<String>,
    /// Whether the SDK must not put `sync-` before the host.
    pub disable_host_prefix: bool,
    /// Whether the SDK must use its hosts for FIPS.
    pub use_fips_endpoint: bool,
    /// How long the client waits for an answer; absent means the SDK's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_timeout_seconds: Option<u32>,
    /// How often the SDK sends a request; absent means the SDK's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_attempts: Option<u32>,
}

/// The two hosts of Step Functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Host {
    States,
    SyncStates,
}

impl Host {
    const fn argument(self) -> &'static str {
        match self {
            Self::States => "statesUrl",
            Self::SyncStates => "syncStatesUrl",
        }
    }

    const fn service(self) -> &'static str {
        match self {
            Self::States => "states",
            Self::SyncStates => "sync-states",
        }
    }
}

/// Returns what to set for these endpoints.
///
/// # Errors
/// A URL is not that of an endpoint for the service, there is none, or the two are in different Regions: all mistakes at once.
pub fn settings(arguments: &Arguments) -> Result<Settings, Error> {
    let mut problems = Vec::new();
    let states = read(arguments.states_url.as_deref(), Host::States, &mut problems);
    let sync_states = read(arguments.sync_states_url.as_deref(), Host::SyncStates, &mut problems);
    let places: Vec<Place<'_>> = [&states, &sync_states]
        .into_iter()
        .flatten()
        .map(|(place, _)| *place)
        .collect();
    if arguments.states_url.is_none() && arguments.sync_states_url.is_none() {
        problems.push("one of `statesUrl` and `syncStatesUrl` is required".to_owned());
    }
    if let [one, other] = places.as_slice()
        && one.region != other.region
    {
        let text = "`statesUrl` and `syncStatesUrl` must be in one Region";
        problems.push(format!("{text}, not in {} and {}", one.region, other.region));
    }
    let region = places.first().map(|place| place.region.to_owned()).unwrap_or_default();
    if !problems.is_empty() {
        return Err(Error::new(ErrorKind::Invalid, problems.join("; ")));
    }
    let (states, sync_states) = (states.map(|(_, client)| client), sync_states.map(|(_, client)| client));
    let chosen: Vec<Sdk> = arguments.sdk.map_or_else(|| Sdk::ALL.to_vec(), |sdk| vec![sdk]);
    let clients = snippets::Clients {
        region: &region,
        states: states.as_ref(),
        sync_states: sync_states.as_ref(),
    };
    Ok(Settings {
        private_dns: places.iter().all(|place| place.is_standard),
        snippets: chosen.into_iter().map(|sdk| clients.snippet(sdk)).collect(),
        region,
        states,
        sync_states,
    })
}

fn read<'a>(url: Option<&'a str>, host: Host, problems: &mut Vec<String>) -> Option<(Place<'a>, Client)> {
    let url = url?;
    match Place::read(url, host) {
        Ok(place) => Some((place, client(&place, url, host))),
        Err(problem) => {
            problems.push(format!("`{}` {problem}", host.argument()));
            None
        }
    }
}

fn client(place: &Place<'_>, url: &str, host: Host) -> Client {
    let is_sync = host == Host::SyncStates;
    Client {
        endpoint_url: (!place.is_standard).then(|| url.trim_end_matches('/').to_owned()),
        disable_host_prefix: is_sync && !place.is_standard,
        // Some SDKs refuse an endpoint URL together with FIPS, and the endpoint is one for FIPS already.
        use_fips_endpoint: place.is_standard && place.is_fips,
        read_timeout_seconds: is_sync.then_some(READ_TIMEOUT_SECONDS),
        max_attempts: is_sync.then_some(1),
    }
}

/// What the host name of an endpoint says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place<'a> {
    region: &'a str,
    /// Whether it is the service's own name, which private DNS resolves to the endpoint.
    is_standard: bool,
    is_fips: bool,
}

impl<'a> Place<'a> {
    /// Reads the URL of an endpoint for one of the two hosts. The error completes "the argument …".
    fn read(url: &'a str, host: Host) -> Result<Self, String> {
        let service = host.service();
        let name = url.strip_prefix("https://").map(|rest| rest.trim_end_matches('/'));
        let parts = name.and_then(|name| match EndpointName::parse(name) {
            Some(name) => Some((name.service, name.region, false)),
            None => {
                let place = ALL
                    .iter()
                    .find_map(|one| name.strip_suffix(one.dns_suffix)?.strip_suffix('.'))?;
                let (service, region) = place.split_once('.')?;
                Some((service, region, true))
            }
        });
        let expected = format!(
            "must be the `url` of an endpoint for {service}, such as https://{service}.eu-west-1.amazonaws.com"
        );
        let (found, region, is_standard) = parts.filter(|(_, region, _)| is_label(region)).ok_or(expected)?;
        match found.strip_prefix(service) {
            Some(rest @ ("" | "-fips")) => Ok(Self {
                region,
                is_standard,
                is_fips: !rest.is_empty(),
            }),
            _ => Err(format!(
                "is the URL of an endpoint for {found}, but must be that of one for {service}"
            )),
        }
    }
}

fn is_label(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATES: &str = "https://vpce-0a1-x1y2z3.states.eu-west-1.vpce.amazonaws.com";
    const SYNC: &str = "https://vpce-0b2-x1y2z3.sync-states.eu-west-1.vpce.amazonaws.com/";

    fn of(states: &str, sync: &str) -> Result<Settings, String> {
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let arguments = Arguments {
            states_url: given(states),
            sync_states_url: given(sync),
            sdk: Some(Sdk::Python),
        };
        settings(&arguments).map_err(|error| error.to_string())
    }

    #[test]
    fn without_private_dns_there_are_two_clients() {
        let found = of(STATES, SYNC).unwrap();
        assert!(!found.private_dns && found.region == "eu-west-1");
        let (states, sync) = (found.states.unwrap(), found.sync_states.unwrap());
        assert_eq!(states.endpoint_url.as_deref(), Some(STATES));
        assert!(!states.disable_host_prefix && states.max_attempts.is_none());
        assert_eq!(sync.endpoint_url.as_deref(), SYNC.strip_suffix('/'));
        assert!(sync.disable_host_prefix && sync.max_attempts == Some(1));
        // A client for one of the two alone.
        assert_eq!(of(STATES, "").unwrap().sync_states, None);
        // Private DNS may be on for one of the two alone: only one endpoint of a VPC can have it.
        let mixed = of("https://states.eu-west-1.amazonaws.com", SYNC).unwrap();
        assert!(!mixed.private_dns && mixed.states.unwrap().endpoint_url.is_none());
    }

    #[test]
    fn with_private_dns_no_client_needs_a_url() {
        for (states, sync, region, fips) in [
            (
                "https://states.eu-west-1.amazonaws.com",
                "https://sync-states.eu-west-1.amazonaws.com",
                "eu-west-1",
                false,
            ),
            (
                "https://states.cn-north-1.amazonaws.com.cn",
                "https://sync-states.cn-north-1.amazonaws.com.cn",
                "cn-north-1",
                false,
            ),
            (
                "https://states-fips.us-east-1.amazonaws.com",
                "https://sync-states-fips.us-east-1.amazonaws.com",
                "us-east-1",
                true,
            ),
        ] {
            let found = of(states, sync).unwrap();
            assert!(found.private_dns && found.region == region, "{found:?}");
            for client in [found.states.unwrap(), found.sync_states.unwrap()] {
                assert!(
                    client.endpoint_url.is_none() && !client.disable_host_prefix,
                    "{client:?}"
                );
                assert_eq!(client.use_fips_endpoint, fips);
            }
        }
        // An endpoint URL excludes the setting for FIPS.
        let fips = of("https://vpce-0a1-x.states-fips.us-east-1.vpce.amazonaws.com", "").unwrap();
        assert!(!fips.states.unwrap().use_fips_endpoint);
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        insta::assert_snapshot!(of("", "").unwrap_err(), @"one of `statesUrl` and `syncStatesUrl` is required");
        insta::assert_snapshot!(
            of(SYNC, "http://localhost").unwrap_err(),
            @"`statesUrl` is the URL of an endpoint for sync-states, but must be that of one for states; `syncStatesUrl` must be the `url` of an endpoint for sync-states, such as https://sync-states.eu-west-1.amazonaws.com"
        );
        insta::assert_snapshot!(
            of(STATES, "https://sync-states.us-east-1.amazonaws.com").unwrap_err(),
            @"`statesUrl` and `syncStatesUrl` must be in one Region, not in eu-west-1 and us-east-1"
        );
        for url in [
            "states.eu-west-1.amazonaws.com",
            "https://states.eu-west-1.amazonaws.com/x",
            "https://states.amazonaws.com",
            "https://a.example",
        ] {
            assert!(of(url, "").unwrap_err().contains("must be the `url`"), "{url}");
        }
    }
}
