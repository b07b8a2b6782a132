//! A value of any shape that is unknown until it was created.

use private_step_functions::aws::Aws;
use private_step_functions::cx::{Created, Cx};
use private_step_functions::error::{Error, Failed};
use private_step_functions::resource::{Found, Resource};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) struct Anything;

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Inputs {
    value: Value,
}

/// Its name is not that of the input: one that is both would be known in preview.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct State {
    result: Value,
}

impl Resource for Anything {
    type Clients = Aws;
    type Inputs = Inputs;
    type State = State;

    const TOKEN: &'static str = "testnet:index:Anything";

    async fn create(cx: &Cx<Aws>, inputs: Inputs) -> Result<Created<State>, Failed<State>> {
        let state = || State {
            result: inputs.value.clone(),
        };
        cx.created(cx.urn().name(), state(), async { Ok(state()) }).await
    }

    async fn read(
        _: &Cx<Aws>,
        _: &str,
        prior: Option<Found<Inputs, State>>,
    ) -> Result<Option<Found<Inputs, State>>, Error> {
        Ok(prior)
    }

    async fn update(_: &Cx<Aws>, _: &str, _: Found<Inputs, State>, inputs: Inputs) -> Result<State, Error> {
        Ok(State { result: inputs.value })
    }

    async fn delete(_: &Cx<Aws>, _: &str, _: Found<Inputs, State>) -> Result<(), Error> {
        Ok(())
    }
}
