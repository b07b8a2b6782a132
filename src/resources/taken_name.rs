//! Advice for the error that a name is taken.

use pulumi_provider::resource::context::Cx;

use crate::aws::Aws;

/// Returns the advice for a name that an object of this same resource has. That object may be about to be replaced. Only the
/// engine knows that, and it does not tell the provider when the user forces a replacement.
pub(super) fn own(cx: &Cx<Aws>, id: &str) -> String {
    let keep = "change `name`, or set the resource option `deleteBeforeReplace`";
    if cx.knows(id) {
        return format!("{id} has this name and is being replaced: {keep}");
    }
    format!(
        "{id} has this name and was created for this same resource. If it is being replaced, {keep}. If an interrupted run left \
         it behind, delete it or import it with `pulumi import {} {} {id}`",
        cx.urn().type_token(),
        cx.urn().name()
    )
}

/// Returns the advice for a name that another object has, whose tags do not show that it was made for this resource.
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
        "{advice}. It may come from an interrupted run or from a create whose answer was lost: the provider cannot tell, because its \
         `ownershipTags` is false"
    )
}
