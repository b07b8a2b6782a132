//! What is wrong with the arguments of `httpTask`. Arguments arrive without their secret marks, so no message repeats a value.

use std::collections::BTreeSet;

use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::resource::draft::Failures;
use serde_json::Value;

use super::language::{Language, Text};
use super::target::Target;
use super::{Arguments, Transform, headers};
use crate::functions::entry::EXPECTED;
use crate::functions::urls;
use crate::partition::EndpointName;

/// Methods of an HTTP task.
const METHODS: [&str; 7] = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"];

/// The most that a task may pass on, in bytes of JSON
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>).
const MOST_BYTES: usize = 262_144;

/// Fields of a state that the function writes itself, with the argument that sets them.
const OURS: [(&str, &str); 9] = [
    ("Type", "nothing: it is always `Task`"),
    ("Resource", "nothing: it follows from the connection"),
    ("Arguments", "the other arguments"),
    ("Parameters", "the other arguments"),
    ("QueryLanguage", "`queryLanguage`"),
    ("Retry", "`retry` and `retriers`"),
    ("TimeoutSeconds", "`timeoutSeconds`"),
    ("Next", "`next`"),
    ("End", "`next`"),
];

/// Fields that only states with JSONPath have.
const OF_JSON_PATH: [&str; 4] = ["InputPath", "ResultSelector", "ResultPath", "OutputPath"];

/// Fields that any `Task` state may have besides
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html>).
const COMMON: [&str; 4] = ["Comment", "Catch", "Assign", "Credentials"];

pub(super) fn check(arguments: &Arguments, failures: &mut Failures) {
    let root = PropertyPath::root();
    if arguments.api.as_ref().is_some_and(|api| !api.is_valid()) {
        failures.at("api", EXPECTED);
    }
    let target = Target::of(arguments);
    url(arguments, &target, failures);
    method(arguments, failures);
    header_rules(arguments, &target, failures);
    query(arguments, failures);
    body(arguments, failures);
    transform(arguments, failures);
    retriers(arguments, failures);
    fields(arguments, failures);
    // The rest of the request is short.
    let request = Value::Object(arguments.request(&target)).to_string();
    if request.len() > MOST_BYTES {
        failures.add(
            root.key("body"),
            format!("makes the request longer than {MOST_BYTES} bytes, the most that a task may pass on"),
        );
    }
}

fn url(arguments: &Arguments, target: &Target, failures: &mut Failures) {
    let language = arguments.language();
    let entry = arguments.api.as_ref();
    let (name, text) = match (&arguments.url, &arguments.path) {
        (Some(url), None) => ("url", url),
        (None, Some(path)) => ("path", path),
        // The schema reports these.
        _ => return,
    };
    if let Some(problem) = language.misspelt(text) {
        return failures.at(name, problem);
    }
    if name == "path" {
        let Some(entry) = entry else {
            return failures.at(
                "path",
                "needs `api`, whose `urls` it continues: with `connectionArn`, set `url`",
            );
        };
        if urls::base(&entry.urls).is_none() {
            return failures.at(
                "path",
                "continues a URL that is not clear: `urls` of the entry in `privateApis` needs exactly one URL that ends in `/*` and has no other `*`. Set `url` instead, or narrow `urls`",
            );
        }
        let problem = match language.text(text) {
            Text::Fixed("") => Some("must begin with `/`"),
            Text::Fixed(path) => urls::path_problem(path),
            Text::Expression(expression) => urls::path_problem(super::language::start(language, expression).0),
        };
        if let Some(problem) = problem {
            return failures.at("path", problem);
        }
    } else if let Some(problem) = urls::problem(&target.start, target.is_whole) {
        return failures.at("url", problem);
    }
    if let Some(entry) = entry
        && !entry.urls.is_empty()
        && !urls::may_match(&target.start, target.is_whole, &entry.urls)
    {
        failures.at(
            name,
            "is outside of the API's `urls`, so the role may not call it: add it to `urls` of the entry in `privateApis`, or use the entry that it belongs to",
        );
    }
}

fn method(arguments: &Arguments, failures: &mut Failures) {
    let Some(method) = &arguments.method else { return };
    if let Some(problem) = arguments.language().misspelt(method) {
        return failures.at("method", problem);
    }
    if let Text::Fixed(method) = arguments.method()
        && !METHODS.contains(&method)
    {
        let list = METHODS.map(|method| format!("`{method}`")).join(", ");
        let other_case = METHODS.iter().find(|known| known.eq_ignore_ascii_case(method));
        let hint = other_case
            .map(|known| format!(" (did you mean `{known}`?)"))
            .unwrap_or_default();
        failures.at("method", format!("must be one of {list}{hint}, or an expression"));
    }
}

fn header_rules(arguments: &Arguments, target: &Target, failures: &mut Failures) {
    let language = arguments.language();
    let root = PropertyPath::root().key("headers");
    let by_connection = arguments.api.as_ref().map(|api| api.parameter_names.headers.as_slice());
    let mut seen = BTreeSet::new();
    for (key, value) in &arguments.headers {
        let (at, name) = (root.key(key), language.plain(key));
        if let Some(problem) = headers::problem(name).or_else(|| spelling(language, key, value)) {
            failures.add(at, problem);
        } else if by_connection.is_some_and(|names| names.iter().any(|known| known.eq_ignore_ascii_case(name))) {
            failures.add(at, "is set by the connection too, whose value wins: leave it out here");
        } else if !seen.insert(name.to_ascii_lowercase()) {
            failures.add(at, "is given twice: the names of headers ignore case");
        }
    }
    let of_endpoint = urls::host(&target.start)
        .and_then(EndpointName::parse)
        .is_some_and(|name| name.service == "execute-api");
    let names = arguments.headers.keys().map(|key| language.plain(key));
    let mut names = names.chain(by_connection.into_iter().flatten().map(String::as_str));
    if of_endpoint && !names.any(|name| name.eq_ignore_ascii_case(headers::API_ID)) {
        let at = if arguments.url.is_some() { "url" } else { "path" };
        failures.at(
            at,
            "has an endpoint's own name as its host, which serves every private API: set the header `x-apigw-api-id` to the API's ID, or use the API's own URL, https://{api}.execute-api.{region}.amazonaws.com/{stage}",
        );
    }
}

/// Returns what is wrong with how a header or query string parameter is written.
fn spelling(language: Language, key: &str, value: &str) -> Option<&'static str> {
    let marked = language.plain(key) != key;
    match language {
        Language::Jsonata if key.ends_with(".$") => Some(
            "is written for JSONPath (`.$`), but `queryLanguage` is `JSONata`: leave out `.$`, and write `{% … %}` as the value",
        ),
        Language::JsonPath if marked && !super::language::is_path(value) => Some(
            "must be a path that begins with `$`, or an intrinsic function such as `States.Format`, because its name ends in `.$`",
        ),
        Language::JsonPath if !marked && super::language::is_path(value) => {
            Some("is sent as it is, because the name does not end in `.$`: add `.$` to the name")
        }
        _ => language.misspelt(value),
    }
}

fn query(arguments: &Arguments, failures: &mut Failures) {
    let language = arguments.language();
    let root = PropertyPath::root().key("queryParameters");
    let by_connection = arguments
        .api
        .as_ref()
        .map(|api| api.parameter_names.query_string.as_slice());
    for (key, value) in &arguments.query_parameters {
        let at = root.key(key);
        let is_simple = |value: &Value| !matches!(value, Value::Array(_) | Value::Object(_) | Value::Null);
        let fits = match value {
            Value::Array(items) => items.iter().all(is_simple),
            value => is_simple(value),
        };
        let misspelt = match value {
            Value::String(text) => spelling(language, key, text),
            _ if key.ends_with(".$") => spelling(language, key, ""),
            _ => None,
        };
        if !fits {
            failures.add(at, "must be a string, a number, a boolean, or a list of these");
        } else if let Some(problem) = misspelt {
            failures.add(at, problem);
        } else if by_connection.is_some_and(|names| names.iter().any(|known| known == language.plain(key))) {
            failures.add(at, "is set by the connection too, whose value wins: leave it out here");
        }
    }
}

fn body(arguments: &Arguments, failures: &mut Failures) {
    let Some(body) = &arguments.body else { return };
    let language = arguments.language();
    let root = PropertyPath::root().key("body");
    let by_connection = arguments
        .api
        .as_ref()
        .map(|api| api.parameter_names.body.as_slice())
        .unwrap_or_default();
    language.check(&root, body, failures);
    match body {
        Value::Object(fields) => {
            for key in fields
                .keys()
                .filter(|key| by_connection.iter().any(|known| known == language.plain(key)))
            {
                failures.add(
                    root.key(key),
                    "is set by the connection too, whose value wins: leave it out here",
                );
            }
        }
        Value::String(text) if matches!(language.text(text), Text::Expression(_)) => {}
        _ if !by_connection.is_empty() => failures.add(
            root,
            "must be an object, because the connection adds fields to it: the task would fail with `States.Runtime`",
        ),
        _ => {}
    }
}

fn transform(arguments: &Arguments, failures: &mut Failures) {
    let Some(transform) = &arguments.transform else { return };
    let language = arguments.language();
    let root = PropertyPath::root();
    if transform.array_format.is_some() && !transform.encodes() {
        failures.add(
            root.key("transform").key("arrayFormat"),
            "applies only with `encoding` `URL_ENCODED`",
        );
    }
    if !Transform::encodes(transform) {
        return;
    }
    let no_fields = |api: &super::Entry| api.parameter_names.body.is_empty();
    if arguments.body.is_none() && arguments.api.as_ref().is_some_and(no_fields) {
        failures.at(
            "transform",
            "encodes the body, but there is no `body`, and the connection adds no fields",
        );
    }
    for (key, value) in &arguments.headers {
        if !language.plain(key).eq_ignore_ascii_case(headers::CONTENT_TYPE)
            || language.is_dynamic(key, &Value::from(value.as_str()))
        {
            continue;
        }
        let kind = value.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case(headers::FORM) {
            failures.add(
                root.key("headers").key(key),
                format!(
                    "must be `{}` for a body that `transform` encodes: leave it out, and it is added",
                    headers::FORM
                ),
            );
        }
    }
}

fn retriers(arguments: &Arguments, failures: &mut Failures) {
    let root = PropertyPath::root().key("retriers");
    let generates = arguments.retry.as_deref() != Some("none");
    for (index, retrier) in arguments.retriers.iter().enumerate() {
        let at = root.index(index);
        let errors = &retrier.error_equals;
        let is_last = index + 1 == arguments.retriers.len();
        if errors.iter().any(|error| error == "States.ALL") {
            if errors.len() > 1 {
                failures.add(at.key("errorEquals"), "`States.ALL` must be alone");
            }
            if !is_last {
                failures.add(at.key("errorEquals"), "`States.ALL` must be in the last retrier");
            } else if generates {
                failures.add(
                    at.key("errorEquals"),
                    "`States.ALL` must be in the last retrier, but the generated ones come after it: set `retry` to `none`",
                );
            }
        }
        if let Some(most) = retrier.max_delay_seconds
            && most <= retrier.interval_seconds.unwrap_or(1)
        {
            failures.add(
                at.key("maxDelaySeconds"),
                "must be greater than `intervalSeconds`, which is 1 by default",
            );
        }
    }
}

fn fields(arguments: &Arguments, failures: &mut Failures) {
    let language = arguments.language();
    let root = PropertyPath::root().key("fields");
    for name in arguments.fields.keys() {
        let at = root.key(name);
        if let Some((_, by)) = OURS.iter().find(|(field, _)| field == name) {
            failures.add(at, format!("cannot be set here; what sets it is {by}"));
        } else if OF_JSON_PATH.contains(&name.as_str()) && language == Language::Jsonata {
            failures.add(
                at,
                "exists only with `queryLanguage` `JSONPath`; with `JSONata`, use `Output` or `Assign`",
            );
        } else if name == "Output" && language == Language::JsonPath {
            failures.add(at, "exists only with `queryLanguage` `JSONata`; with `JSONPath`, use `ResultSelector`, `ResultPath` or `OutputPath`");
        } else if !COMMON.contains(&name.as_str()) && !OF_JSON_PATH.contains(&name.as_str()) && name != "Output" {
            failures.add(at, "is no further field of a `Task` state: see https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html");
        }
    }
}
