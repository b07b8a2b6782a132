//! A resource that returns its input, a value of any type, as an output that is unknown in the preview.

use std::sync::Mutex;

use private_step_functions::aws::Aws;
use pulumi_provider::error::{Error, Failed};
use pulumi_provider::resource::context::{Created, Cx};
use pulumi_provider::resource::{Deleted, Found, Identity, Resource, Update};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) struct Anything;

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Inputs {
    value: Value,
}

/// The output and the input have different names, because a property that is both is known in a preview.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct State {
    result: Value,
}

impl Resource for Anything {
    type Clients = Aws;
    type Inputs = Inputs;
    type State = State;
    type Live = ();

    const TOKEN: &'static str = "testnet:index:Anything";
    const NOUN: &'static str = "anything";
    const IDENTITY: Identity = Identity::Id;

    async fn create(cx: &Cx<Aws>, inputs: Inputs) -> Result<Created<State>, Failed<State>> {
        let state = || State {
            result: inputs.value.clone(),
        };
        cx.created(cx.urn().name(), state(), async { Ok(state()) }).await
    }

    async fn find(_: &Cx<Aws>, _: &str) -> Result<Option<()>, Error> {
        Ok(Some(()))
    }

    async fn read(_: &Cx<Aws>, (): (), prior: Option<Found<Inputs, State>>) -> Result<Found<Inputs, State>, Error> {
        prior.ok_or_else(|| Error::bug("there is nothing to import"))
    }

    async fn update(
        _: &Cx<Aws>,
        _: &str,
        (): (),
        update: Update<Inputs, State>,
        _: &Mutex<State>,
    ) -> Result<State, Error> {
        Ok(State {
            result: update.wanted.value,
        })
    }

    async fn delete(_: &Cx<Aws>, _: &str, _: Found<Inputs, State>) -> Result<Deleted, Error> {
        Ok(Deleted::Done)
    }
}
