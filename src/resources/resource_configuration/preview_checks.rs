//! What a preview checks of a resource configuration.

use pulumi_provider::resource::check_cx::CheckCx;
use pulumi_provider::resource::draft::Draft;
use pulumi_provider::resource::findings::Findings;

use crate::aws::Aws;
use crate::checks::target;

pub(super) async fn run(cx: &CheckCx<'_, Aws>, draft: &Draft<'_>, findings: &mut Findings) {
    if !cx.sets(draft, "target") {
        return;
    }
    let Some(endpoint) = draft.object("target").and_then(|target| target.text("vpcEndpointId")) else {
        return;
    };
    let gateway = target::gateway(cx, draft.text("resourceGatewayId")).await;
    target::endpoint(cx, endpoint, gateway.as_ref(), findings).await;
}
