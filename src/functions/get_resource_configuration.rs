//! `getResourceConfiguration`: looks up a resource configuration.

use pulumi_provider::error::Error;
use pulumi_provider::function::Function;

use crate::aws::Aws;
use crate::lookups::resource_configuration::{Arguments, Found, look_up};

pub(super) struct GetResourceConfiguration;

impl Function for GetResourceConfiguration {
    type Clients = Aws;
    type Arguments = Arguments;
    type Answer = Found;

    const TOKEN: &'static str = "private-step-functions:index:getResourceConfiguration";

    async fn call(aws: &Aws, arguments: Arguments) -> Result<Found, Error> {
        look_up(aws, &arguments).await
    }
}
