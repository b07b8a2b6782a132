//! Invoke: a program calls a function.

mod names;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use tonic::Status;

use super::properties::{decode, encode};
use super::run::configured;
use crate::error::{Error, ErrorKind};
use crate::lifecycle::check::values;
use crate::lifecycle::secrets;
use crate::property::{Map, secret_paths};
use crate::proto::{InvokeRequest, InvokeResponse};
use crate::provider::{Package, Provider};
use crate::resource::Clients as _;
use crate::resource::draft::Failures;
use crate::resource::limits::Limits;
use crate::resource::redaction::Redaction;
use crate::schema::FunctionSchema;
use crate::server::status;

/// How long a call may take. The program waits for it.
const LIMIT: Duration = Duration::from_secs(120);

pub(super) async fn invoke<P: Package>(
    provider: &Arc<Provider<P>>,
    request: InvokeRequest,
) -> Result<InvokeResponse, Status> {
    let Some((function, schema)) = provider.function(&request.tok) else {
        let text = format!(
            "the package {} has no function `{}`",
            provider.schema().name,
            request.tok
        );
        return Err(Status::invalid_argument(text));
    };
    let instance = configured(provider)?;
    let mut arguments = decode(request.args)?;
    // SDKs do not call with unknown arguments. The engine refuses unknown values in answers, and itself answers nothing if it
    // cannot call.
    if arguments.values().any(secret_paths::contains_unknown) {
        return answer(schema, Map::new());
    }
    names::translate(&schema.inputs, &mut arguments);
    let mut failures = Failures::default();
    values::check(&schema.inputs, &mut arguments, &mut failures);
    function.rules(&arguments, &mut failures);
    // Arguments arrive without their secret marks. So no value of theirs is repeated.
    if !failures.is_empty() {
        let wrong: Vec<String> = failures
            .iter()
            .map(|failure| format!("`{}` {}", failure.path, failure.reason))
            .collect();
        return Err(Status::invalid_argument(wrong.join("; ")));
    }
    secrets::mark(&schema.inputs, &mut arguments);
    let hidden = Redaction::of([&arguments]);
    let limits = Arc::new(Limits::new(LIMIT, provider.cancellation()));
    let calling = limits.rule(function.call(&instance.clients, arguments));
    let late = |_| Error::new(ErrorKind::TimedOut, "the service did not answer in time");
    let answered = timeout(LIMIT, calling)
        .await
        .map_err(late)
        .and_then(|answered| answered);
    match answered {
        Ok(outputs) => answer(schema, outputs),
        Err(error) => Err(status::failed(&hidden.error(instance.clients.explain(error)))),
    }
}

fn answer(schema: &FunctionSchema, mut outputs: Map) -> Result<InvokeResponse, Status> {
    // The YAML host does not mark what the schema says is secret.
    secrets::mark(&schema.outputs, &mut outputs);
    Ok(InvokeResponse {
        r#return: Some(encode(outputs)?),
        failures: Vec::new(),
    })
}
