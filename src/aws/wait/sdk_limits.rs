//! The SDK's own patience, bounded by that of the operation under way.
//!
//! The SDK repeats a call for many minutes, and gives each attempt one. Inside an operation its sleeps, which are pauses between
//! attempts and time-outs of attempts, end with the operation's limits; and once these are reached nothing is sent again. So the
//! call ends with what AWS said last, and not with a time-out that hides it.

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

/// Sleeps on tokio's clock, no longer than the operation under way may take.
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

/// Forbids another attempt once the operation under way has to end.
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
        // After every other classifier, for the last word counts.
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

/// Tells the operation under way which of its requests are on their way, and what came of those that change something.
#[derive(Debug)]
pub(crate) struct Requests;

/// One attempt of a call. It lives as long as the attempt, also if the call is dropped in the middle of it.
#[derive(Debug)]
struct Attempt {
    limits: Arc<Limits>,
    _in_flight: InFlight,
    /// The API operation, if it changes something.
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

/// AWS's names for operations that change nothing.
fn is_read(operation: &str) -> bool {
    ["Describe", "Get", "List"]
        .iter()
        .any(|read| operation.starts_with(read))
}

/// Whether an answer says that the request was not carried out. One of a server that failed does not; EC2 throttles with such
/// a status.
fn is_refusal(response: &HttpResponse) -> bool {
    let body = response.body().bytes().unwrap_or_default();
    !response.status().is_server_error() || String::from_utf8_lossy(body).contains("RequestLimitExceeded")
}
