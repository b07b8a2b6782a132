//! AWS's request token buckets, per account, Region and class of operations.

use std::collections::BTreeMap;

use tokio::time::Instant;

/// One documented rate limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bucket {
    /// Operations of one class share a bucket.
    pub class: &'static str,
    /// The maximum burst of calls.
    pub capacity: f64,
    /// Calls per second after a burst, at speed 1.
    pub refill: f64,
}

/// The level of every token bucket.
#[derive(Debug, Default)]
pub struct Buckets(BTreeMap<(String, String, &'static str), (f64, Instant)>);

impl Buckets {
    /// Takes one token. Returns false if the bucket is empty.
    pub fn take(&mut self, account: &str, region: &str, bucket: Bucket, speed: f64, now: Instant) -> bool {
        let key = (account.to_owned(), region.to_owned(), bucket.class);
        let (level, at) = self.0.entry(key).or_insert((bucket.capacity, now));
        let gained = now.duration_since(*at).as_secs_f64() * bucket.refill * speed;
        *level = (*level + gained).min(bucket.capacity);
        *at = now;
        let enough = *level >= 1.0;
        if enough {
            *level -= 1.0;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_bucket_allows_a_burst_and_refills_over_time() {
        let bucket = Bucket {
            class: "endpoints",
            capacity: 4.0,
            refill: 0.3,
        };
        let (mut buckets, now) = (Buckets::default(), Instant::now());
        let mut take = |speed, after: f64| buckets.take("1", "r", bucket, speed, now + Duration::from_secs_f64(after));
        assert_eq!([0.0; 5].map(|t| take(1.0, t)), [true, true, true, true, false]);
        assert!(!take(1.0, 3.2));
        assert!(take(1.0, 3.4));
        assert!(take(10.0, 3.8), "ten times the speed, ten times the refill");
    }
}
