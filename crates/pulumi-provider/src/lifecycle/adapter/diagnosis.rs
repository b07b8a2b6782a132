//! Looks for the cause of a failure: what the checks of a preview find then.
//!
//! The same checks with the same texts: what a preview would have said is said after the failure, too. They read, at most for a few
//! seconds, and never fail anything themselves.

use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::property::Map;
use crate::resource::check_cx::{CheckCx, Shared};
use crate::resource::context::Cx;
use crate::resource::draft::Draft;
use crate::resource::findings::{Certainty, Findings};
use crate::resource::{Clients as _, Resource};

/// How long the reads may take.
const LIMIT: Duration = Duration::from_secs(10);

/// How many findings are told.
const TOLD: usize = 3;

/// Adds to the error of a create, or of an update of an object with the inputs `old`, what may have caused it.
pub(super) async fn explain<R: Resource>(cx: &Cx<R::Clients>, error: Error, inputs: &Map, old: Option<&Map>) -> Error {
    // Of other errors the cause is known, or a read would meet it too.
    let may_have_a_cause = matches!(
        error.kind(),
        ErrorKind::Failed | ErrorKind::Invalid | ErrorKind::NotFound | ErrorKind::Conflict | ErrorKind::Quota
    );
    // Before an update, the adapter refuses another place or account without a code of the service. Nothing may be asked there.
    let is_elsewhere = old.is_some() && error.code().is_empty() && error.kind() != ErrorKind::Failed;
    if !may_have_a_cause || is_elsewhere || cx.is_cancelled() {
        return error;
    }
    cx.clients().look_anew();
    let (shared, mut findings) = (Shared::default(), Findings::default());
    let check = CheckCx::new(cx.clients(), cx.urn(), old, &shared);
    let draft = Draft::new(inputs);
    // What was found before the time was over counts.
    let looking = Box::pin(async {
        R::lint(&check, &draft, &mut findings).await;
        R::preview_checks(&check, &draft, &mut findings).await;
    });
    let _ = cx.aside(LIMIT, looking).await;
    let told = error.to_string();
    let causes = findings
        .into_list()
        .into_iter()
        .filter(|finding| finding.certainty != Certainty::WorksOtherwise)
        .map(|finding| format!("`{}`: {}", finding.path, finding.text))
        .filter(|cause| !told.contains(cause.as_str()))
        .take(TOLD);
    let causes: Vec<String> = causes.collect();
    if causes.is_empty() {
        return error;
    }
    error.advise(format!("The likely cause: {}", causes.join("; ")))
}
