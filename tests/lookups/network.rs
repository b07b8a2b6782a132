//! VPCs and interface endpoints.

use aws_sdk_ec2::types::Tag;
use serde_json::{Value as Json, json};

use crate::fixture::{Fixture, REGION, provider};
use crate::situation::{foreign_endpoint, subnet, unknown, vpc};
use crate::{ask, ask_with, calls_of, texts};

async fn tag_name(fixture: &Fixture, id: &str, name: &str) {
    let tag = Tag::builder().key("Name").value(name).build();
    let call = fixture.aws.ec2().await.unwrap().create_tags().resources(id).tags(tag);
    call.send().await.unwrap();
    // Until other calls show it.
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
}

fn subnet_of<'a>(found: &'a Json, id: &str) -> &'a Json {
    let subnets = found["subnets"].as_array().unwrap();
    subnets.iter().find(|subnet| subnet["id"] == id).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_vpc_with_its_subnets() {
    let fixture = Fixture::new();
    let (id, subnets) = fixture.network().await;
    let (found, calls) = calls_of(&fixture, ask(&fixture, "getVpc", json!({ "id": id }))).await;
    let found = found.unwrap();
    assert_eq!(
        json!(calls),
        json!({ "DescribeVpcs": 1, "DescribeVpcAttribute": 2, "DescribeSubnets": 1, "DescribeRouteTables": 1,
            "DescribeVpcEndpointServices": 1, "GetCallerIdentity": 1 })
    );
    assert_eq!(found["cidrBlocks"], json!(["172.31.0.0/16"]));
    assert_eq!(found["ipv6CidrBlocks"], json!([]));
    assert_eq!(
        [
            &found["isDefault"],
            &found["enableDnsSupport"],
            &found["enableDnsHostnames"]
        ],
        [true; 3]
    );
    assert_eq!(found["subnets"].as_array().unwrap().len(), subnets.len());
    for subnet in found["subnets"].as_array().unwrap() {
        assert_eq!(
            [
                &subnet["kind"],
                &subnet["availableIpAddressCount"],
                &subnet["obstacles"]
            ],
            [&json!("public"), &json!(4091.0), &json!([])],
            "{subnet}"
        );
        assert!(subnet["routeTableId"].as_str().unwrap().starts_with("rtb-"));
    }
    assert_eq!(texts(&found["endpointSubnetIds"]).len(), 3);
    assert_eq!(found["endpointSubnetIds"], found["resourceGatewaySubnetIds"]);
}

#[tokio::test(start_paused = true)]
async fn what_a_subnet_may_be_used_for() {
    let fixture = Fixture::new();
    let id = vpc(&fixture, "10.1.0.0/16").await;
    let first = subnet(&fixture, &id, "10.1.2.0/28", "a").await;
    let later = subnet(&fixture, &id, "10.1.10.0/24", "a").await;
    let theirs = subnet(&fixture, &id, "10.1.20.0/24", "b").await;
    let outpost = subnet(&fixture, &id, "10.1.30.0/24", "c").await;
    let seed = |seed: Json| fixture.emulator.seed(seed).unwrap();
    seed(json!({ "kind": "subnet", "SubnetId": theirs, "OwnerId": "999999999999" }));
    let arn = "arn:aws:outposts:eu-west-1:123456789012:outpost/op-0123456789abcdef0";
    seed(json!({ "kind": "subnet", "SubnetId": outpost, "OutpostArn": arn }));
    seed(json!({ "kind": "subnet", "SubnetId": first, "AvailableIpAddressCount": 0 }));
    let look = async || ask(&fixture, "getVpc", json!({ "id": id })).await.unwrap();
    let found = look().await;
    // Free addresses are shown, and do not decide: they change while a program runs.
    assert_eq!(subnet_of(&found, &first)["availableIpAddressCount"], 0.0);
    assert_eq!(texts(&found["endpointSubnetIds"]), [first.as_str()]);
    assert_eq!(texts(&found["resourceGatewaySubnetIds"]), [first.as_str()]);
    assert_eq!(subnet_of(&found, &later)["kind"], "isolated");
    assert_eq!(
        texts(&subnet_of(&found, &theirs)["obstacles"]),
        ["it belongs to account 999999999999, and only that account can use it"]
    );
    assert_eq!(
        texts(&subnet_of(&found, &outpost)["obstacles"]),
        ["it is on an Outpost"]
    );
    let services = json!({ "kind": "endpoint-service", "region": REGION, "ServiceName": "com.amazonaws.eu-west-1.sync-states",
        "AvailabilityZones": ["eu-west-1b", "eu-west-1c"] });
    seed(services);
    let found = look().await;
    assert_eq!(texts(&found["endpointSubnetIds"]), [""; 0]);
    assert_eq!(texts(&found["resourceGatewaySubnetIds"]), [first.as_str()]);
    let obstacles = &subnet_of(&found, &first)["obstacles"];
    assert!(
        texts(obstacles)[0]
            .starts_with("no interface endpoint: com.amazonaws.eu-west-1.sync-states is not offered in euw1-az1"),
        "{obstacles}"
    );
}

/// VPC Lattice has no resource gateways in use1-az3, which is us-east-1c in the emulator.
#[tokio::test(start_paused = true)]
async fn a_zone_without_resource_gateways() {
    let fixture = Fixture::new();
    let there = json!({ "region": "us-east-1" });
    let aws = provider(&fixture.emulator, REGION, there.clone());
    let vpcs = aws.ec2().await.unwrap().describe_vpcs().send().await.unwrap();
    let id = vpcs.vpcs()[0].vpc_id().unwrap();
    let found = ask_with(&fixture, there, "getVpc", json!({ "id": id })).await.unwrap();
    let subnets = found["subnets"].as_array().unwrap();
    let third = subnets
        .iter()
        .find(|subnet| subnet["availabilityZoneId"] == "use1-az3")
        .unwrap();
    assert_eq!([&third["interfaceEndpoint"], &third["resourceGateway"]], [true, false]);
    assert_eq!(
        texts(&third["obstacles"]),
        ["no resource gateway: VPC Lattice has had no resource gateways in use1-az3"]
    );
    let left_out = third["id"].as_str().unwrap();
    assert!(texts(&found["endpointSubnetIds"]).contains(&left_out));
    assert!(!texts(&found["resourceGatewaySubnetIds"]).contains(&left_out));
}

#[tokio::test(start_paused = true)]
async fn where_the_routes_of_a_subnet_lead() {
    let fixture = Fixture::new();
    let (default, _) = fixture.network().await;
    let id = vpc(&fixture, "10.1.0.0/16").await;
    let isolated = subnet(&fixture, &id, "10.1.1.0/24", "a").await;
    let private = subnet(&fixture, &id, "10.1.2.0/24", "a").await;
    let ec2 = fixture.aws.ec2().await.unwrap();
    let table = ec2.create_route_table().vpc_id(&id).send().await.unwrap();
    let table = table.route_table().unwrap().route_table_id().unwrap();
    let call = ec2.associate_route_table().route_table_id(table).subnet_id(&private);
    call.send().await.unwrap();
    let call = ec2
        .create_route()
        .route_table_id(table)
        .destination_cidr_block("0.0.0.0/0");
    call.transit_gateway_id("tgw-0123456789abcdef0").send().await.unwrap();
    let found = ask(&fixture, "getVpc", json!({ "id": id })).await.unwrap();
    assert_eq!(subnet_of(&found, &isolated)["kind"], "isolated");
    assert_eq!(subnet_of(&found, &private)["kind"], "private");
    assert_eq!(subnet_of(&found, &private)["routeTableId"], table);
    assert_eq!(texts(&found["endpointSubnetIds"]), [&isolated]);
    // The default VPC has an internet gateway.
    let found = ask(&fixture, "getVpc", json!({ "id": default })).await.unwrap();
    assert_eq!(found["subnets"][0]["kind"], "public");
}

#[tokio::test(start_paused = true)]
async fn a_vpc_by_its_name() {
    let fixture = Fixture::new();
    let (one, other) = (vpc(&fixture, "10.1.0.0/16").await, vpc(&fixture, "10.2.0.0/16").await);
    tag_name(&fixture, &one, "shop").await;
    tag_name(&fixture, &other, "shops").await;
    let look = async |name: &str| ask(&fixture, "getVpc", json!({ "name": name })).await;
    let found = look("shop").await.unwrap();
    assert_eq!([&found["id"], &found["name"]], [&json!(one), &json!("shop")]);
    assert_eq!(found["tags"], json!({ "Name": "shop" }));
    // A name is no pattern.
    insta::assert_snapshot!(
        look("shop*").await.unwrap_err(),
        @r#"there is no VPC named "shop*" in eu-west-1 for account 123456789012. Check the arguments, the Region and the account. If this program creates it, pass its id or ARN as argument: these are known only after that, so no preview asks before"#
    );
    tag_name(&fixture, &other, "shop").await;
    let mut both = [one, other];
    both.sort();
    assert_eq!(
        look("shop").await.unwrap_err(),
        format!(
            "there are 2 VPCs named \"shop\" in eu-west-1 for account 123456789012: {}. Give the `id` of one of them",
            both.join(", ")
        )
    );
}

#[tokio::test(start_paused = true)]
async fn a_vpc_that_is_not_there_or_not_shown() {
    let fixture = Fixture::new();
    let (missing, calls) = calls_of(&fixture, ask(&fixture, "getVpc", json!({ "id": unknown("vpc") }))).await;
    assert!(
        missing
            .unwrap_err()
            .starts_with("there is no VPC vpc-0123456789abcdef0 in eu-west-1 for account 123456789012.")
    );
    assert_eq!(json!(calls), json!({ "DescribeVpcs": 1, "GetCallerIdentity": 1 }));
    let (id, _) = fixture.network().await;
    let denied = ["ec2:DescribeSubnets", "ec2:DescribeRouteTables"].map(str::to_owned);
    fixture.emulator.deny(denied.to_vec());
    let error = ask(&fixture, "getVpc", json!({ "id": id })).await.unwrap_err();
    assert!(
        error.starts_with(&format!("looking up {id}: DescribeSubnets: access denied")),
        "{error}"
    );
    assert!(error.contains("; DescribeRouteTables: access denied"), "{error}");
    for (arguments, says) in [
        (json!({}), "`id`"),
        (json!({ "id": "vpc-1", "name": "shop" }), "`name`"),
        (json!({ "vpc": "vpc-1", "id": "shop" }), "`vpc`"),
        (json!({ "vpc": "vpc-1", "id": "shop" }), "`id` must be a VPC id"),
    ] {
        let error = ask(&fixture, "getVpc", arguments.clone()).await.unwrap_err();
        assert!(error.contains(says), "{arguments}: {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_interface_endpoint_by_its_id_and_by_its_service() {
    let fixture = Fixture::new();
    let states = foreign_endpoint(&fixture, "states", true).await;
    let api = foreign_endpoint(&fixture, "execute-api", false).await;
    let (vpc, _) = fixture.network().await;
    let look = async |arguments: Json| ask(&fixture, "getInterfaceEndpoint", arguments).await;
    let by_service = json!({ "vpcId": vpc, "service": "states" });
    let (found, calls) = calls_of(&fixture, look(by_service)).await;
    let found = found.unwrap();
    assert_eq!(json!(calls), json!({ "DescribeVpcEndpoints": 1 }));
    assert_eq!(found, look(json!({ "id": states })).await.unwrap());
    let full = json!({ "vpcId": vpc, "service": "com.amazonaws.eu-west-1.states" });
    assert_eq!(found, look(full).await.unwrap());
    for (name, value) in [
        ("id", json!(states)),
        ("vpcId", json!(vpc)),
        ("service", json!("states")),
        ("state", json!("available")),
        ("privateDnsEnabled", json!(true)),
        ("privateDnsName", json!("states.eu-west-1.amazonaws.com")),
        ("url", json!("https://states.eu-west-1.amazonaws.com")),
        (
            "arn",
            json!(format!("arn:aws:ec2:eu-west-1:123456789012:vpc-endpoint/{states}")),
        ),
    ] {
        assert_eq!(found[name], value, "{name}");
    }
    let found = look(json!({ "vpcId": vpc, "service": "execute-api" })).await.unwrap();
    assert_eq!([&found["id"], &found["service"]], [&json!(api), &json!("execute-api")]);
    assert!(
        found["regionalDnsName"]
            .as_str()
            .unwrap()
            .contains(".execute-api.eu-west-1.vpce.")
    );
}

#[tokio::test(start_paused = true)]
async fn an_interface_endpoint_that_is_not_the_only_one() {
    let fixture = Fixture::new();
    let (vpc, _) = fixture.network().await;
    let arguments = json!({ "vpcId": vpc, "service": "states" });
    let look = async || ask(&fixture, "getInterfaceEndpoint", arguments.clone()).await;
    let missing = look().await.unwrap_err();
    assert!(
        missing.starts_with(&format!(
            "there is no interface endpoint for states of {vpc} in eu-west-1 for account"
        )),
        "{missing}"
    );
    let one = foreign_endpoint(&fixture, "states", true).await;
    let other = foreign_endpoint(&fixture, "states", false).await;
    let several = look().await.unwrap_err();
    let mut names = [format!("{one} (with private DNS)"), other.clone()];
    names.sort();
    assert_eq!(
        several,
        format!(
            "there are 2 interface endpoints for states of {vpc} in eu-west-1 for account 123456789012: {}. Give the `id` of one of them",
            names.join(", ")
        )
    );
    // One that failed is none, unless it is asked for.
    fixture
        .emulator
        .seed(json!({ "kind": "vpc-endpoint", "VpcEndpointId": other, "State": "failed" }))
        .unwrap();
    assert_eq!(look().await.unwrap()["id"], one);
    let failed = ask(&fixture, "getInterfaceEndpoint", json!({ "id": other }))
        .await
        .unwrap();
    assert_eq!(failed["state"], "failed");
    fixture
        .emulator
        .seed(json!({ "kind": "vpc-endpoint", "VpcEndpointId": other, "State": "deleted" }))
        .unwrap();
    let gone = ask(&fixture, "getInterfaceEndpoint", json!({ "id": other }))
        .await
        .unwrap_err();
    assert!(
        gone.starts_with(&format!("there is no interface endpoint {other} in eu-west-1")),
        "{gone}"
    );
    fixture.emulator.deny(vec!["ec2:DescribeVpcEndpoints".to_owned()]);
    let denied = look().await.unwrap_err();
    assert!(denied.starts_with("DescribeVpcEndpoints: access denied"), "{denied}");
    for (arguments, says) in [
        (json!({ "vpcId": vpc }), "`service` is required with `vpcId`"),
        (
            json!({ "id": one, "service": "states" }),
            "`service` does not go with `id`",
        ),
        (json!({ "service": "states" }), "`vpcId`"),
        (json!({ "id": "vpc-1", "colour": 1 }), "`id` must be a VPC endpoint id"),
        (json!({ "id": "vpc-1", "colour": 1 }), "`colour`"),
    ] {
        let error = ask(&fixture, "getInterfaceEndpoint", arguments.clone())
            .await
            .unwrap_err();
        assert!(error.contains(says), "{arguments}: {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn settings_of_clients_call_nothing() {
    let fixture = Fixture::new();
    let urls = json!({ "statesUrl": "https://vpce-0a1-x.states.eu-west-1.vpce.amazonaws.com",
        "syncStatesUrl": "https://sync-states.eu-west-1.amazonaws.com" });
    let (found, calls) = calls_of(&fixture, ask(&fixture, "clientSettings", urls)).await;
    let found = found.unwrap();
    assert_eq!(json!(calls), json!({}));
    assert_eq!(found["snippets"].as_array().unwrap().len(), 9);
    assert_eq!(found["privateDns"], false);
    assert_eq!(found["syncStates"]["readTimeoutSeconds"], 310.0);
    let sdk = json!({ "statesUrl": "https://states.eu-west-1.amazonaws.com", "sdk": "go" });
    let found = ask(&fixture, "clientSettings", sdk).await.unwrap();
    assert_eq!(found["snippets"].as_array().unwrap().len(), 1);
    assert_eq!(
        [&found["privateDns"], &found["syncStates"]],
        [&json!(true), &Json::Null]
    );
    let error = ask(&fixture, "clientSettings", json!({ "sdk": "cobol" }))
        .await
        .unwrap_err();
    assert!(error.contains("`sdk` must be one of"), "{error}");
    let error = ask(&fixture, "clientSettings", json!({})).await.unwrap_err();
    assert!(
        error.contains("one of `statesUrl` and `syncStatesUrl` is required"),
        "{error}"
    );
}
