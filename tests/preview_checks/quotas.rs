//! Quotas: the account's own value, if a count is above AWS's default.

use private_step_functions::aws::Aws;
use private_step_functions::resources::interface_endpoint::InterfaceEndpoint;
use private_step_functions::resources::security_group::SecurityGroup;
use pulumi_provider::resource::Resource;
use pulumi_provider::resource::check_cx::Shared;
use pulumi_provider::resource::findings::{Certainty, Finding};
use serde_json::{Value as Json, json};

use crate::fixture::{Fixture, REGION, provider};
use crate::situation::{endpoint, foreign_endpoint, group, is_fine, open_group};

fn raise(fixture: &Fixture, name: &str, value: usize) {
    let seed = json!({ "kind": "quota", "region": REGION, "name": name, "value": value });
    fixture.emulator.seed(seed).unwrap();
}

async fn rules(fixture: &Fixture, count: usize) -> Json {
    let rule = |number| json!({ "protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": format!("10.{number}.0.0/16") });
    let rules: Vec<_> = (0..count).map(rule).collect();
    group(fixture, json!({ "ingress": rules })).await
}

/// Returns what a new process finds, and what it cannot check.
async fn anew<R: Resource<Clients = Aws>>(fixture: &Fixture, inputs: Json) -> (Vec<Finding>, Vec<String>) {
    let fresh = Fixture::on(provider(&fixture.emulator, REGION, json!({})), fixture.emulator.clone());
    let (found, not_checked) = fresh.findings::<R>("it", inputs, None, &Shared::default()).await;
    let what = not_checked.into_iter().map(|(what, error)| format!("{what}: {error}"));
    (found, what.collect())
}

#[tokio::test(start_paused = true)]
async fn a_raised_quota_has_room() {
    let fixture = Fixture::new();
    raise(&fixture, "rules-per-security-group", 70);
    is_fine::<SecurityGroup>(&fixture, rules(&fixture, 70).await).await;
    let (found, _) = anew::<SecurityGroup>(&fixture, rules(&fixture, 71).await).await;
    assert_eq!(found[0].certainty, Certainty::Fails);
    assert!(
        found[0]
            .text
            .starts_with("71 IPv4 rules for one direction, and AWS allows 70. Use a prefix list"),
        "{found:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_ordinary_preview_asks_no_quota() {
    let fixture = Fixture::new();
    is_fine::<SecurityGroup>(&fixture, rules(&fixture, 60).await).await;
    is_fine::<InterfaceEndpoint>(&fixture, endpoint(&fixture, json!({})).await).await;
    assert_eq!(fixture.calls("GetServiceQuota").len(), 0);
}

/// Both directions and families share one call.
#[tokio::test(start_paused = true)]
async fn a_quota_is_read_once() {
    let fixture = Fixture::new();
    let mut inputs = rules(&fixture, 61).await;
    inputs["egress"] = inputs["ingress"].clone();
    let (found, _) = fixture
        .findings::<SecurityGroup>("it", inputs, None, &Shared::default())
        .await;
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(fixture.calls("GetServiceQuota").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_quota_that_cannot_be_read_may_be_higher() {
    let fixture = Fixture::new();
    fixture.emulator.deny(vec!["servicequotas:GetServiceQuota".to_owned()]);
    let (found, not_checked) = anew::<SecurityGroup>(&fixture, rules(&fixture, 61).await).await;
    assert_eq!(found[0].certainty, Certainty::MayFail);
    assert!(
        found[0].text.contains("AWS allows 60 unless the quota was raised"),
        "{found:?}"
    );
    assert_eq!(not_checked.len(), 1);
    assert!(
        not_checked[0]
            .starts_with("the quota \"Inbound or outbound rules per security group\": GetServiceQuota: access denied"),
        "{not_checked:?}"
    );
}

/// The endpoint that this one replaces, or another that the update deletes, makes room.
#[tokio::test(start_paused = true)]
async fn endpoints_of_the_stack_may_go_first() {
    let fixture = Fixture::new();
    raise(&fixture, "interface-endpoints-per-vpc", 50);
    let groups = json!({ "securityGroupIds": [open_group(&fixture).await] });
    let inputs = endpoint(&fixture, groups.clone()).await;
    fixture.create::<InterfaceEndpoint>("it", inputs.clone()).await.unwrap();
    for _ in 0..49 {
        foreign_endpoint(&fixture, "execute-api", false).await;
    }
    let (found, _) = anew::<InterfaceEndpoint>(&fixture, inputs.clone()).await;
    let found: Vec<_> = found.iter().map(|finding| (finding.code, finding.certainty)).collect();
    assert_eq!(found, [("quota-endpoints", Certainty::MayFail)]);
}
