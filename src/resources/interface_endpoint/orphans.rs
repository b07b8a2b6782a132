//! Finds endpoints that carry the tag of this resource, with one DescribeVpcEndpoints.

use pulumi_provider::error::Error;
use pulumi_provider::resource::context::Cx;

use crate::aws::Aws;
use crate::aws::endpoint_state::{self, is_going};
use crate::aws::error::classify;
use crate::aws::orphans::{Listed, Words, ec2_filter};

pub(super) const WORDS: Words = Words {
    noun: "interface endpoint",
    harm: "it is charged by the hour",
};

pub(super) async fn find(cx: &Cx<Aws>) -> Result<Vec<Listed>, Error> {
    let call = cx.clients().ec2().await?.describe_vpc_endpoints();
    let answer = call.filters(ec2_filter(cx)).send().await;
    let answer = answer.map_err(|error| classify("DescribeVpcEndpoints", error))?;
    let endpoints = answer.vpc_endpoints.unwrap_or_default().into_iter();
    Ok(endpoints
        .map(|endpoint| Listed {
            is_going: is_going(&endpoint_state::of(&endpoint)),
            id: endpoint.vpc_endpoint_id.unwrap_or_default(),
            name: None,
        })
        .collect())
}
