//! Guards against working in another account or Region than the one in which a resource was created.
//!
//! In the wrong account or Region, AWS answers "not found", and the engine would drop the resource from the state. So "not
//! found" counts only in the right place. IDs are unique across all accounts: an object found by its ID is the right one. The
//! adapter ([`adapter`](pulumi_provider::lifecycle::adapter)) calls these guards for each read, update and delete.

use pulumi_provider::error::{Error, ErrorKind};

use super::Aws;
use crate::arn::Arn;

/// Refuses a text that cannot be the ID of such an object. An import may pass any text.
///
/// # Errors
/// The text has another form than `prefix` and letters or digits.
pub fn is_id(id: &str, prefix: &str, of: &str) -> Result<(), Error> {
    let rest = id.strip_prefix(prefix).unwrap_or_default();
    if !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Invalid,
        format!("`{id}` is not the id of {of} ({prefix}…)"),
    ))
}

/// Fails unless the recorded ARN is in the configured Region. Makes no call of its own.
///
/// # Errors
/// The Regions differ; the error names both and says what to do. Or the session cannot be opened.
pub async fn same_region(aws: &Aws, recorded_arn: &str) -> Result<(), Error> {
    let Some(arn) = Arn::parse(recorded_arn) else {
        return Ok(());
    };
    let region = aws.region().await?;
    if arn.region.is_empty() || arn.region == region {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Invalid,
        format!("the resource is in Region {}, but the provider uses Region {region}", arn.region),
    )
    .advise(format!(
        "Set `private-step-functions:region` or AWS_REGION to {} again; to move it, replace it with `pulumi up --replace`",
        arn.region
    )))
}

/// Confirms that "not found" means "deleted": fails unless the recorded ARN is in the configured Region and account. Calls STS
/// at most once for each provider instance, and only when an object is not found.
///
/// # Errors
/// The Region or account differs; the error names both and says what to do. Or STS cannot be asked.
pub async fn confirm_absent(aws: &Aws, recorded_arn: &str) -> Result<(), Error> {
    same_region(aws, recorded_arn).await?;
    let Some(arn) = Arn::parse(recorded_arn) else {
        return Ok(());
    };
    let account = aws.account().await.map_err(|error| {
        error.context("the object was not found; checking that the credentials belong to its account")
    })?;
    same_account(&arn, account)
}

/// Fails unless both ARNs are in the same account. For objects that only a name identifies.
///
/// # Errors
/// The accounts differ; the error names both and says what to do.
pub fn same_owner(recorded_arn: &str, found_arn: &str) -> Result<(), Error> {
    match (Arn::parse(recorded_arn), Arn::parse(found_arn)) {
        (Some(recorded), Some(found)) => same_account(&recorded, found.account),
        _ => Ok(()),
    }
}

fn same_account(recorded: &Arn<'_>, account: &str) -> Result<(), Error> {
    if recorded.account.is_empty() || recorded.account == account {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Denied,
        format!(
            "the resource belongs to account {}, but the credentials belong to account {account}",
            recorded.account
        ),
    )
    .advise("Sign in to the account that the stack was deployed to"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_validated_by_their_form() {
        assert!(is_id("rgw-0a1b", "rgw-", "a resource gateway").is_ok());
        for text in [
            "",
            "rgw-",
            "rgw-0a 1b",
            "rcfg-0a1b",
            "arn:aws:vpc-lattice:eu-west-1:1:resourcegateway/rgw-0a1b",
        ] {
            let error = is_id(text, "rgw-", "a resource gateway").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Invalid, "{text}");
        }
    }

    #[test]
    fn other_accounts_are_refused() {
        let arn = "arn:aws:events:eu-west-1:111111111111:connection/a/1";
        assert!(same_owner(arn, arn).is_ok());
        let other = "arn:aws:events:eu-west-1:222222222222:connection/a/1";
        insta::assert_snapshot!(
            same_owner(arn, other).unwrap_err(),
            @"the resource belongs to account 111111111111, but the credentials belong to account 222222222222. Sign in to the account that the stack was deployed to"
        );
    }
}
