//! Finds resource gateways that carry the tag of this resource, with ListResourceGateways.

use pulumi_provider::error::Error;
use pulumi_provider::resource::context::Cx;

use crate::aws::Aws;
use crate::aws::error::classify;
use crate::aws::orphans::{Listed, Words};
use crate::resources::lattice::orphans::{Summary, of_this_resource};

pub(super) const WORDS: Words = Words {
    noun: "resource gateway",
    harm: "it keeps its security groups and subnets in use",
};

pub(super) async fn find(cx: &Cx<Aws>, name: &str) -> Result<Vec<Listed>, Error> {
    let list = cx.clients().lattice().await?.list_resource_gateways();
    let mut pages = list.into_paginator().send();
    let mut all = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| classify("ListResourceGateways", error))?;
        let items = page.items.unwrap_or_default().into_iter();
        all.extend(items.map(|one| {
            Summary {
                is_going: one
                    .status()
                    .is_some_and(|status| status.as_str() == "DELETE_IN_PROGRESS"),
                id: one.id.unwrap_or_default(),
                name: one.name,
                arn: one.arn.unwrap_or_default(),
            }
        }));
    }
    Ok(of_this_resource(cx, all, name).await)
}
