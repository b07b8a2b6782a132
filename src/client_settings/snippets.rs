//! The settings of the clients as program text, for each SDK. [docs/clients.md](../../../docs/clients.md) shows them, and the tests of
//! that page run or compile those of Python, JavaScript and Go.
//!
//! How each SDK turns the prefix off:
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-host-prefix.html>. Most do not read the environment variable.

use serde::{Deserialize, Serialize};

use super::Client;

/// An AWS SDK, or the AWS CLI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sdk {
    /// boto3.
    Python,
    /// The SDK for JavaScript, version 3.
    JavaScript,
    /// The SDK for Go, version 2.
    Go,
    /// The SDK for Java, version 2.
    Java,
    /// The SDK for .NET.
    Dotnet,
    /// The SDK for PHP, version 3.
    Php,
    /// The SDK for Ruby, version 3.
    Ruby,
    /// The SDK for Rust.
    Rust,
    /// The AWS CLI.
    Cli,
}

impl Sdk {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Python,
        Self::JavaScript,
        Self::Go,
        Self::Java,
        Self::Dotnet,
        Self::Php,
        Self::Ruby,
        Self::Rust,
        Self::Cli,
    ];
}

/// Program text for one SDK.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Snippet {
    /// The SDK.
    pub sdk: Sdk,
    /// The text, with a line feed at its end.
    pub code: String,
}

/// The clients to write.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clients<'a> {
    pub(super) region: &'a str,
    pub(super) states: Option<&'a Client>,
    pub(super) sync_states: Option<&'a Client>,
}

/// What each client is for.
const STATES: &str = "StartExecution and all other operations.";
const SYNC: &str =
    "StartSyncExecution and TestState: up to 5 minutes, and a repeated request starts another execution.";

impl Clients<'_> {
    pub(super) fn snippet(&self, sdk: Sdk) -> Snippet {
        let blocks = match sdk {
            Sdk::Python => self.python(),
            Sdk::JavaScript => self.javascript(),
            Sdk::Go => self.go(),
            Sdk::Java => self.java(),
            Sdk::Dotnet => self.dotnet(),
            Sdk::Php => self.php(),
            Sdk::Ruby => self.ruby(),
            Sdk::Rust => self.rust(),
            Sdk::Cli => self.cli(),
        };
        let blocks: Vec<_> = blocks
            .iter()
            .map(|block| block.trim_matches('\n'))
            .filter(|block| !block.is_empty())
            .collect();
        Snippet {
            sdk,
            code: blocks.join("\n\n") + "\n",
        }
    }

    /// Writes each client that there is.
    fn each(&self, write: impl Fn(&'static str, &Client) -> String) -> [String; 2] {
        let of = |purpose, client: Option<&Client>| client.map(|client| write(purpose, client)).unwrap_or_default();
        [of(STATES, self.states), of(SYNC, self.sync_states)]
    }

    fn any(&self, is: impl Fn(&Client) -> bool) -> bool {
        self.states.is_some_and(&is) || self.sync_states.is_some_and(&is)
    }

    fn python(&self) -> Vec<String> {
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

    fn javascript(&self) -> Vec<String> {
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

    fn go(&self) -> Vec<String> {
        let without_prefix = self.any(|client| client.disable_host_prefix);
        let client = |purpose, client: &Client| {
            let mut lines = vec![format!("o.Region = \"{}\"", self.region)];
            lines.extend(
                client
                    .endpoint_url
                    .as_ref()
                    .map(|url| format!("o.BaseEndpoint = aws.String(\"{url}\")")),
            );
            let fips = "o.EndpointOptions.UseFIPSEndpoint = aws.FIPSEndpointStateEnabled";
            lines.extend(client.use_fips_endpoint.then(|| fips.to_owned()));
            lines.extend(client.max_attempts.map(|count| format!("o.RetryMaxAttempts = {count}")));
            let prefix = "o.APIOptions = append(o.APIOptions, withoutHostPrefix)";
            lines.extend(client.disable_host_prefix.then(|| prefix.to_owned()));
            let name = if purpose == SYNC { "NewSyncStates" } else { "NewStates" };
            let lines: String = lines.iter().map(|line| format!("\t\t{line}\n")).collect();
            format!(
                "// {name} returns the client for\n// {purpose}\nfunc {name}(cfg aws.Config) *sfn.Client {{\n\
                 \treturn sfn.NewFromConfig(cfg, func(o *sfn.Options) {{\n{lines}\t}})\n}}"
            )
        };
        let (head, tail) = match without_prefix {
            true => (GO_IMPORTS_FOR_PREFIX, GO_WITHOUT_PREFIX),
            false => (GO_IMPORTS, ""),
        };
        let head = vec!["package clients".to_owned(), head.to_owned()];
        [head, self.each(client).to_vec(), vec![tail.to_owned()]].concat()
    }

    fn java(&self) -> Vec<String> {
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

    fn dotnet(&self) -> Vec<String> {
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

    fn php(&self) -> Vec<String> {
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

    fn ruby(&self) -> Vec<String> {
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

    fn rust(&self) -> Vec<String> {
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

    fn cli(&self) -> Vec<String> {
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

/// Returns lines with spaces before and an ending after each.
fn indented(spaces: usize, lines: &[String], ending: &str) -> String {
    lines
        .iter()
        .map(|line| format!("{:spaces$}{line}{ending}\n", ""))
        .collect()
}

const GO_IMPORTS: &str = r#"
import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
)
"#;

const GO_IMPORTS_FOR_PREFIX: &str = r#"
import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)
"#;

const GO_WITHOUT_PREFIX: &str = r#"
// withoutHostPrefix keeps the SDK from writing sync- before the host. On the context of a call, the same has no effect.
func withoutHostPrefix(stack *middleware.Stack) error {
	off := func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (
		middleware.InitializeOutput, middleware.Metadata, error,
	) {
		return next.HandleInitialize(smithyhttp.DisableEndpointHostPrefix(ctx, true), in)
	}
	return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("WithoutHostPrefix", off), middleware.Before)
}
"#;

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
