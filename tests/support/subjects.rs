//! A table of the five resources: their inputs, their in-place updates and their replacements.
#![allow(dead_code)] // each test crate uses its own part

use std::collections::BTreeSet;
use std::time::Duration;

use aws_emulator::Emulator;
use serde_json::{Value as Json, json};

use crate::session::{REGION, ResourceRef};

/// Every secret in the table contains this text.
pub(crate) const SECRET: &str = "hidden";

/// The prerequisites, created without the provider.
pub(crate) struct Prerequisites {
    vpc: String,
    pub(crate) subnets: Vec<String>,
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
}

impl Subject {
    pub(crate) fn resource(&self) -> ResourceRef<'static> {
        ResourceRef {
            token: self.token,
            name: "orders",
        }
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

impl Prerequisites {
    pub(crate) async fn create(emulator: &Emulator) -> Self {
        let ec2 = async |operation, params| call(emulator, "ec2", operation, params).await;
        let lattice = async |operation, params| call(emulator, "vpc-lattice", operation, params).await;
        let found = ec2("DescribeSubnets", json!({})).await;
        let found = found["Subnets"].as_array().unwrap();
        let vpc = text(&found[0]["VpcId"]);
        let mut subnets: Vec<String> = found.iter().map(|subnet| text(&subnet["SubnetId"])).collect();
        subnets.sort();
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
            groups,
            gateways,
            configurations,
            endpoint,
        }
    }

    /// Returns the table.
    pub(crate) fn subjects(&self) -> Vec<Subject> {
        vec![
            self.security_group(),
            self.interface_endpoint(),
            self.resource_gateway(),
            self.configuration_of_a_host(),
            self.configuration_of_an_address(),
            self.configuration_of_an_endpoint(),
            self.private_connection(),
            self.public_connection(),
        ]
    }

    pub(crate) fn subject(&self, label: &str) -> Subject {
        let found = self.subjects().into_iter().find(|subject| subject.label == label);
        found.unwrap_or_else(|| panic!("no subject {label}"))
    }

    fn security_group(&self) -> Subject {
        let https = |cidr: &str| json!({ "fromPort": 443, "toPort": 443, "cidrIpv4": cidr });
        Subject {
            label: "security group",
            token: "private-step-functions:index:SecurityGroup",
            kind: "security-group",
            inputs: json!({
                "vpcId": self.vpc,
                "ingress": [https("10.1.0.0/16")],
                "egress": [https("10.0.0.0/8")],
                "tags": { "team": "a", "old": "x" },
            }),
            updates: vec![
                (
                    "ingress",
                    json!([{ "fromPort": 443, "toPort": 443, "vpc": true }, https("10.2.0.0/16")]),
                ),
                ("egress", Json::Null),
                ("tags", json!({ "team": "b" })),
            ],
            others: vec![
                (
                    "ingress",
                    json!([https("10.3.0.0/16"), { "fromPort": 443, "toPort": 443, "vpc": true }]),
                ),
                ("tags", json!({ "team": "c", "more": "y" })),
            ],
            replacements: vec![
                ("vpcId", json!(self.other_vpc)),
                ("name", json!("other")),
                ("description", json!("another one")),
            ],
            write_only: &[],
        }
    }

    fn interface_endpoint(&self) -> Subject {
        let policy = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": "*", "Action": "states:*", "Resource": "*",
        }] });
        Subject {
            label: "interface endpoint",
            token: "private-step-functions:index:InterfaceEndpoint",
            kind: "vpc-endpoint",
            inputs: json!({
                "vpcId": self.vpc, "service": "states", "subnetIds": self.subnets[..2],
                "securityGroupIds": self.groups[..1], "policy": policy, "tags": { "team": "a" },
            }),
            updates: vec![
                ("subnetIds", json!(self.subnets[1..])),
                ("securityGroupIds", json!(self.groups[1..])),
                ("policy", Json::Null),
                ("privateDnsEnabled", json!(false)),
                ("tags", json!({ "team": "b" })),
            ],
            others: vec![
                ("subnetIds", json!(self.subnets)),
                (
                    "policy",
                    json!({ "Version": "2012-10-17", "Statement": [{
                        "Effect": "Allow", "Principal": "*", "Action": "states:Describe*", "Resource": "*",
                    }] }),
                ),
                ("tags", json!({ "team": "c", "more": "y" })),
            ],
            replacements: vec![("vpcId", json!(self.other_vpc)), ("service", json!("sync-states"))],
            write_only: &[],
        }
    }

    fn resource_gateway(&self) -> Subject {
        Subject {
            label: "resource gateway",
            token: "private-step-functions:index:ResourceGateway",
            kind: "resource-gateway",
            inputs: json!({
                "vpcId": self.vpc, "subnetIds": self.subnets, "securityGroupIds": self.groups[..1], "tags": { "team": "a" },
            }),
            updates: vec![
                ("securityGroupIds", json!(self.groups)),
                ("tags", json!({ "team": "b" })),
            ],
            others: vec![
                ("securityGroupIds", json!(self.groups[1..])),
                ("tags", json!({ "team": "c", "more": "y" })),
            ],
            replacements: vec![
                ("vpcId", json!(self.other_vpc)),
                ("subnetIds", json!(self.subnets[..1])),
                ("name", json!("other")),
                ("ipAddressType", json!("IPV6")),
                ("ipv4AddressesPerEni", json!(8)),
                ("dnsResolution", json!("IN_VPC")),
            ],
            write_only: &[],
        }
    }

    fn configuration(&self, label: &'static str, target: Json) -> Subject {
        Subject {
            label,
            token: "private-step-functions:index:ResourceConfiguration",
            kind: "resource-configuration",
            inputs: json!({
                "resourceGatewayId": self.gateways[0], "ports": ["443"], "target": target, "tags": { "team": "a" },
            }),
            updates: vec![
                ("ports", json!(["443", "8443-8444"])),
                ("shareable", json!(false)),
                ("tags", json!({ "team": "b" })),
            ],
            others: vec![
                ("ports", json!(["8443-8444"])),
                ("tags", json!({ "team": "c", "more": "y" })),
            ],
            replacements: vec![("resourceGatewayId", json!(self.gateways[1])), ("name", json!("other"))],
            write_only: &[],
        }
    }

    fn configuration_of_a_host(&self) -> Subject {
        let mut subject = self.configuration(
            "configuration of a host",
            json!({ "domainName": "orders.example.com", "ipAddressType": "IPV4" }),
        );
        subject
            .replacements
            .push(("target", json!({ "domainName": "else.example.com" })));
        subject
    }

    fn configuration_of_an_address(&self) -> Subject {
        let mut subject = self.configuration("configuration of an address", json!({ "ipAddress": "10.0.0.7" }));
        subject.updates.push(("target", json!({ "ipAddress": "10.0.0.8" })));
        subject.others.push(("target", json!({ "ipAddress": "10.0.0.9" })));
        subject
            .replacements
            .push(("target", json!({ "domainName": "orders.example.com" })));
        subject
    }

    fn configuration_of_an_endpoint(&self) -> Subject {
        let mut subject = self.configuration(
            "configuration of an endpoint",
            json!({ "vpcEndpointId": self.endpoint }),
        );
        let elsewhere = json!({ "vpcEndpointId": "vpce-0123456789abcdef0" });
        subject.replacements.push(("target", elsewhere));
        subject
    }

    fn private_connection(&self) -> Subject {
        Subject {
            label: "private connection",
            token: "private-step-functions:index:Connection",
            kind: "connection",
            inputs: json!({
                "auth": { "apiKey": { "name": "x-api-key", "value": "hidden-key" } },
                "invocationParameters": { "headers": [
                    { "key": "x-secret", "value": "hidden-header", "secret": true }, { "key": "x-open", "value": "shown" },
                ] },
                "resourceConfigurationArn": self.configurations[0],
            }),
            updates: vec![
                ("description", json!("changed")),
                (
                    "auth",
                    json!({ "apiKey": { "name": "x-api-key", "value": "hidden-new" } }),
                ),
                (
                    "invocationParameters",
                    json!({ "body": [{ "key": "b", "value": "hidden-body", "secret": true }] }),
                ),
                ("resourceConfigurationArn", json!(self.configurations[1])),
            ],
            others: vec![
                (
                    "auth",
                    json!({ "apiKey": { "name": "x-other-key", "value": "hidden-third" } }),
                ),
                (
                    "invocationParameters",
                    json!({ "headers": [
                        { "key": "x-secret", "value": "hidden-other", "secret": true }, { "key": "x-open", "value": "shown" },
                    ] }),
                ),
            ],
            replacements: vec![("name", json!("other"))],
            write_only: &["auth", "invocationParameters"],
        }
    }

    fn public_connection(&self) -> Subject {
        Subject {
            label: "public connection",
            token: "private-step-functions:index:Connection",
            kind: "connection",
            inputs: json!({
                "description": "orders",
                "kmsKeyId": "alias/orders",
                "auth": { "oauth": {
                    "authorizationEndpoint": "https://tokens.example.com/token", "method": "POST", "clientId": "me",
                    "clientSecret": "hidden-client",
                } },
            }),
            updates: vec![
                ("description", Json::Null),
                (
                    "auth",
                    json!({ "basic": { "username": "me", "password": "hidden-word" } }),
                ),
                ("kmsKeyId", json!("alias/others")),
            ],
            others: vec![(
                "auth",
                json!({ "oauth": {
                    "authorizationEndpoint": "https://tokens.example.com/token", "method": "POST", "clientId": "you",
                    "clientSecret": "hidden-third",
                } }),
            )],
            replacements: vec![("name", json!("other"))],
            write_only: &["auth"],
        }
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
