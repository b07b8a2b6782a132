//! VPCs, their CIDR blocks and DNS attributes.

use ipnet::{Ipv4Net, Ipv6Net};
use serde_json::{Value, json};

use super::listing::{Listing, missing, required, text};
use super::{Ec2, dhcp_options, groups, network_acls, route_tables, subnets, tags};
use crate::accounts::{Accounts, Ids};
use crate::operation::{CallCx, ServiceError};
use crate::timings::VISIBLE_AFTER_CREATE;

/// One VPC.
#[derive(Debug)]
pub(crate) struct Vpc {
    pub(crate) id: String,
    pub(crate) is_default: bool,
    pub(crate) dns_support: bool,
    pub(crate) dns_hostnames: bool,
    /// IPv4 blocks; the first is the primary one.
    pub(crate) blocks: Vec<Block<Ipv4Net>>,
    pub(crate) ipv6_blocks: Vec<Block<Ipv6Net>>,
    /// The id of its DHCP options; `default` for none.
    pub(crate) dhcp_options: String,
    /// The account that shares the VPC with this one; only a seed sets it.
    pub(crate) owner: Option<String>,
    /// The domains of its private hosted zones that belong to accounts; only seeds make them.
    pub(crate) zones: Vec<String>,
    pub(crate) starting: bool,
}

/// A CIDR block of a VPC.
#[derive(Clone, Debug)]
pub(crate) struct Block<N> {
    pub(crate) association: String,
    pub(crate) net: N,
    /// `associating`, `associated`, `disassociating`.
    pub(crate) state: &'static str,
}

const LISTING: Listing = Listing {
    key: "Vpcs",
    ids: ("VpcIds", "VpcId"),
    not_found: |id| not_found(id),
    filters: &[
        ("vpc-id", "VpcId"),
        ("cidr", "CidrBlock"),
        ("cidr-block-association.cidr-block", "CidrBlockAssociationSet/CidrBlock"),
        (
            "cidr-block-association.association-id",
            "CidrBlockAssociationSet/AssociationId",
        ),
        (
            "cidr-block-association.state",
            "CidrBlockAssociationSet/CidrBlockState/State",
        ),
        ("dhcp-options-id", "DhcpOptionsId"),
        ("is-default", "IsDefault"),
        ("isDefault", "IsDefault"),
        ("owner-id", "OwnerId"),
        ("state", "State"),
    ],
};

/// Returns the error for a VPC that does not exist.
pub(crate) fn not_found(id: &str) -> ServiceError {
    ServiceError::new("InvalidVpcID.NotFound", format!("The vpc ID '{id}' does not exist"))
}

/// Creates the default VPC: 172.31.0.0/16 with a /20 in each of three zones (VPC user guide, "Default VPC components").
pub(super) fn make_default(ec2: &mut Ec2, ids: &mut Ids) {
    let id = insert(ec2, ids, Ipv4Net::new_assert([172, 31, 0, 0].into(), 16), true);
    for (index, zone) in ec2.zones().into_iter().take(3).enumerate() {
        let net = Ipv4Net::new_assert([172, 31, 16 * index as u8, 0].into(), 20);
        subnets::insert(ec2, ids, &id, &zone, Some(net), None, true);
    }
}

fn insert(ec2: &mut Ec2, ids: &mut Ids, net: Ipv4Net, starting: bool) -> String {
    let id = ids.with_prefix("vpc");
    let block = Block {
        association: ids.with_prefix("vpc-cidr-assoc"),
        net,
        state: "associated",
    };
    let vpc = Vpc {
        id: id.clone(),
        is_default: starting,
        // A new VPC has DNS resolution but no DNS hostnames; a default VPC has both (VPC user guide, "DNS attributes").
        dns_support: true,
        dns_hostnames: starting,
        blocks: vec![block],
        ipv6_blocks: Vec::new(),
        dhcp_options: dhcp_options::DEFAULT.to_owned(),
        owner: None,
        zones: Vec::new(),
        starting,
    };
    ec2.vpcs.insert(id.clone(), vpc);
    groups::make_default(ec2, ids, &id);
    network_acls::make_default(ec2, &id);
    route_tables::make_main(ec2, &id);
    id
}

/// Handles CreateVpc.
pub(super) fn create(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let net = block(required(params, "CidrBlock")?)?;
    let tags = tags::specified(params, "vpc")?;
    let now = accounts.now();
    let (region, ids) = accounts.region_and_ids(cx);
    let ec2 = &mut region.ec2;
    let id = insert(ec2, ids, net, false);
    if params["AmazonProvidedIpv6CidrBlock"] == Value::Bool(true) {
        add_ipv6(ec2, ids, &id);
    }
    tags::set(ec2, &id, tags);
    let mut answer = render(ec2, &ec2.vpcs[&id], now);
    answer["State"] = json!("pending");
    Ok(json!({ "Vpc": answer }))
}

/// Parses a CIDR block between /16 and /28 (EC2 API error codes, InvalidVpc.Range).
fn block(text: &str) -> Result<Ipv4Net, ServiceError> {
    let net: Ipv4Net = text.parse().map_err(|_| {
        let message = format!("Value ({text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.");
        ServiceError::new("InvalidParameterValue", message)
    })?;
    if !(16..=28).contains(&net.prefix_len()) {
        return Err(ServiceError::new(
            "InvalidVpc.Range",
            format!("The CIDR '{text}' is invalid."),
        ));
    }
    Ok(net.trunc())
}

/// Gives an existing VPC an IPv6 block.
pub(super) fn add_ipv6(ec2: &mut Ec2, ids: &mut Ids, id: &str) {
    let net = amazon_ipv6(ec2);
    let block = Block {
        association: ids.with_prefix("vpc-cidr-assoc"),
        net,
        state: "associated",
    };
    ec2.vpcs.get_mut(id).expect("it exists").ipv6_blocks.push(block);
    network_acls::admit_ipv6(ec2, id);
}

fn amazon_ipv6(ec2: &mut Ec2) -> Ipv6Net {
    ec2.ipv6_blocks += 1;
    Ipv6Net::new_assert([0x2600, 0x1f18, ec2.ipv6_blocks, 0x4200, 0, 0, 0, 0].into(), 56)
}

/// Handles DeleteVpc. Objects in the VPC prevent it (EC2 API error codes, DependencyViolation).
pub(super) fn delete(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let id = required(params, "VpcId")?;
    let ec2 = &mut accounts.region(cx).ec2;
    if !ec2.vpcs.contains_key(id) {
        return Err(not_found(id));
    }
    let in_use = ec2.subnets.values().any(|subnet| subnet.vpc == id)
        || ec2.interfaces.values().any(|interface| interface.vpc == id)
        || ec2
            .endpoints
            .values()
            .any(|endpoint| endpoint.vpc == id && !endpoint.state.is_deleted())
        || ec2.groups.values().any(|group| group.vpc == id && !group.is_default())
        || ec2.network_acls.values().any(|acl| acl.vpc == id && !acl.is_default)
        || ec2.route_tables.values().any(|table| table.vpc == id && !table.is_main);
    if in_use {
        let message = format!("The vpc '{id}' has dependencies and cannot be deleted.");
        return Err(ServiceError::new("DependencyViolation", message));
    }
    ec2.vpcs.remove(id);
    ec2.tags.remove(id);
    ec2.network_acls.retain(|_, acl| acl.vpc != id);
    ec2.route_tables.retain(|_, table| table.vpc != id);
    ec2.group_associations.retain(|association| association.vpc != id);
    let default: Vec<_> = ec2
        .groups
        .values()
        .filter(|group| group.vpc == id)
        .map(|group| group.id.clone())
        .collect();
    default.iter().for_each(|group| groups::remove(ec2, group));
    Ok(json!({}))
}

/// Handles DescribeVpcs.
pub(super) fn describe(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let now = accounts.now();
    let ec2 = &accounts.region(cx).ec2;
    LISTING.answer(ec2.vpcs.values().map(|vpc| render(ec2, vpc, now)).collect(), params)
}

fn render(ec2: &Ec2, vpc: &Vpc, now: tokio::time::Instant) -> Value {
    let v4 = |block: &Block<Ipv4Net>| {
        json!({ "AssociationId": block.association, "CidrBlock": block.net.to_string(),
            "CidrBlockState": { "State": block.state } })
    };
    let v6 = |block: &Block<Ipv6Net>| {
        json!({ "AssociationId": block.association, "Ipv6CidrBlock": block.net.to_string(),
            "Ipv6CidrBlockState": { "State": block.state }, "Ipv6Pool": "Amazon", "NetworkBorderGroup": ec2.region })
    };
    json!({
        "VpcId": vpc.id,
        "OwnerId": vpc.owner.as_ref().unwrap_or(&ec2.account),
        "State": "available",
        "CidrBlock": vpc.blocks[0].net.to_string(),
        "CidrBlockAssociationSet": vpc.blocks.iter().map(v4).collect::<Vec<_>>(),
        "Ipv6CidrBlockAssociationSet": vpc.ipv6_blocks.iter().map(v6).collect::<Vec<_>>(),
        "IsDefault": vpc.is_default,
        "InstanceTenancy": "default",
        "DhcpOptionsId": vpc.dhcp_options,
        "Tags": tags::render(ec2, &vpc.id, now),
    })
}

/// Handles ModifyVpcAttribute: one attribute per call (EC2 API reference).
pub(super) fn modify_attribute(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let id = required(params, "VpcId")?;
    let vpc = accounts.region(cx).ec2.vpcs.get_mut(id).ok_or_else(|| not_found(id))?;
    let (support, hostnames) = (
        params["EnableDnsSupport"]["Value"].as_bool(),
        params["EnableDnsHostnames"]["Value"].as_bool(),
    );
    match (support, hostnames) {
        (Some(on), None) => vpc.dns_support = on,
        (None, Some(on)) => vpc.dns_hostnames = on,
        (None, None) => return Err(missing("EnableDnsSupport or EnableDnsHostnames")),
        (Some(_), Some(_)) => {
            let message = "Fields for multiple attribute types specified: enableDnsHostnames, enableDnsSupport";
            return Err(ServiceError::new("InvalidParameterCombination", message));
        }
    }
    Ok(json!({}))
}

/// Handles DescribeVpcAttribute.
pub(super) fn describe_attribute(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let id = required(params, "VpcId")?;
    let vpc = accounts.region(cx).ec2.vpcs.get(id).ok_or_else(|| not_found(id))?;
    let (member, on) = match required(params, "Attribute")? {
        "enableDnsSupport" => ("EnableDnsSupport", vpc.dns_support),
        "enableDnsHostnames" => ("EnableDnsHostnames", vpc.dns_hostnames),
        _ => ("EnableNetworkAddressUsageMetrics", false),
    };
    Ok(json!({ "VpcId": id, member: { "Value": on } }))
}

/// Handles AssociateVpcCidrBlock: `associating`, and `associated` soon after.
pub(super) fn associate_block(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let id = required(params, "VpcId")?;
    let (region, ids) = accounts.region_and_ids(cx);
    let ec2 = &mut region.ec2;
    if !ec2.vpcs.contains_key(id) {
        return Err(not_found(id));
    }
    let association = ids.with_prefix("vpc-cidr-assoc");
    let answer = if params["AmazonProvidedIpv6CidrBlock"] == Value::Bool(true) {
        let net = amazon_ipv6(ec2);
        let block = Block {
            association: association.clone(),
            net,
            state: "associating",
        };
        ec2.vpcs.get_mut(id).expect("looked up above").ipv6_blocks.push(block);
        network_acls::admit_ipv6(ec2, id);
        json!({ "VpcId": id, "Ipv6CidrBlockAssociation": { "AssociationId": association,
            "Ipv6CidrBlock": net.to_string(), "Ipv6CidrBlockState": { "State": "associating" } } })
    } else {
        let net = block(text(params, "CidrBlock").ok_or_else(|| missing("CidrBlock"))?)?;
        let vpc = ec2.vpcs.get_mut(id).expect("looked up above");
        if vpc
            .blocks
            .iter()
            .any(|block| block.net.contains(&net) || net.contains(&block.net))
        {
            let message = format!("The CIDR '{net}' conflicts with another subnet or block");
            return Err(ServiceError::new("InvalidVpc.Range", message));
        }
        vpc.blocks.push(Block {
            association: association.clone(),
            net,
            state: "associating",
        });
        json!({ "VpcId": id, "CidrBlockAssociation": { "AssociationId": association,
            "CidrBlock": net.to_string(), "CidrBlockState": { "State": "associating" } } })
    };
    set_state_later(accounts, cx, id.to_owned(), association, Some("associated"));
    Ok(answer)
}

/// Handles DisassociateVpcCidrBlock: `disassociating`, and gone soon after. The primary block cannot be removed.
pub(super) fn disassociate_block(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let association = required(params, "AssociationId")?;
    let ec2 = &mut accounts.region(cx).ec2;
    for vpc in ec2.vpcs.values_mut() {
        let id = vpc.id.clone();
        if vpc.blocks[0].association == association {
            let message = format!(
                "The vpc CIDR block with association ID {association} may not be disassociated. It is the primary IPv4 CIDR block of the VPC"
            );
            return Err(ServiceError::new("OperationNotPermitted", message));
        }
        let answer = if let Some(block) = vpc.blocks.iter_mut().find(|b| b.association == association) {
            let net = block.net;
            if ec2
                .subnets
                .values()
                .any(|subnet| subnet.net.is_some_and(|inner| net.contains(&inner)))
            {
                let message = format!("The CIDR block '{net}' has dependencies and cannot be disassociated.");
                return Err(ServiceError::new("DependencyViolation", message));
            }
            block.state = "disassociating";
            json!({ "VpcId": id, "CidrBlockAssociation": { "AssociationId": association,
                "CidrBlock": net.to_string(), "CidrBlockState": { "State": "disassociating" } } })
        } else if let Some(block) = vpc.ipv6_blocks.iter_mut().find(|b| b.association == association) {
            block.state = "disassociating";
            json!({ "VpcId": id, "Ipv6CidrBlockAssociation": { "AssociationId": association,
                "Ipv6CidrBlock": block.net.to_string(), "Ipv6CidrBlockState": { "State": "disassociating" } } })
        } else {
            continue;
        };
        set_state_later(accounts, cx, id, association.to_owned(), None);
        return Ok(answer);
    }
    let message = format!("The vpc CIDR block association ID '{association}' does not exist");
    Err(ServiceError::new("InvalidVpcCidrBlockAssociationID.NotFound", message))
}

fn set_state_later(
    accounts: &mut Accounts,
    cx: &CallCx,
    vpc: String,
    association: String,
    state: Option<&'static str>,
) {
    let cx = cx.clone();
    accounts.after(VISIBLE_AFTER_CREATE, move |accounts| {
        let Some(vpc) = accounts.region(&cx).ec2.vpcs.get_mut(&vpc) else {
            return;
        };
        settle(&mut vpc.blocks, &association, state);
        settle(&mut vpc.ipv6_blocks, &association, state);
    });
}

fn settle<N>(blocks: &mut Vec<Block<N>>, association: &str, state: Option<&'static str>) {
    match state {
        Some(state) => blocks
            .iter_mut()
            .filter(|b| b.association == association)
            .for_each(|b| b.state = state),
        None => blocks.retain(|block| block.association != association),
    }
}
