//! Partitions: the format of names and ARNs in a Region. The table is separate from the product's, so that tests find a
//! mistake in that one.
//!
//! Ids, DNS suffixes and Region patterns are those of botocore's `partitions.json`; the prefixes of endpoint service names
//! come from `VPC_ENDPOINT_SERVICE_EXCEPTIONS` in aws-cdk (`aws-ec2/lib/vpc-endpoint.ts`).

use std::sync::LazyLock;

use regex::Regex;

/// One partition.
#[derive(Debug)]
pub struct Partition {
    /// The id, as in ARNs.
    pub id: &'static str,
    /// The suffix of ordinary DNS names.
    pub suffix: &'static str,
    /// The suffix of DNS names with addresses of both families.
    pub dual_stack: &'static str,
    /// The pattern of its Regions.
    form: &'static str,
    /// Returns the prefix of an endpoint service's name.
    prefix: fn(&str) -> &'static str,
}

const COMMON: &str = "com.amazonaws";

/// API Gateway's service name starts with the partition's own domain, reversed.
macro_rules! own_for_api_gateway {
    ($own:literal) => {
        |service| if service == "execute-api" { $own } else { COMMON }
    };
}

const PARTITIONS: [Partition; 8] = [
    Partition {
        id: "aws",
        suffix: "amazonaws.com",
        dual_stack: "api.aws",
        form: r"^(us|eu|ap|sa|ca|me|af|il|mx)\-\w+\-\d+$",
        prefix: |_| COMMON,
    },
    Partition {
        id: "aws-cn",
        suffix: "amazonaws.com.cn",
        dual_stack: "api.amazonwebservices.com.cn",
        form: r"^cn\-\w+\-\d+$",
        prefix: |service| match service {
            "states" | "sync-states" | "execute-api" | "sts" => "cn.com.amazonaws",
            _ => COMMON,
        },
    },
    Partition {
        id: "aws-us-gov",
        suffix: "amazonaws.com",
        dual_stack: "api.aws",
        form: r"^us\-gov\-\w+\-\d+$",
        prefix: |_| COMMON,
    },
    Partition {
        id: "aws-eusc",
        suffix: "amazonaws.eu",
        dual_stack: "api.amazonwebservices.eu",
        form: r"^eusc\-(de)\-\w+\-\d+$",
        prefix: own_for_api_gateway!("eu.amazonaws"),
    },
    Partition {
        id: "aws-iso",
        suffix: "c2s.ic.gov",
        dual_stack: "api.aws.ic.gov",
        form: r"^us\-iso\-\w+\-\d+$",
        prefix: own_for_api_gateway!("gov.ic.c2s"),
    },
    Partition {
        id: "aws-iso-b",
        suffix: "sc2s.sgov.gov",
        dual_stack: "api.aws.scloud",
        form: r"^us\-isob\-\w+\-\d+$",
        prefix: own_for_api_gateway!("gov.sgov.sc2s"),
    },
    Partition {
        id: "aws-iso-e",
        suffix: "cloud.adc-e.uk",
        dual_stack: "api.cloud-aws.adc-e.uk",
        form: r"^eu\-isoe\-\w+\-\d+$",
        prefix: own_for_api_gateway!("uk.adc-e.cloud"),
    },
    Partition {
        id: "aws-iso-f",
        suffix: "csp.hci.ic.gov",
        dual_stack: "api.aws.hci.ic.gov",
        form: r"^us\-isof\-\w+\-\d+$",
        prefix: own_for_api_gateway!("gov.ic.hci.csp"),
    },
];

static FORMS: LazyLock<[Regex; 8]> = LazyLock::new(|| {
    PARTITIONS
        .each_ref()
        .map(|partition| Regex::new(partition.form).expect("tested"))
});

impl Partition {
    /// Returns the partition of a Region, or the first partition if no pattern matches.
    #[must_use]
    pub fn of(region: &str) -> &'static Self {
        let index = FORMS.iter().position(|form| form.is_match(region)).unwrap_or(0);
        &PARTITIONS[index]
    }

    /// Returns the full name of an endpoint service in one of the partition's Regions.
    #[must_use]
    pub fn endpoint_service(&self, region: &str, service: &str) -> String {
        format!("{}.{region}.{service}", (self.prefix)(service))
    }
}

/// Returns an ARN in a Region.
#[must_use]
pub fn arn(service: &str, region: &str, account: &str, resource: &str) -> String {
    let partition = Partition::of(region).id;
    format!("arn:{partition}:{service}:{region}:{account}:{resource}")
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_partitions_are_those_of_botocore() {
        let known: Vec<Value> = serde_json::from_str(include_str!("../../fixtures/partitions.json")).unwrap();
        assert_eq!(known.len(), PARTITIONS.len());
        for known in known {
            let ours = PARTITIONS.iter().find(|ours| known["id"] == ours.id).unwrap();
            let seen = (&known["dnsSuffix"], &known["dualStackDnsSuffix"], &known["regionRegex"]);
            assert_eq!(seen, (&ours.suffix.into(), &ours.dual_stack.into(), &ours.form.into()));
        }
        assert_eq!(Partition::of("eusc-de-east-1").id, "aws-eusc");
        assert_eq!(Partition::of("moon-base-1").id, "aws");
    }
}
