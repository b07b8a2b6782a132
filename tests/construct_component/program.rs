//! A program that constructs the component, and its results in readable form.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use private_step_functions::package::PrivateStepFunctions;
use prost_types::Struct;
use pulumi_provider::proto::{ConstructRequest, ConstructResponse, RegisterResourceRequest};
use serde_json::{Map, Value as Json, json};
use tonic::Status;

use crate::harness::monitor::{MONITOR, Registration};
use crate::harness::server::{Harness, UNKNOWN, fields, json};

pub(crate) const COMPONENT: &str = "private-step-functions:index:PrivateStepFunctions";

const SIGNATURE: &str = "4dabf18193072939515e22adb298388d";
const SECRET: &str = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT: &str = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/// A provider of this package, with a fake engine whose resources have outputs like AWS's.
pub(crate) struct Program {
    pub(crate) harness: Harness,
}

impl Program {
    pub(crate) async fn start() -> Self {
        let package = PrivateStepFunctions::new().unwrap();
        let harness = Harness::start(package, json!({"region": "eu-west-1"})).await;
        harness.monitor.script(|script| script.outputs = Arc::new(outputs));
        Self { harness }
    }

    pub(crate) async fn preview() -> Self {
        let program = Self::start().await;
        program.harness.monitor.script(|script| script.preview = true);
        program
    }

    pub(crate) async fn construct(&mut self, request: ConstructRequest) -> Result<Answer, Status> {
        let ConstructResponse {
            urn,
            state,
            state_dependencies,
        } = self.harness.client.construct(request).await?.into_inner();
        let state = state.unwrap();
        // The engine and the program get the same outputs, except for the form of output values.
        let registered = self.harness.monitor.outputs(&urn);
        assert_eq!(registered.len(), 1, "outputs are registered once");
        let without_outputs = |state: &Struct| reduce(&Json::Object(json(state).as_object().unwrap().clone()), false);
        assert_eq!(without_outputs(&state), without_outputs(&registered[0]));
        let last = self.harness.monitor.registrations().last().unwrap().urn.clone();
        assert!(!last.is_empty());
        let dependencies = state_dependencies
            .into_iter()
            .map(|(name, dependencies)| (name, dependencies.urns.iter().map(|urn| short(urn)).collect()))
            .collect();
        Ok(Answer {
            urn,
            raw: json(&state),
            dependencies,
        })
    }

    /// Returns the children, sorted by type and name.
    pub(crate) fn children(&self) -> Vec<Registration> {
        let mut children = self.harness.monitor.registrations();
        children.retain(|one| one.request.custom);
        children.sort_by(|a, b| a.urn.cmp(&b.urn));
        children
    }

    /// Returns the child with this type and name.
    pub(crate) fn child(&self, kind: &str, name: &str) -> RegisterResourceRequest {
        let token = format!("private-step-functions:index:{kind}");
        let mut children = self.children().into_iter().map(|one| one.request);
        let found = children.find(|request| request.r#type == token && request.name == name);
        found.unwrap_or_else(|| panic!("{kind} {name} was not registered"))
    }

    /// Returns the inputs of a child in readable form.
    pub(crate) fn inputs(&self, kind: &str, name: &str) -> Json {
        reduce(&json(&self.child(kind, name).object.unwrap()), true)
    }

    /// Returns type and name of every child.
    pub(crate) fn names(&self) -> Vec<String> {
        self.children().iter().map(|one| short(&one.urn)).collect()
    }

    /// Returns all registrations and the response as text.
    pub(crate) fn story(&self, answer: &Answer) -> String {
        let mut story = String::new();
        for Registration { request, urn, .. } in self.children() {
            let replace = if request.delete_before_replace {
                ", deleted before it is replaced"
            } else {
                ""
            };
            writeln!(story, "{}{replace}", short(&urn)).unwrap();
            let inputs = json(&request.object.unwrap());
            for (name, value) in inputs.as_object().unwrap() {
                let from = from(request.property_dependencies[name].urns.iter());
                writeln!(story, "  {name}: {}{from}", reduce(value, true)).unwrap();
            }
        }
        writeln!(story, "outputs").unwrap();
        for (name, value) in answer.raw.as_object().unwrap() {
            let from = from(answer.dependencies[name].iter());
            match reduce(value, true) {
                Json::Object(parts) => {
                    writeln!(story, "  {name}:{from}").unwrap();
                    parts
                        .iter()
                        .for_each(|(part, value)| writeln!(story, "    {part}: {value}").unwrap());
                }
                value => writeln!(story, "  {name}: {value}{from}").unwrap(),
            }
        }
        story
    }

    pub(crate) fn warnings(&self, component: &str) -> Vec<String> {
        self.harness.engine.warnings(component)
    }

    /// Returns the warnings of the component `orders`, without those that `urls` of an API behind API Gateway is absent: most tests
    /// leave it out, and one has it as its subject.
    pub(crate) fn other_warnings(&self) -> Vec<String> {
        let mut warnings = self.warnings("orders");
        warnings.retain(|warning| !warning.contains("urls` is not set"));
        warnings
    }
}

/// The response of Construct.
pub(crate) struct Answer {
    pub(crate) urn: String,
    /// The state in its wire form.
    pub(crate) raw: Json,
    pub(crate) dependencies: BTreeMap<String, Vec<String>>,
}

impl Answer {
    /// Returns an output in readable form.
    pub(crate) fn output(&self, name: &str) -> Json {
        reduce(&self.raw[name], true)
    }
}

/// Returns a request for the component `orders` with these inputs.
pub(crate) fn request(inputs: Json) -> ConstructRequest {
    ConstructRequest {
        project: "shop".to_owned(),
        stack: "dev".to_owned(),
        monitor_endpoint: MONITOR.to_owned(),
        r#type: COMPONENT.to_owned(),
        name: "orders".to_owned(),
        inputs: Some(fields(inputs)),
        accepts_output_values: true,
        ..ConstructRequest::default()
    }
}

pub(crate) fn preview(inputs: Json) -> ConstructRequest {
    ConstructRequest {
        dry_run: true,
        ..request(inputs)
    }
}

/// Returns these inputs together with a VPC and its subnets.
pub(crate) fn within(inputs: Json) -> Json {
    let mut all = json!({"vpcId": "vpc-1", "subnetIds": ["subnet-1", "subnet-2"]});
    all.as_object_mut().unwrap().extend(inputs.as_object().unwrap().clone());
    all
}

/// Returns inputs for both halves. The component's own `execute-api` endpoint links them.
pub(crate) fn both_halves() -> Json {
    within(json!({
        "endpoints": {"executeApi": true},
        "privateApis": {"stock": {"auth": {"apiKey": {"name": "x-api-key", "value": "hidden-1"}}}},
    }))
}

/// Returns an output value as SDKs send it. Without a value, it is unknown.
pub(crate) fn output(value: Option<Json>, urn: &str) -> Json {
    let mut output = json!({SIGNATURE: OUTPUT, "dependencies": [urn]});
    if let Some(value) = value {
        output["value"] = value;
    }
    output
}

/// Returns the URN of another resource of the program.
pub(crate) fn other(kind: &str, name: &str) -> String {
    format!("urn:pulumi:dev::shop::aws:ec2/index:{kind}::{name}")
}

/// Returns type and name from a URN.
pub(crate) fn short(urn: &str) -> String {
    let mut parts = urn.split("::").skip(2);
    let (kind, name) = (parts.next().unwrap(), parts.next().unwrap());
    format!("{} {name}", kind.rsplit(':').next().unwrap())
}

/// Replaces special values by short texts. With `outputs`, output values show the resources they depend on.
pub(crate) fn reduce(value: &Json, outputs: bool) -> Json {
    match value {
        Json::String(text) if text == UNKNOWN => "<unknown>".into(),
        Json::Array(items) => items.iter().map(|item| reduce(item, outputs)).collect(),
        Json::Object(map) => match map.get(SIGNATURE).and_then(Json::as_str) {
            Some(SECRET) => masked(&map["value"], outputs),
            Some(OUTPUT) => {
                let inner = map.get("value").cloned().unwrap_or_else(|| UNKNOWN.into());
                match map.get("secret") {
                    Some(Json::Bool(true)) => masked(&inner, outputs),
                    _ => reduce(&inner, outputs),
                }
            }
            Some(other) => panic!("an object with the signature {other}"),
            None => Json::Object(
                map.iter()
                    .map(|(name, value)| (name.clone(), reduce(value, outputs)))
                    .collect::<Map<_, _>>(),
            ),
        },
        other => other.clone(),
    }
}

fn masked(inner: &Json, outputs: bool) -> Json {
    if outputs && *inner != UNKNOWN {
        "<secret>".into()
    } else {
        json!({"secret": reduce(inner, outputs)})
    }
}

fn from<T: AsRef<str>>(urns: impl Iterator<Item = T>) -> String {
    let urns: Vec<String> = urns
        .map(|urn| {
            if urn.as_ref().starts_with("urn:") {
                short(urn.as_ref())
            } else {
                urn.as_ref().to_owned()
            }
        })
        .collect();
    if urns.is_empty() {
        String::new()
    } else {
        format!("  <- {}", urns.join(", "))
    }
}

/// Returns the outputs of a created resource.
fn outputs(request: &RegisterResourceRequest) -> Struct {
    let name = &request.name;
    let outputs = match request.r#type.rsplit(':').next().unwrap() {
        "InterfaceEndpoint" => {
            let host = format!("{name}.vpce.amazonaws.com");
            let mut outputs = json!({
                "arn": format!("arn:aws:ec2:eu-west-1:123456789012:vpc-endpoint/{name}"),
                "regionalDnsName": host,
                "zonalDnsNames": [format!("a-{host}")],
                "hostedZoneId": "Z1",
                "url": format!("https://{host}"),
                "networkInterfaceIds": ["eni-1"],
            });
            if json(request.object.as_ref().unwrap())["privateDnsEnabled"] == json!(true) {
                outputs["privateDnsName"] = format!("{name}.amazonaws.com").into();
            }
            outputs
        }
        "ResourceGateway" => json!({"arn": format!("{name}-arn")}),
        "ResourceConfiguration" => json!({"arn": format!("{name}-arn"), "domainName": format!("{name}.example")}),
        "Connection" => json!({
            "arn": format!("arn:aws:events:eu-west-1:123456789012:connection/{name}/1"),
            "name": name,
            "state": "AUTHORIZED",
            "secretArn": format!("arn:aws:secretsmanager:eu-west-1:123456789012:secret:events!connection/{name}/1"),
        }),
        _ => json!({}),
    };
    fields(outputs)
}
