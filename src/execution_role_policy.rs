//! IAM policies for the role of a state machine: calls of private APIs through connections, and nothing else.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html#connect-http-task-permissions>

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::arn::Arn;
use crate::partition::Partition;

/// The calls through one connection that a role may make.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grant {
    /// ARN of the connection.
    pub connection: String,
    /// ARN of its secret. Without it, the policy has no statement for the secret.
    pub secret: Option<String>,
    /// The URLs, as patterns of `StringLike`.
    pub urls: Vec<String>,
    /// The HTTP methods; empty for all.
    pub methods: Vec<String>,
    /// ARNs of the state machines; empty for all of the connection's account and Region.
    pub state_machines: Vec<String>,
    /// The key of the connection's secret, if it is a customer managed key: ID, ARN, alias or ARN of an alias.
    pub key: Option<String>,
}

/// Returns the policy. `None` if no connection has an ARN, which gives partition, Region and account: then nothing was made.
#[must_use]
pub fn document(grants: &[Grant]) -> Option<Value> {
    let grants: Vec<_> = grants
        .iter()
        .filter_map(|grant| Some((grant, Location::of(&grant.connection)?)))
        .collect();
    let (_, first) = grants.first()?;
    // One statement for all grants with the same methods and state machines: a policy of a role has 10,240 characters at most.
    let mut calls: BTreeMap<(Vec<String>, &[String]), BTreeSet<&str>> = BTreeMap::new();
    for (grant, location) in &grants {
        let machines = match grant.state_machines.as_slice() {
            [] => vec![location.arn("states", "stateMachine:*")],
            given => given.to_vec(),
        };
        let urls = calls.entry((machines, &grant.methods)).or_default();
        urls.extend(grant.urls.iter().map(String::as_str));
    }
    let mut statements: Vec<_> = calls
        .iter()
        .enumerate()
        .map(|(index, ((machines, methods), urls))| call(index, machines, methods, urls))
        .collect();
    let connections: BTreeSet<_> = grants.iter().map(|(grant, _)| &grant.connection).collect();
    statements.push(json!({
        "Sid": "UseConnections",
        "Effect": "Allow",
        "Action": "events:RetrieveConnectionCredentials",
        "Resource": connections,
    }));
    let secrets: BTreeSet<_> = grants.iter().filter_map(|(grant, _)| grant.secret.as_ref()).collect();
    // A statement without a resource would make the whole policy invalid.
    if !secrets.is_empty() {
        statements.push(json!({
            "Sid": "ReadConnectionSecrets",
            "Effect": "Allow",
            "Action": ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
            "Resource": secrets,
        }));
    }
    let keys: BTreeSet<_> = grants.iter().filter_map(|(grant, _)| grant.key.as_deref()).collect();
    let keys = keys.iter().enumerate();
    statements.extend(keys.map(|(index, key)| decrypt(index, key, first)));
    Some(json!({"Version": "2012-10-17", "Statement": statements}))
}

/// Returns the statement for the calls themselves.
fn call(index: usize, machines: &[String], methods: &[String], urls: &BTreeSet<&str>) -> Value {
    let number = if index == 0 {
        String::new()
    } else {
        (index + 1).to_string()
    };
    let mut condition = json!({"StringLike": {"states:HTTPEndpoint": urls}});
    if !methods.is_empty() {
        condition["StringEquals"] = json!({"states:HTTPMethod": methods});
    }
    let resource = match machines {
        [one] => json!(one),
        several => json!(several),
    };
    json!({
        "Sid": format!("CallPrivateApis{number}"),
        "Effect": "Allow",
        "Action": "states:InvokeHTTPEndpoint",
        "Resource": resource,
        "Condition": condition,
    })
}

/// Returns the statement for a customer managed key, which encrypts the connection's secret. The role may use it only through
/// Secrets Manager.
fn decrypt(index: usize, key: &str, location: &Location) -> Value {
    let through = json!({"kms:ViaService": location.via("secretsmanager")});
    let (resource, condition) = match key.split_once("alias/") {
        // A policy cannot name an alias as its resource, but a condition can require it.
        Some((_, alias)) => (
            location.arn("kms", "key/*"),
            json!({"StringEquals": through, "ForAnyValue:StringEquals": {"kms:ResourceAliases": format!("alias/{alias}")}}),
        ),
        None if key.starts_with("arn:") => (key.to_owned(), json!({"StringEquals": through})),
        None => (
            location.arn("kms", &format!("key/{key}")),
            json!({"StringEquals": through}),
        ),
    };
    let sid = format!("DecryptConnectionSecrets{}", index + 1);
    json!({"Sid": sid, "Effect": "Allow", "Action": "kms:Decrypt", "Resource": resource, "Condition": condition})
}

/// The partition, Region and account of a connection.
#[derive(Debug)]
pub struct Location {
    /// The partition in the ARNs. `names` is the known partition with this ID, or else the one that the Region's form suggests.
    partition: String,
    names: &'static Partition,
    region: String,
    account: String,
}

impl Location {
    /// Reads an ARN; `None` for any other text.
    #[must_use]
    pub fn of(arn: &str) -> Option<Self> {
        let arn = Arn::parse(arn)?;
        Some(Self {
            names: Partition::named(arn.partition).unwrap_or_else(|| Partition::of_region(arn.region)),
            partition: arn.partition.to_owned(),
            region: arn.region.to_owned(),
            account: arn.account.to_owned(),
        })
    }

    /// Returns the ARN of a resource beside it.
    #[must_use]
    pub fn arn(&self, service: &str, resource: &str) -> String {
        format!(
            "arn:{}:{service}:{}:{}:{resource}",
            self.partition, self.region, self.account
        )
    }

    /// Returns the ordinary DNS name of a service.
    #[must_use]
    pub fn host(&self, service: &str) -> String {
        self.names.host(service, &self.region)
    }

    /// Returns the values of `kms:ViaService` for a service. AWS documents only `{service}.{region}.amazonaws.com`, and aws-cdk
    /// uses that in all partitions; no page says whether the partition's own suffix replaces it. Only AWS sets the value, so
    /// allowing both is safe
    /// (<https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service>).
    fn via(&self, service: &str) -> Value {
        let (own, documented) = (self.host(service), format!("{service}.{}.amazonaws.com", self.region));
        if own == documented {
            json!(own)
        } else {
            json!([own, documented])
        }
    }
}
