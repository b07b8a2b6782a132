//! Names of endpoint services (<https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html>).

use crate::partition::Partition;

/// The services that have a short name in the schema. Those for FIPS exist only in some Regions: hosts for FIPS are in the United
/// States, Canada and isolated Regions (<https://docs.aws.amazon.com/general/latest/gr/step-functions.html>), and not all of
/// these hosts have endpoints (<https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-step-functions.html>).
const SHORT_NAMES: [&str; 5] = [
    "states",
    "sync-states",
    "execute-api",
    "states-fips",
    "sync-states-fips",
];

/// Returns the full name of a service; a full name stays as it is.
#[must_use]
pub fn full_name(region: &str, service: &str) -> String {
    if service.contains('.') {
        return service.to_owned();
    }
    Partition::of_region(region).endpoint_service(region, service)
}

/// Returns the short name of a service; the full name if the schema has no short one.
#[must_use]
pub fn short_name<'a>(region: &str, full: &'a str) -> &'a str {
    SHORT_NAMES
        .into_iter()
        .find(|short| full_name(region, short) == full)
        .unwrap_or(full)
}

/// Reports whether two names mean the same service in the same Region: they are equal, or one is the short name for the other.
pub(super) fn same(one: &str, other: &str) -> bool {
    let is_short_for = |short: &str, full: &str| {
        let place = full.strip_suffix(short).and_then(|rest| rest.strip_suffix('.'));
        let region = place.and_then(|place| place.rsplit_once('.'));
        !short.contains('.') && region.is_some_and(|(_, region)| full_name(region, short) == full)
    };
    one == other || is_short_for(one, other) || is_short_for(other, one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn service_names_convert_between_short_and_full_form() {
        for (region, short, full) in [
            ("eu-west-1", "states", "com.amazonaws.eu-west-1.states"),
            ("eu-west-1", "sync-states", "com.amazonaws.eu-west-1.sync-states"),
            ("us-east-1", "states-fips", "com.amazonaws.us-east-1.states-fips"),
            (
                "us-gov-west-1",
                "sync-states-fips",
                "com.amazonaws.us-gov-west-1.sync-states-fips",
            ),
            ("cn-north-1", "states", "cn.com.amazonaws.cn-north-1.states"),
            ("eusc-de-east-1", "states", "com.amazonaws.eusc-de-east-1.states"),
            (
                "eusc-de-east-1",
                "execute-api",
                "eu.amazonaws.eusc-de-east-1.execute-api",
            ),
            (
                "us-isob-east-1",
                "execute-api",
                "gov.sgov.sc2s.us-isob-east-1.execute-api",
            ),
        ] {
            assert_eq!(full_name(region, short), full);
            assert_eq!(full_name(region, full), full);
            assert_eq!(short_name(region, full), short);
            assert!(same(short, full) && same(full, short), "{short} {full}");
        }
        for (region, full) in [
            ("eu-west-1", "com.amazonaws.eu-west-1.sqs"),
            ("eu-west-1", "com.example.x"),
            ("eu-west-1", "com.amazonaws.us-east-1.states"),
            ("cn-north-1", "com.amazonaws.cn-north-1.states"),
        ] {
            assert_eq!(full_name(region, full), full);
            assert_eq!(short_name(region, full), full);
        }
    }

    #[test]
    fn different_services_are_not_equal() {
        for (one, other) in [
            ("states", "com.amazonaws.eu-west-1.sync-states"),
            ("states", "com.amazonaws.eu-west-1.states-fips"),
            ("states", "com.amazonaws.vpce.eu-west-1.vpce-svc-1"),
            ("states", "com.amazonaws.cn-north-1.states"),
            ("states", "com.example.states"),
            ("states", "sync-states"),
        ] {
            assert!(!same(one, other) && !same(other, one), "{one} {other}");
        }
    }
}
