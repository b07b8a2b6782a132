//! The lifecycle of interface endpoints.

use std::sync::Arc;
use std::time::Duration;

use private_step_functions::resources::interface_endpoint::InterfaceEndpoint;
use private_step_functions::resources::security_group::SecurityGroup;
use pulumi_provider::error::ErrorKind;
use pulumi_provider::lifecycle::adapter::{DynResource, erase};
use pulumi_provider::property::Value;
use serde_json::json;
use tokio::time::Instant;

use crate::fixture::{Fixture, REGION, Recorded, provider, with};
use crate::security_group::group;

pub(crate) async fn endpoint_inputs(fixture: &Fixture) -> serde_json::Value {
    let (vpc, subnets) = fixture.network().await;
    json!({ "vpcId": vpc, "service": "states", "subnetIds": subnets[..2] })
}

pub(crate) async fn endpoint(fixture: &Fixture, name: &str, more: serde_json::Value) -> Recorded {
    let inputs = with(&endpoint_inputs(fixture).await, more);
    fixture.create::<InterfaceEndpoint>(name, inputs).await.unwrap()
}

fn only_reads() -> serde_json::Value {
    json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": "*", "Action": ["states:Describe*", "states:List*"], "Resource": "*",
    }] })
}

#[tokio::test(start_paused = true)]
async fn one_call_creates_an_endpoint_with_all_its_inputs() {
    let fixture = Fixture::new();
    let groups = group(&fixture, "api", json!({})).await;
    let more = json!({ "policy": only_reads(), "securityGroupIds": [groups.id], "privateDnsEnabled": false });
    let made = endpoint(&fixture, "states", more).await;
    let calls = fixture.calls("CreateVpcEndpoint");
    let sent = &calls.last().unwrap().parameters;
    assert_eq!(calls.iter().filter(|call| call.outcome == "ok").count(), 1);
    assert_eq!(sent["PrivateDnsEnabled"], false, "left out it would mean true");
    assert_eq!(sent["PolicyDocument"], only_reads().to_string());
    assert_eq!(sent["SecurityGroupIds"], json!([groups.id]));
    assert_eq!(fixture.calls("ModifyVpcEndpoint").len(), 0);
    assert_eq!(
        fixture
            .refresh::<InterfaceEndpoint>(&made)
            .await
            .unwrap()
            .unwrap()
            .prior,
        made.prior
    );
}

#[tokio::test(start_paused = true)]
async fn an_omitted_policy_is_not_sent() {
    let fixture = Fixture::new();
    endpoint(&fixture, "states", json!({})).await;
    let sent = &fixture.calls("CreateVpcEndpoint")[0].parameters;
    assert_eq!(sent.get("PolicyDocument"), None, "some services refuse any");
}

#[tokio::test(start_paused = true)]
async fn an_available_endpoint_has_all_its_dns_names() {
    let fixture = Fixture::new();
    let made = endpoint(&fixture, "states", json!({})).await;
    assert_eq!(made.output("state"), "available");
    assert_eq!(made.output("serviceName"), format!("com.amazonaws.{REGION}.states"));
    assert_eq!(made.output("privateDnsName"), format!("states.{REGION}.amazonaws.com"));
    assert_eq!(made.output("url"), format!("https://states.{REGION}.amazonaws.com"));
    let regional = made.output("regionalDnsName");
    assert!(
        regional.starts_with(&format!("{}-", made.id)) && regional.ends_with(".vpce.amazonaws.com"),
        "{regional}"
    );
    assert_eq!(made.prior.outputs["zonalDnsNames"].as_array().unwrap().len(), 2);
    assert_eq!(made.prior.outputs["networkInterfaceIds"].as_array().unwrap().len(), 2);
    assert!(!made.output("hostedZoneId").is_empty());
    assert!(fixture.has_shown(&format!(
        "waiting for endpoint {} to become available: pending",
        made.id
    )));
}

#[tokio::test(start_paused = true)]
async fn waits_of_many_endpoints_share_their_calls() {
    let fixture = Fixture::new();
    let began = Instant::now();
    endpoint(&fixture, "alone", json!({ "privateDnsEnabled": false })).await;
    // Counts only the calls of waits: each create also makes one call to look for objects of an earlier run.
    let calls = || {
        let calls = fixture.calls("DescribeVpcEndpoints").into_iter();
        let own = |parameters: &serde_json::Value| parameters.to_string().contains("private-step-functions:urn");
        calls.filter(|call| !own(&call.parameters)).count()
    };
    let alone = (calls(), began.elapsed());
    tokio::time::sleep(Duration::from_secs(60)).await;
    let names = ["a", "b", "c"];
    let began = Instant::now();
    let make = names.map(|name| endpoint(&fixture, name, json!({ "privateDnsEnabled": false })));
    futures::future::join_all(make).await;
    let together = (calls() - alone.0, began.elapsed());
    assert!(together.0 <= alone.0 + 2, "{together:?} for three, {alone:?} for one");
    assert!(
        together.1 < alone.1 + Duration::from_secs(3),
        "{together:?} for three, {alone:?} for one"
    );
}

#[tokio::test(start_paused = true)]
async fn a_large_stack_is_never_throttled() {
    let fixture = Fixture::new();
    let names: Vec<_> = (0..12).map(|index| format!("e{index}")).collect();
    let make = names
        .iter()
        .map(|name| endpoint(&fixture, name, json!({ "privateDnsEnabled": false })));
    let made = futures::future::join_all(make).await;
    let inputs = with(
        &endpoint_inputs(&fixture).await,
        json!({ "privateDnsEnabled": false, "policy": only_reads() }),
    );
    let change = made
        .iter()
        .map(|made| fixture.update::<InterfaceEndpoint>(made, inputs.clone()));
    for changed in futures::future::join_all(change).await {
        changed.unwrap();
    }
    futures::future::join_all(made.iter().map(|made| fixture.delete::<InterfaceEndpoint>(made)))
        .await
        .into_iter()
        .for_each(Result::unwrap);
    let throttled = fixture
        .emulator
        .journal()
        .into_iter()
        .filter(|entry| entry.outcome == "RequestLimitExceeded");
    assert_eq!(throttled.map(|entry| entry.operation).collect::<Vec<_>>(), [""; 0]);
}

/// The same as when a stack replaces its endpoints: creates, changes and deletes in parallel.
#[tokio::test(start_paused = true)]
async fn creates_changes_and_deletes_do_not_wait_for_each_other() {
    let fixture = Fixture::new();
    let off = json!({ "privateDnsEnabled": false });
    let make = |names: [&'static str; 4]| {
        let (fixture, off) = (&fixture, &off);
        futures::future::join_all(names.map(|name| endpoint(fixture, name, off.clone())))
    };
    let (old, kept) = (
        make(["o1", "o2", "o3", "o4"]).await,
        make(["k1", "k2", "k3", "k4"]).await,
    );
    // Wait until every token bucket is full again.
    tokio::time::sleep(Duration::from_secs(60)).await;
    let began = fixture.emulator.journal().len();
    let more = json!({ "privateDnsEnabled": false, "policy": only_reads() });
    let inputs = with(&endpoint_inputs(&fixture).await, more);
    let change = kept
        .iter()
        .map(|made| fixture.update::<InterfaceEndpoint>(made, inputs.clone()));
    let (_, changed, deleted) = tokio::join!(
        make(["n1", "n2", "n3", "n4"]),
        futures::future::join_all(change),
        futures::future::join_all(old.iter().map(|made| fixture.delete::<InterfaceEndpoint>(made))),
    );
    changed.into_iter().for_each(|changed| drop(changed.unwrap()));
    deleted.into_iter().for_each(Result::unwrap);
    let journal = fixture.emulator.journal().split_off(began);
    let limited = ["CreateVpcEndpoint", "ModifyVpcEndpoint", "DeleteVpcEndpoints"];
    for operation in limited {
        let sent: Vec<_> = journal.iter().filter(|call| call.operation == operation).collect();
        assert_eq!(sent.len(), 4, "{operation}");
        assert!(sent.iter().all(|call| call.outcome == "ok"), "{operation}");
        let spread = sent[3].time - sent[0].time;
        assert!(
            spread < 1.0,
            "four calls are one burst, but {operation} took {spread} s"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn all_changes_go_into_one_call_and_are_waited_for() {
    let fixture = Fixture::new();
    let (_, subnets) = fixture.network().await;
    let (one, other) = (
        group(&fixture, "one", json!({})).await,
        group(&fixture, "other", json!({})).await,
    );
    let made = endpoint(&fixture, "states", json!({ "securityGroupIds": [one.id] })).await;
    let inputs = with(
        &endpoint_inputs(&fixture).await,
        json!({
            "subnetIds": subnets[1..], "securityGroupIds": [other.id], "policy": only_reads(), "privateDnsEnabled": false,
        }),
    );
    let diff = fixture.diff::<InterfaceEndpoint>(&made, inputs.clone()).unwrap();
    assert!(diff.replaces.is_empty() && diff.properties.contains("privateDnsEnabled"));
    let updated = fixture
        .update::<InterfaceEndpoint>(&made, inputs.clone())
        .await
        .unwrap();
    let sent = fixture.calls("ModifyVpcEndpoint");
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].parameters["AddSubnetIds"], json!([subnets[2]]));
    assert_eq!(sent[0].parameters["RemoveSubnetIds"], json!([subnets[0]]));
    assert_eq!(updated.prior.outputs.get("privateDnsName"), None);
    assert_eq!(
        updated.prior.outputs["networkInterfaceIds"].as_array().unwrap().len(),
        2
    );
    assert_eq!(
        fixture
            .refresh::<InterfaceEndpoint>(&updated)
            .await
            .unwrap()
            .unwrap()
            .prior,
        updated.prior
    );
    fixture.delete::<SecurityGroup>(&one).await.unwrap();
    assert_eq!(
        fixture.calls("DeleteSecurityGroup").len(),
        1,
        "the removed group is free when the update is done"
    );

    fixture.update::<InterfaceEndpoint>(&updated, inputs).await.unwrap();
    assert_eq!(
        fixture.calls("ModifyVpcEndpoint").len(),
        1,
        "nothing differs, nothing is called"
    );
}

#[tokio::test(start_paused = true)]
async fn a_policy_is_compared_by_meaning_and_removed_by_full_access() {
    let fixture = Fixture::new();
    let made = endpoint(&fixture, "states", json!({ "policy": only_reads().to_string() })).await;
    let mut reordered = only_reads();
    reordered["Statement"][0]["Action"] = json!(["states:list*", "states:describe*"]);
    let same = with(&endpoint_inputs(&fixture).await, json!({ "policy": reordered }));
    assert!(
        fixture
            .diff::<InterfaceEndpoint>(&made, same.clone())
            .unwrap()
            .detailed
            .is_empty()
    );
    let updated = fixture.update::<InterfaceEndpoint>(&made, same).await.unwrap();
    assert_eq!(fixture.calls("ModifyVpcEndpoint").len(), 0);

    let updated = fixture
        .update::<InterfaceEndpoint>(&updated, endpoint_inputs(&fixture).await)
        .await
        .unwrap();
    let calls = fixture.calls("ModifyVpcEndpoint");
    assert_eq!(calls.len(), 1, "sent once, although it shows late");
    assert_eq!(calls[0].parameters.get("ResetPolicy"), None);
    assert!(
        calls[0].parameters["PolicyDocument"]
            .as_str()
            .unwrap()
            .contains("\"Principal\":\"*\"")
    );
    let refreshed = fixture.refresh::<InterfaceEndpoint>(&updated).await.unwrap().unwrap();
    assert_eq!(refreshed.prior, updated.prior);
    assert_eq!(refreshed.prior.inputs.get("policy"), None);
}

#[tokio::test(start_paused = true)]
async fn omitted_security_groups_stay_unchanged() {
    let fixture = Fixture::new();
    let own = group(&fixture, "api", json!({})).await;
    let made = endpoint(&fixture, "states", json!({ "securityGroupIds": [own.id] })).await;
    // The only change is the tag.
    let inputs = with(&endpoint_inputs(&fixture).await, json!({ "tags": { "a": "b" } }));
    let updated = fixture
        .update::<InterfaceEndpoint>(&made, inputs.clone())
        .await
        .unwrap();
    let groups = |recorded: &Recorded| recorded.prior.outputs["securityGroupIds"].clone();
    assert_eq!(groups(&updated), Value::Array(vec![own.id.as_str().into()]));
    assert_eq!(fixture.calls("ModifyVpcEndpoint").len(), 0);
    // The reverse: requested groups replace those that EC2 chose.
    let chosen = endpoint(&fixture, "sync-states", json!({ "service": "sync-states" })).await;
    let asked = with(
        &inputs,
        json!({ "service": "sync-states", "securityGroupIds": [own.id] }),
    );
    let asked = fixture.update::<InterfaceEndpoint>(&chosen, asked).await.unwrap();
    assert_eq!(groups(&asked), groups(&updated));
}

#[tokio::test(start_paused = true)]
async fn an_update_waits_for_a_change_in_progress() {
    let fixture = Fixture::new();
    let made = endpoint(&fixture, "states", json!({})).await;
    let ec2 = fixture.aws.ec2().await.unwrap();
    ec2.modify_vpc_endpoint()
        .vpc_endpoint_id(&made.id)
        .private_dns_enabled(false)
        .send()
        .await
        .unwrap();
    let inputs = with(&endpoint_inputs(&fixture).await, json!({ "policy": only_reads() }));
    let updated = fixture.update::<InterfaceEndpoint>(&made, inputs).await.unwrap();
    let outcomes: Vec<_> = fixture
        .calls("ModifyVpcEndpoint")
        .into_iter()
        .map(|call| call.outcome)
        .collect();
    assert!(outcomes.contains(&"OperationInProgress".to_owned()), "{outcomes:?}");
    // The update does not revert somebody else's change. The next refresh shows it.
    let seen = fixture.refresh::<InterfaceEndpoint>(&updated).await.unwrap().unwrap();
    assert_eq!(seen.prior.inputs["policy"], updated.prior.inputs["policy"]);
    assert_eq!(seen.prior.inputs["privateDnsEnabled"], false.into());
}

#[tokio::test(start_paused = true)]
async fn deletion_frees_groups_and_subnets() {
    let fixture = Fixture::new();
    let own = group(&fixture, "api", json!({})).await;
    let made = endpoint(&fixture, "states", json!({ "securityGroupIds": [own.id] })).await;
    fixture.delete::<InterfaceEndpoint>(&made).await.unwrap();
    assert_eq!(fixture.existing("network-interface"), [""; 0]);
    fixture.delete::<SecurityGroup>(&own).await.unwrap();
    assert_eq!(fixture.calls("DeleteSecurityGroup").len(), 1);
    assert!(fixture.refresh::<InterfaceEndpoint>(&made).await.unwrap().is_none());
    fixture.delete::<InterfaceEndpoint>(&made).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn tags_change_without_a_modification() {
    let mut fixture = Fixture::configured(json!({ "defaultTags": { "tags": { "team": "a" } } }));
    let made = endpoint(&fixture, "states", json!({ "tags": { "env": "dev" } })).await;
    assert_eq!(
        made.prior.outputs["tagsAll"],
        Value::from(json!({ "team": "a", "env": "dev" }))
    );
    let more = json!({ "defaultTags": { "tags": { "team": "b" } } });
    fixture.aws = Arc::new(provider(&fixture.emulator, REGION, more));
    let inputs = with(&endpoint_inputs(&fixture).await, json!({ "tags": { "env": "dev" } }));
    let diff = fixture.diff::<InterfaceEndpoint>(&made, inputs.clone()).unwrap();
    assert!(!diff.detailed.is_empty(), "a change of the provider's defaults is seen");
    let updated = fixture.update::<InterfaceEndpoint>(&made, inputs).await.unwrap();
    assert_eq!(
        updated.prior.outputs["tagsAll"],
        Value::from(json!({ "team": "b", "env": "dev" }))
    );
    assert_eq!(
        (
            fixture.calls("ModifyVpcEndpoint").len(),
            fixture.calls("CreateTags").len()
        ),
        (0, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn an_import_returns_the_inputs_that_a_user_would_write() {
    let fixture = Fixture::new();
    let made = endpoint(&fixture, "states", json!({ "policy": only_reads() })).await;
    let imported = fixture
        .import::<InterfaceEndpoint>("states", &made.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(imported.prior.inputs["service"], "states".into());
    assert_eq!(imported.prior.inputs["policy"], Value::from(only_reads()));
    assert_eq!(imported.prior.inputs["privateDnsEnabled"], true.into());
    assert!(
        !imported.prior.inputs.contains_key("tags"),
        "ownership tags are no inputs"
    );
    let error = fixture.import::<InterfaceEndpoint>("states", "sg-1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
}

#[tokio::test(start_paused = true)]
async fn a_replacement_deletes_first_only_where_the_private_name_collides() {
    let fixture = Fixture::new();
    let made = endpoint(&fixture, "states", json!({})).await;
    let diff = |old: &Recorded, inputs| fixture.diff::<InterfaceEndpoint>(old, inputs).unwrap();
    let inputs = endpoint_inputs(&fixture).await;
    let elsewhere = diff(&made, with(&inputs, json!({ "vpcId": "vpc-0abc" })));
    assert!(!elsewhere.replaces.is_empty() && !elsewhere.delete_first);
    let full = format!("com.amazonaws.{REGION}.states");
    assert!(
        diff(&made, with(&inputs, json!({ "service": full })))
            .replaces
            .is_empty(),
        "the same service"
    );
    let mut failed = made.clone();
    failed.prior.outputs.insert("state".to_owned(), "failed".into());
    let forced = diff(&failed, inputs.clone());
    assert!(!forced.replaces.is_empty() && forced.delete_first);
    let shared = endpoint(&fixture, "shared", json!({ "privateDnsEnabled": false })).await;
    let mut failed = shared;
    failed.prior.outputs.insert("state".to_owned(), "failed".into());
    let forced = diff(&failed, with(&inputs, json!({ "privateDnsEnabled": false })));
    assert!(!forced.replaces.is_empty() && !forced.delete_first);
}

#[tokio::test(start_paused = true)]
async fn a_preview_knows_outputs_that_do_not_change() {
    let fixture = Fixture::new();
    let resource: Box<dyn DynResource<_>> = erase::<InterfaceEndpoint>();
    let inputs = endpoint_inputs(&fixture).await;
    let preview = |more, old: Option<&Recorded>| {
        let olds = old.map(|old| old.prior.inputs.clone()).unwrap_or_default();
        let inputs = fixture.check::<InterfaceEndpoint>("states", with(&inputs, more), &olds);
        resource.preview(
            fixture.schema::<InterfaceEndpoint>(),
            &fixture.aws,
            &inputs,
            old.map(|old| &old.prior),
        )
    };
    let before = fixture.emulator.journal().len();
    let first = preview(json!({}), None);
    assert_eq!(
        first["serviceName"].as_str(),
        Some(format!("com.amazonaws.{REGION}.states").as_str())
    );
    assert!(!first.contains_key("privateDnsName"), "that is for AWS to say");
    assert_eq!(
        preview(json!({ "privateDnsEnabled": false }), None)["privateDnsName"],
        Value::Null
    );
    assert_eq!(fixture.emulator.journal().len(), before, "a preview makes no call");

    let made = endpoint(&fixture, "states", json!({})).await;
    let names = |map: &pulumi_provider::property::Map| map.keys().cloned().collect::<Vec<_>>();
    let changed = preview(json!({ "policy": only_reads() }), Some(&made));
    let missing: Vec<_> = names(&made.prior.outputs)
        .into_iter()
        .filter(|name| !changed.contains_key(name))
        .collect();
    assert_eq!(missing, ["securityGroupIds"], "all but what EC2 chose stays known");
    let fewer = preview(
        json!({ "subnetIds": [inputs["subnetIds"][0]], "privateDnsEnabled": false }),
        Some(&made),
    );
    for unknown in ["zonalDnsNames", "networkInterfaceIds", "url"] {
        assert!(!fewer.contains_key(unknown), "{unknown} changes");
    }
    assert_eq!(fewer["regionalDnsName"], made.prior.outputs["regionalDnsName"]);
}
