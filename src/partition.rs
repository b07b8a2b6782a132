//! AWS's partitions: which one a Region belongs to, and how names are formed in it.
//!
//! A partition is a group of Regions with accounts, ARNs and DNS names of its own
//! (<https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>). A Region is told by its form
//! and not by a list, as the AWS SDKs do, so that a new Region of a known partition works.

mod table;

pub use self::table::ALL;

/// One partition.
#[derive(Debug, PartialEq, Eq)]
pub struct Partition {
    /// As in ARNs: `aws`, `aws-cn`, …
    pub id: &'static str,
    /// End of a service's ordinary DNS names: `amazonaws.com`, …
    pub dns_suffix: &'static str,
    /// End of the DNS names that have IPv4 and IPv6 addresses: `api.aws`, …
    pub dual_stack_dns_suffix: &'static str,
    /// What its Regions' names start with, before `-{direction}-{number}`.
    areas: &'static [&'static str],
    /// How the names of some endpoint services start; those of the others start with [`COMMON_PREFIX`].
    own_prefix: &'static str,
    /// The services whose names start with it.
    own_services: &'static [&'static str],
}

/// How the names of endpoint services start, unless the partition has another prefix for the service.
const COMMON_PREFIX: &str = "com.amazonaws";

impl Partition {
    /// The partition of a Region; `aws` for a Region of unknown form, as the SDKs have it.
    #[must_use]
    pub fn of_region(region: &str) -> &'static Self {
        let found = ALL.iter().find(|partition| partition.has(region));
        found.unwrap_or(&ALL[0])
    }

    /// The partition of this id; `None` for one that is not known here.
    #[must_use]
    pub fn named(id: &str) -> Option<&'static Self> {
        ALL.iter().find(|partition| partition.id == id)
    }

    /// The full name of an endpoint service that is given by its short name, such as `states`
    /// (<https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html>).
    #[must_use]
    pub fn endpoint_service(&self, region: &str, short: &str) -> String {
        let prefix = if self.own_services.contains(&short) {
            self.own_prefix
        } else {
            COMMON_PREFIX
        };
        format!("{prefix}.{region}.{short}")
    }

    /// A service's ordinary DNS name, such as `states.eu-west-1.amazonaws.com`.
    #[must_use]
    pub fn host(&self, service: &str, region: &str) -> String {
        format!("{service}.{region}.{}", self.dns_suffix)
    }

    /// `{area}-{direction}-{number}`, or the name under which SDKs know the partition as a whole.
    fn has(&self, region: &str) -> bool {
        if region.strip_suffix("-global") == Some(self.id) {
            return true;
        }
        let rest = |area: &&str| region.strip_prefix(area)?.strip_prefix('-')?.split_once('-');
        self.areas
            .iter()
            .filter_map(rest)
            .any(|(direction, number)| is_word(direction) && is_number(number))
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A DNS name of an interface endpoint's own, `{label}.{service}.{region}.vpce.{suffix}`, taken apart
/// (<https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html#interface-endpoint-dns-hostnames>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndpointName<'a> {
    /// The endpoint's id and a hash; in a name of one zone, the zone too.
    pub label: &'a str,
    /// The service as it stands in DNS names.
    pub service: &'a str,
    /// The Region.
    pub region: &'a str,
    /// Everything behind the label.
    pub domain: &'a str,
}

impl<'a> EndpointName<'a> {
    /// Takes a name apart; `None` for any other name. A dot at the end does not count.
    #[must_use]
    pub fn parse(name: &'a str) -> Option<Self> {
        let (label, domain) = name.strip_suffix('.').unwrap_or(name).split_once('.')?;
        let place = ALL
            .iter()
            .find_map(|partition| domain.strip_suffix(partition.dns_suffix)?.strip_suffix(".vpce."))?;
        let (service, region) = place.rsplit_once('.')?;
        label.starts_with("vpce-").then_some(Self {
            label,
            service,
            region,
            domain,
        })
    }
}

#[cfg(test)]
mod tests;
