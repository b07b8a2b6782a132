//! Runs the checks of a preview, and shows what they find.
//!
//! The engine stops a preview at the first resource that fails. A child of a component therefore shows its findings as errors and
//! answers like any other preview, and its component fails at the end. A resource on its own fails itself.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use tonic::Status;

use super::run::Operation;
use crate::error::{Error, ErrorKind};
use crate::property::Map;
use crate::provider::Package;
use crate::resource::Clients as _;
use crate::resource::check_cx::{CheckCx, Shared};
use crate::resource::context::{Redacted, Report};
use crate::resource::findings::{self, Certainty, Finding, Findings, PreviewChecks};
use crate::resource::limits::Limits;
use crate::resource::redaction::Redaction;
use crate::server::status;
use crate::urn::Urn;

/// How long the checks of one resource may take. A preview must also work where the service cannot be reached.
const LIMIT: Duration = Duration::from_secs(10);

/// The warnings that the resources of one component have shown.
#[derive(Default)]
struct Said(BTreeSet<String>);

/// Checks a create, or an update of an object with the inputs `old`.
///
/// # Errors
/// The operation would fail, and no component fails instead of it.
pub(super) async fn run<P: Package>(operation: &Operation<P>, inputs: &Map, old: Option<&Map>) -> Result<(), Status> {
    let (provider, clients) = (operation.provider(), operation.clients());
    let mode = clients.preview_checks();
    if mode == PreviewChecks::Off || provider.is_updating() {
        return Ok(());
    }
    let component = provider.previews().of_child(operation.urn.as_str());
    let own = Shared::default();
    let shared = component.as_ref().map_or(&own, |component| component.shared());
    let cx = CheckCx::new(clients, &operation.urn, old, shared);
    let cx = if provider.is_blind() { cx.offline() } else { cx };
    let mut findings = Findings::default();
    let limits = Arc::new(Limits::new(LIMIT, provider.cancellation()));
    let checks = limits.rule(operation.resource().preview_checks(&cx, inputs, &mut findings));
    // What was found before the time was over counts.
    let ended = timeout(LIMIT, checks).await;
    let secrets = Redaction::of([inputs].into_iter().chain(old));
    let report = Redacted::new(provider.report(), secrets.clone());
    let late = Error::new(ErrorKind::TimedOut, "the service did not answer in time");
    let late = ended.is_err().then(|| ("the resource".to_owned(), late));
    for (what, error) in cx.into_not_checked().into_iter().chain(late) {
        tracing::debug!(urn = %operation.urn, %error, "not checked: {what}");
        if matches!(
            error.kind(),
            ErrorKind::Credentials | ErrorKind::MaybeSent | ErrorKind::TimedOut
        ) {
            provider.go_blind();
        }
        if provider.is_first_not_checked() {
            report.warn_stack(&format!(
                "The preview checks are not complete: {what} could not be read: {error}"
            ));
        }
    }
    let (failing, others): (Vec<_>, Vec<_>) = findings
        .into_list()
        .into_iter()
        .partition(|finding| finding.certainty == Certainty::Fails && mode == PreviewChecks::Error);
    for finding in &others {
        // Resources of one component may have the same finding, such as about a policy that they share.
        if !shared.with::<Said, _>(|said| said.0.insert(located(finding))) {
            continue;
        }
        report.warn(&operation.urn, &named(&operation.urn, finding));
    }
    let Some(component) = component.filter(|_| !failing.is_empty()) else {
        settle(operation).await;
        if failing.is_empty() {
            return Ok(());
        }
        return Err(status::failed(
            &secrets.error(would_fail(&failing, &provider.schema().name)),
        ));
    };
    for finding in &failing {
        report.error(&operation.urn, &named(&operation.urn, finding));
    }
    component.fail(failing.len());
    settle(operation).await;
    Ok(())
}

/// Returns the message for a finding. It names the resource: with `--diff`, the CLI does not say which one a message is about.
fn named(urn: &Urn, finding: &Finding) -> String {
    let kind = urn.type_token().rsplit(':').next().unwrap_or_default();
    format!("{kind} \"{}\": {}", urn.name(), located(finding))
}

fn located(Finding { path, text, .. }: &Finding) -> String {
    match path.segments() {
        [] => text.clone(),
        _ => format!("`{path}`: {text}"),
    }
}

fn would_fail(findings: &[Finding], package: &str) -> Error {
    let text = match findings {
        [one] => located(one),
        several => {
            let lines = several.iter().map(|finding| format!("\n  - {}", located(finding)));
            format!("{} problems:{}", several.len(), lines.collect::<String>())
        }
    };
    Error::new(ErrorKind::Invalid, text).advise(findings::way_out(package))
}

/// Waits until the messages are sent: the engine forgets a resource's row when the call ends.
async fn settle<P: Package>(operation: &Operation<P>) {
    if let Some(log) = operation.provider().log() {
        log.settle(&operation.urn).await;
    }
}
