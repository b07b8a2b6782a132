//! The clients of boto3.

use super::{Clients, SYNC, indented};
use crate::client_settings::Client;

impl Clients<'_> {
    pub(super) fn python(&self) -> Vec<String> {
        let mut head = "import boto3".to_owned();
        if self.any(|client| client.max_attempts.is_some() || client.use_fips_endpoint) {
            head += "\nfrom botocore.config import Config";
        }
        let client = |purpose, client: &Client| {
            let mut config = Vec::new();
            config.extend(client.use_fips_endpoint.then(|| "use_fips_endpoint=True".to_owned()));
            config.extend(
                client
                    .disable_host_prefix
                    .then(|| "inject_host_prefix=False".to_owned()),
            );
            config.extend(
                client
                    .read_timeout_seconds
                    .map(|seconds| format!("read_timeout={seconds}")),
            );
            config.extend(
                client
                    .max_attempts
                    .map(|count| format!("retries={{\"total_max_attempts\": {count}}}")),
            );
            let mut lines = vec![format!("region_name=\"{}\"", self.region)];
            lines.extend(
                client
                    .endpoint_url
                    .as_ref()
                    .map(|url| format!("endpoint_url=\"{url}\"")),
            );
            lines.extend((!config.is_empty()).then(|| format!("config=Config({})", config.join(", "))));
            let name = if purpose == SYNC { "sync_states" } else { "states" };
            format!(
                "# {purpose}\n{name} = boto3.client(\n    \"stepfunctions\",\n{})",
                indented(4, &lines, ",")
            )
        };
        [vec![head], self.each(client).to_vec()].concat()
    }
}
