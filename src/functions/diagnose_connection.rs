//! `diagnoseConnection`: why a private connection does not work.

use pulumi_provider::error::Error;
use pulumi_provider::function::Function;
use serde::Deserialize;

use crate::aws::Aws;
use crate::diagnosis::{self, Diagnosis};

pub(super) struct DiagnoseConnection;

/// The arguments.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    connection: String,
}

impl Function for DiagnoseConnection {
    type Clients = Aws;
    type Arguments = Arguments;
    type Answer = Diagnosis;

    const TOKEN: &'static str = "private-step-functions:index:diagnoseConnection";

    async fn call(aws: &Aws, arguments: Arguments) -> Result<Diagnosis, Error> {
        diagnosis::connection(aws, &arguments.connection).await
    }
}
