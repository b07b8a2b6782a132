//! The clients of the SDK for Ruby.

use super::{Clients, SYNC, indented};
use crate::client_settings::Client;

impl Clients<'_> {
    pub(super) fn ruby(&self) -> Vec<String> {
        let client = |purpose, client: &Client| {
            let mut lines = vec![format!("region: \"{}\"", self.region)];
            lines.extend(client.endpoint_url.as_ref().map(|url| format!("endpoint: \"{url}\"")));
            lines.extend(client.use_fips_endpoint.then(|| "use_fips_endpoint: true".to_owned()));
            lines.extend(
                client
                    .disable_host_prefix
                    .then(|| "disable_host_prefix_injection: true".to_owned()),
            );
            lines.extend(
                client
                    .read_timeout_seconds
                    .map(|seconds| format!("http_read_timeout: {seconds}")),
            );
            // In the default retry mode, `max_attempts` has no effect.
            lines.extend(
                client
                    .max_attempts
                    .map(|count| format!("retry_mode: \"standard\", max_attempts: {count}")),
            );
            let name = if purpose == SYNC { "sync_states" } else { "states" };
            format!(
                "# {purpose}\n{name} = Aws::States::Client.new(\n{})",
                indented(2, &lines, ",")
            )
        };
        [
            vec!["require \"aws-sdk-states\"".to_owned()],
            self.each(client).to_vec(),
        ]
        .concat()
    }
}
