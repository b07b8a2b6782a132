//! The checks of a preview: what AWS shows before an update, one file for each subject.
//!
//! A check reports only what it has read. What is not known yet in the preview is skipped, and so is what may not be read. Each
//! finding has a code; `docs/preview-checks.md` lists them with what AWS would do.

pub mod acls;
pub mod groups;
pub mod hosted_zones;
pub mod key;
pub mod names;
pub mod policy;
pub mod quotas;
pub mod service;
pub mod subnets;
pub mod target;
pub mod vpc;

use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::resource::check_cx::CheckCx;
use pulumi_provider::resource::draft::Draft;

use crate::aws::Aws;

/// One value of an input list, and its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The path, such as `subnetIds[1]`.
    pub path: PropertyPath,
    /// The value.
    pub value: String,
}

/// Returns the known items of an input list that the operation adds: all of them in a create, and in an update those that the
/// recorded list does not have.
#[must_use]
pub fn added(cx: &CheckCx<'_, Aws>, draft: &Draft<'_>, name: &str) -> Vec<Item> {
    let old = cx.old().map(|old| items(&old, name)).unwrap_or_default();
    let mut new = items(draft, name);
    new.retain(|item| old.iter().all(|old| old.value != item.value));
    new
}

/// Returns the known items of an input list.
#[must_use]
pub fn items(draft: &Draft<'_>, name: &str) -> Vec<Item> {
    let items = draft.list(name).unwrap_or_default().iter().enumerate();
    items
        .filter_map(|(index, item)| {
            let value = item.bare().as_str()?.to_owned();
            let path = PropertyPath::root().key(name).index(index);
            Some(Item { path, value })
        })
        .collect()
}

fn values(items: &[Item]) -> Vec<String> {
    items.iter().map(|item| item.value.clone()).collect()
}

/// Returns where objects were looked for, as messages name it: `in eu-west-1 for account 123456789012`.
async fn place(cx: &CheckCx<'_, Aws>) -> String {
    place_of(cx.clients()).await
}

/// Returns the Region and the account of the clients, in the same words.
pub(crate) async fn place_of(aws: &Aws) -> String {
    let region = aws.region().await.unwrap_or("this Region");
    match aws.account().await {
        Ok(account) => format!("in {region} for account {account}"),
        Err(_) => format!("in {region} for this account"),
    }
}
