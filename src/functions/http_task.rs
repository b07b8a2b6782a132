//! `httpTask`: a state of the Amazon States Language that calls an HTTPS API through a connection.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html>. No offline validator looks inside such a task, so
//! what AWS refuses, or ignores, is refused here.

mod headers;
mod language;
mod retry;
mod rules;
mod target;

use std::collections::BTreeMap;

use pulumi_provider::error::Error;
use pulumi_provider::function::Function;
use pulumi_provider::property;
use pulumi_provider::property::typed::{self, TypedError};
use pulumi_provider::resource::draft::Failures;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use self::language::{Language, Text};
use self::retry::{Mode, Retrier};
use self::target::Target;
use super::entry::Entry;
use crate::arn::Arn;
use crate::aws::Aws;

pub(super) struct HttpTask;

/// The arguments. Those that the schema requires or gives a default may still be absent, or have other values, when the rules look
/// at them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Arguments {
    connection_arn: Option<String>,
    api: Option<Entry>,
    url: Option<String>,
    path: Option<String>,
    method: Option<String>,
    headers: BTreeMap<String, String>,
    query_parameters: BTreeMap<String, Value>,
    body: Option<Value>,
    transform: Option<Transform>,
    query_language: Option<String>,
    state_machine_type: Option<String>,
    retry: Option<String>,
    retriers: Vec<Retrier>,
    timeout_seconds: Option<f64>,
    next: Option<String>,
    name: Option<String>,
    fields: BTreeMap<String, Value>,
}

/// How the body is sent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Transform {
    encoding: Option<String>,
    array_format: Option<String>,
}

impl Transform {
    fn encodes(&self) -> bool {
        self.encoding.as_deref() != Some("NONE")
    }
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Answer {
    state: Value,
    json: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    definition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url_pattern: Option<String>,
}

impl Function for HttpTask {
    type Clients = Aws;
    type Arguments = Arguments;
    type Answer = Answer;

    const TOKEN: &'static str = "private-step-functions:index:httpTask";

    fn read(arguments: &property::Map) -> Result<Arguments, TypedError> {
        let mut read: Arguments = typed::decode(arguments)?;
        // A null in JSON is a value that an API may ask for.
        for (name, field) in &mut read.fields {
            let raw = arguments.get("fields").and_then(property::Value::as_object);
            if let Some(raw) = raw.and_then(|fields| fields.get(name)) {
                *field = raw.to_json();
            }
        }
        read.body = arguments
            .get("body")
            .filter(|body| !body.is_null())
            .map(property::Value::to_json);
        Ok(read)
    }

    fn rules(arguments: &Arguments, failures: &mut Failures) {
        rules::check(arguments, failures);
    }

    async fn call(_: &Aws, arguments: Arguments) -> Result<Answer, Error> {
        Ok(arguments.answer())
    }
}

impl Arguments {
    fn language(&self) -> Language {
        match self.query_language.as_deref() {
            Some("JSONPath") => Language::JsonPath,
            _ => Language::Jsonata,
        }
    }

    fn method(&self) -> Text<'_> {
        self.language().text(self.method.as_deref().unwrap_or("GET"))
    }

    fn connection(&self) -> &str {
        let given = self.connection_arn.as_deref();
        given
            .or_else(|| self.api.as_ref().map(|api| api.arn.as_str()))
            .unwrap_or_default()
    }

    fn is_express(&self) -> bool {
        self.state_machine_type.as_deref() == Some("EXPRESS")
    }

    fn answer(&self) -> Answer {
        let target = Target::of(self);
        let state = self.state(&target);
        let name = self.name.as_deref().unwrap_or("CallApi");
        // With `next`, the definition would lack that state.
        let definition = self.next.is_none().then(|| {
            let states = Map::from_iter([(name.to_owned(), state.clone())]);
            json!({"StartAt": name, "States": states}).to_string()
        });
        Answer {
            json: state.to_string(),
            definition,
            url_pattern: target.pattern(),
            state,
        }
    }

    fn state(&self, target: &Target) -> Value {
        let language = self.language();
        let mut state: Map<_, _> = self.fields.clone().into_iter().collect();
        let partition = Arn::parse(self.connection()).map_or("aws", |arn| arn.partition);
        state.insert("Type".to_owned(), "Task".into());
        state.insert(
            "Resource".to_owned(),
            format!("arn:{partition}:states:::http:invoke").into(),
        );
        let arguments = match language {
            Language::Jsonata => {
                state.insert("QueryLanguage".to_owned(), "JSONata".into());
                "Arguments"
            }
            // The default of a state machine. A state cannot choose JSONPath in a machine that uses JSONata.
            Language::JsonPath => "Parameters",
        };
        state.insert(arguments.to_owned(), Value::Object(self.request(target)));
        let mode = match self.retry.as_deref() {
            Some("none") => Mode::Off,
            Some("repeatable") => Mode::Repeatable,
            _ => Mode::ByMethod,
        };
        let method = match self.method() {
            Text::Fixed(method) => Some(method),
            Text::Expression(_) => None,
        };
        let generated = retry::retriers(mode, method, self.is_express(), self.timeout_seconds.is_some());
        let retriers: Vec<_> = self.retriers.iter().map(Retrier::written).chain(generated).collect();
        if !retriers.is_empty() {
            state.insert("Retry".to_owned(), retriers.into());
        }
        if let Some(seconds) = self.timeout_seconds {
            #[expect(clippy::cast_possible_truncation, reason = "the schema limits it to 59")]
            state.insert("TimeoutSeconds".to_owned(), (seconds as i64).into());
        }
        match &self.next {
            Some(next) => state.insert("Next".to_owned(), next.as_str().into()),
            None => state.insert("End".to_owned(), true.into()),
        };
        Value::Object(state)
    }

    /// Returns the request: the task's `Arguments` or `Parameters`.
    fn request(&self, target: &Target) -> Map<String, Value> {
        let language = self.language();
        let mut request = Map::new();
        language.put(&mut request, "ApiEndpoint", &target.text());
        language.put(&mut request, "Method", &self.method());
        request.insert(
            "InvocationConfig".to_owned(),
            json!({"ConnectionArn": self.connection()}),
        );
        let mut headers = json!(self.headers);
        if self.adds_content_type() {
            headers[headers::CONTENT_TYPE] = headers::FORM.into();
        }
        if headers.as_object().is_some_and(|headers| !headers.is_empty()) {
            request.insert("Headers".to_owned(), headers);
        }
        if !self.query_parameters.is_empty() {
            request.insert("QueryParameters".to_owned(), json!(self.query_parameters));
        }
        match &self.body {
            Some(Value::String(text)) => language.put(&mut request, "RequestBody", &language.text(text)),
            Some(body) => {
                request.insert("RequestBody".to_owned(), body.clone());
            }
            None => {}
        }
        if let Some(transform) = &self.transform {
            let mut written = json!({"RequestBodyEncoding": transform.encoding.as_deref().unwrap_or("URL_ENCODED")});
            if let Some(format) = &transform.array_format {
                written["RequestEncodingOptions"] = json!({"ArrayFormat": format});
            }
            request.insert("Transform".to_owned(), written);
        }
        request
    }

    /// Reports whether the task lacks the header that an encoded body needs.
    fn adds_content_type(&self) -> bool {
        let is_content_type = |name: &str| self.language().plain(name).eq_ignore_ascii_case(headers::CONTENT_TYPE);
        let by_connection = self.api.as_ref().is_some_and(|api| {
            let mut names = api.parameter_names.headers.iter();
            names.any(|name| is_content_type(name))
        });
        self.transform.as_ref().is_some_and(Transform::encodes)
            && !by_connection
            && !self.headers.keys().any(|name| is_content_type(name))
    }
}

#[cfg(test)]
mod tests;
