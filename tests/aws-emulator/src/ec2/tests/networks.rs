//! VPCs, subnets, tags, prefix lists.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_region_starts_with_a_default_vpc_of_three_subnets_in_three_zones() {
    let fixture = Ec2Fixture::new().await;
    let vpcs = fixture.ok("DescribeVpcs", json!({})).await;
    assert_eq!(
        (&vpcs["Vpcs"][0]["CidrBlock"], &vpcs["Vpcs"][0]["IsDefault"]),
        (&json!("172.31.0.0/16"), &json!(true))
    );
    for (attribute, member) in [
        ("enableDnsSupport", "EnableDnsSupport"),
        ("enableDnsHostnames", "EnableDnsHostnames"),
    ] {
        let answer = fixture
            .ok(
                "DescribeVpcAttribute",
                json!({ "VpcId": fixture.vpc, "Attribute": attribute }),
            )
            .await;
        assert_eq!(answer[member]["Value"], true);
    }
    let subnets = fixture.ok("DescribeSubnets", filter("vpc-id", &fixture.vpc)).await["Subnets"].clone();
    let mut zones = column(&subnets, "AvailabilityZone");
    zones.sort();
    assert_eq!(zones, ["us-east-1a", "us-east-1b", "us-east-1c"]);
    let groups = fixture.ok("DescribeSecurityGroups", json!({})).await["SecurityGroups"].clone();
    assert_eq!(column(&groups, "GroupName"), ["default"]);
    assert!(fixture.emulator.beyond_start().is_empty());
    assert_eq!(
        column(
            &fixture.ok("DescribeAvailabilityZones", json!({})).await["AvailabilityZones"],
            "ZoneId"
        )
        .len(),
        4
    );
}

#[tokio::test(start_paused = true)]
async fn a_vpc_has_attributes_and_blocks_and_can_be_deleted() {
    let fixture = Ec2Fixture::new().await;
    let made = fixture
        .ok(
            "CreateVpc",
            json!({ "CidrBlock": "10.0.0.5/16", "AmazonProvidedIpv6CidrBlock": true }),
        )
        .await;
    let id = text(&made["Vpc"]["VpcId"]);
    assert_eq!(made["Vpc"]["CidrBlock"], "10.0.0.0/16");
    assert_eq!(
        made["Vpc"]["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"],
        "2600:1f18:1:4200::/56"
    );
    let hostnames = json!({ "VpcId": id, "Attribute": "enableDnsHostnames" });
    assert_eq!(
        fixture.ok("DescribeVpcAttribute", hostnames.clone()).await["EnableDnsHostnames"]["Value"],
        false
    );
    fixture
        .ok(
            "ModifyVpcAttribute",
            json!({ "VpcId": id, "EnableDnsHostnames": { "Value": true } }),
        )
        .await;
    assert_eq!(
        fixture.ok("DescribeVpcAttribute", hostnames).await["EnableDnsHostnames"]["Value"],
        true
    );
    let both = json!({ "VpcId": id, "EnableDnsHostnames": { "Value": true }, "EnableDnsSupport": { "Value": true } });
    assert_eq!(
        fixture.code("ModifyVpcAttribute", both).await,
        "InvalidParameterCombination"
    );

    let block = json!({ "VpcId": id, "CidrBlock": "10.1.0.0/16" });
    let added = fixture.ok("AssociateVpcCidrBlock", block.clone()).await["CidrBlockAssociation"].clone();
    assert_eq!(added["CidrBlockState"]["State"], "associating");
    assert_eq!(fixture.code("AssociateVpcCidrBlock", block).await, "InvalidVpc.Range");
    pass(1.0).await;
    let vpc = fixture.ok("DescribeVpcs", json!({ "VpcIds": [id] })).await["Vpcs"][0].clone();
    assert_eq!(
        column(&vpc["CidrBlockAssociationSet"], "CidrBlock"),
        ["10.0.0.0/16", "10.1.0.0/16"]
    );
    assert_eq!(
        vpc["CidrBlockAssociationSet"][1]["CidrBlockState"]["State"],
        "associated"
    );
    let by_block = filter("cidr-block-association.cidr-block", "10.1.0.0/16");
    assert_eq!(
        column(&fixture.ok("DescribeVpcs", by_block).await["Vpcs"], "VpcId"),
        [id.as_str()]
    );
    fixture
        .ok(
            "DisassociateVpcCidrBlock",
            json!({ "AssociationId": added["AssociationId"] }),
        )
        .await;
    let primary = json!({ "AssociationId": vpc["CidrBlockAssociationSet"][0]["AssociationId"] });
    assert_eq!(
        fixture.code("DisassociateVpcCidrBlock", primary).await,
        "OperationNotPermitted"
    );
    let unknown = json!({ "AssociationId": "vpc-cidr-assoc-0" });
    assert_eq!(
        fixture.code("DisassociateVpcCidrBlock", unknown).await,
        "InvalidVpcCidrBlockAssociationID.NotFound"
    );
    pass(1.0).await;
    let vpc = fixture.ok("DescribeVpcs", json!({ "VpcIds": [id] })).await["Vpcs"][0].clone();
    assert_eq!(column(&vpc["CidrBlockAssociationSet"], "CidrBlock"), ["10.0.0.0/16"]);

    let subnet = fixture
        .ok("CreateSubnet", json!({ "VpcId": id, "CidrBlock": "10.0.1.0/24" }))
        .await["Subnet"]
        .clone();
    assert_eq!(
        fixture.code("DeleteVpc", json!({ "VpcId": id })).await,
        "DependencyViolation"
    );
    fixture
        .ok("DeleteSubnet", json!({ "SubnetId": subnet["SubnetId"] }))
        .await;
    fixture.ok("DeleteVpc", json!({ "VpcId": id })).await;
    assert_eq!(
        fixture.code("DescribeVpcs", json!({ "VpcIds": [id] })).await,
        "InvalidVpcID.NotFound"
    );
    assert!(fixture.emulator.beyond_start().is_empty());
    assert_eq!(
        fixture.code("CreateVpc", json!({ "CidrBlock": "10.0.0.0/8" })).await,
        "InvalidVpc.Range"
    );
    assert_eq!(
        fixture.code("CreateVpc", json!({ "CidrBlock": "ten" })).await,
        "InvalidParameterValue"
    );
}

#[tokio::test(start_paused = true)]
async fn subnets_lie_inside_the_vpc_and_do_not_overlap() {
    let fixture = Ec2Fixture::new().await;
    let create = |cidr: &str| json!({ "VpcId": fixture.vpc, "CidrBlock": cidr, "AvailabilityZone": "us-east-1d" });
    let made = fixture.ok("CreateSubnet", create("172.31.64.0/28")).await["Subnet"].clone();
    assert_eq!(
        (&made["AvailableIpAddressCount"], &made["AvailabilityZoneId"]),
        (&json!(11), &json!("use1-az4"))
    );
    assert_eq!(
        fixture.code("CreateSubnet", create("172.31.64.0/27")).await,
        "InvalidSubnet.Conflict"
    );
    assert_eq!(
        fixture.code("CreateSubnet", create("10.0.0.0/24")).await,
        "InvalidSubnet.Range"
    );
    let nowhere = json!({ "VpcId": "vpc-0", "CidrBlock": "10.0.0.0/24" });
    assert_eq!(fixture.code("CreateSubnet", nowhere).await, "InvalidVpcID.NotFound");
    let zone = json!({ "VpcId": fixture.vpc, "CidrBlock": "172.31.80.0/24", "AvailabilityZone": "us-east-1z" });
    assert_eq!(fixture.code("CreateSubnet", zone).await, "InvalidParameterValue");
    assert_eq!(
        fixture.code("DeleteSubnet", json!({ "SubnetId": "subnet-0" })).await,
        "InvalidSubnetID.NotFound"
    );
    assert_eq!(
        fixture
            .code("DescribeSubnets", json!({ "SubnetIds": ["subnet-0"] }))
            .await,
        "InvalidSubnetID.NotFound"
    );
    assert_eq!(
        fixture.code("CreateSubnet", json!({ "VpcId": fixture.vpc })).await,
        "MissingParameter"
    );
}

#[tokio::test(start_paused = true)]
async fn the_next_token_returns_the_next_page() {
    let fixture = Ec2Fixture::new().await;
    for index in 0..4 {
        let cidr = format!("172.31.{}.0/24", 64 + index);
        fixture
            .ok("CreateSubnet", json!({ "VpcId": fixture.vpc, "CidrBlock": cidr }))
            .await;
    }
    let first = fixture.ok("DescribeSubnets", json!({ "MaxResults": 5 })).await;
    let second = fixture
        .ok(
            "DescribeSubnets",
            json!({ "MaxResults": 5, "NextToken": first["NextToken"] }),
        )
        .await;
    assert_eq!(
        (
            column(&first["Subnets"], "SubnetId").len(),
            column(&second["Subnets"], "SubnetId").len()
        ),
        (5, 2)
    );
    assert_eq!(second["NextToken"], Value::Null);
    assert_eq!(
        fixture.code("DescribeSubnets", json!({ "MaxResults": 4 })).await,
        "InvalidParameterValue"
    );
    assert_eq!(
        fixture.code("DescribeSubnets", json!({ "NextToken": "x" })).await,
        "InvalidNextToken"
    );
}

#[tokio::test(start_paused = true)]
async fn tags_become_visible_late_and_are_validated() {
    let fixture = Ec2Fixture::new().await;
    let spec = json!([{ "ResourceType": "vpc", "Tags": [{ "Key": "team", "Value": "a" }] }]);
    let made = fixture
        .ok(
            "CreateVpc",
            json!({ "CidrBlock": "10.0.0.0/16", "TagSpecifications": spec }),
        )
        .await;
    let id = text(&made["Vpc"]["VpcId"]);
    assert_eq!(made["Vpc"]["Tags"], json!([{ "Key": "team", "Value": "a" }]));
    let by_tag = || fixture.ok("DescribeVpcs", filter("tag:team", "b"));
    fixture
        .ok(
            "CreateTags",
            json!({ "Resources": [id], "Tags": [{ "Key": "team", "Value": "b" }] }),
        )
        .await;
    assert_eq!(by_tag().await["Vpcs"], json!([]));
    pass(1.0).await;
    assert_eq!(column(&by_tag().await["Vpcs"], "VpcId"), [id.as_str()]);
    let tags = fixture.ok("DescribeTags", filter("resource-id", &id)).await["Tags"].clone();
    assert_eq!(
        tags,
        json!([{ "Key": "team", "ResourceId": id, "ResourceType": "vpc", "Value": "b" }])
    );
    let other_value = json!({ "Resources": [id], "Tags": [{ "Key": "team", "Value": "other" }] });
    fixture.ok("DeleteTags", other_value).await;
    pass(1.0).await;
    assert_eq!(
        column(&fixture.ok("DescribeTags", json!({})).await["Tags"], "Key"),
        ["team"]
    );
    fixture
        .ok("DeleteTags", json!({ "Resources": [id], "Tags": [{ "Key": "team" }] }))
        .await;
    pass(1.0).await;
    assert_eq!(fixture.ok("DescribeTags", json!({})).await["Tags"], json!([]));

    let tag = |key: &str| json!({ "Resources": [id], "Tags": [{ "Key": key, "Value": "" }] });
    assert_eq!(fixture.code("CreateTags", tag("aws:x")).await, "InvalidParameterValue");
    assert_eq!(
        fixture.code("CreateTags", tag(&"k".repeat(129))).await,
        "InvalidParameterValue"
    );
    let many: Vec<_> = (0..51).map(|n| json!({ "Key": n.to_string(), "Value": "" })).collect();
    assert_eq!(
        fixture
            .code("CreateTags", json!({ "Resources": [id], "Tags": many }))
            .await,
        "TagLimitExceeded"
    );
    for (id, code) in [
        ("sg-0", "InvalidGroup.NotFound"),
        ("vpce-0", "InvalidVpcEndpointId.NotFound"),
        ("x-0", "InvalidID"),
    ] {
        let params = json!({ "Resources": [id], "Tags": [{ "Key": "a", "Value": "" }] });
        assert_eq!(fixture.code("CreateTags", params).await, code);
    }
    let wrong = json!([{ "ResourceType": "subnet", "Tags": [] }]);
    let params = json!({ "CidrBlock": "10.0.0.0/16", "TagSpecifications": wrong });
    assert_eq!(fixture.code("CreateVpc", params).await, "InvalidParameterValue");
}

#[tokio::test(start_paused = true)]
async fn a_prefix_list_in_use_cannot_be_deleted() {
    let fixture = Ec2Fixture::new().await;
    let create = json!({ "PrefixListName": "offices", "AddressFamily": "IPv4", "MaxEntries": 5 });
    let id = text(&fixture.ok("CreateManagedPrefixList", create).await["PrefixList"]["PrefixListId"]);
    let group = fixture.group("g").await;
    let permission = |id: &str| {
        json!({ "GroupId": group, "IpPermissions": [{ "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
            "PrefixListIds": [{ "PrefixListId": id }] }] })
    };
    let unknown = fixture.code("AuthorizeSecurityGroupIngress", permission("pl-0")).await;
    assert_eq!(unknown, "InvalidPrefixListID.NotFound");
    fixture.ok("AuthorizeSecurityGroupIngress", permission(&id)).await;
    assert_eq!(
        fixture
            .code("DeleteManagedPrefixList", json!({ "PrefixListId": id }))
            .await,
        "DependencyViolation"
    );
    fixture.ok("RevokeSecurityGroupIngress", permission(&id)).await;
    fixture
        .ok("DeleteManagedPrefixList", json!({ "PrefixListId": id }))
        .await;
    assert_eq!(
        fixture.ok("DescribeManagedPrefixLists", json!({})).await["PrefixLists"],
        json!([])
    );
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_changes_nothing() {
    let fixture = Ec2Fixture::new().await;
    let params = json!({ "CidrBlock": "10.0.0.0/16", "DryRun": true });
    assert_eq!(fixture.code("CreateVpc", params.clone()).await, "DryRunOperation");
    fixture.emulator.deny(["ec2:CreateVpc".to_owned()]);
    assert_eq!(fixture.code("CreateVpc", params).await, "UnauthorizedOperation");
    assert!(fixture.emulator.beyond_start().is_empty());
}
