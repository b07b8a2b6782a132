//! `getVpc`: looks up a VPC, and what its subnets may be used for.

use pulumi_provider::error::Error;
use pulumi_provider::function::Function;

use crate::aws::Aws;
use crate::lookups::vpc::{Arguments, Found, look_up};

pub(super) struct GetVpc;

impl Function for GetVpc {
    type Clients = Aws;
    type Arguments = Arguments;
    type Answer = Found;

    const TOKEN: &'static str = "private-step-functions:index:getVpc";

    async fn call(aws: &Aws, arguments: Arguments) -> Result<Found, Error> {
        look_up(aws, &arguments).await
    }
}
