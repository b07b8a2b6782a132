//! The account's values of quotas.
//! <https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html>

use std::collections::BTreeMap;

use pulumi_provider::error::{Error, ErrorKind};
use serde_json::json;

use super::super::Aws;

/// A quota, by the codes that Service Quotas gives to the service and to the quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct QuotaCode {
    /// Such as `vpc`.
    pub service: &'static str,
    /// Such as `L-29B6F2EB`.
    pub quota: &'static str,
}

/// Returns the account's value of a quota: the one that AWS applied to it, else the default.
///
/// # Errors
/// The read failed.
pub async fn quota(aws: &Aws, code: QuotaCode) -> Result<Option<usize>, Error> {
    let read = async |codes: Vec<QuotaCode>| {
        let mut found = BTreeMap::new();
        for code in codes {
            let value = match ask(aws, "GetServiceQuota", code).await {
                // AWS has applied no value to the account.
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    ask(aws, "GetAWSDefaultServiceQuota", code).await?
                }
                answer => answer?,
            };
            found.extend(value.map(|value| (code, value)));
        }
        Ok(found)
    };
    Ok(aws.seen().quotas.get(&[code], read).await?.remove(&code))
}

async fn ask(aws: &Aws, operation: &'static str, code: QuotaCode) -> Result<Option<usize>, Error> {
    let input = json!({ "ServiceCode": code.service, "QuotaCode": code.quota });
    let answer = aws.signed().await?.service_quotas.json(operation, &input).await?;
    // All of these quotas are whole numbers; the API writes every quota with a fraction.
    let value = answer["Quota"]["Value"].as_f64();
    Ok(value.and_then(|value| format!("{value:.0}").parse().ok()))
}
