//! KMS keys: what a connection's key must have.
//! <https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html>

use std::collections::BTreeMap;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use pulumi_provider::error::{Error, ErrorKind};
use serde_json::{Value, json};

use super::super::Aws;

/// A KMS key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Key {
    /// The ARN, also of a key that was named by an alias.
    pub arn: String,
    /// The account that owns it.
    pub account: String,
    /// `Enabled`, `Disabled`, `PendingDeletion`, …
    pub state: String,
    /// The day on which AWS deletes it, such as `2026-12-24`.
    pub deletion: Option<String>,
    /// Whether AWS manages it for a service: then nobody can tag it or change its policy.
    pub is_managed_by_aws: bool,
}

/// Returns the key with this ID, ARN, alias or ARN of an alias.
///
/// # Errors
/// The read failed.
pub async fn key(aws: &Aws, name: &str) -> Result<Option<Key>, Error> {
    let read = async |names: Vec<String>| {
        let mut found = BTreeMap::new();
        for name in names {
            let answer = aws
                .signed()
                .await?
                .kms
                .json("DescribeKey", &json!({ "KeyId": name }))
                .await;
            match answer {
                Ok(answer) => _ = found.insert(name, Key::read(&answer["KeyMetadata"])),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    };
    Ok(aws.seen().keys.get(&[name.to_owned()], read).await?.remove(name))
}

impl Key {
    fn read(metadata: &Value) -> Self {
        let text = |name: &str| metadata[name].as_str().unwrap_or_default().to_owned();
        let day = metadata["DeletionDate"].as_f64().and_then(|seconds| {
            let time = DateTime::from_secs_f64(seconds).fmt(Format::DateTime).ok()?;
            Some(time.split('T').next()?.to_owned())
        });
        Self {
            arn: text("Arn"),
            account: text("AWSAccountId"),
            state: text("KeyState"),
            deletion: day,
            is_managed_by_aws: metadata["KeyManager"] == "AWS",
        }
    }
}

/// Returns the tags of a key of the account.
///
/// # Errors
/// The read failed.
pub async fn key_tags(aws: &Aws, arn: &str) -> Result<BTreeMap<String, String>, Error> {
    let read = async |arns: Vec<String>| {
        let mut found = BTreeMap::new();
        for arn in arns {
            found.insert(arn.clone(), tags_of(aws, &arn).await?);
        }
        Ok(found)
    };
    let mut found = aws.seen().key_tags.get(&[arn.to_owned()], read).await?;
    Ok(found.remove(arn).unwrap_or_default())
}

async fn tags_of(aws: &Aws, arn: &str) -> Result<BTreeMap<String, String>, Error> {
    let mut input = json!({ "KeyId": arn });
    let mut tags = BTreeMap::new();
    loop {
        let answer = aws.signed().await?.kms.json("ListResourceTags", &input).await?;
        let text = |tag: &Value, name: &str| tag[name].as_str().unwrap_or_default().to_owned();
        let page = answer["Tags"].as_array().into_iter().flatten();
        tags.extend(page.map(|tag| (text(tag, "TagKey"), text(tag, "TagValue"))));
        if answer["Truncated"] != true || !answer["NextMarker"].is_string() {
            return Ok(tags);
        }
        input["Marker"] = answer["NextMarker"].clone();
    }
}

/// Returns the policy of a key of the account.
///
/// # Errors
/// The read failed.
pub async fn key_policy(aws: &Aws, arn: &str) -> Result<Option<Value>, Error> {
    let read = async |arns: Vec<String>| {
        let mut found = BTreeMap::new();
        for arn in arns {
            let input = json!({ "KeyId": arn, "PolicyName": "default" });
            let answer = aws.signed().await?.kms.json("GetKeyPolicy", &input).await?;
            let policy = answer["Policy"]
                .as_str()
                .and_then(|text| serde_json::from_str(text).ok());
            found.extend(policy.map(|policy: Value| (arn, policy)));
        }
        Ok(found)
    };
    Ok(aws.seen().key_policies.get(&[arn.to_owned()], read).await?.remove(arn))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_of_a_deletion_is_read() {
        let key = Key::read(
            &json!({ "Arn": "a", "KeyState": "PendingDeletion", "DeletionDate": 1798113600.25, "KeyManager": "CUSTOMER" }),
        );
        assert_eq!(
            (key.deletion.as_deref(), key.is_managed_by_aws),
            (Some("2026-12-24"), false)
        );
        assert_eq!(Key::read(&json!({})), Key::default());
    }
}
