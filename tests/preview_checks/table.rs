//! A situation for each check, and the page that is made of them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::{env, fs};

use aws_sdk_ec2::types::AttributeBooleanValue;
use futures::FutureExt;
use futures::future::BoxFuture;
use private_step_functions::resources::connection::Connection;
use private_step_functions::resources::interface_endpoint::InterfaceEndpoint;
use private_step_functions::resources::resource_configuration::ResourceConfiguration;
use private_step_functions::resources::resource_gateway::ResourceGateway;
use private_step_functions::resources::security_group::SecurityGroup;
use pulumi_provider::resource::check_cx::Shared;
use pulumi_provider::resource::findings::{Certainty, Finding};
use regex::Regex;
use serde_json::{Value as Json, json};

use crate::fixture::{Fixture, REGION, provider};
use crate::peers::Peers;
use crate::situation::{
    configuration, connection, endpoint, foreign_endpoint, gateway, group, keyed, subnet, unknown, usable_key, vpc,
};

/// The resource whose create is previewed.
#[derive(Clone, Copy, Debug)]
enum Subject {
    Group,
    Endpoint,
    Gateway,
    Configuration,
    Connection,
}

/// A situation that has one finding.
struct Row {
    code: &'static str,
    /// What is checked, for the page.
    what: &'static str,
    subject: Subject,
    /// Makes the situation, and returns the inputs of the resource.
    prepare: fn(&Fixture) -> BoxFuture<'_, Json>,
}

/// What a row turned out to be.
struct Outcome {
    finding: Finding,
    /// The reads without which the check finds nothing.
    reads: Vec<String>,
    /// The error of a create that goes ahead; `None` if it succeeds.
    refused: Option<String>,
}

macro_rules! rows {
    ($($code:literal $what:literal $subject:ident |$fixture:ident| $inputs:expr;)*) => {
        vec![$(Row {
            code: $code,
            what: $what,
            subject: Subject::$subject,
            prepare: |$fixture| async move { $inputs }.boxed(),
        }),*]
    };
}

fn rows() -> Vec<Row> {
    rows! {
        "vpc-missing" "The VPC exists." Endpoint |fixture| endpoint(fixture, json!({ "vpcId": unknown("vpc") })).await;
        "subnet-missing" "The subnets exist." Endpoint |fixture| {
            endpoint(fixture, json!({ "subnetIds": [unknown("subnet")] })).await
        };
        "subnet-vpc" "The subnets are in the VPC." Endpoint |fixture| {
            let other = vpc(fixture, "10.9.0.0/16").await;
            let strange = subnet(fixture, &other, "10.9.0.0/24", "a").await;
            endpoint(fixture, json!({ "subnetIds": [strange] })).await
        };
        "subnet-zone-twice" "An endpoint has one subnet in each Availability Zone. A gateway should, too." Endpoint |fixture| {
            let (own, subnets) = fixture.network().await;
            let second = subnet(fixture, &own, "172.31.96.0/24", "a").await;
            endpoint(fixture, json!({ "subnetIds": [subnets[0], subnets[1], second] })).await
        };
        "subnet-shared" "The subnets belong to the account." Endpoint |fixture| {
            let (_, subnets) = fixture.network().await;
            seed(fixture, json!({ "kind": "subnet", "SubnetId": subnets[0], "OwnerId": "999988887777" }));
            endpoint(fixture, json!({ "subnetIds": [subnets[0]] })).await
        };
        "subnet-family" "The subnets have the address family." Gateway |fixture| {
            gateway(fixture, json!({ "ipAddressType": "DUALSTACK", "subnetIds": [fixture.network().await.1[0]] })).await
        };
        "subnet-addresses" "The subnets have enough free addresses, for all resources of the component together." Gateway |fixture| {
            let (own, _) = fixture.network().await;
            let small = subnet(fixture, &own, "172.31.96.0/28", "a").await;
            gateway(fixture, json!({ "subnetIds": [small] })).await
        };
        "subnet-lattice-zone" "VPC Lattice has resource gateways in the Availability Zones." Gateway |fixture| {
            let (_, subnets) = fixture.network().await;
            seed(fixture, json!({ "kind": "subnet", "SubnetId": subnets[0], "AvailabilityZoneId": "euw1-az4" }));
            gateway(fixture, json!({ "subnetIds": [subnets[0]] })).await
        };
        "subnet-outpost" "The subnets are not on an Outpost." Gateway |fixture| {
            let (_, subnets) = fixture.network().await;
            let outpost = "arn:aws:outposts:eu-west-1:123456789012:outpost/op-0123456789abcdef0";
            seed(fixture, json!({ "kind": "subnet", "SubnetId": subnets[0], "OutpostArn": outpost }));
            gateway(fixture, json!({ "subnetIds": [subnets[0]] })).await
        };
        "service-missing" "The Region has the endpoint service." Endpoint |fixture| {
            endpoint(fixture, json!({ "service": "states-fips" })).await
        };
        "service-zone" "The service is offered in the Availability Zones of the subnets." Endpoint |fixture| {
            let (own, _) = fixture.network().await;
            let last = subnet(fixture, &own, "172.31.96.0/24", "d").await;
            endpoint(fixture, json!({ "service": "sync-states", "subnetIds": [last] })).await
        };
        "service-policy" "The service supports endpoint policies, if one is set." Endpoint |fixture| {
            service(fixture, json!({ "VpcEndpointPolicySupported": false }));
            let all = json!({ "Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*",
            }] });
            endpoint(fixture, json!({ "policy": all })).await
        };
        "service-family" "The service has the address family." Endpoint |fixture| {
            service(fixture, json!({ "SupportedIpAddressTypes": ["ipv4"] }));
            let (own, _) = fixture.network().await;
            let both = dual_stack_subnet(fixture, &own).await;
            endpoint(fixture, json!({ "ipAddressType": "dualstack", "subnetIds": [both] })).await
        };
        "service-acceptance" "The owner of the service need not accept the endpoint." Endpoint |fixture| {
            service(fixture, json!({ "AcceptanceRequired": true }));
            endpoint(fixture, json!({})).await
        };
        "vpc-dns-attributes" "Private DNS: the VPC's attributes allow it." Endpoint |fixture| {
            let off = AttributeBooleanValue::builder().value(false).build();
            let call = fixture.aws.ec2().await.unwrap().modify_vpc_attribute().vpc_id(fixture.network().await.0);
            call.enable_dns_hostnames(off).send().await.unwrap();
            endpoint(fixture, json!({ "privateDnsEnabled": true })).await
        };
        "vpc-dns-servers" "Private DNS: callers ask the VPC's resolver." Endpoint |fixture| {
            other_dns_servers(fixture).await;
            endpoint(fixture, json!({ "privateDnsEnabled": true })).await
        };
        "private-name-held" "Private DNS: no other endpoint of the VPC has the name, and no other of the program wants it." Endpoint |fixture| {
            foreign_endpoint(fixture, "states", true).await;
            endpoint(fixture, json!({ "privateDnsEnabled": true })).await
        };
        "private-name-zone" "Private DNS: no private hosted zone of the VPC has the name." Endpoint |fixture| {
            let (vpc, _) = fixture.network().await;
            seed(fixture, json!({ "kind": "hosted-zone", "VPCId": vpc, "Name": "states.eu-west-1.amazonaws.com" }));
            endpoint(fixture, json!({ "privateDnsEnabled": true })).await
        };
        "gateway-dns-servers" "With `IN_VPC`, the gateway asks the VPC's resolver." Gateway |fixture| {
            other_dns_servers(fixture).await;
            gateway(fixture, json!({ "dnsResolution": "IN_VPC" })).await
        };
        "group-missing" "The security groups exist." Endpoint |fixture| {
            endpoint(fixture, json!({ "securityGroupIds": [unknown("sg")] })).await
        };
        "group-vpc" "The security groups belong to the VPC." Endpoint |fixture| {
            let other = vpc(fixture, "10.9.0.0/16").await;
            let call = fixture.aws.ec2().await.unwrap().create_security_group().group_name("other").description("other");
            let group = call.vpc_id(other).send().await.unwrap().group_id.unwrap();
            tokio::time::sleep(std::time::Duration::from_secs(60)).await;
            crate::situation::admit(fixture, &group, "10.0.0.0/8", 443).await;
            endpoint(fixture, json!({ "securityGroupIds": [group] })).await
        };
        "group-closed" "The security groups let traffic through." Endpoint |fixture| {
            let group = fixture.security_group("closed").await;
            endpoint(fixture, json!({ "securityGroupIds": [group] })).await
        };
        "group-default" "Without groups, the default group admits callers." Endpoint |fixture| {
            let mut inputs = endpoint(fixture, json!({})).await;
            inputs.as_object_mut().unwrap().remove("securityGroupIds");
            inputs
        };
        "acl-denies" "The network ACLs of the subnets let connections and their answers through." Endpoint |fixture| {
            crate::situation::deny_https(fixture, &fixture.network().await.1[0], false).await;
            endpoint(fixture, json!({})).await
        };
        "rule-group" "The groups to which rules refer exist." Group |fixture| {
            group(fixture, json!({ "ingress": [
                { "protocol": "tcp", "fromPort": 443, "toPort": 443, "securityGroupId": unknown("sg") },
            ] })).await
        };
        "rules-block" "Rules that admit a CIDR block of the VPC admit its other blocks, too." Group |fixture| {
            let call = fixture.aws.ec2().await.unwrap().associate_vpc_cidr_block().vpc_id(fixture.network().await.0);
            call.cidr_block("100.64.0.0/16").send().await.unwrap();
            tokio::time::sleep(std::time::Duration::from_secs(60)).await;
            group(fixture, json!({ "ingress": [
                { "protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "172.31.0.0/16" },
            ] })).await
        };
        "target-missing" "The endpoint of a private API exists." Configuration |fixture| configuration(fixture, &unknown("vpce")).await;
        "target-service" "The endpoint is one of API Gateway." Configuration |fixture| {
            let other = foreign_endpoint(fixture, "states", false).await;
            configuration(fixture, &other).await
        };
        "target-state" "The endpoint is available." Configuration |fixture| {
            let target = foreign_endpoint(fixture, "execute-api", false).await;
            seed(fixture, json!({ "kind": "vpc-endpoint", "VpcEndpointId": target, "State": "rejected" }));
            configuration(fixture, &target).await
        };
        "target-vpc" "The endpoint is in the VPC of the gateway." Configuration |fixture| {
            let target = foreign_endpoint(fixture, "execute-api", false).await;
            let other = vpc(fixture, "10.9.0.0/16").await;
            let there = subnet(fixture, &other, "10.9.0.0/24", "a").await;
            let gateway = fixture.create::<ResourceGateway>("gateway", json!({ "vpcId": other, "subnetIds": [there] })).await.unwrap();
            json!({ "resourceGatewayId": gateway.id, "ports": ["443"], "target": { "vpcEndpointId": target } })
        };
        "target-closed" "A security group of the endpoint admits the gateway." Configuration |fixture| {
            let target = foreign_endpoint(fixture, "execute-api", false).await;
            let own = fixture.security_group("gateway").await;
            let more = json!({ "securityGroupIds": [own] });
            let gateway = fixture.create::<ResourceGateway>("gateway", gateway(fixture, more).await).await.unwrap();
            json!({ "resourceGatewayId": gateway.id, "ports": ["443"], "target": { "vpcEndpointId": target } })
        };
        "target-policy" "The endpoint's policy lets calls of HTTP tasks through." Configuration |fixture| {
            let target = foreign_endpoint(fixture, "execute-api", false).await;
            crate::situation::admit_only_identities(fixture, &target).await;
            configuration(fixture, &target).await
        };
        "target-egress" "A security group of the gateway lets connections out to the target." Configuration |fixture| {
            let target = foreign_endpoint(fixture, "execute-api", false).await;
            let inputs = configuration(fixture, &target).await;
            crate::situation::lets_out_only(fixture, &crate::situation::default_group(fixture).await, "10.0.0.0/8").await;
            inputs
        };
        "target-address" "Something in the VPC has the address." Configuration |fixture| {
            crate::situation::configuration_of(fixture, json!({ "ipAddress": "172.31.0.77" })).await
        };
        "target-route" "The gateway's subnets have routes to an address outside of the VPC." Configuration |fixture| {
            crate::situation::configuration_of(fixture, json!({ "ipAddress": "10.9.0.5" })).await
        };
        "target-family" "The endpoint and the gateway have an address family in common." Configuration |fixture| {
            let target = foreign_endpoint(fixture, "execute-api", false).await;
            let (vpc, _) = fixture.network().await;
            let six = dual_stack_subnet(fixture, &vpc).await;
            seed(fixture, json!({ "kind": "subnet", "SubnetId": six, "Ipv6Native": true }));
            let more = json!({ "vpcId": vpc, "subnetIds": [six], "ipAddressType": "IPV6" });
            let gateway = fixture.create::<ResourceGateway>("gateway", more).await.unwrap();
            json!({ "resourceGatewayId": gateway.id, "ports": ["443"], "target": { "vpcEndpointId": target } })
        };
        "key-missing" "The KMS key exists, in the Region of the connection." Connection |_fixture| {
            keyed("alias/orders")
        };
        "key-state" "The KMS key can be used." Connection |fixture| {
            usable_key(fixture, json!({ "KeyState": "Disabled" }));
            keyed("alias/orders")
        };
        "key-tag" "The KMS key has the tag that EventBridge demands." Connection |fixture| {
            usable_key(fixture, json!({ "tags": {} }));
            keyed("alias/orders")
        };
        "key-policy" "The policy of the KMS key lets somebody in the account use it." Connection |fixture| {
            let logs = json!({ "Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Principal": { "Service": "logs.eu-west-1.amazonaws.com" }, "Action": "kms:*", "Resource": "*",
            }] });
            usable_key(fixture, json!({ "policy": logs.to_string() }));
            keyed("alias/orders")
        };
        "key-account" "The KMS key belongs to the account." Connection |fixture| {
            usable_key(fixture, json!({ "account": "999988887777", "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab" }));
            keyed("arn:aws:kms:eu-west-1:999988887777:key/1234abcd-12ab-34cd-56ef-1234567890ab")
        };
        "quota-groups" "A network interface has at most five security groups." Endpoint |fixture| {
            let mut groups = Vec::new();
            for _ in 0..6 {
                groups.push(crate::situation::open_group(fixture).await);
            }
            endpoint(fixture, json!({ "securityGroupIds": groups })).await
        };
        "quota-gateways" "The VPC has fewer than 500 resource gateways." Gateway |fixture| {
            let (vpc, subnets) = fixture.network().await;
            for number in 0..500 {
                let call = fixture.aws.lattice().await.unwrap().create_resource_gateway().name(format!("gateway-{number}"));
                let call = call.vpc_identifier(&vpc).subnet_ids(&subnets[0]).ipv4_addresses_per_eni(1);
                call.send().await.unwrap();
            }
            gateway(fixture, json!({})).await
        };
        "quota-connections" "The account has fewer than 3,000 connections." Connection |fixture| {
            for number in 0..3000 {
                make_connection(fixture, number).await;
            }
            json!({ "auth": { "apiKey": { "name": "x-api-key", "value": "hunter2" } } })
        };
        "quota-endpoints" "The VPC has fewer than 50 interface endpoints." Endpoint |fixture| {
            for _ in 0..50 {
                make_endpoint(fixture).await;
            }
            endpoint(fixture, json!({})).await
        };
        "quota-rules" "A security group has at most 60 rules for each direction and address family." Group |fixture| {
            let rules: Vec<_> = (0..61)
                .map(|number| json!({ "protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": format!("10.{number}.0.0/16") }))
                .collect();
            group(fixture, json!({ "ingress": rules })).await
        };
        "quota-private-connections" "The account has fewer than 20 private connections." Connection |fixture| {
            let target = configuration(fixture, &foreign_endpoint(fixture, "execute-api", false).await).await;
            let target = fixture.create::<ResourceConfiguration>("target", target).await.unwrap().output("arn");
            for number in 0..20 {
                fixture.create::<Connection>(&format!("c{number}"), connection(&target)).await.unwrap();
            }
            connection(&target)
        };
    }
}

fn seed(fixture: &Fixture, seed: Json) {
    fixture.emulator.seed(seed).unwrap();
}

fn service(fixture: &Fixture, changes: Json) {
    let base = json!({ "kind": "endpoint-service", "region": REGION, "ServiceName": "com.amazonaws.eu-west-1.states" });
    seed(fixture, crate::fixture::with(&base, changes));
}

async fn other_dns_servers(fixture: &Fixture) {
    let ec2 = fixture.aws.ec2().await.unwrap();
    let servers = aws_sdk_ec2::types::NewDhcpConfiguration::builder()
        .key("domain-name-servers")
        .values("10.0.0.53")
        .build();
    let made = ec2
        .create_dhcp_options()
        .dhcp_configurations(servers)
        .send()
        .await
        .unwrap();
    let id = made.dhcp_options().unwrap().dhcp_options_id().unwrap().to_owned();
    let call = ec2.associate_dhcp_options().vpc_id(fixture.network().await.0);
    call.dhcp_options_id(id).send().await.unwrap();
}

async fn dual_stack_subnet(fixture: &Fixture, vpc: &str) -> String {
    let ec2 = fixture.aws.ec2().await.unwrap();
    let call = ec2
        .associate_vpc_cidr_block()
        .vpc_id(vpc)
        .amazon_provided_ipv6_cidr_block(true);
    let block = call
        .send()
        .await
        .unwrap()
        .ipv6_cidr_block_association
        .unwrap()
        .ipv6_cidr_block
        .unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    let call = ec2
        .create_subnet()
        .vpc_id(vpc)
        .cidr_block("172.31.96.0/24")
        .availability_zone("eu-west-1a");
    let block = block.replace("/56", "/64");
    call.ipv6_cidr_block(block)
        .send()
        .await
        .unwrap()
        .subnet
        .unwrap()
        .subnet_id
        .unwrap()
}

async fn make_connection(fixture: &Fixture, number: usize) {
    use aws_sdk_eventbridge::types::{
        ConnectionAuthorizationType, CreateConnectionApiKeyAuthRequestParameters, CreateConnectionAuthRequestParameters,
    };
    let key = CreateConnectionApiKeyAuthRequestParameters::builder()
        .api_key_name("k")
        .api_key_value("v")
        .build()
        .unwrap();
    let auth = CreateConnectionAuthRequestParameters::builder()
        .api_key_auth_parameters(key)
        .build();
    let call = fixture
        .aws
        .events()
        .await
        .unwrap()
        .create_connection()
        .name(format!("connection-{number}"));
    let call = call
        .authorization_type(ConnectionAuthorizationType::ApiKey)
        .auth_parameters(auth);
    call.send().await.unwrap();
}

async fn make_endpoint(fixture: &Fixture) {
    let (vpc, subnets) = fixture.network().await;
    let call = fixture
        .aws
        .ec2()
        .await
        .unwrap()
        .create_vpc_endpoint()
        .vpc_id(vpc)
        .subnet_ids(&subnets[0]);
    let call = call
        .vpc_endpoint_type(aws_sdk_ec2::types::VpcEndpointType::Interface)
        .private_dns_enabled(false);
    call.service_name("com.amazonaws.eu-west-1.execute-api")
        .send()
        .await
        .unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
}

impl Row {
    async fn run(&self) -> Outcome {
        let before = Fixture::new();
        let inputs = (self.prepare)(&before).await;
        // New objects are visible to every call by then.
        tokio::time::sleep(std::time::Duration::from_secs(300)).await;
        let calls = before.emulator.journal().len();
        let mut findings = self.findings(&before, &inputs).await;
        let codes: BTreeSet<_> = findings.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, BTreeSet::from([self.code]), "{findings:?}");
        let made = before.emulator.journal().split_off(calls).into_iter();
        let made: BTreeSet<String> = made
            .map(|call| format!("{}:{}", call.service, call.operation))
            .collect();
        let mut reads = Vec::new();
        for action in made {
            before.emulator.deny(vec![action.clone()]);
            if self
                .findings(&before, &inputs)
                .await
                .iter()
                .all(|finding| finding.code != self.code)
            {
                reads.push(action);
            }
        }
        before.emulator.deny(Vec::new());
        let error = match self.subject {
            Subject::Group => before.create::<SecurityGroup>("it", inputs).await.err(),
            Subject::Endpoint => before.create::<InterfaceEndpoint>("it", inputs).await.err(),
            Subject::Gateway => before.create::<ResourceGateway>("it", inputs).await.err(),
            Subject::Configuration => before.create::<ResourceConfiguration>("it", inputs).await.err(),
            Subject::Connection => before.create::<Connection>("it", inputs).await.err(),
        };
        let finding = findings.remove(0);
        if let (Some((_, error)), Certainty::Fails) = (&error, finding.certainty) {
            let told = error.to_string();
            assert!(
                told.contains(&finding.text),
                "{} is not said after the failure: {told}",
                self.code
            );
        }
        Outcome {
            finding,
            reads,
            refused: error.map(|(_, error)| error.code().to_owned()),
        }
    }

    /// Returns what a new process finds in a preview of the create.
    async fn findings(&self, fixture: &Fixture, inputs: &Json) -> Vec<Finding> {
        let fresh = Fixture::on(provider(&fixture.emulator, REGION, json!({})), fixture.emulator.clone());
        let (inputs, shared) = (inputs.clone(), Shared::default());
        let found = match self.subject {
            Subject::Group => fresh.findings::<SecurityGroup>("it", inputs, None, &shared).await,
            Subject::Endpoint => fresh.findings::<InterfaceEndpoint>("it", inputs, None, &shared).await,
            Subject::Gateway => fresh.findings::<ResourceGateway>("it", inputs, None, &shared).await,
            Subject::Configuration => {
                fresh
                    .findings::<ResourceConfiguration>("it", inputs, None, &shared)
                    .await
            }
            Subject::Connection => fresh.findings::<Connection>("it", inputs, None, &shared).await,
        };
        found.0
    }
}

/// Returns the codes in the order of the table.
pub(crate) fn codes() -> Vec<&'static str> {
    rows().iter().map(|row| row.code).collect()
}

pub(crate) const PAGE: &str = "docs/preview-checks.md";

/// Each row has its finding, and what is certain to fail fails. The page says the same.
#[tokio::test(start_paused = true)]
async fn every_finding_comes_true_and_is_on_the_page() {
    let peers = Peers::read();
    let mut table = String::from(
        "| code | what is checked | finding | otherwise | others before the update | reads |\n|---|---|---|---|---|---|\n",
    );
    for row in rows() {
        let Outcome {
            finding,
            refused,
            reads,
        } = row.run().await;
        if finding.certainty == Certainty::Fails {
            assert!(refused.is_some(), "{} did not come true", row.code);
        }
        let level = match finding.certainty {
            Certainty::Fails => "**error**",
            Certainty::MayFail | Certainty::WorksOtherwise => "warning",
        };
        let otherwise = match (&refused, finding.certainty) {
            (Some(code), _) if !code.is_empty() => format!("`{code}`"),
            (Some(_), _) => "the create fails later".to_owned(),
            (None, Certainty::WorksOtherwise) => "the create succeeds, calls fail".to_owned(),
            (None, _) => "the create succeeds here".to_owned(),
        };
        let reads = reads
            .iter()
            .map(|read| format!("`{read}`"))
            .collect::<Vec<_>>()
            .join(", ");
        let text = without_ids(&match finding.path.segments() {
            [] => finding.text.clone(),
            _ => format!("`{}`: {}", finding.path, finding.text),
        });
        writeln!(
            table,
            "| `{}` | {} | {level}: {text} | {otherwise} | {} | {reads} |",
            row.code,
            row.what,
            peers.before(row.code)
        )
        .unwrap();
    }
    let page = fs::read_to_string(PAGE).unwrap();
    let (start, rest) = page
        .split_once("<!-- made by tests/preview_checks/table.rs -->\n")
        .unwrap();
    let (_, end) = rest.split_once("<!-- end -->").unwrap();
    let new = format!("{start}<!-- made by tests/preview_checks/table.rs -->\n{table}<!-- end -->{end}");
    let new = peers.write(&new, &codes());
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(PAGE, new).unwrap();
    } else {
        assert_eq!(page, new, "run `UPDATE_GOLDEN=1 cargo test --test preview_checks`");
    }
}

/// Replaces ids, which differ from run to run.
fn without_ids(text: &str) -> String {
    let ids = Regex::new(r"\b(vpc|subnet|sg|vpce|rgw|acl|rtb)-[0-9a-f]{17}\b").unwrap();
    let zones = Regex::new(r"\bZ[0-9A-Z]{20}\b").unwrap();
    zones.replace_all(&ids.replace_all(text, "$1-…"), "Z…").into_owned()
}

/// Every code of the checks is in the table, except those of the policy lint, whose tests have rows of their own.
#[test]
fn every_check_has_a_situation() {
    let literal = Regex::new(
        r#""((?:subnet|vpc|service|private-name|gateway-dns|group|acl|rule|rules|target|quota|key)-[a-z-]+)""#,
    )
    .unwrap();
    let mut coded = Vec::new();
    for directory in ["src/checks", "src/resources"] {
        collect(directory.as_ref(), &mut |text| {
            coded.extend(literal.captures_iter(text).map(|found| found[1].to_owned()));
        });
    }
    let filters = [
        "vpc-id",
        "group-id",
        "group-name",
        "subnet-id",
        "service-name",
        "vpc-endpoint-id",
        "vpc-lattice",
        "subnet-",
        "service-defined",
    ];
    coded.retain(|code| !filters.contains(&code.as_str()));
    coded.sort();
    coded.dedup();
    let mut rows: Vec<_> = rows().iter().map(|row| row.code.to_owned()).collect();
    rows.sort();
    assert_eq!(rows, coded);
}

fn collect(directory: &std::path::Path, each: &mut dyn FnMut(&str)) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, each);
        } else {
            each(&fs::read_to_string(path).unwrap());
        }
    }
}
