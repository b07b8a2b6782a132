//! The rows of the table: everything that the tests of all resources know about one resource. A new resource gets its row, and
//! its lines in `each_subject` and `each_resource`.

use serde_json::{Value as Json, json};

use super::{Prerequisites, ReadCall, Refusal, Subject};

/// Calls a macro with a name and the label of each subject, and the operations that no other subject of the same resource
/// covers.
macro_rules! each_subject {
    ($callback:ident) => {
        $callback! {
            security_group: "security group", [Create Read Update Delete];
            interface_endpoint: "interface endpoint", [Create Read Update Delete];
            resource_gateway: "resource gateway", [Create Read Update Delete];
            configuration_of_a_host: "configuration of a host", [Create Read Delete];
            configuration_of_an_address: "configuration of an address", [Update];
            configuration_of_an_endpoint: "configuration of an endpoint", [Create];
            private_connection: "private connection", [Create Read Update Delete];
            public_connection: "public connection", [Create Update];
        }
    };
}
pub(crate) use each_subject;

/// Calls a macro with the name of each resource and the label of its main subject.
macro_rules! each_resource {
    ($callback:ident) => {
        $callback! {
            security_group: "security group";
            interface_endpoint: "interface endpoint";
            resource_gateway: "resource gateway";
            resource_configuration: "configuration of a host";
            connection: "private connection";
        }
    };
}
pub(crate) use each_resource;

macro_rules! subjects {
    ($($name:ident: $label:literal, [$($operation:ident)*];)*) => {
        impl Prerequisites {
            /// Returns the table.
            pub(crate) fn subjects(&self) -> Vec<Subject> {
                vec![$(self.$name($label)),*]
            }
        }

        /// The label of each subject.
        pub(crate) const SUBJECTS: &[&str] = &[$($label),*];

        /// The label of each subject, and the operations whose failures are tested with it.
        pub(crate) const OPERATIONS: &[(&str, &[&str])] = &[$(($label, &[$(stringify!($operation)),*])),*];
    };
}
each_subject!(subjects);

macro_rules! resources {
    ($($name:ident: $label:literal;)*) => {
        /// The label of the main subject of each resource.
        pub(crate) const RESOURCES: &[&str] = &[$($label),*];
    };
}
each_resource!(resources);

impl Prerequisites {
    fn security_group(&self, label: &'static str) -> Subject {
        let https = |cidr: &str| json!({ "fromPort": 443, "toPort": 443, "cidrIpv4": cidr });
        Subject {
            label,
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
            named_by: "name",
            read: ReadCall::new("ec2", "DescribeSecurityGroups", |id| json!({ "GroupIds": [id] })),
            create: "CreateSecurityGroup",
            create_is_idempotent: false,
            can_fail: &[],
            quotas: vec![
                Refusal {
                    call: "CreateSecurityGroup",
                    code: "SecurityGroupLimitExceeded",
                    status: 400,
                    message: "The maximum number of security groups for the VPC has been reached.",
                },
                Refusal {
                    call: "AuthorizeSecurityGroupIngress",
                    code: "RulesPerSecurityGroupLimitExceeded",
                    status: 400,
                    message: "The maximum number of rules per security group has been reached.",
                },
            ],
            wrong_ids: ["sg-0123456789abcdef0", "orders", "vpce-0123456789abcdef0"],
            second: vec![],
            has_full_name_as_identity: false,
        }
    }

    fn interface_endpoint(&self, label: &'static str) -> Subject {
        let policy = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": "*", "Action": "states:*", "Resource": "*",
        }] });
        Subject {
            label,
            token: "private-step-functions:index:InterfaceEndpoint",
            kind: "vpc-endpoint",
            inputs: json!({
                "vpcId": self.vpc, "service": "states", "subnetIds": self.subnets[..2],
                "securityGroupIds": self.groups[..1], "policy": policy, "tags": { "team": "a" },
            }),
            updates: vec![
                ("subnetIds", json!(self.subnets[1..])),
                (
                    "subnetConfigurations",
                    json!([{ "subnetId": self.subnets[1], "ipv4": self.address }]),
                ),
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
            named_by: "vpcId",
            read: ReadCall::new("ec2", "DescribeVpcEndpoints", |id| json!({ "VpcEndpointIds": [id] })),
            create: "CreateVpcEndpoint",
            create_is_idempotent: true,
            can_fail: &["CreateVpcEndpoint"],
            quotas: vec![
                Refusal {
                    call: "CreateVpcEndpoint",
                    code: "VpcEndpointLimitExceeded",
                    status: 400,
                    message: "The maximum number of VPC endpoints has been reached.",
                },
                Refusal {
                    call: "CreateVpcEndpoint",
                    code: "InsufficientFreeAddressesInSubnet",
                    status: 400,
                    message: "There are not enough free addresses in subnet 'subnet-0a1b2c3d4e5f60718' to satisfy the requested number of instances.",
                },
            ],
            wrong_ids: ["vpce-0123456789abcdef0", "states", "sg-0123456789abcdef0"],
            // Two endpoints cannot share one private DNS name.
            second: vec![("privateDnsEnabled", json!(false))],
            has_full_name_as_identity: false,
        }
    }

    fn resource_gateway(&self, label: &'static str) -> Subject {
        Subject {
            label,
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
            named_by: "name",
            read: ReadCall::new(
                "vpc-lattice",
                "GetResourceGateway",
                |id| json!({ "resourceGatewayIdentifier": id }),
            ),
            create: "CreateResourceGateway",
            create_is_idempotent: true,
            can_fail: &[
                "CreateResourceGateway",
                "UpdateResourceGateway",
                "DeleteResourceGateway",
            ],
            quotas: vec![Refusal {
                call: "CreateResourceGateway",
                code: "ServiceQuotaExceededException",
                status: 402,
                message: "You have exceeded the limit of resource gateways per VPC.",
            }],
            wrong_ids: ["rgw-0123456789abcdef0", "orders", "rcfg-0123456789abcdef0"],
            second: vec![],
            has_full_name_as_identity: false,
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
                ("allowAssociationToShareableServiceNetwork", json!(false)),
                ("tags", json!({ "team": "b" })),
            ],
            others: vec![
                ("ports", json!(["8443-8444"])),
                ("tags", json!({ "team": "c", "more": "y" })),
            ],
            replacements: vec![("resourceGatewayId", json!(self.gateways[1])), ("name", json!("other"))],
            write_only: &[],
            named_by: "name",
            read: ReadCall::new(
                "vpc-lattice",
                "GetResourceConfiguration",
                |id| json!({ "resourceConfigurationIdentifier": id }),
            ),
            create: "CreateResourceConfiguration",
            create_is_idempotent: true,
            can_fail: &[
                "CreateResourceConfiguration",
                "UpdateResourceConfiguration",
                "DeleteResourceConfiguration",
            ],
            quotas: vec![Refusal {
                call: "CreateResourceConfiguration",
                code: "ServiceQuotaExceededException",
                status: 402,
                message: "You have exceeded the limit of resource configurations.",
            }],
            wrong_ids: ["rcfg-0123456789abcdef0", "orders", "rgw-0123456789abcdef0"],
            second: vec![],
            has_full_name_as_identity: false,
        }
    }

    fn configuration_of_a_host(&self, label: &'static str) -> Subject {
        let mut subject = self.configuration(
            label,
            json!({ "domainName": "orders.example.com", "ipAddressType": "IPV4" }),
        );
        subject
            .replacements
            .push(("target", json!({ "domainName": "else.example.com" })));
        subject
    }

    fn configuration_of_an_address(&self, label: &'static str) -> Subject {
        let mut subject = self.configuration(label, json!({ "ipAddress": "10.0.0.7" }));
        subject.updates.push(("target", json!({ "ipAddress": "10.0.0.8" })));
        subject.others.push(("target", json!({ "ipAddress": "10.0.0.9" })));
        subject
            .replacements
            .push(("target", json!({ "domainName": "orders.example.com" })));
        subject
    }

    fn configuration_of_an_endpoint(&self, label: &'static str) -> Subject {
        let mut subject = self.configuration(label, json!({ "vpcEndpointId": self.endpoint }));
        let elsewhere = json!({ "vpcEndpointId": "vpce-0123456789abcdef0" });
        subject.replacements.push(("target", elsewhere));
        subject
    }

    fn private_connection(&self, label: &'static str) -> Subject {
        Subject {
            label,
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
            named_by: "name",
            read: ReadCall::new("events", "DescribeConnection", |id| json!({ "Name": id })),
            create: "CreateConnection",
            create_is_idempotent: false,
            can_fail: &[],
            quotas: vec![
                Refusal {
                    call: "CreateConnection",
                    code: "LimitExceededException",
                    status: 400,
                    message: "The requested resource exceeds the maximum number allowed.",
                },
                Refusal {
                    call: "UpdateConnection",
                    code: "LimitExceededException",
                    status: 400,
                    message: "The requested resource exceeds the maximum number allowed.",
                },
            ],
            wrong_ids: [
                "nobody",
                "arn:aws:events:eu-west-1:123456789012:connection/orders/1",
                "with space",
            ],
            second: vec![],
            has_full_name_as_identity: true,
        }
    }

    fn public_connection(&self, label: &'static str) -> Subject {
        Subject {
            label,
            token: "private-step-functions:index:Connection",
            kind: "connection",
            inputs: json!({
                "description": "orders",
                "kmsKeyId": "alias/orders",
                "auth": { "oauth": {
                    "authorizationEndpoint": "https://tokens.example.com/token", "httpMethod": "POST", "clientId": "me",
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
                    "authorizationEndpoint": "https://tokens.example.com/token", "httpMethod": "POST", "clientId": "you",
                    "clientSecret": "hidden-third",
                } }),
            )],
            replacements: vec![("name", json!("other"))],
            write_only: &["auth"],
            named_by: "name",
            read: ReadCall::new("events", "DescribeConnection", |id| json!({ "Name": id })),
            create: "CreateConnection",
            create_is_idempotent: false,
            can_fail: &[],
            quotas: vec![Refusal {
                call: "CreateConnection",
                code: "LimitExceededException",
                status: 400,
                message: "The requested resource exceeds the maximum number allowed.",
            }],
            wrong_ids: [
                "nobody",
                "arn:aws:events:eu-west-1:123456789012:connection/orders/1",
                "with space",
            ],
            second: vec![],
            has_full_name_as_identity: true,
        }
    }
}
