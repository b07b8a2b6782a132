//! `getInterfaceEndpoint`: looks up an interface endpoint.

use pulumi_provider::error::Error;
use pulumi_provider::function::Function;

use crate::aws::Aws;
use crate::lookups::interface_endpoint::{Arguments, Found, look_up};

pub(super) struct GetInterfaceEndpoint;

impl Function for GetInterfaceEndpoint {
    type Clients = Aws;
    type Arguments = Arguments;
    type Answer = Found;

    const TOKEN: &'static str = "private-step-functions:index:getInterfaceEndpoint";

    async fn call(aws: &Aws, arguments: Arguments) -> Result<Found, Error> {
        look_up(aws, &arguments).await
    }
}
