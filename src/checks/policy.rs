//! Checks the policy of an endpoint: what AWS refuses, and what can never match there ([`policy_lint`]). No call is made.

use std::str::FromStr;

use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::resource::check_cx::CheckCx;
use pulumi_provider::resource::draft::Draft;
use pulumi_provider::resource::findings::{Certainty, Findings};

use crate::aws::Aws;
use crate::partition::Partition;
use crate::policy_lint::{CommonPolicy, Level, Place, Service, lint};
use crate::{iam_policy, policy_lint};

const PROPERTY: &str = "policy";

/// How many findings of one policy are shown: the rest usually has the same cause.
const SHOWN: usize = 5;

/// Checks the policy of an endpoint of this service, which is a full or a short name.
pub async fn check(cx: &CheckCx<'_, Aws>, draft: &Draft<'_>, service_name: &str, findings: &mut Findings) {
    let policy = draft.known(PROPERTY).filter(|_| cx.sets(draft, PROPERTY));
    let (Some(policy), Some(service)) = (policy, Service::of_endpoint_service(service_name)) else {
        return;
    };
    let Some(document) = iam_policy::parse(&policy.to_json()) else {
        return;
    };
    // A component may give one policy to several endpoints. A statement for one of them is not useless at the others.
    let common = cx.shared().with::<CommonPolicy, _>(|common| common.0.clone());
    let services = if common.contains(&service) {
        common
    } else {
        vec![service]
    };
    // Without an answer of AWS, only a Region that the configuration names is known at once.
    let region = if cx.is_offline() {
        cx.clients().configured_region()
    } else {
        cx.clients().region().await.ok()
    };
    let place = Place {
        region,
        partition: region.map(|region| Partition::of_region(region).id),
        vpc_id: draft.text("vpcId"),
        // The endpoints of a policy in a component, and the one that this endpoint replaces, may exist or not.
        endpoint_ids: None,
    };
    let mut found = lint(&document, &services, &place);
    found.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    let more = found.len().saturating_sub(SHOWN);
    for policy_lint::Finding {
        code,
        level,
        path,
        text,
    } in found.into_iter().take(SHOWN)
    {
        let certainty = match level {
            Level::Refused => Certainty::Fails,
            Level::Dead | Level::Broad | Level::Hint => Certainty::WorksOtherwise,
        };
        findings.add(certainty, code, within_policy(&path), text);
    }
    if more > 0 {
        let text = format!("the policy has {more} more findings of this kind");
        findings.add(
            Certainty::WorksOtherwise,
            "policy-more",
            PropertyPath::root().key(PROPERTY),
            text,
        );
    }
}

/// Returns the path in the inputs for a path in the document. A policy that is a text has no inner paths that the engine knows, but
/// people find the place.
fn within_policy(path: &str) -> PropertyPath {
    let root = PropertyPath::root().key(PROPERTY);
    match PropertyPath::from_str(path) {
        Ok(inner) => inner
            .segments()
            .iter()
            .cloned()
            .fold(root, |path, segment| path.then(segment)),
        Err(_) => root,
    }
}
