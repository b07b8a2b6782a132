//! The clients of the SDK for Rust.

use super::{Clients, SYNC, indented};
use crate::client_settings::Client;

impl Clients<'_> {
    pub(super) fn rust(&self) -> Vec<String> {
        let without_prefix = self.any(|client| client.disable_host_prefix);
        let client = |purpose, client: &Client| {
            let mut lines = vec![format!(".region(Region::new(\"{}\"))", self.region)];
            lines.extend(
                client
                    .endpoint_url
                    .as_ref()
                    .map(|url| format!(".endpoint_url(\"{url}\")")),
            );
            lines.extend(client.use_fips_endpoint.then(|| ".use_fips(true)".to_owned()));
            lines.extend(
                client
                    .max_attempts
                    .map(|_| ".retry_config(RetryConfig::disabled())".to_owned()),
            );
            lines.extend(
                client
                    .disable_host_prefix
                    .then(|| ".interceptor(WithoutHostPrefix)".to_owned()),
            );
            let name = if purpose == SYNC { "sync_states" } else { "states" };
            let lines = indented(8, &lines, "");
            format!(
                "/// {purpose}\nfn {name}(shared: &aws_config::SdkConfig) -> Client {{\n    let config = Builder::from(shared)\n{};\n    \
                 Client::from_conf(config.build())\n}}",
                lines.trim_end()
            )
        };
        let mut imports = vec![
            "use aws_sdk_sfn::Client;",
            "use aws_sdk_sfn::config::{Builder, Region};",
        ];
        if self.sync_states.is_some() {
            imports.push("use aws_sdk_sfn::config::retry::RetryConfig;");
        }
        if without_prefix {
            imports.extend(RUST_IMPORTS_FOR_PREFIX);
        }
        let tail = if without_prefix { RUST_WITHOUT_PREFIX } else { "" };
        [
            vec![imports.join("\n")],
            self.each(client).to_vec(),
            vec![tail.to_owned()],
        ]
        .concat()
    }
}

const RUST_IMPORTS_FOR_PREFIX: [&str; 3] = [
    "use aws_sdk_sfn::config::interceptors::BeforeTransmitInterceptorContextMut;",
    "use aws_sdk_sfn::config::{ConfigBag, Intercept, RuntimeComponents};",
    "use aws_sdk_sfn::error::BoxError;",
];

const RUST_WITHOUT_PREFIX: &str = r#"
/// Takes away the `sync-` that the SDK writes before the host.
#[derive(Debug)]
struct WithoutHostPrefix;

impl Intercept for WithoutHostPrefix {
    fn name(&self) -> &'static str {
        "WithoutHostPrefix"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        let uri = request.uri().replacen("://sync-", "://", 1);
        request.set_uri(uri)?;
        Ok(())
    }
}
"#;
