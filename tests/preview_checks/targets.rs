//! The targets of resource configurations: endpoints, hosts and addresses.

use private_step_functions::resources::resource_configuration::ResourceConfiguration;
use pulumi_provider::resource::findings::Certainty::{Fails, WorksOtherwise};
use serde_json::json;

use crate::fixture::{Fixture, provider};
use crate::situation::{
    Expected, admit, admit_only_identities, configuration, configuration_of, findings, foreign_endpoint, group_named,
    has, interface, is_fine, lets_out_only, route, unknown,
};

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_does_not_exist() {
    let fixture = Fixture::new();
    let inputs = configuration(&fixture, &unknown("vpce")).await;
    let expected = (
        "target-missing",
        "target.vpcEndpointId",
        "for an endpoint of another account, set `domainName`",
    );
    has::<ResourceConfiguration>(&fixture, inputs, Fails, expected).await;
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_of_another_service() {
    let fixture = Fixture::new();
    let other = foreign_endpoint(&fixture, "states", false).await;
    let inputs = configuration(&fixture, &other).await;
    let expected = (
        "target-service",
        "target.vpcEndpointId",
        "is an endpoint of com.amazonaws.eu-west-1.states",
    );
    has::<ResourceConfiguration>(&fixture, inputs, Fails, expected).await;
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_does_not_admit_the_gateway() {
    let fixture = Fixture::new();
    let endpoint = foreign_endpoint(&fixture, "execute-api", false).await;
    let inputs = configuration(&fixture, &endpoint).await;
    // The gateway and the endpoint both have the default group, whose members reach each other.
    is_fine::<ResourceConfiguration>(&fixture, inputs.clone()).await;

    let closed = fixture.security_group("closed").await;
    let (_, subnets) = fixture.network().await;
    let call = fixture
        .aws
        .ec2()
        .await
        .unwrap()
        .describe_vpc_endpoints()
        .vpc_endpoint_ids(&endpoint);
    let before = call.send().await.unwrap().vpc_endpoints()[0].groups()[0]
        .group_id()
        .unwrap()
        .to_owned();
    let call = fixture
        .aws
        .ec2()
        .await
        .unwrap()
        .modify_vpc_endpoint()
        .vpc_endpoint_id(&endpoint);
    call.add_security_group_ids(&closed)
        .remove_security_group_ids(before)
        .send()
        .await
        .unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(300)).await;
    let again = || {
        Fixture::on(
            provider(&fixture.emulator, "eu-west-1", json!({})),
            fixture.emulator.clone(),
        )
    };
    let expected = ("target-closed", "target.vpcEndpointId", "admits the resource gateway");
    has::<ResourceConfiguration>(&again(), inputs.clone(), WorksOtherwise, expected).await;

    let call = fixture
        .aws
        .ec2()
        .await
        .unwrap()
        .describe_subnets()
        .subnet_ids(&subnets[0]);
    let block = call.send().await.unwrap().subnets()[0].cidr_block().unwrap().to_owned();
    admit(&fixture, &closed, &block, 443).await;
    assert_eq!(findings::<ResourceConfiguration>(&again(), inputs).await, []);
}

/// Returns a fixture that has read nothing yet, on the same AWS.
fn anew(fixture: &Fixture) -> Fixture {
    let aws = provider(&fixture.emulator, "eu-west-1", json!({}));
    Fixture::on(aws, fixture.emulator.clone())
}

/// Checks that calls will not work for this reason.
async fn warns(fixture: &Fixture, inputs: &serde_json::Value, expected: Expected<'_>) {
    has::<ResourceConfiguration>(&anew(fixture), inputs.clone(), WorksOtherwise, expected).await;
}

/// Checks that there is no finding.
async fn has_none(fixture: &Fixture, inputs: &serde_json::Value) {
    assert_eq!(
        findings::<ResourceConfiguration>(&anew(fixture), inputs.clone()).await,
        []
    );
}

#[tokio::test(start_paused = true)]
async fn an_address_whose_interface_does_not_admit_the_gateway() {
    let fixture = Fixture::new();
    let group = fixture.security_group("instance").await;
    let address = interface(&fixture, &group, "").await;
    let inputs = configuration_of(&fixture, json!({ "ipAddress": address })).await;
    warns(&fixture, &inputs, ("target-closed", "target.ipAddress", "on port 443")).await;
    let (_, subnets) = fixture.network().await;
    let ec2 = fixture.aws.ec2().await.unwrap();
    let shown = ec2.describe_subnets().subnet_ids(&subnets[1]).send().await.unwrap();
    admit(&fixture, &group, shown.subnets()[0].cidr_block().unwrap(), 443).await;
    has_none(&fixture, &inputs).await;
    // Other ports are as closed as before.
    let mut other = inputs.clone();
    other["ports"] = json!(["443", "8000-8010"]);
    warns(
        &fixture,
        &other,
        ("target-closed", "target.ipAddress", "on ports 8000 to 8010"),
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_address_that_the_gateway_does_not_let_connections_out_to() {
    let fixture = Fixture::new();
    let group = crate::situation::open_group(&fixture).await;
    admit(&fixture, &group, "172.31.0.0/16", 443).await;
    let address = interface(&fixture, &group, "").await;
    let inputs = configuration_of(&fixture, json!({ "ipAddress": address })).await;
    has_none(&fixture, &inputs).await;
    let own = group_named(&fixture, "gateway").await;
    lets_out_only(&fixture, &own, "10.0.0.0/8").await;
    warns(
        &fixture,
        &inputs,
        ("target-egress", "target.ipAddress", &format!("no rule of {own}")),
    )
    .await;
    let call = fixture.aws.ec2().await.unwrap().authorize_security_group_egress();
    let pair = aws_sdk_ec2::types::UserIdGroupPair::builder().group_id(&group).build();
    let rule = aws_sdk_ec2::types::IpPermission::builder().ip_protocol("tcp");
    let rule = rule.from_port(443).to_port(443).user_id_group_pairs(pair).build();
    call.group_id(&own).ip_permissions(rule).send().await.unwrap();
    has_none(&fixture, &inputs).await;
}

#[tokio::test(start_paused = true)]
async fn an_address_of_the_vpc_that_nothing_has() {
    let fixture = Fixture::new();
    let inputs = configuration_of(&fixture, json!({ "ipAddress": "172.31.0.77" })).await;
    let expected = ("target-address", "target.ipAddress", "has the address 172.31.0.77");
    warns(&fixture, &inputs, expected).await;
}

#[tokio::test(start_paused = true)]
async fn an_address_outside_of_the_vpc_needs_a_route() {
    let fixture = Fixture::new();
    let inputs = configuration_of(&fixture, json!({ "ipAddress": "10.9.0.5" })).await;
    // The default VPC has a route to its internet gateway.
    warns(
        &fixture,
        &inputs,
        ("target-route", "target.ipAddress", "leads to an internet gateway"),
    )
    .await;
    let table = route(&fixture, "10.9.0.0/16").await;
    has_none(&fixture, &inputs).await;
    let gone = json!({
        "kind": "route", "RouteTableId": table, "DestinationCidrBlock": "10.9.0.0/16", "State": "blackhole",
    });
    fixture.emulator.seed(gone).unwrap();
    warns(
        &fixture,
        &inputs,
        (
            "target-route",
            "target.ipAddress",
            &format!("the target of the route 10.9.0.0/16 of {table} is gone (blackhole)"),
        ),
    )
    .await;
    // A subnet with a table of its own does not have the routes of the main one.
    let (vpc, subnets) = fixture.network().await;
    let ec2 = fixture.aws.ec2().await.unwrap();
    let made = ec2.create_route_table().vpc_id(vpc).send().await.unwrap();
    let own = made.route_table.unwrap().route_table_id.unwrap();
    for subnet in &subnets {
        let call = ec2.associate_route_table().route_table_id(&own);
        call.subnet_id(subnet).send().await.unwrap();
    }
    warns(
        &fixture,
        &inputs,
        ("target-route", "target.ipAddress", &format!("{own} has no route")),
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_internal_load_balancer() {
    let fixture = Fixture::new();
    let group = fixture.security_group("balancer").await;
    interface(&fixture, &group, "ELB app/orders/50dc6c495c0c9188").await;
    let name = "internal-orders-1234567890.eu-west-1.elb.amazonaws.com";
    let inputs = configuration_of(&fixture, json!({ "domainName": name })).await;
    let expected = ("target-closed", "target.domainName", "to internal-orders-1234567890.");
    warns(&fixture, &inputs, expected).await;
    admit(&fixture, &group, "172.31.0.0/16", 443).await;
    has_none(&fixture, &inputs).await;
    let own = group_named(&fixture, "gateway").await;
    lets_out_only(&fixture, &own, "10.0.0.0/8").await;
    warns(
        &fixture,
        &inputs,
        ("target-egress", "target.domainName", "lets TCP out to internal-orders"),
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_host_that_aws_does_not_show_costs_no_read() {
    let fixture = Fixture::new();
    let inputs = configuration_of(&fixture, json!({ "domainName": "orders.example.com" })).await;
    let before = fixture.emulator.journal().len();
    has_none(&fixture, &inputs).await;
    assert_eq!(fixture.emulator.journal().len(), before);
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_by_id_costs_no_read_of_interfaces_or_routes() {
    let fixture = Fixture::new();
    let endpoint = foreign_endpoint(&fixture, "execute-api", false).await;
    let inputs = configuration(&fixture, &endpoint).await;
    let before = fixture.emulator.journal().len();
    has_none(&fixture, &inputs).await;
    let calls: Vec<_> = fixture.emulator.journal().split_off(before);
    let mut calls: Vec<_> = calls.into_iter().map(|call| call.operation).collect();
    calls.sort();
    let expected = [
        "DescribeSecurityGroups",
        "DescribeSubnets",
        "DescribeVpcEndpoints",
        "ListResourceGateways",
    ];
    assert_eq!(calls, expected);
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_by_its_dns_name() {
    let fixture = Fixture::new();
    let endpoint = foreign_endpoint(&fixture, "execute-api", false).await;
    let ec2 = fixture.aws.ec2().await.unwrap();
    let shown = ec2
        .describe_vpc_endpoints()
        .vpc_endpoint_ids(&endpoint)
        .send()
        .await
        .unwrap();
    let name = shown.vpc_endpoints()[0].dns_entries()[0].dns_name().unwrap().to_owned();
    let inputs = configuration_of(&fixture, json!({ "domainName": name })).await;
    warns(
        &fixture,
        &inputs,
        ("target-closed", "target.domainName", "admits the resource gateway"),
    )
    .await;
    // Of another account's endpoint nothing can be said.
    let strange = name.replace(&endpoint, &unknown("vpce"));
    let mut inputs = inputs;
    inputs["target"] = json!({ "domainName": strange });
    has_none(&fixture, &inputs).await;
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_whose_policy_admits_only_aws_identities() {
    let fixture = Fixture::new();
    let endpoint = foreign_endpoint(&fixture, "execute-api", false).await;
    let inputs = configuration(&fixture, &endpoint).await;
    admit_only_identities(&fixture, &endpoint).await;
    let expected = ("target-policy", "target.vpcEndpointId", "the API answers 403");
    warns(&fixture, &inputs, expected).await;
}
