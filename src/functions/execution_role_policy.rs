//! `executionRolePolicy`: the policy for the role of a state machine, narrower than the component's output of the same name: by URL,
//! HTTP method and state machine.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html#connect-http-task-permissions>. A state machine may take
//! the URL of a task from its input. So whoever may start it chooses where the connection's credentials go, unless the URLs of the
//! role are limited.

use pulumi_provider::error::Error;
use pulumi_provider::function::Function;
use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::resource::draft::Failures;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::entry::{EXPECTED, Entry};
use super::urls;
use crate::arn::Arn;
use crate::aws::Aws;
use crate::execution_role_policy::{self, Grant, Location};

/// The most characters of all inline policies of a role together, without white space
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>).
const MOST_CHARACTERS: usize = 10_240;

pub(super) struct ExecutionRolePolicy;

/// The arguments.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Arguments {
    grants: Vec<ConnectionGrant>,
}

/// What the role may do with one connection.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ConnectionGrant {
    api: Option<Entry>,
    connection_arn: Option<String>,
    secret_arn: Option<String>,
    urls: Option<Vec<String>>,
    methods: Vec<String>,
    state_machine_arns: Vec<String>,
    kms_key_id: Option<String>,
}

/// The answer.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    document: Value,
    json: String,
}

impl Function for ExecutionRolePolicy {
    type Clients = Aws;
    type Arguments = Arguments;
    type Answer = Answer;

    const TOKEN: &'static str = "private-step-functions:index:executionRolePolicy";

    fn rules(arguments: &Arguments, failures: &mut Failures) {
        let root = PropertyPath::root().key("grants");
        for (index, grant) in arguments.grants.iter().enumerate() {
            grant.rules(&root.index(index), failures);
        }
        let length = arguments
            .document()
            .map_or(0, |document| document.to_string().chars().count());
        if length > MOST_CHARACTERS {
            failures.add(
                root,
                format!("make a policy of {length} characters, but the policies of a role have {MOST_CHARACTERS} in all: use patterns in `urls`, or several roles"),
            );
        }
    }

    async fn call(_: &Aws, arguments: Arguments) -> Result<Answer, Error> {
        let document = arguments
            .document()
            .ok_or_else(|| Error::bug("a policy without a grant"))?;
        Ok(Answer {
            json: document.to_string(),
            document,
        })
    }
}

impl Arguments {
    fn document(&self) -> Option<Value> {
        let grants: Vec<_> = self.grants.iter().map(ConnectionGrant::grant).collect();
        execution_role_policy::document(&grants)
    }
}

impl ConnectionGrant {
    fn connection(&self) -> &str {
        let given = self.connection_arn.as_deref();
        given
            .or_else(|| self.api.as_ref().map(|api| api.arn.as_str()))
            .unwrap_or_default()
    }

    fn grant(&self) -> Grant {
        let connection = self.connection().to_owned();
        let secret = match &self.api {
            Some(api) => api.secret_arn.clone(),
            None => self.secret_arn.clone(),
        };
        let secret = secret.or_else(|| secret_of(&connection));
        let of_entry = || self.api.as_ref().map(|api| api.urls.clone()).unwrap_or_default();
        let mut methods = self.methods.clone();
        methods.sort_unstable();
        methods.dedup();
        Grant {
            secret,
            urls: self.urls.clone().unwrap_or_else(of_entry),
            methods,
            state_machines: self.state_machine_arns.clone(),
            key: self
                .api
                .as_ref()
                .map_or_else(|| self.kms_key_id.clone(), |api| api.kms_key_id.clone()),
            connection,
        }
    }

    fn rules(&self, at: &PropertyPath, failures: &mut Failures) {
        if self.api.as_ref().is_some_and(|api| !api.is_valid()) {
            return failures.add(at.key("api"), EXPECTED);
        }
        match (&self.urls, &self.api) {
            (Some(given), _) => {
                for (index, url) in given.iter().enumerate() {
                    if let Some(problem) = urls::pattern_problem(url) {
                        failures.add(at.key("urls").index(index), problem);
                    }
                }
            }
            (None, Some(api)) if api.urls.iter().any(|url| urls::pattern_problem(url).is_some()) => failures.add(
                at.key("urls"),
                "is required here: the URLs of the API's entry have a wildcard before the first `/`, and `*` matches `/` too, so they would admit other hosts",
            ),
            (None, None) if self.connection_arn.is_some() => failures.add(
                at.key("urls"),
                "is required with `connectionArn`, which does not tell what may be called",
            ),
            (None, _) => {}
        }
        let Some(here) = Arn::parse(self.connection()) else {
            return;
        };
        for (index, machine) in self.state_machine_arns.iter().enumerate() {
            let elsewhere = |machine: Arn<'_>| {
                (machine.partition, machine.region, machine.account) != (here.partition, here.region, here.account)
            };
            if Arn::parse(machine).is_some_and(elsewhere) {
                failures.add(
                    at.key("stateMachineArns").index(index),
                    "is in another account or Region than the connection, so it cannot use the connection",
                );
            }
        }
    }
}

/// Returns a pattern for the secret of a connection. EventBridge puts the name of the connection into the name of the secret, before
/// an ID that only the connection tells (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-target-connection-secret.html>).
fn secret_of(connection: &str) -> Option<String> {
    let name = Arn::parse(connection)?
        .resource
        .strip_prefix("connection/")?
        .split('/')
        .next()?;
    Some(Location::of(connection)?.arn("secretsmanager", &format!("secret:events!connection/{name}/*")))
}

#[cfg(test)]
mod tests;
