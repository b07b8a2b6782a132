//! What to do about a name that another object has.

use pulumi_provider::resource::context::Cx;

use crate::aws::Aws;

/// What to do about a name that this very resource's own object has: only the engine knows whether that is being replaced, and
/// where the user forces a replacement it does not say so.
pub(super) fn own(cx: &Cx<Aws>, id: &str) -> String {
    let keep = "change `name`, or set the resource option `deleteBeforeReplace`";
    if cx.knows(id) {
        return format!("{id} has this name and is being replaced: {keep}");
    }
    format!(
        "{id} has this name and was made for this very resource. If it is being replaced, {keep}. If an interrupted run left \
         it behind, delete it or import it with `pulumi import {} {} {id}`",
        cx.urn().type_token(),
        cx.urn().name()
    )
}

/// What to do about a name that another object has, of which no tag says that it was made for this resource.
pub(super) fn of_another(cx: &Cx<Aws>, id: &str) -> String {
    let advice = format!(
        "{id} has this name: choose another `name`, or import it with `pulumi import {} {} {id}`",
        cx.urn().type_token(),
        cx.urn().name()
    );
    if cx.clients().tagging().marks_what_is_made() {
        return advice;
    }
    format!(
        "{advice}. It may be of an interrupted run or of a create whose answer was lost: nothing tells, since the provider's \
         `ownershipTags` is false"
    )
}
