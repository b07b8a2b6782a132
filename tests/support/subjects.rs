//! A table of the resources: their inputs, their in-place updates, their replacements, and what tests must know of each.
#![allow(dead_code)] // each test crate uses its own part

use std::collections::BTreeSet;
use std::time::Duration;

use aws_emulator::Emulator;
use private_step_functions::package;
use serde_json::{Value as Json, json};

use crate::session::{REGION, ResourceRef};

#[path = "subjects/rows.rs"]
mod rows;
// Each test crate uses its own part.
#[allow(unused_imports)]
pub(crate) use rows::{OPERATIONS, RESOURCES, SUBJECTS, each_resource, each_subject};

/// Every secret in the table contains this text.
pub(crate) const SECRET: &str = "hidden";

/// The prerequisites, created without the provider.
pub(crate) struct Prerequisites {
    vpc: String,
    pub(crate) subnets: Vec<String>,
    /// An IPv4 address in the second subnet.
    address: String,
    other_vpc: String,
    pub(crate) groups: Vec<String>,
    gateways: Vec<String>,
    pub(crate) configurations: Vec<String>,
    endpoint: String,
}

/// One row of the table.
pub(crate) struct Subject {
    pub(crate) label: &'static str,
    pub(crate) token: &'static str,
    /// The emulator's name for this kind of object.
    pub(crate) kind: &'static str,
    pub(crate) inputs: Json,
    /// Property changes that update in place. Tests make them one after the other.
    pub(crate) updates: Vec<(&'static str, Json)>,
    /// The same for a third program.
    pub(crate) others: Vec<(&'static str, Json)>,
    /// Property changes that replace the resource.
    pub(crate) replacements: Vec<(&'static str, Json)>,
    /// Properties whose secrets AWS never returns.
    pub(crate) write_only: &'static [&'static str],
    /// The input by which errors name an object that has no id yet.
    pub(crate) named_by: &'static str,
    /// The call that shows the object.
    pub(crate) read: ReadCall,
    /// The API operation that creates the object.
    pub(crate) create: &'static str,
    /// Whether AWS recognizes a repeated create by its client token.
    pub(crate) create_is_idempotent: bool,
    /// The API operations that AWS accepts and that can then fail, as the object's status shows.
    pub(crate) can_fail: &'static [&'static str],
    /// How AWS refuses what exceeds a quota.
    pub(crate) quotas: Vec<Refusal>,
    /// Ids for an import that must fail: of an object that does not exist, of no object, and of another kind of object.
    pub(crate) wrong_ids: [&'static str; 3],
    /// Differences that a second object needs to exist beside the first.
    pub(crate) second: Vec<(&'static str, Json)>,
    /// Whether the id is a name that another object can have later, so that only the ARN identifies the object.
    pub(crate) has_full_name_as_identity: bool,
}

/// A call that shows an object.
pub(crate) struct ReadCall {
    service: &'static str,
    operation: &'static str,
    parameters: fn(&str) -> Json,
}

impl ReadCall {
    const fn new(service: &'static str, operation: &'static str, parameters: fn(&str) -> Json) -> Self {
        Self {
            service,
            operation,
            parameters,
        }
    }
}

/// An error with which AWS refuses a call, in AWS's own words.
#[derive(Clone, Copy)]
pub(crate) struct Refusal {
    pub(crate) call: &'static str,
    pub(crate) code: &'static str,
    pub(crate) status: u16,
    pub(crate) message: &'static str,
}

impl Subject {
    pub(crate) fn resource(&self) -> ResourceRef<'static> {
        ResourceRef {
            token: self.token,
            name: "orders",
        }
    }

    /// Reports whether the resource has this input.
    pub(crate) fn has_input(&self, name: &str) -> bool {
        let schema = package::schema("0.0.0").unwrap();
        schema.resource(self.token).unwrap().inputs.property(name).is_some()
    }

    /// Returns everything that AWS shows of the object.
    pub(crate) async fn show(&self, emulator: &Emulator, id: &str) -> Json {
        let ReadCall {
            service,
            operation,
            parameters,
        } = self.read;
        let shown = call(emulator, service, operation, parameters(id)).await;
        // VPC Lattice shows tags in a call of their own.
        match service {
            "vpc-lattice" => {
                let tags = json!({ "resourceArn": shown["arn"] });
                json!([shown, call(emulator, service, "ListTagsForResource", tags).await])
            }
            _ => shown,
        }
    }

    /// Returns the inputs of a second object, created beside the first.
    pub(crate) fn second(&self) -> Json {
        let second = self.second.iter();
        second.fold(self.inputs.clone(), |all, (name, value)| with(&all, name, value))
    }

    /// Returns the inputs with all updates.
    pub(crate) fn updated(&self) -> Json {
        let updates = self.updates.iter();
        updates.fold(self.inputs.clone(), |all, (name, value)| with(&all, name, value))
    }

    /// Returns the inputs of a third program.
    pub(crate) fn third(&self) -> Json {
        let others = self.others.iter();
        others.fold(self.inputs.clone(), |all, (name, value)| with(&all, name, value))
    }
}

/// Existing objects as pairs of kind and id.
pub(crate) type Objects = BTreeSet<(String, String)>;

/// Returns all objects that exist now.
pub(crate) fn objects(emulator: &Emulator) -> Objects {
    let rows = emulator.beyond_start().into_iter();
    // AWS still returns a deleted endpoint for a while.
    let alive = rows.filter(|row| row.state != "deleted");
    alive.map(|row| (row.kind, row.id)).collect()
}

/// Returns the ids of a kind's objects that exist now but are not in `before`.
pub(crate) fn made_since(emulator: &Emulator, before: &Objects, kind: &str) -> Vec<String> {
    let now = objects(emulator).into_iter();
    let new = now.filter(|object| object.0 == kind && !before.contains(object));
    new.map(|(_, id)| id).collect()
}

/// Returns the inputs with one value replaced. Null removes the property.
pub(crate) fn with(inputs: &Json, name: &str, value: &Json) -> Json {
    let mut inputs = inputs.clone();
    let members = inputs.as_object_mut().unwrap();
    match value {
        Json::Null => members.remove(name),
        value => members.insert(name.to_owned(), value.clone()),
    };
    inputs
}

/// Returns the seed of a KMS key that connections can use.
pub(crate) fn connection_key(alias: &str) -> Json {
    let tags = json!({ "EventBridgeApiDestinations": "true" });
    json!({ "kind": "kms-key", "region": REGION, "aliases": [alias], "tags": tags })
}

impl Prerequisites {
    pub(crate) async fn create(emulator: &Emulator) -> Self {
        let ec2 = async |operation, params| call(emulator, "ec2", operation, params).await;
        let lattice = async |operation, params| call(emulator, "vpc-lattice", operation, params).await;
        for alias in ["alias/orders", "alias/others", "alias/theirs"] {
            emulator.seed(connection_key(alias)).unwrap();
        }
        let found = ec2("DescribeSubnets", json!({})).await;
        let found = found["Subnets"].as_array().unwrap();
        let vpc = text(&found[0]["VpcId"]);
        let mut subnets: Vec<String> = found.iter().map(|subnet| text(&subnet["SubnetId"])).collect();
        subnets.sort();
        let second = found
            .iter()
            .find(|subnet| text(&subnet["SubnetId"]) == subnets[1])
            .unwrap();
        let address = text(&second["CidrBlock"]).replace(".0/20", ".77");
        let other = ec2("CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" })).await;
        let mut groups = Vec::new();
        for name in ["one", "two"] {
            let params = json!({ "GroupName": name, "Description": "prerequisites", "VpcId": vpc });
            groups.push(text(&ec2("CreateSecurityGroup", params).await["GroupId"]));
        }
        let params = json!({
            "VpcEndpointType": "Interface", "VpcId": vpc, "ServiceName": format!("com.amazonaws.{REGION}.execute-api"),
            "SubnetIds": subnets[..1], "PrivateDnsEnabled": false,
        });
        let endpoint = text(&ec2("CreateVpcEndpoint", params).await["VpcEndpoint"]["VpcEndpointId"]);
        let mut gateways = Vec::new();
        for name in ["ground-one", "ground-two"] {
            let params = json!({ "name": name, "vpcIdentifier": vpc, "subnetIds": subnets[..1] });
            gateways.push(text(&lattice("CreateResourceGateway", params).await["id"]));
        }
        pass().await;
        let mut configurations = Vec::new();
        for name in ["ground-one", "ground-two"] {
            let params = json!({
                "name": name, "type": "SINGLE", "protocol": "TCP", "portRanges": ["443"], "resourceGatewayIdentifier": gateways[0],
                "resourceConfigurationDefinition": { "dnsResource": { "domainName": format!("{name}.example.com"), "ipAddressType": "IPV4" } },
            });
            configurations.push(text(&lattice("CreateResourceConfiguration", params).await["arn"]));
        }
        pass().await;
        Self {
            other_vpc: text(&other["Vpc"]["VpcId"]),
            vpc,
            subnets,
            address,
            groups,
            gateways,
            configurations,
            endpoint,
        }
    }

    /// Returns the main subject of each resource that has this input.
    pub(crate) fn with_input(&self, name: &str) -> Vec<Subject> {
        let main = RESOURCES.iter().map(|label| self.subject(label));
        main.filter(|subject| subject.has_input(name)).collect()
    }

    pub(crate) fn subject(&self, label: &str) -> Subject {
        let found = self.subjects().into_iter().find(|subject| subject.label == label);
        found.unwrap_or_else(|| panic!("no subject {label}"))
    }
}

async fn call(emulator: &Emulator, service: &str, operation: &str, params: Json) -> Json {
    let answer = emulator.invoke(REGION, service, operation, params).await.unwrap();
    answer.unwrap_or_else(|error| panic!("{operation}: {error:?}"))
}

async fn pass() {
    tokio::time::sleep(Duration::from_secs(10)).await;
}

fn text(value: &Json) -> String {
    value.as_str().unwrap().to_owned()
}
