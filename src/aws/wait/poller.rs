//! Shared polling: all waits for objects of one type, such as endpoints, share one Describe call.
//!
//! A [`Polled`] registers an ID. The first caller whose pause ends sends one call for all registered IDs. The other callers wake
//! up from their pauses, take the answer and start their pauses again. So the number of calls is that of one wait, however many
//! endpoints are awaited. There is no background task: a watch that is dropped removes its ID.

use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use aws_sdk_ec2::types::{Filter, NetworkInterface, SecurityGroup, Vpc, VpcEndpoint};
use pulumi_provider::error::Error;
use pulumi_provider::lock::lock;
use pulumi_provider::resource::limits::{Limits, within};
use tokio::sync::watch;

use super::Source;
use crate::aws::Aws;
use crate::aws::error::classify;

/// How long a look waits for others to join before it sends the call. The engine refreshes many resources at the same moment.
const JOIN_WINDOW: Duration = Duration::from_millis(20);

/// How many IDs one call asks for. EC2 accepts at most 200 values for a filter.
const BATCH: usize = 100;

/// The pollers, one for each Describe operation.
#[derive(Debug, Default)]
pub struct Pollers {
    endpoints: Poller<VpcEndpoint>,
    groups: Poller<SecurityGroup>,
    interfaces: Poller<NetworkInterface>,
    vpcs: Poller<Vpc>,
}

/// An object of a type of which one Describe call finds many. The call passes the IDs as a filter, because a call with a list
/// of IDs fails as a whole if one of them does not exist.
pub trait Described: Clone + Send + Sync + 'static {
    /// Returns the poller of these objects.
    fn poller(aws: &Aws) -> &Poller<Self>;
    /// Returns the objects with these IDs that exist, by ID.
    fn describe(aws: &Aws, ids: &[String]) -> impl Future<Output = Result<HashMap<String, Self>, Error>> + Send;
}

/// Shares Describe calls for one type of object.
#[derive(Debug)]
pub struct Poller<T> {
    board: Mutex<Board<T>>,
    /// Held during a call, so that at most one is under way.
    flight: tokio::sync::Mutex<()>,
    /// The number of the last finished round. A round is one Describe of all watched IDs.
    round: watch::Sender<u64>,
}

#[derive(Debug)]
struct Board<T> {
    /// The number of watches of each ID.
    watched: HashMap<String, usize>,
    /// Whether a call was sent and is not answered yet. Its answer may be older than a change that is made now.
    sent: bool,
    /// The last answer for each watched ID, and its round.
    seen: HashMap<String, Seen<T>>,
}

#[derive(Clone, Debug)]
struct Seen<T> {
    round: u64,
    object: Result<Option<T>, Error>,
}

impl<T> Default for Poller<T> {
    fn default() -> Self {
        Self {
            board: Mutex::new(Board {
                watched: HashMap::new(),
                sent: false,
                seen: HashMap::new(),
            }),
            flight: tokio::sync::Mutex::default(),
            round: watch::Sender::new(0),
        }
    }
}

impl<T> Poller<T> {
    fn board(&self) -> MutexGuard<'_, Board<T>> {
        // If another task panicked, at most one entry is stale, and the next round replaces it.
        lock(&self.board)
    }
}

/// One object that is polled. Answers from before the registration are not taken: the object may just have been changed.
pub struct Polled<'a, T: Described> {
    aws: &'a Aws,
    poller: &'a Poller<T>,
    id: String,
    /// The last round whose answer was taken.
    taken: AtomicU64,
}

impl<'a, T: Described> Polled<'a, T> {
    /// Registers an ID.
    #[must_use]
    pub fn new(aws: &'a Aws, id: &str) -> Self {
        let poller = T::poller(aws);
        let mut board = poller.board();
        *board.watched.entry(id.to_owned()).or_default() += 1;
        // The answer of a call in flight may be older than the change that precedes this watch: skip its round.
        let taken = *poller.round.borrow() + u64::from(board.sent);
        drop(board);
        Self {
            aws,
            poller,
            id: id.to_owned(),
            taken: AtomicU64::new(taken),
        }
    }

    /// Returns the object, or `None` if it does not exist, from a call that begins now or that began after the last look.
    ///
    /// # Errors
    /// The error of the Describe call, or the operation has to end first.
    pub async fn current(&self) -> Result<Option<T>, Error> {
        let poller = self.poller;
        if let Some(object) = self.take() {
            return object;
        }
        let flight = within("a Describe call that several operations share", poller.flight.lock()).await?;
        // Another watch's call may have ended while this one waited for its turn.
        if let Some(object) = self.take() {
            return object;
        }
        // The watch that sent the last call may have been dropped before the answer came.
        poller.board().sent = false;
        tokio::time::sleep(JOIN_WINDOW).await;
        let ids: Vec<String> = {
            let mut board = poller.board();
            board.sent = true;
            board.watched.keys().cloned().collect()
        };
        let found = describe_all::<T>(self.aws, &ids).await;
        if found.is_err() && Limits::of_task().is_some_and(|limits| limits.are_reached()) {
            // This operation is out of time or canceled. That is no answer for the other watches: one of them makes the next
            // call.
            poller.board().sent = false;
            return found.map(|_| None);
        }
        let round = *poller.round.borrow() + 1;
        {
            let mut board = poller.board();
            board.sent = false;
            for id in ids {
                let object = match &found {
                    Ok(found) => Ok(found.get(&id).cloned()),
                    Err(error) => Err(error.clone()),
                };
                if board.watched.contains_key(&id) {
                    board.seen.insert(id, Seen { round, object });
                }
            }
        }
        // This watch's own answer counts, even if it was to skip the round of an earlier call.
        self.taken.store(round, Ordering::Relaxed);
        poller.round.send_replace(round);
        drop(flight);
        found.map(|mut found| found.remove(&self.id))
    }

    /// Takes the answer of a round that this watch has not taken yet.
    fn take(&self) -> Option<Result<Option<T>, Error>> {
        let board = self.poller.board();
        let seen = board.seen.get(&self.id)?;
        if seen.round <= self.taken.load(Ordering::Relaxed) {
            return None;
        }
        self.taken.store(seen.round, Ordering::Relaxed);
        Some(seen.object.clone())
    }
}

impl<T: Described> Source<Option<T>> for Polled<'_, T> {
    async fn look(&self) -> Result<Option<T>, Error> {
        self.current().await
    }

    async fn news(&self) {
        let mut rounds = self.poller.round.subscribe();
        // `wait_for` fails only if the sender is dropped, and the poller, which this watch borrows, holds it.
        let _ = rounds
            .wait_for(|round| *round > self.taken.load(Ordering::Relaxed))
            .await;
    }
}

impl<T: Described> Drop for Polled<'_, T> {
    fn drop(&mut self) {
        let mut board = self.poller.board();
        if let Some(count) = board.watched.get_mut(&self.id) {
            *count -= 1;
            if *count == 0 {
                board.watched.remove(&self.id);
                board.seen.remove(&self.id);
            }
        }
    }
}

async fn describe_all<T: Described>(aws: &Aws, ids: &[String]) -> Result<HashMap<String, T>, Error> {
    let mut found = HashMap::new();
    for batch in ids.chunks(BATCH) {
        found.extend(T::describe(aws, batch).await?);
    }
    Ok(found)
}

/// Implements [`Described`], one invocation for each Describe operation. The operations differ only in names, but each has its
/// own page types.
macro_rules! described {
    ($object:ty, $poller:ident, $operation:literal, $call:ident, $filter:literal, $id:ident) => {
        impl Described for $object {
            fn poller(aws: &Aws) -> &Poller<Self> {
                &aws.pollers().$poller
            }

            async fn describe(aws: &Aws, ids: &[String]) -> Result<HashMap<String, Self>, Error> {
                let filter = Filter::builder()
                    .name($filter)
                    .set_values(Some(ids.to_vec()))
                    .build();
                let pages = aws.ec2().await?.$call().filters(filter).into_paginator();
                let objects: Result<Vec<_>, _> = pages.items().send().collect().await;
                let objects = objects.map_err(|error| classify($operation, error))?;
                Ok(objects
                    .into_iter()
                    .filter_map(|object| Some((object.$id.clone()?, object)))
                    .collect())
            }
        }
    };
}

described!(
    VpcEndpoint,
    endpoints,
    "DescribeVpcEndpoints",
    describe_vpc_endpoints,
    "vpc-endpoint-id",
    vpc_endpoint_id
);
described!(
    SecurityGroup,
    groups,
    "DescribeSecurityGroups",
    describe_security_groups,
    "group-id",
    group_id
);
described!(Vpc, vpcs, "DescribeVpcs", describe_vpcs, "vpc-id", vpc_id);
described!(
    NetworkInterface,
    interfaces,
    "DescribeNetworkInterfaces",
    describe_network_interfaces,
    "network-interface-id",
    network_interface_id
);
