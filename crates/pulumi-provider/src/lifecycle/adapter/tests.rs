mod interrupted;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::error::ErrorKind;
use crate::property::Value;
use crate::resource::context::{CxParts, Silent};
use crate::resource::memory::ProcessMemory;
use crate::samples::inputs::map;
use crate::samples::toy::thing;

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Inputs {
    zone: String,
    name: String,
    #[serde(default)]
    enabled: bool,
    size: Option<u32>,
    hosts: Option<Vec<String>>,
    target: Option<BTreeMap<String, String>>,
    auth: Option<BTreeMap<String, String>>,
    tags: Option<BTreeMap<String, String>>,
}

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct State {
    arn: Option<String>,
    state: Option<String>,
    key: Option<String>,
    tags_all: BTreeMap<String, String>,
    /// Too large for the protocol if it is above 2^53.
    serial: Option<u64>,
}

/// The service that the toy resource talks to.
#[derive(Default)]
struct FakeService {
    /// The response to the next call; a string is a failure.
    answer: Mutex<Option<Json>>,
    /// The calls that it received, as the operation and its arguments.
    told: Mutex<Vec<String>>,
}

impl Clients for FakeService {}

impl FakeService {
    fn tell(&self, operation: &str, what: &impl std::fmt::Debug) {
        self.told.lock().unwrap().push(format!("{operation} {what:?}"));
    }

    fn ask<T: DeserializeOwned>(&self) -> Result<Option<T>, Error> {
        match self.answer.lock().unwrap().take() {
            Some(Json::String(problem)) => Err(Error::new(ErrorKind::Failed, problem)),
            answer => Ok(answer.map(|answer| serde_json::from_value(answer).unwrap())),
        }
    }
}

struct Thing;

impl Resource for Thing {
    type Clients = FakeService;
    type Inputs = Inputs;
    type State = State;
    type Live = (Inputs, State);
    const TOKEN: &'static str = "toy:index:Thing";
    const NOUN: &'static str = "thing";
    const IDENTITY: Identity = Identity::FullName;

    fn same(path: &PropertyPath, old: &Value, new: &Value) -> bool {
        let id = |value: &Value| {
            value
                .as_str()
                .map(|text| text.rsplit('/').next().unwrap_or(text).to_owned())
        };
        path.to_string() == "zone" && id(old) == id(new)
    }

    fn preview(draft: &Draft<'_>, _old: Option<&Map>, _clients: &FakeService) -> Map {
        let tags = draft.known("tags").cloned();
        tags.map(|tags| ("tagsAll".to_owned(), tags)).into_iter().collect()
    }

    async fn create(cx: &Cx<FakeService>, inputs: Inputs) -> Result<Created<State>, Failed<State>> {
        cx.clients().tell("create", &inputs);
        let mut state = State {
            arn: Some("arn:thing".to_owned()),
            state: None,
            key: Some("made up".to_owned()),
            tags_all: inputs.tags.unwrap_or_default(),
            serial: (inputs.zone == "too far").then_some(u64::MAX),
        };
        let partial = state.clone();
        cx.created("thing-1", partial, async {
            state.state = cx.clients().ask::<String>()?;
            Ok(state)
        })
        .await
    }

    fn full_name(state: &State) -> Option<&str> {
        state.arn.as_deref()
    }

    fn live_full_name((_, state): &(Inputs, State)) -> Option<&str> {
        state.arn.as_deref()
    }

    async fn find(cx: &Cx<FakeService>, id: &str) -> Result<Option<(Inputs, State)>, Error> {
        cx.clients().tell("find", &id);
        cx.clients().ask()
    }

    async fn read(
        cx: &Cx<FakeService>,
        (inputs, state): (Inputs, State),
        prior: Option<Found<Inputs, State>>,
    ) -> Result<Found<Inputs, State>, Error> {
        cx.clients()
            .tell("read", &prior.map(|prior| (prior.inputs.zone, prior.state.arn)));
        Ok(Found { inputs, state })
    }

    async fn update(
        cx: &Cx<FakeService>,
        _id: &str,
        _live: (Inputs, State),
        update: Update<Inputs, State>,
        seen: &Mutex<State>,
    ) -> Result<State, Error> {
        let Update {
            recorded,
            wanted,
            bases,
            in_doubt,
        } = update;
        cx.clients().tell(
            "update",
            &(
                recorded.inputs.size,
                wanted.size,
                [bases.at("zone"), bases.at("size")],
                in_doubt,
            ),
        );
        match wanted.zone.as_str() {
            "accepted" => cx.sent().accepted("UpdateThing"),
            "lost" => cx.sent().lost("UpdateThing"),
            "refused" => {}
            _ => return Ok(recorded.state),
        }
        seen.lock().unwrap().state = Some("half-made".to_owned());
        Err(Error::new(ErrorKind::TimedOut, format!("no news of {}", wanted.name)))
    }

    async fn delete(cx: &Cx<FakeService>, _id: &str, old: Found<Inputs, State>) -> Result<Deleted, Error> {
        cx.clients().tell("delete", &old.state.arn);
        Ok(Deleted::Done)
    }
}

fn cx(answer: Json) -> Cx<FakeService> {
    cx_hiding(answer, &checked())
}

fn cx_hiding(answer: Json, secret: &Map) -> Cx<FakeService> {
    let service = FakeService {
        answer: Mutex::new(Some(answer).filter(|answer| !answer.is_null())),
        ..FakeService::default()
    };
    Cx::new(CxParts {
        clients: Arc::new(service),
        urn: "urn:pulumi:dev::shop::toy:index:Thing::orders".parse().unwrap(),
        doing: OperationKind::Create,
        limit: Duration::from_secs(15 * 60),
        cancel: CancellationToken::new(),
        report: Arc::new(Silent),
        memory: Arc::new(ProcessMemory::default()),
        secrets: Redaction::of([secret]),
        request: String::new(),
    })
}

fn told(cx: &Cx<FakeService>) -> Vec<String> {
    cx.clients().told.lock().unwrap().clone()
}

fn checked() -> Map {
    map(json!({
        "zone": "a", "name": "orders-1", "enabled": true, "__internal": 1,
        "auth": {"user": "u", "password": "!secret!hunter2"},
        "tags": {"env": "!secret!hidden", "team": "shop"},
    }))
}

#[tokio::test]
async fn a_create_receives_plain_values_and_secret_outputs_are_marked() {
    let cx = cx(json!(null));
    let created = erase::<Thing>().create(thing(), &cx, &checked()).await.unwrap();
    assert_eq!(created.id, "thing-1");
    // `auth` is no output. `key` is secret by the schema, and `tagsAll.env` because it repeats a secret.
    let expected = json!({
        "zone": "a", "name": "orders-1", "arn": "arn:thing", "key": "!secret!made up",
        "tags": {"env": "!secret!hidden", "team": "shop"}, "tagsAll": {"env": "!secret!hidden", "team": "shop"},
    });
    assert_eq!(created.outputs, map(expected));
    assert!(
        told(&cx)[0].contains("hunter2"),
        "the service gets the password: {:?}",
        told(&cx)
    );
}

#[tokio::test]
async fn an_object_that_exists_is_always_recorded() {
    let half = erase::<Thing>()
        .create(thing(), &cx(json!("no address left")), &checked())
        .await
        .unwrap_err();
    let Failed::Partial { id, state, error } = half else {
        panic!("{half:?}")
    };
    assert_eq!((id.as_str(), error.message()), ("thing-1", "no address left"));
    assert_eq!(state.get("key"), Some(&Value::from("made up").into_secret()));
    assert_eq!(state.get("state"), None);
    // The object is recorded even if the outputs cannot be encoded.
    let mut inputs = checked();
    inputs.insert("zone".to_owned(), "too far".into());
    for answer in [json!(null), json!("no address left")] {
        let failed = erase::<Thing>()
            .create(thing(), &cx(answer), &inputs)
            .await
            .unwrap_err();
        let Failed::Partial { id, state, .. } = failed else {
            panic!("{failed:?}")
        };
        assert_eq!((id.as_str(), state["name"].as_str()), ("thing-1", Some("orders-1")));
        assert_eq!(
            state["tags"].as_object().unwrap()["env"],
            Value::from("hidden").into_secret()
        );
    }
}

#[tokio::test]
async fn inputs_that_violate_the_schema_are_a_bug_and_create_nothing() {
    let cx = cx(json!(null));
    let mut inputs = checked();
    inputs.insert("size".to_owned(), Value::from("SESAME").into_secret());
    let failed = erase::<Thing>().create(thing(), &cx, &inputs).await.unwrap_err();
    let Failed::NotCreated(error) = failed else {
        panic!("{failed:?}")
    };
    insta::assert_snapshot!(error, @"the inputs do not fit the schema: property size: expected u32, found a string. This is a bug in the provider: please report it");
    assert_eq!(told(&cx), [""; 0]);
}

fn prior() -> Prior {
    Prior {
        inputs: checked(),
        outputs: map(
            json!({"zone": "a", "arn": "arn:thing", "key": "!secret!made up", "tagsAll": {"env": "!secret!hidden"}, "state": "!secret!ready"}),
        ),
    }
}

fn live(inputs: Json) -> Json {
    json!([inputs, {"arn": "arn:thing", "state": "ready", "key": "made up", "tagsAll": {"env": "hidden", "team": "shop"}}])
}

#[tokio::test]
async fn a_refresh_keeps_the_users_spelling() {
    let answer = live(json!({
        // The id in another form, a default that the service chose, and an empty list for an absent one.
        "zone": "zones/a", "name": "orders-1", "enabled": true, "size": 16,
        "auth": {"user": "u", "password": "hunter2", "scheme": "red"}, "tags": {"team": "shop", "env": "hidden"}, "hosts": [],
    }));
    let cx = cx(answer);
    let found = erase::<Thing>()
        .read(thing(), &cx, "thing-1", Some(prior()))
        .await
        .unwrap()
        .unwrap();
    let mut expected = checked();
    expected.remove("__internal");
    assert_eq!(found.inputs, expected);
    assert_eq!(told(&cx)[1..], [r#"read Some(("a", Some("arn:thing")))"#]);
    // A secret stays secret, even if only the old outputs mark it.
    assert_eq!(found.outputs["state"], Value::from("ready").into_secret());
    assert_eq!(
        found.outputs["tagsAll"],
        Value::from(map(json!({"env": "!secret!hidden", "team": "shop"})))
    );
}

#[tokio::test]
async fn a_refresh_shows_drift_without_losing_secrets() {
    let mut old = prior();
    old.inputs.extend(map(
        json!({"target": {"host": "A.example.com."}, "hosts": ["x", "!secret!y"]}),
    ));
    let answer = live(json!({
        "zone": "b", "name": "orders-1", "enabled": false,
        "target": {"host": "b.example.com", "family": "v4"}, "hosts": ["y2", "x"],
        "auth": {"user": "u", "password": "another"}, "tags": {"env": "other", "more": "hidden"},
    }));
    let found = erase::<Thing>()
        .read(thing(), &cx(answer), "thing-1", Some(old))
        .await
        .unwrap()
        .unwrap();
    let expected = json!({
        "zone": "b", "name": "orders-1", "enabled": false,
        // The user set no family, so the service's choice is not shown.
        "target": {"host": "b.example.com"},
        // The service may have sorted the list, so any item may be the secret.
        "hosts": ["!secret!y2", "!secret!x"],
        "auth": {"user": "u", "password": "!secret!another"}, "tags": {"env": "!secret!other", "more": "hidden"},
    });
    assert_eq!(found.inputs, map(expected));
}

#[tokio::test]
async fn an_import_reads_all_inputs_and_a_missing_object_reads_as_none() {
    let inputs =
        json!({"zone": "zones/a", "name": "orders-1", "enabled": true, "size": 16, "auth": {"password": "hunter2"}});
    // `Resource.get` sends nothing, or a part of the inputs: that is an import as well.
    for prior in [
        None,
        Some(Prior::default()),
        Some(Prior {
            inputs: map(json!({"name": "x"})),
            ..Prior::default()
        }),
    ] {
        let cx = cx(live(inputs.clone()));
        let found = erase::<Thing>()
            .read(thing(), &cx, "thing-1", prior)
            .await
            .unwrap()
            .unwrap();
        let mut expected = inputs.clone();
        expected["auth"]["password"] = json!("!secret!hunter2");
        assert_eq!(found.inputs, map(expected));
        assert_eq!(found.outputs["key"], Value::from("made up").into_secret());
        assert_eq!(told(&cx)[1..], ["read None"]);
    }
    assert_eq!(
        erase::<Thing>()
            .read(thing(), &cx(json!(null)), "thing-1", Some(prior()))
            .await,
        Ok(None)
    );
    let denied = erase::<Thing>()
        .read(thing(), &cx(json!("denied")), "thing-1", Some(prior()))
        .await;
    assert_eq!(denied.unwrap_err().to_string(), "reading thing \"thing-1\": denied");
}

/// Returns the service's response to one look-up: the recorded thing.
fn there() -> Json {
    live(json!({"zone": "a", "name": "orders-1", "enabled": true}))
}

fn changed(more: Json) -> Map {
    let mut inputs = checked();
    inputs.extend(map(more));
    inputs
}

#[tokio::test]
async fn update_and_delete_receive_the_recorded_state() {
    let cx = cx(there());
    let inputs = changed(json!({"size": 3, "tags": {"env": "!secret!made up"}}));
    let outputs = erase::<Thing>()
        .update(thing(), &cx, "thing-1", prior(), &inputs)
        .await
        .unwrap();
    assert_eq!(outputs["size"], Value::from(3.0));
    assert_eq!(outputs["state"], Value::from("ready"));
    assert_eq!(outputs["key"], Value::from("made up").into_secret());
    *cx.clients().answer.lock().unwrap() = Some(there());
    erase::<Thing>().delete(thing(), &cx, "thing-1", prior()).await.unwrap();
    assert_eq!(
        told(&cx),
        [
            r#"find "thing-1""#,
            "update (None, Some(3), [Recorded, Recorded], false)",
            r#"find "thing-1""#,
            r#"delete Some("arn:thing")"#
        ]
    );
}

#[tokio::test]
async fn another_object_with_the_recorded_name_is_not_changed() {
    let another = || {
        let mut answer = there();
        answer[1]["arn"] = json!("arn:another");
        cx(answer)
    };
    assert_eq!(
        erase::<Thing>()
            .read(thing(), &another(), "thing-1", Some(prior()))
            .await,
        Ok(None)
    );
    let cx = another();
    erase::<Thing>().delete(thing(), &cx, "thing-1", prior()).await.unwrap();
    assert_eq!(told(&cx), [r#"find "thing-1""#]);
    let cx = another();
    let failed = erase::<Thing>()
        .update(thing(), &cx, "thing-1", prior(), &checked())
        .await
        .unwrap_err();
    assert_eq!((told(&cx).len(), &failed.outputs), (1, &None));
    insta::assert_snapshot!(
        failed.error,
        @r#"updating thing "thing-1": this resource's thing (arn:thing) no longer exists, and another one has the name "thing-1" (arn:another). Nothing was changed. Run `pulumi refresh`, then choose another `name`, or import the existing object"#
    );
}

#[tokio::test]
async fn state_without_a_newer_input_can_be_refreshed_and_deleted() {
    let mut old = prior();
    old.inputs.remove("zone");
    let answer =
        live(json!({"zone": "a", "name": "orders-1", "enabled": true, "auth": {"user": "u", "password": "hunter2"}}));
    let cx = cx(answer);
    let found = erase::<Thing>()
        .read(thing(), &cx, "thing-1", Some(old.clone()))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(told(&cx)[1], r#"read Some(("", Some("arn:thing")))"#);
    // A secret in the outputs stays secret.
    assert_eq!(found.outputs["state"], Value::from("ready").into_secret());
    erase::<Thing>()
        .delete(thing(), &self::cx(there()), "thing-1", old)
        .await
        .unwrap();
}

#[tokio::test]
async fn an_error_message_contains_no_secret() {
    let mut old = prior();
    old.inputs
        .insert("name".to_owned(), Value::from("orders-1").into_secret());
    let cx = cx_hiding(there(), &old.inputs);
    let inputs = changed(json!({"zone": "refused"}));
    let failed = erase::<Thing>()
        .update(thing(), &cx, "thing-1", old, &inputs)
        .await
        .unwrap_err();
    assert_eq!(
        failed.error.to_string(),
        "updating thing \"thing-1\": no news of [secret]"
    );
}

#[test]
fn previews_and_diffs_call_the_resource() {
    let (resource, service) = (erase::<Thing>(), FakeService::default());
    assert_eq!(resource.token(), "toy:index:Thing");
    let inputs =
        map(json!({"zone": "zones/a", "name": "orders-1", "tags": {"env": "!secret!hidden", "x": "!unknown!"}}));
    let outputs = resource.preview(thing(), &service, &inputs, None);
    let expected = json!({"zone": "zones/a", "name": "orders-1", "tags": {"env": "!secret!hidden", "x": "!unknown!"},
        "tagsAll": {"env": "!secret!hidden", "x": "!unknown!"}});
    assert_eq!(outputs, map(expected));
    let outputs = resource.preview(thing(), &service, &inputs, Some(&prior()));
    assert_eq!(outputs["arn"], Value::from("arn:thing"));

    let diff = |zone: &str, named_by_user| {
        let mut inputs = checked();
        inputs.insert("zone".to_owned(), zone.into());
        let request = DiffRequest {
            old: &prior(),
            inputs: &inputs,
            ignored: &[],
            named_by_user,
        };
        resource.diff(thing(), &service, request)
    };
    assert!(
        diff("zones/a", true).unwrap().detailed.is_empty(),
        "the resource calls it the same"
    );
    assert_eq!(diff("b", false).unwrap().replaces, ["zone".to_owned()].into());
    let reason = diff("b", true).unwrap().reason.unwrap();
    assert!(reason.contains("deleteBeforeReplace"), "{reason}");
}

#[test]
fn the_canonical_text_differs_for_different_secrets() {
    let text = |password: &str| canonical(&map(json!({"auth": {"password": password}})));
    assert_ne!(text("!secret!a"), text("!secret!b"));
    assert_eq!(text("!secret!a"), text("a"), "a mark is no difference");
}
