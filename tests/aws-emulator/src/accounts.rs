//! All state of the emulated AWS, and its clock.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

use crate::buckets::Buckets;
use crate::emulator::Settings;
use crate::mode::Mode;
use crate::operation::{CallCx, ResourceRow, SERVICES};
use crate::{ec2, eventbridge, kms, lattice, quotas, route53, sts, timings};

type Event = Box<dyn FnOnce(&mut Accounts) + Send>;

/// The state of every account and Region.
pub struct Accounts {
    /// Speed, accounts, epoch.
    pub settings: Settings,
    /// Generates the ids of new objects.
    pub ids: Ids,
    /// STS sessions. They belong to no Region.
    pub sts: sts::Sts,
    /// Hosted zones. They belong to no Region.
    pub route53: route53::Route53,
    /// Actions (`service:Operation`) that are denied to every caller.
    pub denied: BTreeSet<String>,
    pub(crate) buckets: Buckets,
    started: Instant,
    now: Instant,
    regions: BTreeMap<(String, String), Region>,
    events: BinaryHeap<Reverse<Scheduled>>,
    scheduled: u64,
}

/// The state of all services in one account and Region.
#[derive(Debug)]
pub struct Region {
    /// VPCs, subnets, security groups, endpoints, network interfaces.
    pub ec2: ec2::Ec2,
    /// Resource gateways, configurations, associations.
    pub lattice: lattice::Lattice,
    /// Connections.
    pub eventbridge: eventbridge::EventBridge,
    /// Keys.
    pub kms: kms::Kms,
    /// How much of each kind there may be.
    pub quotas: quotas::Quotas,
}

impl Accounts {
    /// Returns accounts that contain nothing yet.
    pub fn new(settings: Settings, now: Instant) -> Self {
        Self {
            ids: Ids::new(),
            sts: sts::Sts::default(),
            route53: route53::Route53::default(),
            denied: BTreeSet::new(),
            buckets: Buckets::default(),
            started: now,
            now,
            regions: BTreeMap::new(),
            events: BinaryHeap::new(),
            scheduled: 0,
            settings,
        }
    }

    /// Returns the state of the caller's account and Region. The starting state of a Region is created on first access.
    pub fn region(&mut self, cx: &CallCx) -> &mut Region {
        self.region_of(&cx.account, &cx.region)
    }

    /// Returns the state of any account and Region.
    pub fn region_of(&mut self, account: &str, region: &str) -> &mut Region {
        let ids = &mut self.ids;
        self.regions
            .entry((account.to_owned(), region.to_owned()))
            .or_insert_with(|| Region {
                ec2: ec2::Ec2::starting_state(ids, account, region),
                lattice: lattice::Lattice::default(),
                eventbridge: eventbridge::EventBridge::default(),
                kms: kms::Kms::default(),
                quotas: quotas::Quotas::default(),
            })
    }

    /// Returns the state of all accounts and Regions that have been accessed.
    pub(crate) fn regions_mut(&mut self) -> impl Iterator<Item = &mut Region> {
        self.regions.values_mut()
    }

    /// Returns the state of an account and Region that have been accessed.
    pub(crate) fn accessed(&self, account: &str, region: &str) -> Option<&Region> {
        self.regions.get(&(account.to_owned(), region.to_owned()))
    }

    /// Returns all accounts and Regions that have been accessed.
    pub(crate) fn places(&self) -> Vec<(String, String)> {
        self.regions.keys().cloned().collect()
    }

    /// Returns the first Region whose state has something, together with the id generator.
    pub(crate) fn region_with(&mut self, has: impl Fn(&Region) -> bool) -> (Option<&mut Region>, &mut Ids) {
        (self.regions.values_mut().find(|region| has(region)), &mut self.ids)
    }

    /// Returns the state of the caller's account and Region, together with the id generator.
    pub fn region_and_ids(&mut self, cx: &CallCx) -> (&mut Region, &mut Ids) {
        self.region(cx);
        let region = self.regions.get_mut(&(cx.account.clone(), cx.region.clone()));
        (region.expect("made by the line above"), &mut self.ids)
    }

    /// Returns the current time. While a scheduled event runs, this is the time it was scheduled for.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// Returns the current time in seconds since the epoch, for timestamps in responses.
    pub fn timestamp(&self) -> f64 {
        self.settings.epoch as f64 + self.now.duration_since(self.started).as_secs_f64()
    }

    /// Returns the seconds since the emulator started.
    pub fn elapsed(&self) -> f64 {
        self.now.duration_since(self.started).as_secs_f64()
    }

    /// Returns a duration of `timings`, scaled by the speed.
    pub fn scaled(&self, duration: Duration) -> Duration {
        duration.div_f64(self.settings.speed)
    }

    /// Returns the time from which VPC Lattice and EventBridge show a new object.
    pub fn visible_from(&self) -> Instant {
        self.lag(timings::VISIBLE_AFTER_CREATE)
    }

    /// Returns the time until which VPC Lattice and EventBridge show the state before a change.
    pub fn stale_until(&self) -> Instant {
        self.lag(timings::STALE_AFTER_CHANGE)
    }

    /// Returns the time until which reads are stale. In the recorded mode, reads are never stale.
    pub fn lag(&self, duration: Duration) -> Instant {
        match self.settings.mode {
            Mode::Cautious => self.later(duration),
            Mode::Recorded => self.now,
        }
    }

    /// Returns the time after one (scaled) duration.
    pub fn later(&self, duration: Duration) -> Instant {
        self.now + self.scaled(duration)
    }

    /// Schedules an event after one (scaled) duration. Events at the same time run in the order of scheduling.
    pub fn after(&mut self, duration: Duration, event: impl FnOnce(&mut Self) + Send + 'static) {
        self.scheduled += 1;
        let scheduled = Scheduled {
            at: self.later(duration),
            order: self.scheduled,
            event: Box::new(event),
        };
        self.events.push(Reverse(scheduled));
    }

    /// Runs all events that are due. Time never goes backwards.
    pub fn advance(&mut self, now: Instant) {
        while self.events.peek().is_some_and(|next| next.0.at <= now) {
            let Some(Reverse(next)) = self.events.pop() else { break };
            self.now = self.now.max(next.at);
            (next.event)(self);
        }
        self.now = self.now.max(now);
    }

    /// Returns all objects, in all accounts and Regions that have been accessed.
    pub fn resources(&self) -> Vec<ResourceRow> {
        let mut rows = Vec::new();
        for ((account, region), state) in &self.regions {
            for service in SERVICES {
                rows.extend((service.resources)(self, state).into_iter().map(|row| ResourceRow {
                    account: account.clone(),
                    region: region.clone(),
                    ..row
                }));
            }
        }
        rows
    }
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts")
            .field("regions", &self.regions.keys())
            .finish_non_exhaustive()
    }
}

struct Scheduled {
    at: Instant,
    order: u64,
    event: Event,
}

impl PartialEq for Scheduled {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.order) == (other.at, other.order)
    }
}

impl Eq for Scheduled {}

impl PartialOrd for Scheduled {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Scheduled {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}

/// Generates ids in AWS's formats, the same in every run.
#[derive(Debug)]
pub struct Ids(fastrand::Rng);

impl Ids {
    fn new() -> Self {
        Self(fastrand::Rng::with_seed(0x5eed))
    }

    /// Returns `prefix-` and 17 hexadecimal digits, of which the first is 0 as in AWS.
    pub fn with_prefix(&mut self, prefix: &str) -> String {
        format!("{prefix}-0{:016x}", self.0.u64(..))
    }

    /// Returns a version 4 UUID.
    pub fn uuid(&mut self) -> String {
        let (high, low) = (self.0.u64(..), self.0.u64(..));
        let (low_a, low_b) = (0x8000 | (low >> 48) & 0x3fff, low & 0xffff_ffff_ffff);
        format!(
            "{:08x}-{:04x}-4{:03x}-{low_a:04x}-{low_b:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff
        )
    }

    /// Returns lower-case letters and digits, as in `vpce-…-{hash}`.
    pub fn lower(&mut self, length: usize) -> String {
        std::iter::repeat_with(|| self.0.choice(b"abcdefghijklmnopqrstuvwxyz0123456789").copied())
            .take(length)
            .filter_map(|c| c.map(char::from))
            .collect()
    }

    /// Returns upper-case letters and digits, as in access key ids.
    pub fn upper(&mut self, length: usize) -> String {
        self.lower(length).to_ascii_uppercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn events_happen_in_order_and_only_when_due() {
        let mut accounts = Accounts::new(
            Settings {
                speed: 2.0,
                ..Settings::default()
            },
            Instant::now(),
        );
        let account = "123456789012";
        accounts.region_of(account, "us-east-1");
        accounts.after(Duration::from_secs(4), |accounts| {
            accounts.denied.insert(format!("late at {}", accounts.elapsed()));
            accounts.after(Duration::from_secs(2), |accounts| {
                accounts.denied.insert("chained".into());
            });
        });
        accounts.advance(accounts.now + Duration::from_millis(1_999));
        assert!(accounts.denied.is_empty());
        accounts.advance(accounts.now + Duration::from_secs(60));
        assert_eq!(accounts.denied.iter().collect::<Vec<_>>(), ["chained", "late at 2"]);
    }

    #[test]
    fn generated_ids_have_the_form_of_aws_ids() {
        let mut ids = Ids::new();
        let id = ids.with_prefix("sg");
        assert!(regex::Regex::new("^sg-0[0-9a-f]{16}$").unwrap().is_match(&id), "{id}");
        let uuid = ids.uuid();
        let pattern = "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$";
        assert!(regex::Regex::new(pattern).unwrap().is_match(&uuid), "{uuid}");
    }
}
