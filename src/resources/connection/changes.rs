//! Computes what an update sends. Each member of the request is decided on its own, because EventBridge keeps the members that
//! are absent.
//! <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_UpdateConnection.html>
//!
//! There are two exceptions. Credentials of another authorization type are sent as a whole. A list of headers, query string or
//! body parameters is replaced as a whole: parameters that somebody else added to it are sent too, except for secret values,
//! which EventBridge never returns.

use std::collections::{BTreeMap, BTreeSet};

use pulumi_provider::resource::Update;
use pulumi_provider::resource::three_way::{Base, Bases};

use super::inputs::{Auth, HttpParameter, HttpParameters, Inputs};
use super::{Live, State, answer, ready, request};
use crate::no_credentials;

/// The fields that an update sends; `None` for a field that does not change.
#[derive(Default)]
pub(super) struct Delta {
    pub(super) description: Option<String>,
    pub(super) auth: AuthChanges,
    /// The ARN of the resource configuration for calls; an empty text removes it.
    pub(super) configuration: Option<String>,
    pub(super) kms_key: Option<String>,
}

/// The authorization parameters that an update sends.
#[derive(Default)]
pub(super) struct AuthChanges {
    /// The members of the wanted credentials that are sent.
    pub(super) credentials: BTreeSet<Member>,
    /// The ARN of the resource configuration for the authorization server; an empty text removes it.
    pub(super) configuration: Option<String>,
    pub(super) oauth: ListChanges,
    pub(super) invocation: ListChanges,
}

/// The lists that an update sends, each as a whole; an empty one clears the live one.
#[derive(Default)]
pub(super) struct ListChanges {
    pub(super) headers: Option<Vec<HttpParameter>>,
    pub(super) query_string: Option<Vec<HttpParameter>>,
    pub(super) body: Option<Vec<HttpParameter>>,
    /// The names of parameters that somebody else added, whose secret values cannot be sent again.
    pub(super) lost: Vec<String>,
}

/// A member of the credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Member {
    ApiKeyName,
    ApiKeyValue,
    Username,
    Password,
    AuthorizationEndpoint,
    Method,
    ClientId,
    ClientSecret,
}

impl Member {
    const fn is_secret(self) -> bool {
        matches!(self, Self::ApiKeyValue | Self::Password | Self::ClientSecret)
    }

    /// Returns the path of the member in the inputs.
    const fn path(self) -> &'static str {
        match self {
            Self::ApiKeyName => "auth.apiKey.name",
            Self::ApiKeyValue => "auth.apiKey.value",
            Self::Username => "auth.basic.username",
            Self::Password => "auth.basic.password",
            Self::AuthorizationEndpoint => "auth.oauth.authorizationEndpoint",
            Self::Method => "auth.oauth.httpMethod",
            Self::ClientId => "auth.oauth.clientId",
            Self::ClientSecret => "auth.oauth.clientSecret",
        }
    }
}

impl Delta {
    /// Returns the changes that an update sends.
    pub(super) fn of(live: &Live, update: &Update<Inputs, State>) -> Self {
        let failed = matches!(
            ready::state(live),
            "DEAUTHORIZED" | "DEAUTHORIZING" | "FAILED_CONNECTIVITY"
        );
        Sides {
            live,
            shown: answer::inputs(live, Some(&update.recorded.inputs)),
            recorded: &update.recorded.inputs,
            wanted: &update.wanted,
            bases: update.bases.clone(),
            failed,
            in_doubt: update.in_doubt,
        }
        .changes()
    }

    /// Returns the changes that a resumed create sends: an earlier attempt of this create made `live`.
    pub(super) fn to(live: &Live, inputs: &Inputs) -> Self {
        Sides {
            live,
            shown: answer::inputs(live, Some(inputs)),
            recorded: inputs,
            wanted: inputs,
            bases: Bases::All(Base::Live),
            failed: false,
            in_doubt: false,
        }
        .changes()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.description.is_none() && self.auth.is_empty() && self.configuration.is_none() && self.kms_key.is_none()
    }

    /// Reports whether the update sets another resource configuration, so that EventBridge makes another association.
    pub(super) fn moves_from(&self, live: &Live) -> bool {
        self.configuration
            .as_deref()
            .is_some_and(|to| !to.is_empty() && Some(to) != answer::configuration_arn(live))
    }
}

impl AuthChanges {
    pub(super) fn is_empty(&self) -> bool {
        self.credentials.is_empty()
            && self.configuration.is_none()
            && self.oauth.is_empty()
            && self.invocation.is_empty()
    }
}

impl ListChanges {
    pub(super) const fn is_empty(&self) -> bool {
        self.headers.is_none() && self.query_string.is_none() && self.body.is_none()
    }
}

/// The live, recorded and wanted versions of a connection.
struct Sides<'a> {
    live: &'a Live,
    /// The live version as inputs, with recorded values for what EventBridge does not show.
    shown: Inputs,
    recorded: &'a Inputs,
    wanted: &'a Inputs,
    bases: Bases,
    /// Whether the connection failed: credentials, connectivity and lists are then sent again.
    failed: bool,
    /// Whether it is unknown if EventBridge has the secrets that the last update sent.
    in_doubt: bool,
}

impl Sides<'_> {
    fn base(&self, path: &str) -> Base {
        match self.bases.at(path) {
            Base::Recorded if self.failed => Base::Unsettled,
            base => base,
        }
    }

    /// Reports whether EventBridge may have other secrets than the recorded ones.
    fn is_hidden(&self, base: Base) -> bool {
        self.failed || (self.in_doubt && base != Base::Recorded)
    }

    fn changes(&self) -> Delta {
        let state = ready::state(self.live);
        let (shown, recorded, wanted) = (&self.shown, self.recorded, self.wanted);
        let text = |inputs: &Inputs| inputs.description.clone().unwrap_or_default();
        let again = state == "FAILED_CONNECTIVITY" && wanted.resource_configuration_arn.is_some();
        let configuration = match again {
            true => wanted.resource_configuration_arn.clone(),
            false => self.path("resourceConfigurationArn", |inputs| {
                inputs.resource_configuration_arn.as_deref()
            }),
        };
        let same_key = |one: &Option<String>, other: &Option<String>| match (one, other) {
            (Some(one), Some(other)) => answer::same_key(one, other),
            (one, other) => one == other,
        };
        let kms_key =
            self.bases
                .at("kmsKeyId")
                .value(&shown.kms_key_id, &recorded.kms_key_id, &wanted.kms_key_id, same_key);
        Delta {
            description: Self::single(
                self.bases.at("description"),
                &text(shown),
                &text(recorded),
                &text(wanted),
            ),
            auth: AuthChanges {
                credentials: self.credentials(),
                configuration: self.path("auth.oauth.resourceConfigurationArn", |inputs| {
                    inputs.oauth()?.resource_configuration_arn.as_deref()
                }),
                oauth: self.lists("auth.oauth.parameters", |inputs| inputs.oauth()?.parameters.as_ref()),
                invocation: self.lists("invocationParameters", |inputs| inputs.invocation_parameters.as_ref()),
            },
            configuration,
            kms_key: kms_key.clone().filter(|_| !same_key(kms_key, &shown.kms_key_id)),
        }
    }

    fn single(base: Base, shown: &str, recorded: &str, wanted: &str) -> Option<String> {
        let target = base.value(shown, recorded, wanted, str::eq);
        (target != shown).then(|| target.to_owned())
    }

    fn path(&self, path: &str, arn: impl Fn(&Inputs) -> Option<&str>) -> Option<String> {
        let text = |inputs| arn(inputs).unwrap_or_default();
        Self::single(
            self.base(path),
            text(&self.shown),
            text(self.recorded),
            text(self.wanted),
        )
    }

    fn credentials(&self) -> BTreeSet<Member> {
        let (shown, recorded, wanted) = (members(&self.shown), members(self.recorded), members(self.wanted));
        let changes = |member: &Member, value: &Option<String>| {
            let base = self.base(member.path());
            let changed = base.has_changed(&recorded.get(member), &Some(value), |one, other| one == other);
            changed && (shown.get(member) != Some(value) || (member.is_secret() && self.is_hidden(base)))
        };
        let changed: BTreeSet<_> = wanted
            .iter()
            .filter(|(member, value)| changes(member, value))
            .map(|(member, _)| *member)
            .collect();
        let is_of_that_kind = self.live.authorization_type.as_ref() == Some(&request::authorization_type(self.wanted));
        // EventBridge would not have the members that are left out.
        let whole = self.failed || (!changed.is_empty() && !is_of_that_kind);
        if whole { wanted.into_keys().collect() } else { changed }
    }

    fn lists(&self, path: &str, of: impl Fn(&Inputs) -> Option<&HttpParameters>) -> ListChanges {
        let mut lost = Vec::new();
        let mut list = |name: &str, part: fn(&HttpParameters) -> &Option<Vec<HttpParameter>>| {
            let side = |inputs| numbered(of(inputs).and_then(|all| part(all).as_deref()).unwrap_or_default());
            let (shown, recorded, wanted) = (side(&self.shown), side(self.recorded), side(self.wanted));
            let base = self.base(&format!("{path}.{name}"));
            if !base.has_changed(&recorded, &wanted, |one, other| one == other) {
                return None;
            }
            let target = base.map(&shown, &recorded, &wanted);
            let has_secrets_in_doubt = self.is_hidden(base) && !target.is_empty();
            if target == shown && !has_secrets_in_doubt {
                return None;
            }
            Some(in_order(
                target,
                of(self.wanted).and_then(|all| part(all).as_deref()).unwrap_or_default(),
                &mut lost,
            ))
        };
        let (headers, query_string, body) = (
            list("headers", |all| &all.headers),
            list("queryString", |all| &all.query_string),
            list("body", |all| &all.body),
        );
        ListChanges {
            headers,
            query_string,
            body,
            lost,
        }
    }
}

/// Returns the credentials by member. A secret that the inputs do not have is a member without a value.
fn members(inputs: &Inputs) -> BTreeMap<Member, Option<String>> {
    let text = |text: &str| Some(text.to_owned());
    match &inputs.auth {
        Some(Auth { basic: Some(basic), .. }) => BTreeMap::from([
            (Member::Username, text(&basic.username)),
            (Member::Password, basic.password.clone()),
        ]),
        Some(Auth { oauth: Some(oauth), .. }) => BTreeMap::from([
            (Member::AuthorizationEndpoint, text(&oauth.authorization_endpoint)),
            (Member::Method, text(&oauth.http_method)),
            (Member::ClientId, text(&oauth.client_id)),
            (Member::ClientSecret, oauth.client_secret.clone()),
        ]),
        Some(Auth { api_key: Some(key), .. }) => BTreeMap::from([
            (Member::ApiKeyName, text(&key.name)),
            (Member::ApiKeyValue, key.value.clone()),
        ]),
        _ => BTreeMap::from([
            (Member::ApiKeyName, text(no_credentials::HEADER)),
            (Member::ApiKeyValue, text(no_credentials::VALUE)),
        ]),
    }
}

/// The name of a parameter, and how many parameters of that name come before it.
type ParameterKey = (String, usize);
/// A parameter's value, and whether it is secret.
type Content = (Option<String>, bool);

fn numbered(list: &[HttpParameter]) -> BTreeMap<ParameterKey, Content> {
    let mut numbered = BTreeMap::new();
    for one in list {
        let before = numbered
            .keys()
            .filter(|(key, _): &&ParameterKey| *key == one.key)
            .count();
        numbered.insert((one.key.clone(), before), (one.value.clone(), one.is_secret()));
    }
    numbered
}

/// Returns the parameters in the user's order, followed by those that somebody else added.
fn in_order(
    mut target: BTreeMap<ParameterKey, Content>,
    wanted: &[HttpParameter],
    lost: &mut Vec<String>,
) -> Vec<HttpParameter> {
    let parameter = |key: String, (value, secret): Content| HttpParameter {
        key,
        value,
        secret: Some(secret),
    };
    let mut list = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for one in wanted {
        let before = seen.iter().filter(|key| **key == one.key).count();
        seen.push(&one.key);
        if let Some(content) = target.remove(&(one.key.clone(), before)) {
            list.push(parameter(one.key.clone(), content));
        }
    }
    for ((key, _), content) in target {
        match content {
            (None, true) => lost.push(key),
            content => list.push(parameter(key, content)),
        }
    }
    list
}
