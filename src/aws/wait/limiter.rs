//! Rate limiters that keep a stack with many endpoints below AWS's tightest request limits.
//!
//! CreateVpcEndpoint, ModifyVpcEndpoint and DeleteVpcEndpoints each have a token bucket of 4 that refills at 0.3 a second, for
//! each account and Region. AWS counts each API action separately
//! (<https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html>). A small stack fits into the burst and never
//! waits.

use std::time::Duration;

use pulumi_provider::error::Error;
use pulumi_provider::resource::limits::within;
use tokio::sync::Mutex;
use tokio::time::Instant;

const CAPACITY: f64 = 4.0;
/// Slightly below AWS's 0.3, because calls do not arrive at exactly the intervals at which they are sent.
const REFILL_PER_SECOND: f64 = 0.29;

/// One limiter for each call, so that creates do not delay deletes.
#[derive(Debug, Default)]
pub struct Limiters {
    /// The limiter of CreateVpcEndpoint.
    pub create: Limiter,
    /// The limiter of ModifyVpcEndpoint.
    pub modify: Limiter,
    /// The limiter of DeleteVpcEndpoints.
    pub delete: Limiter,
}

/// A token bucket that serves its callers in the order in which they come.
#[derive(Debug, Default)]
pub struct Limiter {
    // tokio's mutex is fair: the caller that waits for a token holds it, and the others queue behind.
    bucket: Mutex<Option<Bucket>>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    level: f64,
    at: Instant,
}

impl Bucket {
    fn full() -> Self {
        Self {
            level: CAPACITY,
            at: Instant::now(),
        }
    }

    fn refilled(self) -> Self {
        let now = Instant::now();
        let gained = now.duration_since(self.at).as_secs_f64() * REFILL_PER_SECOND;
        Self {
            level: (self.level + gained).min(CAPACITY),
            at: now,
        }
    }
}

impl Limiter {
    /// Waits until a call may be sent.
    ///
    /// # Errors
    /// The operation has to end before a token is free.
    pub async fn ready(&self) -> Result<(), Error> {
        within("its turn to make a call that EC2 rate-limits", self.turn()).await
    }

    async fn turn(&self) {
        let mut slot = self.bucket.lock().await;
        let mut bucket = slot.unwrap_or_else(Bucket::full).refilled();
        if bucket.level < 1.0 {
            let missing = (1.0 - bucket.level) / REFILL_PER_SECOND;
            tokio::time::sleep(Duration::from_secs_f64(missing)).await;
            bucket = bucket.refilled();
        }
        // Rounding may leave slightly less than one token after the wait.
        bucket.level = (bucket.level - 1.0).max(0.0);
        *slot = Some(bucket);
    }

    /// Empties the bucket after AWS throttled a call anyway: another client uses the same account.
    pub async fn throttled(&self) {
        *self.bucket.lock().await = Some(Bucket {
            level: 0.0,
            at: Instant::now(),
        });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn four_calls_pass_at_once_and_later_ones_every_three_seconds() {
        let limiter = Arc::new(Limiter::default());
        let began = Instant::now();
        let calls: Vec<_> = (0..7)
            .map(|_| {
                let limiter = Arc::clone(&limiter);
                tokio::spawn(async move {
                    limiter.ready().await.unwrap();
                    began.elapsed().as_secs_f64()
                })
            })
            .collect();
        let times: Vec<f64> = futures::future::join_all(calls)
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        assert!(times[..4].iter().all(|time| *time < 0.01), "{times:?}");
        for (index, expected) in [(4, 3.45), (5, 6.9), (6, 10.34)] {
            assert!((times[index] - expected).abs() < 0.1, "{times:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn throttling_empties_the_bucket() {
        let limiter = Limiter::default();
        limiter.throttled().await;
        let began = Instant::now();
        limiter.ready().await.unwrap();
        assert!(began.elapsed().as_secs_f64() > 3.0);
    }
}
