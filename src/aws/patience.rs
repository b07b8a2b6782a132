//! The SDK's own patience, bounded by that of the operation under way.
//!
//! The SDK repeats a call for many minutes, and gives each attempt one. Inside an operation its sleeps, which are pauses between
//! attempts and time-outs of attempts, end with the operation's limits; and once these are reached nothing is sent again. So the
//! call ends with what AWS said last, and not with a time-out that hides it.

use std::time::Duration;

use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep, TokioSleep};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef, InterceptorContext,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction, RetryClassifierPriority};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use crate::cx::limits::Limits;

/// Sleeps on tokio's clock, no longer than the operation under way may take.
#[derive(Debug)]
pub(super) struct BoundedSleep;

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
pub(super) struct NothingAfterTheEnd;

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

/// Tells the operation under way whether a request is on its way.
#[derive(Debug)]
pub(super) struct InFlight;

#[dyn_dispatch_hint]
impl Intercept for InFlight {
    fn name(&self) -> &'static str {
        "requests in flight"
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        set(true);
        Ok(())
    }

    fn read_after_attempt(
        &self,
        _: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        set(false);
        Ok(())
    }
}

fn set(in_flight: bool) {
    if let Some(limits) = Limits::of_task() {
        limits.set_in_flight(in_flight);
    }
}
