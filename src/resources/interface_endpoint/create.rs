//! Creates an interface endpoint. One CreateVpcEndpoint sends all settings, so that the endpoint never exists without its policy.

use aws_sdk_ec2::operation::describe_vpc_endpoints::DescribeVpcEndpointsOutput;
use aws_sdk_ec2::types::{DnsOptionsSpecification, Filter, ResourceType, VpcEndpoint as Live, VpcEndpointType};
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::resource::context::Cx;
use tokio::time::Instant;

use super::{Inputs, State, addresses, answer, not_yet_known, private_dns, service};
use crate::aws::Aws;
use crate::aws::error::classify;
use crate::aws::tags::{self, OPERATION_TAG, Tags};
use crate::aws::wait::{EC2_UNKNOWN_FOR, Look, Wait, retry, until};
use crate::iam_policy;
use crate::resources::Made;

/// How often CreateVpcEndpoint is repeated after a lost answer. The client token makes that safe.
const REPEATS: u32 = 2;

/// An endpoint that exists.
#[derive(Debug)]
struct Endpoint {
    id: String,
    /// The endpoint as EC2 returned it; absent if only the id is known.
    live: Option<Live>,
}

/// Creates the endpoint, unless an earlier attempt of this create already did.
pub(super) async fn create(cx: &Cx<Aws>, inputs: &Inputs) -> Result<Made<State>, Error> {
    let Endpoint { id, live } = match cx.resumed() {
        Some(id) => Endpoint { id, live: None },
        None => make(cx, inputs).await?,
    };
    let state = match live {
        Some(live) => answer::state(cx, &live, inputs, None).await.unwrap_or_default(),
        None => State::default(),
    };
    Ok(Made { id, state })
}

async fn make(cx: &Cx<Aws>, inputs: &Inputs) -> Result<Endpoint, Error> {
    let request = Request {
        inputs,
        service_name: service::full_name(cx.clients().region().await?, &inputs.service),
        token: cx.client_token("CreateVpcEndpoint"),
    };
    let deadline = cx.deadline();
    let tagging = cx.clients().tagging();
    let tags = tagging.for_create(cx.urn(), inputs.tags.as_ref(), &request.token);
    let wait = Wait {
        what: "the VPC, its subnets and security groups to be known to EC2",
        deadline,
    };
    let name_until = deadline.min(Instant::now() + private_dns::UNOWNED_FOR);
    let again = not_yet_known();
    let mut repeats = REPEATS;
    loop {
        let error = match retry(cx, wait, || request.send(cx, &tags), &again).await {
            Ok(made) => return Ok(made),
            Err(error) => error,
        };
        if private_dns::is_taken(&error) {
            private_dns::free(cx, &inputs.vpc_id, &request.service_name, None, deadline).await?;
            if Instant::now() >= name_until {
                return Err(error.advise(
                    "No endpoint in the VPC owns the private DNS name: look for a private hosted zone with that name",
                ));
            }
        } else if matches!(error.kind(), ErrorKind::MaybeSent | ErrorKind::Unavailable) {
            match request.find(cx).await {
                Ok(Some(made)) => return Ok(made),
                Ok(None) if repeats > 0 && Instant::now() < deadline => repeats -= 1,
                Ok(None) => {
                    return Err(error.advise(match cx.clients().tagging().marks_what_is_made() {
                        true => "The provider looked for an endpoint from this create and found none: repeat the command",
                        false => {
                            "The endpoint may exist, but the provider cannot look for it, because its `ownershipTags` is false: \
                             look for it in AWS, and delete or import it"
                        }
                    }));
                }
                // Return the error of the create, not that of the lookup, such as a denial or a cancellation: the endpoint may
                // exist.
                Err(look) => {
                    return Err(error.advise(format!(
                        "The endpoint may exist, but the provider could not look for it ({}): look for it in AWS, and delete or import it",
                        look.message()
                    )));
                }
            }
        } else {
            return Err(explained(error, inputs));
        }
    }
}

struct Request<'a> {
    inputs: &'a Inputs,
    service_name: String,
    token: String,
}

impl Request<'_> {
    async fn send(&self, cx: &Cx<Aws>, tags: &Tags) -> Result<Endpoint, Error> {
        let inputs = self.inputs;
        let dns_options = inputs.dns_record_ip_type.as_deref().map(|kind| {
            DnsOptionsSpecification::builder()
                .dns_record_ip_type(kind.into())
                .build()
        });
        let call = cx
            .clients()
            .ec2()
            .await?
            .create_vpc_endpoint()
            .client_token(&self.token)
            .vpc_endpoint_type(VpcEndpointType::Interface)
            .vpc_id(&inputs.vpc_id)
            .service_name(&self.service_name)
            .set_subnet_ids(Some(inputs.subnet_ids.clone()))
            .set_subnet_configurations(inputs.subnet_configurations.as_deref().and_then(addresses::request))
            .set_security_group_ids(inputs.security_group_ids.clone())
            .set_policy_document(inputs.policy.as_ref().and_then(iam_policy::minified))
            // If it is absent, EC2 turns private DNS on.
            .private_dns_enabled(inputs.private_dns_enabled)
            .set_ip_address_type(inputs.ip_address_type.as_deref().map(Into::into))
            .set_dns_options(dns_options)
            .tag_specifications(tags::specification(ResourceType::VpcEndpoint, tags));
        let limiter = &cx.clients().limiters().create;
        limiter.ready().await?;
        match call.send().await.map_err(|error| classify("CreateVpcEndpoint", error)) {
            Ok(answer) => {
                let live = answer.vpc_endpoint;
                let id = live.as_ref().and_then(|live| live.vpc_endpoint_id.clone());
                let id = id.ok_or_else(|| Error::new(ErrorKind::MaybeSent, "CreateVpcEndpoint: EC2 named no id"))?;
                Ok(Endpoint { id, live })
            }
            Err(error) => {
                if error.kind() == ErrorKind::Throttled {
                    limiter.throttled().await;
                }
                Err(error)
            }
        }
    }

    /// Looks for the endpoint that this create made, for as long as EC2 may not show a new endpoint. Without ownership tags it
    /// finds none and only waits that long. EC2 answers the repeated create, which has the same client token, with the endpoint
    /// of the first one.
    async fn find(&self, cx: &Cx<Aws>) -> Result<Option<Endpoint>, Error> {
        let wait = Wait {
            what: "EC2 to say whether the endpoint was made",
            deadline: Instant::now() + EC2_UNKNOWN_FOR / 6,
        };
        let is_marked = cx.clients().tagging().marks_what_is_made();
        let look = async || {
            if !is_marked {
                return Ok(DescribeVpcEndpointsOutput::builder().build());
            }
            let filter = Filter::builder()
                .name(format!("tag:{OPERATION_TAG}"))
                .values(&self.token)
                .build();
            let call = cx.clients().ec2().await?.describe_vpc_endpoints().filters(filter);
            call.send()
                .await
                .map_err(|error| classify("DescribeVpcEndpoints", error))
        };
        let look = || look();
        let found = until(cx, wait, &look, |seen| match seen {
            Ok(answer) => {
                let live = answer.vpc_endpoints.unwrap_or_default().into_iter().next();
                match live.and_then(|live| Some((live.vpc_endpoint_id.clone()?, live))) {
                    Some((id, live)) => Look::Ready(Endpoint { id, live: Some(live) }),
                    None if is_marked => Look::Pending("it is not there".to_owned()),
                    None => Look::Pending("it has no tag to look for".to_owned()),
                }
            }
            Err(error) => Look::Failed(error),
        });
        match found.await {
            Ok(made) => Ok(Some(made)),
            Err(error) if error.kind() == ErrorKind::TimedOut => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Adds to a refusal what the user can do.
pub(super) fn explained(error: Error, inputs: &Inputs) -> Error {
    match error.code() {
        "InvalidServiceName" | "InvalidVpcEndpointService.NotFound" => error.advise(match inputs.service.ends_with("-fips") {
            true => {
                "AWS does not offer every FIPS service in every Region: turn off `endpoints.fips` of the component, or set `service` to \
                 one that `aws ec2 describe-vpc-endpoint-services` lists"
            }
            false => {
                "`service` is states, sync-states, execute-api, in some Regions also states-fips and sync-states-fips, or a full name \
                 from `aws ec2 describe-vpc-endpoint-services`"
            }
        }),
        "VpcEndpointLimitExceeded" => error.advise(
            "Delete an endpoint of the VPC, or ask AWS to raise the quota \"Interface VPC endpoints per VPC\" (50 unless raised)",
        ),
        "InvalidIPAddress.InUse" => error.advise(
            "Choose another address in `subnetConfigurations`, or delete the network interface that has it: \
             `aws ec2 describe-network-interfaces --filters Name=addresses.private-ip-address,Values=ADDRESS` finds it",
        ),
        "InsufficientFreeAddressesInSubnet" => error.advise("Choose another subnet in the same Availability Zone, or free up IP addresses in this subnet"),
        "InvalidParameter" if error.message().contains("enableDns") => error.advise(format!(
            "Turn on enableDnsSupport and enableDnsHostnames of {}, or set `privateDnsEnabled` to false",
            inputs.vpc_id
        )),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::aws::error::answered;

    /// Error codes that the emulator never returns, or returns only after many calls.
    #[test]
    fn refusals_say_what_to_do() {
        let inputs =
            json!({ "vpcId": "vpc-1", "service": "states", "subnetIds": ["subnet-1"], "privateDnsEnabled": true });
        let inputs: Inputs = serde_json::from_value(inputs).unwrap();
        for (code, kind, advice) in [
            (
                "VpcEndpointLimitExceeded",
                ErrorKind::Quota,
                "ask AWS to raise the quota",
            ),
            (
                "InsufficientFreeAddressesInSubnet",
                ErrorKind::Quota,
                "Choose another subnet",
            ),
            ("InvalidIPAddress.InUse", ErrorKind::Invalid, "Choose another address"),
            (
                "InvalidServiceName",
                ErrorKind::Invalid,
                "`service` is states, sync-states",
            ),
            (
                "InvalidVpcEndpointService.NotFound",
                ErrorKind::NotFound,
                "`service` is states, sync-states",
            ),
        ] {
            let error = explained(answered("ec2", "CreateVpcEndpoint", code, "No.", 400, None), &inputs);
            assert_eq!(error.kind(), kind, "{code}");
            assert!(error.to_string().contains(advice), "{error}");
        }
    }
}
