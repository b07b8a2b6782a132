//! The diagnosis of a private connection, for every broken path that the emulator can make.
#![allow(clippy::unwrap_used)] // a test may panic

#[path = "support/fixture.rs"]
mod fixture;
#[allow(dead_code)] // the other half is for the checks of previews
#[path = "preview_checks/situation.rs"]
mod situation;

use std::time::Duration;

use fixture::{Fixture, REGION, provider};
use futures::FutureExt;
use futures::future::BoxFuture;
use private_step_functions::diagnosis::{self, Diagnosis, Outcome};
use private_step_functions::resources::connection::Connection;
use private_step_functions::resources::resource_configuration::ResourceConfiguration;
use private_step_functions::resources::resource_gateway::ResourceGateway;
use pulumi_provider::error::{Error, ErrorKind};
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
        Self::on(Fixture::new()).await
    }

    async fn on(fixture: Fixture) -> Self {
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

    fn connection_is(&self, state: &str) {
        self.seed(json!({
            "kind": "connection", "region": REGION, "Name": self.connection, "ConnectionState": state, "StateReason": "a reason",
        }));
    }

    async fn association_is(&self, status: &str) {
        let lattice = self.fixture.aws.lattice().await.unwrap();
        let call = lattice.list_service_network_resource_associations();
        let call = call.resource_configuration_identifier(&self.configuration);
        let listed = call.send().await.unwrap();
        self.seed(json!({
            "kind": "service-network-resource-association", "id": listed.items()[0].id().unwrap(), "status": status,
            "failureCode": "SOME_CODE", "failureReason": "some reason",
        }));
    }

    fn endpoint_is(&self, state: &str) {
        self.seed(json!({ "kind": "vpc-endpoint", "VpcEndpointId": self.endpoint, "State": state }));
    }

    async fn delete_endpoint(&self) {
        let ec2 = self.fixture.aws.ec2().await.unwrap();
        let call = ec2.delete_vpc_endpoints().vpc_endpoint_ids(&self.endpoint);
        call.send().await.unwrap();
        tokio::time::sleep(Duration::from_secs(300)).await;
    }

    async fn ports(&self, ports: &[&str]) {
        let lattice = self.fixture.aws.lattice().await.unwrap();
        let call = lattice.update_resource_configuration();
        let call = call.resource_configuration_identifier(&self.configuration);
        let ports = ports.iter().map(ToString::to_string).collect();
        call.set_port_ranges(Some(ports)).send().await.unwrap();
        tokio::time::sleep(Duration::from_secs(300)).await;
    }

    async fn no_egress(&self) {
        let ec2 = self.fixture.aws.ec2().await.unwrap();
        let group = &self.gateway_group;
        let shown = ec2.describe_security_groups().group_ids(group).send().await.unwrap();
        let rules = shown.security_groups()[0].ip_permissions_egress().to_vec();
        let call = ec2.revoke_security_group_egress().group_id(group);
        call.set_ip_permissions(Some(rules)).send().await.unwrap();
    }

    async fn no_ingress(&self) {
        let ec2 = self.fixture.aws.ec2().await.unwrap();
        let group = &self.endpoint_group;
        let shown = ec2.describe_security_groups().group_ids(group).send().await.unwrap();
        let rules = shown.security_groups()[0].ip_permissions().to_vec();
        let call = ec2.revoke_security_group_ingress().group_id(group);
        call.set_ip_permissions(Some(rules)).send().await.unwrap();
    }

    /// Returns the path of another connection, to another target behind the same gateway.
    async fn leads_to(self, target: Json) -> Self {
        let inputs = json!({ "resourceGatewayId": self.gateway, "ports": ["443"], "target": target });
        let number = self.fixture.existing("resource-configuration").len();
        let name = format!("other-{number}");
        let configuration = self
            .fixture
            .create::<ResourceConfiguration>(&name, inputs)
            .await
            .unwrap();
        let inputs = connection(&configuration.output("arn"));
        let private = self.fixture.create::<Connection>(&name, inputs).await.unwrap();
        Self {
            connection: private.output("name"),
            connection_arn: private.output("arn"),
            configuration: configuration.id,
            ..self
        }
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

/// A path that is broken at one place.
struct Broken {
    /// How it is broken.
    how: &'static str,
    breaks: fn(&Path) -> BoxFuture<'_, ()>,
    /// The step that says so, its outcome and a part of its text.
    step: &'static str,
    outcome: Outcome,
    text: &'static str,
}

macro_rules! broken {
    ($($how:literal $step:literal $outcome:ident $text:literal |$path:ident| $breaks:expr;)*) => {
        vec![$(Broken {
            how: $how,
            breaks: |$path| async move { $breaks; }.boxed(),
            step: $step,
            outcome: Outcome::$outcome,
            text: $text,
        }),*]
    };
}

/// Every path that the emulator can break, each with the step that must say so.
fn broken() -> Vec<Broken> {
    broken! {
        "no connectivity" "connection" Fail "is FAILED_CONNECTIVITY: a reason" |path| path.connection_is("FAILED_CONNECTIVITY");
        "no authorization" "connection" Fail "is DEAUTHORIZED" |path| path.connection_is("DEAUTHORIZED");
        "credentials dropped" "credentials" Warn "an API key" |path| path.connection_is("DEAUTHORIZED");
        "authorizing" "connection" Warn "is AUTHORIZING" |path| path.connection_is("AUTHORIZING");
        "being deleted" "connection" Fail "is DELETING" |path| path.connection_is("DELETING");
        "association failed" "association" Fail "CREATE_FAILED: SOME_CODE: some reason" |path| path.association_is("CREATE_FAILED").await;
        "association partial" "association" Warn "is PARTIAL" |path| path.association_is("PARTIAL").await;
        "association begun" "association" Warn "is CREATE_IN_PROGRESS" |path| path.association_is("CREATE_IN_PROGRESS").await;
        "configuration failed" "resource configuration" Fail "CREATE_FAILED: no" |path| path.seed(json!({
            "kind": "resource-configuration", "id": path.configuration, "status": "CREATE_FAILED", "failureReason": "no",
        }));
        "configuration in progress" "resource configuration" Warn "is UPDATE_IN_PROGRESS" |path| path.seed(json!({
            "kind": "resource-configuration", "id": path.configuration, "status": "UPDATE_IN_PROGRESS",
        }));
        "configuration without HTTPS" "resource configuration" Warn "has the ports 8443" |path| {
            path.ports(&["8443"]).await;
        };
        "gateway failed" "resource gateway" Fail "is CREATE_FAILED" |path| path.seed(json!({
            "kind": "resource-gateway", "id": path.gateway, "status": "CREATE_FAILED",
        }));
        "gateway in progress" "resource gateway" Warn "is UPDATE_IN_PROGRESS" |path| path.seed(json!({
            "kind": "resource-gateway", "id": path.gateway, "status": "UPDATE_IN_PROGRESS",
        }));
        "zone without VPC Lattice" "subnets" Warn "euw1-az4, where VPC Lattice has had no" |path| path.seed(json!({
            "kind": "subnet", "SubnetId": path.subnet, "AvailabilityZoneId": "euw1-az4",
        }));
        "network ACL, out" "subnets" Fail "denies outbound TCP on port 443" |path| {
            situation::deny_https(&path.fixture, &path.subnet, true).await;
        };
        "no egress" "security groups" Fail "lets TCP out of the gateway" |path| path.no_egress().await;
        "no egress to the target" "security groups" Fail "lets TCP out to vpce-" |path| {
            situation::lets_out_only(&path.fixture, &path.gateway_group, "10.0.0.0/8").await;
        };
        "no ingress of the target" "target" Fail "admits the resource gateway to vpce-" |path| path.no_ingress().await;
        "no ingress on the port" "target" Fail "on port 8443" |path| path.ports(&["443", "8443"]).await;
        "endpoint rejected" "target" Fail "is rejected" |path| path.endpoint_is("rejected");
        "endpoint failed" "target" Fail "is failed" |path| path.endpoint_is("failed");
        "endpoint expired" "target" Fail "is expired" |path| path.endpoint_is("expired");
        "endpoint being deleted" "target" Fail "is deleting" |path| path.endpoint_is("deleting");
        "endpoint deleted" "target" Warn "have no vpce-" |path| path.delete_endpoint().await;
        "endpoint policy" "target" Fail "the API answers 403" |path| {
            situation::admit_only_identities(&path.fixture, &path.endpoint).await;
        };
    }
}

#[tokio::test(start_paused = true)]
async fn each_broken_step_is_found() {
    for one in broken() {
        let path = Path::new().await;
        (one.breaks)(&path).await;
        path.shows(one.step, one.outcome, one.text).await;
        // Nothing else on the path fails, but the connection's own state.
        if one.outcome == Outcome::Fail {
            let found = path.diagnose().await;
            let failing = found.steps.iter().filter(|step| step.outcome == Outcome::Fail);
            assert_eq!(
                failing.map(|step| step.step).collect::<Vec<_>>(),
                [one.step],
                "{}",
                one.how
            );
        }
    }
}

/// The same for a target that is an address: inside of the VPC and outside.
#[tokio::test(start_paused = true)]
async fn each_broken_step_to_an_address_is_found() {
    let path = Path::new().await;
    let instance = path.fixture.security_group("instance").await;
    let address = situation::interface(&path.fixture, &instance, "").await;
    let inside = path.leads_to(json!({ "ipAddress": address })).await;
    inside
        .shows("target", Outcome::Fail, &format!("no rule of {instance} admits"))
        .await;
    admit(&inside.fixture, &instance, "172.31.0.0/16", 443).await;
    inside.shows("target", Outcome::Ok, &address).await;
    let nowhere = inside.leads_to(json!({ "ipAddress": "172.31.0.77" })).await;
    nowhere
        .shows("target", Outcome::Fail, "has the address 172.31.0.77")
        .await;
    let outside = nowhere.leads_to(json!({ "ipAddress": "10.9.0.5" })).await;
    outside.shows("subnets", Outcome::Fail, "cannot reach 10.9.0.5").await;
    outside
        .shows("target", Outcome::Unknown, "AWS does not show 10.9.0.5")
        .await;
    situation::route(&outside.fixture, "10.9.0.0/16").await;
    outside.shows("subnets", Outcome::Ok, "let HTTPS out").await;
    situation::lets_out_only(&outside.fixture, &outside.gateway_group, "10.8.0.0/16").await;
    outside
        .shows("security groups", Outcome::Fail, "lets TCP out to 10.9.0.5")
        .await;
}

/// The same for an internal load balancer, and for a host that AWS does not show.
#[tokio::test(start_paused = true)]
async fn each_broken_step_to_a_host_is_found() {
    let path = Path::new().await;
    let balancer = path.fixture.security_group("balancer").await;
    let name = "internal-orders-1234567890.eu-west-1.elb.amazonaws.com";
    let gone = path.leads_to(json!({ "domainName": name })).await;
    gone.shows("target", Outcome::Warn, &format!("have no {name}")).await;
    situation::interface(&gone.fixture, &balancer, "ELB app/orders/50dc6c495c0c9188").await;
    gone.shows("target", Outcome::Fail, &format!("no rule of {balancer} admits"))
        .await;
    admit(&gone.fixture, &balancer, "172.31.0.0/16", 443).await;
    gone.shows("target", Outcome::Ok, name).await;
    let other = gone.leads_to(json!({ "domainName": "orders.example.com" })).await;
    other
        .shows("target", Outcome::Unknown, "AWS does not show orders.example.com")
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
    // In the recorded mode, EventBridge calls no host for an API key.
    let path = Path::on(Fixture::cautious(json!({}))).await;
    path.no_egress().await;
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

/// Creates a private connection that stays AUTHORIZING, until `after` has passed.
async fn slow(path: &Path, after: Duration) -> Result<(), Error> {
    let lattice = path.fixture.aws.lattice().await.unwrap();
    let call = lattice.get_resource_configuration();
    let shown = call
        .resource_configuration_identifier(&path.configuration)
        .send()
        .await
        .unwrap();
    let mut inputs = connection(shown.arn().unwrap());
    inputs["name"] = json!("slow");
    let is = |state: &str| json!({ "kind": "connection", "region": REGION, "Name": "slow", "ConnectionState": state });
    let (made, ()) = tokio::join!(path.fixture.create::<Connection>("slow", inputs), async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        path.seed(is("AUTHORIZING"));
        tokio::time::sleep(after).await;
        path.seed(is("ACTIVE"));
    });
    made.map(drop).map_err(|(_, error)| error)
}

const MINUTES: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn a_slow_connection_tells_the_likely_cause_once() {
    let path = Path::new().await;
    path.no_egress().await;
    slow(&path, 8 * MINUTES).await.unwrap();
    let warnings = path.fixture.warnings();
    let [warning] = warnings.as_slice() else {
        panic!("{warnings:?}")
    };
    let (told, group) = (
        "the connection \"slow\" has been AUTHORIZING for 5 minutes, and the provider goes on waiting",
        &path.gateway_group,
    );
    assert_eq!(
        warning,
        &format!(
            "{told}. The likely cause: security groups: no rule of {group} lets TCP out of the gateway. Add an egress rule for port 443 of \
             the target (https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-gateway.html)"
        )
    );
}

#[tokio::test(start_paused = true)]
async fn a_slow_connection_on_a_good_path_says_so() {
    let path = Path::new().await;
    slow(&path, 8 * MINUTES).await.unwrap();
    let warnings = path.fixture.warnings();
    assert!(
        warnings[0].contains("Every step of its path that AWS shows is as it should be"),
        "{warnings:?}"
    );
    // One that is in time tells nothing.
    let path = Path::new().await;
    slow(&path, 4 * MINUTES).await.unwrap();
    assert_eq!(path.fixture.warnings(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn what_a_slow_connection_may_not_read_fails_nothing() {
    let path = Path::new().await;
    let (made, ()) = tokio::join!(slow(&path, 8 * MINUTES), async {
        tokio::time::sleep(MINUTES).await;
        path.fixture
            .emulator
            .deny(vec!["vpc-lattice:GetResourceConfiguration".to_owned()]);
    });
    made.unwrap();
    let warnings = path.fixture.warnings();
    assert!(warnings[0].contains("Its path could not be read"), "{warnings:?}");
}

#[tokio::test(start_paused = true)]
async fn a_canceled_wait_reads_no_path() {
    let path = Path::new().await;
    let (made, before) = tokio::join!(slow(&path, 8 * MINUTES), async {
        tokio::time::sleep(4 * MINUTES).await;
        path.fixture.cancel.cancel();
        path.fixture.calls("GetResourceGateway").len()
    });
    assert_eq!(made.unwrap_err().kind(), ErrorKind::Cancelled);
    assert_eq!(path.fixture.calls("GetResourceGateway").len(), before);
    assert_eq!(path.fixture.warnings(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_not_ready_in_time_names_the_step_that_fails() {
    let path = Path::new().await;
    path.no_ingress().await;
    let error = slow(&path, 30 * MINUTES).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    let text = error.to_string();
    assert!(
        text.contains("last seen: AUTHORIZING. The likely cause: target: no rule of"),
        "{text}"
    );
}
