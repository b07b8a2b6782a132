//! Guards against working in another account or Region than the one that a resource was made in.
//!
//! An object that is looked up in the wrong place is "not found", and the engine would drop it from the state. So absence
//! counts only in the right place. Ids are unique over all accounts: what is found by its id is the right object. The adapter
//! ([`adapter`](pulumi_provider::lifecycle::adapter)) asks all this before each read, update and delete.

use pulumi_provider::error::{Error, Kind};

use super::Aws;
use crate::arn::Arn;

/// Refuses a text that cannot be the id of such an object, as an import may bring along.
///
/// # Errors
/// What the id looks like.
pub fn is_id(id: &str, prefix: &str, of: &str) -> Result<(), Error> {
    let rest = id.strip_prefix(prefix).unwrap_or_default();
    if !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(());
    }
    Err(Error::new(
        Kind::Invalid,
        format!("`{id}` is not the id of {of} ({prefix}…)"),
    ))
}

/// Refuses unless the recorded ARN lies in the configured Region. Makes no call.
///
/// # Errors
/// The two Regions, and what to do.
pub async fn same_region(aws: &Aws, recorded_arn: &str) -> Result<(), Error> {
    let Some(arn) = Arn::parse(recorded_arn) else {
        return Ok(());
    };
    let region = aws.region().await?;
    if arn.region.is_empty() || arn.region == region {
        return Ok(());
    }
    Err(Error::new(
        Kind::Invalid,
        format!("the resource is in Region {}, but the provider works in {region}", arn.region),
    )
    .advise(format!(
        "Set `private-step-functions:region` or AWS_REGION to {} again; to move it, replace it with `pulumi up --replace`",
        arn.region
    )))
}

/// Refuses to take "not found" for "gone" unless the recorded ARN lies in the configured Region and account. Asks STS at
/// most once for each provider instance, and only when something is missing.
///
/// # Errors
/// The two places, and what to do; or whatever keeps STS from answering.
pub async fn confirm_absent(aws: &Aws, recorded_arn: &str) -> Result<(), Error> {
    same_region(aws, recorded_arn).await?;
    let Some(arn) = Arn::parse(recorded_arn) else {
        return Ok(());
    };
    let account = aws.account().await.map_err(|error| {
        error.context("it was not found; making sure that the credentials belong to the account it was made in")
    })?;
    same_account(&arn, account)
}

/// Refuses unless both ARNs lie in one account: for objects that are identified by a name alone.
///
/// # Errors
/// The two accounts, and what to do.
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
        Kind::Denied,
        format!(
            "the resource belongs to account {}, but the credentials to account {account}",
            recorded.account
        ),
    )
    .advise("Sign in to the account that the stack was deployed to"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_by_their_form() {
        assert!(is_id("rgw-0a1b", "rgw-", "a resource gateway").is_ok());
        for text in [
            "",
            "rgw-",
            "rgw-0a 1b",
            "rcfg-0a1b",
            "arn:aws:vpc-lattice:eu-west-1:1:resourcegateway/rgw-0a1b",
        ] {
            let error = is_id(text, "rgw-", "a resource gateway").unwrap_err();
            assert_eq!(error.kind(), Kind::Invalid, "{text}");
        }
    }

    #[test]
    fn other_accounts_are_refused() {
        let arn = "arn:aws:events:eu-west-1:111111111111:connection/a/1";
        assert!(same_owner(arn, arn).is_ok());
        let other = "arn:aws:events:eu-west-1:222222222222:connection/a/1";
        insta::assert_snapshot!(
            same_owner(arn, other).unwrap_err(),
            @"the resource belongs to account 111111111111, but the credentials to account 222222222222. Sign in to the account that the stack was deployed to"
        );
    }
}
