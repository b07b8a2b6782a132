//! A situation in AWS, and what the checks of a resource find there.

use aws_sdk_ec2::types::{Filter, PortRange, RuleAction, VpcEndpointType};
use private_step_functions::aws::Aws;
use private_step_functions::resources::interface_endpoint::InterfaceEndpoint;
use private_step_functions::resources::resource_gateway::ResourceGateway;
use pulumi_provider::resource::Resource;
use pulumi_provider::resource::check_cx::Shared;
use pulumi_provider::resource::findings::{Certainty, Finding};
use serde_json::{Value as Json, json};

use crate::fixture::{Fixture, REGION, with};

/// What a check is expected to find: code, path and a part of the text.
pub(crate) type Expected<'a> = (&'a str, &'a str, &'a str);

/// An id that EC2 does not know.
pub(crate) fn unknown(prefix: &str) -> String {
    format!("{prefix}-0123456789abcdef0")
}

/// Returns the inputs of an endpoint of `states` in the default VPC, without private DNS. It has the group `admits`.
pub(crate) async fn endpoint(fixture: &Fixture, more: Json) -> Json {
    let (vpc, subnets) = fixture.network().await;
    let group = open_group(fixture).await;
    let base = json!({
        "vpcId": vpc, "service": "states", "subnetIds": subnets[..2], "privateDnsEnabled": false,
        "securityGroupIds": [group],
    });
    with(&base, more)
}

/// Returns the inputs of a gateway in the default VPC.
pub(crate) async fn gateway(fixture: &Fixture, more: Json) -> Json {
    let (vpc, subnets) = fixture.network().await;
    with(&json!({ "vpcId": vpc, "subnetIds": subnets[..2] }), more)
}

/// Returns a security group of the default VPC that admits port 443.
pub(crate) async fn open_group(fixture: &Fixture) -> String {
    let number = fixture.existing("security-group").len();
    let group = fixture.security_group(&format!("open-{number}")).await;
    admit(fixture, &group, "10.0.0.0/8", 443).await;
    group
}

/// Adds an ingress rule to a group.
pub(crate) async fn admit(fixture: &Fixture, group: &str, cidr: &str, port: i32) {
    let ec2 = fixture.aws.ec2().await.unwrap();
    let call = ec2
        .authorize_security_group_ingress()
        .group_id(group)
        .ip_protocol("tcp");
    call.from_port(port).to_port(port).cidr_ip(cidr).send().await.unwrap();
}

/// Makes another VPC.
pub(crate) async fn vpc(fixture: &Fixture, cidr: &str) -> String {
    let call = fixture.aws.ec2().await.unwrap().create_vpc().cidr_block(cidr);
    call.send().await.unwrap().vpc.unwrap().vpc_id.unwrap()
}

/// Makes a subnet in a VPC, in the zone with this letter.
pub(crate) async fn subnet(fixture: &Fixture, vpc: &str, cidr: &str, zone: &str) -> String {
    let call = fixture
        .aws
        .ec2()
        .await
        .unwrap()
        .create_subnet()
        .vpc_id(vpc)
        .cidr_block(cidr);
    let call = call.availability_zone(format!("eu-west-1{zone}"));
    call.send().await.unwrap().subnet.unwrap().subnet_id.unwrap()
}

/// Makes an endpoint in the default VPC as another tool would, and returns its id.
pub(crate) async fn foreign_endpoint(fixture: &Fixture, service: &str, private_dns: bool) -> String {
    let (vpc, subnets) = fixture.network().await;
    let call = fixture.aws.ec2().await.unwrap().create_vpc_endpoint().vpc_id(vpc);
    let call = call
        .vpc_endpoint_type(VpcEndpointType::Interface)
        .subnet_ids(&subnets[0]);
    let call = call
        .service_name(format!("com.amazonaws.eu-west-1.{service}"))
        .private_dns_enabled(private_dns);
    let made = call
        .send()
        .await
        .unwrap()
        .vpc_endpoint
        .unwrap()
        .vpc_endpoint_id
        .unwrap();
    // Until it is available, and visible to other calls.
    tokio::time::sleep(std::time::Duration::from_secs(300)).await;
    made
}

/// Returns the findings in the create of a resource, after checking that everything could be read.
pub(crate) async fn findings<R: Resource<Clients = Aws>>(fixture: &Fixture, inputs: Json) -> Vec<Finding> {
    let (findings, not_checked) = fixture.findings::<R>("it", inputs, None, &Shared::default()).await;
    assert_eq!(not_checked, [], "{findings:?}");
    findings
}

/// Checks that the create of an endpoint has exactly this finding.
pub(crate) async fn endpoint_has(fixture: &Fixture, inputs: Json, certainty: Certainty, expected: Expected<'_>) {
    has::<InterfaceEndpoint>(fixture, inputs, certainty, expected).await;
}

/// Checks that the create of a gateway has exactly this finding.
pub(crate) async fn gateway_has(fixture: &Fixture, inputs: Json, certainty: Certainty, expected: Expected<'_>) {
    has::<ResourceGateway>(fixture, inputs, certainty, expected).await;
}

/// Checks that a create has exactly this finding, and that it fails if the finding says so.
pub(crate) async fn has<R: Resource<Clients = Aws>>(
    fixture: &Fixture,
    inputs: Json,
    certainty: Certainty,
    (code, path, text): Expected<'_>,
) {
    let found = findings::<R>(fixture, inputs.clone()).await;
    let shown: Vec<_> = found
        .iter()
        .map(|finding| (finding.code, finding.path.to_string()))
        .collect();
    assert_eq!(shown, [(code, path.to_owned())], "{found:?}");
    assert_eq!(found[0].certainty, certainty, "{found:?}");
    assert!(found[0].text.contains(text), "{found:?}");
    if certainty == Certainty::Fails {
        assert!(
            fixture.create::<R>("it", inputs).await.is_err(),
            "{code} did not come true"
        );
    }
}

/// Checks that the create of a resource has no finding, and succeeds.
pub(crate) async fn is_fine<R: Resource<Clients = Aws>>(fixture: &Fixture, inputs: Json) {
    assert_eq!(findings::<R>(fixture, inputs.clone()).await, []);
    fixture.create::<R>("it", inputs).await.unwrap();
}

/// Returns the inputs of a security group in the default VPC.
pub(crate) async fn group(fixture: &Fixture, more: Json) -> Json {
    let (vpc, _) = fixture.network().await;
    with(&json!({ "vpcId": vpc, "description": "a test" }), more)
}

/// Returns the inputs of a configuration for an endpoint, behind a new gateway.
pub(crate) async fn configuration(fixture: &Fixture, endpoint: &str) -> Json {
    let made = fixture
        .create::<ResourceGateway>("gateway", gateway(fixture, json!({})).await)
        .await
        .unwrap();
    json!({ "resourceGatewayId": made.id, "ports": ["443"], "target": { "vpcEndpointId": endpoint } })
}

/// Returns the inputs of a private connection.
pub(crate) fn connection(configuration: &str) -> Json {
    json!({
        "resourceConfigurationArn": configuration,
        "auth": { "apiKey": { "name": "x-api-key", "value": "hunter2" } },
    })
}

/// Denies TCP on port 443 in the network ACL of a subnet, to it or from it.
pub(crate) async fn deny_https(fixture: &Fixture, subnet: &str, egress: bool) {
    let ec2 = fixture.aws.ec2().await.unwrap();
    let filter = Filter::builder().name("association.subnet-id").values(subnet).build();
    let acls = ec2.describe_network_acls().filters(filter).send().await.unwrap();
    let acl = acls.network_acls()[0].network_acl_id().unwrap();
    let call = ec2
        .create_network_acl_entry()
        .network_acl_id(acl)
        .rule_number(90)
        .protocol("6")
        .egress(egress);
    let ports = PortRange::builder().from(443).to(443).build();
    let call = call
        .rule_action(RuleAction::Deny)
        .cidr_block("0.0.0.0/0")
        .port_range(ports);
    call.send().await.unwrap();
}

/// Returns the inputs of a configuration for a host or an address, behind a new gateway with a group of its own.
pub(crate) async fn configuration_of(fixture: &Fixture, target: Json) -> Json {
    let own = fixture.security_group("gateway").await;
    let more = gateway(fixture, json!({ "securityGroupIds": [own] })).await;
    let made = fixture.create::<ResourceGateway>("gateway", more).await.unwrap();
    json!({ "resourceGatewayId": made.id, "ports": ["443"], "target": target })
}

/// Makes a network interface in the first subnet of the default VPC, as an instance or a load balancer has, and returns its address.
pub(crate) async fn interface(fixture: &Fixture, group: &str, description: &str) -> String {
    let subnet = fixture.network().await.1[0].clone();
    let seed = json!({
        "kind": "network-interface", "SubnetId": subnet, "Groups": [group], "Description": description,
    });
    let made = fixture.emulator.seed(seed).unwrap();
    made["PrivateIpAddress"].as_str().unwrap().to_owned()
}

/// Adds a route to the main table of the default VPC.
pub(crate) async fn route(fixture: &Fixture, cidr: &str) -> String {
    let ec2 = fixture.aws.ec2().await.unwrap();
    let filter = |name: &str, value: &str| Filter::builder().name(name).values(value).build();
    let call = ec2
        .describe_route_tables()
        .filters(filter("vpc-id", &fixture.network().await.0));
    let tables = call.filters(filter("association.main", "true")).send().await.unwrap();
    let table = tables.route_tables()[0].route_table_id().unwrap().to_owned();
    let call = ec2.create_route().route_table_id(&table).destination_cidr_block(cidr);
    call.transit_gateway_id("tgw-0123456789abcdef0").send().await.unwrap();
    table
}

/// Removes all egress rules of a group, and adds one for this block.
pub(crate) async fn lets_out_only(fixture: &Fixture, group: &str, cidr: &str) {
    let ec2 = fixture.aws.ec2().await.unwrap();
    let rules = ec2.describe_security_groups().group_ids(group).send().await.unwrap();
    let rules = rules.security_groups()[0].ip_permissions_egress().to_vec();
    let call = ec2.revoke_security_group_egress().group_id(group);
    call.set_ip_permissions(Some(rules)).send().await.unwrap();
    let call = ec2.authorize_security_group_egress().group_id(group);
    let https = aws_sdk_ec2::types::IpPermission::builder().ip_protocol("tcp");
    let to = aws_sdk_ec2::types::IpRange::builder().cidr_ip(cidr).build();
    let rule = https.from_port(443).to_port(443).ip_ranges(to).build();
    call.ip_permissions(rule).send().await.unwrap();
}

/// Gives an endpoint a policy that admits only AWS identities.
pub(crate) async fn admit_only_identities(fixture: &Fixture, endpoint: &str) {
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::123456789012:root" }, "Action": "execute-api:*", "Resource": "*",
    }] });
    let ec2 = fixture.aws.ec2().await.unwrap();
    let call = ec2.modify_vpc_endpoint().vpc_endpoint_id(endpoint);
    call.policy_document(policy.to_string()).send().await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
}

/// Returns the default group of the default VPC, which objects without groups have.
pub(crate) async fn default_group(fixture: &Fixture) -> String {
    group_named(fixture, "default").await
}

/// Returns the group of the default VPC with this name.
pub(crate) async fn group_named(fixture: &Fixture, name: &str) -> String {
    let ec2 = fixture.aws.ec2().await.unwrap();
    let filter = |name: &str, value: &str| Filter::builder().name(name).values(value).build();
    let call = ec2
        .describe_security_groups()
        .filters(filter("vpc-id", &fixture.network().await.0));
    let found = call.filters(filter("group-name", name)).send().await.unwrap();
    found.security_groups()[0].group_id().unwrap().to_owned()
}

/// Makes a KMS key that connections can use, with these changes. It has the alias `alias/orders`.
pub(crate) fn usable_key(fixture: &Fixture, changes: Json) {
    let tags = json!({ "EventBridgeApiDestinations": "true" });
    let base = json!({ "kind": "kms-key", "region": REGION, "aliases": ["alias/orders"], "tags": tags });
    fixture.emulator.seed(with(&base, changes)).unwrap();
}

/// Returns the inputs of a public connection with this KMS key.
pub(crate) fn keyed(key: &str) -> Json {
    json!({ "kmsKeyId": key, "auth": { "apiKey": { "name": "x-api-key", "value": "hunter2" } } })
}
