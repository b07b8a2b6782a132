//! An EventBridge connection: by its name or its ARN.
//! <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeConnection.html>

use pulumi_provider::error::{Error, ErrorKind};
use serde::{Deserialize, Serialize};

use super::Sought;
use crate::arn::Arn;
use crate::aws::Aws;
use crate::diagnosis::connection_name;
use crate::resources::connection::{self, State};

/// Which connection: exactly one of the two.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Arguments {
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
    /// Its ARN.
    #[serde(default)]
    pub arn: Option<String>,
}

/// A connection, without its credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// The name.
    pub name: String,
    /// API_KEY, BASIC or OAUTH_CLIENT_CREDENTIALS.
    pub authorization_type: String,
    /// The description, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The resource configuration of a private API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_configuration_arn: Option<String>,
    /// The KMS key of its secret, if the account chose one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    /// What the resource has as outputs.
    #[serde(flatten)]
    pub outputs: State,
}

/// Looks a connection up, with one call.
///
/// # Errors
/// There is none, the ARN is that of an earlier one or of another place, or it cannot be read.
pub async fn look_up(aws: &Aws, arguments: &Arguments) -> Result<Found, Error> {
    let given = arguments
        .arn
        .as_ref()
        .or(arguments.name.as_ref())
        .cloned()
        .unwrap_or_default();
    let sought = Sought {
        noun: "connection",
        which: match &arguments.arn {
            Some(arn) => arn.clone(),
            None => format!("named \"{given}\""),
        },
        otherwise: "its `arn`",
    };
    let is_elsewhere = match Arn::parse(&given) {
        Some(arn) => arn.region != aws.region().await?,
        None => false,
    };
    // EventBridge takes a name alone, and would answer about another connection.
    let live = match is_elsewhere {
        true => None,
        false => connection::find(aws, connection_name(&given)).await?,
    };
    let Some(live) = live else {
        return Err(sought.missing(aws).await);
    };
    let outputs = connection::shown(&live);
    if let Some(arn) = arguments.arn.as_ref().filter(|arn| outputs.arn.as_ref() != Some(*arn)) {
        let now = outputs.arn.unwrap_or_default();
        let text = format!("there is no connection {arn}: the connection of that name has another ARN, {now}");
        return Err(Error::new(ErrorKind::NotFound, text).advise(
            "A connection that is created again has a new ARN. Give the `name`, or the ARN that EventBridge shows",
        ));
    }
    Ok(Found {
        name: live.name().unwrap_or_default().to_owned(),
        authorization_type: live
            .authorization_type()
            .map(|kind| kind.as_str())
            .unwrap_or_default()
            .to_owned(),
        description: live.description().filter(|text| !text.is_empty()).map(str::to_owned),
        resource_configuration_arn: connection::configuration_arn(&live).map(str::to_owned),
        kms_key_id: live
            .kms_key_identifier()
            .filter(|key| !key.is_empty())
            .map(str::to_owned),
        outputs,
    })
}
