//! The clients of the SDK for PHP.

use super::{Clients, SYNC, indented};
use crate::client_settings::Client;

impl Clients<'_> {
    pub(super) fn php(&self) -> Vec<String> {
        let client = |purpose, client: &Client| {
            let mut lines = vec![format!("'region' => '{}'", self.region)];
            lines.extend(client.endpoint_url.as_ref().map(|url| format!("'endpoint' => '{url}'")));
            lines.extend(
                client
                    .use_fips_endpoint
                    .then(|| "'use_fips_endpoint' => true".to_owned()),
            );
            lines.extend(
                client
                    .disable_host_prefix
                    .then(|| "'disable_host_prefix_injection' => true".to_owned()),
            );
            lines.extend(
                client
                    .read_timeout_seconds
                    .map(|seconds| format!("'http' => ['timeout' => {seconds}]")),
            );
            lines.extend(client.max_attempts.map(|count| format!("'retries' => {}", count - 1)));
            let name = if purpose == SYNC { "syncStates" } else { "states" };
            format!(
                "// {purpose}\n${name} = new SfnClient([\n{}]);",
                indented(4, &lines, ",")
            )
        };
        [vec!["use Aws\\Sfn\\SfnClient;".to_owned()], self.each(client).to_vec()].concat()
    }
}
