//! Classifies the DNS names of an endpoint.
//!
//! EC2 returns them in one list: `{id}-{hash}.{service}.{region}.vpce.{suffix}` for the whole endpoint, the same with `-{zone}`
//! for each Availability Zone, and with private DNS the service's own names
//! (<https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html#interface-endpoint-dns-hostnames>).
//! A service can have several names of its own: `states.eu-west-1.amazonaws.com`, and `states.eu-west-1.api.aws` for both address
//! families (<https://docs.aws.amazon.com/general/latest/gr/step-functions.html>). The order of the list has no meaning.

use aws_sdk_ec2::types::VpcEndpoint as Live;

use crate::partition::ALL;

/// The DNS names of an endpoint.
#[derive(Debug, Default, PartialEq)]
pub(super) struct DnsNames {
    pub(super) regional: Option<String>,
    pub(super) hosted_zone: Option<String>,
    /// Sorted.
    pub(super) zonal: Vec<String>,
    /// The private DNS name that most clients call.
    pub(super) private: Option<String>,
}

impl DnsNames {
    /// Classifies the DNS entries of an endpoint. The result does not depend on their order.
    pub(super) fn of(live: &Live) -> Self {
        let own = format!("{}-", live.vpc_endpoint_id().unwrap_or_default());
        let service = live.service_name().and_then(|name| name.rsplit('.').next());
        let service = service.unwrap_or_default();
        let mut names = Self::default();
        for entry in live.dns_entries() {
            let Some(name) = entry.dns_name() else {
                continue;
            };
            let label = name.strip_prefix("*.").unwrap_or(name).split('.').next();
            match label.unwrap_or_default().strip_prefix(&own) {
                // Skip the wildcard below one of the endpoint's own names: that name is in the list too.
                Some(_) if name.starts_with('*') => {}
                Some(hash) if !hash.contains('-') => {
                    names.regional = Some(name.to_owned());
                    names.hosted_zone = entry.hosted_zone_id().map(str::to_owned);
                }
                Some(_) => names.zonal.push(name.to_owned()),
                None => {
                    let best = names.private.take().into_iter().chain([name.to_owned()]);
                    names.private = best.min_by(|one, other| rank(one, service).cmp(&rank(other, service)));
                }
            }
        }
        names.zonal.sort_unstable();
        names
    }

    /// Returns the URL for clients. It has the regional name if the private DNS name is absent or a wildcard, which is not a
    /// host.
    pub(super) fn url(&self) -> Option<String> {
        let private = self.private.as_ref().filter(|name| !name.starts_with('*'));
        private.or(self.regional.as_ref()).map(|name| format!("https://{name}"))
    }
}

/// Returns the rank of a private DNS name; the lowest one is chosen. A host comes before a wildcard, the suffix that clients use
/// by default before all others, and the service's own label before another label. The name itself decides between equal ranks.
fn rank<'a>(name: &'a str, service: &str) -> (bool, Suffix, bool, &'a str) {
    let host = name.strip_prefix("*.").unwrap_or(name);
    let is_own = host.split('.').next() == Some(service);
    (host != name, Suffix::of(host), !is_own, name)
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Suffix {
    Ordinary,
    Unknown,
    DualStack,
}

impl Suffix {
    fn of(host: &str) -> Self {
        let has = |suffix: &str| host.strip_suffix(suffix).is_some_and(|rest| rest.ends_with('.'));
        if ALL.iter().any(|partition| has(partition.dns_suffix)) {
            Self::Ordinary
        } else if ALL.iter().any(|partition| has(partition.dual_stack_dns_suffix)) {
            Self::DualStack
        } else {
            Self::Unknown
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::DnsEntry;
    use proptest::prelude::*;

    use super::*;

    fn endpoint(service: &str, names: &[&str]) -> Live {
        let entry = |name: &&str| {
            DnsEntry::builder()
                .dns_name(*name)
                .hosted_zone_id(format!("Z-{name}"))
                .build()
        };
        Live::builder()
            .vpc_endpoint_id("vpce-1")
            .service_name(service)
            .set_dns_entries(Some(names.iter().map(entry).collect()))
            .build()
    }

    const REGIONAL: &str = "vpce-1-ab12.states.eu-west-1.vpce.amazonaws.com";

    #[test]
    fn dns_entries_are_classified_by_their_names() {
        let names = DnsNames::of(&endpoint(
            "com.amazonaws.eu-west-1.states",
            &[
                "states.eu-west-1.amazonaws.com",
                "*.vpce-1-ab12.states.eu-west-1.vpce.amazonaws.com",
                "vpce-1-ab12-eu-west-1a.states.eu-west-1.vpce.amazonaws.com",
                REGIONAL,
            ],
        ));
        assert_eq!(names.regional.as_deref(), Some(REGIONAL));
        assert_eq!(names.hosted_zone, Some(format!("Z-{REGIONAL}")));
        assert_eq!(
            names.zonal,
            ["vpce-1-ab12-eu-west-1a.states.eu-west-1.vpce.amazonaws.com"]
        );
        assert_eq!(names.url().as_deref(), Some("https://states.eu-west-1.amazonaws.com"));
    }

    /// The service's last label, its private DNS names as AWS may list them, and the one that is chosen.
    const PRIVATE: &[(&str, &[&str], &str)] = &[
        (
            "states",
            &["states.eu-west-1.api.aws", "states.eu-west-1.amazonaws.com"],
            "states.eu-west-1.amazonaws.com",
        ),
        (
            "states-fips",
            &[
                "states-fips.us-east-1.api.aws",
                "states-fips.us-east-1.amazonaws.com",
                "states.us-east-1.amazonaws.com",
            ],
            "states-fips.us-east-1.amazonaws.com",
        ),
        (
            "states",
            &[
                "states.cn-north-1.api.amazonwebservices.com.cn",
                "states.cn-north-1.amazonaws.com.cn",
            ],
            "states.cn-north-1.amazonaws.com.cn",
        ),
        (
            "states",
            &[
                "states.eusc-de-east-1.api.amazonwebservices.eu",
                "states.eusc-de-east-1.amazonaws.eu",
            ],
            "states.eusc-de-east-1.amazonaws.eu",
        ),
        (
            "states",
            &["states.us-iso-east-1.api.aws.ic.gov", "states.us-iso-east-1.c2s.ic.gov"],
            "states.us-iso-east-1.c2s.ic.gov",
        ),
        (
            "execute-api",
            &[
                "*.execute-api.eu-west-1.amazonaws.com",
                "execute-api.eu-west-1.amazonaws.com",
            ],
            "execute-api.eu-west-1.amazonaws.com",
        ),
        (
            "batch",
            &[
                "batch.eu-west-1.api.aws",
                "fips.batch.eu-west-1.amazonaws.com",
                "batch.eu-west-1.amazonaws.com",
            ],
            "batch.eu-west-1.amazonaws.com",
        ),
        // Only wildcards; then a host, which is chosen although its suffix is not the default one.
        (
            "some",
            &["*.some.eu-west-1.api.aws", "*.some.eu-west-1.amazonaws.com"],
            "*.some.eu-west-1.amazonaws.com",
        ),
        (
            "some",
            &["*.some.eu-west-1.amazonaws.com", "some.eu-west-1.api.aws"],
            "some.eu-west-1.api.aws",
        ),
        // A partner's service.
        (
            "vpce-svc-1",
            &["*.api.example.com", "b.example.com", "a.example.com"],
            "a.example.com",
        ),
    ];

    proptest! {
        #[test]
        fn the_order_of_dns_entries_does_not_matter(
            row in proptest::sample::select(PRIVATE),
            order in Just((0..8).collect::<Vec<usize>>()).prop_shuffle(),
        ) {
            let (service, private, shown) = row;
            let mut entries = vec![
                "vpce-1-ab12.x.eu-west-1.vpce.amazonaws.com",
                "vpce-1-ab12-eu-west-1a.x.eu-west-1.vpce.amazonaws.com",
                "vpce-1-ab12-eu-west-1b.x.eu-west-1.vpce.amazonaws.com",
                "*.vpce-1-ab12.x.eu-west-1.vpce.amazonaws.com",
            ];
            entries.extend(private.iter().copied());
            let full = format!("com.amazonaws.eu-west-1.{service}");
            let shuffled: Vec<_> = order.into_iter().filter_map(|index| entries.get(index).copied()).collect();
            let names = DnsNames::of(&endpoint(&full, &shuffled));
            prop_assert_eq!(names.private.as_deref(), Some(shown));
            prop_assert_eq!(&names, &DnsNames::of(&endpoint(&full, &entries)));
        }
    }

    #[test]
    fn a_wildcard_name_is_not_used_as_the_url() {
        let service = "com.amazonaws.eu-west-1.execute-api";
        let names = DnsNames::of(&endpoint(service, &[REGIONAL, "*.execute-api.eu-west-1.amazonaws.com"]));
        assert_eq!(names.private.as_deref(), Some("*.execute-api.eu-west-1.amazonaws.com"));
        assert_eq!(names.url(), Some(format!("https://{REGIONAL}")));
        assert_eq!(DnsNames::of(&endpoint(service, &[])), DnsNames::default());
    }
}
