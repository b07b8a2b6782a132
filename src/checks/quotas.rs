//! Compares counts with quotas. The account's own value is read only if a count is above AWS's default: an account has that much at
//! least, and an ordinary preview needs no call. If it cannot be read, reaching the default is only likely to fail.
//! <https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html>,
//! <https://docs.aws.amazon.com/vpc-lattice/latest/ug/quotas.html>,
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html>

use std::collections::BTreeMap;

use aws_sdk_ec2::types::VpcEndpointType;
use aws_sdk_eventbridge::types::ConnectionState;
use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::resource::check_cx::CheckCx;
use pulumi_provider::resource::draft::Draft;
use pulumi_provider::resource::findings::{Certainty, Findings};

use super::names::is_of_stack;
use crate::aws::Aws;
use crate::aws::endpoint_state::is_useless;
use crate::aws::looks::{self, QuotaCode};

/// A quota.
struct Quota {
    /// Its name in the quota pages and in Service Quotas.
    name: &'static str,
    /// The value of an account that asked for no other.
    default: usize,
    /// Its codes; `None` if Service Quotas does not have it.
    code: Option<QuotaCode>,
}

impl Quota {
    const fn of(service: &'static str, quota: &'static str, name: &'static str, default: usize) -> Self {
        Self {
            name,
            default,
            code: Some(QuotaCode { service, quota }),
        }
    }
}

const ENDPOINTS_OF_VPC: Quota = Quota::of("vpc", "L-29B6F2EB", "Interface VPC endpoints per VPC", 50);
const GATEWAYS_OF_VPC: Quota = Quota::of("vpc-lattice", "L-0DCA4434", "Resource gateways per VPC", 500);
const CONNECTIONS: Quota = Quota::of("events", "L-595D6D42", "Connections", 3000);
const PRIVATE_CONNECTIONS: Quota = Quota {
    name: "Connections (Private)",
    default: 20,
    code: None,
};
const RULES_OF_GROUP: Quota = Quota::of("vpc", "L-0EA8095F", "Inbound or outbound rules per security group", 60);
const GROUPS_OF_INTERFACE: Quota = Quota::of("vpc", "L-2AFB9258", "Security groups per network interface", 5);

/// How many objects of each kind the resources of one component create.
#[derive(Debug, Default)]
struct Created(BTreeMap<&'static str, usize>);

/// A count to compare with a quota.
struct Count {
    code: &'static str,
    path: PropertyPath,
    /// What is counted, with its number: `there are 50 endpoints in vpc-1`.
    counted: String,
    /// How many there are after the update.
    total: usize,
    /// How many of them the same update may delete first.
    may_go: usize,
    quota: Quota,
    advice: &'static str,
}

/// Checks the number of interface endpoints in a VPC.
pub async fn endpoints(cx: &CheckCx<'_, Aws>, vpc: &str, findings: &mut Findings) {
    let endpoints = match looks::endpoints_of(cx.clients(), vpc).await {
        Ok(endpoints) => endpoints,
        Err(error) => return cx.not_checked("the endpoints of the VPC", error),
    };
    let counts = |kind: Option<&VpcEndpointType>| {
        matches!(
            kind,
            Some(VpcEndpointType::Interface | VpcEndpointType::GatewayLoadBalancer)
        )
    };
    let there: Vec<_> = endpoints
        .iter()
        .filter(|endpoint| counts(endpoint.vpc_endpoint_type()) && !is_useless(endpoint))
        .collect();
    let count = Count {
        code: "quota-endpoints",
        path: PropertyPath::root().key("vpcId"),
        counted: format!("there are {} interface endpoints in {vpc}", there.len()),
        total: there.len() + created(cx, "quota-endpoints"),
        may_go: there.iter().filter(|endpoint| is_of_stack(cx, endpoint)).count(),
        quota: ENDPOINTS_OF_VPC,
        advice: "Delete an endpoint",
    };
    compare(cx, count, findings).await;
}

/// Checks the number of resource gateways in a VPC. `replaces` says whether the new one may replace one of them.
pub async fn gateways(cx: &CheckCx<'_, Aws>, vpc: &str, replaces: bool, findings: &mut Findings) {
    let gateways = match looks::gateways(cx.clients()).await {
        Ok(gateways) => gateways,
        Err(error) => return cx.not_checked("the resource gateways", error),
    };
    let there = gateways
        .iter()
        .filter(|gateway| gateway.vpc_identifier() == Some(vpc))
        .count();
    let count = Count {
        code: "quota-gateways",
        path: PropertyPath::root().key("vpcId"),
        counted: format!("there are {there} resource gateways in {vpc}"),
        total: there + created(cx, "quota-gateways"),
        may_go: usize::from(replaces),
        quota: GATEWAYS_OF_VPC,
        advice: "Use an existing gateway",
    };
    compare(cx, count, findings).await;
}

/// Checks the number of connections, and that of private ones if this one is private.
pub async fn connections(cx: &CheckCx<'_, Aws>, draft: &Draft<'_>, findings: &mut Findings) {
    let connections = match looks::connections(cx.clients()).await {
        Ok(connections) => connections,
        Err(error) => return cx.not_checked("the connections", error),
    };
    // A connection of this name may be the one that this one replaces.
    let replaced = connections
        .iter()
        .filter(|connection| connection.name().is_some() && connection.name() == draft.text("name"))
        .count();
    let count = Count {
        code: "quota-connections",
        path: PropertyPath::root(),
        counted: format!("there are {} connections in the Region", connections.len()),
        total: connections.len() + created(cx, "quota-connections"),
        may_go: replaced,
        quota: CONNECTIONS,
        advice: "Delete a connection",
    };
    compare(cx, count, findings).await;
    if !draft.is_given("resourceConfigurationArn") {
        return;
    }
    // The list does not say which connections are private. Only private ones have these states.
    let private = |state: Option<&ConnectionState>| {
        matches!(
            state,
            Some(ConnectionState::Active | ConnectionState::FailedConnectivity)
        )
    };
    let there = connections
        .iter()
        .filter(|connection| private(connection.connection_state()))
        .count();
    let count = Count {
        code: "quota-private-connections",
        path: PropertyPath::root().key("resourceConfigurationArn"),
        counted: format!("there are {there} private connections in the Region"),
        total: there + created(cx, "quota-private-connections"),
        may_go: replaced,
        quota: PRIVATE_CONNECTIONS,
        advice: "One connection serves every API behind the same endpoint with the same credentials: share it",
    };
    compare(cx, count, findings).await;
}

/// Checks the rules of a security group: EC2 counts each direction and each address family apart.
pub async fn rules(cx: &CheckCx<'_, Aws>, draft: &Draft<'_>, property: &str, findings: &mut Findings) {
    let rules = draft.list(property).unwrap_or_default().iter();
    let has = |family: &str| {
        rules
            .clone()
            .filter(move |rule| rule.bare().as_object().is_some_and(|rule| rule.contains_key(family)))
            .count()
    };
    for (family, name) in [("cidrIpv4", "IPv4"), ("cidrIpv6", "IPv6")] {
        let total = has(family);
        let count = Count {
            code: "quota-rules",
            path: PropertyPath::root().key(property),
            counted: format!("{total} {name} rules for one direction"),
            total,
            may_go: 0,
            quota: RULES_OF_GROUP,
            advice: "Use a prefix list",
        };
        compare(cx, count, findings).await;
    }
}

/// Checks the number of groups of each network interface.
pub async fn groups(cx: &CheckCx<'_, Aws>, draft: &Draft<'_>, findings: &mut Findings) {
    let total = draft.list("securityGroupIds").map(<[_]>::len).unwrap_or_default();
    let count = Count {
        code: "quota-groups",
        path: PropertyPath::root().key("securityGroupIds"),
        counted: format!("{total} groups for each network interface"),
        total,
        may_go: 0,
        quota: GROUPS_OF_INTERFACE,
        advice: "Remove some",
    };
    compare(cx, count, findings).await;
}

/// Counts one more object that the component creates, and returns how many there are.
fn created(cx: &CheckCx<'_, Aws>, code: &'static str) -> usize {
    cx.shared().with::<Created, _>(|created| {
        let created = created.0.entry(code).or_default();
        *created += 1;
        *created
    })
}

async fn compare(cx: &CheckCx<'_, Aws>, count: Count, findings: &mut Findings) {
    let Count {
        code,
        path,
        counted,
        total,
        may_go,
        quota: Quota {
            name,
            default,
            code: codes,
        },
        advice,
    } = count;
    if total <= default {
        return;
    }
    let value = match codes {
        Some(codes) => match looks::quota(cx.clients(), codes).await {
            Ok(value) => value,
            Err(error) => {
                cx.not_checked(format!("the quota \"{name}\""), error);
                None
            }
        },
        None => None,
    };
    if value.is_some_and(|value| total <= value) {
        return;
    }
    let (certainty, allowed) = match value {
        Some(value) if total - may_go > value => (Certainty::Fails, format!("AWS allows {value}")),
        Some(value) => (Certainty::MayFail, format!("AWS allows {value}")),
        None => (
            Certainty::MayFail,
            format!("AWS allows {default} unless the quota was raised"),
        ),
    };
    let text = match codes {
        Some(_) => format!("{counted}, and {allowed}. {advice}, or ask AWS to raise the quota \"{name}\""),
        None => format!("{counted}, and {allowed}. {advice}"),
    };
    findings.add(certainty, code, path, text);
}
