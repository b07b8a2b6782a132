//! The trait that a custom resource implements, and the types that its methods take and return.
//!
//! The code of a resource works with plain structs. It never handles protobuf, previews, unknowns, secrets or diffs:
//! [`lifecycle`](crate::lifecycle) derives those from the schema. The outputs of a resource are its checked inputs (those
//! that the schema also lists as outputs), overridden by [`Resource::State`]. So `State` holds only the properties that the
//! service computes.

pub mod changes;
pub mod check_cx;
pub mod context;
pub mod draft;
pub mod findings;
pub mod limits;
pub mod looks;
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
use crate::resource::check_cx::CheckCx;
use crate::resource::context::{Created, Cx};
use crate::resource::draft::{Draft, Failures};
use crate::resource::findings::{Findings, PreviewChecks};
use crate::resource::limits::OperationKind;
use crate::resource::three_way::Bases;

/// The service clients of a configured provider instance.
pub trait Clients: Send + Sync + 'static {
    /// Returns the place where these clients look for objects, as messages name it, such as a Region. Returns `None` while it
    /// is not known.
    fn place(&self) -> Option<&str> {
        None
    }

    /// Checks that the object with this full name is in the place where these clients work, as far as this can be told
    /// without a call to the service.
    ///
    /// # Errors
    /// The object is in another place. The error names both places and says what to do.
    fn same_place(&self, _full_name: &str) -> impl Future<Output = Result<(), Error>> + Send {
        std::future::ready(Ok(()))
    }

    /// Checks that "not found" means "gone": that the object with this full name is not in another place or account.
    ///
    /// # Errors
    /// The object is elsewhere: the error names both places or accounts and says what to do. Or the call that tells the
    /// account of the credentials failed.
    fn confirm_absent(&self, full_name: &str) -> impl Future<Output = Result<(), Error>> + Send {
        self.same_place(full_name)
    }

    /// Checks that the object that was found is in the account of the recorded one. Both arguments are full names.
    ///
    /// # Errors
    /// The accounts differ. The error names both and says what to do.
    fn same_owner(&self, _recorded: &str, _found: &str) -> Result<(), Error> {
        Ok(())
    }

    /// Returns what the configuration says about the checks of a preview.
    fn preview_checks(&self) -> PreviewChecks {
        PreviewChecks::Off
    }

    /// Forgets what checks have read. Called before the checks look for the cause of a failure.
    fn look_anew(&self) {}

    /// Adds to an error the advice that depends on the provider's configuration.
    fn explain(&self, error: Error) -> Error {
        error
    }
}

/// The properties of an existing object: as a Read found them, or as the engine has recorded them.
#[derive(Clone, Debug)]
pub struct Found<I, S> {
    /// The inputs that describe this object. They may include values that the service sets by itself: the lifecycle removes
    /// those that the user has not set (`serviceDefault` in the schema). Values that the service never returns are copied
    /// from the prior inputs.
    pub inputs: I,
    /// The computed properties.
    pub state: S,
}

/// The arguments of an update.
#[derive(Clone, Debug)]
pub struct Update<I, S> {
    /// The recorded properties: the inputs of the last operation, or those that a refresh found. If the last update failed
    /// half-way, lists and maps also hold the items that they held before it.
    pub recorded: Found<I, S>,
    /// The new inputs.
    pub wanted: I,
    /// The base of each input, from which the update computes what it sends.
    pub bases: Bases,
    /// Whether the last update may or may not have written values that the service never returns. If so, the update sends
    /// them again.
    pub in_doubt: bool,
}

/// What distinguishes an object from every other object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// Its id. The service never gives the same id to another object, in any account.
    Id,
    /// Its full name, such as an ARN. The id is only a name, which another object may have in another place or at a later
    /// time. The adapter looks up the object and compares its full name before each operation, including a delete.
    FullName,
}

/// The result of a delete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deleted {
    /// The object existed and is now gone.
    Done,
    /// The object did not exist.
    WasAbsent,
}

/// A custom resource.
///
/// Before each read, update and delete, the adapter ([`adapter`](crate::lifecycle::adapter)) checks that the object is the
/// recorded one: its place, its account and, where the id is only a name, its full name. The adapter also looks up the object
/// to read or update, and adds to the errors of all three what was being done.
///
/// # Requirements for implementations
/// * `create` first asks [`Cx::resumed`] whether an earlier attempt at the same create has already obtained an id. It calls
///   [`Cx::created`] as soon as the service has given an id.
/// * `update` computes each input from its live, recorded and wanted values with [`Update::bases`], and sends nothing else.
/// * `find` returns `None` only if the service says that the object does not exist. Access denied and throttling are errors.
/// * `delete` succeeds if the object does not exist. Otherwise it waits until the object is really gone.
/// * A cancellation ([`Cx::cancelled`]) may end a wait at every `await`.
pub trait Resource: Send + Sync + 'static {
    /// The clients that the operations use.
    type Clients: Clients;
    /// The inputs after Check, with defaults applied and every value known. The names are those of the schema (serde
    /// camelCase).
    type Inputs: Serialize + DeserializeOwned + Send + Sync + 'static;
    /// The computed outputs. A property that may be absent while the object is being created is an `Option`.
    type State: Clone + Serialize + DeserializeOwned + Send + Sync + 'static;
    /// The object as the service returns it.
    type Live: Send + Sync + 'static;

    /// The type token, as in the schema.
    const TOKEN: &'static str;
    /// The noun for such an object in messages: `security group`.
    const NOUN: &'static str;
    /// What distinguishes such an object from others.
    const IDENTITY: Identity;

    /// Returns how long an operation may take if the user does not set `customTimeouts`. `inputs` are the new inputs, in a
    /// delete the recorded ones; `None` in a read.
    fn limit(_doing: OperationKind, _inputs: Option<&Self::Inputs>) -> Duration {
        Duration::from_secs(10 * 60)
    }

    /// Checks the rules between properties, as far as the values are known. Check has already applied what the schema
    /// declares: required properties, types, patterns, ranges, enums, exactly-one-of and defaults.
    fn rules(_draft: &Draft<'_>, _failures: &mut Failures) {}

    /// Checks the rules between the properties and the provider's configuration. Not called while the configuration is
    /// unknown.
    fn provider_rules(_draft: &Draft<'_>, _clients: &Self::Clients, _failures: &mut Failures) {}

    /// Reports whether the old and the new value of an input mean the same to the service, beyond what the schema declares.
    fn same(_path: &PropertyPath, _old: &Value, _new: &Value) -> bool {
        false
    }

    /// Adjusts the generic diff: adds drift that only outputs show (tags, states), forces a replacement, requests
    /// delete-before-replace, or refuses the change.
    ///
    /// # Errors
    /// The change cannot be made. The error says what to do instead.
    fn diff(_changes: &mut Changes<'_>, _clients: &Self::Clients) -> Result<(), Error> {
        Ok(())
    }

    /// Returns the computed outputs that follow from known inputs alone, for a preview. `old` holds the old outputs in an
    /// update.
    fn preview(
        _draft: &Draft<'_>,
        _old: Option<&crate::property::Map>,
        _clients: &Self::Clients,
    ) -> crate::property::Map {
        crate::property::Map::new()
    }

    /// Looks in the inputs alone for what [`Resource::preview_checks`] looks for. It makes no call, so it also runs where the
    /// service cannot be asked. What can never be right belongs to Check.
    fn lint(
        _cx: &CheckCx<'_, Self::Clients>,
        _draft: &Draft<'_>,
        _findings: &mut Findings,
    ) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }

    /// Looks for what will make the create or update fail, and for what will not work as meant. Called in previews, with the
    /// inputs as far as they are known. It only reads, and its reads are shared ([`looks`]). What it cannot read, it does not
    /// check ([`CheckCx::not_checked`]).
    fn preview_checks(
        _cx: &CheckCx<'_, Self::Clients>,
        _draft: &Draft<'_>,
        _findings: &mut Findings,
    ) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }

    /// Creates the object.
    fn create(
        cx: &Cx<Self::Clients>,
        inputs: Self::Inputs,
    ) -> impl Future<Output = Result<Created<Self::State>, Failed<Self::State>>> + Send;

    /// Returns the recorded full name: the name that the service gives to no other object, in any account or place. For AWS
    /// it is the ARN. It tells where the object is and, for [`Identity::FullName`], which object it is.
    fn full_name(_state: &Self::State) -> Option<&str> {
        None
    }

    /// Returns the full name of an object that was found. Needed only for [`Identity::FullName`].
    fn live_full_name(_live: &Self::Live) -> Option<&str> {
        None
    }

    /// Checks that a text can be the id of such an object. An import passes whatever id the user gave.
    ///
    /// # Errors
    /// The text cannot be an id. The error says what an id looks like.
    fn check_id(_id: &str) -> Result<(), Error> {
        Ok(())
    }

    /// Looks up the object. Returns `None` if it does not exist.
    fn find(cx: &Cx<Self::Clients>, id: &str) -> impl Future<Output = Result<Option<Self::Live>, Error>> + Send;

    /// Returns the inputs and computed outputs of an object that was found. `prior` is what the engine has recorded, as far
    /// as this version of the schema knows it; `None` in an import.
    fn read(
        cx: &Cx<Self::Clients>,
        live: Self::Live,
        prior: Option<Found<Self::Inputs, Self::State>>,
    ) -> impl Future<Output = Result<Found<Self::Inputs, Self::State>, Error>> + Send;

    /// Updates the object that was found to the new inputs. `seen` starts as the recorded outputs, and the implementation
    /// updates it with each state that it sees. If the update fails after it has changed something, `seen` is recorded.
    fn update(
        cx: &Cx<Self::Clients>,
        id: &str,
        live: Self::Live,
        update: Update<Self::Inputs, Self::State>,
        seen: &Mutex<Self::State>,
    ) -> impl Future<Output = Result<Self::State, Error>> + Send;

    /// Deletes the object and waits until it is gone. With [`Identity::FullName`], the adapter has already checked that the
    /// object is the recorded one.
    fn delete(
        cx: &Cx<Self::Clients>,
        id: &str,
        old: Found<Self::Inputs, Self::State>,
    ) -> impl Future<Output = Result<Deleted, Error>> + Send;
}
