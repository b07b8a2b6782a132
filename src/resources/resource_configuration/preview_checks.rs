//! What a preview checks of a resource configuration.

use pulumi_provider::resource::check_cx::CheckCx;
use pulumi_provider::resource::draft::Draft;
use pulumi_provider::resource::findings::Findings;

use crate::aws::Aws;
use crate::checks::target::{self, Approach, Ports};

pub(super) async fn run(cx: &CheckCx<'_, Aws>, draft: &Draft<'_>, findings: &mut Findings) {
    let inputs = ["target", "ports", "resourceGatewayId"];
    if !inputs.iter().any(|input| cx.sets(draft, input)) {
        return;
    }
    let Some(target) = draft.object("target") else {
        return;
    };
    let named = ["vpcEndpointId", "domainName", "ipAddress"];
    let Some((input, name)) = named.into_iter().find_map(|input| Some((input, target.text(input)?))) else {
        return;
    };
    // Of most hosts nothing can be read.
    if input == "domainName" && !target::is_shown(name) {
        return;
    }
    let gateway = target::gateway(cx, draft.text("resourceGatewayId")).await;
    let ports = draft.list("ports").unwrap_or_default().iter();
    let approach = Approach {
        gateway: gateway.as_ref(),
        ports: Ports::of(ports.filter_map(|port| port.bare().as_str()).collect::<Vec<_>>()),
        input,
    };
    match input {
        "vpcEndpointId" => target::endpoint(cx, name, &approach, findings).await,
        "domainName" => target::host(cx, name, &approach, findings).await,
        _ => target::address(cx, name, &approach, findings).await,
    };
}
