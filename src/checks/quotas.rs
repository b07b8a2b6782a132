//! Compares counts with AWS's default quotas. An account may have a higher quota, so reaching the default one is only likely to fail.
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

use crate::aws::endpoint_state::is_useless;
use crate::aws::{Aws, looks};

const ENDPOINTS_OF_VPC: usize = 50;
const GATEWAYS_OF_VPC: usize = 500;
const CONNECTIONS: usize = 3000;
const PRIVATE_CONNECTIONS: usize = 20;
const RULES_OF_GROUP: usize = 60;
const GROUPS_OF_INTERFACE: usize = 5;

/// How many objects of each kind the resources of one component create.
#[derive(Debug, Default)]
struct Created(BTreeMap<&'static str, usize>);

/// A count to compare with a quota.
struct Count {
    code: &'static str,
    path: PropertyPath,
    /// What is counted, in the plural: `endpoints in vpc-1`.
    what: String,
    there: usize,
    quota: usize,
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
    let there = endpoints
        .iter()
        .filter(|endpoint| counts(endpoint.vpc_endpoint_type()) && !is_useless(endpoint));
    let count = Count {
        code: "quota-endpoints",
        path: PropertyPath::root().key("vpcId"),
        what: format!("interface endpoints in {vpc}"),
        there: there.count(),
        quota: ENDPOINTS_OF_VPC,
        advice: "Delete an endpoint, or ask AWS to raise the quota \"Interface VPC endpoints per VPC\"",
    };
    compare(cx, count, findings);
}

/// Checks the number of resource gateways in a VPC.
pub async fn gateways(cx: &CheckCx<'_, Aws>, vpc: &str, findings: &mut Findings) {
    let gateways = match looks::gateways(cx.clients()).await {
        Ok(gateways) => gateways,
        Err(error) => return cx.not_checked("the resource gateways", error),
    };
    let count = Count {
        code: "quota-gateways",
        path: PropertyPath::root().key("vpcId"),
        what: format!("resource gateways in {vpc}"),
        there: gateways
            .iter()
            .filter(|gateway| gateway.vpc_identifier() == Some(vpc))
            .count(),
        quota: GATEWAYS_OF_VPC,
        advice: "Use an existing gateway, or ask AWS to raise the quota \"Resource gateways per VPC\"",
    };
    compare(cx, count, findings);
}

/// Checks the number of connections, and that of private ones if this one is private.
pub async fn connections(cx: &CheckCx<'_, Aws>, is_private: bool, findings: &mut Findings) {
    let connections = match looks::connections(cx.clients()).await {
        Ok(connections) => connections,
        Err(error) => return cx.not_checked("the connections", error),
    };
    let count = Count {
        code: "quota-connections",
        path: PropertyPath::root(),
        what: "connections in the Region".to_owned(),
        there: connections.len(),
        quota: CONNECTIONS,
        advice: "Delete a connection, or ask AWS to raise the quota \"Connections\"",
    };
    compare(cx, count, findings);
    if !is_private {
        return;
    }
    // The list does not say which connections are private. Only private ones have these states.
    let private = |state: Option<&ConnectionState>| {
        matches!(
            state,
            Some(ConnectionState::Active | ConnectionState::FailedConnectivity)
        )
    };
    let count = Count {
        code: "quota-private-connections",
        path: PropertyPath::root().key("resourceConfigurationArn"),
        what: "private connections in the Region".to_owned(),
        there: connections
            .iter()
            .filter(|connection| private(connection.connection_state()))
            .count(),
        quota: PRIVATE_CONNECTIONS,
        advice: "One connection serves every API behind the same endpoint with the same credentials: share it",
    };
    compare(cx, count, findings);
}

/// Checks the rules of a security group: EC2 counts each direction and each address family apart.
pub fn rules(draft: &Draft<'_>, property: &str, findings: &mut Findings) {
    let rules = draft.list(property).unwrap_or_default().iter();
    let has = |family: &str| {
        rules
            .clone()
            .filter(move |rule| rule.bare().as_object().is_some_and(|rule| rule.contains_key(family)))
            .count()
    };
    for (family, name) in [("cidrIpv4", "IPv4"), ("cidrIpv6", "IPv6")] {
        let count = has(family);
        if count > RULES_OF_GROUP {
            let text = format!(
                "{count} {name} rules, and AWS allows {RULES_OF_GROUP} for each direction unless the quota was raised. Use a prefix list, or \
                 ask AWS to raise the quota \"Inbound or outbound rules per security group\""
            );
            findings.add(
                Certainty::MayFail,
                "quota-rules",
                PropertyPath::root().key(property),
                text,
            );
        }
    }
}

/// Checks the number of groups of each network interface.
pub fn groups(draft: &Draft<'_>, findings: &mut Findings) {
    let count = draft.list("securityGroupIds").map(<[_]>::len).unwrap_or_default();
    if count > GROUPS_OF_INTERFACE {
        let text = format!(
            "{count} groups, and AWS allows {GROUPS_OF_INTERFACE} for each network interface unless the quota was raised. Remove some, or ask AWS \
             to raise the quota \"Security groups per network interface\""
        );
        findings.add(
            Certainty::MayFail,
            "quota-groups",
            PropertyPath::root().key("securityGroupIds"),
            text,
        );
    }
}

fn compare(cx: &CheckCx<'_, Aws>, count: Count, findings: &mut Findings) {
    let created = cx.shared().with::<Created, _>(|created| {
        let created = created.0.entry(count.code).or_default();
        *created += 1;
        *created
    });
    let Count {
        code,
        path,
        what,
        there,
        quota,
        advice,
    } = count;
    if there + created > quota {
        let text = format!("there are {there} {what}, and AWS allows {quota} unless the quota was raised. {advice}");
        findings.add(Certainty::MayFail, code, path, text);
    }
}
