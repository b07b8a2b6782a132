//! Simulates the engine's side: calls the real server, which uses the emulator, as the engine does, and returns what the
//! engine would record.
#![allow(dead_code)] // each test crate uses its own part

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use aws_emulator::{Emulator, sdk};
use private_step_functions::aws::Aws;
use private_step_functions::package::PrivateStepFunctions;
use prost_types::Struct;
use pulumi_provider::component::Component;
use pulumi_provider::error::Error;
use pulumi_provider::function::DynFunction;
use pulumi_provider::lifecycle::adapter::DynResource;
use pulumi_provider::property::{Map, secret_paths, typed};
use pulumi_provider::proto::{
    CheckRequest, CreateRequest, DeleteRequest, DiffRequest, DiffResponse, ErrorResourceInitFailed, ReadRequest,
    UpdateRequest,
};
use pulumi_provider::provider::Package;
use pulumi_provider::resource::draft::{Draft, Failures};
use pulumi_provider::schema::Schema;
use serde_json::{Value as Json, json};
use tonic::Status;

use crate::harness::server::{Harness, UNKNOWN, detail, fields, json as plain, urn};

pub(crate) const REGION: &str = "eu-west-1";

/// The package with the emulator as AWS.
struct InEmulator {
    package: &'static PrivateStepFunctions,
    emulator: Emulator,
}

/// Parsed once, because the schema has many patterns.
static PACKAGE: LazyLock<PrivateStepFunctions> = LazyLock::new(|| PrivateStepFunctions::new().unwrap());

impl Package for InEmulator {
    type Clients = Aws;

    fn schema(&self) -> &Arc<Schema> {
        self.package.schema()
    }

    fn resources(&self) -> &[Box<dyn DynResource<Aws>>] {
        self.package.resources()
    }

    fn components(&self) -> &[Box<dyn Component>] {
        self.package.components()
    }

    fn functions(&self) -> &[Box<dyn DynFunction<Aws>>] {
        self.package.functions()
    }

    fn config_rules(&self, draft: &Draft<'_>, failures: &mut Failures) {
        self.package.config_rules(draft, failures);
    }

    fn replaces(&self, old: &Map, new: &Map) -> BTreeSet<String> {
        self.package.replaces(old, new)
    }

    fn configure(&self, config: Map) -> Result<Aws, Error> {
        let config = typed::decode(&secret_paths::split(config).0).unwrap();
        Ok(Aws::in_process(config, sdk::client(&self.emulator)))
    }
}

/// One process of the provider.
pub(crate) struct Session {
    pub(crate) harness: Harness,
    seed: u8,
}

/// A resource as the engine records it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Recorded {
    pub(crate) id: String,
    pub(crate) inputs: Struct,
    pub(crate) outputs: Struct,
}

/// A failed create or update.
#[derive(Debug)]
pub(crate) struct Failed {
    /// The partial state that the engine records despite the failure.
    pub(crate) recorded: Option<Recorded>,
    pub(crate) status: Status,
}

/// The type and name of a resource.
#[derive(Clone, Copy)]
pub(crate) struct ResourceRef<'a> {
    pub(crate) token: &'a str,
    pub(crate) name: &'a str,
}

impl ResourceRef<'_> {
    fn urn(self) -> String {
        urn(self.token, self.name)
    }
}

impl Session {
    /// Starts a provider process. A different seed represents another run of the engine.
    pub(crate) async fn start(emulator: &Emulator, seed: u8, more: Json) -> Self {
        let package = InEmulator {
            package: &PACKAGE,
            emulator: emulator.clone(),
        };
        let mut config = json!({ "region": REGION, "accessKey": "AKIATEST", "secretKey": "hidden-aws-key" });
        let keys = config.as_object_mut().unwrap();
        keys.extend(more.as_object().unwrap().clone());
        let harness = Harness::start(package, config).await;
        Self { harness, seed }
    }

    /// Returns the checked inputs. `olds` are the recorded inputs.
    pub(crate) async fn check(&self, resource: ResourceRef<'_>, olds: Option<&Struct>, news: Json) -> Struct {
        let request = CheckRequest {
            urn: resource.urn(),
            olds: olds.cloned(),
            news: Some(fields(news)),
            random_seed: vec![self.seed; 32],
            ..CheckRequest::default()
        };
        let answer = self.harness.client.clone().check(request).await.unwrap().into_inner();
        assert_eq!(answer.failures, [], "{}", resource.token);
        answer.inputs.unwrap()
    }

    pub(crate) async fn diff(
        &self,
        resource: ResourceRef<'_>,
        old: &Recorded,
        inputs: &Struct,
    ) -> Result<DiffResponse, Status> {
        let request = DiffRequest {
            id: old.id.clone(),
            urn: resource.urn(),
            olds: Some(old.outputs.clone()),
            old_inputs: Some(old.inputs.clone()),
            news: Some(inputs.clone()),
            ..DiffRequest::default()
        };
        Ok(self.harness.client.clone().diff(request).await?.into_inner())
    }

    pub(crate) async fn preview_create(&self, resource: ResourceRef<'_>, inputs: &Struct) -> Struct {
        let request = CreateRequest {
            urn: resource.urn(),
            properties: Some(inputs.clone()),
            preview: true,
            ..CreateRequest::default()
        };
        let answer = self.harness.client.clone().create(request).await.unwrap().into_inner();
        assert_eq!(answer.id, "", "a preview has no id");
        answer.properties.unwrap()
    }

    /// Creates the resource. `timeout` is the user's custom timeout in seconds; zero means none.
    pub(crate) async fn create(
        &self,
        resource: ResourceRef<'_>,
        inputs: &Struct,
        timeout: f64,
    ) -> Result<Recorded, Failed> {
        let request = CreateRequest {
            urn: resource.urn(),
            properties: Some(inputs.clone()),
            timeout,
            ..CreateRequest::default()
        };
        match self.harness.client.clone().create(request).await {
            Ok(answer) => {
                let answer = answer.into_inner();
                Ok(Recorded {
                    id: answer.id,
                    inputs: inputs.clone(),
                    outputs: answer.properties.unwrap(),
                })
            }
            Err(status) => Err(Failed {
                recorded: init_failed(&status),
                status,
            }),
        }
    }

    /// Runs a refresh. Returns `None` if the object is gone.
    pub(crate) async fn refresh(
        &self,
        resource: ResourceRef<'_>,
        old: &Recorded,
        timeout: f64,
    ) -> Result<Option<Recorded>, Status> {
        let request = ReadRequest {
            id: old.id.clone(),
            urn: resource.urn(),
            properties: Some(old.outputs.clone()),
            inputs: Some(old.inputs.clone()),
            timeout,
            ..ReadRequest::default()
        };
        self.read(request).await
    }

    pub(crate) async fn import(&self, resource: ResourceRef<'_>, id: &str) -> Result<Option<Recorded>, Status> {
        let request = ReadRequest {
            id: id.to_owned(),
            urn: resource.urn(),
            ..ReadRequest::default()
        };
        self.read(request).await
    }

    async fn read(&self, request: ReadRequest) -> Result<Option<Recorded>, Status> {
        let asked = request.id.clone();
        let answer = self.harness.client.clone().read(request).await?.into_inner();
        if answer.id.is_empty() {
            assert!(answer.properties.is_none_or(|properties| properties.fields.is_empty()));
            return Ok(None);
        }
        assert_eq!(answer.id, asked);
        Ok(Some(Recorded {
            id: answer.id,
            inputs: answer.inputs.unwrap(),
            outputs: answer.properties.unwrap(),
        }))
    }

    pub(crate) async fn preview_update(&self, resource: ResourceRef<'_>, old: &Recorded, inputs: &Struct) -> Struct {
        let request = UpdateRequest {
            preview: true,
            ..update(resource, old, inputs, 0.0)
        };
        let answer = self.harness.client.clone().update(request).await.unwrap();
        answer.into_inner().properties.unwrap()
    }

    pub(crate) async fn update(
        &self,
        resource: ResourceRef<'_>,
        old: &Recorded,
        inputs: &Struct,
        timeout: f64,
    ) -> Result<Recorded, Failed> {
        let request = update(resource, old, inputs, timeout);
        let recorded = |inputs: &Struct, outputs| Recorded {
            id: old.id.clone(),
            inputs: inputs.clone(),
            outputs,
        };
        match self.harness.client.clone().update(request).await {
            Ok(answer) => Ok(recorded(inputs, answer.into_inner().properties.unwrap())),
            // The engine keeps the old inputs, whatever the response contains.
            Err(status) => Err(Failed {
                recorded: init_failed(&status).map(|init_failed| recorded(&old.inputs, init_failed.outputs)),
                status,
            }),
        }
    }

    pub(crate) async fn delete(&self, resource: ResourceRef<'_>, old: &Recorded, timeout: f64) -> Result<(), Status> {
        let request = DeleteRequest {
            id: old.id.clone(),
            urn: resource.urn(),
            properties: Some(old.outputs.clone()),
            old_inputs: Some(old.inputs.clone()),
            timeout,
            ..DeleteRequest::default()
        };
        self.harness.client.clone().delete(request).await.map(drop)
    }

    /// Cancels, as Ctrl-C does.
    pub(crate) async fn cancel(&self) {
        self.harness.client.clone().cancel(()).await.unwrap();
    }
}

fn update(resource: ResourceRef<'_>, old: &Recorded, inputs: &Struct, timeout: f64) -> UpdateRequest {
    UpdateRequest {
        id: old.id.clone(),
        urn: resource.urn(),
        olds: Some(old.outputs.clone()),
        old_inputs: Some(old.inputs.clone()),
        news: Some(inputs.clone()),
        timeout,
        ..UpdateRequest::default()
    }
}

/// Returns the object that the engine records despite a failed create or update.
fn init_failed(status: &Status) -> Option<Recorded> {
    if status.details().is_empty() {
        return None;
    }
    let detail: ErrorResourceInitFailed = detail(status, "ErrorResourceInitFailed");
    assert!(!detail.id.is_empty() && !detail.reasons.is_empty());
    Some(Recorded {
        id: detail.id,
        inputs: detail.inputs.unwrap(),
        outputs: detail.properties.unwrap(),
    })
}

/// Formats the properties with each secret replaced by a placeholder.
pub(crate) fn visible(properties: &Struct) -> String {
    open(&plain(properties)).to_string()
}

fn open(value: &Json) -> Json {
    match value {
        Json::Object(members) if members.contains_key("4dabf18193072939515e22adb298388d") => "[secret]".into(),
        Json::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), open(value)))
            .collect(),
        Json::Array(items) => items.iter().map(open).collect(),
        other => other.clone(),
    }
}

/// Checks that the real outputs equal those that the preview knew.
pub(crate) fn keeps_promise(preview: &Struct, real: &Struct) -> Result<(), String> {
    let (preview, real) = (plain(preview), plain(real));
    let mut broken = Vec::new();
    for (name, promised) in preview.as_object().unwrap() {
        let unknown = promised.to_string().contains(UNKNOWN);
        let absent = promised.is_null() && real.get(name).is_none_or(Json::is_null);
        if !unknown && !absent && real.get(name) != Some(promised) {
            broken.push(format!("{name}: {promised} was promised, it is {:?}", real.get(name)));
        }
    }
    match broken.is_empty() {
        true => Ok(()),
        false => Err(broken.join("; ")),
    }
}

/// Waits until AWS has settled: no delayed reads and no lingering objects remain.
pub(crate) async fn settle() {
    tokio::time::sleep(Duration::from_secs(90)).await;
}
