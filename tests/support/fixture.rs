//! An emulated AWS with one provider instance, and the engine's part of the lifecycle.
#![allow(dead_code)] // each test crate uses its own part

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_emulator::faults::{Fault, FaultKind};
use aws_emulator::journal::Entry;
use aws_emulator::mode::Mode;
use aws_emulator::{Emulator, Settings, sdk};
use private_step_functions::aws::Aws;
use private_step_functions::aws::config::ProviderConfig;
use private_step_functions::package;
use pulumi_provider::error::{Error, Failed};
use pulumi_provider::lifecycle::adapter::{DiffRequest, Prior, canonical, erase};
use pulumi_provider::lifecycle::check;
use pulumi_provider::property::{Map, Value};
use pulumi_provider::resource::Resource;
use pulumi_provider::resource::changes::Diff;
use pulumi_provider::resource::check_cx::{CheckCx, Shared};
use pulumi_provider::resource::context::{Cx, CxParts, Report};
use pulumi_provider::resource::findings::{Finding, Findings};
use pulumi_provider::resource::limits::OperationKind;
use pulumi_provider::resource::memory::ProcessMemory;
use pulumi_provider::resource::redaction::Redaction;
use pulumi_provider::schema::{ResourceSchema, Schema};
use pulumi_provider::urn::Urn;
use serde_json::json;
use tokio_util::sync::CancellationToken;

pub(crate) const REGION: &str = "eu-west-1";

pub(crate) struct Fixture {
    pub(crate) emulator: Emulator,
    pub(crate) aws: Arc<Aws>,
    pub(crate) report: Arc<Recorder>,
    /// The user's custom timeout for later operations.
    pub(crate) timeout: Option<Duration>,
    /// Cancels later operations.
    pub(crate) cancel: CancellationToken,
    /// A different seed represents another run of the engine.
    pub(crate) seed: &'static [u8],
    memory: Arc<ProcessMemory>,
    schema: Schema,
}

/// Records the statuses and warnings that the user would see.
#[derive(Default)]
pub(crate) struct Recorder {
    statuses: Mutex<Vec<String>>,
    warnings: Mutex<Vec<String>>,
}

impl Report for Recorder {
    fn status(&self, _: &Urn, text: &str) {
        self.statuses.lock().unwrap().push(text.to_owned());
    }

    fn announce(&self, _: &Urn, _: &str) {}

    fn note(&self, _: &Urn, _: &str) {}

    fn warn(&self, _: &Urn, text: &str) {
        self.warnings.lock().unwrap().push(text.to_owned());
    }

    fn error(&self, _: &Urn, _: &str) {}

    fn warn_stack(&self, _: &str) {}
}

/// A resource as the engine records it.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) prior: Prior,
}

impl Recorded {
    /// Returns an output as text, or an empty string if there is none.
    pub(crate) fn output(&self, name: &str) -> String {
        self.prior
            .outputs
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    }
}

impl Fixture {
    pub(crate) fn new() -> Self {
        Self::configured(json!({}))
    }

    /// Returns a fixture with extra provider configuration.
    pub(crate) fn configured(more: serde_json::Value) -> Self {
        let emulator = Emulator::new(Settings::default());
        let aws = provider(&emulator, REGION, more);
        Self::on(aws, emulator)
    }

    /// Returns a fixture whose emulator is in the cautious mode, whatever the mode of the run is. For tests of behavior
    /// that only this mode has.
    pub(crate) fn cautious(more: serde_json::Value) -> Self {
        let emulator = Emulator::new(Settings {
            mode: Mode::Cautious,
            ..Settings::default()
        });
        Self::on(provider(&emulator, REGION, more), emulator)
    }

    /// Returns a fixture with this provider instance, which need not be connected to the emulator.
    pub(crate) fn on(aws: Aws, emulator: Emulator) -> Self {
        Self {
            emulator,
            aws: Arc::new(aws),
            report: Arc::default(),
            timeout: None,
            cancel: CancellationToken::new(),
            seed: b"first run",
            memory: Arc::default(),
            schema: package::schema("0.0.0").unwrap(),
        }
    }

    /// Simulates another process in the same fixture: the provider loses its memory.
    pub(crate) fn restart(&mut self, seed: &'static [u8]) {
        self.memory = Arc::default();
        self.seed = seed;
        self.cancel = CancellationToken::new();
    }

    pub(crate) fn urn<R: Resource>(name: &str) -> Urn {
        format!("urn:pulumi:dev::shop::{}::{name}", R::TOKEN).parse().unwrap()
    }

    pub(crate) fn check<R: Resource<Clients = Aws>>(&self, name: &str, inputs: serde_json::Value, olds: &Map) -> Map {
        let urn = Self::urn::<R>(name);
        let Value::Object(news) = Value::from(inputs) else {
            panic!("inputs are an object");
        };
        let request = check::Request {
            urn: &urn,
            olds,
            news,
            seed: self.seed,
            autonaming: None,
        };
        let checked = erase::<R>().check(self.schema.resource(R::TOKEN).unwrap(), Some(&self.aws), request);
        assert_eq!(checked.failures, [], "{name}");
        self.memory.checked(&urn, self.seed, checked.named_by_user);
        checked.inputs
    }

    pub(crate) fn schema<R: Resource>(&self) -> &ResourceSchema {
        self.schema.resource(R::TOKEN).unwrap()
    }

    pub(crate) fn cx<R: Resource<Clients = Aws>>(
        &self,
        doing: OperationKind,
        name: &str,
        inputs: &Map,
        old: Option<&Prior>,
    ) -> Cx<Aws> {
        let recorded = old.into_iter().flat_map(|old| [&old.inputs, &old.outputs]);
        Cx::new(CxParts {
            clients: Arc::clone(&self.aws),
            urn: Self::urn::<R>(name),
            doing,
            limit: self.timeout.unwrap_or_else(|| erase::<R>().limit(doing, inputs)),
            cancel: self.cancel.clone(),
            report: Arc::clone(&self.report) as Arc<dyn Report>,
            memory: Arc::clone(&self.memory),
            secrets: Redaction::of(recorded.chain([inputs])),
            request: canonical(inputs),
        })
    }

    /// Runs Check and Create. The error contains a partially created object with everything that the engine records.
    pub(crate) async fn create<R: Resource<Clients = Aws>>(
        &self,
        name: &str,
        inputs: serde_json::Value,
    ) -> Result<Recorded, (Option<Recorded>, Error)> {
        let inputs = self.check::<R>(name, inputs, &Map::new());
        let cx = self.cx::<R>(OperationKind::Create, name, &inputs, None);
        let record = |id, outputs| Recorded {
            name: name.to_owned(),
            id,
            prior: Prior {
                inputs: inputs.clone(),
                outputs,
            },
        };
        let schema = self.schema.resource(R::TOKEN).unwrap();
        match erase::<R>().create(schema, &cx, &inputs).await {
            Ok(created) => Ok(record(created.id, created.outputs)),
            Err(Failed::Partial { id, state, error }) => Err((Some(record(id, *state)), error)),
            Err(Failed::NotCreated(error)) => Err((None, error)),
        }
    }

    /// Runs a refresh. Returns `None` if the object is gone.
    pub(crate) async fn refresh<R: Resource<Clients = Aws>>(&self, old: &Recorded) -> Result<Option<Recorded>, Error> {
        self.read::<R>(&old.name, &old.id, Some(old.prior.clone())).await
    }

    pub(crate) async fn import<R: Resource<Clients = Aws>>(
        &self,
        name: &str,
        id: &str,
    ) -> Result<Option<Recorded>, Error> {
        self.read::<R>(name, id, None).await
    }

    async fn read<R: Resource<Clients = Aws>>(
        &self,
        name: &str,
        id: &str,
        prior: Option<Prior>,
    ) -> Result<Option<Recorded>, Error> {
        let cx = self.cx::<R>(OperationKind::Read, name, &Map::new(), prior.as_ref());
        self.memory.recorded(cx.urn(), id);
        let schema = self.schema.resource(R::TOKEN).unwrap();
        let found = erase::<R>().read(schema, &cx, id, prior).await?;
        Ok(found.map(|prior| Recorded {
            name: name.to_owned(),
            id: id.to_owned(),
            prior,
        }))
    }

    /// Runs Check and Diff.
    pub(crate) fn diff<R: Resource<Clients = Aws>>(
        &self,
        old: &Recorded,
        inputs: serde_json::Value,
    ) -> Result<Diff, Error> {
        let inputs = self.check::<R>(&old.name, inputs, &old.prior.inputs);
        self.memory.recorded(&Self::urn::<R>(&old.name), &old.id);
        let request = DiffRequest {
            old: &old.prior,
            inputs: &inputs,
            ignored: &[],
            named_by_user: self.memory.named_by_user(&Self::urn::<R>(&old.name)),
        };
        erase::<R>().diff(self.schema.resource(R::TOKEN).unwrap(), &self.aws, request)
    }

    /// Runs Check and returns the outputs that a preview knows.
    pub(crate) fn preview<R: Resource<Clients = Aws>>(
        &self,
        name: &str,
        inputs: serde_json::Value,
        old: Option<&Recorded>,
    ) -> Map {
        let olds = old.map(|old| old.prior.inputs.clone()).unwrap_or_default();
        let inputs = self.check::<R>(name, inputs, &olds);
        let schema = self.schema.resource(R::TOKEN).unwrap();
        erase::<R>().preview(schema, &self.aws, &inputs, old.map(|old| &old.prior))
    }

    /// Runs Check and the checks of a preview. Returns what they find, and what they could not read.
    pub(crate) async fn findings<R: Resource<Clients = Aws>>(
        &self,
        name: &str,
        inputs: serde_json::Value,
        old: Option<&Recorded>,
        shared: &Shared,
    ) -> (Vec<Finding>, Vec<(String, Error)>) {
        let olds = old.map(|old| old.prior.inputs.clone()).unwrap_or_default();
        let inputs = self.check::<R>(name, inputs, &olds);
        let urn = Self::urn::<R>(name);
        let cx = CheckCx::new(&*self.aws, &urn, old.map(|_| &olds), shared);
        let mut found = Findings::default();
        erase::<R>().preview_checks(&cx, &inputs, &mut found).await;
        (found.into_list(), cx.into_not_checked())
    }

    /// Runs Check and Update.
    pub(crate) async fn update<R: Resource<Clients = Aws>>(
        &self,
        old: &Recorded,
        inputs: serde_json::Value,
    ) -> Result<Recorded, Error> {
        self.try_update::<R>(old, inputs).await.map_err(|(_, error)| error)
    }

    /// Does the same. The error contains what the engine records after a partial update.
    pub(crate) async fn try_update<R: Resource<Clients = Aws>>(
        &self,
        old: &Recorded,
        inputs: serde_json::Value,
    ) -> Result<Recorded, (Option<Recorded>, Error)> {
        let inputs = self.check::<R>(&old.name, inputs, &old.prior.inputs);
        let cx = self.cx::<R>(OperationKind::Update, &old.name, &inputs, Some(&old.prior));
        self.memory.recorded(cx.urn(), &old.id);
        let schema = self.schema.resource(R::TOKEN).unwrap();
        let record = |inputs: &Map, outputs| Recorded {
            prior: Prior {
                inputs: inputs.clone(),
                outputs,
            },
            ..old.clone()
        };
        let updating = erase::<R>();
        let updating = updating.update(schema, &cx, &old.id, old.prior.clone(), &inputs);
        match updating.await {
            Ok(outputs) => Ok(record(&inputs, outputs)),
            // The engine keeps the old inputs.
            Err(failed) => Err((
                failed.outputs.map(|outputs| record(&old.prior.inputs, outputs)),
                failed.error,
            )),
        }
    }

    pub(crate) async fn delete<R: Resource<Clients = Aws>>(&self, old: &Recorded) -> Result<(), Error> {
        let cx = self.cx::<R>(OperationKind::Delete, &old.name, &Map::new(), Some(&old.prior));
        self.memory.recorded(cx.urn(), &old.id);
        let schema = self.schema.resource(R::TOKEN).unwrap();
        erase::<R>().delete(schema, &cx, &old.id, old.prior.clone()).await
    }

    /// Returns the default VPC and its subnets.
    pub(crate) async fn network(&self) -> (String, Vec<String>) {
        let answer = self.aws.ec2().await.unwrap().describe_subnets().send().await.unwrap();
        let vpc = answer.subnets()[0].vpc_id().unwrap().to_owned();
        let mut subnets: Vec<_> = answer
            .subnets()
            .iter()
            .map(|subnet| subnet.subnet_id().unwrap().to_owned())
            .collect();
        subnets.sort();
        (vpc, subnets)
    }

    pub(crate) async fn security_group(&self, name: &str) -> String {
        let (vpc, _) = self.network().await;
        let ec2 = self.aws.ec2().await.unwrap();
        let made = ec2
            .create_security_group()
            .group_name(name)
            .description("test")
            .vpc_id(vpc)
            .send()
            .await
            .unwrap();
        // Other calls do not see the new group at first.
        tokio::time::sleep(Duration::from_secs(2)).await;
        made.group_id().unwrap().to_owned()
    }

    pub(crate) fn inject(&self, operation: &str, kind: FaultKind) {
        self.emulator.inject(Fault::new(operation, 1, kind));
    }

    /// Returns the calls of an operation so far.
    pub(crate) fn calls(&self, operation: &str) -> Vec<Entry> {
        self.emulator
            .journal()
            .into_iter()
            .filter(|entry| entry.operation == operation)
            .collect()
    }

    /// Returns the ids of the existing objects of a kind such as `resource-gateway`.
    pub(crate) fn existing(&self, kind: &str) -> Vec<String> {
        self.emulator
            .beyond_start()
            .into_iter()
            .filter(|row| row.kind == kind)
            .map(|row| row.id)
            .collect()
    }

    pub(crate) fn statuses(&self) -> Vec<String> {
        self.report.statuses.lock().unwrap().clone()
    }

    pub(crate) fn has_shown(&self, status: &str) -> bool {
        self.statuses().iter().any(|shown| shown == status)
    }

    pub(crate) fn warnings(&self) -> Vec<String> {
        self.report.warnings.lock().unwrap().clone()
    }
}

/// Returns a provider instance that is connected to the emulator.
pub(crate) fn provider(emulator: &Emulator, region: &str, more: serde_json::Value) -> Aws {
    let mut config = json!({ "region": region, "accessKey": "AKIATEST", "secretKey": "secret" });
    config
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let config: ProviderConfig = serde_json::from_value(config).unwrap();
    Aws::in_process(config, sdk::client(emulator))
}

/// Returns the object with some values replaced.
pub(crate) fn with(base: &serde_json::Value, changes: serde_json::Value) -> serde_json::Value {
    let mut all = base.clone();
    all.as_object_mut()
        .unwrap()
        .extend(changes.as_object().unwrap().clone());
    all
}
