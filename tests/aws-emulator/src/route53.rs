//! Route 53: the private hosted zones that a VPC is associated with. Only seeds make zones ([`crate::seeds`]).
//!
//! Facts: Route 53 API reference, ListHostedZonesByVPC, Common Errors. How AWS shows the zones of interface endpoints there
//! is not documented, so the emulator does not.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::accounts::Accounts;
use crate::operation::{CallCx, Protocol, Service, ServiceError};
use crate::page::paginate;
use crate::seeds::{absent, account};
use crate::validate::{Violation, summary};

/// The Route 53 service. It has one endpoint for all Regions.
pub const SERVICE: Service = Service {
    name: "route53",
    protocol: Protocol::RestXml,
    handle,
    invalid: |violations: &[Violation]| invalid(summary(violations)),
    bucket: |_, _| None,
    throttled: || ServiceError::new("Throttling", "Rate exceeded"),
    denied: |action| {
        ServiceError::new("AccessDenied", format!("User is not authorized to perform: {action}")).status(403)
    },
    internal: || ServiceError::new("InternalFailure", "An internal failure occurred.").status(500),
    resources: |_, _| Vec::new(),
};

/// The zones of all accounts.
#[derive(Debug, Default)]
pub struct Route53(Vec<Zone>);

/// One private hosted zone.
#[derive(Debug)]
struct Zone {
    id: String,
    /// With the dot at its end.
    name: String,
    vpc: String,
    owner: Owner,
}

#[derive(Debug)]
enum Owner {
    Account(String),
    Service(String),
}

fn handle(accounts: &mut Accounts, cx: &CallCx, operation: &str, input: &Value) -> Result<Value, ServiceError> {
    match operation {
        "ListHostedZonesByVPC" => list(accounts, cx, input),
        other => unreachable!("{other} is in shapes.json but not in route53::handle"),
    }
}

/// Handles ListHostedZonesByVPC. A page has up to 100 zones; the number is text.
fn list(accounts: &Accounts, cx: &CallCx, input: &Value) -> Result<Value, ServiceError> {
    let text = |name: &str| input[name].as_str().unwrap_or_default();
    let vpc = text("VPCId");
    let region = accounts.accessed(&cx.account, text("VPCRegion"));
    if !region.is_some_and(|region| region.ec2.vpcs.contains_key(vpc)) {
        return Err(invalid(format!(
            "The VPC {vpc} does not exist in the Region {}.",
            text("VPCRegion")
        )));
    }
    let wanted = input["MaxItems"].as_str().unwrap_or("100");
    let most = wanted.parse().ok().filter(|most| (1..=100).contains(most));
    let most: usize = most.ok_or_else(|| invalid(format!("MaxItems is not a number from 1 to 100: {wanted}")))?;
    let zones = accounts.route53.0.iter().filter(|zone| zone.vpc == vpc);
    let rows = zones.map(|zone| {
        let owner = match &zone.owner {
            Owner::Account(account) => json!({ "OwningAccount": account }),
            Owner::Service(service) => json!({ "OwningService": service }),
        };
        json!({ "HostedZoneId": zone.id, "Name": zone.name, "Owner": owner })
    });
    let (page, next) = paginate(
        "hosted zones",
        rows.collect(),
        Some(most),
        most,
        input["NextToken"].as_str(),
    )
    .map_err(|_| ServiceError::new("InvalidPaginationToken", "The token is not valid."))?;
    Ok(json!({ "HostedZoneSummaries": page, "MaxItems": wanted, "NextToken": next }))
}

fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::new("InvalidInput", message)
}

/// A zone that a VPC is associated with.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Seed {
    #[serde(rename = "VPCId")]
    vpc: String,
    name: String,
    owning_account: Option<String>,
    owning_service: Option<String>,
}

impl Seed {
    pub(crate) fn apply(self, accounts: &mut Accounts) -> Result<Value, String> {
        let (region, ids) = accounts.region_with(|region| region.ec2.vpcs.contains_key(&self.vpc));
        let region = region.ok_or_else(|| absent("VPC", &self.vpc))?;
        let home = region.ec2.account.clone();
        let owner = match (self.owning_account, self.owning_service) {
            (Some(_), Some(_)) => return Err("a zone has either an OwningAccount or an OwningService".to_owned()),
            (Some(owner), None) => Owner::Account(account("OwningAccount", owner)?),
            (None, Some(service)) => Owner::Service(service),
            (None, None) => Owner::Account(home),
        };
        if self.name.is_empty() || self.name.starts_with('.') {
            return Err(format!("Name is not the name of a domain: {}", self.name));
        }
        let id = format!("Z{}", ids.upper(20));
        let name = self.name.trim_end_matches('.').to_ascii_lowercase();
        if let (Owner::Account(_), Some(vpc)) = (&owner, region.ec2.vpcs.get_mut(&self.vpc)) {
            vpc.zones.push(name.clone());
        }
        accounts.route53.0.push(Zone {
            id: id.clone(),
            name: format!("{name}."),
            vpc: self.vpc,
            owner,
        });
        Ok(json!({ "HostedZoneId": id }))
    }
}
