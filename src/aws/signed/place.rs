//! Where a call goes: to the URL that the user sets, or to AWS's own host.
//!
//! A URL comes from `endpoints` of the configuration, then from the variables and files that the SDK's clients read
//! (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>). If another service has a URL of its own and this
//! one has none, nothing is sent: the URL may be that of an emulator, whose test credentials and ids must not reach AWS.
//!
//! AWS's hosts are those of the endpoint rule sets in botocore (`data/{kms,route53,service-quotas}/*/endpoint-rule-set-1.json`).

use aws_config::SdkConfig;
use aws_types::service_config::ServiceConfigKey;
use pulumi_provider::error::Error;

use super::super::config::ServiceEndpoints;
use super::{Service, not_sent};
use crate::partition::Partition;

/// Where a service is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) url: String,
    pub(super) signing_region: String,
}

impl Place {
    /// Returns the place of a service.
    ///
    /// # Errors
    /// AWS has no such host, or only other services have a URL of their own.
    pub(super) fn of(
        service: Service,
        sdk: &SdkConfig,
        endpoints: &ServiceEndpoints,
        region: &str,
    ) -> Result<Self, Error> {
        let partition = Partition::of_region(region);
        let signing_region = match service {
            Service::Route53 => partition.global_region,
            Service::Kms | Service::Quotas => region,
        };
        let given = match service {
            Service::Kms => &endpoints.kms,
            Service::Route53 => &endpoints.route53,
            Service::Quotas => &endpoints.service_quotas,
        };
        let (fips, dual_stack) = (sdk.use_fips() == Some(true), sdk.use_dual_stack() == Some(true));
        let url = match given.clone().or_else(|| configured(sdk, service.id())) {
            Some(_) if fips || dual_stack => {
                let kind = if fips { "FIPS" } else { "Dualstack" };
                return Err(
                    not_sent(format!("no endpoint: {kind} and custom endpoint are not supported"))
                        .advise("Check the settings for endpoints: URLs, FIPS, dual-stack and the Region"),
                );
            }
            Some(url) => url,
            None if others_have_urls(sdk, endpoints) => return Err(no_url(service)),
            None => {
                let host = host(service, partition, region, fips, dual_stack).ok_or_else(|| {
                    not_sent(format!(
                        "AWS is not known to have such an endpoint of {} in {region}",
                        service.id()
                    ))
                })?;
                format!("https://{host}")
            }
        };
        Ok(Self {
            url,
            signing_region: signing_region.to_owned(),
        })
    }
}

fn no_url(service: Service) -> Error {
    let (id, key) = (service.id(), service.key());
    let variable = id.to_uppercase().replace(' ', "_");
    let text = format!("not sent, because other services have URLs of their own and {id} has none");
    not_sent(text).advise(format!(
        "Set `{key}` in `private-step-functions:endpoints`, or AWS_ENDPOINT_URL_{variable}"
    ))
}

/// Returns the URL that variables or files set for a service, or for all.
fn configured(sdk: &SdkConfig, id: &str) -> Option<String> {
    let key = ServiceConfigKey::builder()
        .service_id(id)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .expect("all three parts are given");
    let own = sdk.service_config().and_then(|config| config.load_config(key));
    own.or_else(|| sdk.endpoint_url().map(str::to_owned))
}

/// Reports whether any service with a client of the SDK has a URL of its own.
fn others_have_urls(sdk: &SdkConfig, endpoints: &ServiceEndpoints) -> bool {
    !endpoints.is_empty()
        || ["EC2", "VPC Lattice", "EventBridge", "STS"]
            .iter()
            .any(|id| configured(sdk, id).is_some())
}

/// Returns AWS's host of a service; `None` where AWS has none, or none is known.
fn host(service: Service, partition: &Partition, region: &str, fips: bool, dual_stack: bool) -> Option<String> {
    let suffix = if dual_stack {
        partition.dual_stack_dns_suffix
    } else {
        partition.dns_suffix
    };
    let by_fips = if fips { "-fips" } else { "" };
    match (service, partition.id) {
        (Service::Kms, _) => Some(format!("kms{by_fips}.{region}.{suffix}")),
        // The ordinary endpoints there have FIPS cryptography.
        (Service::Quotas, "aws-us-gov") if fips && !dual_stack => Some(format!("servicequotas.{region}.{suffix}")),
        (Service::Quotas, _) => Some(format!("servicequotas{by_fips}.{region}.{suffix}")),
        (Service::Route53, "aws-us-gov") => Some(format!("route53.us-gov.{suffix}")),
        (Service::Route53, "aws") if dual_stack => Some(format!("route53{by_fips}.global.{suffix}")),
        (Service::Route53, "aws") => Some(format!("route53{by_fips}.{suffix}")),
        (Service::Route53, _) if fips => None,
        (Service::Route53, "aws-cn" | "aws-eusc") if dual_stack => Some(format!("route53.global.{suffix}")),
        (Service::Route53, _) if dual_stack => None,
        (Service::Route53, _) => Some(format!("route53.{suffix}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hosts of the endpoint rule sets in botocore 1.43.67.
    #[test]
    fn aws_own_hosts_are_those_of_botocore() {
        let all = |service, region, fips, dual_stack| {
            host(service, Partition::of_region(region), region, fips, dual_stack).unwrap_or_default()
        };
        let route53 = |region| {
            [(false, false), (true, false), (false, true), (true, true)]
                .map(|(fips, dual_stack)| all(Service::Route53, region, fips, dual_stack))
        };
        assert_eq!(
            route53("eu-west-1"),
            [
                "route53.amazonaws.com",
                "route53-fips.amazonaws.com",
                "route53.global.api.aws",
                "route53-fips.global.api.aws"
            ]
        );
        assert_eq!(
            route53("cn-north-1"),
            [
                "route53.amazonaws.com.cn",
                "",
                "route53.global.api.amazonwebservices.com.cn",
                ""
            ]
        );
        assert_eq!(
            route53("us-gov-east-1"),
            [
                "route53.us-gov.amazonaws.com",
                "route53.us-gov.amazonaws.com",
                "route53.us-gov.api.aws",
                "route53.us-gov.api.aws"
            ]
        );
        assert_eq!(
            route53("eusc-de-east-1"),
            [
                "route53.amazonaws.eu",
                "",
                "route53.global.api.amazonwebservices.eu",
                ""
            ]
        );
        assert_eq!(route53("us-iso-west-1"), ["route53.c2s.ic.gov", "", "", ""]);
        let (kms, quotas) = (Service::Kms, Service::Quotas);
        assert_eq!(all(kms, "eu-west-1", false, false), "kms.eu-west-1.amazonaws.com");
        assert_eq!(
            all(kms, "us-gov-west-1", true, false),
            "kms-fips.us-gov-west-1.amazonaws.com"
        );
        assert_eq!(all(kms, "eu-west-1", false, true), "kms.eu-west-1.api.aws");
        assert_eq!(
            all(quotas, "cn-north-1", false, false),
            "servicequotas.cn-north-1.amazonaws.com.cn"
        );
        assert_eq!(
            all(quotas, "us-gov-west-1", true, false),
            "servicequotas.us-gov-west-1.amazonaws.com"
        );
        assert_eq!(
            all(quotas, "us-east-1", true, false),
            "servicequotas-fips.us-east-1.amazonaws.com"
        );
    }

    fn place(endpoints: ServiceEndpoints, url: Option<&str>) -> Result<String, String> {
        let mut sdk = SdkConfig::builder();
        sdk.set_endpoint_url(url.map(str::to_owned));
        let place = Place::of(Service::Route53, &sdk.build(), &endpoints, "cn-north-1");
        place
            .map(|place| format!("{} {}", place.url, place.signing_region))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_is_sent_to_aws_if_another_service_has_a_url() {
        let url = || Some("http://127.0.0.1:4566".to_owned());
        let none = ServiceEndpoints::default();
        assert_eq!(
            place(none.clone(), None).unwrap(),
            "https://route53.amazonaws.com.cn cn-northwest-1"
        );
        assert_eq!(
            place(none.clone(), Some("http://all:1")).unwrap(),
            "http://all:1 cn-northwest-1"
        );
        let own = ServiceEndpoints {
            route53: url(),
            ..none.clone()
        };
        assert_eq!(
            place(own, Some("http://all:1")).unwrap(),
            "http://127.0.0.1:4566 cn-northwest-1"
        );
        for others in [
            ServiceEndpoints {
                ec2: url(),
                ..none.clone()
            },
            ServiceEndpoints {
                sts: url(),
                ..none.clone()
            },
            ServiceEndpoints { kms: url(), ..none },
        ] {
            insta::allow_duplicates! {
                insta::assert_snapshot!(place(others, None).unwrap_err(), @"not sent, because other services have URLs of their own and Route 53 has none. Set `route53` in `private-step-functions:endpoints`, or AWS_ENDPOINT_URL_ROUTE_53");
            }
        }
    }

    #[test]
    fn fips_and_a_url_exclude_each_other() {
        let sdk = SdkConfig::builder().endpoint_url("http://all:1").use_fips(true).build();
        let error = Place::of(Service::Kms, &sdk, &ServiceEndpoints::default(), "eu-west-1").unwrap_err();
        assert!(error.to_string().contains("FIPS and custom endpoint"), "{error}");
    }
}
