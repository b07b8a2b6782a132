//! EventBridge's association with the resource configuration of a private connection, as VPC Lattice shows it.
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/connection-private.html>

use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::resource::context::Cx;

use super::{Live, answer};
use crate::aws::Aws;
use crate::aws::error::classify;

/// The association, if it could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Association {
    /// The status, and the reason of a failure.
    Is { status: String, reason: Option<String> },
    /// The association could not be read; the text says why.
    Unknown(String),
}

/// Looks up the association of a connection.
pub(super) async fn look(cx: &Cx<Aws>, live: &Live) -> Association {
    let Some(arn) = answer::state(live).resource_association_arn else {
        return Association::Unknown("EventBridge shows no association with its resource configuration".to_owned());
    };
    match get(cx, &arn).await {
        Ok(association) => association,
        Err(error) if error.kind() == ErrorKind::Denied => Association::Unknown(format!(
            "its association {arn} cannot be read (grant vpc-lattice:GetServiceNetworkResourceAssociation)"
        )),
        Err(error) => Association::Unknown(format!("its association {arn} cannot be read: {}", error.message())),
    }
}

async fn get(cx: &Cx<Aws>, arn: &str) -> Result<Association, Error> {
    let client = cx.clients().lattice().await?;
    let request = client
        .get_service_network_resource_association()
        .service_network_resource_association_identifier(arn);
    let answer = request.send().await;
    let found = answer.map_err(|error| classify("GetServiceNetworkResourceAssociation", error))?;
    Ok(Association::Is {
        status: found.status().map_or("UNKNOWN", |status| status.as_str()).to_owned(),
        reason: found.failure_reason().map(str::to_owned),
    })
}
