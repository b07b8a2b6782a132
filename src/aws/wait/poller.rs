//! One look for all: whoever looks at an endpoint, say, shares one Describe call with everybody else who is looking at one
//! at that time.
//!
//! A [`Watch`] registers an id. The first watch whose pause is over asks for all registered ids at once; the others wake up
//! from their own pause, take the answer and start their pauses anew. So however many endpoints are awaited, the number of
//! calls is that of one wait. There is no background task: a watch that is dropped takes its id with it.

use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_sdk_ec2::types::{Filter, NetworkInterface, SecurityGroup, Vpc, VpcEndpoint};
use pulumi_provider::error::Error;
use pulumi_provider::resource::limits::{Limits, within};
use tokio::sync::watch;

use super::Source;
use crate::aws::Aws;
use crate::aws::error::classify;

/// How long the first look waits for others to join; the engine refreshes many resources at the same moment.
const JOIN: Duration = Duration::from_millis(20);

/// EC2 takes at most 200 values for a filter.
const BATCH: usize = 100;

/// The shared views, one for each Describe operation.
#[derive(Debug, Default)]
pub struct Pollers {
    endpoints: Poller<VpcEndpoint>,
    groups: Poller<SecurityGroup>,
    interfaces: Poller<NetworkInterface>,
    vpcs: Poller<Vpc>,
}

/// Something that one Describe call finds many of. Ids are given as a filter: a list of ids fails as a whole when one of
/// them is missing.
pub trait Described: Clone + Send + Sync + 'static {
    /// The poller of these objects.
    fn poller(aws: &Aws) -> &Poller<Self>;
    /// The objects among these ids that exist, by id.
    fn describe(aws: &Aws, ids: &[String]) -> impl Future<Output = Result<HashMap<String, Self>, Error>> + Send;
}

/// The shared view of one kind of object.
#[derive(Debug)]
pub struct Poller<T> {
    board: Mutex<Board<T>>,
    /// Held during a call, so that at most one is under way.
    flight: tokio::sync::Mutex<()>,
    /// The number of the last finished round.
    round: watch::Sender<u64>,
}

#[derive(Debug)]
struct Board<T> {
    /// How many watches there are for each id.
    watched: HashMap<String, usize>,
    /// Whether a call has been sent and not been answered yet: it does not know of what comes now.
    sent: bool,
    /// What was seen last of each watched id, and in which round.
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
        // A panic elsewhere leaves at most a stale entry, which the next round replaces.
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Interest in one object, from now on: answers from before are not taken, for the object may just have been changed.
pub struct Watch<'a, T: Described> {
    aws: &'a Aws,
    poller: &'a Poller<T>,
    id: String,
    /// The last round whose answer was taken.
    taken: AtomicU64,
}

impl<'a, T: Described> Watch<'a, T> {
    /// Begins to watch an id.
    #[must_use]
    pub fn new(aws: &'a Aws, id: &str) -> Self {
        let poller = T::poller(aws);
        let mut board = poller.board();
        *board.watched.entry(id.to_owned()).or_default() += 1;
        // A call under way may have been answered before the change that brought us here: skip the round it ends.
        let taken = *poller.round.borrow() + u64::from(board.sent);
        drop(board);
        Self {
            aws,
            poller,
            id: id.to_owned(),
            taken: AtomicU64::new(taken),
        }
    }

    /// The object as a call that begins now, or began after the last look, sees it; `None` if it does not exist.
    ///
    /// # Errors
    /// Whatever the Describe call fails with.
    pub async fn current(&self) -> Result<Option<T>, Error> {
        let poller = self.poller;
        if let Some(object) = self.take() {
            return object;
        }
        let flight = within("a look that others share", poller.flight.lock()).await?;
        // Somebody else's call may have ended while we waited for ours.
        if let Some(object) = self.take() {
            return object;
        }
        // Whoever sent the last call may have been dropped before its answer came.
        poller.board().sent = false;
        tokio::time::sleep(JOIN).await;
        let ids: Vec<String> = {
            let mut board = poller.board();
            board.sent = true;
            board.watched.keys().cloned().collect()
        };
        let found = describe_all::<T>(self.aws, &ids).await;
        if found.is_err() && Limits::of_task().is_some_and(|limits| limits.are_reached()) {
            // Out of time, or cancelled: that says nothing to the others, whose turn it is.
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
        // Our own answer counts even if an earlier call was skipped at the beginning of this watch.
        self.taken.store(round, Ordering::Relaxed);
        poller.round.send_replace(round);
        drop(flight);
        found.map(|mut found| found.remove(&self.id))
    }

    /// The answer of a round that was not taken yet.
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

impl<T: Described> Source<Option<T>> for Watch<'_, T> {
    async fn look(&self) -> Result<Option<T>, Error> {
        self.current().await
    }

    async fn news(&self) {
        let mut rounds = self.poller.round.subscribe();
        // The sender lives as long as the poller, which we borrow.
        let _ = rounds
            .wait_for(|round| *round > self.taken.load(Ordering::Relaxed))
            .await;
    }
}

impl<T: Described> Drop for Watch<'_, T> {
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

/// One line for each Describe operation: they differ in names alone, but every page of every operation is a type of its own.
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
