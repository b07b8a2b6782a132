//! `clientSettings`: what callers in the VPC set in an AWS SDK. Calls nothing.

use pulumi_provider::error::Error;
use pulumi_provider::function::Function;

use crate::aws::Aws;
use crate::client_settings::{Arguments, Settings, settings};

pub(super) struct ClientSettings;

impl Function for ClientSettings {
    type Clients = Aws;
    type Arguments = Arguments;
    type Answer = Settings;

    const TOKEN: &'static str = "private-step-functions:index:clientSettings";

    async fn call(_: &Aws, arguments: Arguments) -> Result<Settings, Error> {
        settings(&arguments)
    }
}
