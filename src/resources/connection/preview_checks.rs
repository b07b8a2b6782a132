//! What a preview checks of a connection.

use pulumi_provider::resource::check_cx::CheckCx;
use pulumi_provider::resource::draft::Draft;
use pulumi_provider::resource::findings::Findings;

use crate::aws::Aws;
use crate::checks::{key, quotas};

pub(super) async fn run(cx: &CheckCx<'_, Aws>, draft: &Draft<'_>, findings: &mut Findings) {
    if cx.old().is_none() {
        quotas::connections(cx, draft, findings).await;
    }
    key::check(cx, draft, findings).await;
}
