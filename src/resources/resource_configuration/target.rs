//! The target of a resource configuration: an endpoint of API Gateway, a host name or an address.

use aws_sdk_vpclattice::types::{
    DnsResource, IpResource, ResourceConfigurationDefinition, ResourceConfigurationIpAddressType,
    ResourceGatewayIpAddressType,
};
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::property::{Map, Value};
use pulumi_provider::resource::changes::{ChangeKind, Changes};
use pulumi_provider::resource::context::Cx;
use pulumi_provider::resource::draft::Draft;
use pulumi_provider::schema::{same_domain_name, same_ip_address};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::{Inputs, Live, endpoint};
use crate::aws::Aws;

/// The target. Exactly one of the first three fields is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Target {
    /// An interface endpoint of API Gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_endpoint_id: Option<String>,
    /// A host name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain_name: Option<String>,
    /// A private address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_address: Option<String>,
    /// IPV4 or IPV6, for host names; absent means what the gateway can reach.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_address_type: Option<String>,
}

/// Returns the definition that a create sends. Waits for the DNS names of an endpoint.
pub(super) async fn definition(
    cx: &Cx<Aws>,
    inputs: &Inputs,
    deadline: Instant,
) -> Result<ResourceConfigurationDefinition, Error> {
    let target = &inputs.target;
    if let Some(address) = &target.ip_address {
        return Ok(address_definition(address));
    }
    let domain_name = match (&target.domain_name, &target.vpc_endpoint_id) {
        (Some(name), _) => name.clone(),
        (None, Some(id)) => endpoint::regional_dns_name(cx, id, deadline).await?,
        (None, None) => {
            let message = "`target` needs exactly one of `vpcEndpointId`, `domainName` and `ipAddress`";
            return Err(Error::new(ErrorKind::Invalid, message));
        }
    };
    let kind = match &target.ip_address_type {
        Some(kind) => Some(ResourceConfigurationIpAddressType::from(kind.as_str())),
        None => reachable(cx, &inputs.resource_gateway_id).await?,
    };
    let dns = DnsResource::builder()
        .domain_name(domain_name)
        .set_ip_address_type(kind)
        .build();
    Ok(ResourceConfigurationDefinition::DnsResource(dns))
}

/// Returns the IP address type that the gateway can reach: IPv4 for a dual-stack gateway, because no target is dual-stack yet.
async fn reachable(cx: &Cx<Aws>, gateway: &str) -> Result<Option<ResourceConfigurationIpAddressType>, Error> {
    let client = cx.clients().lattice().await?;
    // Best effort: without an answer VPC Lattice chooses the type, and the create reports a problem with the gateway.
    let answer = client
        .get_resource_gateway()
        .resource_gateway_identifier(gateway)
        .send()
        .await
        .ok();
    Ok(answer
        .and_then(|gateway| gateway.ip_address_type)
        .map(|kind| match kind {
            ResourceGatewayIpAddressType::Ipv6 => ResourceConfigurationIpAddressType::Ipv6,
            _ => ResourceConfigurationIpAddressType::Ipv4,
        }))
}

pub(super) fn address_definition(address: &str) -> ResourceConfigurationDefinition {
    ResourceConfigurationDefinition::IpResource(IpResource::builder().ip_address(address).build())
}

/// Returns the host name that VPC Lattice connects to.
pub(super) fn domain_name(definition: &ResourceConfigurationDefinition) -> Option<&str> {
    definition.as_dns_resource().ok()?.domain_name()
}

/// Returns the IP address type for which VPC Lattice resolves the host name.
pub(super) fn ip_address_type(definition: &ResourceConfigurationDefinition) -> Option<&str> {
    let kind = definition.as_dns_resource().ok()?.ip_address_type()?;
    Some(kind.as_str())
}

/// Returns the target that a user would write to get this definition; `None` for a type that this resource does not support. The
/// prior spelling is kept if it means the same. Without one, an endpoint of API Gateway is named by its id.
#[must_use]
pub fn inputs(definition: &ResourceConfigurationDefinition, prior: Option<&Target>) -> Option<Target> {
    match definition {
        ResourceConfigurationDefinition::IpResource(ip) => {
            let address = ip.ip_address()?;
            let kept = prior
                .and_then(|prior| prior.ip_address.clone())
                .filter(|prior| same_ip_address(prior, address));
            Some(Target {
                ip_address: Some(kept.unwrap_or_else(|| address.to_owned())),
                ..Target::default()
            })
        }
        ResourceConfigurationDefinition::DnsResource(dns) => {
            let mut target = named(dns.domain_name()?, prior);
            let kind = dns.ip_address_type().map(|kind| kind.as_str().to_owned());
            // Absent if the user did not set it. An import includes it: otherwise a program that sets it would show a change. A
            // program that does not set it does not change it.
            target.ip_address_type = match prior {
                Some(prior) => prior.ip_address_type.as_ref().and(kind),
                None => kind,
            };
            Some(target)
        }
        _ => None,
    }
}

fn named(name: &str, prior: Option<&Target>) -> Target {
    if let Some(written) = prior
        .and_then(|prior| prior.domain_name.as_ref())
        .filter(|prior| same_domain_name(prior, name))
    {
        return Target {
            domain_name: Some(written.clone()),
            ..Target::default()
        };
    }
    let given = prior
        .and_then(|prior| prior.vpc_endpoint_id.as_deref())
        .filter(|id| leads_to(name, id));
    match given.or_else(|| endpoint::id_in(name)) {
        Some(id) => Target {
            vpc_endpoint_id: Some(id.to_owned()),
            ..Target::default()
        },
        None => Target {
            domain_name: Some(name.to_owned()),
            ..Target::default()
        },
    }
}

/// Returns the address that an update sends; `None` if the address does not change.
///
/// # Errors
/// The configuration has a host name, which VPC Lattice cannot replace by an address.
pub(super) fn new_address(live: &Live, target: &Target) -> Result<Option<String>, Error> {
    let Some(wanted) = &target.ip_address else {
        return Ok(None);
    };
    match live_address(live) {
        Some(address) if same_ip_address(address, wanted) => Ok(None),
        Some(_) => Ok(Some(wanted.clone())),
        None => Err(Error::new(
            ErrorKind::Invalid,
            "a resource configuration cannot change in place from a host name to an address",
        )
        .advise("Replace it with `pulumi up --replace`")),
    }
}

/// Reports whether the configuration has this address.
pub(super) fn has_address(live: &Live, wanted: &str) -> bool {
    live_address(live).is_some_and(|address| same_ip_address(address, wanted))
}

fn live_address(live: &Live) -> Option<&str> {
    live.resource_configuration_definition()?
        .as_ip_resource()
        .ok()?
        .ip_address()
}

/// Removes changes of the spelling alone: from the id of an endpoint to its DNS name or back, and an `ipAddressType` that was
/// absent and is now set to the recorded value.
pub(super) fn diff(changes: &mut Changes<'_>) {
    let target = PropertyPath::root().key("target");
    let recorded = |name| changes.old_state.get(name).and_then(Value::as_str);
    if same_target(changes.old_inputs, changes.inputs, recorded("domainName")) {
        let spellings = [target.key("vpcEndpointId"), target.key("domainName")];
        changes.by_path.retain(|path, _| !spellings.contains(path));
    }
    let kind = target.key("ipAddressType");
    let wanted = kind.get(changes.inputs).and_then(Value::as_str);
    if wanted.is_some() && wanted == recorded("ipAddressType") {
        changes
            .by_path
            .retain(|path, change| *path != kind || change.kind != ChangeKind::Add);
    }
}

/// Reports whether one of the inputs names the endpoint by its id and the other one by its DNS name. `known` is the recorded
/// name.
fn same_target(old: &Map, new: &Map, known: Option<&str>) -> bool {
    match (written(old), written(new)) {
        // An endpoint id stands for the regional DNS name, not for the name of one zone.
        (Some(Written::Name(name)), Some(Written::Endpoint(id))) => leads_to(name, id),
        (Some(Written::Endpoint(id)), Some(Written::Name(name))) => {
            leads_to(name, id) && known.is_none_or(|known| same_domain_name(known, name))
        }
        _ => false,
    }
}

enum Written<'a> {
    Endpoint(&'a str),
    Name(&'a str),
}

fn written(inputs: &Map) -> Option<Written<'_>> {
    let target = inputs.get("target")?.as_object()?;
    let text = |name| target.get(name).and_then(Value::as_str);
    text("vpcEndpointId")
        .map(Written::Endpoint)
        .or_else(|| text("domainName").map(Written::Name))
}

/// Returns the outputs `domainName` and `ipAddressType`, if they follow from the target alone.
pub(super) fn preview(target: &Draft<'_>) -> Map {
    let is_address = target.is_given("ipAddress") && !target.is_unknown("ipAddress");
    let output = |name: &str| {
        let value = if is_address {
            Value::Null
        } else {
            Value::from(target.text(name)?)
        };
        Some((name.to_owned(), value))
    };
    ["domainName", "ipAddressType"].into_iter().filter_map(output).collect()
}

/// Reports whether a DNS name is the regional one of this endpoint.
fn leads_to(name: &str, endpoint_id: &str) -> bool {
    endpoint::is_regional(&endpoint_id.to_ascii_lowercase(), &name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "vpce-0a1-xyz.execute-api.eu-west-1.vpce.amazonaws.com";

    fn dns(name: &str) -> ResourceConfigurationDefinition {
        let kind = ResourceConfigurationIpAddressType::Ipv4;
        ResourceConfigurationDefinition::DnsResource(
            DnsResource::builder().domain_name(name).ip_address_type(kind).build(),
        )
    }

    fn by_name(name: &str) -> Target {
        Target {
            domain_name: Some(name.to_owned()),
            ..Target::default()
        }
    }

    fn by_endpoint(id: &str) -> Target {
        Target {
            vpc_endpoint_id: Some(id.to_owned()),
            ..Target::default()
        }
    }

    #[test]
    fn reading_keeps_the_users_spelling_of_the_target() {
        assert_eq!(
            inputs(&dns(NAME), Some(&by_endpoint("vpce-0a1"))),
            Some(by_endpoint("vpce-0a1"))
        );
        let upper = by_name(&format!("{}.", NAME.to_uppercase()));
        assert_eq!(inputs(&dns(NAME), Some(&upper)), Some(upper));
        let explicit = Target {
            ip_address_type: Some("IPV4".to_owned()),
            ..by_name("a.example.com")
        };
        assert_eq!(inputs(&dns("a.example.com"), Some(&explicit)), Some(explicit));
    }

    #[test]
    fn an_import_returns_the_endpoint_and_the_address_type() {
        let ipv4 = |target| Target {
            ip_address_type: Some("IPV4".to_owned()),
            ..target
        };
        assert_eq!(inputs(&dns(NAME), None), Some(ipv4(by_endpoint("vpce-0a1"))));
        assert_eq!(
            inputs(&dns("a.example.com"), None),
            Some(ipv4(by_name("a.example.com")))
        );
    }

    #[test]
    fn drift_of_the_target_is_detected() {
        assert_eq!(
            inputs(&dns(NAME), Some(&by_endpoint("vpce-0a"))),
            Some(by_endpoint("vpce-0a1"))
        );
        assert_eq!(
            inputs(&dns("b.example.com"), Some(&by_name("a.example.com"))),
            Some(by_name("b.example.com"))
        );
    }

    fn map(key: &str, value: &str) -> Map {
        let target = Map::from([(key.to_owned(), Value::from(value))]);
        Map::from([("target".to_owned(), Value::Object(target))])
    }

    #[test]
    fn an_endpoint_target_equals_its_regional_name() {
        let (name, id) = (map("domainName", NAME), map("vpcEndpointId", "vpce-0a1"));
        assert!(same_target(&name, &id, None));
        assert!(same_target(&id, &name, Some(NAME)));
        assert!(!same_target(
            &id,
            &name,
            Some("vpce-0a1-other.execute-api.eu-west-1.vpce.amazonaws.com")
        ));
        assert!(!same_target(&name, &map("vpcEndpointId", "vpce-0a2"), None));
    }

    #[test]
    fn an_endpoint_target_differs_from_its_zonal_name() {
        let zonal = "vpce-0a1-xyz-eu-west-1a.execute-api.eu-west-1.vpce.amazonaws.com";
        assert!(!same_target(
            &map("domainName", zonal),
            &map("vpcEndpointId", "vpce-0a1"),
            Some(zonal)
        ));
        assert!(!same_target(
            &map("vpcEndpointId", "vpce-0a1"),
            &map("domainName", zonal),
            Some(NAME)
        ));
    }
}
