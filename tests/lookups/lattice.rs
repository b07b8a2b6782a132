//! Resource gateways, resource configurations and connections.

use private_step_functions::resources::connection::Connection;
use private_step_functions::resources::resource_configuration::ResourceConfiguration;
use private_step_functions::resources::resource_gateway::ResourceGateway;
use serde_json::{Value as Json, json};

use crate::fixture::{Fixture, REGION, provider};
use crate::situation::{connection, gateway, subnet, unknown, vpc};
use crate::{ask, ask_with, calls_of, texts};

const THEIRS: &str = "999999999999";

#[tokio::test(start_paused = true)]
async fn a_resource_gateway_by_id_name_and_vpc() {
    let fixture = Fixture::new();
    let inputs = gateway(&fixture, json!({ "name": "shared-gateway", "ipv4AddressesPerEni": 1 })).await;
    let made = fixture.create::<ResourceGateway>("gateway", inputs).await.unwrap();
    let (vpc_id, _) = fixture.network().await;
    let look = async |arguments: Json| ask(&fixture, "getResourceGateway", arguments).await;
    let (found, calls) = calls_of(&fixture, look(json!({ "id": made.id }))).await;
    let found = found.unwrap();
    assert_eq!(json!(calls), json!({ "GetResourceGateway": 1 }));
    for arguments in [json!({ "name": "shared-gateway" }), json!({ "vpcId": vpc_id })] {
        let (same, calls) = calls_of(&fixture, look(arguments)).await;
        assert_eq!(same.unwrap(), found);
        assert_eq!(
            json!(calls),
            json!({ "ListResourceGateways": 1, "GetResourceGateway": 1 })
        );
    }
    for (name, value) in [
        ("name", json!("shared-gateway")),
        ("vpcId", json!(vpc_id)),
        ("status", json!("ACTIVE")),
        ("ipAddressType", json!("IPV4")),
        ("ipv4AddressesPerEni", json!(1.0)),
        ("dnsResolution", json!("PUBLIC")),
        ("serviceManaged", json!(false)),
        ("arn", json!(made.output("arn"))),
    ] {
        assert_eq!(found[name], value, "{name}");
    }
    assert_eq!(texts(&found["subnetIds"]).len(), 2);

    let other = fixture
        .create::<ResourceGateway>("other", gateway(&fixture, json!({ "name": "other-gateway" })).await)
        .await
        .unwrap();
    let mut both = [
        format!("{} (shared-gateway)", made.id),
        format!("{} (other-gateway)", other.id),
    ];
    both.sort();
    assert_eq!(
        look(json!({ "vpcId": vpc_id })).await.unwrap_err(),
        format!(
            "there are 2 resource gateways in {vpc_id} in eu-west-1 for account 123456789012: {}. Give the `id` or the `name` of one of them",
            both.join(", ")
        )
    );
    for (arguments, says) in [
        (
            json!({ "id": unknown("rgw") }),
            "there is no resource gateway rgw-0123456789abcdef0 in eu-west-1 for account 123456789012.",
        ),
        (
            json!({ "name": "nobody" }),
            "there is no resource gateway named \"nobody\" in eu-west-1",
        ),
        (
            json!({ "vpcId": unknown("vpc") }),
            "there is no resource gateway in vpc-0123456789abcdef0 in eu-west-1",
        ),
    ] {
        let error = look(arguments).await.unwrap_err();
        assert!(error.starts_with(says), "{error}");
    }
    fixture
        .emulator
        .deny(vec!["vpc-lattice:ListResourceGateways".to_owned()]);
    let denied = look(json!({ "name": "other-gateway" })).await.unwrap_err();
    assert!(denied.starts_with("ListResourceGateways: access denied"), "{denied}");
    // By its id it is found with the other permission.
    assert!(look(json!({ "id": other.id })).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_resource_gateway_that_is_being_deleted_has_no_name() {
    let fixture = Fixture::new();
    let inputs = gateway(&fixture, json!({ "name": "old-gateway" })).await;
    let made = fixture.create::<ResourceGateway>("gateway", inputs).await.unwrap();
    let seed = json!({ "kind": "resource-gateway", "id": made.id, "status": "DELETE_IN_PROGRESS" });
    fixture.emulator.seed(seed).unwrap();
    let error = ask(&fixture, "getResourceGateway", json!({ "name": "old-gateway" }))
        .await
        .unwrap_err();
    assert!(
        error.starts_with("there is no resource gateway named \"old-gateway\""),
        "{error}"
    );
    let found = ask(&fixture, "getResourceGateway", json!({ "id": made.id }))
        .await
        .unwrap();
    assert_eq!(found["status"], "DELETE_IN_PROGRESS");
}

/// Makes a configuration behind a new gateway.
async fn configuration(fixture: &Fixture, name: &str, target: Json) -> (String, String) {
    let made = fixture
        .create::<ResourceGateway>(name, gateway(fixture, json!({})).await)
        .await
        .unwrap();
    let inputs = json!({ "resourceGatewayId": made.id, "name": name, "ports": ["443", "8443"], "target": target });
    let made = fixture.create::<ResourceConfiguration>(name, inputs).await.unwrap();
    (made.id.clone(), made.output("arn"))
}

#[tokio::test(start_paused = true)]
async fn a_resource_configuration_by_id_arn_and_name() {
    let fixture = Fixture::new();
    let (id, arn) = configuration(&fixture, "orders", json!({ "domainName": "orders.example.com" })).await;
    let look = async |arguments: Json| ask(&fixture, "getResourceConfiguration", arguments).await;
    let (found, calls) = calls_of(&fixture, look(json!({ "id": id }))).await;
    let found = found.unwrap();
    assert_eq!(json!(calls), json!({ "GetResourceConfiguration": 1 }));
    assert_eq!(look(json!({ "arn": arn })).await.unwrap(), found);
    let (same, calls) = calls_of(&fixture, look(json!({ "name": "orders" }))).await;
    assert_eq!(same.unwrap(), found);
    assert_eq!(
        json!(calls),
        json!({ "ListResourceConfigurations": 1, "GetResourceConfiguration": 1 })
    );
    for (name, value) in [
        ("name", json!("orders")),
        ("ownerId", json!("123456789012")),
        ("type", json!("SINGLE")),
        ("status", json!("ACTIVE")),
        ("ports", json!(["443", "8443"])),
        (
            "target",
            json!({ "domainName": "orders.example.com", "ipAddressType": "IPV4" }),
        ),
        ("domainName", json!("orders.example.com")),
    ] {
        assert_eq!(found[name], value, "{name}");
    }
    let (_, arn) = configuration(&fixture, "billing", json!({ "ipAddress": "172.31.0.9" })).await;
    let found = look(json!({ "arn": arn })).await.unwrap();
    assert_eq!(
        [&found["target"], &found["domainName"]],
        [&json!({ "ipAddress": "172.31.0.9" }), &Json::Null]
    );

    let absent = format!("arn:aws:vpc-lattice:eu-west-1:{THEIRS}:resourceconfiguration/rcfg-0123456789abcdef0");
    for (arguments, says) in [
        (
            json!({ "id": unknown("rcfg") }),
            "there is no resource configuration rcfg-0123456789abcdef0 in eu-west-1 for account".to_owned(),
        ),
        (
            json!({ "name": "nobody" }),
            "there is no resource configuration named \"nobody\" in eu-west-1".to_owned(),
        ),
        (
            json!({ "arn": absent }),
            format!("there is no resource configuration {absent} in eu-west-1"),
        ),
    ] {
        let error = look(arguments).await.unwrap_err();
        assert!(error.starts_with(&says), "{error}");
        assert_eq!(error.contains("accept the share"), says.contains(THEIRS), "{error}");
    }
    fixture
        .emulator
        .deny(vec!["vpc-lattice:GetResourceConfiguration".to_owned()]);
    let denied = look(json!({ "name": "orders" })).await.unwrap_err();
    assert!(
        denied.starts_with("GetResourceConfiguration: access denied"),
        "{denied}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_resource_configuration_that_another_account_shares() {
    let fixture = Fixture::new();
    let (id, arn) = configuration(&fixture, "orders", json!({ "domainName": "orders.example.com" })).await;
    let consumer = json!({ "assumeRole": { "roleArn": format!("arn:aws:iam::{THEIRS}:role/deploy") } });
    let look =
        async |arguments: Json| ask_with(&fixture, consumer.clone(), "getResourceConfiguration", arguments).await;
    // Nobody shares it yet.
    for arguments in [json!({ "arn": arn }), json!({ "name": "orders" })] {
        let error = look(arguments).await.unwrap_err();
        assert!(
            error.contains("there is no resource configuration") && error.contains(THEIRS),
            "{error}"
        );
    }
    let seed = json!({ "kind": "resource-share", "resourceConfigurationId": id, "principal": THEIRS });
    fixture.emulator.seed(seed).unwrap();
    let found = look(json!({ "name": "orders" })).await.unwrap();
    assert_eq!(
        [&found["arn"], &found["ownerId"]],
        [&json!(arn), &json!("123456789012")]
    );
    assert_eq!(look(json!({ "arn": arn })).await.unwrap(), found);

    // The consumer has one of the same name.
    let theirs = Fixture::on(
        provider(&fixture.emulator, REGION, consumer.clone()),
        fixture.emulator.clone(),
    );
    let (_, own) = configuration(&theirs, "orders", json!({ "domainName": "own.example.com" })).await;
    let mut both = [arn, own];
    both.sort();
    assert_eq!(
        look(json!({ "name": "orders" })).await.unwrap_err(),
        format!(
            "there are 2 resource configurations named \"orders\" in eu-west-1 for account {THEIRS}: {}. Give the `arn` of one of them",
            both.join(", ")
        )
    );
}

#[tokio::test(start_paused = true)]
async fn a_list_is_read_to_its_end() {
    let fixture = Fixture::new();
    let (_, arn) = configuration(&fixture, "first", json!({ "domainName": "orders.example.com" })).await;
    let found = ask(&fixture, "getResourceConfiguration", json!({ "arn": arn }))
        .await
        .unwrap();
    let lattice = fixture.aws.lattice().await.unwrap();
    for number in 0..120 {
        let host = aws_sdk_vpclattice::types::DnsResource::builder()
            .domain_name("orders.example.com")
            .build();
        let call = lattice
            .create_resource_configuration()
            .name(format!("orders-{number}"))
            .r#type("SINGLE".into())
            .resource_gateway_identifier(found["resourceGatewayId"].as_str().unwrap())
            .port_ranges("443");
        let host = aws_sdk_vpclattice::types::ResourceConfigurationDefinition::DnsResource(host);
        call.resource_configuration_definition(host).send().await.unwrap();
    }
    tokio::time::sleep(std::time::Duration::from_secs(120)).await;
    for number in [0, 60, 119] {
        let name = format!("orders-{number}");
        let (found, calls) = calls_of(
            &fixture,
            ask(&fixture, "getResourceConfiguration", json!({ "name": name })),
        )
        .await;
        assert_eq!(found.unwrap()["name"], name);
        assert_eq!(
            json!(calls),
            json!({ "ListResourceConfigurations": 2, "GetResourceConfiguration": 1 })
        );
    }
    // A gateway of another VPC does not count.
    let other = vpc(&fixture, "10.1.0.0/16").await;
    let in_other = subnet(&fixture, &other, "10.1.1.0/24", "a").await;
    let group = fixture.aws.ec2().await.unwrap().create_security_group();
    let group = group
        .group_name("g")
        .description("g")
        .vpc_id(&other)
        .send()
        .await
        .unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    let inputs = json!({ "vpcId": other, "subnetIds": [in_other], "securityGroupIds": [group.group_id().unwrap()] });
    let made = fixture.create::<ResourceGateway>("other", inputs).await.unwrap();
    let found = ask(&fixture, "getResourceGateway", json!({ "vpcId": other }))
        .await
        .unwrap();
    assert_eq!(found["id"], made.id);
}

#[tokio::test(start_paused = true)]
async fn a_connection_by_name_and_arn() {
    let fixture = Fixture::new();
    let (_, configuration) = configuration(&fixture, "orders", json!({ "domainName": "orders.example.com" })).await;
    let mut inputs = connection(&configuration);
    inputs["name"] = json!("orders");
    let made = fixture.create::<Connection>("orders", inputs).await.unwrap();
    let look = async |arguments: Json| ask(&fixture, "getConnection", arguments).await;
    let (found, calls) = calls_of(&fixture, look(json!({ "name": "orders" }))).await;
    let found = found.unwrap();
    assert_eq!(json!(calls), json!({ "DescribeConnection": 1 }));
    assert_eq!(look(json!({ "arn": made.output("arn") })).await.unwrap(), found);
    for (name, value) in [
        ("name", json!("orders")),
        ("arn", json!(made.output("arn"))),
        ("authorizationType", json!("API_KEY")),
        ("resourceConfigurationArn", json!(configuration)),
        ("secretArn", json!(made.output("secretArn"))),
    ] {
        assert_eq!(found[name], value, "{name}");
    }
    assert!(!found.to_string().contains("hunter2"));

    let arn = made.output("arn");
    let other = arn.rsplit_once('/').unwrap().0.to_owned() + "/00000000-0000-0000-0000-000000000000";
    let elsewhere = arn.replace("eu-west-1", "us-east-1");
    let nobody = arn.replace("/orders/", "/nobody/");
    for (arguments, says) in [
        (
            json!({ "name": "nobody" }),
            "there is no connection named \"nobody\" in eu-west-1 for account 123456789012. Check".to_owned(),
        ),
        (
            json!({ "arn": nobody }),
            format!("there is no connection {nobody} in eu-west-1"),
        ),
        (
            json!({ "arn": other }),
            format!("there is no connection {other}: the connection of that name has another ARN, {arn}"),
        ),
        (
            json!({ "arn": elsewhere }),
            format!("there is no connection {elsewhere} in eu-west-1"),
        ),
        (json!({ "name": "orders", "arn": arn }), "".to_owned()),
        (json!({ "name": arn }), "`name` must".to_owned()),
    ] {
        let error = look(arguments).await.unwrap_err();
        assert!(error.starts_with(&says), "{error}");
    }
    fixture.emulator.deny(vec!["events:DescribeConnection".to_owned()]);
    let denied = look(json!({ "name": "orders" })).await.unwrap_err();
    assert!(denied.starts_with("DescribeConnection: access denied"), "{denied}");
}
