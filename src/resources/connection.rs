//! An EventBridge connection: the credentials and, for a private API, the network path with which HTTP tasks call an API.
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-target-connection.html>
//!
//! AWS behavior that this resource handles:
//! * CreateConnection takes no client token: after a lost answer, [`create`] looks the connection up by its name.
//! * Which state counts as ready depends on where the API is, and reads after an update are stale: [`ready`] waits.
//! * Only explicit empty values clear connectivity and lists, and EventBridge ignores credentials without their authorization
//!   type: [`request`], [`update`].
//! * EventBridge never returns secrets: [`answer`] takes them from the prior inputs.
//! * The id is only a name: a connection with the same name and another ARN belongs to somebody else.

mod answer;
mod association;
mod changes;
mod create;
mod delete;
mod explain;
mod inputs;
mod path;
mod preview_checks;
mod ready;
mod request;
mod update;

use std::sync::Mutex;
use std::time::Duration;

pub use self::answer::{configuration_arn, state as shown};
pub use self::ready::find;
use aws_sdk_eventbridge::operation::describe_connection::DescribeConnectionOutput;
pub use inputs::{ApiKey, Auth, Basic, HttpParameter, HttpParameters, Inputs, OAuth};
use pulumi_provider::error::{Error, ErrorKind, Failed};
use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::property::{Map, Value};
use pulumi_provider::resource::changes::{Change, ChangeKind, Changes};
use pulumi_provider::resource::check_cx::CheckCx;
use pulumi_provider::resource::context::{Created, Cx};
use pulumi_provider::resource::draft::Draft;
use pulumi_provider::resource::findings::Findings;
use pulumi_provider::resource::limits::OperationKind;
use pulumi_provider::resource::{Deleted, Found, Identity, Resource, Update};
use serde::{Deserialize, Serialize};

use crate::aws::Aws;
use crate::resources::Made;

/// The resource type `private-step-functions:index:Connection`.
#[derive(Debug)]
pub struct Connection;

/// The computed outputs of a [`Connection`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// The ARN. It ends in a UUID that is new after each creation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// The state; AUTHORIZED or ACTIVE if the connection is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The reason for the state, if AWS gives one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_reason: Option<String>,
    /// The secret in which EventBridge keeps the credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_arn: Option<String>,
    /// The association that EventBridge made with the resource configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_association_arn: Option<String>,
}

type Live = DescribeConnectionOutput;

/// Returns what EventBridge shows of a connection: inputs without the secrets.
#[must_use]
pub fn shown(live: &DescribeConnectionOutput) -> Inputs {
    let nothing = Inputs {
        name: String::new(),
        description: None,
        auth: None,
        invocation_parameters: None,
        resource_configuration_arn: None,
        kms_key_id: None,
    };
    answer::inputs(live, Some(&nothing))
}

impl Resource for Connection {
    type Clients = Aws;
    type Inputs = Inputs;
    type State = State;
    type Live = Live;

    const TOKEN: &'static str = "private-step-functions:index:Connection";
    const NOUN: &'static str = "connection";
    const IDENTITY: Identity = Identity::FullName;

    fn limit(operation: OperationKind, inputs: Option<&Inputs>) -> Duration {
        Duration::from_secs(match (operation, inputs) {
            (OperationKind::Read | OperationKind::Delete, _) => 10 * 60,
            // A private authorization server was seen to take 20 minutes.
            (_, Some(inputs)) if inputs.has_private_oauth() => 30 * 60,
            (_, Some(inputs)) if inputs.resource_configuration_arn.is_some() => 10 * 60,
            _ => 5 * 60,
        })
    }

    fn same(path: &PropertyPath, old: &Value, new: &Value) -> bool {
        let key = path.first_key() == Some("kmsKeyId");
        key && matches!((old.as_str(), new.as_str()), (Some(old), Some(new)) if answer::same_key(old, new))
    }

    fn diff(changes: &mut Changes<'_>, _clients: &Aws) -> Result<(), Error> {
        let text = |name: &str| changes.old_state.get(name).and_then(Value::as_str);
        if let Some(state @ ("DEAUTHORIZED" | "FAILED_CONNECTIVITY")) = text("state") {
            let change = Change {
                kind: ChangeKind::Update,
                replace: false,
                input: false,
            };
            let reason = text("stateReason").map(|reason| format!(" ({})", reason.trim_end_matches('.')));
            let reason = reason.unwrap_or_default();
            let cause = format!(
                "it is {state}{reason}, so the update sends the credentials and the connectivity settings again"
            );
            changes.record("state", change);
            changes.because("state", cause);
        }
        let given = |map: &Map| map.get("kmsKeyId").is_some_and(|key| !key.is_null());
        if given(changes.old_inputs) && !given(changes.inputs) {
            let change = Change {
                kind: ChangeKind::Delete,
                replace: true,
                input: true,
            };
            // The API offers no way back to the AWS owned key.
            changes.record("kmsKeyId", change);
            changes.because("kmsKeyId", "`kmsKeyId` cannot be taken away in place");
        }
        // This is set for an update in place too, because the user's `replaceOnChanges` can make it a replacement.
        changes.delete_first = changes.named_by_user && !changes.touches("name");
        Ok(())
    }

    fn preview(draft: &Draft<'_>, old: Option<&Map>, _clients: &Aws) -> Map {
        let path = |old: &Map| {
            old.get("resourceConfigurationArn")
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        let association = if !draft.is_given("resourceConfigurationArn") {
            Some(Value::Null)
        } else {
            let unchanged = old.filter(|old| path(old).as_deref() == draft.text("resourceConfigurationArn"));
            unchanged.and_then(|old| old.get("resourceAssociationArn").cloned())
        };
        association
            .into_iter()
            .map(|arn| ("resourceAssociationArn".to_owned(), arn))
            .collect()
    }

    async fn preview_checks(cx: &CheckCx<'_, Aws>, draft: &Draft<'_>, findings: &mut Findings) {
        preview_checks::run(cx, draft, findings).await;
    }

    async fn create(cx: &Cx<Aws>, inputs: Inputs) -> Result<Created<State>, Failed<State>> {
        let attempted = || format!("creating connection \"{}\"", inputs.name);
        let resumed = cx.resumed().is_some();
        let made = create::create(cx, &inputs).await;
        let Made { id, state } = made.map_err(|error| error.context(attempted()))?;
        // If the create fails from here on, the engine records the last state: Diff must know of a failed one.
        let seen = Mutex::new(state.clone());
        let finish = async {
            let done = if resumed {
                update::resume(cx, &inputs, &seen).await
            } else {
                ready::ready(cx, &inputs, ready::After::Create, &seen).await
            };
            done.map(|live| answer::state(&live))
        };
        cx.created(id, state, finish)
            .await
            .map_err(|failed| failed.last_seen(&seen).context(attempted()))
    }

    fn full_name(state: &State) -> Option<&str> {
        state.arn.as_deref()
    }

    fn live_full_name(live: &Live) -> Option<&str> {
        live.connection_arn()
    }

    fn check_id(id: &str) -> Result<(), Error> {
        if !id.contains([':', '/', ' ']) {
            return Ok(());
        }
        let error = Error::new(ErrorKind::Invalid, format!("`{id}` is not the name of a connection"));
        Err(error.advise("The id of a connection is its name, not its ARN"))
    }

    async fn find(cx: &Cx<Aws>, id: &str) -> Result<Option<Live>, Error> {
        find(cx.clients(), id).await
    }

    async fn read(
        cx: &Cx<Aws>,
        live: Live,
        prior: Option<Found<Inputs, State>>,
    ) -> Result<Found<Inputs, State>, Error> {
        answer::found(cx, live, prior.as_ref()).await
    }

    async fn update(
        cx: &Cx<Aws>,
        id: &str,
        live: Live,
        update: Update<Inputs, State>,
        seen: &Mutex<State>,
    ) -> Result<State, Error> {
        update::update(cx, id, live, &update, seen).await
    }

    async fn delete(cx: &Cx<Aws>, id: &str, old: Found<Inputs, State>) -> Result<Deleted, Error> {
        delete::delete(cx, id, &old).await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_create_timeout_depends_on_the_network_path() {
        let minutes = |inputs: serde_json::Value| {
            let inputs: Inputs = serde_json::from_value(inputs).expect("the inputs are complete");
            Connection::limit(OperationKind::Create, Some(&inputs)).as_secs() / 60
        };
        let oauth = |more: serde_json::Value| {
            let mut oauth = json!({ "authorizationEndpoint": "https://t", "httpMethod": "POST", "clientId": "me" });
            let members = oauth.as_object_mut().expect("it is an object");
            members.extend(more.as_object().cloned().unwrap_or_default());
            json!({ "oauth": oauth })
        };
        let path = json!({ "resourceConfigurationArn": "arn" });
        assert_eq!(minutes(json!({ "name": "a", "auth": oauth(json!({})) })), 5);
        assert_eq!(minutes(json!({ "name": "a", "resourceConfigurationArn": "arn" })), 10);
        assert_eq!(minutes(json!({ "name": "a", "auth": oauth(path.clone()) })), 30);
        let both = json!({ "name": "a", "auth": oauth(path), "resourceConfigurationArn": "arn" });
        assert_eq!(minutes(both), 30);
    }
}
