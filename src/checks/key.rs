//! Checks the KMS key of a connection: that it exists, can be used, has the tag that EventBridge demands, and a policy that lets
//! somebody use it. A connection whose key EventBridge cannot use is de-authorized.
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/encryption-connections.html>

mod policy;

use pulumi_provider::error::ErrorKind;
use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::resource::check_cx::CheckCx;
use pulumi_provider::resource::draft::Draft;
use pulumi_provider::resource::findings::{Certainty, Findings};

use super::place;
use crate::arn::Arn;
use crate::aws::Aws;
use crate::aws::looks::{self, Key};

const PROPERTY: &str = "kmsKeyId";

/// The tag without which EventBridge does not use a key.
const TAG: (&str, &str) = ("EventBridgeApiDestinations", "true");

/// Checks the key that the operation sets.
pub async fn check(cx: &CheckCx<'_, Aws>, draft: &Draft<'_>, findings: &mut Findings) {
    let Some(name) = draft.text(PROPERTY).filter(|_| cx.sets(draft, PROPERTY)) else {
        return;
    };
    let region = match cx.clients().region().await {
        Ok(region) => region,
        Err(error) => return cx.not_checked("AWS", error),
    };
    let arn = Arn::parse(name);
    if let Some(arn) = arn
        && arn.region != region
    {
        let text = format!(
            "{name} is a key of {}, and the connection is in {region}. Choose a key of {region}",
            arn.region
        );
        return findings.add(Certainty::Fails, "key-missing", at(), text);
    }
    let owner = foreign_owner(cx, arn).await;
    if let Some(owner) = owner {
        let text = format!(
            "{name} belongs to account {owner}. Its key policy must allow kms:Decrypt and kms:DescribeKey to this account's role \
             AWSServiceRoleForAmazonEventBridgeApiDestinations, and the caller to use the key"
        );
        findings.add(Certainty::MayFail, "key-account", at(), text);
    }
    let key = match looks::key(cx.clients(), name).await {
        Ok(Some(key)) => key,
        Ok(None) => {
            let text = format!(
                "there is no KMS key {name} {}. Check the key, the Region and the account",
                place(cx).await
            );
            return findings.add(Certainty::Fails, "key-missing", at(), text);
        }
        // KMS refuses to describe a key of another account unless the key's policy allows it. The finding above says so.
        Err(error) if owner.is_some() && error.kind() == ErrorKind::Denied => return,
        Err(error) => return cx.not_checked("the KMS key", error),
    };
    state(name, &key, findings);
    // Tags and policies are shown to the key's own account only.
    if owner.is_none() {
        tag(cx, name, &key, findings).await;
        policy(cx, name, &key, region, findings).await;
    }
}

/// Returns the account of a key, if it is another one than the caller's. An ID or an alias is always a key of the caller.
async fn foreign_owner<'a>(cx: &CheckCx<'_, Aws>, arn: Option<Arn<'a>>) -> Option<&'a str> {
    let owner = arn?.account;
    let own = cx.clients().account().await.ok()?;
    (owner != own).then_some(owner)
}

/// Checks that the key can be used: <https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html>.
fn state(name: &str, key: &Key, findings: &mut Findings) {
    let state = key.state.as_str();
    let (certainty, advice) = match state {
        "Enabled" | "" => return,
        // These end by themselves.
        "Creating" | "Updating" => (Certainty::MayFail, "Wait until it is Enabled"),
        "Disabled" => (Certainty::Fails, "Enable it, or choose another key"),
        "PendingDeletion" => (
            Certainty::Fails,
            "Cancel its deletion and enable it, or choose another key",
        ),
        _ => (Certainty::Fails, "Choose another key"),
    };
    let until = match &key.deletion {
        Some(day) => format!(" and will be deleted on {day}"),
        None => String::new(),
    };
    let text = format!("the KMS key {name} is {state}{until}. {advice}");
    findings.add(certainty, "key-state", at(), text);
}

async fn tag(cx: &CheckCx<'_, Aws>, name: &str, key: &Key, findings: &mut Findings) {
    let (tag, value) = TAG;
    if key.is_managed_by_aws {
        let text = format!(
            "{name} is a key that AWS manages, and such a key cannot have the tag {tag}={value}, which EventBridge demands. Choose a \
             customer managed key"
        );
        return findings.add(Certainty::Fails, "key-tag", at(), text);
    }
    let tags = match looks::key_tags(cx.clients(), &key.arn).await {
        Ok(tags) => tags,
        Err(error) => return cx.not_checked("the tags of the KMS key", error),
    };
    if tags.get(tag).map(String::as_str) != Some(value) {
        let text = format!(
            "the KMS key {name} has no tag {tag}={value}, and EventBridge uses only keys that have it. Add the tag to the key"
        );
        findings.add(Certainty::Fails, "key-tag", at(), text);
    }
}

async fn policy(cx: &CheckCx<'_, Aws>, name: &str, key: &Key, region: &str, findings: &mut Findings) {
    if key.is_managed_by_aws {
        return;
    }
    let policy = match looks::key_policy(cx.clients(), &key.arn).await {
        Ok(Some(policy)) => policy,
        Ok(None) => return,
        Err(error) => return cx.not_checked("the policy of the KMS key", error),
    };
    let lacking = policy::allowed_to_nobody(&policy, &key.account, region);
    if !lacking.is_empty() {
        let text = format!(
            "the policy of the KMS key {name} lets nobody in account {} call {} through Secrets Manager. Unless a grant does, the connection \
             is de-authorized. Allow it in the policy",
            key.account,
            lacking.join(", ")
        );
        findings.add(Certainty::MayFail, "key-policy", at(), text);
    }
}

fn at() -> PropertyPath {
    PropertyPath::root().key(PROPERTY)
}
