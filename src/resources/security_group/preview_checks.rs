//! What a preview checks of a security group.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::{Vpc, VpcCidrBlockStateCode};
use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::resource::check_cx::CheckCx;
use pulumi_provider::resource::draft::Draft;
use pulumi_provider::resource::findings::{Certainty, Findings};

use crate::aws::{Aws, looks};
use crate::checks::{quotas, vpc};

const DIRECTIONS: [&str; 2] = ["ingress", "egress"];

pub(super) async fn run(cx: &CheckCx<'_, Aws>, draft: &Draft<'_>, findings: &mut Findings) {
    for direction in DIRECTIONS.into_iter().filter(|direction| cx.sets(draft, direction)) {
        quotas::rules(cx, draft, direction, findings).await;
        referenced_groups(cx, draft, direction, findings).await;
    }
    let Some(vpc_id) = draft.text("vpcId") else {
        return;
    };
    if cx.old().is_none() && !vpc::exists(cx, vpc_id, findings).await {
        return;
    }
    if cx.sets(draft, "ingress")
        && let Ok(found) = looks::vpcs(cx.clients(), &[vpc_id.to_owned()]).await
        && let Some(vpc) = found.get(vpc_id)
    {
        blocks(draft, vpc_id, vpc, findings);
    }
}

/// Checks that the groups to which rules refer exist.
async fn referenced_groups(cx: &CheckCx<'_, Aws>, draft: &Draft<'_>, direction: &str, findings: &mut Findings) {
    let rules = draft.list(direction).unwrap_or_default().iter().enumerate();
    let named: BTreeMap<usize, String> = rules
        .filter_map(|(index, rule)| {
            let rule = Draft::new(rule.bare().as_object()?);
            Some((index, rule.text("securityGroupId")?.to_owned()))
        })
        .collect();
    if named.is_empty() {
        return;
    }
    let ids: Vec<String> = named.values().cloned().collect();
    let found = match looks::groups(cx.clients(), &ids).await {
        Ok(found) => found,
        Err(error) => return cx.not_checked("the security groups", error),
    };
    for (index, id) in named {
        if !found.contains_key(&id) {
            let path = PropertyPath::root().key(direction).index(index).key("securityGroupId");
            // A group of a peered VPC in another account is not shown, but can be referred to.
            let text = format!(
                "there is no security group {id} that this account can see. Check the id, the Region and the account"
            );
            findings.add(Certainty::MayFail, "rule-group", path, text);
        }
    }
}

/// Tells of CIDR blocks of the VPC that the rules leave out, if they admit another block of it as a whole.
fn blocks(draft: &Draft<'_>, vpc_id: &str, vpc: &Vpc, findings: &mut Findings) {
    let rules = draft.list("ingress").unwrap_or_default();
    // A rule for the whole VPC, or one that is not known yet, may admit the rest.
    let known: Option<Vec<_>> = rules
        .iter()
        .map(|rule| rule.bare().as_object().map(Draft::new))
        .collect();
    let Some(rules) = known.filter(|rules| {
        rules
            .iter()
            .all(|rule| !rule.is_given("vpc") && !rule.is_unknown("cidrIpv4"))
    }) else {
        return;
    };
    let admitted: Vec<&str> = rules.iter().filter_map(|rule| rule.text("cidrIpv4")).collect();
    if admitted.contains(&"0.0.0.0/0") {
        return;
    }
    let associated = vpc.cidr_block_association_set().iter().filter(|block| {
        let state = block.cidr_block_state().and_then(|state| state.state());
        matches!(state, None | Some(VpcCidrBlockStateCode::Associated))
    });
    let blocks: Vec<&str> = associated.filter_map(|block| block.cidr_block()).collect();
    let (inside, outside): (Vec<&str>, Vec<&str>) = blocks.into_iter().partition(|block| admitted.contains(block));
    if !inside.is_empty() && !outside.is_empty() {
        let text = format!(
            "the rules admit {} of {vpc_id}, but not {}. Callers there are shut out",
            inside.join(", "),
            outside.join(", ")
        );
        findings.add(
            Certainty::WorksOtherwise,
            "rules-block",
            PropertyPath::root().key("ingress"),
            text,
        );
    }
}
