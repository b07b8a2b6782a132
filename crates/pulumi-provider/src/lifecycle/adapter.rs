//! From the typed [`Resource`] to the object-safe [`DynResource`] that the server calls: written once, for all resources.
//!
//! This is where property trees become plain structs and come back: secrets are taken off on the way in and put on again
//! on the way out, by path, by schema, and wherever an output repeats a text that was secret.

mod guard;
mod unfinished;

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use serde::de::DeserializeOwned;

use crate::error::{Error, Failed, Kind};
use crate::lifecycle::check::{self, Checked};
use crate::lifecycle::diff::{self, SameRule};
use crate::lifecycle::{equality, other_versions, preview, secrets};
use crate::property::differences::present;
use crate::property::path::PropertyPath;
use crate::property::{Map, Value, secret_paths, typed};
use crate::resource::changes::{Changes, Diff};
use crate::resource::context::{Created, Cx};
use crate::resource::draft::{Draft, Failures};
use crate::resource::limits::Doing;
use crate::resource::redaction::{self, Redaction};
use crate::resource::{Clients, Deleted, Found, Identity, Resource, Update};
use crate::schema::{ObjectSchema, ResourceSchema, Type};
use guard::Looked;

/// What Diff is asked.
#[derive(Debug)]
pub struct DiffRequest<'a> {
    /// The recorded inputs and outputs; in a refresh, the live ones.
    pub old: &'a Prior,
    /// The new checked inputs.
    pub inputs: &'a Map,
    /// The user's `ignoreChanges`.
    pub ignored: &'a [PropertyPath],
    /// Whether the program itself gave the physical name.
    pub named_by_user: bool,
}

/// What the engine has recorded of a resource.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prior {
    /// The checked inputs.
    pub inputs: Map,
    /// The outputs.
    pub outputs: Map,
}

/// A finished create, as property trees.
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
    /// Why.
    pub error: Error,
    /// What is recorded of an object that was changed all the same, or may have been; `None` if nothing was.
    pub outputs: Option<Map>,
}

impl From<Error> for FailedUpdate {
    fn from(error: Error) -> Self {
        Self { error, outputs: None }
    }
}

/// A resource without its types, as the server holds it.
pub trait DynResource<C>: Send + Sync {
    /// The type token.
    fn token(&self) -> &'static str;

    /// Validates and completes the program's inputs. Without clients, while the provider's configuration is unknown, some rules
    /// are left out.
    fn check(&self, schema: &ResourceSchema, clients: Option<&C>, request: check::Request<'_>) -> Checked;

    /// Compares the recorded resource with new inputs.
    ///
    /// # Errors
    /// A change that cannot be made.
    fn diff(&self, schema: &ResourceSchema, clients: &C, request: DiffRequest<'_>) -> Result<Diff, Error>;

    /// The outputs of a create (`old` is `None`) or update as far as they are known beforehand.
    fn preview(&self, schema: &ResourceSchema, clients: &C, inputs: &Map, old: Option<&Prior>) -> Map;

    /// How long an operation may take unless the user says otherwise.
    fn limit(&self, doing: Doing, inputs: &Map) -> Duration;

    /// Makes the object.
    fn create<'a>(
        &'a self,
        schema: &'a ResourceSchema,
        cx: &'a Cx<C>,
        inputs: &'a Map,
    ) -> BoxFuture<'a, Result<CreatedMap, Failed<Map>>>;

    /// Looks the object up; `None` if it does not exist. `prior` is `None` in an import.
    fn read<'a>(
        &'a self,
        schema: &'a ResourceSchema,
        cx: &'a Cx<C>,
        id: &'a str,
        prior: Option<Prior>,
    ) -> BoxFuture<'a, Result<Option<Prior>, Error>>;

    /// Changes the object; answers all outputs.
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

/// The object-safe form of a resource.
#[must_use]
pub fn erase<R: Resource>() -> Box<dyn DynResource<R::Clients>> {
    Box::new(Erased::<R>(PhantomData))
}

/// The inputs of a create in one canonical text. It holds secrets: hash it, never show it.
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

    fn limit(&self, doing: Doing, inputs: &Map) -> Duration {
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
                    // The object exists: whatever goes wrong from here on, its id must be recorded.
                    Err(error) => Err(Failed::Partial {
                        id,
                        state: Box::new(echoed(&schema.outputs, inputs)),
                        error,
                    }),
                },
                Err(Failed::NotCreated(error)) => Err(Failed::NotCreated(cx.explain(error))),
                Err(Failed::Partial { id, state, error }) => {
                    let error = cx.explain(error);
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
            // `Resource.get` sends what the program has, often nothing: then it is an import.
            let is_record = |prior: &Prior| !prior.outputs.is_empty() && !prior.inputs.is_empty();
            let mut prior = prior.filter(|prior| is_record(prior) || is_complete(schema, &prior.inputs));
            if let Some(prior) = &mut prior {
                prior.inputs = unfinished::certain_inputs(&schema.inputs, &prior.outputs, &prior.inputs);
                other_versions::strip(&schema.inputs, &mut prior.inputs);
            }
            // What a program has of an object is no record of it, however complete: it has no outputs.
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
                Err(error) => error,
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
                    (Kind::Failed | Kind::Bug, _) => failed,
                    (_, true) => {
                        failed.besides("It may have been changed: the next `pulumi up` continues from what is there")
                    }
                    (_, false) => {
                        failed.besides("What was changed is recorded: the next `pulumi up` continues with it")
                    }
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
                    "{}. It is left alone",
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
        // The id of another account's object is unknown here: nothing else can be deleted by it.
        Identity::Id => guard::same_place::<R>(cx, recorded).await?,
        Identity::FullName => match guard::look::<R>(cx, id, recorded).await? {
            Looked::Own(_) if cx.is_cancelled() => return Err(guard::cancelled()),
            Looked::Own(_) => {}
            Looked::Gone => return Ok(()),
            Looked::Another(found) => {
                cx.warn(&format!(
                    "{}. It is left alone",
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

fn found<R: Resource>(schema: &ResourceSchema, prior: &Prior) -> Result<Found<R::Inputs, R::State>, Error> {
    let Prior {
        mut inputs,
        mut outputs,
    } = prior.clone();
    other_versions::strip(&schema.inputs, &mut inputs);
    other_versions::complete(schema, &mut inputs);
    other_versions::strip(&schema.outputs, &mut outputs);
    Ok(Found {
        inputs: decode("recorded inputs", &inputs)?,
        state: decode("recorded outputs", &outputs)?,
    })
}

fn decode<T: DeserializeOwned>(what: &str, map: &Map) -> Result<T, Error> {
    // What belongs to the engine or to a tool (see Check) means nothing to a resource.
    let is_foreign = |name: &String| name.starts_with("__");
    let decoded = if map.keys().any(is_foreign) {
        typed::decode(
            &map.iter()
                .filter(|(name, _)| !is_foreign(name))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        )
    } else {
        typed::decode(map)
    };
    decoded.map_err(|error| Error::bug(format!("the {what} do not fit the schema: {error}")))
}

fn encode<T: serde::Serialize>(what: &str, value: &T) -> Result<Map, Error> {
    typed::encode(value).map_err(|error| Error::bug(format!("the {what} cannot be written: {error}")))
}

/// All outputs: the inputs that the schema lists among the outputs, and the computed state over them.
fn outputs<R: Resource>(schema: &ResourceSchema, inputs: &Map, state: &R::State) -> Result<Map, Error> {
    let mut outputs = preview::echo(&schema.outputs, inputs);
    outputs.extend(encode("outputs", state)?);
    protect(&schema.outputs, inputs, &mut outputs);
    Ok(outputs)
}

fn echoed(schema: &ObjectSchema, inputs: &Map) -> Map {
    let mut outputs = preview::echo(schema, inputs);
    protect(schema, inputs, &mut outputs);
    outputs
}

/// Marks what must stay secret in the outputs: what the schema says, and what repeats a secret text of the inputs.
fn protect(schema: &ObjectSchema, inputs: &Map, outputs: &mut Map) {
    secrets::mark(schema, outputs);
    redaction::mark_texts(&redaction::texts(inputs), outputs);
}

/// Whether these are inputs as Check leaves them: with the physical name, which it makes where the program gives none.
fn is_complete(schema: &ResourceSchema, inputs: &Map) -> bool {
    let is_given = |name: &String| inputs.get(name).is_some_and(|value| !value.is_null());
    schema.autoname.as_ref().is_none_or(|rules| is_given(&rules.property))
        && !inputs.is_empty()
        && schema
            .inputs
            .properties
            .iter()
            .all(|(name, property)| !check::values::is_missing(property, inputs.get(name)))
}

/// Keeps the user's own form of every value that still means the same, and leaves out what the user left to the service.
fn settle(at: &PropertyPath, schema: &ObjectSchema, rule: SameRule, old: &Map, found: &mut Map) {
    for (name, property) in &schema.properties {
        let at = at.key(name);
        let before = old.get(name);
        let now = found.get(name);
        let same_by_rule = present(before)
            .zip(present(now))
            .is_some_and(|(before, now)| rule(&at, before, now));
        if same_by_rule || equality::property(property, before, now) {
            match before {
                Some(value) => found.insert(name.clone(), value.clone()),
                None => found.remove(name),
            };
        } else if property.service_default && present(before).is_none() {
            found.remove(name);
        } else if let (Type::Object(nested), Some(Value::Object(before)), Some(Value::Object(now))) =
            (&property.kind, present(before), found.get_mut(name))
        {
            settle(&at, nested, rule, before, now);
        }
    }
}

#[cfg(test)]
mod tests;
