//! The six operations on connections.

use serde::Deserialize;
use serde_json::{Value, json};

use super::auth::{AuthRequest, Connectivity};
use super::connection::{Body, Connection, Link, secret_arn};
use super::parameters::HttpParameters;
use super::progress::{self, Step};
use super::secrets::Secrets;
use super::{invalid, not_found, target};
use crate::accounts::Accounts;
use crate::lattice;
use crate::operation::{CallCx, ServiceError};
use crate::page::paginate;
use crate::params;
use crate::quotas::Quota;
use crate::timings;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Create {
    name: String,
    description: Option<String>,
    authorization_type: String,
    auth_parameters: AuthRequest,
    invocation_connectivity_parameters: Option<Connectivity>,
    kms_key_identifier: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Update {
    name: String,
    description: Option<String>,
    authorization_type: Option<String>,
    auth_parameters: Option<AuthRequest>,
    invocation_connectivity_parameters: Option<Connectivity>,
    kms_key_identifier: Option<String>,
}

/// Handles CreateConnection. There is no client token: only the name distinguishes two calls.
pub(super) fn create(accounts: &mut Accounts, cx: &CallCx, input: &Value) -> Result<Value, ServiceError> {
    let request: Create = params::read(input);
    let Create {
        name,
        description,
        authorization_type: kind,
        auth_parameters: auth,
        ..
    } = request;
    let credentials = auth.credentials(&kind).map_err(invalid)?;
    let invocation = request
        .invocation_connectivity_parameters
        .as_ref()
        .and_then(Connectivity::target);
    let oauth = auth.connectivity_parameters.as_ref().and_then(Connectivity::target);
    check_oauth_connectivity(&kind, oauth)?;
    // The name becomes free only when Describe returns NotFound (docs/aws-behavior.md, Connection, replacement caution).
    let most = accounts.region(cx).quotas.of(Quota::Connections);
    let connections = &accounts.region(cx).eventbridge.connections;
    if connections.contains_key(&name) {
        return Err(ServiceError::new(
            "ResourceAlreadyExistsException",
            format!("Connection {name} already exists."),
        ));
    }
    if connections.len() >= most {
        return Err(limit("connections"));
    }
    let targets: Vec<&str> = invocation.into_iter().chain(oauth).collect();
    let authorization = target::Authorization {
        is_create: true,
        targets: &targets,
        has_key: request.kms_key_identifier.as_ref().is_some_and(|key| !key.is_empty()),
    };
    admit(accounts, cx, &name, &authorization)?;

    let (now, visible_from) = (accounts.timestamp(), accounts.visible_from());
    let state = match (targets.is_empty(), kind.as_str()) {
        (false, _) => "CREATING",
        (true, "OAUTH_CLIENT_CREDENTIALS") => "AUTHORIZING",
        (true, _) => "AUTHORIZED",
    };
    let mut http = HttpParameters::default();
    http.update(auth.invocation_http_parameters.clone().unwrap_or_default());
    let body = Body {
        state,
        reason: None,
        description,
        kind,
        credentials: Some(credentials),
        http,
        secret_arn: Some(secret_arn(&mut accounts.ids, cx, &name)),
        kms_key: request.kms_key_identifier.filter(|key| !key.is_empty()),
        invocation: invocation.map(|arn| target::link(accounts, cx, arn, &name)),
        oauth: oauth.map(|arn| target::link(accounts, cx, arn, &name)),
        modified_at: now,
        authorized_at: (state == "AUTHORIZED").then_some(now),
    };
    let steps = progress::authorization(accounts, cx, &body);
    let mut connection = Connection::new(&mut accounts.ids, cx, &name, body, now, visible_from);
    connection
        .secrets
        .update(input, &connection.body.current().kind.clone());
    let answer = connection.created();
    accounts
        .region(cx)
        .eventbridge
        .connections
        .insert(name.clone(), connection);
    progress::start(accounts, cx, &name, steps);
    Ok(answer)
}

/// Handles DescribeConnection.
pub(super) fn describe(accounts: &mut Accounts, cx: &CallCx, input: &Value) -> Result<Value, ServiceError> {
    let now = accounts.now();
    let name = input["Name"].as_str().unwrap_or_default();
    let connection = find(accounts, cx, name)?;
    if now < connection.visible_from {
        return Err(not_found(&format!("Connection {name}")));
    }
    Ok(connection.described(now))
}

/// Handles ListConnections.
pub(super) fn list(accounts: &mut Accounts, cx: &CallCx, input: &Value) -> Result<Value, ServiceError> {
    let now = accounts.now();
    let (prefix, state) = (input["NamePrefix"].as_str(), input["ConnectionState"].as_str());
    let limit = input["Limit"].as_u64().and_then(|limit| usize::try_from(limit).ok());
    let entries = accounts
        .region(cx)
        .eventbridge
        .connections
        .values()
        .filter(|c| now >= c.visible_from && prefix.is_none_or(|prefix| c.name.starts_with(prefix)))
        .map(|c| c.summary(now))
        .filter(|entry| state.is_none_or(|state| entry["ConnectionState"] == state))
        .collect();
    let (entries, next) = paginate("connections", entries, limit, 100, input["NextToken"].as_str())
        .map_err(|_| invalid("Invalid NextToken"))?;
    let mut answer = json!({ "Connections": entries });
    if let Some(next) = next {
        answer["NextToken"] = next.into();
    }
    Ok(answer)
}

/// Handles UpdateConnection. Absent members keep their values; only an explicit empty ARN ends connectivity
/// (docs/aws-behavior.md, `connectivity-stays`).
pub(super) fn update(accounts: &mut Accounts, cx: &CallCx, input: &Value) -> Result<Value, ServiceError> {
    let request: Update = params::read(input);
    let name = request.name;
    let old = quiet(accounts, cx, &name)?;
    let kind = request.authorization_type.clone().unwrap_or_else(|| old.kind.clone());
    let credentials = match &request.auth_parameters {
        Some(auth) if old.credentials.is_some() || kind != old.kind || auth.has_credentials(&kind) => {
            Some(auth.merged(&kind, old.credentials.as_ref()).map_err(invalid)?)
        }
        _ if kind != old.kind => return Err(invalid(format!("AuthorizationType {kind} needs its AuthParameters"))),
        _ => old.credentials.clone(),
    };
    let oauth_request = request
        .auth_parameters
        .as_ref()
        .and_then(|auth| auth.connectivity_parameters.as_ref());
    let invocation = request
        .invocation_connectivity_parameters
        .as_ref()
        .map(Connectivity::target);
    let oauth = oauth_request.map(Connectivity::target);
    check_oauth_connectivity(&kind, oauth.flatten())?;
    let targets: Vec<&str> = invocation.flatten().into_iter().chain(oauth.flatten()).collect();
    let authorization = target::Authorization {
        is_create: false,
        targets: &targets,
        has_key: old.kms_key.is_some() || request.kms_key_identifier.as_ref().is_some_and(|key| !key.is_empty()),
    };
    admit(accounts, cx, &name, &authorization)?;

    // A change of target, method or parameters authorizes again; a new description does not (docs/aws-behavior.md,
    // Connection).
    let again = request.authorization_type.is_some()
        || request.auth_parameters.is_some()
        || request.invocation_connectivity_parameters.is_some()
        || request.kms_key_identifier.is_some();
    let invocation = relink(accounts, cx, &name, old.invocation.clone(), invocation);
    let oauth = relink(
        accounts,
        cx,
        &name,
        old.oauth.clone(),
        if kind == old.kind { oauth } else { oauth.or(Some(None)) },
    );
    let secret = match (&old.secret_arn, &credentials) {
        (None, Some(_)) => Some(secret_arn(&mut accounts.ids, cx, &name)),
        (secret, _) => secret.clone(),
    };
    let (now, timestamp, stale) = (accounts.now(), accounts.timestamp(), accounts.stale_until());
    // A recorded response to the update of a public connection without OAuth says AUTHORIZED.
    let is_instant = accounts.settings.mode.is_recorded() && invocation.is_none() && kind != "OAUTH_CLIENT_CREDENTIALS";
    let entered = if is_instant && again { "AUTHORIZED" } else { "UPDATING" };
    let connection = find(accounts, cx, &name)?;
    connection.secrets.update(input, &kind);
    connection.body.change(now, stale, |body| {
        body.state = entered;
        // A failure keeps its reason unless the connection authorizes again.
        body.reason = body.reason.take().filter(|_| !again);
        body.modified_at = timestamp;
        body.kind = kind;
        body.credentials = credentials;
        body.secret_arn = secret;
        body.invocation = invocation;
        body.oauth = oauth;
        if let Some(http) = request.auth_parameters.and_then(|auth| auth.invocation_http_parameters) {
            body.http.update(http);
        }
        if request.description.is_some() {
            body.description = request.description;
        }
        // A connection cannot return to the AWS-owned key: an empty identifier changes nothing (docs/aws-behavior.md,
        // Connection, TF #42385).
        if let Some(key) = request.kms_key_identifier.filter(|key| !key.is_empty()) {
            body.kms_key = Some(key);
        }
    });
    if entered == "AUTHORIZED" {
        connection.body.current_mut().authorized_at = Some(timestamp);
    }
    let answer = connection.answered();
    let body = connection.body.current().clone();
    // A connection without credentials cannot authorize.
    let steps = if again && body.credentials.is_some() {
        progress::authorization(accounts, cx, &body)
    } else {
        vec![(timings::CONNECTION_AUTHORIZE, Step::Enter(old.state))]
    };
    progress::start(accounts, cx, &name, steps);
    Ok(answer)
}

/// Handles DeauthorizeConnection. It removes the credentials and their secret; the connection stays.
pub(super) fn deauthorize(accounts: &mut Accounts, cx: &CallCx, input: &Value) -> Result<Value, ServiceError> {
    let name = input["Name"].as_str().unwrap_or_default();
    quiet(accounts, cx, name)?;
    let (now, timestamp, stale) = (accounts.now(), accounts.timestamp(), accounts.stale_until());
    let connection = find(accounts, cx, name)?;
    connection.secrets = Secrets::default();
    connection.body.change(now, stale, |body| {
        body.state = "DEAUTHORIZING";
        body.reason = None;
        body.credentials = None;
        body.http = HttpParameters::default();
        body.secret_arn = None;
        body.modified_at = timestamp;
    });
    let answer = connection.answered();
    let steps = vec![(timings::CONNECTION_DEAUTHORIZE, Step::Enter("DEAUTHORIZED"))];
    progress::start(accounts, cx, name, steps);
    Ok(answer)
}

/// Handles DeleteConnection. No user of the connection prevents it, and the objects that the connection used stay for a
/// while (docs/aws-behavior.md, Connection, Delete).
pub(super) fn delete(accounts: &mut Accounts, cx: &CallCx, input: &Value) -> Result<Value, ServiceError> {
    let name = input["Name"].as_str().unwrap_or_default().to_owned();
    quiet(accounts, cx, &name)?;
    let connection = find(accounts, cx, &name)?;
    connection.generation += 1;
    let body = connection.body.current_mut();
    body.state = "DELETING";
    body.reason = None;
    let links: Vec<Link> = body.invocation.iter().chain(&body.oauth).cloned().collect();
    let answer = connection.answered();
    let cx = cx.clone();
    accounts.after(timings::CONNECTION_DELETE, move |accounts| {
        accounts.region(&cx).eventbridge.connections.remove(&name);
        for link in links {
            lattice::disassociate(accounts, &cx, &link.association_arn);
        }
    });
    Ok(answer)
}

fn find<'w>(accounts: &'w mut Accounts, cx: &CallCx, name: &str) -> Result<&'w mut Connection, ServiceError> {
    let found = accounts.region(cx).eventbridge.connections.get_mut(name);
    found.ok_or_else(|| not_found(&format!("Connection {name}")))
}

/// Returns a connection that is not in a transitional state.
fn quiet(accounts: &mut Accounts, cx: &CallCx, name: &str) -> Result<Body, ServiceError> {
    let body = find(accounts, cx, name)?.body.current();
    if body.is_transitional() {
        let message = format!("Connection {name} is in state {} and cannot be modified.", body.state);
        return Err(ServiceError::new("ConcurrentModificationException", message));
    }
    Ok(body.clone())
}

/// Checks permissions, targets and the quota of private connections.
fn admit(
    accounts: &mut Accounts,
    cx: &CallCx,
    name: &str,
    authorization: &target::Authorization<'_>,
) -> Result<(), ServiceError> {
    target::check_permissions(accounts, cx, authorization)?;
    let targets = authorization.targets;
    for arn in targets {
        target::check_exists(accounts, cx, arn)?;
    }
    let region = accounts.region(cx);
    // Service Quotas does not list this quota (docs/aws-behavior.md, `private-quota`).
    let most = region.quotas.of(Quota::PrivateConnections);
    let others = region.eventbridge.connections.values();
    let private = others
        .filter(|c| c.name != name && c.body.current().is_private())
        .count();
    if !targets.is_empty() && private >= most {
        return Err(limit("private connections"));
    }
    Ok(())
}

fn limit(what: &str) -> ServiceError {
    ServiceError::new(
        "LimitExceededException",
        format!("The limit for {what} in this account and Region is reached."),
    )
}

fn check_oauth_connectivity(kind: &str, target: Option<&str>) -> Result<(), ServiceError> {
    if target.is_some() && kind != "OAUTH_CLIENT_CREDENTIALS" {
        return Err(invalid(
            "ConnectivityParameters need AuthorizationType OAUTH_CLIENT_CREDENTIALS",
        ));
    }
    Ok(())
}

/// Returns the link after an update. An absent ARN keeps it, an empty one ends it, the same one keeps its association, and
/// another one creates a new association while the old one lingers.
fn relink(
    accounts: &mut Accounts,
    cx: &CallCx,
    name: &str,
    old: Option<Link>,
    wanted: Option<Option<&str>>,
) -> Option<Link> {
    let Some(wanted) = wanted else { return old };
    if old.as_ref().map(|link| link.configuration_arn.as_str()) == wanted {
        return old;
    }
    if let Some(old) = old {
        lattice::disassociate(accounts, cx, &old.association_arn);
    }
    wanted.map(|arn| target::link(accounts, cx, arn, name))
}
