//! Orphans: objects that a killed process created for this resource and the engine did not record.
//!
//! A process can be killed after AWS answers a create and before the engine records the object. The next run creates another
//! object. Meanwhile it looks for objects that carry the resource's [`URN_TAG`] and that the engine has not shown in this
//! process. One warning names them; nothing is adopted or deleted. The look-up is best effort: it runs during the wait of the
//! create, and its failures are only logged. It runs once and late, because AWS does not show a new object at once.
//!
//! EventBridge connections cannot be tagged, so their orphans are not found this way. Connection names are unique: a program
//! with a fixed name gets a conflict with the orphan. If the configuration turns the tag off (`ownershipTags`), there is no
//! look-up.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use aws_sdk_ec2::types::Filter;
use pulumi_provider::error::Error;
use pulumi_provider::resource::context::Cx;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use super::Aws;
use super::tags::{URN_TAG, urn_value};

/// What the warning says about the orphans of one resource.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// What the object is, such as `security group`.
    pub noun: &'static str,
    /// Why to delete it: the end of a sentence that begins with "because".
    pub harm: &'static str,
}

/// An AWS object as list and describe calls show it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The id.
    pub id: String,
    /// The name, if such objects have one.
    pub name: Option<String>,
    /// Whether the object is being deleted, or is deleted and still shown.
    pub is_going: bool,
}

impl Listed {
    /// Reports whether the object can be an orphan: it is not being deleted, the engine has not shown it, and this create did
    /// not make it.
    #[must_use]
    pub fn is_unknown(&self, cx: &Cx<Aws>) -> bool {
        !self.is_going && !cx.knows(&self.id)
    }
}

/// How long AWS may take to show an object that was made just before the process was killed.
const SHOWN_WITHIN: Duration = Duration::from_secs(10);
/// How long the look-up may take after `create` has ended.
const LOOK_UP: Duration = Duration::from_secs(5);

/// Runs `create`, the rest of a create whose object exists, and warns about orphans of earlier runs. `find` returns the objects
/// that carry the resource's [`URN_TAG`]. It begins some seconds later, or when `create` ends if that is sooner.
///
/// The futures are on the heap: futures that contain AWS calls are large, and a create is polled deep in the stack.
pub fn beside<'a, T: Send + 'a>(
    cx: &'a Cx<Aws>,
    words: Words,
    find: impl Future<Output = Result<Vec<Listed>, Error>> + Send + 'a,
    create: impl Future<Output = T> + Send + 'a,
) -> Pin<Box<dyn Future<Output = T> + Send + 'a>> {
    let mut create = Box::pin(create);
    if !cx.clients().tagging().marks_what_is_made() {
        return create;
    }
    Box::pin(async move {
        let ended = Notify::new();
        let mut look_up = Box::pin(async {
            tokio::select! {
                () = sleep(SHOWN_WITHIN) => {}
                () = ended.notified() => {}
            }
            warn(cx, words, find.await);
        });
        tokio::select! {
            biased;
            done = &mut create => {
                ended.notify_one();
                // A slow look-up must not delay the create.
                tokio::select! {
                    biased;
                    () = cx.cancelled() => {}
                    _ = timeout(LOOK_UP, look_up) => {}
                }
                done
            }
            () = &mut look_up => create.await,
        }
    })
}

fn warn(cx: &Cx<Aws>, words: Words, found: Result<Vec<Listed>, Error>) {
    match found {
        Ok(mut found) => {
            found.retain(|one| one.is_unknown(cx));
            if !found.is_empty() {
                cx.warn(&text(words, &found));
            }
            // If this create is repeated, do not warn again.
            found.iter().for_each(|one| cx.know(&one.id));
        }
        Err(error) => {
            tracing::debug!(urn = %cx.urn(), error = cx.redact(&error.to_string()), "cannot look for what an earlier run left behind")
        }
    }
}

fn text(Words { noun, harm }: Words, found: &[Listed]) -> String {
    let listed: Vec<String> = found
        .iter()
        .map(|one| match &one.name {
            Some(name) => format!("{} (\"{name}\")", one.id),
            None => one.id.clone(),
        })
        .collect();
    let listed = match listed.as_slice() {
        [one] => format!("{noun} {one}"),
        many => format!("each of the {noun}s {}", many.join(", ")),
    };
    format!(
        "{listed} has this resource's tag {URN_TAG}, but Pulumi did not name it in this run. Unless Pulumi deletes it \
         at the end of a replacement, a killed run created it and did not record it: delete it if nothing uses it, because {harm}"
    )
}

/// Returns the EC2 filter that finds the objects of this resource. The tag's value contains no wildcards of EC2's filters.
#[must_use]
pub fn ec2_filter(cx: &Cx<Aws>) -> Filter {
    Filter::builder()
        .name(format!("tag:{URN_TAG}"))
        .values(urn_value(cx.urn().as_str()))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::testing;

    const WORDS: Words = Words {
        noun: "resource gateway",
        harm: "it keeps its subnets in use",
    };

    #[test]
    fn the_warning_names_each_object() {
        let found = |id: &str, name: Option<&str>| Listed {
            id: id.to_owned(),
            name: name.map(str::to_owned),
            is_going: false,
        };
        insta::assert_snapshot!(text(WORDS, &[found("rgw-1", Some("orders-3f2a"))]));
        insta::assert_snapshot!(text(WORDS, &[found("rgw-1", None), found("rgw-2", None)]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_create_does_not_wait_for_the_look_up() {
        let cx = testing::cx(testing::aws());
        let find = || async {
            let call = cx.clients().ec2().await?.describe_vpcs().send();
            call.await
                .map_err(|error| super::super::error::classify("DescribeVpcs", error))?;
            Ok(Vec::new())
        };
        assert_eq!(beside(&cx, WORDS, find(), std::future::ready(1)).await, 1);
        // A failed look-up does not end the create either: nothing is reachable here.
        let create = sleep(Duration::from_secs(60));
        beside(&cx, WORDS, find(), create).await;
    }
}
