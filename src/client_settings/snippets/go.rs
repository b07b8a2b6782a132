//! The clients of the SDK for Go.

use super::{Clients, SYNC};
use crate::client_settings::Client;

impl Clients<'_> {
    pub(super) fn go(&self) -> Vec<String> {
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
