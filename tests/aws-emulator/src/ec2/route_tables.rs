//! Route tables: the main one of each VPC and others, their routes and subnets (VPC user guide, "Route tables").
//! [`route`] has the format of a route.

mod route;

use std::collections::BTreeMap;

use ipnet::IpNet;
use serde_json::{Value, json};
use tokio::time::Instant;

use self::route::Route;
use super::listing::{Listing, required};
use super::{Ec2, derived, not_here, subnets, tags};
use crate::accounts::Accounts;
use crate::operation::{CallCx, ServiceError};

/// One route table.
#[derive(Debug)]
pub(crate) struct RouteTable {
    pub(crate) id: String,
    pub(crate) vpc: String,
    pub(crate) is_main: bool,
    /// Its subnets, by the id of the association.
    pub(crate) associations: BTreeMap<String, String>,
    /// Without the local ones, which follow from the VPC's blocks.
    routes: Vec<Route>,
}

const LISTING: Listing = Listing {
    key: "RouteTables",
    ids: ("RouteTableIds", "RouteTableId"),
    not_found: |id| not_found(id),
    filters: &[
        ("route-table-id", "RouteTableId"),
        ("vpc-id", "VpcId"),
        ("owner-id", "OwnerId"),
        ("association.main", "Associations/Main"),
        (
            "association.route-table-association-id",
            "Associations/RouteTableAssociationId",
        ),
        ("association.route-table-id", "Associations/RouteTableId"),
        ("association.subnet-id", "Associations/SubnetId"),
        ("route.destination-cidr-block", "Routes/DestinationCidrBlock"),
        ("route.destination-ipv6-cidr-block", "Routes/DestinationIpv6CidrBlock"),
        ("route.gateway-id", "Routes/GatewayId"),
        ("route.nat-gateway-id", "Routes/NatGatewayId"),
        ("route.transit-gateway-id", "Routes/TransitGatewayId"),
        ("route.vpc-peering-connection-id", "Routes/VpcPeeringConnectionId"),
        ("route.origin", "Routes/Origin"),
        ("route.state", "Routes/State"),
    ],
};

/// Returns the error for a table that does not exist.
pub(super) fn not_found(id: &str) -> ServiceError {
    ServiceError::new(
        "InvalidRouteTableID.NotFound",
        format!("The routeTable ID '{id}' does not exist"),
    )
}

/// Creates a VPC's main table. That of a default VPC has a route to its internet gateway (VPC user guide, "Default VPC
/// components").
pub(super) fn make_main(ec2: &mut Ec2, vpc: &str) {
    let is_default = ec2.vpcs.get(vpc).is_some_and(|vpc| vpc.is_default);
    let to_internet = || Route::to_gateway("0.0.0.0/0", derived("igw", vpc));
    let table = RouteTable {
        id: derived("rtb", vpc),
        vpc: vpc.to_owned(),
        is_main: true,
        associations: BTreeMap::new(),
        routes: is_default.then(to_internet).into_iter().collect(),
    };
    ec2.route_tables.insert(table.id.clone(), table);
}

/// Handles CreateRouteTable.
pub(super) fn create(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    const OPERATION: &str = "CreateRouteTable";
    if let Some(answer) = accounts.region(cx).ec2.tokens.replay(OPERATION, params)? {
        return Ok(answer);
    }
    let vpc = required(params, "VpcId")?;
    let tags = tags::specified(params, "route-table")?;
    let now = accounts.now();
    let (region, ids) = accounts.region_and_ids(cx);
    let ec2 = &mut region.ec2;
    ec2.vpc(vpc)?;
    let table = RouteTable {
        id: ids.with_prefix("rtb"),
        vpc: vpc.to_owned(),
        is_main: false,
        associations: BTreeMap::new(),
        routes: Vec::new(),
    };
    tags::set(ec2, &table.id, tags);
    let answer = json!({ "RouteTable": render(ec2, &table, now) });
    ec2.route_tables.insert(table.id.clone(), table);
    Ok(ec2.tokens.remember(OPERATION, params, answer))
}

/// Handles DeleteRouteTable. The main table and one with subnets cannot be deleted (API reference).
pub(super) fn delete(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let id = required(params, "RouteTableId")?;
    let ec2 = &mut accounts.region(cx).ec2;
    let table = find(ec2, id)?;
    if table.is_main || !table.associations.is_empty() {
        let message = format!("The routeTable '{id}' has dependencies and cannot be deleted.");
        return Err(ServiceError::new("DependencyViolation", message));
    }
    ec2.route_tables.remove(id);
    ec2.tags.remove(id);
    Ok(json!({}))
}

/// Handles DescribeRouteTables. A subnet without an association of its own uses the main table, and no filter by subnet
/// finds that one.
pub(super) fn describe(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let now = accounts.now();
    let ec2 = &accounts.region(cx).ec2;
    let all = ec2.route_tables.values().map(|table| render(ec2, table, now)).collect();
    LISTING.answer(all, params)
}

/// Handles AssociateRouteTable with a subnet.
pub(super) fn associate(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    if !params["GatewayId"].is_null() {
        return Err(not_here("GatewayId"));
    }
    let (id, subnet_id) = (required(params, "RouteTableId")?, required(params, "SubnetId")?);
    let (region, ids) = accounts.region_and_ids(cx);
    let ec2 = &mut region.ec2;
    let vpc = find(ec2, id)?.vpc.clone();
    let subnet = ec2
        .subnets
        .get(subnet_id)
        .ok_or_else(|| subnets::not_found(subnet_id))?;
    if subnet.vpc != vpc {
        let message = format!("Route table {id} and subnet {subnet_id} belong to different networks");
        return Err(ServiceError::new("InvalidParameterValue", message));
    }
    let mut taken = ec2.route_tables.values().flat_map(|table| table.associations.values());
    if taken.any(|subnet| subnet == subnet_id) {
        let message = format!("The specified association for route table {id} conflicts with an existing association");
        return Err(ServiceError::new("Resource.AlreadyAssociated", message));
    }
    let association = ids.with_prefix("rtbassoc");
    let table = find(ec2, id)?;
    table.associations.insert(association.clone(), subnet_id.to_owned());
    Ok(json!({ "AssociationId": association, "AssociationState": { "State": "associated" } }))
}

/// Handles CreateRoute.
pub(super) fn create_route(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let id = required(params, "RouteTableId")?;
    let ec2 = &mut accounts.region(cx).ec2;
    find(ec2, id)?;
    let route = route::read(ec2, params)?;
    if all_routes(ec2, &ec2.route_tables[id]).any(|other| other.destination == route.destination) {
        let message = format!("The route identified by {} already exists.", route.destination);
        return Err(ServiceError::new("RouteAlreadyExists", message));
    }
    find(ec2, id)?.routes.push(route);
    Ok(json!({ "Return": true }))
}

impl RouteTable {
    /// Gives a route another state. Returns whether there is such a route.
    pub(super) fn seed(&mut self, destination: IpNet, state: &'static str) -> bool {
        let route = self.routes.iter_mut().find(|route| route.destination == destination);
        route.map(|route| route.seeded = Some(state)).is_some()
    }
}

fn find<'a>(ec2: &'a mut Ec2, id: &str) -> Result<&'a mut RouteTable, ServiceError> {
    ec2.route_tables.get_mut(id).ok_or_else(|| not_found(id))
}

/// Returns the routes of a table, the local ones first.
fn all_routes<'a>(ec2: &'a Ec2, table: &'a RouteTable) -> impl Iterator<Item = Route> + 'a {
    let vpc = ec2.vpcs.get(&table.vpc);
    let v4 = vpc.into_iter().flat_map(|vpc| &vpc.blocks);
    let v6 = vpc.into_iter().flat_map(|vpc| &vpc.ipv6_blocks);
    let local = v4.map(|block| block.net.into()).chain(v6.map(|block| block.net.into()));
    local.map(Route::local).chain(table.routes.iter().cloned())
}

fn render(ec2: &Ec2, table: &RouteTable, now: Instant) -> Value {
    let associated = |id: &str, subnet: Option<&String>| {
        json!({ "RouteTableAssociationId": id, "RouteTableId": table.id, "Main": subnet.is_none(), "SubnetId": subnet,
            "AssociationState": { "State": "associated" } })
    };
    let main = table.is_main.then(|| associated(&derived("rtbassoc", &table.id), None));
    let own = table
        .associations
        .iter()
        .map(|(id, subnet)| associated(id, Some(subnet)));
    json!({
        "RouteTableId": table.id,
        "VpcId": table.vpc,
        "OwnerId": ec2.account,
        "Associations": main.into_iter().chain(own).collect::<Vec<_>>(),
        "PropagatingVgws": [],
        "Routes": all_routes(ec2, table).map(|route| route.render(ec2)).collect::<Vec<_>>(),
        "Tags": tags::render(ec2, &table.id, now),
    })
}
