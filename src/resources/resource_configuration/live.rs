//! The configuration as AWS shows it: looking it up, waiting for it, and what a user would have written to get it.

use std::sync::Mutex;
use std::time::Duration;

use aws_sdk_vpclattice::types::ResourceConfigurationType;
use aws_smithy_types::DateTime;
use pulumi_provider::error::{Error, Kind};
use pulumi_provider::lock::lock;
use pulumi_provider::resource::context::Cx;
use tokio::time::Instant;

use super::update::Changes;
use super::{Live, ResourceConfigurationInputs, ResourceConfigurationState, ports, target};
use crate::aws::Aws;
use crate::aws::error::classify;
use crate::aws::tags::Tags;
use crate::aws::wait::{self, Look, Wait};

/// How long a new configuration may be unknown to reads.
const INVISIBLE: Duration = Duration::from_secs(60);
/// How long reads may be stale after an update.
const STALE: Duration = Duration::from_secs(30);

/// What is awaited.
#[derive(Clone, Copy)]
pub(super) enum Expect<'a> {
    /// A configuration that was just created.
    New,
    /// A configuration that exists and looks like this, in any state that an update can start from.
    Existing(&'a Live),
    /// A configuration after an update.
    Updated {
        /// What was sent.
        sent: &'a Changes,
        /// When it was updated before: a failure of that time is not news.
        before: Option<DateTime>,
    },
}

impl Expect<'_> {
    /// Whether a read shows the configuration as it was before the update.
    fn has_seen(&self, live: &Live) -> bool {
        matches!(self, Self::Updated { before, .. } if *before == live.last_updated_at)
    }
}

/// The configuration; `None` if there is none of this id.
pub(super) async fn find(cx: &Cx<Aws>, id: &str) -> Result<Option<Live>, Error> {
    let client = cx.clients().lattice().await?;
    let answer = client
        .get_resource_configuration()
        .resource_configuration_identifier(id)
        .send()
        .await;
    match answer.map_err(|error| classify("GetResourceConfiguration", error)) {
        Ok(live) => Ok(Some(live)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Waits until the configuration is usable. `seen` follows what the looks show.
pub(super) async fn ready(
    cx: &Cx<Aws>,
    id: &str,
    expect: Expect<'_>,
    seen: &Mutex<ResourceConfigurationState>,
    deadline: Instant,
) -> Result<Live, Error> {
    let was_active = lock(seen).status.as_deref() == Some("ACTIVE");
    // The status may flap for a while after creation: one ACTIVE counts only where there was one before.
    let needed = if matches!(expect, Expect::Existing(_)) && was_active {
        1
    } else {
        2
    };
    if let Expect::Existing(live) = expect
        && (status(live) == "UPDATE_FAILED" || (needed == 1 && status(live) == "ACTIVE"))
    {
        return Ok(live.clone());
    }
    let wait = Wait {
        what: "the resource configuration to become active",
        deadline,
    };
    let began = Instant::now();
    let mut active = 0;
    let judge = |looked: Result<Option<Live>, Error>| {
        let live = match looked {
            Err(error) => return Look::Failed(error),
            Ok(Some(live)) => live,
            Ok(None) if matches!(expect, Expect::New) && began.elapsed() < INVISIBLE => {
                return Look::Pending("not visible yet".to_owned());
            }
            Ok(None) => return Look::Failed(vanished(id)),
        };
        note(&mut lock(seen), &live);
        let status = status(&live).to_owned();
        let is_stale = matches!(expect, Expect::Updated { sent, .. } if !sent.are_shown(&live));
        active = if status == "ACTIVE" && !is_stale { active + 1 } else { 0 };
        match status.as_str() {
            "ACTIVE" if is_stale => Look::Pending(status),
            "ACTIVE" if active < needed => Look::Pending("ACTIVE, to be confirmed".to_owned()),
            "ACTIVE" => Look::Ready(live),
            "UPDATE_FAILED" if matches!(expect, Expect::Existing(_)) => Look::Ready(live),
            "UPDATE_FAILED" if expect.has_seen(&live) && began.elapsed() < STALE => Look::Pending(status),
            "CREATE_IN_PROGRESS" | "UPDATE_IN_PROGRESS" => Look::Pending(status),
            "CREATE_FAILED" => Look::Failed(failed(id, &live).advise("The next `pulumi up` replaces it")),
            "DELETE_IN_PROGRESS" | "DELETE_FAILED" => Look::Failed(
                Error::new(
                    Kind::Failed,
                    format!("resource configuration {id} is being deleted by someone else ({status})"),
                )
                .advise("Run `pulumi refresh` when it is gone"),
            ),
            _ => Look::Failed(
                failed(id, &live).advise("The next `pulumi up` tries again; ask AWS support if it stays so"),
            ),
        }
    };
    wait::until(cx, wait, &|| find(cx, id), judge).await
}

pub(super) fn status(live: &Live) -> &str {
    live.status().map_or("UNKNOWN", |status| status.as_str())
}

/// Unlike gateways, configurations say why they failed.
fn failed(id: &str, live: &Live) -> Error {
    let reason = live
        .failure_reason()
        .filter(|reason| !reason.is_empty())
        .unwrap_or("AWS gives no reason");
    Error::new(
        Kind::Failed,
        format!("resource configuration {id} is {}: {reason}", status(live)),
    )
}

fn vanished(id: &str) -> Error {
    Error::new(
        Kind::NotFound,
        format!("resource configuration {id} does not exist any more"),
    )
    .advise("Run `pulumi refresh`, then `pulumi up` makes a new one")
}

fn note(state: &mut ResourceConfigurationState, live: &Live) {
    state.status = Some(status(live).to_owned());
    if let Some(arn) = live.arn() {
        state.arn = Some(arn.to_owned());
    }
}

/// The computed outputs.
pub(super) fn state(live: &Live, tags_all: Tags) -> ResourceConfigurationState {
    let definition = live.resource_configuration_definition();
    ResourceConfigurationState {
        arn: live.arn().map(str::to_owned),
        status: Some(status(live).to_owned()),
        domain_name: definition.and_then(target::domain_name).map(str::to_owned),
        ip_address_type: definition.and_then(target::ip_address_type).map(str::to_owned),
        shareable: live.allow_association_to_shareable_service_network(),
        tags_all: Some(tags_all),
    }
}

/// What a user would write.
///
/// # Errors
/// Configurations of a kind that this resource does not make.
pub(super) fn inputs(
    live: &Live,
    prior: Option<&ResourceConfigurationInputs>,
    tags: Option<Tags>,
) -> Result<ResourceConfigurationInputs, Error> {
    let id = live.id().unwrap_or_default();
    let kind = live.r#type().unwrap_or(&ResourceConfigurationType::Single);
    if live.amazon_managed() == Some(true) {
        return Err(Error::new(
            Kind::Invalid,
            format!("resource configuration {id} belongs to an AWS service"),
        )
        .advise("It cannot be managed with Pulumi; make one of your own"));
    }
    let target = live
        .resource_configuration_definition()
        .and_then(|definition| target::inputs(definition, prior.map(|prior| &prior.target)));
    let Some(target) = target.filter(|_| *kind == ResourceConfigurationType::Single) else {
        return Err(Error::new(
            Kind::Invalid,
            format!(
                "resource configuration {id} is of type {}, and only SINGLE ones with a host name or an address can be managed",
                kind.as_str()
            ),
        ));
    };
    let ports = live.port_ranges().to_vec();
    Ok(ResourceConfigurationInputs {
        resource_gateway_id: live.resource_gateway_id().unwrap_or_default().to_owned(),
        name: live.name().unwrap_or_default().to_owned(),
        ports: match prior {
            Some(prior) if ports::same(&prior.ports, &ports) => prior.ports.clone(),
            _ => ports,
        },
        target,
        // In an import AWS's default is left out.
        shareable: live
            .allow_association_to_shareable_service_network()
            .filter(|shareable| prior.is_some() || !shareable),
        tags,
    })
}

#[cfg(test)]
mod tests {
    use aws_sdk_vpclattice::types::{DnsResource, ResourceConfigurationDefinition};

    use super::*;

    #[test]
    fn what_cannot_be_managed_is_refused() {
        let host = DnsResource::builder().domain_name("a.example.com").build();
        let host = ResourceConfigurationDefinition::DnsResource(host);
        let single = || {
            Live::builder()
                .id("rcfg-1")
                .resource_configuration_definition(host.clone())
        };
        assert!(inputs(&single().build(), None, None).is_ok());
        let managed = inputs(&single().amazon_managed(true).build(), None, None).unwrap_err();
        assert!(
            managed.to_string().contains("rcfg-1 belongs to an AWS service"),
            "{managed}"
        );
        for kind in ["GROUP", "CHILD", "ARN", "CIDR"] {
            let other = single().r#type(ResourceConfigurationType::from(kind)).build();
            let error = inputs(&other, None, None).unwrap_err();
            assert!(error.to_string().contains(&format!("is of type {kind}")), "{error}");
        }
    }
}
