//! The names of what a connection adds to requests: an HTTP task that sets one of them has no effect, because the connection's value
//! wins (<https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html>).
//!
//! Values are never read. A name that is secret is left out: it would make the whole output secret.

use pulumi_provider::component::object_input::Container;
use pulumi_provider::component::tracked::Flow;
use pulumi_provider::property::{Map, Value};

use crate::component::plan::Api;
use crate::no_credentials;

/// The header of user names and passwords, and of OAuth tokens.
const AUTHORIZATION: &str = "Authorization";

/// Returns the names for one entry of `privateApis`, in three lists.
pub(super) fn of(api: &Api) -> Flow {
    let parameters = Container::of(&api.properties, "invocationParameters");
    if parameters == Container::Unknown {
        return Flow::default();
    }
    let parameters = parameters.into_map();
    let lists = ["headers", "queryString", "body"].map(|list| {
        let mut names = keys(&parameters, list);
        if list == "headers" {
            names.insert(0, header_of_credentials(&api.properties));
        }
        (list.to_owned(), Flow::all(names.into_iter().flatten()))
    });
    Flow::object(lists)
}

/// Returns the header in which the connection sends its credentials.
fn header_of_credentials(api: &Map) -> Option<Flow> {
    let auth = match Container::of(api, "auth") {
        Container::Absent => return Some(Flow::known(no_credentials::HEADER)),
        Container::Unknown => return Some(Flow::default()),
        Container::Known(auth) => auth,
    };
    match Container::of(&auth, "apiKey") {
        Container::Absent => Some(Flow::known(AUTHORIZATION)),
        Container::Unknown => Some(Flow::default()),
        Container::Known(key) => open(key.get("name")?),
    }
}

/// Returns the keys of a list of parameters.
fn keys(parameters: &Map, list: &str) -> Vec<Option<Flow>> {
    let Some(list) = parameters.get(list).filter(|list| !is_secret(list)) else {
        return Vec::new();
    };
    match list.bare() {
        Value::Array(items) => items
            .iter()
            .map(|item| match Container::open(item) {
                Container::Known(item) => open(item.get("key")?),
                Container::Unknown => Some(Flow::default()),
                Container::Absent => None,
            })
            .collect(),
        Value::Unknown => vec![Some(Flow::default())],
        _ => Vec::new(),
    }
}

fn open(name: &Value) -> Option<Flow> {
    (!is_secret(name)).then(|| Flow::of(name))
}

fn is_secret(value: &Value) -> bool {
    match value {
        Value::Secret(_) => true,
        Value::Output(output) => output.secret || output.value.as_ref().is_some_and(is_secret),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use pulumi_provider::property::Map;
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::component::plan::ApiTarget;

    fn names(properties: Map) -> Flow {
        of(&Api {
            name: "orders".to_owned(),
            properties,
            target: ApiTarget::OwnEndpoint,
        })
    }

    fn map(json: Json) -> Map {
        Value::from(json).as_object().unwrap().clone()
    }

    #[test]
    fn names_of_headers_query_parameters_and_fields_are_listed() {
        let key = |name: &str| json!({"key": name, "value": "hidden"});
        for (properties, headers) in [
            (json!({}), "x-private-step-functions"),
            (
                json!({"auth": {"apiKey": {"name": "x-api-key", "value": "hidden"}}}),
                "x-api-key",
            ),
            (
                json!({"auth": {"basic": {"username": "u", "password": "hidden"}}}),
                "Authorization",
            ),
            (
                json!({"auth": {"oauth": {"clientId": "c", "clientSecret": "hidden"}}}),
                "Authorization",
            ),
        ] {
            let found = names(map(properties)).value().unwrap().to_json();
            assert_eq!(found, json!({"headers": [headers], "queryString": [], "body": []}));
        }
        let parameters = json!({"headers": [key("x-team")], "queryString": [key("v")], "body": [key("a"), key("b")]});
        let found = names(map(json!({"invocationParameters": parameters})));
        assert_eq!(
            found.value().unwrap().to_json(),
            json!({"headers": ["x-private-step-functions", "x-team"], "queryString": ["v"], "body": ["a", "b"]})
        );
    }

    #[test]
    fn secret_names_are_left_out_and_unknown_ones_make_the_lists_unknown() {
        let secret = Value::from(json!({"apiKey": {"name": "x-hidden", "value": "hidden"}})).into_secret();
        let found = names(Map::from([("auth".to_owned(), secret)]));
        assert_eq!(found.value().unwrap().to_json()["headers"], json!([]));
        assert!(!matches!(found.into_value(), Value::Secret(_)));

        let list = Value::from(json!([{"key": "x-hidden", "value": "hidden"}])).into_secret();
        let parameters = Value::Object(Map::from([("body".to_owned(), list)]));
        let found = names(Map::from([("invocationParameters".to_owned(), parameters)]));
        assert_eq!(found.value().unwrap().to_json()["body"], json!([]));

        for unknown in ["auth", "invocationParameters"] {
            assert_eq!(names(Map::from([(unknown.to_owned(), Value::Unknown)])).value(), None);
        }
    }
}
