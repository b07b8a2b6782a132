//! Fault injection: the nth call of an operation fails in a chosen way.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The kind of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The service's throttling error.
    Throttle,
    /// The service's internal error (5xx).
    Internal,
    /// The service's access-denied error.
    AccessDenied,
    /// The connection is reset before the request takes effect.
    ResetBefore,
    /// The connection is reset after the request takes effect, so the response is lost.
    ResetAfter,
    /// The request takes effect, but no response arrives and the connection stays open.
    NoAnswer,
    /// The request succeeds, but the operation that it starts ends in the failed status (`failed`, `CREATE_FAILED`, …).
    Fail,
    /// The response is delayed by `delay`, in seconds that `--speed` does not scale.
    Slow,
    /// The service returns `error`: for errors that AWS returns only after hundreds of objects, or without credentials.
    Refuse,
}

/// A service error, as documented.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// The code, such as `SecurityGroupLimitExceeded`.
    pub code: String,
    /// The text.
    pub message: String,
    /// The HTTP status.
    #[serde(default = "bad_request")]
    pub status: u16,
}

/// Operations that start something that can end in a failed status (docs/aws-behavior.md, Interface endpoint, Resource
/// gateway, Resource configuration).
const CAN_FAIL: [&str; 7] = [
    "CreateVpcEndpoint",
    "CreateResourceGateway",
    "UpdateResourceGateway",
    "DeleteResourceGateway",
    "CreateResourceConfiguration",
    "UpdateResourceConfiguration",
    "DeleteResourceConfiguration",
];

/// An injected fault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The operation name, such as `CreateVpcEndpoint`; `*` matches any.
    pub operation: String,
    /// The service (`ec2`, `sts`, `vpc-lattice`, `events`, `servicequotas`, `kms`, `route53`); absent matches any.
    #[serde(default)]
    pub service: Option<String>,
    /// The first affected call, counted from 1 since the injection.
    #[serde(default = "one")]
    pub nth: u32,
    /// The number of consecutive affected calls.
    #[serde(default = "one")]
    pub times: u32,
    /// The kind of failure.
    pub kind: FaultKind,
    /// The delay in seconds, for `slow`.
    #[serde(default)]
    pub delay: f64,
    /// The error to return, for `refuse`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Refusal>,
}

impl Fault {
    /// Returns a fault of the nth call of this operation, counted from now. It happens once.
    pub fn new(operation: &str, nth: u32, kind: FaultKind) -> Self {
        Self {
            operation: operation.to_owned(),
            service: None,
            nth,
            times: 1,
            kind,
            delay: 0.0,
            error: None,
        }
    }

    /// Returns a fault that rejects every later call of this operation with this error.
    pub fn refuse(operation: &str, code: &str, status: u16, message: &str) -> Self {
        Self {
            error: Some(Refusal {
                code: code.to_owned(),
                message: message.to_owned(),
                status,
            }),
            ..Self::new(operation, 1, FaultKind::Refuse).times(u32::MAX)
        }
    }

    /// Returns why the fault could never take effect, if so.
    pub fn mistake(&self) -> Option<String> {
        if self.kind == FaultKind::Fail && !CAN_FAIL.contains(&self.operation.as_str()) {
            return Some(format!(
                "{} begins nothing that can fail: one of {}",
                self.operation,
                CAN_FAIL.join(", ")
            ));
        }
        if (self.kind == FaultKind::Refuse) != self.error.is_some() {
            return Some("`error` belongs to `refuse`, and to nothing else".to_owned());
        }
        let countable = self.nth > 0 && self.times > 0 && self.delay.is_finite() && self.delay >= 0.0;
        (!countable).then(|| "nth and times begin with 1, delay is not negative".to_owned())
    }

    /// Returns the fault for this number of consecutive calls.
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Returns the fault with a delay.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay.as_secs_f64();
        self
    }
}

fn one() -> u32 {
    1
}

fn bad_request() -> u16 {
    400
}

/// The injected faults, each with the number of calls it has counted.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<(Fault, u32)>);

impl Faults {
    pub(crate) fn plan(&mut self, fault: Fault) {
        self.0.push((fault, 0));
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Counts a call and returns the faults that apply to it, oldest first. Drops used-up faults.
    pub(crate) fn strike(&mut self, service: &str, operation: &str) -> Vec<Fault> {
        let mut hits = Vec::new();
        self.0.retain_mut(|(fault, seen)| {
            let ours = fault.service.as_deref().is_none_or(|s| s == service);
            if !ours || (fault.operation != "*" && fault.operation != operation) {
                return true;
            }
            *seen += 1;
            if *seen >= fault.nth {
                hits.push(fault.clone());
            }
            u64::from(*seen) + 1 < u64::from(fault.nth) + u64::from(fault.times)
        });
        hits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_starts_at_the_nth_call_and_repeats_as_planned() {
        let mut faults = Faults::default();
        faults.plan(Fault::new("CreateVpc", 2, FaultKind::Throttle).times(2));
        let hits = |faults: &mut Faults| faults.strike("ec2", "CreateVpc").len();
        assert_eq!(faults.strike("ec2", "DeleteVpc"), []);
        assert_eq!([0; 5].map(|_| hits(&mut faults)), [0, 1, 1, 0, 0]);
        assert!(faults.0.is_empty());
    }
}
