//! Interface endpoints.

use super::*;
use crate::faults::{Fault, FaultKind};

const STATES: &str = "com.amazonaws.us-east-1.states";

impl Ec2Fixture {
    fn request(&self, service: &str) -> Value {
        json!({ "VpcId": self.vpc, "VpcEndpointType": "Interface", "ServiceName": service, "SubnetIds": [self.subnets[0]] })
    }

    /// Returns the request with some members replaced.
    pub(super) fn with(&self, changes: Value) -> Value {
        let mut request = self.request(STATES);
        for (name, value) in changes.as_object().unwrap() {
            request[name] = value.clone();
        }
        request
    }

    async fn create(&self, request: Value) -> String {
        text(&self.ok("CreateVpcEndpoint", request).await["VpcEndpoint"]["VpcEndpointId"])
    }

    /// Creates an endpoint and waits until it is available.
    pub(super) async fn available(&self, request: Value) -> String {
        let id = self.create(request).await;
        pass(4.0).await;
        id
    }

    pub(super) async fn show(&self, id: &str) -> Value {
        self.ok("DescribeVpcEndpoints", json!({ "VpcEndpointIds": [id] })).await["VpcEndpoints"][0].clone()
    }

    async fn delete_endpoint(&self, id: &str) -> Value {
        self.ok("DeleteVpcEndpoints", json!({ "VpcEndpointIds": [id] })).await["Unsuccessful"].clone()
    }

    async fn interfaces(&self) -> Vec<String> {
        column(
            &self.ok("DescribeNetworkInterfaces", json!({})).await["NetworkInterfaces"],
            "SubnetId",
        )
    }
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_becomes_available_and_is_deleted_with_delays() {
    let fixture = Ec2Fixture::new().await;
    let mut request = fixture.request(STATES);
    request["SubnetIds"] = json!(fixture.subnets);
    let made = fixture.ok("CreateVpcEndpoint", request).await["VpcEndpoint"].clone();
    let id = text(&made["VpcEndpointId"]);
    // Defaults of the API: private DNS on, the VPC's default group, full access.
    assert_eq!(
        (&made["State"], &made["PrivateDnsEnabled"], &made["IpAddressType"]),
        (&json!("pending"), &json!(true), &json!("ipv4"))
    );
    assert_eq!(
        (&made["Groups"][0]["GroupName"], &made["DnsEntries"]),
        (&json!("default"), &json!([]))
    );
    let policy: Value = serde_json::from_str(made["PolicyDocument"].as_str().unwrap()).unwrap();
    assert_eq!(
        policy,
        json!({ "Statement": [{ "Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*" }] })
    );

    let code = fixture
        .code("DescribeVpcEndpoints", json!({ "VpcEndpointIds": [id] }))
        .await;
    assert_eq!(code, "InvalidVpcEndpointId.NotFound");
    assert_eq!(
        fixture.ok("DescribeVpcEndpoints", filter("vpc-endpoint-id", &id)).await["VpcEndpoints"],
        json!([])
    );
    pass(1.0).await;
    assert_eq!(
        (
            &fixture.show(&id).await["State"],
            &fixture.show(&id).await["DnsEntries"]
        ),
        (&json!("pending"), &json!([]))
    );
    pass(3.0).await;
    let shown = fixture.show(&id).await;
    assert_eq!(
        (&shown["State"], &shown["NetworkInterfaceIds"].as_array().unwrap().len()),
        (&json!("available"), &3)
    );
    let names = column(&shown["DnsEntries"], "DnsName");
    let hash = names[0]
        .strip_prefix(&format!("{id}-"))
        .unwrap()
        .split('.')
        .next()
        .unwrap()
        .to_owned();
    let zonal = ["a", "b", "c"].map(|zone| format!("{id}-{hash}-us-east-1{zone}.states.us-east-1.vpce.amazonaws.com"));
    assert_eq!(names[1..4], zonal);
    assert_eq!(
        names[4..],
        ["states.us-east-1.api.aws", "states.us-east-1.amazonaws.com"]
    );
    assert_eq!(
        column(
            &fixture.ok("DescribeVpcEndpoints", filter("service-name", STATES)).await["VpcEndpoints"],
            "VpcEndpointId"
        ),
        [id.as_str()]
    );

    assert_eq!(fixture.delete_endpoint(&id).await, json!([]));
    assert_eq!(fixture.show(&id).await["State"], "deleting");
    pass(4.0).await;
    assert_eq!(fixture.show(&id).await["State"], "deleted");
    pass(2.0).await;
    let code = fixture
        .code("DescribeVpcEndpoints", json!({ "VpcEndpointIds": [id] }))
        .await;
    assert_eq!(code, "InvalidVpcEndpointId.NotFound");
    assert_eq!(fixture.interfaces().await.len(), 3);
    let unsuccessful = fixture.delete_endpoint(&id).await;
    assert_eq!(unsuccessful[0]["Error"]["Code"], "InvalidVpcEndpointId.NotFound");
    pass(1.0).await;
    assert!(fixture.emulator.beyond_start().is_empty());
}

#[tokio::test(start_paused = true)]
async fn interfaces_take_addresses_and_outlive_their_endpoint() {
    let fixture = Ec2Fixture::new().await;
    let made = fixture
        .ok(
            "CreateSubnet",
            json!({ "VpcId": fixture.vpc, "CidrBlock": "172.31.64.0/28" }),
        )
        .await;
    let (subnet, group) = (made["Subnet"]["SubnetId"].clone(), fixture.group("g").await);
    let id = fixture
        .available(fixture.with(json!({ "SubnetIds": [subnet], "SecurityGroupIds": [group] })))
        .await;
    let free = || fixture.ok("DescribeSubnets", json!({ "SubnetIds": [subnet] }));
    assert_eq!(free().await["Subnets"][0]["AvailableIpAddressCount"], 10);
    let shown = fixture
        .ok("DescribeNetworkInterfaces", filter("group-id", &group))
        .await["NetworkInterfaces"][0]
        .clone();
    assert_eq!(shown["Description"], format!("VPC Endpoint Interface {id}"));
    assert_eq!(
        (
            &shown["InterfaceType"],
            &shown["RequesterManaged"],
            &shown["PrivateIpAddress"]
        ),
        (&json!("vpc_endpoint"), &json!(true), &json!("172.31.64.4"))
    );
    fixture.delete_endpoint(&id).await;
    pass(6.0).await;
    // The endpoint is gone, but its interface still blocks the subnet and the group.
    assert_eq!(
        fixture
            .code("DescribeVpcEndpoints", json!({ "VpcEndpointIds": [id] }))
            .await,
        "InvalidVpcEndpointId.NotFound"
    );
    assert_eq!(
        fixture.code("DeleteSubnet", json!({ "SubnetId": subnet })).await,
        "DependencyViolation"
    );
    assert_eq!(
        fixture.code("DeleteSecurityGroup", json!({ "GroupId": group })).await,
        "DependencyViolation"
    );
    pass(1.0).await;
    assert_eq!(free().await["Subnets"][0]["AvailableIpAddressCount"], 11);
    fixture.ok("DeleteSecurityGroup", json!({ "GroupId": group })).await;
    fixture.ok("DeleteSubnet", json!({ "SubnetId": subnet })).await;
}

#[tokio::test(start_paused = true)]
async fn a_full_subnet_refuses_another_endpoint() {
    let fixture = Ec2Fixture::new().await;
    let made = fixture
        .ok(
            "CreateSubnet",
            json!({ "VpcId": fixture.vpc, "CidrBlock": "172.31.64.0/28" }),
        )
        .await;
    let request = fixture.with(json!({ "SubnetIds": [made["Subnet"]["SubnetId"]], "PrivateDnsEnabled": false }));
    for _ in 0..11 {
        fixture.create(request.clone()).await;
    }
    assert_eq!(
        fixture.code("CreateVpcEndpoint", request).await,
        "InsufficientFreeAddressesInSubnet"
    );
}

#[tokio::test(start_paused = true)]
async fn a_reused_client_token_replays_or_is_refused() {
    let fixture = Ec2Fixture::new().await;
    let request = fixture.with(json!({ "ClientToken": "t-1" }));
    let id = fixture.create(request.clone()).await;
    assert_eq!(fixture.create(request.clone()).await, id);
    let other = fixture.with(json!({ "ClientToken": "t-1", "PrivateDnsEnabled": false }));
    assert_eq!(
        fixture.code("CreateVpcEndpoint", other).await,
        "IdempotentParameterMismatch"
    );
    for bad in ["with space", &"t".repeat(65)] {
        let code = fixture
            .code("CreateVpcEndpoint", fixture.with(json!({ "ClientToken": bad })))
            .await;
        assert_eq!(code, "InvalidClientToken");
    }
    pass(4.0).await;
    fixture.delete_endpoint(&id).await;
    pass(60.0).await;
    let replayed = fixture.ok("CreateVpcEndpoint", request).await["VpcEndpoint"].clone();
    assert_eq!(
        (&replayed["VpcEndpointId"], &replayed["State"]),
        (&json!(id), &json!("deleted"))
    );
    assert!(fixture.emulator.beyond_start().is_empty());
}

#[tokio::test(start_paused = true)]
async fn private_dns_has_one_owner_and_needs_the_vpcs_attributes() {
    let fixture = Ec2Fixture::new().await;
    let first = fixture.available(fixture.request(STATES)).await;
    let (code, message) = fixture.refused("CreateVpcEndpoint", fixture.request(STATES)).await;
    assert_eq!(code, "InvalidParameter");
    assert!(
        message.contains("conflicting DNS domain for states.us-east-1.amazonaws.com"),
        "{message}"
    );
    let second = fixture
        .available(fixture.with(json!({ "PrivateDnsEnabled": false })))
        .await;
    assert_eq!(column(&fixture.show(&second).await["DnsEntries"], "DnsName").len(), 2);
    let on = json!({ "VpcEndpointId": second, "PrivateDnsEnabled": true });
    assert_eq!(fixture.code("ModifyVpcEndpoint", on.clone()).await, "InvalidParameter");
    fixture.delete_endpoint(&first).await;
    pass(3.9).await;
    assert_eq!(
        fixture.code("ModifyVpcEndpoint", on.clone()).await,
        "InvalidParameter",
        "still deleting"
    );
    pass(0.1).await;
    fixture.ok("ModifyVpcEndpoint", on).await;

    let off = json!({ "VpcId": fixture.vpc, "EnableDnsHostnames": { "Value": false } });
    fixture.ok("ModifyVpcAttribute", off).await;
    let (code, message) = fixture
        .refused("CreateVpcEndpoint", fixture.request("com.amazonaws.us-east-1.events"))
        .await;
    assert!(
        code == "InvalidParameter" && message.contains("enableDnsHostnames"),
        "{message}"
    );
}

#[tokio::test(start_paused = true)]
async fn invalid_requests_are_refused() {
    let fixture = Ec2Fixture::new().await;
    let more = |cidr: &str, zone: &str| json!({ "VpcId": fixture.vpc, "CidrBlock": cidr, "AvailabilityZone": zone });
    let same_zone =
        fixture.ok("CreateSubnet", more("172.31.64.0/24", "us-east-1a")).await["Subnet"]["SubnetId"].clone();
    let last_zone =
        fixture.ok("CreateSubnet", more("172.31.65.0/24", "us-east-1d")).await["Subnet"]["SubnetId"].clone();
    let elsewhere = fixture.ok("CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" })).await["Vpc"]["VpcId"].clone();
    let group = json!({ "GroupName": "g", "Description": "d", "VpcId": elsewhere });
    let foreign = fixture.ok("CreateSecurityGroup", group).await["GroupId"].clone();
    assert_eq!(
        fixture
            .code(
                "CreateVpcEndpoint",
                fixture.with(json!({ "SecurityGroupIds": [foreign] }))
            )
            .await,
        "InvalidGroup.NotFound",
        "not seen yet"
    );
    pass(1.0).await;
    let policy = |text: &str| json!({ "PolicyDocument": text });
    for (changes, code) in [
        (
            json!({ "ServiceName": "com.amazonaws.us-east-1.statess" }),
            "InvalidServiceName",
        ),
        (json!({ "VpcEndpointType": null }), "InvalidParameter"),
        (json!({ "VpcId": "vpc-0" }), "InvalidVpcID.NotFound"),
        (json!({ "SubnetIds": ["subnet-0"] }), "InvalidSubnetId.NotFound"),
        (
            json!({ "SubnetIds": [fixture.subnets[0], same_zone] }),
            "DuplicateSubnetsInSameZone",
        ),
        (
            json!({ "SubnetIds": [last_zone], "ServiceName": "com.amazonaws.us-east-1.sync-states" }),
            "InvalidParameter",
        ),
        (json!({ "SecurityGroupIds": ["sg-0"] }), "InvalidGroup.NotFound"),
        (json!({ "SecurityGroupIds": [foreign] }), "InvalidParameter"),
        (policy("{}"), "InvalidPolicyDocument"),
        (policy(&" ".repeat(20_481)), "InvalidPolicyDocument"),
        (json!({ "IpAddressType": "dualstack" }), "InvalidParameter"),
        (
            json!({ "IpAddressType": "ipv6", "ServiceName": "com.amazonaws.us-east-1.events" }),
            "InvalidParameter",
        ),
        (
            json!({ "DnsOptions": { "DnsRecordIpType": "dualstack" } }),
            "InvalidParameter",
        ),
        (json!({ "IpAddressType": "ipv5" }), "InvalidParameterValue"),
        (
            json!({ "DnsOptions": { "PrivateDnsPreference": "ALL_DOMAINS" } }),
            "UnsupportedOperation",
        ),
    ] {
        assert_eq!(
            fixture.code("CreateVpcEndpoint", fixture.with(changes.clone())).await,
            code,
            "{changes}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn dual_stack_endpoints_accept_a_dns_record_type() {
    let fixture = Ec2Fixture::new().await;
    let vpc = fixture
        .ok(
            "CreateVpc",
            json!({ "CidrBlock": "10.0.0.0/16", "AmazonProvidedIpv6CidrBlock": true }),
        )
        .await;
    let vpc = vpc["Vpc"].clone();
    let block = text(&vpc["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"]).replace("/56", "/64");
    let subnet = json!({ "VpcId": vpc["VpcId"], "CidrBlock": "10.0.1.0/24", "Ipv6CidrBlock": block });
    let subnet = fixture.ok("CreateSubnet", subnet).await["Subnet"]["SubnetId"].clone();
    let request = fixture.with(
        json!({ "VpcId": vpc["VpcId"], "SubnetIds": [subnet], "IpAddressType": "dualstack",
        "DnsOptions": { "DnsRecordIpType": "ipv4" }, "PrivateDnsEnabled": false }),
    );
    let id = fixture.available(request).await;
    let shown = fixture.show(&id).await;
    assert_eq!(
        (&shown["IpAddressType"], &shown["DnsOptions"]["DnsRecordIpType"]),
        (&json!("dualstack"), &json!("ipv4"))
    );
    let interface = fixture.ok("DescribeNetworkInterfaces", json!({})).await["NetworkInterfaces"][0].clone();
    assert!(
        text(&interface["Ipv6Addresses"][0]["Ipv6Address"]).starts_with("2600:1f18:"),
        "{interface}"
    );
}

#[tokio::test(start_paused = true)]
async fn changes_are_serialized_applied_slowly_and_seen_late() {
    let fixture = Ec2Fixture::new().await;
    let (old, new) = (fixture.group("old").await, fixture.group("new").await);
    let id = fixture.create(fixture.with(json!({ "SecurityGroupIds": [old] }))).await;
    pass(1.0).await;
    let change = json!({ "VpcEndpointId": id, "AddSecurityGroupIds": [new], "RemoveSecurityGroupIds": [old],
        "AddSubnetIds": [fixture.subnets[1]], "RemoveSubnetIds": [fixture.subnets[0]] });
    assert_eq!(
        fixture.code("ModifyVpcEndpoint", change.clone()).await,
        "IncorrectState"
    );
    pass(3.0).await;
    assert_eq!(fixture.ok("ModifyVpcEndpoint", change).await["Return"], true);
    assert_eq!(
        fixture.show(&id).await["SubnetIds"],
        json!([fixture.subnets[0]]),
        "stale"
    );
    let again = json!({ "VpcEndpointId": id, "PrivateDnsEnabled": false });
    assert_eq!(
        fixture.code("ModifyVpcEndpoint", again.clone()).await,
        "OperationInProgress"
    );
    pass(1.0).await;
    let shown = fixture.show(&id).await;
    assert_eq!(
        (&shown["SubnetIds"], &shown["Groups"][0]["GroupId"]),
        (&json!([fixture.subnets[1]]), &json!(new))
    );
    assert_eq!(
        fixture.code("DeleteSecurityGroup", json!({ "GroupId": old })).await,
        "DependencyViolation"
    );
    pass(2.0).await;
    assert_eq!(fixture.interfaces().await, [fixture.subnets[1].clone()]);
    fixture.ok("DeleteSecurityGroup", json!({ "GroupId": old })).await;

    fixture.ok("ModifyVpcEndpoint", again).await;
    pass(3.0).await;
    assert_eq!(fixture.show(&id).await["PrivateDnsEnabled"], false);
    let policy = r#"{"Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}}"#;
    fixture
        .ok(
            "ModifyVpcEndpoint",
            json!({ "VpcEndpointId": id, "PolicyDocument": policy }),
        )
        .await;
    pass(3.0).await;
    assert_eq!(fixture.show(&id).await["PolicyDocument"], policy);
    fixture
        .ok("ModifyVpcEndpoint", json!({ "VpcEndpointId": id, "ResetPolicy": true }))
        .await;
    pass(3.0).await;
    assert!(text(&fixture.show(&id).await["PolicyDocument"]).contains("Allow"));
    let unknown = json!({ "VpcEndpointId": "vpce-0", "ResetPolicy": true });
    assert_eq!(
        fixture.code("ModifyVpcEndpoint", unknown).await,
        "InvalidVpcEndpointId.NotFound"
    );
    let both = json!({ "VpcEndpointId": id, "ResetPolicy": true, "PolicyDocument": policy });
    assert_eq!(
        fixture.code("ModifyVpcEndpoint", both).await,
        "InvalidParameterCombination"
    );
    fixture.delete_endpoint(&id).await;
    let late = json!({ "VpcEndpointId": id, "PrivateDnsEnabled": true });
    assert_eq!(fixture.code("ModifyVpcEndpoint", late).await, "IncorrectState");
}

#[tokio::test(start_paused = true)]
async fn a_vpc_holds_at_most_fifty_endpoints() {
    let fixture = Ec2Fixture::new().await;
    let request = fixture.with(json!({ "PrivateDnsEnabled": false, "SubnetIds": [] }));
    for _ in 0..50 {
        fixture.create(request.clone()).await;
    }
    assert_eq!(
        fixture.code("CreateVpcEndpoint", request).await,
        "VpcEndpointLimitExceeded"
    );
    assert_eq!(
        fixture.code("DeleteVpc", json!({ "VpcId": fixture.vpc })).await,
        "DependencyViolation"
    );
}

#[tokio::test(start_paused = true)]
async fn endpoint_services_show_their_private_dns_names() {
    let fixture = Ec2Fixture::new().await;
    let names = json!({ "ServiceNames": [STATES, "com.amazonaws.us-east-1.execute-api"] });
    let answer = fixture.ok("DescribeVpcEndpointServices", names).await;
    assert_eq!(
        answer["ServiceNames"],
        json!([STATES, "com.amazonaws.us-east-1.execute-api"])
    );
    assert_eq!(
        column(&answer["ServiceDetails"], "PrivateDnsName"),
        [
            "states.us-east-1.amazonaws.com",
            "*.execute-api.us-east-1.amazonaws.com"
        ]
    );
    let unknown = json!({ "ServiceNames": ["com.amazonaws.eu-west-1.states"] });
    assert_eq!(
        fixture.code("DescribeVpcEndpointServices", unknown).await,
        "InvalidServiceName"
    );
    let id = fixture
        .available(fixture.request("com.amazonaws.us-east-1.execute-api"))
        .await;
    let names = column(&fixture.show(&id).await["DnsEntries"], "DnsName");
    assert_eq!(
        names[2..],
        [
            "execute-api.us-east-1.amazonaws.com",
            "*.execute-api.us-east-1.amazonaws.com"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_failed_endpoint_says_why_and_can_be_deleted() {
    let fixture = Ec2Fixture::new().await;
    fixture
        .emulator
        .inject(Fault::new("CreateVpcEndpoint", 1, FaultKind::Fail));
    let id = fixture.available(fixture.request(STATES)).await;
    let shown = fixture.show(&id).await;
    assert_eq!(
        (&shown["State"], &shown["LastError"]["Code"]),
        (&json!("failed"), &json!("InternalError"))
    );
    assert_eq!(shown["DnsEntries"], json!([]));
    let change = json!({ "VpcEndpointId": id, "PrivateDnsEnabled": false });
    assert_eq!(fixture.code("ModifyVpcEndpoint", change).await, "IncorrectState");
    fixture.delete_endpoint(&id).await;
    pass(7.0).await;
    assert!(fixture.emulator.beyond_start().is_empty());
}
