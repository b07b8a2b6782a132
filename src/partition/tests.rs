use proptest::prelude::*;
use regex::Regex;
use serde_json::Value;

use super::*;

/// Returns botocore's partitions; see `tests/boto3/test_partitions.py`.
fn known() -> Vec<Value> {
    let text = include_str!("../../tests/fixtures/partitions.json");
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_partitions_are_those_of_botocore() {
    let ours: Vec<_> = ALL.iter().map(|partition| partition.id).collect();
    let mut theirs: Vec<_> = known()
        .iter()
        .map(|known| known["id"].as_str().unwrap().to_owned())
        .collect();
    theirs.sort_by_key(|id| ours.iter().position(|our| our == id));
    assert_eq!(ours, theirs);
    for known in known() {
        let ours = Partition::named(known["id"].as_str().unwrap()).unwrap();
        assert_eq!(known["dnsSuffix"], ours.dns_suffix, "{}", ours.id);
        assert_eq!(known["dualStackDnsSuffix"], ours.dual_stack_dns_suffix, "{}", ours.id);
        assert_eq!(known["globalRegion"], ours.global_region, "{}", ours.id);
        for region in known["regions"].as_array().unwrap() {
            assert_eq!(Partition::of_region(region.as_str().unwrap()).id, ours.id, "{region}");
        }
    }
}

/// Returns the partition that botocore gives to a Region by the form of its name.
fn by_botocore(region: &str) -> String {
    let found = known().into_iter().find(|known| {
        let form = Regex::new(known["regionRegex"].as_str().unwrap()).unwrap();
        form.is_match(region)
    });
    found.map_or_else(|| "aws".to_owned(), |known| known["id"].as_str().unwrap().to_owned())
}

proptest! {
    #[test]
    fn any_region_has_the_partition_that_botocore_gives_it(
        area in "(us|eu|ap|sa|ca|me|af|il|mx|cn|us-gov|us-iso|us-isob|us-isof|eu-isoe|eusc|eusc-de|eusc-fr|xx|)",
        rest in "(-[a-z_0-9]{0,6}){0,3}(-[0-9]{1,2})?",
    ) {
        let region = format!("{area}{rest}");
        prop_assert_eq!(Partition::of_region(&region).id, by_botocore(&region), "{}", region);
    }
}

#[test]
fn an_unlisted_region_gets_the_partition_of_its_prefix_or_aws() {
    for (region, id) in [
        ("eu-north-9", "aws"),
        ("mx-central-2", "aws"),
        ("cn-south-1", "aws-cn"),
        ("us-gov-central-1", "aws-us-gov"),
        ("eusc-de-west-2", "aws-eusc"),
        ("us-iso-north-1", "aws-iso"),
        ("us-isob-south-4", "aws-iso-b"),
        ("eu-isoe-east-1", "aws-iso-e"),
        ("us-isof-west-1", "aws-iso-f"),
        ("moon-base-1", "aws"),
        ("cn", "aws"),
        ("cnx-north-1", "aws"),
        ("", "aws"),
    ] {
        assert_eq!(Partition::of_region(region).id, id, "{region}");
    }
    assert_eq!(Partition::named("aws-moon"), None);
}

#[test]
fn endpoint_services_have_the_prefix_of_their_partition() {
    for (region, states, execute_api, fips) in [
        ("eu-west-1", "com.amazonaws", "com.amazonaws", "com.amazonaws"),
        ("cn-north-1", "cn.com.amazonaws", "cn.com.amazonaws", "com.amazonaws"),
        ("us-gov-west-1", "com.amazonaws", "com.amazonaws", "com.amazonaws"),
        ("eusc-de-east-1", "com.amazonaws", "eu.amazonaws", "com.amazonaws"),
        ("us-iso-east-1", "com.amazonaws", "gov.ic.c2s", "com.amazonaws"),
        ("us-isob-east-1", "com.amazonaws", "gov.sgov.sc2s", "com.amazonaws"),
        ("eu-isoe-west-1", "com.amazonaws", "uk.adc-e.cloud", "com.amazonaws"),
        ("us-isof-south-1", "com.amazonaws", "gov.ic.hci.csp", "com.amazonaws"),
    ] {
        let partition = Partition::of_region(region);
        for (short, prefix) in [
            ("states", states),
            ("sync-states", states),
            ("execute-api", execute_api),
            ("states-fips", fips),
            ("secretsmanager", "com.amazonaws"),
        ] {
            assert_eq!(
                partition.endpoint_service(region, short),
                format!("{prefix}.{region}.{short}")
            );
        }
    }
}

#[test]
fn endpoint_names_of_every_partition_are_parsed() {
    for partition in ALL {
        let domain = format!("execute-api.some-region-1.vpce.{}", partition.dns_suffix);
        let name = format!("vpce-0a1-x2y.{domain}");
        let expected = EndpointName {
            label: "vpce-0a1-x2y",
            service: "execute-api",
            region: "some-region-1",
            domain: &domain,
        };
        assert_eq!(EndpointName::parse(&name), Some(expected), "{name}");
        assert_eq!(EndpointName::parse(&format!("{name}.")), Some(expected), "{name}.");
    }
    let dotted = EndpointName::parse("vpce-1-a.api.ecr.eu-west-1.vpce.amazonaws.com").unwrap();
    assert_eq!((dotted.service, dotted.region), ("api.ecr", "eu-west-1"));
    for other in [
        "",
        "orders.example.com",
        "execute-api.eu-west-1.amazonaws.com",
        "abc123.execute-api.eu-west-1.amazonaws.com",
        "vpce-1-a.execute-api.eu-west-1.vpce.example.com",
        "vpce-1-a.execute-api.eu-west-1.vpce.amazonaws.com.example.com",
        "vpce-1-a.vpce.amazonaws.com",
    ] {
        assert_eq!(EndpointName::parse(other), None, "{other}");
    }
}
