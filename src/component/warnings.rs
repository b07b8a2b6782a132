//! Warns about inputs that have no effect, and about what a preview leaves out.

use pulumi_provider::component::Construct;
use pulumi_provider::component::registrar::Host;
use pulumi_provider::property::Value;
use pulumi_provider::property::path::PropertyPath;

use crate::component::plan::{Plan, given, is_given};
use crate::component::role_policy;

/// Sends all warnings for one component to the user.
pub(super) fn warn(host: &Host<'_>, construct: &Construct, plan: &Plan) {
    for path in &plan.undecided {
        let what = if path.first_key() == Some("names") {
            "so this preview does not know the names"
        } else {
            "and it decides which resources exist: this preview leaves them out"
        };
        host.warn(&format!("`{path}` is not known yet, {what}"));
    }
    let request = &construct.request;
    for (option, is_set) in [
        ("ignoreChanges", !request.ignore_changes.is_empty()),
        ("replaceOnChanges", !request.replace_on_changes.is_empty()),
        ("deleteBeforeReplace", request.delete_before_replace.is_some()),
        ("replaceWith", !request.replace_with.is_empty()),
        ("replacementTrigger", request.replacement_trigger.is_some()),
    ] {
        if is_set {
            host.warn(&format!(
                "`{option}` on a component does not apply to its child resources: use a transform for them"
            ));
        }
    }
    if plan.gateway.values().any(|value| !value.is_null()) && !plan.needs_gateway() && !plan.is_undecided_outbound() {
        host.warn("`resourceGateway` is not used: no entry in `privateApis` needs one");
    }
    for (policy, switch, made) in [
        ("statesPolicy", "states", plan.states),
        ("syncStatesPolicy", "syncStates", plan.sync_states),
        ("executeApiPolicy", "executeApi", plan.execute_api),
    ] {
        if is_given(&plan.endpoints, policy) && !made && !plan.is_undecided_endpoint(switch) {
            host.warn(&format!(
                "`endpoints.{policy}` is not used: `endpoints.{switch}` is off"
            ));
        }
    }
    let has_fips = given(&plan.endpoints, "fips").and_then(|fips| fips.as_bool()) == Some(true);
    if has_fips && !plan.states && !plan.sync_states && !plan.is_undecided_inbound() {
        host.warn("`endpoints.fips` is not used: `endpoints.states` and `endpoints.syncStates` are off");
    }
    for api in &plan.apis {
        let at = PropertyPath::root().key("privateApis").key(&api.name);
        if role_policy::allows_a_whole_region(api) {
            host.warn(&format!(
                "`{}` is not set, so `executionRolePolicy` allows every API Gateway API of the Region. List the URLs that state \
                 machines may call, such as `https://{{api}}.execute-api.{{region}}.amazonaws.com/{{stage}}/*`",
                at.key("urls")
            ));
        }
        let ports = given(&api.properties, "ports");
        let other = ports.as_ref().and_then(Value::as_array).is_some_and(|ports| {
            ports
                .iter()
                .filter_map(Value::as_str)
                .any(|port| port != "443" && port != "443-443")
        });
        if other {
            host.warn(&format!(
                "`{}`: AWS documents only port 443 for EventBridge connections",
                at.key("ports")
            ));
        }
    }
}
