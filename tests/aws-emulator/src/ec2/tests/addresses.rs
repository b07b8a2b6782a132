//! Fixed addresses of endpoints.

use serde_json::{Value, json};

use super::{Ec2Fixture, pass};

/// Returns a new subnet with the addresses 172.31.64.0 to 172.31.64.15, of which AWS reserves the first four and the last.
async fn subnet(fixture: &Ec2Fixture) -> String {
    let block = json!({ "VpcId": fixture.vpc, "CidrBlock": "172.31.64.0/28" });
    let made = fixture.ok("CreateSubnet", block).await;
    made["Subnet"]["SubnetId"].as_str().unwrap().to_owned()
}

/// Returns a request with these subnet configurations.
fn request(fixture: &Ec2Fixture, subnet: &str, configurations: Value) -> Value {
    fixture.with(json!({ "SubnetIds": [subnet], "PrivateDnsEnabled": false, "SubnetConfigurations": configurations }))
}

async fn shown(fixture: &Ec2Fixture, endpoint: &str) -> Vec<Value> {
    let filter = json!({ "Name": "description", "Values": [format!("VPC Endpoint Interface {endpoint}")] });
    let answer = fixture
        .ok("DescribeNetworkInterfaces", json!({ "Filters": [filter] }))
        .await;
    let interfaces = answer["NetworkInterfaces"].as_array().unwrap().iter();
    interfaces
        .map(|interface| interface["PrivateIpAddress"].clone())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn an_interface_has_the_requested_address_and_is_replaced_for_another() {
    let fixture = Ec2Fixture::new().await;
    let subnet = subnet(&fixture).await;
    let fixed = |address: &str| json!([{ "SubnetId": subnet, "Ipv4": address }]);
    let id = fixture
        .available(request(&fixture, &subnet, fixed("172.31.64.9")))
        .await;
    assert_eq!(shown(&fixture, &id).await, ["172.31.64.9"]);
    let interfaces = fixture.show(&id).await["NetworkInterfaceIds"].clone();

    let change = |address: &str| json!({ "VpcEndpointId": id, "SubnetConfigurations": fixed(address) });
    fixture.ok("ModifyVpcEndpoint", change("172.31.64.9")).await;
    pass(60.0).await;
    assert_eq!(
        fixture.show(&id).await["NetworkInterfaceIds"],
        interfaces,
        "it has the address already"
    );
    fixture.ok("ModifyVpcEndpoint", change("172.31.64.10")).await;
    pass(60.0).await;
    assert_eq!(shown(&fixture, &id).await, ["172.31.64.10"]);
    assert_ne!(fixture.show(&id).await["NetworkInterfaceIds"], interfaces);
}

#[tokio::test(start_paused = true)]
async fn addresses_that_cannot_be_had_are_refused() {
    let fixture = Ec2Fixture::new().await;
    let subnet = subnet(&fixture).await;
    fixture
        .available(request(
            &fixture,
            &subnet,
            json!([{ "SubnetId": subnet, "Ipv4": "172.31.64.9" }]),
        ))
        .await;
    for (entry, code) in [
        (
            json!({ "SubnetId": subnet, "Ipv4": "172.31.64.9" }),
            "InvalidIPAddress.InUse",
        ),
        (
            json!({ "SubnetId": subnet, "Ipv4": "172.31.64.3" }),
            "InvalidParameterValue",
        ),
        (
            json!({ "SubnetId": subnet, "Ipv4": "172.31.64.15" }),
            "InvalidParameterValue",
        ),
        (
            json!({ "SubnetId": subnet, "Ipv4": "172.31.65.9" }),
            "InvalidParameterValue",
        ),
        (json!({ "SubnetId": subnet, "Ipv4": "nine" }), "InvalidParameterValue"),
        (
            json!({ "SubnetId": subnet, "Ipv4": "172.31.64.8", "Ipv6": "2001:db8::1" }),
            "InvalidParameter",
        ),
        (json!({ "SubnetId": subnet }), "InvalidParameter"),
        (
            json!({ "SubnetId": fixture.subnets[1], "Ipv4": "172.31.16.9" }),
            "InvalidParameter",
        ),
        (json!({ "Ipv4": "172.31.64.8" }), "InvalidParameter"),
    ] {
        let request = request(&fixture, &subnet, json!([entry]));
        assert_eq!(fixture.code("CreateVpcEndpoint", request).await, code, "{entry}");
    }
    let twice = json!([
        { "SubnetId": subnet, "Ipv4": "172.31.64.7" },
        { "SubnetId": subnet, "Ipv4": "172.31.64.8" },
    ]);
    assert_eq!(
        fixture
            .code("CreateVpcEndpoint", request(&fixture, &subnet, twice))
            .await,
        "InvalidParameter"
    );
}
