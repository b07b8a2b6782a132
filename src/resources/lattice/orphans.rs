//! Finds out which objects of a list of VPC Lattice carry the tag of this resource.

use pulumi_provider::error::Error;
use pulumi_provider::resource::context::Cx;

use crate::aws::Aws;
use crate::aws::orphans::Listed;
use crate::aws::tags::{URN_TAG, urn_value};
use crate::resources::lattice::tags;

/// An object in a list.
pub(crate) struct Summary {
    pub(crate) id: String,
    /// The name, if such objects have one.
    pub(crate) name: Option<String>,
    pub(crate) arn: String,
    /// Whether the object is being deleted.
    pub(crate) is_going: bool,
}

/// Returns the objects of a list that were created for this resource. VPC Lattice's lists show no tags and cannot be filtered
/// by them. So only objects whose name differs from `name` after the last hyphen, where the random part of a name is, have
/// their tags read, one after the other; of objects without names, all.
pub(crate) async fn of_this_resource(cx: &Cx<Aws>, all: Vec<Summary>, name: &str) -> Vec<Listed> {
    let mut found = Vec::new();
    for Summary {
        id,
        name: other,
        arn,
        is_going,
    } in all
    {
        let is_similar = other.as_deref().is_none_or(|other| similar(other, name));
        let listed = Listed {
            id,
            name: other,
            is_going,
        };
        if !is_similar || !listed.is_unknown(cx) {
            continue;
        }
        match is_own(cx, &arn).await {
            Ok(true) => found.push(listed),
            Ok(false) => {}
            // For example, another account shares the object, or the object is gone by now.
            Err(error) => {
                tracing::debug!(urn = %cx.urn(), id = cx.redact(&listed.id), error = cx.redact(&error.to_string()), "cannot tell whose it is")
            }
        }
    }
    found
}

async fn is_own(cx: &Cx<Aws>, arn: &str) -> Result<bool, Error> {
    let tags = tags::of(cx, arn).await?;
    Ok(tags.get(URN_TAG) == Some(&urn_value(cx.urn().as_str())))
}

/// Reports whether two names differ only after the last hyphen, as automatic names of one resource do.
fn similar(one: &str, other: &str) -> bool {
    let start = |name: &str| name.rsplit_once('-').map_or(name, |(start, _)| start).to_owned();
    start(one) == start(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_resource_are_similar() {
        assert!(similar("orders-3f2a", "orders-77ab"));
        assert!(similar("orders-api-3f2a", "orders-api-77ab"));
        assert!(!similar("orders-api-3f2a", "orders-77ab"));
        assert!(!similar("order-3f2a", "orders-77ab"));
        assert!(similar("orders", "orders") && !similar("orders", "invoices"));
    }
}
