//! The plan of the children: the structure that the inputs decide, read once, before anything is registered.

use pulumi_provider::component::object_input::Container;
use pulumi_provider::property::path::{PropertyPath, Segment};
use pulumi_provider::property::{Map, Value};
use pulumi_provider::resource::draft::Failures;

/// The structure of one component.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Plan {
    /// The inputs themselves.
    pub(super) inputs: Map,
    /// The `endpoints` container.
    pub(super) endpoints: Map,
    /// Whether the `states` endpoint is made.
    pub(super) states: bool,
    /// Whether the `sync-states` endpoint is made.
    pub(super) sync_states: bool,
    /// Whether the Step Functions endpoints are those of the FIPS services.
    pub(super) fips: bool,
    /// Whether an `execute-api` endpoint is made.
    pub(super) execute_api: bool,
    /// The private APIs, by name.
    pub(super) apis: Vec<Api>,
    /// The `resourceGateway` container.
    pub(super) gateway: Map,
    /// The `names` container.
    pub(super) names: Map,
    /// Containers and switches that are not known yet. The children that depend on them are left out for now.
    pub(super) undecided: Vec<PropertyPath>,
}

/// One entry of `privateApis`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Api {
    /// The user's name for it.
    pub(super) name: String,
    /// The entry's properties.
    pub(super) properties: Map,
    /// The target of its requests.
    pub(super) target: ApiTarget,
}

/// The kind of an API's target. The target's value may be unknown, but its kind is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ApiTarget {
    /// The component's own `execute-api` endpoint.
    OwnEndpoint,
    /// An existing `execute-api` endpoint.
    VpcEndpoint,
    /// A host name.
    DomainName,
    /// An IP address.
    IpAddress,
    /// An existing resource configuration.
    ResourceConfiguration,
}

impl ApiTarget {
    /// The properties by which an entry names its target, and the target's kind.
    const NAMED: [(&'static str, Self); 4] = [
        ("vpcEndpointId", Self::VpcEndpoint),
        ("domainName", Self::DomainName),
        ("ipAddress", Self::IpAddress),
        ("resourceConfigurationArn", Self::ResourceConfiguration),
    ];

    /// Returns the property that names the target; `None` for the component's own endpoint.
    pub(super) fn property(self) -> Option<&'static str> {
        Self::NAMED
            .iter()
            .find(|(_, kind)| *kind == self)
            .map(|(name, _)| *name)
    }
}

impl Plan {
    /// Reads the structure of validated inputs. Unknown parts are listed in `undecided` and left out.
    pub(super) fn read(inputs: Map) -> Self {
        let mut undecided = Vec::new();
        let endpoints = container(&inputs, "endpoints", &mut undecided);
        let (gateway, names) = (
            container(&inputs, "resourceGateway", &mut undecided),
            container(&inputs, "names", &mut undecided),
        );
        let gateway_is_known = !matches!(Container::of(&inputs, "resourceGateway"), Container::Unknown);
        let entries = container(&inputs, "privateApis", &mut undecided);
        let mut apis = Vec::new();
        for (name, entry) in entries {
            match Container::open(&entry) {
                // While the gateway's options are unknown, so are the resources of the outbound half.
                Container::Known(properties) if gateway_is_known => {
                    let target = target(&properties);
                    apis.push(Api {
                        name,
                        properties,
                        target,
                    });
                }
                Container::Known(_) | Container::Absent => {}
                Container::Unknown => undecided.push(PropertyPath::root().key("privateApis").key(name)),
            }
        }
        let endpoints_are_known = !matches!(Container::of(&inputs, "endpoints"), Container::Unknown);
        let mut switch = |name: &str, default: bool| match endpoints.get(name) {
            _ if !endpoints_are_known => false,
            None => default,
            Some(value) if value.is_null() => default,
            Some(value) => value.as_bool().unwrap_or_else(|| {
                undecided.push(PropertyPath::root().key("endpoints").key(name));
                false
            }),
        };
        let (states, sync_states, execute_api) = (
            switch("states", true),
            switch("syncStates", true),
            switch("executeApi", false),
        );
        let fips = switch("fips", false);
        // While it is not known which services are wanted, it is not known either which endpoints are made.
        let fips_is_known = !undecided.contains(&PropertyPath::root().key("endpoints").key("fips"));
        Self {
            endpoints,
            states: states && fips_is_known,
            sync_states: sync_states && fips_is_known,
            fips,
            execute_api,
            apis,
            gateway,
            names,
            undecided,
            inputs,
        }
    }

    /// Reports whether it is not known yet if this endpoint is made.
    pub(super) fn is_undecided_endpoint(&self, switch: &str) -> bool {
        let endpoints = PropertyPath::root().key("endpoints");
        let is_on = |switch: &str| given(&self.endpoints, switch).is_none_or(|on| on.as_bool() != Some(false));
        let fips = endpoints.key("fips");
        let by_fips = matches!(switch, "states" | "syncStates") && is_on(switch);
        let switch = endpoints.key(switch);
        let decides = |path: &PropertyPath| *path == endpoints || *path == switch || (by_fips && *path == fips);
        self.undecided.iter().any(decides)
    }

    /// Reports whether it is not known yet which endpoints are made.
    pub(super) fn is_undecided_inbound(&self) -> bool {
        self.undecided.iter().any(|path| path.first_key() == Some("endpoints"))
    }

    /// Reports whether the resources of the outbound half are not known yet.
    pub(super) fn is_undecided_outbound(&self) -> bool {
        let outbound = |path: &PropertyPath| matches!(path.first_key(), Some("privateApis" | "resourceGateway"));
        self.undecided.iter().any(outbound)
    }

    /// Returns the entries of `privateApis` that are not known yet; `None` if the set of entries is not known either.
    pub(super) fn undecided_apis(&self) -> Option<Vec<&str>> {
        let mut apis = Vec::new();
        for path in &self.undecided {
            match path.segments() {
                [Segment::Key(first), Segment::Key(api)] if first == "privateApis" => apis.push(api.as_str()),
                [Segment::Key(first)] if first == "privateApis" || first == "resourceGateway" => return None,
                _ => {}
            }
        }
        Some(apis)
    }

    /// Reports whether any endpoint is made.
    pub(super) const fn has_endpoints(&self) -> bool {
        self.states || self.sync_states || self.execute_api
    }

    /// Reports whether the component makes the endpoints' security group.
    pub(super) fn makes_endpoint_group(&self) -> bool {
        self.has_endpoints() && !is_given(&self.endpoints, "securityGroupIds")
    }

    /// Reports whether an API needs a gateway. An API with an existing resource configuration does not.
    pub(super) fn needs_gateway(&self) -> bool {
        self.apis
            .iter()
            .any(|api| api.target != ApiTarget::ResourceConfiguration)
    }

    /// Reports whether the component makes the gateway.
    pub(super) fn makes_gateway(&self) -> bool {
        self.needs_gateway() && !is_given(&self.gateway, "id")
    }

    /// Reports whether the component makes the gateway's security group.
    pub(super) fn makes_gateway_group(&self) -> bool {
        self.makes_gateway() && !is_given(&self.gateway, "securityGroupIds")
    }

    /// Reports whether an API uses the component's own `execute-api` endpoint.
    pub(super) fn uses_own_endpoint(&self) -> bool {
        self.apis.iter().any(|api| api.target == ApiTarget::OwnEndpoint)
    }

    /// Returns a physical name from `names`.
    pub(super) fn name_of(&self, what: &str) -> Option<Value> {
        match Container::of(&self.inputs, "names") {
            // `names` may contain one; an absent name would mean that it does not.
            Container::Unknown => Some(Value::Unknown),
            _ => given(&self.names, what),
        }
    }

    /// Returns the physical name of an API's resource from a map in `names`.
    pub(super) fn name_in(&self, map: &str, api: &str) -> Option<Value> {
        let names = self.name_of(map)?;
        match Container::open(&names) {
            Container::Unknown => Some(names),
            open => given(&open.into_map(), api),
        }
    }
}

/// Returns a property if it is given. Null counts as absent.
pub(super) fn given(map: &Map, name: &str) -> Option<Value> {
    map.get(name).filter(|value| !value.is_null()).cloned()
}

/// Reports whether a property is given, known or unknown.
pub(super) fn is_given(map: &Map, name: &str) -> bool {
    map.get(name).is_some_and(|value| !value.is_null())
}

/// Checks the rules that need the structure of the inputs.
pub(super) fn rules(plan: &Plan, failures: &mut Failures) {
    let root = PropertyPath::root();
    // While something is undecided, it may still make the object that is missing here.
    if plan.undecided.is_empty() {
        if !plan.has_endpoints() && plan.apis.is_empty() {
            failures.at(
                "endpoints",
                "the component has nothing to create: turn on an endpoint, or add an entry to `privateApis`",
            );
        }
        names_without_object(plan, failures);
    }
    for api in &plan.apis {
        let at = root.key("privateApis").key(&api.name);
        match api.target {
            ApiTarget::OwnEndpoint if !plan.execute_api && !plan.is_undecided_endpoint("executeApi") => failures.add(
                at,
                "names no target: set `vpcEndpointId`, `domainName`, `ipAddress` or `resourceConfigurationArn`, or set \
                 `endpoints.executeApi` to true to make an execute-api endpoint for it",
            ),
            ApiTarget::OwnEndpoint if is_given(&api.properties, "ports") => failures.add(
                at.key("ports"),
                "cannot be used without a target: the component's own execute-api endpoint listens on port 443 alone",
            ),
            ApiTarget::IpAddress | ApiTarget::ResourceConfiguration if !is_given(&api.properties, "urls") => failures.add(
                at.key("urls"),
                "is required with `ipAddress` and `resourceConfigurationArn`: they do not contain the host name of the URLs",
            ),
            target if api.name == "execute-api" && target != ApiTarget::OwnEndpoint && plan.uses_own_endpoint() => {
                failures.add(at, "the resource configuration of the component's own execute-api endpoint has this name: choose another name");
            }
            _ => {}
        }
    }
    let gateway = &plan.gateway;
    if is_given(gateway, "ipv4AddressesPerEni") && gateway.get("ipAddressType").and_then(Value::as_str) == Some("IPV6")
    {
        failures.add(
            root.key("resourceGateway").key("ipv4AddressesPerEni"),
            "cannot be used with `ipAddressType` `IPV6`",
        );
    }
    let text = |name: &str| gateway.get(name).and_then(Value::as_str);
    let at = |name: &str| root.key("resourceGateway").key(name);
    if text("ipAddressType") == Some("IPV6") && text("dnsResolution") == Some("IN_VPC") {
        failures.add(
            at("dnsResolution"),
            "cannot be `IN_VPC` with `ipAddressType` `IPV6`: AWS does not resolve names in IPv6-only subnets",
        );
    }
    let looks_in_vpc = gateway
        .get("dnsResolution")
        .is_some_and(|given| given.is_unknown() || given.as_str() == Some("IN_VPC"));
    if is_given(gateway, "dnsServerCidrBlocks") && !looks_in_vpc {
        failures.add(
            at("dnsServerCidrBlocks"),
            "applies only with `dnsResolution` `IN_VPC`: otherwise AWS resolves names outside the VPC",
        );
    }
}

/// Refuses names of objects that are not made; they would otherwise be ignored without a message.
fn names_without_object(plan: &Plan, failures: &mut Failures) {
    let names = PropertyPath::root().key("names");
    let single = [
        (
            "endpointSecurityGroup",
            plan.makes_endpoint_group(),
            "no security group is made for the endpoints",
        ),
        (
            "gatewaySecurityGroup",
            plan.makes_gateway_group(),
            "no security group is made for a resource gateway",
        ),
        ("resourceGateway", plan.makes_gateway(), "no resource gateway is made"),
        (
            "executeApiResourceConfiguration",
            plan.uses_own_endpoint(),
            "no API uses the component's own execute-api endpoint",
        ),
    ];
    for (name, made, reason) in single {
        if is_given(&plan.names, name) && !made {
            failures.add(names.key(name), format!("cannot be set: {reason}"));
        }
    }
    let has_configuration =
        |api: &Api| !matches!(api.target, ApiTarget::OwnEndpoint | ApiTarget::ResourceConfiguration);
    for (map, accepts) in [
        ("connections", None),
        ("resourceConfigurations", Some(has_configuration)),
    ] {
        for key in Container::of(&plan.names, map).into_map().keys() {
            let api = plan.apis.iter().find(|api| api.name == *key);
            if !api.is_some_and(|api| accepts.is_none_or(|accepts| accepts(api))) {
                let reason = "cannot be set: no entry of this name in `privateApis` creates such a resource";
                failures.add(names.key(map).key(key), reason);
            }
        }
    }
}

fn container(inputs: &Map, name: &str, undecided: &mut Vec<PropertyPath>) -> Map {
    let container = Container::of(inputs, name);
    if container == Container::Unknown {
        undecided.push(PropertyPath::root().key(name));
    }
    container.into_map()
}

fn target(properties: &Map) -> ApiTarget {
    let named = ApiTarget::NAMED.iter().find(|(name, _)| is_given(properties, name));
    named.map_or(ApiTarget::OwnEndpoint, |(_, kind)| *kind)
}

#[cfg(test)]
mod tests;
