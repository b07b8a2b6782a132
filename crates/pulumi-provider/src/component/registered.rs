//! A child that was registered.

use crate::component::tracked::{self, Flow};
use crate::property::{Map, Value, wire};
use crate::proto::RegisterResourceResponse;

/// A child whose step has finished.
#[derive(Clone, Debug)]
pub struct Registered {
    urn: String,
    id: Flow,
    outputs: Map,
    /// Whether a missing output may exist later: in previews, and when the engine skipped the step.
    incomplete: bool,
}

impl Registered {
    /// Creates a child from the engine's answer to its registration.
    pub(super) fn new(answer: RegisterResourceResponse, dry_run: bool) -> Result<Self, wire::WireError> {
        let id = if answer.id.is_empty() {
            Flow::unknown(&answer.urn)
        } else {
            from(&answer.urn, &Value::String(answer.id))
        };
        Ok(Self {
            id,
            urn: answer.urn,
            outputs: answer.object.map(wire::decode).transpose()?.unwrap_or_default(),
            incomplete: dry_run || answer.unknown,
        })
    }

    /// Returns the id of the object, with the child as its dependency.
    #[must_use]
    pub fn id(&self) -> Flow {
        self.id.clone()
    }

    /// Returns an output, with the child as its dependency. An output that the child does not have is null, or unknown if it
    /// may exist later.
    #[must_use]
    pub fn output(&self, name: &str) -> Flow {
        match self.outputs.get(name) {
            Some(value) => from(&self.urn, value),
            None if self.incomplete => Flow::unknown(&self.urn),
            None => from(&self.urn, &Value::Null),
        }
    }
}

fn from(urn: &str, value: &Value) -> Flow {
    let mut inputs = Map::from([(String::new(), value.clone())]);
    tracked::depend(&mut inputs, "", [urn.to_owned()]);
    Flow::of(&inputs[""])
}
