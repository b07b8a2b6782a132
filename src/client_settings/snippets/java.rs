//! The clients of the SDK for Java.

use super::{Clients, SYNC, indented};
use crate::client_settings::Client;

impl Clients<'_> {
    pub(super) fn java(&self) -> Vec<String> {
        let client = |purpose, client: &Client| {
            let mut lines = vec![format!(".region(Region.of(\"{}\"))", self.region)];
            lines.extend(
                client
                    .endpoint_url
                    .as_ref()
                    .map(|url| format!(".endpointOverride(URI.create(\"{url}\"))")),
            );
            lines.extend(client.use_fips_endpoint.then(|| ".fipsEnabled(true)".to_owned()));
            if let Some(seconds) = client.read_timeout_seconds {
                let timeout = format!("ApacheHttpClient.builder().socketTimeout(Duration.ofSeconds({seconds}))");
                lines.push(format!(".httpClientBuilder({timeout})"));
                let prefix = ".putAdvancedOption(SdkAdvancedClientOption.DISABLE_HOST_PREFIX_INJECTION, true)";
                let prefix = if client.disable_host_prefix { prefix } else { "" };
                lines.push(format!(
                    ".overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()){prefix})"
                ));
            }
            lines.push(".build();".to_owned());
            let name = if purpose == SYNC { "SYNC_STATES" } else { "STATES" };
            let start = format!("    // {purpose}\n    static final SfnClient {name} = SfnClient.builder()\n");
            start + &indented(8, &lines, "")
        };
        let with_url = self.any(|client| client.endpoint_url.is_some());
        let prefix = self.any(|client| client.disable_host_prefix);
        let imports: Vec<_> = [
            (with_url, "java.net.URI"),
            (self.sync_states.is_some(), "java.time.Duration"),
            (
                self.sync_states.is_some(),
                "software.amazon.awssdk.awscore.retry.AwsRetryStrategy",
            ),
            (
                prefix,
                "software.amazon.awssdk.core.client.config.SdkAdvancedClientOption",
            ),
            (
                self.sync_states.is_some(),
                "software.amazon.awssdk.http.apache.ApacheHttpClient",
            ),
            (true, "software.amazon.awssdk.regions.Region"),
            (true, "software.amazon.awssdk.services.sfn.SfnClient"),
        ]
        .into_iter()
        .filter(|(is_used, _)| *is_used)
        .map(|(_, class)| format!("import {class};"))
        .collect();
        let clients = self.each(client).map(|text| text.trim_end().to_owned());
        let clients: Vec<_> = clients.into_iter().filter(|text| !text.is_empty()).collect();
        vec![
            imports.join("\n"),
            format!("class Clients {{\n{}\n}}", clients.join("\n\n")),
        ]
    }
}
