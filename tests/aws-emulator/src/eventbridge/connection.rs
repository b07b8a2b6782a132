//! A connection and its responses.

use serde_json::{Value, json};
use tokio::time::Instant;

use super::auth::{self, Credentials};
use super::parameters::HttpParameters;
use super::secrets::Secrets;
use crate::accounts::Ids;
use crate::lagging::Lagging;
use crate::operation::{CallCx, ResourceRow};
use crate::partition;

/// A connection.
#[derive(Debug)]
pub struct Connection {
    /// Its identity.
    pub name: String,
    /// Ends with the name and a unique UUID: a later connection with the same name has another ARN (docs/aws-behavior.md,
    /// Connection).
    pub arn: String,
    pub(super) body: Lagging<Body>,
    /// Fingerprints of the secrets, which no response contains.
    pub secrets: Secrets,
    /// Counts the started operations, so that steps of an older operation have no effect.
    pub(super) generation: u64,
    pub(super) visible_from: Instant,
    created_at: f64,
}

/// The changeable part.
#[derive(Clone, Debug)]
pub(super) struct Body {
    pub state: &'static str,
    pub reason: Option<String>,
    pub description: Option<String>,
    pub kind: String,
    /// None once de-authorized.
    pub credentials: Option<Credentials>,
    pub http: HttpParameters,
    pub secret_arn: Option<String>,
    pub kms_key: Option<String>,
    /// The private connectivity of the API.
    pub invocation: Option<Link>,
    /// The private connectivity of the OAuth endpoint.
    pub oauth: Option<Link>,
    pub modified_at: f64,
    pub authorized_at: Option<f64>,
}

/// A resource configuration, and EventBridge's association with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub configuration_arn: String,
    pub association_arn: String,
}

impl Link {
    fn described(&self) -> Value {
        json!({ "ResourceParameters": {
            "ResourceConfigurationArn": self.configuration_arn,
            "ResourceAssociationArn": self.association_arn,
        } })
    }
}

impl Body {
    /// Reports whether the state allows no other operation: ConcurrentModificationException (docs/aws-behavior.md,
    /// Connection).
    pub(super) fn is_transitional(&self) -> bool {
        matches!(
            self.state,
            "CREATING" | "UPDATING" | "AUTHORIZING" | "DEAUTHORIZING" | "DELETING"
        )
    }

    /// Reports whether the connection is private. Private connections have a separate quota (docs/aws-behavior.md,
    /// `private-quota`).
    pub(super) fn is_private(&self) -> bool {
        self.invocation.is_some() || self.oauth.is_some()
    }
}

impl Connection {
    pub(super) fn new(ids: &mut Ids, cx: &CallCx, name: &str, body: Body, now: f64, visible_from: Instant) -> Self {
        let resource = format!("connection/{name}/{}", ids.uuid());
        let arn = partition::arn("events", &cx.region, &cx.account, &resource);
        let body = Lagging::new(body);
        Self {
            name: name.to_owned(),
            arn,
            body,
            secrets: Secrets::default(),
            generation: 0,
            visible_from,
            created_at: now,
        }
    }

    /// Returns the current state. Reads may lag behind it.
    pub fn state(&self) -> &'static str {
        self.body.current().state
    }

    /// Enters a state that every read shows at once, and stops the operation in progress.
    pub(super) fn seed(&mut self, state: &'static str, reason: Option<String>) {
        let mut body = self.body.current().clone();
        (body.state, body.reason) = (state, reason);
        self.body = Lagging::new(body);
        self.generation += 1;
    }

    pub(super) fn row(&self) -> ResourceRow {
        let body = self.body.current();
        let target = body.invocation.as_ref().map(|link| &link.configuration_arn);
        let detail = json!({ "arn": self.arn, "resourceConfigurationArn": target, "stateReason": body.reason });
        ResourceRow::new("connection", &self.name, body.state, detail)
    }

    /// Returns the response of create, update, de-authorize and delete: the current values, not the lagging ones.
    pub(super) fn answered(&self) -> Value {
        let body = self.body.current();
        json!({
            "ConnectionArn": self.arn, "ConnectionState": body.state, "CreationTime": self.created_at,
            "LastModifiedTime": body.modified_at, "LastAuthorizedTime": body.authorized_at,
        })
    }

    /// Returns the response of CreateConnection, which has no LastAuthorizedTime.
    pub(super) fn created(&self) -> Value {
        let mut answer = self.answered();
        answer["LastAuthorizedTime"] = Value::Null;
        answer
    }

    /// Returns an entry of ListConnections.
    pub(super) fn summary(&self, now: Instant) -> Value {
        let body = self.body.read(now);
        json!({
            "ConnectionArn": self.arn, "Name": self.name, "ConnectionState": body.state, "StateReason": body.reason,
            "AuthorizationType": body.kind, "CreationTime": self.created_at, "LastModifiedTime": body.modified_at,
            "LastAuthorizedTime": body.authorized_at,
        })
    }

    /// Returns the response of DescribeConnection.
    pub(super) fn described(&self, now: Instant) -> Value {
        let body = self.body.read(now);
        let oauth = body.oauth.as_ref().map(Link::described);
        let mut all = self.summary(now);
        all["Description"] = json!(body.description);
        all["SecretArn"] = json!(body.secret_arn);
        // Returned in the form of the request: id, ARN, alias (docs/aws-behavior.md, Connection, KMS).
        all["KmsKeyIdentifier"] = json!(body.kms_key);
        all["InvocationConnectivityParameters"] = json!(body.invocation.as_ref().map(Link::described));
        all["AuthParameters"] = json!(body.credentials.as_ref().map(|c| auth::described(c, &body.http, oauth)));
        all
    }
}

/// Returns the ARN of the secret that stores the credentials (docs/aws-behavior.md, Connection, Secret):
/// `events!connection/NAME/UUID`, then the six characters that Secrets Manager appends to every name.
pub(super) fn secret_arn(ids: &mut Ids, cx: &CallCx, name: &str) -> String {
    let (uuid, suffix) = (ids.uuid(), ids.lower(6));
    let resource = format!("secret:events!connection/{name}/{uuid}-{suffix}");
    partition::arn("secretsmanager", &cx.region, &cx.account, &resource)
}
