//! The component's outputs. What cannot exist is null, in preview too, where an output that is left out would be unknown.
//! Only `connections` is then empty, so that programs in typed languages reach into it without asking.

use pulumi_provider::component::registrar::Registered;
use pulumi_provider::component::tracked::Flow;
use pulumi_provider::property::{Map, Value, secret_paths};

use crate::component::plan::{Api, Target, given};

/// What an endpoint tells.
pub(super) fn endpoint(endpoint: Option<&Registered>, undecided: bool) -> Value {
    let Some(endpoint) = endpoint else {
        return absent(undecided);
    };
    let outputs = [
        "regionalDnsName",
        "zonalDnsNames",
        "privateDnsName",
        "hostedZoneId",
        "url",
        "networkInterfaceIds",
    ];
    let outputs = outputs.iter().map(|name| ((*name).to_owned(), endpoint.output(name)));
    object([("id".to_owned(), endpoint.id())].into_iter().chain(outputs))
}

/// What a connection tells, with the resource configuration behind it.
pub(super) fn connection(api: &Api, connection: &Registered, configuration: Option<&Registered>) -> Value {
    let own = ["arn", "name", "state", "secretArn"].map(|name| (name.to_owned(), connection.output(name)));
    let behind = match configuration {
        Some(configuration) => vec![
            ("resourceConfigurationId".to_owned(), configuration.id()),
            ("resourceConfigurationArn".to_owned(), configuration.output("arn")),
            ("domainName".to_owned(), domain_name(api, configuration)),
        ],
        None if api.target != Target::ResourceConfiguration => {
            // In a preview without the endpoint that it leads to.
            let behind = ["resourceConfigurationId", "resourceConfigurationArn", "domainName"];
            behind.map(|name| (name.to_owned(), Flow::default())).to_vec()
        }
        None => {
            let arn = given(&api.properties, "resourceConfigurationArn");
            vec![(
                "resourceConfigurationArn".to_owned(),
                arn.map_or_else(Flow::default, |arn| Flow::of(&arn)),
            )]
        }
    };
    object(own.into_iter().chain(behind))
}

fn domain_name(api: &Api, configuration: &Registered) -> Flow {
    match api.target {
        Target::IpAddress => Flow::known(Value::Null),
        _ => configuration.output("domainName"),
    }
}

/// What several connections tell, by API.
pub(super) fn connections(connections: Map) -> Value {
    let connections = Value::Object(connections);
    if secret_paths::contains_secret(&connections) {
        Flow::of(&connections).into_value()
    } else {
        connections
    }
}

/// The value of an output that exists only if its resource does.
pub(super) fn optional(flow: Option<Flow>, undecided: bool) -> Value {
    flow.map_or_else(|| absent(undecided), Flow::into_value)
}

/// The output of a resource that there is not, or not yet: while that is undecided, null would be a promise.
pub(super) const fn absent(undecided: bool) -> Value {
    if undecided { Value::Unknown } else { Value::Null }
}

/// An object whose fields are known one by one. A secret field makes all of it secret: programs in YAML lose secrets that
/// are nested in outputs.
fn object(fields: impl IntoIterator<Item = (String, Flow)>) -> Value {
    let fields: Vec<_> = fields.into_iter().collect();
    let values: Map = fields
        .iter()
        .filter(|(_, flow)| flow.value().is_none_or(|value| !value.is_null()))
        .map(|(name, flow)| (name.clone(), flow.clone().into_value()))
        .collect();
    let values = Value::Object(values);
    if secret_paths::contains_secret(&values) {
        Flow::object(fields).into_value()
    } else {
        values
    }
}
