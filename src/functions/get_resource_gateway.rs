//! `getResourceGateway`: looks up a resource gateway.

use pulumi_provider::error::Error;
use pulumi_provider::function::Function;

use crate::aws::Aws;
use crate::lookups::resource_gateway::{Arguments, Found, look_up};

pub(super) struct GetResourceGateway;

impl Function for GetResourceGateway {
    type Clients = Aws;
    type Arguments = Arguments;
    type Answer = Found;

    const TOKEN: &'static str = "private-step-functions:index:getResourceGateway";

    async fn call(aws: &Aws, arguments: Arguments) -> Result<Found, Error> {
        look_up(aws, &arguments).await
    }
}
