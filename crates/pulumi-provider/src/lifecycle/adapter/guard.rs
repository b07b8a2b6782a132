//! Makes sure that a read, update or delete works on the object that the engine has recorded, in its account and Region.
//!
//! Every read, update and delete of every resource calls this module. In the wrong account or Region an object is "not found",
//! and the engine would drop it from the state. An object that only has the name of the recorded one belongs to somebody else.

use crate::error::{Error, ErrorKind};
use crate::resource::context::Cx;
use crate::resource::{Clients, Identity, Resource};

/// The result of a look-up.
pub(super) enum Looked<L> {
    /// The recorded object; in an import, the object of that id.
    Own(L),
    /// No object, and the look-up was in the right account and Region.
    Gone,
    /// Another object that has the name of the recorded one. Holds its full name.
    Another(String),
}

/// Looks up the object that was recorded with this full name.
pub(super) async fn look<R: Resource>(
    cx: &Cx<R::Clients>,
    id: &str,
    recorded: Option<&str>,
) -> Result<Looked<R::Live>, Error> {
    same_place::<R>(cx, recorded).await?;
    let Some(live) = R::find(cx, id).await? else {
        confirm_absent::<R>(cx, recorded).await?;
        return Ok(Looked::Gone);
    };
    match (R::IDENTITY, recorded, R::live_full_name(&live)) {
        (Identity::FullName, Some(recorded), Some(found)) if recorded != found => {
            cx.clients().same_owner(recorded, found)?;
            Ok(Looked::Another(found.to_owned()))
        }
        _ => Ok(Looked::Own(live)),
    }
}

/// Fails if the recorded object is in another place than the provider's clients, as far as the clients know without a call.
pub(super) async fn same_place<R: Resource>(cx: &Cx<R::Clients>, recorded: Option<&str>) -> Result<(), Error> {
    match recorded {
        Some(recorded) => cx.clients().same_place(recorded).await,
        None => Ok(()),
    }
}

/// Confirms that "not found" means gone. Fails if the recorded object is in another place than the provider's clients, or if
/// that cannot be determined.
pub(super) async fn confirm_absent<R: Resource>(cx: &Cx<R::Clients>, recorded: Option<&str>) -> Result<(), Error> {
    match recorded {
        Some(recorded) => cx.clients().confirm_absent(recorded).await,
        None => Ok(()),
    }
}

/// Returns the object's name for messages.
pub(super) fn called<R: Resource>(id: &str) -> String {
    match R::IDENTITY {
        Identity::Id => format!("{} {id}", R::NOUN),
        Identity::FullName => format!("{} \"{id}\"", R::NOUN),
    }
}

/// Returns the message that the recorded object is gone and another one has its name.
pub(super) fn not_ours<R: Resource>(id: &str, recorded: Option<&str>, found: &str) -> String {
    let (noun, recorded) = (R::NOUN, recorded.unwrap_or_default());
    format!("this resource's {noun} ({recorded}) no longer exists, and another one has the name \"{id}\" ({found})")
}

/// Returns the error for an update of an object that no longer exists.
pub(super) fn gone<R: Resource>() -> Error {
    Error::new(ErrorKind::NotFound, format!("the {} no longer exists", R::NOUN))
        .advise("Run `pulumi refresh` to remove it from the state, then `pulumi up` to create a new one")
}

/// Returns the error for an update of an object that belongs to somebody else.
pub(super) fn refused<R: Resource>(id: &str, recorded: Option<&str>, found: &str) -> Error {
    Error::new(ErrorKind::NotFound, not_ours::<R>(id, recorded, found))
        .advise("Nothing was changed. Run `pulumi refresh`, then choose another `name`, or import the existing object")
}

/// Returns the error for an operation that the engine canceled during the look-up, before any change.
pub(super) fn cancelled() -> Error {
    Error::new(ErrorKind::Cancelled, "canceled before anything was changed")
}
