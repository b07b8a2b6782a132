//! The clients of the SDK for .NET.

use super::{Clients, SYNC, indented};
use crate::client_settings::Client;

impl Clients<'_> {
    pub(super) fn dotnet(&self) -> Vec<String> {
        let client = |purpose, client: &Client| {
            let mut lines = match &client.endpoint_url {
                Some(url) => vec![
                    format!("ServiceURL = \"{url}\""),
                    format!("AuthenticationRegion = \"{}\"", self.region),
                ],
                None => vec![format!(
                    "RegionEndpoint = RegionEndpoint.GetBySystemName(\"{}\")",
                    self.region
                )],
            };
            lines.extend(client.use_fips_endpoint.then(|| "UseFIPSEndpoint = true".to_owned()));
            lines.extend(
                client
                    .disable_host_prefix
                    .then(|| "DisableHostPrefixInjection = true".to_owned()),
            );
            lines.extend(
                client
                    .read_timeout_seconds
                    .map(|seconds| format!("Timeout = TimeSpan.FromSeconds({seconds})")),
            );
            lines.extend(
                client
                    .max_attempts
                    .map(|count| format!("MaxErrorRetry = {}", count - 1)),
            );
            let name = if purpose == SYNC { "syncStates" } else { "states" };
            format!(
                "// {purpose}\nvar {name} = new AmazonStepFunctionsClient(new AmazonStepFunctionsConfig\n{{\n{}}});",
                indented(4, &lines, ",")
            )
        };
        let head = "using System;\nusing Amazon;\nusing Amazon.StepFunctions;".to_owned();
        [vec![head], self.each(client).to_vec()].concat()
    }
}
