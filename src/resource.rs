//! The contract of one custom resource.
//!
//! A resource file deals in plain structs: it never sees protobuf, preview, unknowns, secrets or diffs. Those are answered
//! from the schema by [`lifecycle`](crate::lifecycle). Outputs are the checked inputs (as far as the schema lists them among
//! the outputs) with [`Resource::State`] laid over them, so `State` holds only what the service computes.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cx::limits::Doing;
use crate::cx::{Created, Cx};
use crate::error::{Error, Failed};
use crate::lifecycle::changes::Changes;
use crate::lifecycle::draft::{Draft, Failures};
use crate::property::Value;
use crate::property::path::PropertyPath;

/// The configured connection of a provider instance to its service.
pub trait Clients: Send + Sync + 'static {
    /// Tags that every taggable resource gets besides its own (the provider's `defaultTags`).
    fn default_tags(&self) -> &BTreeMap<String, String>;

    /// Where objects are looked for, as a message says it: a Region. `None` while it is not known.
    fn place(&self) -> Option<&str> {
        None
    }
}

/// The properties of an existing object, as `Read` found them.
#[derive(Clone, Debug)]
pub struct Found<I, S> {
    /// What a user would write to get this object. Values that the service fills in by itself may be included: the lifecycle
    /// leaves them out where the user has not set them (`serviceDefault` in the schema). Write-only values are taken over
    /// from the prior inputs.
    pub inputs: I,
    /// The computed properties.
    pub state: S,
}

/// A custom resource.
///
/// # Expectations on every implementation
/// * `create` calls [`Cx::created`] as soon as the service has given an id, and first asks [`Cx::resumed`] whether an earlier
///   attempt of this very create already did.
/// * `update` converges from what the service has, not from what the state says: a create that failed half-way is finished
///   by the next update, whose old and new inputs are equal.
/// * `read` answers `None` only if the service says that the object does not exist. Denied or throttled is an error.
/// * `delete` of an absent object succeeds, and waits until the object is truly gone.
/// * Every await is a point where [`Cx::cancelled`] may end a wait.
pub trait Resource: Send + Sync + 'static {
    /// The clients that the operations use.
    type Clients: Clients;
    /// The inputs after Check: defaults applied, every value known. Names as in the schema (serde camelCase).
    type Inputs: Serialize + DeserializeOwned + Send + Sync + 'static;
    /// The computed outputs. Everything that may be absent while the object is being made is an `Option`.
    type State: Serialize + DeserializeOwned + Send + Sync + 'static;

    /// The type token, as in the schema.
    const TOKEN: &'static str;

    /// How long an operation may take unless the user sets `customTimeouts`. Inputs are those to be reached; none for a read.
    fn limit(_doing: Doing, _inputs: Option<&Self::Inputs>) -> Duration {
        Duration::from_secs(10 * 60)
    }

    /// Rules between properties, over what is known. Required, types, patterns, ranges, enums, exactly-one-of and defaults
    /// come from the schema and are checked before.
    fn rules(_draft: &Draft<'_>, _failures: &mut Failures) {}

    /// Whether a changed input means the same to the service, beyond what the schema declares.
    fn same(_path: &PropertyPath, _old: &Value, _new: &Value) -> bool {
        false
    }

    /// Adjusts the generic diff: drift seen only in outputs (tags, states), forced replacement, delete-before-replace, or a
    /// refusal.
    ///
    /// # Errors
    /// A change that cannot be made, with what to do instead.
    fn diff(_changes: &mut Changes<'_>, _clients: &Self::Clients) -> Result<(), Error> {
        Ok(())
    }

    /// Computed outputs that follow from known inputs alone, for previews. `old` holds the old outputs in an update.
    fn preview(
        _draft: &Draft<'_>,
        _old: Option<&crate::property::Map>,
        _clients: &Self::Clients,
    ) -> crate::property::Map {
        crate::property::Map::new()
    }

    /// Makes the object.
    fn create(
        cx: &Cx<Self::Clients>,
        inputs: Self::Inputs,
    ) -> impl Future<Output = Result<Created<Self::State>, Failed<Self::State>>> + Send;

    /// Looks the object up. `prior` is what the engine had recorded (inputs as far as they can be read); `None` in an import.
    fn read(
        cx: &Cx<Self::Clients>,
        id: &str,
        prior: Option<Found<Self::Inputs, Self::State>>,
    ) -> impl Future<Output = Result<Option<Found<Self::Inputs, Self::State>>, Error>> + Send;

    /// Makes the object what the new inputs say.
    fn update(
        cx: &Cx<Self::Clients>,
        id: &str,
        old: Found<Self::Inputs, Self::State>,
        inputs: Self::Inputs,
    ) -> impl Future<Output = Result<Self::State, Error>> + Send;

    /// Deletes the object and waits until it is gone.
    fn delete(
        cx: &Cx<Self::Clients>,
        id: &str,
        old: Found<Self::Inputs, Self::State>,
    ) -> impl Future<Output = Result<(), Error>> + Send;
}
