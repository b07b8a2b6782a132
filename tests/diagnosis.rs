//! The diagnosis of a private connection, for every broken path that the emulator can make.
#![allow(clippy::unwrap_used)] // a test may panic

#[path = "support/fixture.rs"]
mod fixture;
#[allow(dead_code)] // the other half is for the checks of previews
#[path = "preview_checks/situation.rs"]
mod situation;

use std::time::Duration;

use fixture::{Fixture, REGION, provider};
use private_step_functions::diagnosis::{self, Diagnosis, Outcome};
use private_step_functions::resources::connection::Connection;
use private_step_functions::resources::resource_configuration::ResourceConfiguration;
use private_step_functions::resources::resource_gateway::ResourceGateway;
use serde_json::{Value as Json, json};
use situation::{admit, connection, foreign_endpoint, gateway};

/// A private connection that works, and everything on its path.
struct Path {
    fixture: Fixture,
    connection: String,
    connection_arn: String,
    configuration: String,
    gateway: String,
    gateway_group: String,
    endpoint: String,
    endpoint_group: String,
    subnet: String,
}

impl Path {
    async fn new() -> Self {
        let fixture = Fixture::new();
        let (_, subnets) = fixture.network().await;
        let endpoint = foreign_endpoint(&fixture, "execute-api", false).await;
        let ec2 = fixture.aws.ec2().await.unwrap();
        let endpoint_group = fixture.security_group("endpoint").await;
        let shown = ec2
            .describe_vpc_endpoints()
            .vpc_endpoint_ids(&endpoint)
            .send()
            .await
            .unwrap();
        let before = shown.vpc_endpoints()[0].groups()[0].group_id().unwrap().to_owned();
        let call = ec2.modify_vpc_endpoint().vpc_endpoint_id(&endpoint);
        let call = call
            .add_security_group_ids(&endpoint_group)
            .remove_security_group_ids(before);
        call.send().await.unwrap();
        let shown = ec2.describe_subnets().subnet_ids(&subnets[0]).send().await.unwrap();
        admit(&fixture, &endpoint_group, shown.subnets()[0].cidr_block().unwrap(), 443).await;

        let gateway_group = fixture.security_group("gateway").await;
        let more = json!({ "securityGroupIds": [gateway_group], "subnetIds": [subnets[0]] });
        let made = fixture
            .create::<ResourceGateway>("gateway", gateway(&fixture, more).await)
            .await
            .unwrap();
        let target = json!({ "resourceGatewayId": made.id, "ports": ["443"], "target": { "vpcEndpointId": endpoint } });
        let configuration = fixture.create::<ResourceConfiguration>("orders", target).await.unwrap();
        let private = fixture
            .create::<Connection>("orders", connection(&configuration.output("arn")))
            .await
            .unwrap();
        tokio::time::sleep(Duration::from_secs(300)).await;
        Self {
            connection: private.output("name"),
            connection_arn: private.output("arn"),
            configuration: configuration.id,
            gateway: made.id,
            gateway_group,
            endpoint,
            endpoint_group,
            subnet: subnets[0].clone(),
            fixture,
        }
    }

    fn seed(&self, seed: Json) {
        self.fixture.emulator.seed(seed).unwrap();
    }

    async fn diagnose(&self) -> Diagnosis {
        let aws = provider(&self.fixture.emulator, REGION, json!({}));
        diagnosis::connection(&aws, &self.connection).await.unwrap()
    }

    /// Checks that the diagnosis has these steps with these outcomes, and that one says this.
    async fn shows(&self, step: &str, outcome: Outcome, text: &str) {
        let found = self.diagnose().await;
        let matches = found
            .steps
            .iter()
            .any(|one| one.step == step && one.outcome == outcome && one.seen.contains(text));
        assert!(matches, "{step} {outcome:?} {text}: {found:#?}");
        assert_eq!(
            found.works,
            found.steps.iter().all(|step| step.outcome != Outcome::Fail)
        );
        let advised = found
            .steps
            .iter()
            .filter(|step| matches!(step.outcome, Outcome::Fail | Outcome::Warn));
        assert!(advised.into_iter().all(|step| !step.fix.is_empty()), "{found:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_path_that_works() {
    let path = Path::new().await;
    let found = path.diagnose().await;
    let steps: Vec<_> = found.steps.iter().map(|step| (step.step, step.outcome)).collect();
    let expected = [
        "connection",
        "credentials",
        "association",
        "resource configuration",
        "resource gateway",
        "subnets",
        "security groups",
        "target",
    ];
    assert_eq!(steps, expected.map(|step| (step, Outcome::Ok)), "{found:#?}");
    assert!(found.works);
    assert_eq!(
        (found.connection_name, found.connection_arn),
        (path.connection.clone(), Some(path.connection_arn.clone()))
    );
    // The ARN is as good as the name.
    let by_arn = diagnosis::connection(&path.fixture.aws, &path.connection_arn)
        .await
        .unwrap();
    assert_eq!(by_arn.connection_name, path.connection);
}

#[tokio::test(start_paused = true)]
async fn each_broken_step_is_found() {
    let connection = |state: &str, path: &Path| json!({ "kind": "connection", "region": REGION, "Name": path.connection, "ConnectionState": state, "StateReason": "a reason" });
    let path = Path::new().await;
    path.seed(connection("FAILED_CONNECTIVITY", &path));
    path.shows("connection", Outcome::Fail, "is FAILED_CONNECTIVITY: a reason")
        .await;
    path.seed(connection("DEAUTHORIZED", &path));
    path.shows("connection", Outcome::Fail, "is DEAUTHORIZED").await;
    path.shows("credentials", Outcome::Warn, "an API key").await;

    let path = Path::new().await;
    let lattice = path.fixture.aws.lattice().await.unwrap();
    let call = lattice.list_service_network_resource_associations();
    let listed = call
        .resource_configuration_identifier(&path.configuration)
        .send()
        .await
        .unwrap();
    let association = listed.items()[0].id().unwrap();
    path.seed(json!({
        "kind": "service-network-resource-association", "id": association, "status": "CREATE_FAILED",
        "failureCode": "SOME_CODE", "failureReason": "some reason",
    }));
    path.shows("association", Outcome::Fail, "CREATE_FAILED: SOME_CODE: some reason")
        .await;

    let path = Path::new().await;
    path.seed(json!({
        "kind": "resource-configuration", "id": path.configuration, "status": "CREATE_FAILED", "failureReason": "no",
    }));
    path.shows("resource configuration", Outcome::Fail, "CREATE_FAILED: no")
        .await;

    let path = Path::new().await;
    path.seed(json!({ "kind": "resource-gateway", "id": path.gateway, "status": "CREATE_FAILED" }));
    path.shows("resource gateway", Outcome::Fail, "CREATE_FAILED").await;

    let path = Path::new().await;
    let ec2 = path.fixture.aws.ec2().await.unwrap();
    let rules = ec2
        .describe_security_groups()
        .group_ids(&path.gateway_group)
        .send()
        .await
        .unwrap();
    let rules = rules.security_groups()[0].ip_permissions_egress().to_vec();
    let call = ec2.revoke_security_group_egress().group_id(&path.gateway_group);
    call.set_ip_permissions(Some(rules)).send().await.unwrap();
    path.shows("security groups", Outcome::Fail, "lets TCP out of the gateway")
        .await;

    let path = Path::new().await;
    let ec2 = path.fixture.aws.ec2().await.unwrap();
    let rules = ec2
        .describe_security_groups()
        .group_ids(&path.endpoint_group)
        .send()
        .await
        .unwrap();
    let rules = rules.security_groups()[0].ip_permissions().to_vec();
    let call = ec2.revoke_security_group_ingress().group_id(&path.endpoint_group);
    call.set_ip_permissions(Some(rules)).send().await.unwrap();
    path.shows("target", Outcome::Fail, "admits the resource gateway").await;

    let path = Path::new().await;
    path.seed(json!({ "kind": "vpc-endpoint", "VpcEndpointId": path.endpoint, "State": "rejected" }));
    path.shows("target", Outcome::Fail, "is rejected").await;

    let path = Path::new().await;
    situation::deny_https(&path.fixture, &path.subnet, true).await;
    path.shows("subnets", Outcome::Fail, "denies outbound TCP on port 443")
        .await;
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_unknown() {
    let path = Path::new().await;
    for (action, step) in [
        ("vpc-lattice:GetServiceNetworkResourceAssociation", "association"),
        ("vpc-lattice:GetResourceConfiguration", "resource configuration"),
        ("vpc-lattice:GetResourceGateway", "resource gateway"),
        ("ec2:DescribeSubnets", "subnets"),
        ("ec2:DescribeNetworkAcls", "subnets"),
        ("ec2:DescribeSecurityGroups", "security groups"),
        ("ec2:DescribeVpcEndpoints", "target"),
    ] {
        path.fixture.emulator.deny(vec![action.to_owned()]);
        path.shows(step, Outcome::Unknown, action.rsplit(':').next().unwrap())
            .await;
        path.fixture.emulator.deny(Vec::new());
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_does_not_exist_or_has_another_arn() {
    let path = Path::new().await;
    let other = path.connection_arn.rsplit_once('/').unwrap().0.to_owned() + "/00000000-0000-0000-0000-000000000000";
    for (asked, seen) in [
        ("nobody", "there is no connection nobody in eu-west-1"),
        (&other, "now has another ARN"),
    ] {
        let found = diagnosis::connection(&path.fixture.aws, asked).await.unwrap();
        assert!(
            !found.works && found.connection_arn.is_none() && found.connection_state.is_none(),
            "{found:#?}"
        );
        let [step] = found.steps.as_slice() else {
            panic!("{found:#?}")
        };
        assert_eq!((step.step, step.outcome), ("connection", Outcome::Fail));
        assert!(step.seen.contains(seen), "{found:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_to_a_public_api_has_no_path() {
    let fixture = Fixture::new();
    let public = json!({ "auth": { "apiKey": { "name": "x-api-key", "value": "hunter2" } } });
    let made = fixture.create::<Connection>("public", public).await.unwrap();
    let found = diagnosis::connection(&fixture.aws, &made.output("name")).await.unwrap();
    let steps: Vec<_> = found.steps.iter().map(|step| step.step).collect();
    assert_eq!(steps, ["connection", "credentials"]);
    assert!(!format!("{found:?}").contains("hunter2"));
}

/// A connection that fails because of its path says where, instead of what to look for.
#[tokio::test(start_paused = true)]
async fn a_failed_connection_names_the_step_that_fails() {
    let path = Path::new().await;
    let ec2 = path.fixture.aws.ec2().await.unwrap();
    let rules = ec2
        .describe_security_groups()
        .group_ids(&path.gateway_group)
        .send()
        .await
        .unwrap();
    let rules = rules.security_groups()[0].ip_permissions_egress().to_vec();
    let call = ec2.revoke_security_group_egress().group_id(&path.gateway_group);
    call.set_ip_permissions(Some(rules)).send().await.unwrap();
    let target = json!({
        "resourceGatewayId": path.gateway, "ports": ["443"], "target": { "domainName": "unreachable.example.com" },
    });
    let target = path
        .fixture
        .create::<ResourceConfiguration>("unreachable", target)
        .await
        .unwrap();
    let inputs = connection(&target.output("arn"));
    let (recorded, error) = path
        .fixture
        .create::<Connection>("unreachable", inputs)
        .await
        .unwrap_err();
    assert_eq!(recorded.unwrap().output("state"), "FAILED_CONNECTIVITY");
    let text = error.to_string();
    let group = &path.gateway_group;
    assert!(
        text.contains(&format!(
            "The likely cause: security groups: no rule of {group} lets TCP out of the gateway. Add"
        )),
        "{text}"
    );
    assert!(!text.contains("publicly resolvable"), "{text}");
}
