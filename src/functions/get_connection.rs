//! `getConnection`: looks up an EventBridge connection.

use pulumi_provider::error::Error;
use pulumi_provider::function::Function;

use crate::aws::Aws;
use crate::lookups::connection::{Arguments, Found, look_up};

pub(super) struct GetConnection;

impl Function for GetConnection {
    type Clients = Aws;
    type Arguments = Arguments;
    type Answer = Found;

    const TOKEN: &'static str = "private-step-functions:index:getConnection";

    async fn call(aws: &Aws, arguments: Arguments) -> Result<Found, Error> {
        look_up(aws, &arguments).await
    }
}
