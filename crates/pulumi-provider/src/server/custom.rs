//! The lifecycle of custom resources.

use std::sync::Arc;

use tonic::{Code, Status};

use super::preview_checks;
use super::properties::{decode, encode, remove_unknown, urn};
use super::run::{Operation, entry};
use crate::error::{self, Error, Failed};
use crate::lifecycle::adapter::{self, FailedUpdate, Prior};
use crate::lifecycle::autoname::Autonaming;
use crate::lifecycle::check;
use crate::property::Map;
use crate::property::path::PropertyPath;
use crate::proto::check_request::AutonamingOptions;
use crate::proto::check_request::autonaming_options::Mode;
use crate::proto::diff_response::DiffChanges;
use crate::proto::property_diff::Kind;
use crate::proto::{
    CheckFailure, CheckRequest, CheckResponse, CreateRequest, CreateResponse, DeleteRequest, DiffRequest, DiffResponse,
    PropertyDiff, ReadRequest, ReadResponse, UpdateRequest, UpdateResponse,
};
use crate::provider::{Package, Provider};
use crate::resource::Clients as _;
use crate::resource::changes::{Change, ChangeKind, Diff};
use crate::resource::limits::OperationKind;
use crate::server::status::{self, InitFailed};

pub(super) fn check<P: Package>(provider: &Provider<P>, request: CheckRequest) -> Result<CheckResponse, Status> {
    let urn = urn(&request.urn)?;
    let entry = entry(provider, &urn)?;
    let instance = provider.instance();
    let checked = entry.resource.check(
        entry.schema,
        instance.as_ref().map(|instance| instance.clients.as_ref()),
        check::Request {
            urn: &urn,
            olds: &decode(request.olds)?,
            news: decode(request.news)?,
            seed: &request.random_seed,
            autonaming: request.autonaming.map(autonaming),
        },
    );
    provider
        .memory()
        .checked(&urn, &request.random_seed, checked.named_by_user);
    let failures = checked.failures.into_iter();
    Ok(CheckResponse {
        inputs: Some(encode(checked.inputs)?),
        failures: failures
            .map(|check::CheckFailure { property, reason }| CheckFailure { property, reason })
            .collect(),
    })
}

pub(super) fn diff<P: Package>(provider: &Arc<Provider<P>>, request: DiffRequest) -> Result<DiffResponse, Status> {
    let operation = Operation::on(provider, urn(&request.urn)?, &request.id)?;
    let request = adapter::DiffRequest {
        old: &Prior {
            inputs: decode(request.old_inputs)?,
            outputs: decode(request.olds)?,
        },
        inputs: &decode(request.news)?,
        ignored: &patterns(&request.ignore_changes)?,
        named_by_user: provider.memory().named_by_user(&operation.urn),
    };
    let diff = operation
        .resource()
        .diff(operation.schema(), operation.clients(), request);
    let diff = diff.map_err(|error| status::failed(&error))?;
    provider.memory().compared(&operation.urn, diff.reason.clone());
    Ok(encode_diff(diff))
}

pub(super) async fn create<P: Package>(
    provider: &Arc<Provider<P>>,
    request: CreateRequest,
) -> Result<CreateResponse, Status> {
    let operation = Operation::new(provider, urn(&request.urn)?)?;
    let inputs = decode(request.properties)?;
    if request.preview {
        operation.explain().await;
        preview_checks::run(&operation, &inputs, None).await?;
        let outputs = operation
            .resource()
            .preview(operation.schema(), operation.clients(), &inputs, None);
        let properties = Some(encode(outputs)?);
        return Ok(CreateResponse {
            properties,
            ..CreateResponse::default()
        });
    }
    let inputs = Arc::new(inputs);
    let (urn, asked) = (operation.urn.clone(), inputs.clone());
    let created = operation
        .run("create", move |operation| async move {
            operation.announce();
            let cx = operation.cx(OperationKind::Create, request.timeout, &inputs, &Prior::default());
            match operation.resource().create(operation.schema(), &cx, &inputs).await {
                Ok(created) => {
                    let properties = known(&created.id, created.outputs, &inputs)?;
                    Ok(CreateResponse {
                        id: created.id,
                        properties: Some(properties),
                        refresh_before_update: false,
                    })
                }
                Err(Failed::NotCreated(error)) => Err(status::failed(&error)),
                Err(Failed::Partial { id, state, error }) => {
                    Err(init_failed(&error, id, *state, Arc::unwrap_or_clone(inputs)))
                }
            }
        })
        .await;
    match created {
        // A bug after the object was created must not lose the object either.
        Err(status) if status.code() == Code::Internal && status.details().is_empty() => {
            match provider.memory().resume(&urn, &adapter::canonical(&asked)) {
                Some(id) => Err(init_failed(
                    &Error::new(error::ErrorKind::Bug, status.message()),
                    id,
                    Map::clone(&asked),
                    Arc::unwrap_or_clone(asked),
                )),
                None => Err(status),
            }
        }
        created => created,
    }
}

pub(super) async fn read<P: Package>(
    provider: &Arc<Provider<P>>,
    request: ReadRequest,
) -> Result<ReadResponse, Status> {
    let urn = urn(&request.urn)?;
    let is_question = urn.is_made_up();
    if provider.component(urn.type_token()).is_some() {
        return Err(status::failed(&component_to_import(urn.type_token())));
    }
    let operation = Operation::on(provider, urn, &request.id)?;
    let prior = match (request.inputs, request.properties) {
        // An import has only the id.
        (None, None) => None,
        (inputs, properties) => Some(Prior {
            inputs: decode(inputs)?,
            outputs: decode(properties)?,
        }),
    };
    operation
        .run("read", move |operation| async move {
            let recorded = prior.clone().unwrap_or_default();
            let cx = operation.cx(OperationKind::Read, request.timeout, &Map::new(), &recorded);
            let found = operation
                .resource()
                .read(operation.schema(), &cx, &request.id, prior)
                .await;
            let Some(mut found) = found.map_err(|error| status::failed(&error))? else {
                let is_import = recorded.outputs.is_empty() && !is_question;
                return if is_import {
                    Err(status::failed(&nothing_to_import(&operation, &request.id)))
                } else {
                    // An answer without id, inputs and properties says that the object does not exist.
                    Ok(ReadResponse::default())
                };
            };
            if let Some(path) = remove_unknown(&mut found.outputs).or_else(|| remove_unknown(&mut found.inputs)) {
                return Err(status::failed(&unknown_output(&path.to_string())));
            }
            Ok(ReadResponse {
                id: request.id,
                properties: Some(encode(found.outputs)?),
                inputs: Some(encode(found.inputs)?),
                refresh_before_update: false,
            })
        })
        .await
}

/// Returns the error for an import of a component by an id. It has no object of its own, so there is nothing to read.
fn component_to_import(token: &str) -> Error {
    let kind = token.rsplit(':').next().unwrap_or(token);
    Error::new(
        error::ErrorKind::Invalid,
        format!("{kind} is a component, which has no id and cannot be read"),
    )
    .advise(
        "To import its resources, give it an entry with `\"component\": true` and without `id` in the file of `pulumi import --file`, and \
         name this entry as their `parent`",
    )
}

/// Returns the error for an import of an object that does not exist. The engine's own message names neither the kind of
/// object nor the Region.
fn nothing_to_import<P: Package>(operation: &Operation<P>, id: &str) -> Error {
    let token = operation.resource().token();
    let kind = token.rsplit(':').next().unwrap_or(token);
    let place = operation.clients().place();
    let place = place.map(|place| format!(" in {place}")).unwrap_or_default();
    Error::new(error::ErrorKind::NotFound, format!("there is no {kind} `{id}`{place}"))
        .advise("Check the id, and the Region and account of the provider")
}

pub(super) async fn update<P: Package>(
    provider: &Arc<Provider<P>>,
    request: UpdateRequest,
) -> Result<UpdateResponse, Status> {
    let operation = Operation::on(provider, urn(&request.urn)?, &request.id)?;
    let old = Prior {
        inputs: decode(request.old_inputs)?,
        outputs: decode(request.olds)?,
    };
    let inputs = decode(request.news)?;
    if request.preview {
        operation.explain().await;
        preview_checks::run(&operation, &inputs, Some(&old.inputs)).await?;
        let outputs = operation
            .resource()
            .preview(operation.schema(), operation.clients(), &inputs, Some(&old));
        let properties = Some(encode(outputs)?);
        return Ok(UpdateResponse {
            properties,
            refresh_before_update: false,
        });
    }
    operation
        .run("update", move |operation| async move {
            operation.announce();
            let cx = operation.cx(OperationKind::Update, request.timeout, &inputs, &old);
            let updating = operation
                .resource()
                .update(operation.schema(), &cx, &request.id, old, &inputs);
            let outputs = match updating.await {
                Ok(outputs) => outputs,
                Err(FailedUpdate { error, outputs: None }) => return Err(status::failed(&error)),
                Err(FailedUpdate {
                    error,
                    outputs: Some(outputs),
                    // The engine keeps the old inputs, whatever this answer contains.
                }) => return Err(init_failed(&error, request.id, outputs, inputs)),
            };
            let properties = Some(known(&request.id, outputs, &inputs)?);
            Ok(UpdateResponse {
                properties,
                refresh_before_update: false,
            })
        })
        .await
}

pub(super) async fn delete<P: Package>(provider: &Arc<Provider<P>>, request: DeleteRequest) -> Result<(), Status> {
    let operation = Operation::on(provider, urn(&request.urn)?, &request.id)?;
    let old = Prior {
        inputs: decode(request.old_inputs)?,
        outputs: decode(request.properties)?,
    };
    operation
        .run("delete", move |operation| async move {
            let cx = operation.cx(OperationKind::Delete, request.timeout, &old.inputs, &old);
            let deleting = operation.resource().delete(operation.schema(), &cx, &request.id, old);
            deleting.await.map_err(|error| status::failed(&error))
        })
        .await
}

/// Encodes the outputs of an operation that was not a preview: all of them must be known. An unknown output is a bug in the
/// provider, and the object is recorded anyway.
fn known(id: &str, mut outputs: Map, inputs: &Map) -> Result<prost_types::Struct, Status> {
    match remove_unknown(&mut outputs) {
        None => encode(outputs),
        Some(path) => Err(init_failed(
            &unknown_output(&path.to_string()),
            id.to_owned(),
            outputs,
            inputs.clone(),
        )),
    }
}

fn unknown_output(path: &str) -> Error {
    Error::bug(format!("the output `{path}` is not known after the operation"))
}

/// Returns the status for an object that exists but does not match its inputs.
fn init_failed(error: &Error, id: String, mut outputs: Map, mut inputs: Map) -> Status {
    // Values that cannot be recorded are left out: the id matters more.
    remove_unknown(&mut outputs);
    remove_unknown(&mut inputs);
    let properties = encode(outputs).unwrap_or_default();
    let inputs = encode(inputs).unwrap_or_default();
    status::init_failed(error, InitFailed { id, properties, inputs })
}

fn patterns(texts: &[String]) -> Result<Vec<PropertyPath>, Status> {
    let patterns = texts.iter().map(|text| text.parse::<PropertyPath>());
    patterns
        .collect::<Result<_, _>>()
        .map_err(|error| Status::invalid_argument(error.to_string()))
}

pub(super) fn encode_diff(diff: Diff) -> DiffResponse {
    let changes = if diff.detailed.is_empty() {
        DiffChanges::DiffNone
    } else {
        DiffChanges::DiffSome
    };
    let detailed = diff.detailed.into_iter();
    DiffResponse {
        replaces: diff.replaces.into_iter().collect(),
        stables: diff.stables,
        delete_before_replace: diff.delete_first,
        changes: changes.into(),
        diffs: diff.properties.into_iter().collect(),
        detailed_diff: detailed
            .map(|(path, change)| (path.to_string(), encode_change(change)))
            .collect(),
        has_detailed_diff: true,
    }
}

fn encode_change(change: Change) -> PropertyDiff {
    let kind = match (change.kind, change.replace) {
        (ChangeKind::Add, false) => Kind::Add,
        (ChangeKind::Add, true) => Kind::AddReplace,
        (ChangeKind::Delete, false) => Kind::Delete,
        (ChangeKind::Delete, true) => Kind::DeleteReplace,
        (ChangeKind::Update, false) => Kind::Update,
        (ChangeKind::Update, true) => Kind::UpdateReplace,
    };
    PropertyDiff {
        kind: kind.into(),
        input_diff: change.input,
    }
}

fn autonaming(options: AutonamingOptions) -> Autonaming {
    match options.mode() {
        Mode::Propose => Autonaming::Propose(options.proposed_name),
        Mode::Enforce => Autonaming::Enforce(options.proposed_name),
        Mode::Disable => Autonaming::Disable,
    }
}
