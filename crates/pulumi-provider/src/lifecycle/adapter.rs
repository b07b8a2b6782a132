//! Implements the object-safe [`DynResource`], which the server calls, for every typed [`Resource`].
//!
//! Converts property trees to plain structs and back. Secret marks are removed on the way in and added again on the way out: by
//! path, by schema, and wherever an output repeats a text that was secret.

mod convert;
mod diagnosis;
mod guard;
mod unfinished;

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;

use self::convert::{decode, echoed, encode, found, is_complete, outputs, protect, settle};
use self::guard::Looked;
use crate::error::{Error, ErrorKind, Failed};
use crate::lifecycle::check::{self, Checked};
use crate::lifecycle::diff;
use crate::lifecycle::{other_versions, preview, secrets};
use crate::property::path::PropertyPath;
use crate::property::{Map, secret_paths};
use crate::resource::changes::{Changes, Diff};
use crate::resource::check_cx::CheckCx;
use crate::resource::context::{Created, Cx};
use crate::resource::draft::{Draft, Failures};
use crate::resource::findings::Findings;
use crate::resource::limits::OperationKind;
use crate::resource::redaction::Redaction;
use crate::resource::{Clients, Deleted, Found, Identity, Resource, Update};
use crate::schema::ResourceSchema;

/// The arguments of Diff.
#[derive(Debug)]
pub struct DiffRequest<'a> {
    /// The recorded inputs and outputs; in a refresh, the live ones.
    pub old: &'a Prior,
    /// The new checked inputs.
    pub inputs: &'a Map,
    /// The user's `ignoreChanges`.
    pub ignored: &'a [PropertyPath],
    /// Whether the program itself sets the physical name.
    pub named_by_user: bool,
}

/// The inputs and outputs of a resource that the engine has recorded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prior {
    /// The checked inputs.
    pub inputs: Map,
    /// The outputs.
    pub outputs: Map,
}

/// The result of a finished create.
#[derive(Clone, Debug, PartialEq)]
pub struct CreatedMap {
    /// The id of the object.
    pub id: String,
    /// All outputs.
    pub outputs: Map,
}

/// An update that failed.
#[derive(Clone, Debug, PartialEq)]
pub struct FailedUpdate {
    /// The reason.
    pub error: Error,
    /// The outputs to record if the object was changed or may have been changed; `None` if it was not.
    pub outputs: Option<Map>,
}

impl From<Error> for FailedUpdate {
    fn from(error: Error) -> Self {
        Self { error, outputs: None }
    }
}

/// A resource without its Rust types, as the server stores it.
pub trait DynResource<C>: Send + Sync {
    /// Returns the type token.
    fn token(&self) -> &'static str;

    /// Validates and completes the program's inputs. `clients` is `None` while the provider's configuration is unknown: then
    /// [`Resource::provider_rules`] are skipped.
    fn check(&self, schema: &ResourceSchema, clients: Option<&C>, request: check::Request<'_>) -> Checked;

    /// Compares the recorded resource with new inputs.
    ///
    /// # Errors
    /// A change that cannot be made.
    fn diff(&self, schema: &ResourceSchema, clients: &C, request: DiffRequest<'_>) -> Result<Diff, Error>;

    /// Returns the outputs of a create (`old` is `None`) or update that are known in preview.
    fn preview(&self, schema: &ResourceSchema, clients: &C, inputs: &Map, old: Option<&Prior>) -> Map;

    /// Checks against the service what the create or update of a preview would do.
    fn preview_checks<'a>(
        &'a self,
        cx: &'a CheckCx<'a, C>,
        inputs: &'a Map,
        findings: &'a mut Findings,
    ) -> BoxFuture<'a, ()>;

    /// Returns how long an operation may take unless the user sets another limit.
    fn limit(&self, doing: OperationKind, inputs: &Map) -> Duration;

    /// Creates the object.
    fn create<'a>(
        &'a self,
        schema: &'a ResourceSchema,
        cx: &'a Cx<C>,
        inputs: &'a Map,
    ) -> BoxFuture<'a, Result<CreatedMap, Failed<Map>>>;

    /// Reads the object. Returns `None` if it does not exist. `prior` is `None` in an import.
    fn read<'a>(
        &'a self,
        schema: &'a ResourceSchema,
        cx: &'a Cx<C>,
        id: &'a str,
        prior: Option<Prior>,
    ) -> BoxFuture<'a, Result<Option<Prior>, Error>>;

    /// Updates the object and returns all outputs.
    fn update<'a>(
        &'a self,
        schema: &'a ResourceSchema,
        cx: &'a Cx<C>,
        id: &'a str,
        old: Prior,
        inputs: &'a Map,
    ) -> BoxFuture<'a, Result<Map, FailedUpdate>>;

    /// Deletes the object and waits until it is gone.
    fn delete<'a>(
        &'a self,
        schema: &'a ResourceSchema,
        cx: &'a Cx<C>,
        id: &'a str,
        old: Prior,
    ) -> BoxFuture<'a, Result<(), Error>>;
}

/// Returns the object-safe form of a resource.
#[must_use]
pub fn erase<R: Resource>() -> Box<dyn DynResource<R::Clients>> {
    Box::new(Erased::<R>(PhantomData))
}

/// Returns the inputs of a create as one canonical text. It contains secrets: hash it, never show it.
#[must_use]
pub fn canonical(inputs: &Map) -> String {
    format!("{:?}", secret_paths::split(inputs.clone()).0)
}

struct Erased<R>(PhantomData<fn() -> R>);

impl<C: Clients, R: Resource<Clients = C>> DynResource<C> for Erased<R> {
    fn token(&self) -> &'static str {
        R::TOKEN
    }

    fn check(&self, schema: &ResourceSchema, clients: Option<&C>, request: check::Request<'_>) -> Checked {
        let rules = |draft: &Draft<'_>, failures: &mut Failures| {
            R::rules(draft, failures);
            if let Some(clients) = clients {
                R::provider_rules(draft, clients, failures);
            }
        };
        let mut checked = check::check(schema, request, rules);
        let hide = Redaction::of([&checked.inputs]);
        for failure in &mut checked.failures {
            failure.reason = hide.text(&failure.reason);
        }
        checked
    }

    fn diff(&self, schema: &ResourceSchema, clients: &C, request: DiffRequest<'_>) -> Result<Diff, Error> {
        let DiffRequest {
            old,
            inputs,
            ignored,
            named_by_user,
        } = request;
        let mut old_inputs = old.inputs.clone();
        other_versions::strip(&schema.inputs, &mut old_inputs);
        let mut changes = Changes {
            old_inputs: &old_inputs,
            old_state: &old.outputs,
            inputs,
            by_path: diff::inputs(&schema.inputs, R::same, &old_inputs, &old.outputs, inputs),
            causes: BTreeMap::new(),
            delete_first: false,
            ignored,
            named_by_user,
        };
        let hide = Redaction::of([&old.inputs, &old.outputs, inputs]);
        R::diff(&mut changes, clients).map_err(|error| hide.error(error))?;
        let mut diff = changes.finish(schema);
        diff.reason = unfinished::reason(&old.outputs, diff.reason).map(|reason| hide.text(&reason));
        Ok(diff)
    }

    fn preview(&self, schema: &ResourceSchema, clients: &C, inputs: &Map, old: Option<&Prior>) -> Map {
        let computed = R::preview(&Draft::new(inputs), old.map(|old| &old.outputs), clients);
        let mut outputs = preview::outputs(&schema.outputs, inputs, old, computed);
        protect(&schema.outputs, inputs, &mut outputs);
        outputs
    }

    fn preview_checks<'a>(
        &'a self,
        cx: &'a CheckCx<'a, C>,
        inputs: &'a Map,
        findings: &'a mut Findings,
    ) -> BoxFuture<'a, ()> {
        async move {
            let draft = Draft::new(inputs);
            R::lint(cx, &draft, findings).await;
            if !cx.is_offline() {
                R::preview_checks(cx, &draft, findings).await;
            }
        }
        .boxed()
    }

    fn limit(&self, doing: OperationKind, inputs: &Map) -> Duration {
        R::limit(doing, decode::<R::Inputs>("inputs", inputs).ok().as_ref())
    }

    fn create<'a>(
        &'a self,
        schema: &'a ResourceSchema,
        cx: &'a Cx<C>,
        inputs: &'a Map,
    ) -> BoxFuture<'a, Result<CreatedMap, Failed<Map>>> {
        async move {
            let typed = decode::<R::Inputs>("inputs", inputs).map_err(|error| cx.explain(error))?;
            match cx.run(R::create(cx, typed)).await {
                Ok(Created { id, state }) => match outputs::<R>(schema, inputs, &state) {
                    Ok(outputs) => Ok(CreatedMap { id, outputs }),
                    // The object exists, so its id must be recorded whatever fails from here on.
                    Err(error) => Err(Failed::Partial {
                        id,
                        state: Box::new(echoed(&schema.outputs, inputs)),
                        error,
                    }),
                },
                Err(Failed::NotCreated(error)) => {
                    let error = diagnosis::explain::<R>(cx, error, inputs, None).await;
                    Err(Failed::NotCreated(cx.explain(error)))
                }
                Err(Failed::Partial { id, state, error }) => {
                    let error = cx.explain(diagnosis::explain::<R>(cx, error, inputs, None).await);
                    let state = outputs::<R>(schema, inputs, &state);
                    let mut state = Box::new(state.unwrap_or_else(|_| echoed(&schema.outputs, inputs)));
                    unfinished::mark_created(&mut state, inputs);
                    Err(Failed::Partial { id, state, error })
                }
            }
        }
        .boxed()
    }

    fn read<'a>(
        &'a self,
        schema: &'a ResourceSchema,
        cx: &'a Cx<C>,
        id: &'a str,
        prior: Option<Prior>,
    ) -> BoxFuture<'a, Result<Option<Prior>, Error>> {
        async move {
            // `Resource.get` sends the values that the program passes, often none. This is an import, unless they are complete
            // inputs.
            let is_record = |prior: &Prior| !prior.outputs.is_empty() && !prior.inputs.is_empty();
            let mut prior = prior.filter(|prior| is_record(prior) || is_complete(schema, &prior.inputs));
            if let Some(prior) = &mut prior {
                prior.inputs = unfinished::certain_inputs(&schema.inputs, &prior.outputs, &prior.inputs);
                other_versions::strip(&schema.inputs, &mut prior.inputs);
            }
            // Complete inputs that a program passes are still no record of the object: they come without outputs.
            let record = prior.as_ref().filter(|prior| !prior.outputs.is_empty());
            let found = read::<R>(schema, cx, id, record).await;
            let found =
                found.map_err(|error| cx.explain(error.context(format!("reading {}", guard::called::<R>(id)))))?;
            let Some(found) = found else { return Ok(None) };
            let mut inputs = encode("inputs", &found.inputs)?;
            let old = prior.unwrap_or_default();
            if !old.inputs.is_empty() {
                settle(&PropertyPath::root(), &schema.inputs, R::same, &old.inputs, &mut inputs);
            }
            secrets::mark(&schema.inputs, &mut inputs);
            let inputs = secret_paths::split(old.inputs).1.apply(inputs);
            let outputs = outputs::<R>(schema, &inputs, &found.state)?;
            let outputs = secret_paths::split(old.outputs).1.apply(outputs);
            Ok(Some(Prior { inputs, outputs }))
        }
        .boxed()
    }

    fn update<'a>(
        &'a self,
        schema: &'a ResourceSchema,
        cx: &'a Cx<C>,
        id: &'a str,
        old: Prior,
        inputs: &'a Map,
    ) -> BoxFuture<'a, Result<Map, FailedUpdate>> {
        async move {
            let explain = |error: Error| cx.explain(error.context(format!("updating {}", guard::called::<R>(id))));
            let known = |inputs: &Map| Prior {
                inputs: inputs.clone(),
                outputs: old.outputs.clone(),
            };
            let possible = unfinished::possible_inputs(&old.outputs, &old.inputs);
            let recorded = found::<R>(schema, &known(possible)).map_err(explain)?;
            let wanted = decode::<R::Inputs>("inputs", inputs).map_err(explain)?;
            let seen = Mutex::new(recorded.state.clone());
            let update = Update {
                bases: unfinished::bases(&old.outputs),
                in_doubt: unfinished::is_in_doubt(&old.outputs),
                recorded,
                wanted,
            };
            let updated = update_own::<R>(cx, id, update, &seen).await;
            let failed = match updated.and_then(|state| outputs::<R>(schema, inputs, &state)) {
                Ok(outputs) => return Ok(outputs),
                Err(error) => diagnosis::explain::<R>(cx, error, inputs, Some(&old.inputs)).await,
            };
            if !cx.sent().may_have_changed() {
                return Err(explain(failed).into());
            }
            let seen = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
            let mut recorded = outputs::<R>(schema, inputs, &seen).unwrap_or_else(|_| echoed(&schema.outputs, inputs));
            let before = known(unfinished::last_inputs(&old.outputs, &old.inputs));
            let request = DiffRequest {
                old: &before,
                inputs,
                ignored: &[],
                named_by_user: false,
            };
            let changes = self.diff(schema, cx.clients(), request).ok();
            let attempt = unfinished::Attempt {
                schema: &schema.inputs,
                old_outputs: &old.outputs,
                possible,
                inputs,
                changes: changes.map(|diff| diff.detailed.into_keys().collect()),
                in_doubt: cx.sent().is_in_doubt(),
            };
            unfinished::mark_updated(&mut recorded, attempt);
            Err(FailedUpdate {
                error: explain(match (failed.kind(), cx.sent().is_in_doubt()) {
                    (ErrorKind::Failed | ErrorKind::Bug, _) => failed,
                    (_, true) => failed
                        .besides("The object may have changed: the next `pulumi up` reads it and continues from there"),
                    (_, false) => failed.besides(
                        "The changes made so far are recorded in the state: the next `pulumi up` continues from there",
                    ),
                }),
                outputs: Some(recorded),
            })
        }
        .boxed()
    }

    fn delete<'a>(
        &'a self,
        schema: &'a ResourceSchema,
        cx: &'a Cx<C>,
        id: &'a str,
        old: Prior,
    ) -> BoxFuture<'a, Result<(), Error>> {
        async move {
            let explain = |error: Error| cx.explain(error.context(format!("deleting {}", guard::called::<R>(id))));
            let old = found::<R>(schema, &old).map_err(explain)?;
            cx.run(delete_own::<R>(cx, id, old)).await.map_err(explain)
        }
        .boxed()
    }
}

async fn read<R: Resource>(
    schema: &ResourceSchema,
    cx: &Cx<R::Clients>,
    id: &str,
    prior: Option<&Prior>,
) -> Result<Option<Found<R::Inputs, R::State>>, Error> {
    let prior = prior.map(|prior| found::<R>(schema, prior)).transpose()?;
    R::check_id(id)?;
    let recorded = prior
        .as_ref()
        .and_then(|prior| R::full_name(&prior.state))
        .map(str::to_owned);
    let recorded = recorded.as_deref();
    let read = async {
        match guard::look::<R>(cx, id, recorded).await? {
            Looked::Own(live) => R::read(cx, live, prior).await.map(Some),
            Looked::Gone => Ok(None),
            Looked::Another(found) => {
                cx.warn(&format!(
                    "{}. The provider does not change it",
                    guard::not_ours::<R>(id, recorded, &found)
                ));
                Ok(None)
            }
        }
    };
    cx.run(read).await
}

async fn update_own<R: Resource>(
    cx: &Cx<R::Clients>,
    id: &str,
    update: Update<R::Inputs, R::State>,
    seen: &Mutex<R::State>,
) -> Result<R::State, Error> {
    let recorded = R::full_name(&update.recorded.state).map(str::to_owned);
    let recorded = recorded.as_deref();
    let updating = async {
        match guard::look::<R>(cx, id, recorded).await? {
            Looked::Own(_) if cx.is_cancelled() => Err(guard::cancelled()),
            Looked::Own(live) => R::update(cx, id, live, update, seen).await,
            Looked::Gone => Err(guard::gone::<R>()),
            Looked::Another(found) => Err(guard::refused::<R>(id, recorded, &found)),
        }
    };
    cx.run(updating).await
}

async fn delete_own<R: Resource>(cx: &Cx<R::Clients>, id: &str, old: Found<R::Inputs, R::State>) -> Result<(), Error> {
    let recorded = R::full_name(&old.state).map(str::to_owned);
    let recorded = recorded.as_deref();
    match R::IDENTITY {
        // The service never gives this id to another object, in any account: a delete by id cannot hit another object.
        Identity::Id => guard::same_place::<R>(cx, recorded).await?,
        Identity::FullName => match guard::look::<R>(cx, id, recorded).await? {
            Looked::Own(_) if cx.is_cancelled() => return Err(guard::cancelled()),
            Looked::Own(_) => {}
            Looked::Gone => return Ok(()),
            Looked::Another(found) => {
                cx.warn(&format!(
                    "{}. The provider does not change it",
                    guard::not_ours::<R>(id, recorded, &found)
                ));
                return Ok(());
            }
        },
    }
    match R::delete(cx, id, old).await? {
        Deleted::Done => Ok(()),
        Deleted::WasAbsent => guard::confirm_absent::<R>(cx, recorded).await,
    }
}

#[cfg(test)]
mod tests;
