//! AWS's answers about a resource, as lists of facts that tests can compare.

use serde_json::{Value, json};

use super::row::{CONFIGURATION, CONNECTION, ENDPOINT, GATEWAY, GROUP};
use crate::emulator::Emulator;

/// Members that change without an update, or with every update.
const VOLATILE: &[&str] = &[
    "requestId",
    "CreationTime",
    "LastModifiedTime",
    "LastAuthorizedTime",
    "createdAt",
    "lastUpdatedAt",
    "creationTimestamp",
    "networkInterfaceId",
    "status",
    "ConnectionState",
    "ResourceAssociationArn",
];

/// Returns all that AWS shows of a resource, sorted: `name>value` from XML, `path.to.member=value` from JSON.
pub(super) fn look(aws: &Emulator, token: &str, id: &str) -> Vec<String> {
    let mut facts = match token {
        GROUP => xml(&aws.ec2("DescribeSecurityGroups", &format!("&GroupId.1={id}"))),
        ENDPOINT => {
            let mut facts = xml(&aws.ec2("DescribeVpcEndpoints", &format!("&VpcEndpointId.1={id}")));
            facts.extend(fixed_addresses(aws, id));
            facts
        }
        GATEWAY => lattice(aws, &format!("/resourcegateways/{id}")),
        CONFIGURATION => lattice(aws, &format!("/resourceconfigurations/{id}")),
        CONNECTION => flat("", &aws.events("DescribeConnection", &json!({ "Name": id }))),
        other => panic!("{other} is no object in AWS"),
    };
    let volatile = |fact: &String| {
        let path = fact.split(['>', '=']).next().unwrap_or_default();
        let name = path.rsplit('.').next().unwrap_or_default();
        // A description that was cleared and a missing one mean the same.
        VOLATILE.contains(&name) || fact.contains(">eni-") || fact == "Description="
    };
    facts.retain(|fact| !volatile(fact));
    facts.sort();
    facts
}

/// Returns the addresses of an endpoint that end in 100 or more. AWS chooses lower ones.
fn fixed_addresses(aws: &Emulator, id: &str) -> Vec<String> {
    let filter = format!("&Filter.1.Name=description&Filter.1.Value.1=VPC%20Endpoint%20Interface%20{id}");
    let facts = xml(&aws.ec2("DescribeNetworkInterfaces", &filter)).into_iter();
    let addresses = facts.filter_map(|fact| Some(fact.strip_prefix("privateIpAddress>")?.to_owned()));
    let is_fixed = |address: &String| address.rsplit('.').next().is_some_and(|last| last.len() == 3);
    addresses
        .filter(is_fixed)
        .map(|address| format!("address>{address}"))
        .collect()
}

/// Returns the path of a Lattice resource's tags.
pub(super) fn tags_path(aws: &Emulator, path: &str) -> String {
    let arn = aws.lattice("GET", path, &Value::Null)["arn"]
        .as_str()
        .unwrap()
        .to_owned();
    format!("/tags/{}", arn.replace('/', "%2F"))
}

fn lattice(aws: &Emulator, path: &str) -> Vec<String> {
    let mut facts = flat("", &aws.lattice("GET", path, &Value::Null));
    facts.extend(flat("", &aws.lattice("GET", &tags_path(aws, path), &Value::Null)));
    facts
}

/// Returns the elements with text, without their position in the document.
fn xml(text: &str) -> Vec<String> {
    let elements = text.split('<').map(str::trim_end);
    elements
        .filter(|element| !element.ends_with('>') && element.contains('>'))
        .map(str::to_owned)
        .collect()
}

fn flat(path: &str, value: &Value) -> Vec<String> {
    let inside = |key: &str, value: &Value| {
        let path = if path.is_empty() {
            key.to_owned()
        } else {
            format!("{path}.{key}")
        };
        flat(&path, value)
    };
    match value {
        Value::Object(members) => members.iter().flat_map(|(key, value)| inside(key, value)).collect(),
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items
                .flat_map(|(index, value)| inside(&index.to_string(), value))
                .collect()
        }
        Value::String(text) => vec![format!("{path}={text}")],
        Value::Null => Vec::new(),
        other => vec![format!("{path}={other}")],
    }
}
