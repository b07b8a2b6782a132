//! Bounds the SDK's retries and timeouts by the limits of the running operation.
//!
//! The SDK retries a call for many minutes, and gives each attempt one minute. Inside an operation, the SDK's sleeps (pauses
//! between attempts, and timeouts of attempts) end at the operation's limits. After that, no request is sent again. So the call
//! ends with AWS's last error, and not with a timeout that hides it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep, TokioSleep};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef, InterceptorContext,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, Metadata};
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction, RetryClassifierPriority};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use pulumi_provider::resource::limits::{InFlight, Limits};

/// Sleeps on tokio's clock, at most until the running operation's limits.
#[derive(Debug)]
pub(crate) struct BoundedSleep;

impl AsyncSleep for BoundedSleep {
    fn sleep(&self, duration: Duration) -> Sleep {
        match Limits::of_task() {
            Some(limits) => Sleep::new(async move { limits.sleep(duration).await }),
            None => TokioSleep::new().sleep(duration),
        }
    }
}

/// Forbids another attempt once the limits of the running operation are reached.
#[derive(Debug)]
pub(crate) struct NothingAfterTheEnd;

impl ClassifyRetry for NothingAfterTheEnd {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let failed = matches!(context.output_or_error(), Some(Err(_)));
        match Limits::of_task() {
            Some(limits) if failed && limits.are_reached() => RetryAction::RetryForbidden,
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "the limits of the operation"
    }

    fn priority(&self) -> RetryClassifierPriority {
        // After every other classifier: the last decision counts.
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

/// Tells the running operation which of its requests are in flight, and the outcome of requests that change something.
#[derive(Debug)]
pub(crate) struct Requests;

/// One attempt of a call. It is dropped when the attempt ends, also if the call is dropped during the attempt.
#[derive(Debug)]
struct Attempt {
    limits: Arc<Limits>,
    _in_flight: InFlight,
    /// The name of the API operation, if it changes something.
    change: Option<String>,
    transmitted: AtomicBool,
    answered: AtomicBool,
}

impl Storable for Attempt {
    type Storer = StoreReplace<Self>;
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if let Some(operation) = &self.change
            && self.transmitted.load(Ordering::Relaxed)
            && !self.answered.load(Ordering::Relaxed)
        {
            self.limits.sent().lost(operation);
        }
    }
}

#[dyn_dispatch_hint]
impl Intercept for Requests {
    fn name(&self) -> &'static str {
        "requests of the operation"
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(limits) = Limits::of_task() else {
            return Ok(());
        };
        let operation = config.load::<Metadata>().map(|call| call.name().to_owned());
        let attempt = Attempt {
            _in_flight: InFlight::of(limits.clone()),
            limits,
            change: operation.filter(|operation| !is_read(operation)),
            transmitted: AtomicBool::new(false),
            answered: AtomicBool::new(false),
        };
        config.interceptor_state().store_put(attempt);
        Ok(())
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(attempt) = config.load::<Attempt>() {
            attempt.transmitted.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(attempt) = config.load::<Attempt>() {
            let accepted = matches!(context.output_or_error(), Some(Ok(_)));
            if let (true, Some(operation)) = (accepted, &attempt.change) {
                attempt.limits.sent().accepted(operation);
            }
            let answered = accepted || context.response().is_some_and(is_refusal);
            attempt.answered.store(answered, Ordering::Relaxed);
        }
        config.interceptor_state().unset::<Attempt>();
        Ok(())
    }
}

/// Reports whether an operation only reads, by the prefixes of AWS's names.
fn is_read(operation: &str) -> bool {
    ["Describe", "Get", "List"]
        .iter()
        .any(|read| operation.starts_with(read))
}

/// Reports whether an answer says that the request was not carried out. A server error does not say so, except EC2's
/// throttling, which has such a status.
fn is_refusal(response: &HttpResponse) -> bool {
    let body = response.body().bytes().unwrap_or_default();
    !response.status().is_server_error() || String::from_utf8_lossy(body).contains("RequestLimitExceeded")
}
