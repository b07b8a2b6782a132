//! The component's outputs. The output of a resource that is not made is null, also in a preview, where an omitted output would
//! be unknown. `connections` is empty instead, and the URLs and policies are always texts, so that programs in typed languages
//! need no null check for them.

use pulumi_provider::component::registered::Registered;
use pulumi_provider::component::tracked::Flow;
use pulumi_provider::property::{Map, Value, secret_paths};

use crate::arn::Arn;
use crate::component::parameter_names;
use crate::component::plan::{Api, ApiTarget, given};
use crate::partition::Partition;

/// Returns the outputs of an endpoint.
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

/// Returns the URL of a Step Functions service for callers in the VPC: that of the endpoint, or without an endpoint the ordinary
/// URL of the Region of `neighbor`, the ARN of any other child. An endpoint of somebody else may answer there.
pub(super) fn url(endpoint: Option<&Registered>, undecided: bool, service: &str, neighbor: Flow) -> Value {
    match endpoint {
        Some(endpoint) => endpoint.output("url").into_value(),
        None if undecided => Value::Unknown,
        None => neighbor.map(|arn| ordinary_url(arn, service)).into_value(),
    }
}

fn ordinary_url(arn: &Value, service: &str) -> Value {
    let arn = arn.as_str().and_then(Arn::parse);
    arn.map_or(Value::Null, |arn| {
        let partition = Partition::named(arn.partition).unwrap_or_else(|| Partition::of_region(arn.region));
        format!("https://{}", partition.host(service, arn.region)).into()
    })
}

/// Returns the outputs of a connection and of the resource configuration behind it. `policy` allows the calls of this API alone, to
/// `urls`.
pub(super) fn connection(
    api: &Api,
    connection: &Registered,
    configuration: Option<&Registered>,
    policy: Flow,
    urls: Flow,
) -> Value {
    let own = ["arn", "name", "state", "secretArn"].map(|name| (name.to_owned(), connection.output(name)));
    let key = given(&api.properties, "kmsKeyId").map_or_else(|| Flow::known(Value::Null), |key| Flow::of(&key));
    let own = own.into_iter().chain([
        ("executionRolePolicy".to_owned(), policy),
        ("urls".to_owned(), urls),
        ("kmsKeyId".to_owned(), key),
        ("parameterNames".to_owned(), parameter_names::of(api)),
    ]);
    let behind = match configuration {
        Some(configuration) => vec![
            ("resourceConfigurationId".to_owned(), configuration.id()),
            ("resourceConfigurationArn".to_owned(), configuration.output("arn")),
            ("domainName".to_owned(), domain_name(api, configuration)),
        ],
        None if api.target != ApiTarget::ResourceConfiguration => {
            // In a preview, the endpoint that the configuration needs may be undecided.
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
    object(own.chain(behind))
}

fn domain_name(api: &Api, configuration: &Registered) -> Flow {
    match api.target {
        ApiTarget::IpAddress => Flow::known(Value::Null),
        _ => configuration.output("domainName"),
    }
}

/// Returns the outputs of all connections, by API.
pub(super) fn connections(connections: Map) -> Value {
    let connections = Value::Object(connections);
    if secret_paths::contains_secret(&connections) {
        Flow::of(&connections).into_value()
    } else {
        connections
    }
}

/// Returns the value of an output that exists only if its resource does.
pub(super) fn optional(flow: Option<Flow>, undecided: bool) -> Value {
    flow.map_or_else(|| absent(undecided), Flow::into_value)
}

/// Returns the output of a resource that does not exist. While it is undecided whether the resource is made, that is unknown:
/// null would say that it is not made.
pub(super) const fn absent(undecided: bool) -> Value {
    if undecided { Value::Unknown } else { Value::Null }
}

/// Returns an object whose fields can be known or unknown individually. A secret field makes the whole object secret: programs
/// in YAML lose secrets that are nested in outputs.
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
