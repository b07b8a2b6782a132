//! The DNS name under which an API Gateway endpoint in a VPC serves every private API.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-api-test-invoke-url.html>

use std::time::Duration;

use aws_sdk_ec2::types::VpcEndpoint;
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::resource::context::Cx;
use tokio::time::Instant;

use crate::aws::Aws;
use crate::aws::endpoint_state;
use crate::aws::wait::poller::Polled;
use crate::aws::wait::{self, Look, Source, Wait};
use crate::partition::EndpointName;

/// How long reads may not show a new endpoint.
const INVISIBLE_FOR: Duration = Duration::from_secs(30);
const SERVICE: &str = "execute-api";

/// Returns the regional DNS name of an execute-api endpoint. Waits for it, because it appears only when the endpoint becomes
/// available.
pub(super) async fn regional_dns_name(cx: &Cx<Aws>, id: &str, deadline: Instant) -> Result<String, Error> {
    let what = format!("the DNS names of the endpoint {id}");
    let wait = Wait { what: &what, deadline };
    let polled: Polled<'_, VpcEndpoint> = Polled::new(cx.clients(), id);
    let began = Instant::now();
    let judge = |looked: Result<Option<VpcEndpoint>, Error>| match looked {
        Err(error) => Look::Failed(error),
        Ok(Some(endpoint)) => judge(id, &endpoint),
        Ok(None) if began.elapsed() < INVISIBLE_FOR => Look::Pending("not visible yet".to_owned()),
        Ok(None) => Look::Failed(
            Error::new(ErrorKind::NotFound, format!("the VPC endpoint {id} does not exist"))
                .advise("Check `target.vpcEndpointId`, the Region and the account"),
        ),
    };
    // The name usually exists already, so the first read has no pause before it.
    match judge(polled.look().await) {
        Look::Ready(name) => Ok(name),
        Look::Failed(error)
            if !matches!(
                error.kind(),
                ErrorKind::Throttled | ErrorKind::Unavailable | ErrorKind::MaybeSent
            ) =>
        {
            Err(error)
        }
        Look::Pending(_) | Look::Failed(_) => wait::until(cx, wait, &polled, judge).await,
    }
}

fn judge(id: &str, endpoint: &VpcEndpoint) -> Look<String> {
    let service = endpoint.service_name().unwrap_or_default();
    if service.rsplit('.').next() != Some(SERVICE) {
        let error = Error::new(
            ErrorKind::Invalid,
            format!("{id} is an endpoint of {service}, not of API Gateway (execute-api)"),
        );
        return Look::Failed(error.advise("Give the id of an execute-api endpoint, or a `domainName`"));
    }
    let names = endpoint.dns_entries().iter().filter_map(|entry| entry.dns_name());
    if let Some(name) = regional(id, names) {
        return Look::Ready(name.to_owned());
    }
    let state = endpoint_state::of(endpoint);
    if !endpoint_state::is_useless(endpoint) {
        return Look::Pending(state);
    }
    let reason = endpoint
        .last_error()
        .and_then(|error| error.message())
        .unwrap_or("AWS gives no reason");
    Look::Failed(Error::new(
        ErrorKind::Failed,
        format!("the VPC endpoint {id} is {state}: {reason}"),
    ))
}

/// Returns the regional name, `<id>-<hash>.…`. Names of single zones have another part after the hash, the wildcard name begins
/// with an asterisk, and the private name is that of the service.
fn regional<'a>(id: &str, mut names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    names.find(|name| is_regional(id, name))
}

/// Reports whether this is the regional DNS name of the endpoint.
pub(super) fn is_regional(id: &str, name: &str) -> bool {
    let label = name.split('.').next().unwrap_or_default();
    let hash = label.strip_prefix(id).and_then(|rest| rest.strip_prefix('-'));
    hash.is_some_and(|hash| !hash.is_empty() && !hash.contains('-'))
}

/// Returns the endpoint id in the regional DNS name of an execute-api endpoint.
pub(super) fn id_in(name: &str) -> Option<&str> {
    let found = EndpointName::parse(name).filter(|found| found.service == SERVICE)?;
    let (id, hash) = found.label.rsplit_once('-')?;
    let is_id = id
        .strip_prefix("vpce-")
        .is_some_and(|digits| !digits.is_empty() && !digits.contains('-'));
    (is_id && !hash.is_empty()).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGIONAL: &str = "vpce-0a1-x2y.execute-api.eu-west-1.vpce.amazonaws.com";
    const ZONAL: &str = "vpce-0a1-x2y-eu-west-1a.execute-api.eu-west-1.vpce.amazonaws.com";

    #[test]
    fn the_regional_name_is_found_in_any_order() {
        let names = [
            "execute-api.eu-west-1.amazonaws.com",
            "*.vpce-0a1-x2y.execute-api.eu-west-1.vpce.amazonaws.com",
            ZONAL,
            REGIONAL,
        ];
        assert_eq!(regional("vpce-0a1", names.into_iter()), Some(REGIONAL));
        assert_eq!(regional("vpce-0a1", [ZONAL].into_iter()), None);
    }

    #[test]
    fn the_id_is_read_in_every_partition() {
        for partition in crate::partition::ALL {
            let name = format!("vpce-0a1-x2y.execute-api.some-region-1.vpce.{}", partition.dns_suffix);
            assert_eq!(id_in(&name), Some("vpce-0a1"), "{name}");
        }
    }

    #[test]
    fn the_id_is_read_only_from_regional_names() {
        assert_eq!(id_in(REGIONAL), Some("vpce-0a1"));
        assert_eq!(id_in(&format!("{REGIONAL}.")), Some("vpce-0a1"));
        assert_eq!(id_in(ZONAL), None);
        assert_eq!(id_in("vpce-0a1-x2y.states.eu-west-1.vpce.amazonaws.com"), None);
        assert_eq!(id_in("orders.example.com"), None);
    }
}
