//! Messages for objects that cannot be deleted, found or finished: somebody else uses them, the id is wrong, or the user
//! presses Ctrl-C.

use std::time::Duration;

use aws_emulator::{Emulator, Settings};
use serde_json::{Value as Json, json};

use crate::page::Page;
use crate::prepared::{Operation, Prepared};
use crate::session::{REGION, Session, settle};
use crate::subjects::{Prerequisites, RESOURCES};

async fn call(emulator: &Emulator, service: &str, operation: &str, params: Json) -> Json {
    let answer = emulator.invoke(REGION, service, operation, params).await.unwrap();
    answer.unwrap_or_else(|error| panic!("{operation}: {error:?}"))
}

/// Somebody else uses the object that the operation deletes, and keeps using it.
#[tokio::test(start_paused = true)]
async fn foreign_objects_that_block_a_delete_are_named() {
    let mut page = Page::default();
    let prepared = Prepared::new("security group", Operation::Delete).await;
    let subnets = call(&prepared.emulator, "ec2", "DescribeSubnets", json!({})).await;
    let subnet = &subnets["Subnets"][0];
    let endpoint = json!({
        "VpcEndpointType": "Interface", "VpcId": subnet["VpcId"], "ServiceName": format!("com.amazonaws.{REGION}.states"),
        "SubnetIds": [subnet["SubnetId"]], "SecurityGroupIds": [prepared.id()], "PrivateDnsEnabled": false,
    });
    call(&prepared.emulator, "ec2", "CreateVpcEndpoint", endpoint).await;
    settle().await;
    let message = prepared.message_of(Operation::Delete).await.unwrap();
    page.add("a security group on a stranger's network interface", &message);

    let prepared = Prepared::new("security group", Operation::Delete).await;
    let vpcs = call(&prepared.emulator, "ec2", "DescribeSubnets", json!({})).await;
    let group = json!({ "GroupName": "strange", "Description": "x", "VpcId": vpcs["Subnets"][0]["VpcId"] });
    let stranger = call(&prepared.emulator, "ec2", "CreateSecurityGroup", group).await;
    settle().await;
    let rule = json!({ "GroupId": stranger["GroupId"], "IpPermissions": [{
        "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{ "GroupId": prepared.id() }],
    }] });
    call(&prepared.emulator, "ec2", "AuthorizeSecurityGroupIngress", rule).await;
    settle().await;
    let message = prepared.message_of(Operation::Delete).await.unwrap();
    page.add("a security group in a rule of a stranger's", &message);

    let prepared = Prepared::new("security group", Operation::Delete).await;
    let vpc = call(
        &prepared.emulator,
        "ec2",
        "CreateVpc",
        json!({ "CidrBlock": "10.9.0.0/16" }),
    )
    .await;
    let with = json!({ "GroupId": prepared.id(), "VpcId": vpc["Vpc"]["VpcId"] });
    settle().await;
    call(&prepared.emulator, "ec2", "AssociateSecurityGroupVpc", with).await;
    settle().await;
    let message = prepared.message_of(Operation::Delete).await.unwrap();
    page.add("a security group that is associated with another VPC", &message);

    let prepared = Prepared::new("resource gateway", Operation::Delete).await;
    let configuration = json!({
        "name": "strange", "type": "SINGLE", "protocol": "TCP", "portRanges": ["443"], "resourceGatewayIdentifier": prepared.id(),
        "resourceConfigurationDefinition": { "dnsResource": { "domainName": "a.example.com", "ipAddressType": "IPV4" } },
    });
    call(
        &prepared.emulator,
        "vpc-lattice",
        "CreateResourceConfiguration",
        configuration,
    )
    .await;
    settle().await;
    let message = prepared.message_of(Operation::Delete).await.unwrap();
    page.add("a gateway with a stranger's configuration", &message);

    let prepared = Prepared::new("configuration of a host", Operation::Delete).await;
    let connection = json!({
        "Name": "strange", "AuthorizationType": "API_KEY",
        "AuthParameters": { "ApiKeyAuthParameters": { "ApiKeyName": "x", "ApiKeyValue": "y" } },
        "InvocationConnectivityParameters": { "ResourceParameters": { "ResourceConfigurationArn": prepared.output("arn") } },
    });
    call(&prepared.emulator, "events", "CreateConnection", connection).await;
    settle().await;
    let message = prepared.message_of(Operation::Delete).await.unwrap();
    page.add("a configuration that a stranger's connection uses", &message);
    insta::assert_snapshot!(page);
}

/// Ids of objects that do not exist, or that the provider cannot manage.
#[tokio::test(start_paused = true)]
async fn an_import_of_a_wrong_id_is_explained() {
    let mut page = Page::default();
    let emulator = Emulator::new(Settings::default());
    let prerequisites = Prerequisites::create(&emulator).await;
    let session = Session::start(&emulator, 1, json!({})).await;
    for label in RESOURCES {
        let subject = prerequisites.subject(label);
        for id in subject.wrong_ids {
            let message = match session.import(subject.resource(), id).await {
                Err(status) => status.message().to_owned(),
                Ok(found) => panic!("{id} is {found:?}"),
            };
            page.add(&format!("{label} {id}"), &message);
        }
    }
    insta::assert_snapshot!(page);
}

/// Cancels during the longest wait of each operation.
#[tokio::test(start_paused = true)]
async fn canceled_operations_are_explained() {
    let mut page = Page::default();
    for (label, operation, after) in [
        ("interface endpoint", Operation::Create, 2),
        ("interface endpoint", Operation::Delete, 5),
        ("resource gateway", Operation::Create, 2),
        ("resource gateway", Operation::Delete, 2),
        ("configuration of a host", Operation::Create, 1),
        ("private connection", Operation::Create, 4),
        ("private connection", Operation::Update, 4),
        ("private connection", Operation::Delete, 2),
    ] {
        let prepared = Prepared::new(label, operation).await;
        let (outcome, ()) = tokio::join!(prepared.message_of(operation), async {
            tokio::time::sleep(Duration::from_secs(after)).await;
            prepared.session.cancel().await;
        });
        let circumstances = format!("{label}, {operation:?}, after {after} s");
        page.add(&circumstances, &outcome.expect(&circumstances));
    }
    insta::assert_snapshot!(page);
}
