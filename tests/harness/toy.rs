//! A package for tests. Its objects exist in memory and behave as their inputs specify.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use pulumi_provider::component::{Component, Construct, ConstructError, Constructed};
use pulumi_provider::error::{Error, ErrorKind, Failed};
use pulumi_provider::function::{self, DynFunction, Function};
use pulumi_provider::lifecycle::adapter::{CreatedMap, DiffRequest, DynResource, FailedUpdate, Prior, erase};
use pulumi_provider::lifecycle::check::{self, Checked};
use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::property::wire::{self, Capabilities};
use pulumi_provider::property::{Map, Value};
use pulumi_provider::proto::RegisterResourceRequest;
use pulumi_provider::provider::Package;
use pulumi_provider::resource::changes::Diff;
use pulumi_provider::resource::check_cx::CheckCx;
use pulumi_provider::resource::context::{Created, Cx};
use pulumi_provider::resource::draft::{Draft, Failures};
use pulumi_provider::resource::findings::{Certainty, Findings, PreviewChecks};
use pulumi_provider::resource::limits::OperationKind;
use pulumi_provider::resource::{Clients, Deleted, Found, Identity, Resource, Update};
use pulumi_provider::schema::{ResourceSchema, Schema, Vocabulary};
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

/// All existing objects, by id. Clones share the same objects.
pub type Objects = Arc<Mutex<BTreeMap<String, Inputs>>>;

pub const THING: &str = "toy:index:Thing";
pub const ODD: &str = "toy:index:Odd";
pub const BUNDLE: &str = "toy:index:Bundle";

/// The test package.
pub struct Toy {
    objects: Objects,
    schema: Arc<Schema>,
    resources: Vec<Box<dyn DynResource<Connection>>>,
    components: Vec<Box<dyn Component>>,
    functions: Vec<Box<dyn DynFunction<Connection>>>,
    /// The configurations that the package received.
    pub configured: Arc<Mutex<Vec<Map>>>,
}

impl Toy {
    /// Returns the package with its own objects.
    pub fn new() -> Self {
        Self {
            objects: Objects::default(),
            schema: Arc::new(Schema::parse(include_str!("toy.json"), "1.2.3", &Vocabulary::BUILT_IN).unwrap()),
            resources: vec![erase::<Thing>(), Box::new(Odd)],
            components: vec![Box::new(Bundle)],
            functions: vec![function::erase::<Greet>()],
            configured: Arc::default(),
        }
    }

    /// Returns an invalid package: nothing implements its component.
    pub fn incomplete() -> Self {
        Self {
            components: Vec::new(),
            ..Self::new()
        }
    }

    /// Returns the existing objects.
    pub fn objects(&self) -> Objects {
        self.objects.clone()
    }
}

impl Package for Toy {
    type Clients = Connection;

    fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    fn resources(&self) -> &[Box<dyn DynResource<Connection>>] {
        &self.resources
    }

    fn components(&self) -> &[Box<dyn Component>] {
        &self.components
    }

    fn functions(&self) -> &[Box<dyn DynFunction<Connection>>] {
        &self.functions
    }

    fn config_rules(&self, draft: &Draft<'_>, failures: &mut Failures) {
        if draft.text("region") == Some("moon") {
            failures.at("region", "must be on earth");
        }
    }

    fn replaces(&self, old: &Map, new: &Map) -> BTreeSet<String> {
        let differs = old.get("region") != new.get("region");
        differs.then(|| "region".to_owned()).into_iter().collect()
    }

    fn configure(&self, config: Map) -> Result<Connection, Error> {
        if config["region"].as_str() == Some("closed") {
            return Err(Error::new(ErrorKind::Invalid, "region: this one is closed"));
        }
        let checks = match config["region"].as_str() {
            Some("checked") => PreviewChecks::Error,
            Some("warned") => PreviewChecks::Warn,
            _ => PreviewChecks::Off,
        };
        self.configured.lock().unwrap().push(config);
        Ok(Connection {
            objects: self.objects.clone(),
            checks,
        })
    }
}

/// A function that greets.
struct Greet;

#[derive(Deserialize)]
struct Greeting {
    name: String,
    times: u32,
    password: Option<String>,
}

#[derive(Serialize)]
struct Greeted {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

impl Function for Greet {
    type Clients = Connection;
    type Arguments = Greeting;
    type Answer = Greeted;

    const TOKEN: &'static str = "toy:index:greet";

    fn rules(arguments: &Greeting, failures: &mut Failures) {
        if arguments.name == "everybody" && arguments.password.is_some() {
            failures.at("password", "cannot be told to everybody");
        }
    }

    async fn call(_: &Connection, arguments: Greeting) -> Result<Greeted, Error> {
        let Greeting { name, times, password } = arguments;
        match name.as_str() {
            "nobody" => Err(Error::new(
                ErrorKind::NotFound,
                format!("nobody knows {}", password.unwrap_or_default()),
            )),
            "sleeper" => std::future::pending().await,
            _ => Ok(Greeted {
                text: format!("hello {name} ").repeat(times as usize).trim_end().to_owned(),
                token: password,
            }),
        }
    }
}

/// A configured connection to the in-memory objects.
pub struct Connection {
    objects: Objects,
    checks: PreviewChecks,
}

impl Clients for Connection {
    fn preview_checks(&self) -> PreviewChecks {
        self.checks
    }
}

#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Inputs {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    pub size: u64,
    /// Which failure to simulate: `fail`, `stuck`, `slow`, `timeout`, `panic`, or empty for none.
    pub behavior: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    arn: String,
    state: String,
}

fn state(id: &str, text: &str) -> State {
    State {
        arn: format!("arn:{id}"),
        state: text.to_owned(),
    }
}

struct Thing;

impl Resource for Thing {
    type Clients = Connection;
    type Inputs = Inputs;
    type State = State;
    type Live = Inputs;

    const TOKEN: &'static str = THING;
    const NOUN: &'static str = "thing";
    const IDENTITY: Identity = Identity::Id;

    /// Finds that the size is negative.
    async fn lint(_: &CheckCx<'_, Connection>, draft: &Draft<'_>, findings: &mut Findings) {
        let size = draft.known("size").and_then(Value::as_number);
        if size.is_some_and(|size| size < 0.0) {
            let path = PropertyPath::root().key("size");
            findings.add(Certainty::WorksOtherwise, "negative", path, "this is negative");
        }
    }

    /// Finds what the behavior says: `fail` and `doubt`; `blind` cannot be read, and `deaf` gets no answer.
    async fn preview_checks(cx: &CheckCx<'_, Connection>, draft: &Draft<'_>, findings: &mut Findings) {
        let at = |name: &str| PropertyPath::root().key(name);
        if !cx.sets(draft, "behavior") {
            return;
        }
        match draft.text("behavior") {
            Some("fail") => {
                let payload = draft.text("payload").unwrap_or("nothing");
                let count = cx.shared().with::<usize, _>(|count| {
                    *count += 1;
                    *count
                });
                findings.add(
                    Certainty::Fails,
                    "fail",
                    at("behavior"),
                    format!("this fails with {payload} ({count})"),
                );
                findings.add(Certainty::WorksOtherwise, "size", at("size"), "this is small");
            }
            Some("doubt") => findings.add(Certainty::MayFail, "doubt", PropertyPath::root(), "this may fail"),
            Some("deaf") => std::future::pending().await,
            Some("blind") => cx.not_checked("the things", Error::new(ErrorKind::Denied, "ListThings: access denied")),
            _ => {}
        }
    }

    async fn create(cx: &Cx<Connection>, inputs: Inputs) -> Result<Created<State>, Failed<State>> {
        if inputs.behavior == "fail" {
            return Err(Error::new(ErrorKind::Denied, "CreateThing: access denied")
                .context("creating thing")
                .into());
        }
        let id = cx.resumed().unwrap_or_else(|| format!("id-of-{}", inputs.name));
        let behavior = inputs.behavior.clone();
        cx.clients().objects.lock().unwrap().insert(id.clone(), inputs);
        let finish = async {
            match behavior.as_str() {
                "stuck" => loop {
                    cx.status("waiting for the thing: STUCK");
                    sleep(Duration::from_secs(5)).await;
                },
                "slow" => {
                    for state in ["PENDING", "PENDING", "STARTING", "STARTING"] {
                        cx.status(&format!("waiting for the thing: {state}"));
                        sleep(Duration::from_secs(15)).await;
                    }
                }
                "panic" => panic!("as asked"),
                "timeout" => {
                    tokio::time::sleep_until(cx.deadline()).await;
                    return Err(Error::new(ErrorKind::TimedOut, "the thing is not ready"));
                }
                _ => {}
            }
            Ok(state(&id, "ready"))
        };
        cx.created(id.clone(), state(&id, "half-made"), finish).await
    }

    fn full_name(state: &State) -> Option<&str> {
        Some(&state.arn)
    }

    async fn find(cx: &Cx<Connection>, id: &str) -> Result<Option<Inputs>, Error> {
        Ok(cx.clients().objects.lock().unwrap().get(id).cloned())
    }

    async fn read(
        _: &Cx<Connection>,
        inputs: Inputs,
        _: Option<Found<Inputs, State>>,
    ) -> Result<Found<Inputs, State>, Error> {
        let id = format!("id-of-{}", inputs.name);
        Ok(Found {
            state: state(&id, "ready"),
            inputs,
        })
    }

    async fn update(
        cx: &Cx<Connection>,
        id: &str,
        _: Inputs,
        update: Update<Inputs, State>,
        _: &Mutex<State>,
    ) -> Result<State, Error> {
        cx.clients()
            .objects
            .lock()
            .unwrap()
            .insert(id.to_owned(), update.wanted);
        Ok(state(id, "updated"))
    }

    async fn delete(cx: &Cx<Connection>, id: &str, _: Found<Inputs, State>) -> Result<Deleted, Error> {
        cx.clients().objects.lock().unwrap().remove(id);
        Ok(Deleted::Done)
    }
}

/// A resource that does what a [`Resource`] cannot do by accident: it returns unknown values, and panics.
struct Odd;

impl Odd {
    fn outputs() -> Map {
        let inner = Map::from([("known".to_owned(), "x".into()), ("lost".to_owned(), Value::Unknown)]);
        Map::from([
            ("kept".to_owned(), "y".into()),
            ("inner".to_owned(), Value::Object(inner)),
        ])
    }
}

impl DynResource<Connection> for Odd {
    fn token(&self) -> &'static str {
        ODD
    }

    fn check(&self, schema: &ResourceSchema, _: Option<&Connection>, request: check::Request<'_>) -> Checked {
        check::check(schema, request, |_, _| {})
    }

    fn diff(&self, _: &ResourceSchema, _: &Connection, _: DiffRequest<'_>) -> Result<Diff, Error> {
        Err(Error::new(ErrorKind::Invalid, "this cannot change"))
    }

    fn preview(&self, _: &ResourceSchema, _: &Connection, inputs: &Map, _: Option<&Prior>) -> Map {
        inputs.clone()
    }

    fn preview_checks<'a>(
        &'a self,
        _: &'a CheckCx<'a, Connection>,
        _: &'a Map,
        _: &'a mut Findings,
    ) -> BoxFuture<'a, ()> {
        async {}.boxed()
    }

    fn limit(&self, _: OperationKind, _: &Map) -> Duration {
        Duration::from_secs(600)
    }

    fn create<'a>(
        &'a self,
        _: &'a ResourceSchema,
        _: &'a Cx<Connection>,
        inputs: &'a Map,
    ) -> BoxFuture<'a, Result<CreatedMap, Failed<Map>>> {
        async move {
            assert!(inputs["bug"].as_str() != Some("panic"), "as asked");
            Ok(CreatedMap {
                id: "odd-1".to_owned(),
                outputs: Self::outputs(),
            })
        }
        .boxed()
    }

    fn read<'a>(
        &'a self,
        _: &'a ResourceSchema,
        _: &'a Cx<Connection>,
        _: &'a str,
        _: Option<Prior>,
    ) -> BoxFuture<'a, Result<Option<Prior>, Error>> {
        async {
            Ok(Some(Prior {
                inputs: Map::new(),
                outputs: Self::outputs(),
            }))
        }
        .boxed()
    }

    fn update<'a>(
        &'a self,
        _: &'a ResourceSchema,
        _: &'a Cx<Connection>,
        _: &'a str,
        _: Prior,
        _: &'a Map,
    ) -> BoxFuture<'a, Result<Map, FailedUpdate>> {
        async { Ok(Self::outputs()) }.boxed()
    }

    fn delete<'a>(
        &'a self,
        _: &'a ResourceSchema,
        _: &'a Cx<Connection>,
        _: &'a str,
        _: Prior,
    ) -> BoxFuture<'a, Result<(), Error>> {
        async { Ok(()) }.boxed()
    }
}

/// A component with one child.
struct Bundle;

impl Component for Bundle {
    fn token(&self) -> &'static str {
        BUNDLE
    }

    fn construct(&self, construct: Construct) -> BoxFuture<'_, Result<Constructed, ConstructError>> {
        async move {
            let Construct {
                request,
                inputs,
                monitor,
                provider,
                report,
                names: _,
                names_children: _,
                previews: _,
            } = construct;
            if inputs.get("size").and_then(Value::as_number) == Some(0.0) {
                let mut failures = Failures::default();
                failures.at("size", "must not be 0");
                failures.add(PropertyPath::root(), "and something else is wrong");
                return Err(ConstructError::Inputs(failures));
            }
            let component = RegisterResourceRequest {
                r#type: request.r#type,
                name: request.name.clone(),
                parent: request.parent,
                ..RegisterResourceRequest::default()
            };
            let urn = monitor.register(component).await?.urn;
            report.warn(&urn.parse().unwrap(), "a bundle has only one thing");
            let child = RegisterResourceRequest {
                r#type: THING.to_owned(),
                name: format!("{}-thing", request.name),
                parent: urn.clone(),
                custom: true,
                provider: provider.reference.unwrap_or_default(),
                version: provider.version,
                ..RegisterResourceRequest::default()
            };
            let child = monitor.register(child).await?;
            let outputs = Map::from([("thing".to_owned(), Value::from(child.id))]);
            let encoded = wire::encode(outputs.clone(), Capabilities::COMPONENT).unwrap();
            monitor.register_outputs(&urn, encoded).await?;
            let dependencies = BTreeMap::from([("thing".to_owned(), BTreeSet::from([child.urn]))]);
            Ok(Constructed {
                urn,
                outputs,
                dependencies,
            })
        }
        .boxed()
    }
}
