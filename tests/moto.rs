//! Tests of our resources on moto, an independent EC2 and STS emulator. They cover what needs neither waits nor endpoint
//! modifications. `tests/boto3/moto_differences.py` lists where moto differs from AWS.
#![allow(clippy::unwrap_used)] // a test may panic

#[path = "support/fixture.rs"]
mod fixture;

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use aws_emulator::{Emulator, Settings};
use private_step_functions::aws::Aws;
use private_step_functions::aws::config::ProviderConfig;
use private_step_functions::resources::interface_endpoint::InterfaceEndpoint;
use private_step_functions::resources::security_group::SecurityGroup;
use pulumi_provider::error::ErrorKind;
use pulumi_provider::property::Value;
use serde_json::{Value as Json, json};

use crate::fixture::{Fixture, REGION, Recorded, with};

/// A running moto process. Dropping the value kills it.
#[derive(Debug)]
struct Moto {
    process: Child,
    url: String,
}

impl Moto {
    fn start() -> Self {
        let program = environment().join("bin/python");
        let mut process = Command::new(&program)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/moto/server.py"))
            .args(["--host", "127.0.0.1", "--port", "0"])
            // Loading the machine images of moto's EC2 takes most of its startup time.
            .env("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}: run `make test`, resource installs it", program.display()));
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let url = lines
            .by_ref()
            .map(Result::unwrap)
            .find_map(|line| line.find("http://127.0.0.1:").map(|at| line[at..].trim().to_owned()))
            .expect("moto tells its URL");
        // moto logs every request to stderr. Drain the pipe so that moto never blocks.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, url }
    }

    /// Returns a fixture with a provider instance in a new account.
    fn fixture(&self, more: Json) -> Fixture {
        let config = json!({
            "region": REGION, "accessKey": "AKIATEST", "secretKey": "secret",
            "endpoints": { "ec2": self.url, "sts": self.url },
            "polling": { "initialIntervalSeconds": 0.05, "maxIntervalSeconds": 0.2 },
        });
        let config: ProviderConfig = serde_json::from_value(with(&config, more)).unwrap();
        let mut fixture = Fixture::on(Aws::new(config), Emulator::new(Settings::default()));
        // Nothing takes long here, and the clock is not paused.
        fixture.timeout = Some(Duration::from_secs(20));
        fixture
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // The process may have ended already; then the calls have no effect.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Returns the Python virtual environment of the tests: the one in `VENV`, which `make test` sets, or `build/venv`.
fn environment() -> PathBuf {
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("build/venv");
    std::env::var_os("VENV").map_or(made, PathBuf::from)
}

fn rule(port: u16, source: Json) -> Json {
    with(&json!({ "protocol": "tcp", "fromPort": port, "toPort": port }), source)
}

/// Asserts that a refresh does not change the recorded state.
async fn unchanged<R: pulumi_provider::resource::Resource<Clients = Aws>>(fixture: &Fixture, made: &Recorded) {
    assert_eq!(fixture.refresh::<R>(made).await.unwrap().unwrap().prior, made.prior);
}

#[tokio::test]
async fn security_groups_are_managed_in_moto() {
    let moto = Moto::start();
    let fixture = moto.fixture(json!({ "defaultTags": { "tags": { "team": "a" } } }));
    let (vpc, _) = fixture.network().await;
    let base = json!({ "vpcId": vpc, "description": "callers", "tags": { "env": "dev" } });
    let other = fixture.create::<SecurityGroup>("other", base.clone()).await.unwrap();
    unchanged::<SecurityGroup>(&fixture, &other).await;

    // Rules of every kind, as the user writes them. The group allows no other traffic in or out.
    let rules = json!({
        "ingress": [
            rule(443, json!({ "cidrIpv4": "100.68.0.18/18", "description": "peers" })),
            rule(443, json!({ "cidrIpv6": "2001:db8::/32" })),
            rule(8443, json!({ "securityGroupId": other.id })),
            { "protocol": "-1", "cidrIpv4": "10.0.0.0/8" },
            { "protocol": "icmp", "cidrIpv4": "10.0.0.0/8" },
        ],
        "egress": [rule(443, json!({ "vpc": true }))],
    });
    let inputs = with(&base, rules);
    let made = fixture.create::<SecurityGroup>("orders", inputs.clone()).await.unwrap();
    assert_eq!(
        made.prior.outputs["tagsAll"],
        Value::from(json!({ "team": "a", "env": "dev" }))
    );
    unchanged::<SecurityGroup>(&fixture, &made).await;
    assert!(
        fixture
            .diff::<SecurityGroup>(&made, inputs)
            .unwrap()
            .detailed
            .is_empty()
    );
    assert_eq!(permissions(&fixture, &made.id).await, (5, 1));

    // Rules and tags change in place.
    let changes = json!({ "ingress": [rule(444, json!({ "cidrIpv4": "10.1.0.0/16" }))], "tags": {} });
    let updated = fixture
        .update::<SecurityGroup>(&made, with(&base, changes))
        .await
        .unwrap();
    unchanged::<SecurityGroup>(&fixture, &updated).await;
    assert_eq!(updated.prior.outputs["tagsAll"], Value::from(json!({ "team": "a" })));
    assert_eq!(permissions(&fixture, &made.id).await, (1, 0));

    let imported = fixture
        .import::<SecurityGroup>("orders", &made.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(imported.prior.inputs["vpcId"], vpc.into());
    for gone in [&updated, &other] {
        fixture.delete::<SecurityGroup>(gone).await.unwrap();
        assert!(fixture.refresh::<SecurityGroup>(gone).await.unwrap().is_none());
        // A second delete succeeds too.
        fixture.delete::<SecurityGroup>(gone).await.unwrap();
    }
}

/// Returns the number of sources in the group's ingress and egress permissions, as moto counts them.
async fn permissions(fixture: &Fixture, id: &str) -> (usize, usize) {
    let ec2 = fixture.aws.ec2().await.unwrap();
    let answer = ec2.describe_security_groups().group_ids(id).send().await.unwrap();
    let group = &answer.security_groups()[0];
    let sources = |permissions: &[aws_sdk_ec2::types::IpPermission]| {
        permissions
            .iter()
            .map(|p| p.ip_ranges().len() + p.ipv6_ranges().len() + p.user_id_group_pairs().len())
            .sum()
    };
    (sources(group.ip_permissions()), sources(group.ip_permissions_egress()))
}

#[tokio::test]
async fn interface_endpoints_are_managed_in_moto() {
    let moto = Moto::start();
    let fixture = moto.fixture(json!({}));
    let (vpc, subnets) = fixture.network().await;
    let group = fixture
        .create::<SecurityGroup>("endpoints", json!({ "vpcId": vpc }))
        .await
        .unwrap();
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": "*", "Action": "states:StartExecution", "Resource": "*",
    }] });
    for service in ["states", "sync-states", "execute-api"] {
        let inputs = json!({
            "vpcId": vpc, "service": service, "subnetIds": subnets[..2], "securityGroupIds": [group.id],
            // moto does not simulate private DNS names.
            "policy": policy, "privateDnsEnabled": false, "tags": { "env": "dev" },
        });
        let made = fixture
            .create::<InterfaceEndpoint>(service, inputs.clone())
            .await
            .unwrap();
        assert_eq!(made.output("state"), "available");
        assert_eq!(made.output("serviceName"), format!("com.amazonaws.{REGION}.{service}"));
        unchanged::<InterfaceEndpoint>(&fixture, &made).await;
        assert!(
            fixture
                .diff::<InterfaceEndpoint>(&made, inputs.clone())
                .unwrap()
                .detailed
                .is_empty()
        );
        let imported = fixture
            .import::<InterfaceEndpoint>(service, &made.id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(imported.prior.inputs["vpcId"], vpc.clone().into());

        let retagged = fixture
            .update::<InterfaceEndpoint>(&made, with(&inputs, json!({ "tags": { "env": "prod" } })))
            .await
            .unwrap();
        unchanged::<InterfaceEndpoint>(&fixture, &retagged).await;
        fixture.delete::<InterfaceEndpoint>(&retagged).await.unwrap();
        assert!(fixture.refresh::<InterfaceEndpoint>(&retagged).await.unwrap().is_none());
        fixture.delete::<InterfaceEndpoint>(&retagged).await.unwrap();
    }
    fixture.delete::<SecurityGroup>(&group).await.unwrap();
}

#[tokio::test]
async fn accounts_and_roles_are_honored_in_moto() {
    let moto = Moto::start();
    let fixture = moto.fixture(json!({ "allowedAccountIds": ["123456789012"] }));
    assert_eq!(fixture.aws.account().await.unwrap(), "123456789012");
    fixture.network().await;
    let refused = moto.fixture(json!({ "allowedAccountIds": ["999999999999"] }));
    assert_eq!(
        refused.aws.ec2().await.map(drop).unwrap_err().kind(),
        ErrorKind::Credentials
    );
    let role = json!({ "roleArn": "arn:aws:iam::210987654321:role/deploy", "externalId": "xyz", "sessionName": "ci" });
    let assumed = moto.fixture(json!({ "assumeRole": role, "allowedAccountIds": ["210987654321"] }));
    assert_eq!(assumed.aws.account().await.unwrap(), "210987654321");
    // An object created with the role's credentials belongs to the role's account.
    let (vpc, _) = assumed.network().await;
    let made = assumed
        .create::<SecurityGroup>("theirs", json!({ "vpcId": vpc }))
        .await
        .unwrap();
    assert!(made.output("arn").contains(":210987654321:"), "{}", made.output("arn"));
    let elsewhere = fixture.import::<SecurityGroup>("theirs", &made.id).await.unwrap();
    assert!(elsewhere.is_none(), "another account does not see it");
}
