//! The contract of one custom resource.
//!
//! A resource file deals in plain structs: it never sees protobuf, preview, unknowns, secrets or diffs. Those are answered
//! from the schema by [`lifecycle`](crate::lifecycle). Outputs are the checked inputs (as far as the schema lists them among
//! the outputs) with [`Resource::State`] laid over them, so `State` holds only what the service computes.

pub mod changes;
pub mod context;
pub mod draft;
pub mod limits;
pub mod memory;
pub mod redaction;
pub mod sent;
pub mod three_way;

use std::future::Future;
use std::sync::Mutex;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Failed};
use crate::property::Value;
use crate::property::path::PropertyPath;
use crate::resource::changes::Changes;
use crate::resource::context::{Created, Cx};
use crate::resource::draft::{Draft, Failures};
use crate::resource::limits::Doing;
use crate::resource::three_way::Bases;

/// The configured connection of a provider instance to its service.
pub trait Clients: Send + Sync + 'static {
    /// Where objects are looked for, as a message says it: a Region. `None` while it is not known.
    fn place(&self) -> Option<&str> {
        None
    }

    /// Refuses if the object with this full name is not where these clients work, as far as that can be told without a call.
    ///
    /// # Errors
    /// The two places, and what to do.
    fn same_place(&self, _full_name: &str) -> impl Future<Output = Result<(), Error>> + Send {
        std::future::ready(Ok(()))
    }

    /// Refuses to take "not found" for "gone" if the object with this full name is elsewhere.
    ///
    /// # Errors
    /// The two places, and what to do; or whatever keeps the service from telling which account this is.
    fn confirm_absent(&self, full_name: &str) -> impl Future<Output = Result<(), Error>> + Send {
        self.same_place(full_name)
    }

    /// Refuses if the object that was found is in another account than the recorded one.
    ///
    /// # Errors
    /// The two accounts, and what to do.
    fn same_owner(&self, _recorded: &str, _found: &str) -> Result<(), Error> {
        Ok(())
    }

    /// The same error with what only the configuration of the provider tells about the way out.
    fn explain(&self, error: Error) -> Error {
        error
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

/// What an update is about.
#[derive(Clone, Debug)]
pub struct Update<I, S> {
    /// What the engine has recorded: the inputs of the last operation, or what a refresh found. After an update that ended
    /// half-way, its lists and maps also hold what they held before it.
    pub recorded: Found<I, S>,
    /// The new inputs.
    pub wanted: I,
    /// What the update starts from, input by input.
    pub bases: Bases,
    /// The last update may or may not have written values that the service never shows: they are sent again.
    pub in_doubt: bool,
}

/// What an object is told by from every other one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// By its id, which the service never gives to another object, in no account.
    Id,
    /// By its full name alone, such as an ARN: the id is a name that another object may have, elsewhere or later. The object is
    /// looked up and compared before each operation, a delete included.
    FullName,
}

/// How a delete ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deleted {
    /// The object was there, and is gone.
    Done,
    /// There was no such object to begin with.
    WasAbsent,
}

/// A custom resource.
///
/// Before each read, update and delete the adapter ([`adapter`](crate::lifecycle::adapter)) makes sure that it is about the
/// right object: place, account and, where the id is only a name, full name. It also looks the object up and says in each error what
/// was being done.
///
/// # Expectations on every implementation
/// * `create` calls [`Cx::created`] as soon as the service has given an id, and first asks [`Cx::resumed`] whether an earlier
///   attempt of this very create already did.
/// * `update` sends what [`Update::bases`] make of live, recorded and wanted inputs, and nothing else.
/// * `find` answers `None` only if the service says that the object does not exist. Denied or throttled is an error.
/// * `delete` of an absent object succeeds, and waits until the object is truly gone.
/// * Every await is a point where [`Cx::cancelled`] may end a wait.
pub trait Resource: Send + Sync + 'static {
    /// The clients that the operations use.
    type Clients: Clients;
    /// The inputs after Check: defaults applied, every value known. Names as in the schema (serde camelCase).
    type Inputs: Serialize + DeserializeOwned + Send + Sync + 'static;
    /// The computed outputs. Everything that may be absent while the object is being made is an `Option`.
    type State: Clone + Serialize + DeserializeOwned + Send + Sync + 'static;
    /// The object as the service shows it.
    type Live: Send + Sync + 'static;

    /// The type token, as in the schema.
    const TOKEN: &'static str;
    /// What messages call such an object: `security group`.
    const NOUN: &'static str;
    /// What it is told by from others.
    const IDENTITY: Identity;

    /// How long an operation may take unless the user sets `customTimeouts`. Inputs are those to be reached; none for a read.
    fn limit(_doing: Doing, _inputs: Option<&Self::Inputs>) -> Duration {
        Duration::from_secs(10 * 60)
    }

    /// Rules between properties, over what is known. Required, types, patterns, ranges, enums, exactly-one-of and defaults
    /// come from the schema and are checked before.
    fn rules(_draft: &Draft<'_>, _failures: &mut Failures) {}

    /// Rules between the properties and the provider's configuration. Not asked while that is unknown.
    fn provider_rules(_draft: &Draft<'_>, _clients: &Self::Clients, _failures: &mut Failures) {}

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

    /// The recorded name that the service gives to no other object, in no account and no place: for AWS, its ARN. It says where
    /// the object is, and for [`Identity::FullName`] which one it is.
    fn full_name(_state: &Self::State) -> Option<&str> {
        None
    }

    /// The full name of an object that was found; only [`Identity::FullName`] needs it.
    fn live_full_name(_live: &Self::Live) -> Option<&str> {
        None
    }

    /// Refuses a text that cannot be the id of such an object, as an import may bring along.
    ///
    /// # Errors
    /// What the id looks like.
    fn check_id(_id: &str) -> Result<(), Error> {
        Ok(())
    }

    /// Looks the object up; `None` if there is none.
    fn find(cx: &Cx<Self::Clients>, id: &str) -> impl Future<Output = Result<Option<Self::Live>, Error>> + Send;

    /// Inputs and outputs of an object that was found. `prior` is what the engine had recorded (inputs as far as they can be
    /// read); `None` in an import.
    fn read(
        cx: &Cx<Self::Clients>,
        live: Self::Live,
        prior: Option<Found<Self::Inputs, Self::State>>,
    ) -> impl Future<Output = Result<Found<Self::Inputs, Self::State>, Error>> + Send;

    /// Makes of the object that was found what the new inputs say. `seen` starts as the recorded outputs and follows what is
    /// seen on the way: it is recorded if the update fails after it has changed something.
    fn update(
        cx: &Cx<Self::Clients>,
        id: &str,
        live: Self::Live,
        update: Update<Self::Inputs, Self::State>,
        seen: &Mutex<Self::State>,
    ) -> impl Future<Output = Result<Self::State, Error>> + Send;

    /// Deletes the object and waits until it is gone. With [`Identity::FullName`] it was found to be the recorded one.
    fn delete(
        cx: &Cx<Self::Clients>,
        id: &str,
        old: Found<Self::Inputs, Self::State>,
    ) -> impl Future<Output = Result<Deleted, Error>> + Send;
}
