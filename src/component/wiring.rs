//! The children of a component, and what flows from one to the next.
//!
//! Each child is a future that awaits the children from which it takes values. All futures are driven together, so that
//! independent children are registered at the same time. The engine deletes children in the reverse order of the same
//! dependencies.

use std::collections::BTreeMap;

use futures::future::{BoxFuture, FutureExt, Shared, join_all};
use pulumi_provider::component::child_error::{ChildError, together};
use pulumi_provider::component::registered::Registered;
use pulumi_provider::component::registrar::{Child, Host};
use pulumi_provider::component::tracked::Flow;
use pulumi_provider::property::{Map, Value};

use crate::component::inbound::{self, Endpoint};
use crate::component::plan::{Api, ApiTarget, Plan, given, is_given};
use crate::component::{outbound, outputs, role_policy};

type Pending<'a> = Shared<BoxFuture<'a, Result<Registered, ChildError>>>;

/// The children that are being registered.
#[derive(Default)]
pub(super) struct Wiring<'a> {
    endpoint_group: Option<Pending<'a>>,
    execute_api_group: Option<Pending<'a>>,
    endpoints: BTreeMap<Endpoint, Pending<'a>>,
    gateway_group: Option<Pending<'a>>,
    gateway: Option<Pending<'a>>,
    own_configuration: Option<Pending<'a>>,
    configurations: BTreeMap<&'a str, Pending<'a>>,
    connections: BTreeMap<&'a str, Pending<'a>>,
}

impl<'a> Wiring<'a> {
    /// Begins all children. None is registered before [`Self::outputs`] drives them.
    pub(super) fn connect(host: &'a Host<'a>, component: &'a str, plan: &'a Plan) -> Self {
        let mut wiring = Self::default();
        if plan.makes_gateway_group() {
            wiring.gateway_group = Some(begin(host, async move { Ok(outbound::gateway_group(component, plan)) }));
        }
        wiring.inbound(host, component, plan);
        if plan.makes_gateway() {
            let group = wiring.gateway_group.clone();
            wiring.gateway = Some(begin(host, async move {
                // The list itself is known even if the group's ID is not, so that a preview shows which group changes, and not
                // another list.
                let groups = match given(&plan.gateway, "securityGroupIds") {
                    Some(given) => given,
                    None => Value::Array(id(group).await?.map(Flow::into_value).into_iter().collect()),
                };
                Ok(outbound::gateway(component, plan, groups))
            }));
        }
        wiring.outbound(host, component, plan);
        wiring
    }

    fn inbound(&mut self, host: &'a Host<'a>, component: &'a str, plan: &'a Plan) {
        // The gateway must reach the `execute-api` endpoint that this component makes.
        let admits_gateway = plan.execute_api && plan.makes_gateway();
        if plan.makes_endpoint_group() {
            let gateway_group = self.gateway_group.clone();
            self.endpoint_group = Some(begin(host, async move {
                let groups = if admits_gateway {
                    Some(gateway_groups(plan, gateway_group).await?)
                } else {
                    None
                };
                Ok(inbound::endpoint_group(component, plan, groups))
            }));
        }
        if inbound::needs_execute_api_group(plan) {
            let gateway_group = self.gateway_group.clone();
            self.execute_api_group = Some(begin(host, async move {
                Ok(inbound::execute_api_group(
                    component,
                    plan,
                    gateway_groups(plan, gateway_group).await?,
                ))
            }));
        }
        let wanted = [
            (Endpoint::States, plan.states),
            (Endpoint::SyncStates, plan.sync_states),
            (Endpoint::ExecuteApi, plan.execute_api),
        ];
        for (endpoint, _) in wanted.into_iter().filter(|(_, wanted)| *wanted) {
            let made = self.endpoint_group.clone();
            let extra = self
                .execute_api_group
                .clone()
                .filter(|_| endpoint == Endpoint::ExecuteApi);
            let pending = begin(host, async move {
                let groups = inbound::endpoint_groups(plan, id(made).await?, id(extra).await?);
                Ok(inbound::endpoint(component, plan, endpoint, groups))
            });
            self.endpoints.insert(endpoint, pending);
        }
    }

    fn outbound(&mut self, host: &'a Host<'a>, component: &'a str, plan: &'a Plan) {
        let gateway = self.gateway.clone();
        let gateway_id = move || {
            let gateway = gateway.clone();
            async move {
                let made = id(gateway).await?;
                Ok::<_, ChildError>(
                    made.or_else(|| given(&plan.gateway, "id").map(|id| Flow::of(&id)))
                        .unwrap_or_default(),
                )
            }
        };
        if plan.uses_own_endpoint()
            && let Some(endpoint) = self.endpoints.get(&Endpoint::ExecuteApi).cloned()
        {
            let gateway_id = gateway_id.clone();
            self.own_configuration = Some(begin(host, async move {
                Ok(outbound::own_configuration(
                    component,
                    plan,
                    gateway_id().await?,
                    endpoint.await?.id(),
                ))
            }));
        }
        for api in &plan.apis {
            let configuration = match api.target {
                ApiTarget::ResourceConfiguration => None,
                ApiTarget::OwnEndpoint => self.own_configuration.clone(),
                _ => {
                    let gateway_id = gateway_id.clone();
                    let pending = begin(host, async move {
                        let child = outbound::own_target(component, plan, api, gateway_id().await?);
                        child.ok_or_else(|| ChildError::Refused(format!("{}: no target", api.name)))
                    });
                    self.configurations.insert(&api.name, pending.clone());
                    Some(pending)
                }
            };
            let connection = begin(host, async move {
                let arn = match configuration {
                    Some(configuration) => configuration.await?.output("arn"),
                    None => configuration_arn(api),
                };
                Ok(outbound::connection(component, plan, api, arn))
            });
            self.connections.insert(&api.name, connection);
        }
    }

    /// Drives all children and returns the component's outputs from theirs. After a failure, the children in progress are still
    /// awaited.
    pub(super) async fn outputs(&self, plan: &Plan) -> Result<Map, ChildError> {
        let single = [
            &self.gateway_group,
            &self.endpoint_group,
            &self.execute_api_group,
            &self.gateway,
            &self.own_configuration,
        ];
        let single = single.into_iter().flatten();
        let several = self
            .endpoints
            .values()
            .chain(self.configurations.values())
            .chain(self.connections.values());
        let done = join_all(single.chain(several).cloned()).await;
        together(done)?;

        let endpoint = |kind: Endpoint| self.endpoints.get(&kind);
        let states = maybe(endpoint(Endpoint::States)).await?;
        let sync_states = maybe(endpoint(Endpoint::SyncStates)).await?;
        let execute_api = maybe(endpoint(Endpoint::ExecuteApi)).await?;
        let gateway = maybe(self.gateway.as_ref()).await?;
        let existing = given(&plan.gateway, "id")
            .filter(|_| plan.needs_gateway())
            .map(|id| Flow::of(&id));
        let (connections, policy) = self.connection_outputs(plan).await?;
        let endpoint_group = id(self.endpoint_group.clone()).await?;
        let endpoint_group_is_undecided = plan.is_undecided_inbound() && !is_given(&plan.endpoints, "securityGroupIds");
        let gateway_group = id(self.gateway_group.clone()).await?;
        let outbound_is_undecided = plan.is_undecided_outbound();
        let gateway_is_undecided = outbound_is_undecided && !is_given(&plan.gateway, "id");
        let gateway_group_is_undecided = gateway_is_undecided && !is_given(&plan.gateway, "securityGroupIds");
        let gateway_id = gateway.as_ref().map(Registered::id).or(existing);
        let gateway_arn = gateway.map(|gateway| gateway.output("arn"));
        let neighbor = self.neighbor().await?;
        let url = |endpoint: Endpoint, made: Option<&Registered>, switch: &str| {
            let undecided = plan.is_undecided_endpoint(switch);
            outputs::url(made, undecided, endpoint.service(plan), neighbor.clone())
        };
        let outputs = [
            (
                "statesEndpoint",
                outputs::endpoint(states.as_ref(), plan.is_undecided_endpoint("states")),
            ),
            (
                "syncStatesEndpoint",
                outputs::endpoint(sync_states.as_ref(), plan.is_undecided_endpoint("syncStates")),
            ),
            (
                "executeApiEndpoint",
                outputs::endpoint(execute_api.as_ref(), plan.is_undecided_endpoint("executeApi")),
            ),
            (
                "endpointSecurityGroupId",
                outputs::optional(endpoint_group, endpoint_group_is_undecided),
            ),
            (
                "gatewaySecurityGroupId",
                outputs::optional(gateway_group, gateway_group_is_undecided),
            ),
            (
                "resourceGatewayId",
                outputs::optional(gateway_id, outbound_is_undecided),
            ),
            (
                "resourceGatewayArn",
                outputs::optional(gateway_arn, gateway_is_undecided),
            ),
            ("statesUrl", url(Endpoint::States, states.as_ref(), "states")),
            (
                "syncStatesUrl",
                url(Endpoint::SyncStates, sync_states.as_ref(), "syncStates"),
            ),
            ("connections", connections),
            ("executionRolePolicy", policy),
        ];
        Ok(outputs.map(|(name, value)| (name.to_owned(), value)).into())
    }

    /// Returns the ARN of one of the children, which tells the Region. A component has at least an endpoint or a connection, unless
    /// it is not known yet which resources exist.
    async fn neighbor(&self) -> Result<Flow, ChildError> {
        let any = self
            .endpoints
            .values()
            .next()
            .or_else(|| self.connections.values().next());
        Ok(maybe(any).await?.map(|child| child.output("arn")).unwrap_or_default())
    }

    async fn connection_outputs(&self, plan: &Plan) -> Result<(Value, Value), ChildError> {
        let Some(undecided) = plan.undecided_apis() else {
            return Ok((Value::Unknown, Value::Unknown));
        };
        if plan.apis.is_empty() && undecided.is_empty() {
            let nothing = role_policy::document(Vec::new());
            return Ok((Value::Object(Map::new()), nothing.into_value()));
        }
        let (mut connections, mut grants) = (Map::new(), Vec::new());
        for api in undecided {
            connections.insert(api.to_owned(), Value::Unknown);
            grants.push(Flow::default());
        }
        for api in &plan.apis {
            let Some(connection) = maybe(self.connections.get(api.name.as_str())).await? else {
                continue;
            };
            let configuration = match api.target {
                ApiTarget::OwnEndpoint => maybe(self.own_configuration.as_ref()).await?,
                _ => maybe(self.configurations.get(api.name.as_str())).await?,
            };
            let host = configuration
                .as_ref()
                .map(|configuration| configuration.output("domainName"));
            let grant = role_policy::grant(
                api,
                connection.output("arn"),
                connection.output("secretArn"),
                host.unwrap_or_default(),
            );
            let (policy, urls) = (
                role_policy::document(vec![grant.clone()]),
                role_policy::allowed(api, grant.clone()),
            );
            grants.push(grant);
            connections.insert(
                api.name.clone(),
                outputs::connection(api, &connection, configuration.as_ref(), policy, urls),
            );
        }
        Ok((
            outputs::connections(connections),
            role_policy::document(grants).into_value(),
        ))
    }
}

/// Begins a child. It is registered as soon as `child` has awaited the children that it depends on.
fn begin<'a>(host: &'a Host<'a>, child: impl Future<Output = Result<Child, ChildError>> + Send + 'a) -> Pending<'a> {
    async move { host.child(child.await?).await }.boxed().shared()
}

/// Returns the security groups of the gateway: the user's, or the one that the component makes.
async fn gateway_groups(plan: &Plan, made: Option<Pending<'_>>) -> Result<Flow, ChildError> {
    if let Some(given) = given(&plan.gateway, "securityGroupIds") {
        return Ok(Flow::of(&given));
    }
    Ok(Flow::all(id(made).await?))
}

fn configuration_arn(api: &Api) -> Flow {
    given(&api.properties, "resourceConfigurationArn").map_or_else(Flow::default, |arn| Flow::of(&arn))
}

async fn id(pending: Option<Pending<'_>>) -> Result<Option<Flow>, ChildError> {
    Ok(maybe(pending.as_ref()).await?.map(|child| child.id()))
}

async fn maybe(pending: Option<&Pending<'_>>) -> Result<Option<Registered>, ChildError> {
    match pending {
        Some(pending) => Ok(Some(pending.clone().await?)),
        None => Ok(None),
    }
}
