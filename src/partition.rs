//! AWS partitions: the partition of a Region, and the names in it.
//!
//! A partition is a group of Regions with its own accounts, ARNs and DNS names
//! (<https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>). The form of a Region's
//! name, and not a list, tells its partition, as in the AWS SDKs. So a new Region of a known partition works.

mod table;

pub use self::table::ALL;

/// One partition.
#[derive(Debug, PartialEq, Eq)]
pub struct Partition {
    /// The ID as in ARNs: `aws`, `aws-cn`, …
    pub id: &'static str,
    /// The suffix of a service's ordinary DNS names: `amazonaws.com`, …
    pub dns_suffix: &'static str,
    /// The suffix of the dual-stack DNS names, which have IPv4 and IPv6 addresses: `api.aws`, …
    pub dual_stack_dns_suffix: &'static str,
    /// The Region in the signatures of services with one endpoint for the whole partition, such as Route 53.
    pub global_region: &'static str,
    /// The prefixes of its Regions' names, before `-{direction}-{number}`.
    areas: &'static [&'static str],
    /// The prefix of some endpoint service names; the others have [`COMMON_PREFIX`].
    own_prefix: &'static str,
    /// The short names of the services that have `own_prefix`.
    own_services: &'static [&'static str],
}

/// The prefix of endpoint service names, unless the partition has another prefix for the service.
const COMMON_PREFIX: &str = "com.amazonaws";

impl Partition {
    /// Returns the partition of a Region; `aws` for a Region name of unknown form, as the SDKs do.
    #[must_use]
    pub fn of_region(region: &str) -> &'static Self {
        let found = ALL.iter().find(|partition| partition.has(region));
        found.unwrap_or(&ALL[0])
    }

    /// Returns the partition with this ID; `None` for an unknown ID.
    #[must_use]
    pub fn named(id: &str) -> Option<&'static Self> {
        ALL.iter().find(|partition| partition.id == id)
    }

    /// Returns the full name of the endpoint service with this short name, such as `states`
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

    /// Returns a service's ordinary DNS name, such as `states.eu-west-1.amazonaws.com`.
    #[must_use]
    pub fn host(&self, service: &str, region: &str) -> String {
        format!("{service}.{region}.{}", self.dns_suffix)
    }

    /// Reports whether a Region has the form `{area}-{direction}-{number}` of this partition, or is the name by which SDKs know
    /// the partition as a whole.
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

/// A DNS name of an interface endpoint, `{label}.{service}.{region}.vpce.{suffix}`, split into its parts
/// (<https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html#interface-endpoint-dns-hostnames>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndpointName<'a> {
    /// The endpoint's ID and a hash; in a zonal name, the Availability Zone too.
    pub label: &'a str,
    /// The service as DNS names write it.
    pub service: &'a str,
    /// The Region.
    pub region: &'a str,
    /// The name without the label.
    pub domain: &'a str,
}

impl<'a> EndpointName<'a> {
    /// Splits a name into its parts; returns `None` for any other name. A dot at the end is ignored.
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
