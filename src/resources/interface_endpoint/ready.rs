//! Waits until an interface endpoint is ready.

use std::sync::Mutex;

use aws_sdk_ec2::types::VpcEndpoint as Live;
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::lock::lock;
use pulumi_provider::resource::context::Cx;
use tokio::time::Instant;

use super::dns_names::DnsNames;
use crate::aws::Aws;
use crate::aws::endpoint_state::{self, is_dead, is_going};
use crate::aws::wait::poller::Polled;
use crate::aws::wait::{EC2_UNKNOWN_FOR, Look, Wait, until};

/// Waits until a new endpoint is ready: available, and with DNS names. Each read updates `last_seen`.
pub(super) async fn created(
    cx: &Cx<Aws>,
    id: &str,
    deadline: Instant,
    last_seen: &Mutex<Option<Live>>,
) -> Result<Live, Error> {
    let keep = |live: &Live| *lock(last_seen) = Some(live.clone());
    wait(cx, id, deadline, keep, |_| None).await
}

/// Waits until the endpoint is ready, and until `missing` returns `None`.
pub(super) async fn settled(
    cx: &Cx<Aws>,
    id: &str,
    deadline: Instant,
    missing: impl Fn(&Live) -> Option<&'static str>,
) -> Result<Live, Error> {
    wait(cx, id, deadline, |_| {}, missing).await
}

async fn wait(
    cx: &Cx<Aws>,
    id: &str,
    deadline: Instant,
    keep: impl Fn(&Live),
    missing: impl Fn(&Live) -> Option<&'static str>,
) -> Result<Live, Error> {
    let what = format!("endpoint {id} to become available");
    let polled = Polled::<Live>::new(cx.clients(), id);
    let began = Instant::now();
    until(cx, Wait { what: &what, deadline }, &polled, |seen| match seen {
        Ok(Some(live)) => {
            keep(&live);
            judge(live, &missing, began)
        }
        // DescribeVpcEndpoints shows a new endpoint late.
        Ok(None) if began.elapsed() < EC2_UNKNOWN_FOR => Look::Pending("not known to EC2 yet".to_owned()),
        Ok(None) => Look::Failed(Error::new(
            ErrorKind::NotFound,
            format!("endpoint {id} no longer exists: someone else deleted it"),
        )),
        Err(error) => Look::Failed(error),
    })
    .await
}

fn judge(live: Live, missing: impl Fn(&Live) -> Option<&'static str>, began: Instant) -> Look<Live> {
    let state = endpoint_state::of(&live);
    if is_dead(&state) {
        return Look::Failed(failed(&live, &state));
    }
    if is_going(&state) {
        return Look::Failed(Error::new(
            ErrorKind::Failed,
            format!(
                "endpoint {} is {state}: someone else is deleting it",
                live.vpc_endpoint_id().unwrap_or_default()
            ),
        ));
    }
    if state != "available" {
        let hint = match state.as_str() {
            "partial" => " (some Availability Zones are not ready)",
            "pendingacceptance" => " (the owner of the service must accept the endpoint)",
            _ => "",
        };
        return Look::Pending(format!("{state}{hint}"));
    }
    if live.dns_entries().is_empty() {
        return Look::Pending("available, but it has no DNS names yet".to_owned());
    }
    if let Some(missing) = missing(&live) {
        return Look::Pending(format!("available, but {missing}"));
    }
    // EC2 promises neither of the two, so the wait for them is limited.
    if began.elapsed() < EC2_UNKNOWN_FOR * 2
        && let Some(lagging) = lagging(&live)
    {
        return Look::Pending(format!("available, but {lagging}"));
    }
    Look::Ready(live)
}

/// Returns what EC2 does not show yet: the private DNS name, or the network interfaces.
pub(super) fn lagging(live: &Live) -> Option<&'static str> {
    if live.private_dns_enabled() == Some(true) && DnsNames::of(live).private.is_none() {
        return Some("it has no private DNS name yet");
    }
    if live.network_interface_ids().len() != live.subnet_ids().len() {
        return Some("its network interfaces do not match its subnets yet");
    }
    None
}

fn failed(live: &Live, state: &str) -> Error {
    let reason = match (live.last_error(), live.failure_reason()) {
        (Some(error), _) => [error.code(), error.message()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(": "),
        (None, Some(reason)) => reason.to_owned(),
        (None, None) => "EC2 gives no reason".to_owned(),
    };
    let id = live.vpc_endpoint_id().unwrap_or_default();
    // Services of AWS accept every endpoint, so there is an owner to ask
    // (<https://docs.aws.amazon.com/vpc/latest/privatelink/create-endpoint-service.html>).
    let owner = match state {
        "rejected" => "The owner of the service refused it: ask the owner to allow this account. ",
        "expired" => "The owner of the service did not accept it in time: ask the owner to accept the next one. ",
        _ => "",
    };
    Error::new(ErrorKind::Failed, format!("endpoint {id} is {state}: {reason}")).advise(format!(
        "{owner}It cannot be repaired: the next `pulumi up` replaces it"
    ))
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::{DnsEntry, LastError, State};

    use super::*;

    fn endpoint(state: &str) -> aws_sdk_ec2::types::builders::VpcEndpointBuilder {
        Live::builder().vpc_endpoint_id("vpce-1").state(State::from(state))
    }

    fn look(live: Live) -> String {
        match judge(live, |_| None, Instant::now()) {
            Look::Ready(_) => "ready".to_owned(),
            Look::Pending(state) => state,
            Look::Failed(error) => error.to_string(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn each_endpoint_state_is_ready_pending_or_failed() {
        let entry = DnsEntry::builder()
            .dns_name("vpce-1-ab.states.eu-west-1.vpce.amazonaws.com")
            .build();
        assert_eq!(look(endpoint("available").dns_entries(entry.clone()).build()), "ready");
        assert_eq!(look(endpoint("Available").dns_entries(entry.clone()).build()), "ready");
        assert_eq!(look(endpoint("pending").build()), "pending");
        assert_eq!(
            look(endpoint("partial").build()),
            "partial (some Availability Zones are not ready)"
        );
        for dead in ["rejected", "expired"] {
            let text = look(endpoint(dead).build());
            assert!(text.starts_with(&format!("endpoint vpce-1 is {dead}: ")), "{text}");
            assert!(text.contains("ask the owner"), "{text}");
        }
        assert_eq!(
            look(endpoint("available").build()),
            "available, but it has no DNS names yet"
        );
        let lagging = endpoint("available")
            .dns_entries(entry)
            .private_dns_enabled(true)
            .build();
        assert_eq!(look(lagging), "available, but it has no private DNS name yet");
        let error = LastError::builder()
            .code("InsufficientFreeAddresses")
            .message("subnet-1 is full")
            .build();
        insta::assert_snapshot!(
            look(endpoint("failed").last_error(error).build()),
            @"endpoint vpce-1 is failed: InsufficientFreeAddresses: subnet-1 is full. It cannot be repaired: the next `pulumi up` replaces it"
        );
        assert!(look(endpoint("deleting").build()).contains("someone else is deleting it"));
    }
}
