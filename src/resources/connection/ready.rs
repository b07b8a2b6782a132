//! Looks up a connection and waits until it is ready.
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-target-connection-states.html>

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_smithy_types::DateTime;
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::lock::lock;
use pulumi_provider::resource::context::Cx;
use tokio::time::Instant;

use super::association::{self, Association};
use super::path::Slow;
use super::{Inputs, Live, State, answer, explain};
use crate::aws::Aws;
use crate::aws::error::classify;
use crate::aws::wait::{self, Look, Wait};

/// How long reads may not show a new connection.
pub(super) const INVISIBLE_FOR: Duration = Duration::from_secs(60);
/// How long a private connection must be AUTHORIZED without a change to count as ready, if VPC Lattice shows its association as
/// ACTIVE. Private connections pass through AUTHORIZED before they become ACTIVE, but some stay AUTHORIZED and work. Terraform
/// treats AUTHORIZED as the final state.
const AUTHORIZED_FOR: Duration = Duration::from_secs(10);
/// The same if the association could not be read.
const AUTHORIZED_FOR_IF_UNSEEN: Duration = Duration::from_secs(75);

/// How a wait begins: after a create, after an update, or without a request.
pub(super) enum After {
    /// The connection was created.
    Create,
    /// The connection was updated: earlier reads do not count.
    Update {
        /// The time in the answer of UpdateConnection: reads that show an earlier one are stale.
        modified: Option<DateTime>,
        /// The ARN of the resource configuration that was sent; empty if it was removed, `None` if it stays.
        path: Option<String>,
        /// The ARN of the old association, if the update set another resource configuration.
        left: Option<String>,
    },
    /// No request was sent: an earlier operation may still be in progress.
    Nothing,
}

/// Looks up the connection with this name. Returns `None` if it does not exist.
///
/// # Errors
/// The read failed.
pub async fn find(aws: &Aws, name: &str) -> Result<Option<Live>, Error> {
    let client = aws.events().await?;
    match client
        .describe_connection()
        .name(name)
        .send()
        .await
        .map_err(|error| classify("DescribeConnection", error))
    {
        Ok(live) => Ok(Some(live)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns the state as AWS writes it.
pub(super) fn state(live: &Live) -> &str {
    live.connection_state().map_or("UNKNOWN", |state| state.as_str())
}

/// Waits until the connection is ready. Each read updates `seen`.
pub(super) async fn ready(cx: &Cx<Aws>, inputs: &Inputs, after: After, seen: &Mutex<State>) -> Result<Live, Error> {
    let wait = Wait {
        what: "the connection to become ready",
        deadline: cx.deadline(),
    };
    let mut observed = Observed::new(inputs, after);
    let asks = AtomicBool::new(false);
    let slow = Slow::new();
    let look = || async {
        let live = find(cx.clients(), &inputs.name).await?;
        if let Some(live) = &live {
            slow.watch(cx, inputs, live).await;
        }
        let association = match &live {
            Some(live) if asks.load(Ordering::Relaxed) => Some(association::look(cx, live).await),
            _ => None,
        };
        Ok((live, association))
    };
    let judge = |looked: Result<(Option<Live>, Option<Association>), Error>| {
        if let Ok((Some(live), _)) = &looked {
            *lock(seen) = answer::state(live);
        }
        let judged = observed.judge(looked);
        asks.store(observed.asks_for_association(), Ordering::Relaxed);
        judged
    };
    let live = match wait::until(cx, wait, &look, judge).await {
        Ok(live) => live,
        Err(error) => {
            let state = lock(seen).state.clone();
            return Err(explain::on_the_path(cx, inputs, state.as_deref(), error).await);
        }
    };
    if let Some(unknown) = observed.unknown {
        cx.warn(&format!(
            "the connection \"{}\" stays AUTHORIZED and does not become ACTIVE; the provider treats it as ready, but {unknown}",
            inputs.name
        ));
    }
    Ok(live)
}

/// What the reads have shown so far.
struct Observed<'a> {
    inputs: &'a Inputs,
    after: After,
    began: Instant,
    /// Since when the connection has been AUTHORIZED without a change, and the time of its last modification.
    settling: Option<(Instant, Option<DateTime>)>,
    /// Why the association could not be read, if the connection counts as ready anyway.
    unknown: Option<String>,
}

impl<'a> Observed<'a> {
    fn new(inputs: &'a Inputs, after: After) -> Self {
        Self {
            inputs,
            after,
            began: Instant::now(),
            settling: None,
            unknown: None,
        }
    }

    fn judge(&mut self, looked: Result<(Option<Live>, Option<Association>), Error>) -> Look<Live> {
        let (live, association) = match looked {
            Err(error) => return Look::Failed(error),
            Ok((Some(live), association)) => (live, association),
            Ok((None, _)) if matches!(self.after, After::Create) && self.began.elapsed() < INVISIBLE_FOR => {
                return Look::Pending("not visible yet".to_owned());
            }
            Ok((None, _)) => return Look::Failed(vanished(&self.inputs.name)),
        };
        let state = state(&live).to_owned();
        if is_stale(&live, &self.after) {
            self.settling = None;
            return Look::Pending(state);
        }
        match state.as_str() {
            "ACTIVE" => Look::Ready(live),
            "AUTHORIZED" if !self.is_private(&live) => Look::Ready(live),
            "AUTHORIZED" => self.settle(live, association),
            "CREATING" | "UPDATING" | "AUTHORIZING" | "DEAUTHORIZING" => {
                self.settling = None;
                Look::Pending(state)
            }
            _ => Look::Failed(explain::failed(&live, self.inputs)),
        }
    }

    /// Reports whether calls use a resource configuration, according to EventBridge: somebody else may have changed it.
    fn is_private(&self, live: &Live) -> bool {
        let is_new = matches!(self.after, After::Create);
        answer::configuration_arn(live).is_some() || (is_new && self.inputs.resource_configuration_arn.is_some())
    }

    /// Reports whether the next read must include the association: the connection has been AUTHORIZED for a while.
    fn asks_for_association(&self) -> bool {
        self.settling
            .is_some_and(|(since, _)| since.elapsed() >= AUTHORIZED_FOR / 2)
    }

    /// Judges a private connection that is AUTHORIZED: it may become ACTIVE, or stay AUTHORIZED.
    fn settle(&mut self, live: Live, association: Option<Association>) -> Look<Live> {
        let since = match self.settling {
            Some((since, modified)) if modified == live.last_modified_time => since,
            _ => Instant::now(),
        };
        self.settling = Some((since, live.last_modified_time));
        let elapsed = since.elapsed();
        match association {
            Some(Association::Is { status, .. }) if status == "ACTIVE" && elapsed >= AUTHORIZED_FOR => {
                Look::Ready(live)
            }
            Some(Association::Is { status, reason }) if status.ends_with("_FAILED") => {
                Look::Failed(explain::failed_association(&live, &status, reason.as_deref()))
            }
            Some(Association::Is { status, .. }) => Look::Pending(format!("AUTHORIZED, its association is {status}")),
            Some(Association::Unknown(unknown)) if elapsed >= AUTHORIZED_FOR_IF_UNSEEN => {
                self.unknown = Some(unknown);
                Look::Ready(live)
            }
            _ => Look::Pending("AUTHORIZED".to_owned()),
        }
    }
}

/// Reports whether a read shows the connection as it was before the update.
fn is_stale(live: &Live, after: &After) -> bool {
    let After::Update { modified, path, left } = after else {
        return false;
    };
    let early = matches!((live.last_modified_time(), modified), (Some(seen), Some(sent)) if seen < sent);
    let shown = answer::configuration_arn(live).unwrap_or_default();
    let elsewhere = path.as_deref().is_some_and(|sent| sent != shown);
    let still_there = left.is_some() && answer::state(live).resource_association_arn == *left;
    early || elsewhere || still_there
}

pub(super) fn vanished(name: &str) -> Error {
    Error::new(
        ErrorKind::NotFound,
        format!("the connection \"{name}\" does not exist any more"),
    )
    .advise("Run `pulumi refresh` to remove it from the state, then `pulumi up` to create a new one")
}

#[cfg(test)]
mod tests {
    use aws_sdk_eventbridge::types::{
        ConnectionState as AwsState, DescribeConnectionConnectivityParameters, DescribeConnectionResourceParameters,
    };

    use super::*;

    const TARGET: &str = "arn:aws:vpc-lattice:eu-west-1:123456789012:resourceconfiguration/rcfg-1";

    fn private() -> Inputs {
        Inputs {
            name: "orders".to_owned(),
            description: None,
            auth: None,
            invocation_parameters: None,
            resource_configuration_arn: Some(TARGET.to_owned()),
            kms_key_id: None,
        }
    }

    fn live(state: AwsState, association: &str, modified: i64) -> Live {
        let path = DescribeConnectionResourceParameters::builder()
            .resource_configuration_arn(TARGET)
            .resource_association_arn(association)
            .build()
            .unwrap();
        Live::builder()
            .name("orders")
            .connection_state(state)
            .last_modified_time(DateTime::from_secs(modified))
            .invocation_connectivity_parameters(
                DescribeConnectionConnectivityParameters::builder()
                    .resource_parameters(path)
                    .build(),
            )
            .build()
    }

    fn is_ready(observed: &mut Observed<'_>, live: Live) -> bool {
        is_ready_with(observed, live, None)
    }

    fn is_ready_with(observed: &mut Observed<'_>, live: Live, association: Option<Association>) -> bool {
        match observed.judge(Ok((Some(live), association))) {
            Look::Ready(_) => true,
            Look::Pending(_) => false,
            Look::Failed(error) => panic!("{error}"),
        }
    }

    fn is(status: &str) -> Option<Association> {
        Some(Association::Is {
            status: status.to_owned(),
            reason: None,
        })
    }

    #[tokio::test(start_paused = true)]
    async fn an_authorized_connection_is_ready_once_its_association_is_active() {
        let inputs = private();
        let authorized = |modified| live(AwsState::Authorized, "snra", modified);
        let mut observed = Observed::new(&inputs, After::Create);
        assert!(!is_ready(&mut observed, authorized(1)) && !observed.asks_for_association());
        tokio::time::advance(Duration::from_secs(9)).await;
        assert!(!is_ready(&mut observed, authorized(2)), "a change begins the time anew");
        assert!(!observed.asks_for_association());
        tokio::time::advance(Duration::from_secs(6)).await;
        assert!(!is_ready(&mut observed, authorized(2)) && observed.asks_for_association());
        assert!(!is_ready_with(&mut observed, authorized(2), is("ACTIVE")), "too early");
        tokio::time::advance(Duration::from_secs(5)).await;
        assert!(!is_ready_with(&mut observed, authorized(2), is("CREATE_IN_PROGRESS")));
        assert!(is_ready_with(&mut observed, authorized(2), is("ACTIVE")));
        assert_eq!(observed.unknown, None);
        assert!(
            is_ready(&mut observed, live(AwsState::Active, "snra", 2)),
            "ACTIVE needs no time"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn an_authorized_connection_with_unknown_association_is_ready_later() {
        let inputs = private();
        let mut observed = Observed::new(&inputs, After::Create);
        let unknown = || Some(Association::Unknown("nobody knows".to_owned()));
        assert!(!is_ready_with(
            &mut observed,
            live(AwsState::Authorized, "", 1),
            unknown()
        ));
        tokio::time::advance(AUTHORIZED_FOR_IF_UNSEEN - Duration::from_secs(1)).await;
        assert!(!is_ready_with(
            &mut observed,
            live(AwsState::Authorized, "", 1),
            unknown()
        ));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(is_ready_with(
            &mut observed,
            live(AwsState::Authorized, "", 1),
            unknown()
        ));
        assert_eq!(observed.unknown.as_deref(), Some("nobody knows"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_association_is_reported() {
        let inputs = private();
        let mut observed = Observed::new(&inputs, After::Create);
        let failed = Some(Association::Is {
            status: "CREATE_FAILED".to_owned(),
            reason: Some("no way".to_owned()),
        });
        let judged = observed.judge(Ok((Some(live(AwsState::Authorized, "snra", 1)), failed)));
        let Look::Failed(error) = judged else {
            panic!("{judged:?}")
        };
        assert!(error.to_string().contains("CREATE_FAILED: no way"), "{error}");
    }

    #[tokio::test(start_paused = true)]
    async fn stale_reads_do_not_count() {
        let inputs = private();
        let after = After::Update {
            modified: Some(DateTime::from_secs(5)),
            path: Some(TARGET.to_owned()),
            left: Some("old".to_owned()),
        };
        let mut observed = Observed::new(&inputs, after);
        assert!(!is_ready(&mut observed, live(AwsState::Active, "new", 4)));
        assert!(
            !is_ready(&mut observed, live(AwsState::Deauthorized, "new", 4)),
            "an old failure does not count either"
        );
        assert!(!is_ready(&mut observed, live(AwsState::Active, "old", 5)));
        assert!(is_ready(&mut observed, live(AwsState::Active, "new", 5)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_new_connection_may_be_invisible_for_a_while() {
        let inputs = private();
        let mut observed = Observed::new(&inputs, After::Create);
        assert!(matches!(observed.judge(Ok((None, None))), Look::Pending(_)));
        tokio::time::advance(INVISIBLE_FOR).await;
        assert!(matches!(observed.judge(Ok((None, None))), Look::Failed(error) if error.kind() == ErrorKind::NotFound));
        let mut observed = Observed::new(&inputs, After::Nothing);
        assert!(matches!(observed.judge(Ok((None, None))), Look::Failed(_)));
    }
}
