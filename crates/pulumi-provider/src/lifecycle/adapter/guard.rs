//! The right object: what is looked at, changed or deleted is what the engine has recorded, in its account and Region.
//!
//! Each read, update and delete of each resource comes through here. An object that is looked up in the wrong place is "not
//! found", and the engine would drop it from the state; an object that has only the name of the recorded one is somebody else's.

use crate::error::{Error, Kind};
use crate::resource::context::Cx;
use crate::resource::{Clients, Identity, Resource};

/// What is there.
pub(super) enum Looked<L> {
    /// The recorded object; in an import, the object of that id.
    Own(L),
    /// Nothing, and it was looked for in the right place.
    Gone,
    /// Another object, with this full name, under the name of the recorded one.
    Another(String),
}

/// Looks for the object that was recorded with this full name.
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

/// Refuses if the recorded object is elsewhere.
pub(super) async fn same_place<R: Resource>(cx: &Cx<R::Clients>, recorded: Option<&str>) -> Result<(), Error> {
    match recorded {
        Some(recorded) => cx.clients().same_place(recorded).await,
        None => Ok(()),
    }
}

/// Refuses to take "not found" for "gone" if the recorded object is elsewhere.
pub(super) async fn confirm_absent<R: Resource>(cx: &Cx<R::Clients>, recorded: Option<&str>) -> Result<(), Error> {
    match recorded {
        Some(recorded) => cx.clients().confirm_absent(recorded).await,
        None => Ok(()),
    }
}

/// What messages call the object.
pub(super) fn called<R: Resource>(id: &str) -> String {
    match R::IDENTITY {
        Identity::Id => format!("{} {id}", R::NOUN),
        Identity::FullName => format!("{} \"{id}\"", R::NOUN),
    }
}

/// That the recorded object is gone, and another one has its name.
pub(super) fn not_ours<R: Resource>(id: &str, recorded: Option<&str>, found: &str) -> String {
    let (noun, recorded) = (R::NOUN, recorded.unwrap_or_default());
    format!("this resource's {noun} ({recorded}) no longer exists, and another one has the name \"{id}\" ({found})")
}

/// An update of what is not there.
pub(super) fn gone<R: Resource>() -> Error {
    Error::new(Kind::NotFound, format!("the {} no longer exists", R::NOUN))
        .advise("`pulumi refresh` takes note of that; the next `pulumi up` then makes a new one")
}

/// An update of what belongs to somebody else.
pub(super) fn refused<R: Resource>(id: &str, recorded: Option<&str>, found: &str) -> Error {
    Error::new(Kind::NotFound, not_ours::<R>(id, recorded, found))
        .advise("Nothing was changed. Run `pulumi refresh`, then choose another `name`, or import the other one")
}

/// The engine asked to stop while the object was looked up: nothing is begun any more.
pub(super) fn cancelled() -> Error {
    Error::new(Kind::Cancelled, "cancelled before anything was changed")
}
