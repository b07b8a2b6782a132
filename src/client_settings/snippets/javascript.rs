//! The clients of the SDK for JavaScript.

use super::{Clients, SYNC, indented};
use crate::client_settings::Client;

impl Clients<'_> {
    pub(super) fn javascript(&self) -> Vec<String> {
        let client = |purpose, client: &Client| {
            let mut lines = vec![format!("region: \"{}\"", self.region)];
            lines.extend(client.endpoint_url.as_ref().map(|url| format!("endpoint: \"{url}\"")));
            lines.extend(client.use_fips_endpoint.then(|| "useFipsEndpoint: true".to_owned()));
            lines.extend(client.disable_host_prefix.then(|| "disableHostPrefix: true".to_owned()));
            lines.extend(client.max_attempts.map(|count| format!("maxAttempts: {count}")));
            let name = if purpose == SYNC { "syncStates" } else { "states" };
            format!(
                "// {purpose}\nexport const {name} = new SFNClient({{\n{}}});",
                indented(4, &lines, ",")
            )
        };
        let head = "import { SFNClient } from \"@aws-sdk/client-sfn\";".to_owned();
        [vec![head], self.each(client).to_vec()].concat()
    }
}
