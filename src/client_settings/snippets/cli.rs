//! The clients of the AWS CLI.

use super::{Clients, SYNC};
use crate::client_settings::Client;

impl Clients<'_> {
    pub(super) fn cli(&self) -> Vec<String> {
        let client = |purpose, client: &Client| {
            let mut variables = Vec::new();
            variables.extend(
                client
                    .use_fips_endpoint
                    .then(|| "AWS_USE_FIPS_ENDPOINT=true".to_owned()),
            );
            variables.extend(
                client
                    .disable_host_prefix
                    .then(|| "AWS_DISABLE_HOST_PREFIX_INJECTION=true".to_owned()),
            );
            variables.extend(client.max_attempts.map(|count| format!("AWS_MAX_ATTEMPTS={count}")));
            let operation = if purpose == SYNC {
                "start-sync-execution"
            } else {
                "start-execution"
            };
            variables.push(format!("aws stepfunctions {operation}"));
            let mut lines = vec![variables.join(" "), format!("--region {}", self.region)];
            lines.extend(client.endpoint_url.as_ref().map(|url| format!("--endpoint-url {url}")));
            lines.extend(
                client
                    .read_timeout_seconds
                    .map(|seconds| format!("--cli-read-timeout {seconds}")),
            );
            lines.push("--state-machine-arn \"$STATE_MACHINE_ARN\"".to_owned());
            format!("# {purpose}\n{}", lines.join(" \\\n    "))
        };
        self.each(client).to_vec()
    }
}
