//! DHCP options: the DNS servers that a VPC's hosts ask (VPC user guide, "DHCP option sets").

use serde_json::{Value, json};
use tokio::time::Instant;

use super::listing::{Listing, list, required};
use super::{Ec2, tags};
use crate::accounts::Accounts;
use crate::operation::{CallCx, ServiceError};

/// The options of every VPC that has no others. They exist in each account and Region.
pub(super) const DEFAULT: &str = "dopt-0123456789abcdef0";

/// The name that stands for no options (API reference, AssociateDhcpOptions).
const NONE: &str = "default";

/// The options, each with the number of values that it may have (API reference, CreateDhcpOptions).
const KNOWN: [(&str, usize); 6] = [
    ("domain-name-servers", 4),
    ("domain-name", 1),
    ("ntp-servers", 4),
    ("netbios-name-servers", 4),
    ("netbios-node-type", 1),
    ("ipv6-address-preferred-lease-time", 1),
];

/// One set of options.
#[derive(Debug)]
pub(crate) struct DhcpOptions {
    pub(crate) id: String,
    /// Values by name, in the order of the request.
    values: Vec<(String, Vec<String>)>,
}

const LISTING: Listing = Listing {
    key: "DhcpOptions",
    ids: ("DhcpOptionsIds", "DhcpOptionsId"),
    not_found: |id| not_found(id),
    filters: &[
        ("dhcp-options-id", "DhcpOptionsId"),
        ("key", "DhcpConfigurations/Key"),
        ("value", "DhcpConfigurations/Values/Value"),
        ("owner-id", "OwnerId"),
    ],
};

/// Returns the error for options that do not exist.
pub(super) fn not_found(id: &str) -> ServiceError {
    let message = format!("The dhcpOption ID '{id}' does not exist");
    ServiceError::new("InvalidDhcpOptionID.NotFound", message)
}

/// Reports whether the options exist.
pub(super) fn exists(ec2: &Ec2, id: &str) -> bool {
    id == DEFAULT || ec2.dhcp_options.contains_key(id)
}

/// Handles CreateDhcpOptions.
pub(super) fn create(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let invalid = |message: String| ServiceError::new("InvalidParameterValue", message);
    let mut values: Vec<(String, Vec<String>)> = Vec::new();
    for option in params["DhcpConfigurations"].as_array().into_iter().flatten() {
        let name = required(option, "Key")?;
        let Some((_, most)) = KNOWN.iter().find(|(known, _)| *known == name) else {
            return Err(invalid(format!(
                "Value ({name}) for parameter name is invalid. Unknown DHCP option"
            )));
        };
        let given: Vec<_> = list(option, "Values").into_iter().map(str::to_owned).collect();
        if given.is_empty() || given.len() > *most || values.iter().any(|(other, _)| other == name) {
            let given = given.join(",");
            return Err(invalid(format!(
                "Value ({given}) for parameter value is invalid. Invalid DHCP option value"
            )));
        }
        values.push((name.to_owned(), given));
    }
    let tags = tags::specified(params, "dhcp-options")?;
    let now = accounts.now();
    let (region, ids) = accounts.region_and_ids(cx);
    let options = DhcpOptions {
        id: ids.with_prefix("dopt"),
        values,
    };
    tags::set(&mut region.ec2, &options.id, tags);
    let answer = render(&region.ec2, &options, now);
    region.ec2.dhcp_options.insert(options.id.clone(), options);
    Ok(json!({ "DhcpOptions": answer }))
}

/// Handles DescribeDhcpOptions.
pub(super) fn describe(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let now = accounts.now();
    let ec2 = &accounts.region(cx).ec2;
    let default = default(ec2);
    let all = std::iter::once(&default).chain(ec2.dhcp_options.values());
    LISTING.answer(all.map(|options| render(ec2, options, now)).collect(), params)
}

/// Handles AssociateDhcpOptions.
pub(super) fn associate(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let (id, vpc) = (required(params, "DhcpOptionsId")?, required(params, "VpcId")?);
    let ec2 = &mut accounts.region(cx).ec2;
    if id != NONE && !exists(ec2, id) {
        return Err(not_found(id));
    }
    ec2.vpc(vpc)?;
    let vpc = ec2.vpcs.get_mut(vpc).expect("looked up above");
    id.clone_into(&mut vpc.dhcp_options);
    Ok(json!({}))
}

/// Returns the options that every Region has: the VPC's resolver, and the Region's own domain name.
fn default(ec2: &Ec2) -> DhcpOptions {
    let domain = match ec2.region.as_str() {
        "us-east-1" => "ec2.internal".to_owned(),
        other => format!("{other}.compute.internal"),
    };
    let values = [
        ("domain-name", domain),
        ("domain-name-servers", "AmazonProvidedDNS".to_owned()),
    ];
    DhcpOptions {
        id: DEFAULT.to_owned(),
        values: values.map(|(name, value)| (name.to_owned(), vec![value])).into(),
    }
}

fn render(ec2: &Ec2, options: &DhcpOptions, now: Instant) -> Value {
    let value = |value: &String| json!({ "Value": value });
    let option = |(name, values): &(String, Vec<String>)| json!({ "Key": name, "Values": values.iter().map(value).collect::<Vec<_>>() });
    json!({
        "DhcpOptionsId": options.id,
        "OwnerId": ec2.account,
        "DhcpConfigurations": options.values.iter().map(option).collect::<Vec<_>>(),
        "Tags": tags::render(ec2, &options.id, now),
    })
}
