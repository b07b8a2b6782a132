//! Somebody who makes objects with calls to AWS alone.

use std::fmt::Write as _;

use regex::Regex;
use serde_json::{Value, json};

use crate::emulator::{Emulator, pause};

/// Makes objects in the default VPC.
pub(super) struct Hand<'a>(pub(super) &'a Emulator);

impl Hand<'_> {
    /// Makes a security group with these ingress rules: a TCP port, a CIDR block and a description. It has EC2's own egress rule.
    pub(super) fn group(&self, name: &str, description: &str, rules: &[(&str, &str)]) -> String {
        let (vpc, description) = (self.0.default_vpc().0, escaped(description));
        let parameters = format!("&GroupName={name}&GroupDescription={description}&VpcId={vpc}");
        let group = found("sg-[0-9a-f]+", &self.0.ec2("CreateSecurityGroup", &parameters));
        wait(|| {
            let filter = format!("&Filter.1.Name=group-id&Filter.1.Value.1={group}");
            self.0.ec2("DescribeSecurityGroups", &filter).contains(&group)
        });
        for (port, source) in rules {
            let (cidr, description) = source.split_once(' ').unwrap_or((source, ""));
            let rule = "&IpPermissions.1.IpProtocol=tcp&IpPermissions.1";
            let mut rule = format!("&GroupId={group}{rule}.FromPort={port}&IpPermissions.1.ToPort={port}");
            let _ = write!(rule, "&IpPermissions.1.IpRanges.1.CidrIp={}", escaped(cidr));
            if !description.is_empty() {
                let _ = write!(rule, "&IpPermissions.1.IpRanges.1.Description={}", escaped(description));
            }
            self.0.ec2("AuthorizeSecurityGroupIngress", &rule);
        }
        group
    }

    /// Takes away EC2's own egress rule.
    pub(super) fn close(&self, group: &str) {
        let rule = "&IpPermissions.1.IpProtocol=-1&IpPermissions.1.IpRanges.1.CidrIp=0.0.0.0%2F0";
        self.0
            .ec2("RevokeSecurityGroupEgress", &format!("&GroupId={group}{rule}"));
    }

    pub(super) fn endpoint(&self, service: &str, group: &str, more: &str, name: &str) -> String {
        let (vpc, subnets) = self.0.default_vpc();
        let mut parameters = format!(
            "&VpcEndpointType=Interface&VpcId={vpc}&ServiceName=com.amazonaws.eu-west-1.{service}&SubnetId.1={}&SubnetId.2={}\
             &SecurityGroupId.1={group}{more}",
            subnets[0], subnets[1]
        );
        if !name.is_empty() {
            let tags = "&TagSpecification.1.ResourceType=vpc-endpoint&TagSpecification.1.Tag.1.Key=Name&TagSpecification.1.Tag.1.Value";
            let _ = write!(parameters, "{tags}={name}");
        }
        let id = found("vpce-[0-9a-f]+", &self.0.ec2("CreateVpcEndpoint", &parameters));
        wait(|| {
            let filter = format!("&Filter.1.Name=vpc-endpoint-id&Filter.1.Value.1={id}");
            self.0
                .ec2("DescribeVpcEndpoints", &filter)
                .contains("<state>available</state>")
        });
        id
    }

    /// Returns the regional DNS name of an endpoint.
    pub(super) fn domain_of(&self, endpoint: &str) -> String {
        let described = self
            .0
            .ec2("DescribeVpcEndpoints", &format!("&VpcEndpointId.1={endpoint}"));
        found(r"vpce-[0-9a-z]+-[0-9a-z]+\.execute-api[^<]+", &described)
    }

    pub(super) fn gateway(&self, name: &str, group: &str) -> String {
        let (vpc, subnets) = self.0.default_vpc();
        let body =
            json!({ "name": name, "vpcIdentifier": vpc, "subnetIds": subnets[..2], "securityGroupIds": [group] });
        let id = self.lattice("/resourcegateways", &body);
        wait(|| self.listed("/resourcegateways", &id)["status"] == "ACTIVE");
        id
    }

    /// Makes a resource configuration for a host name. Returns its id and ARN.
    pub(super) fn configuration(&self, name: &str, gateway: &str, domain: &str) -> (String, String) {
        let target = json!({ "dnsResource": { "domainName": domain, "ipAddressType": "IPV4" } });
        let body = json!({
            "name": name, "type": "SINGLE", "resourceGatewayIdentifier": gateway, "portRanges": ["443"],
            "resourceConfigurationDefinition": target,
        });
        let id = self.lattice("/resourceconfigurations", &body);
        wait(|| self.listed("/resourceconfigurations", &id)["status"] == "ACTIVE");
        let arn = self.listed("/resourceconfigurations", &id)["arn"]
            .as_str()
            .unwrap()
            .to_owned();
        (id, arn)
    }

    /// Makes a connection with an API key, private if it has a resource configuration.
    pub(super) fn connection(&self, name: &str, configuration: Option<&str>) {
        let mut body = json!({
            "Name": name, "AuthorizationType": "API_KEY",
            "AuthParameters": { "ApiKeyAuthParameters": { "ApiKeyName": "x-api-key", "ApiKeyValue": "hidden" } },
        });
        if let Some(arn) = configuration {
            body["InvocationConnectivityParameters"] =
                json!({ "ResourceParameters": { "ResourceConfigurationArn": arn } });
        }
        self.0.events("CreateConnection", &body);
        let ready = if configuration.is_some() {
            "ACTIVE"
        } else {
            "AUTHORIZED"
        };
        wait(|| {
            let listed = self.0.events("ListConnections", &json!({ "NamePrefix": name }));
            let connections = listed["Connections"].as_array().into_iter().flatten();
            connections
                .into_iter()
                .any(|one| one["Name"] == name && one["ConnectionState"] == ready)
        });
    }

    /// Returns an object from its list; null while the list does not have it. A read by id would fail then.
    fn listed(&self, path: &str, id: &str) -> Value {
        let listed = self.0.lattice("GET", path, &Value::Null);
        let items = listed["items"].as_array().cloned().unwrap_or_default();
        items.into_iter().find(|item| item["id"] == id).unwrap_or_default()
    }

    fn lattice(&self, path: &str, body: &Value) -> String {
        let made = self.0.lattice("POST", path, body);
        made["id"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned()
    }
}

fn wait(mut done: impl FnMut() -> bool) {
    for _ in 0..500 {
        if done() {
            return;
        }
        pause();
    }
    panic!("it did not become ready");
}

fn found(pattern: &str, text: &str) -> String {
    let found = Regex::new(pattern).unwrap().find(text);
    found.unwrap_or_else(|| panic!("{text}")).as_str().to_owned()
}

/// Returns a text as a form has it.
pub(super) fn escaped(text: &str) -> String {
    let bytes = text.bytes();
    bytes.fold(String::new(), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
        escaped
    })
}
