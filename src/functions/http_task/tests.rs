use proptest::prelude::*;

use super::*;

const ARN: &str = "arn:aws:events:eu-west-1:123456789012:connection/orders/0a1b2c3d";
const URL: &str = "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod/orders";

/// Returns arguments that are right, with these in their place; null takes one away.
fn arguments(changes: Value) -> Arguments {
    let mut all = json!({"connectionArn": ARN, "url": URL});
    for (name, value) in changes.as_object().unwrap() {
        all[name] = value.clone();
    }
    let property::Value::Object(map) = property::Value::from(all) else {
        panic!("no object")
    };
    HttpTask::read(&map).unwrap()
}

/// Returns an entry of `connections` that adds one header, one query string parameter and these body fields.
fn entry(urls: &[&str], body: &[&str]) -> Value {
    json!({
        "arn": ARN,
        "urls": urls,
        "parameterNames": {"headers": ["x-api-key"], "queryString": ["v"], "body": body},
    })
}

/// Changes arguments to those of an API with one URL.
fn with_api(mut changes: Value) -> Value {
    changes["connectionArn"] = Value::Null;
    changes["api"] = entry(&["https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod/*"], &[]);
    changes
}

fn state(changes: Value) -> Value {
    let arguments = arguments(changes);
    assert_eq!(problems_of(&arguments), Vec::<String>::new());
    arguments.answer().state
}

fn problems_of(arguments: &Arguments) -> Vec<String> {
    let mut failures = Failures::default();
    HttpTask::rules(arguments, &mut failures);
    failures
        .iter()
        .map(|failure| format!("{}: {}", failure.path, failure.reason))
        .collect()
}

#[test]
fn the_default_state_reads_with_retries() {
    insta::assert_snapshot!(serde_json::to_string_pretty(&state(json!({}))).unwrap());
}

#[test]
fn a_state_with_everything_is_complete() {
    let changes = with_api(json!({
        "url": null,
        "path": "{% '/orders/' & $states.input.id %}",
        "method": "PATCH",
        "headers": {"Idempotency-Key": "{% $states.context.Execution.Id %}"},
        "queryParameters": {"fields": ["id", "total"], "limit": 10},
        "body": {"items": [1, 2], "note": null, "total": 1.5},
        "transform": {"encoding": "URL_ENCODED", "arrayFormat": "REPEAT"},
        "stateMachineType": "EXPRESS",
        "retriers": [{"errorEquals": ["States.Http.StatusCode.401"], "maxAttempts": 1}],
        "timeoutSeconds": 30,
        "next": "Done",
        "fields": {"Output": "{% $states.result.ResponseBody %}", "Comment": "Changes an order."},
    }));
    insta::assert_snapshot!(serde_json::to_string_pretty(&state(changes)).unwrap());
}

#[test]
fn a_state_with_json_path_has_parameters() {
    let changes = with_api(json!({
        "url": null,
        "path": "States.Format('/orders/{}', $.id)",
        "method": "$.method",
        "headers": {"Accept": "application/json", "Idempotency-Key.$": "$$.Execution.Id"},
        "queryParameters": {"since.$": "$.since"},
        "body": "$.order",
        "queryLanguage": "JSONPath",
        "retry": "none",
        "fields": {"ResultPath": "$.answer"},
    }));
    insta::assert_snapshot!(serde_json::to_string_pretty(&state(changes)).unwrap());
}

#[test]
fn retries_follow_the_method_and_the_type_of_machine() {
    // Attempts of the first retrier; status codes of the second; errors and attempts of the third.
    let shown = |changes: Value| {
        let state = state(changes);
        let Some(retriers) = state.get("Retry").and_then(Value::as_array) else {
            return "none".to_owned();
        };
        let errors = |retrier: &Value| {
            let names = retrier["ErrorEquals"].as_array().unwrap().iter();
            let names = names.map(|name| name.as_str().unwrap().rsplit('.').next().unwrap().to_owned());
            names.collect::<Vec<_>>().join(" ")
        };
        let mut shown = format!("{}; {}", retriers[0]["MaxAttempts"], errors(&retriers[1]));
        if let Some(third) = retriers.get(2) {
            shown += &format!("; {} {}", errors(third), third["MaxAttempts"]);
        }
        shown
    };
    let all = "429 502 503 504";
    for method in ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"] {
        assert_eq!(
            shown(json!({"method": method})),
            format!("8; {all}; Socket 3"),
            "{method}"
        );
        let express = json!({"method": method, "stateMachineType": "EXPRESS"});
        assert_eq!(shown(express), format!("4; {all}; Socket 1"), "{method}");
    }
    for method in ["POST", "PATCH", "{% $states.input.method %}"] {
        assert_eq!(shown(json!({"method": method})), "8; 429 503", "{method}");
        // A timeout of the task itself is no safer.
        assert_eq!(
            shown(json!({"method": method, "timeoutSeconds": 5})),
            "8; 429 503",
            "{method}"
        );
        let express = json!({"method": method, "stateMachineType": "EXPRESS"});
        assert_eq!(shown(express), "4; 429 503", "{method}");
        let repeatable = json!({"method": method, "retry": "repeatable"});
        assert_eq!(shown(repeatable), format!("8; {all}; Socket 3"), "{method}");
    }
    assert_eq!(
        shown(json!({"timeoutSeconds": 5})),
        format!("8; {all}; Socket Timeout 3")
    );
    assert_eq!(shown(json!({"retry": "none"})), "none");
}

#[test]
fn the_partition_is_that_of_the_connection() {
    let resource = |arn: &str| state(json!({"connectionArn": arn}))["Resource"].clone();
    assert_eq!(resource(ARN), "arn:aws:states:::http:invoke");
    assert_eq!(
        resource(&ARN.replace("aws:", "aws-cn:")),
        "arn:aws-cn:states:::http:invoke"
    );
}

#[test]
fn a_definition_and_a_pattern_of_urls_come_with_the_state() {
    let answer = |changes| arguments(changes).answer();
    let first = answer(json!({}));
    let definition: Value = serde_json::from_str(&first.definition.unwrap()).unwrap();
    assert_eq!(
        definition,
        json!({"StartAt": "CallApi", "States": {"CallApi": first.state}})
    );
    assert_eq!(first.url_pattern.as_deref(), Some(URL));
    let named = answer(json!({"name": "Get order"})).definition.unwrap();
    assert!(named.starts_with(r#"{"StartAt":"Get order""#), "{named}");
    assert_eq!(answer(json!({"next": "Other"})).definition, None);
    for (url, pattern) in [
        (
            "{% 'https://a.example/orders/' & $states.input.id %}",
            Some("https://a.example/orders/*"),
        ),
        ("{% 'https://a.example' & $states.input.path %}", None),
        ("{% $states.input.url %}", None),
    ] {
        assert_eq!(answer(json!({"url": url})).url_pattern.as_deref(), pattern, "{url}");
    }
}

#[test]
fn an_encoded_body_has_the_content_type_that_it_needs() {
    let encoded = |headers: Value| {
        let transform = json!({"encoding": "URL_ENCODED"});
        state(json!({"method": "POST", "body": {"a": 1}, "transform": transform, "headers": headers}))["Arguments"]["Headers"].clone()
    };
    let form = "application/x-www-form-urlencoded";
    assert_eq!(encoded(json!({"x": "y"})), json!({"x": "y", "Content-Type": form}));
    let own = format!("{form}; charset=utf-8");
    assert_eq!(encoded(json!({"content-type": own})), json!({"content-type": own}));
    let plain = state(json!({"method": "POST", "body": {"a": 1}, "transform": {"encoding": "NONE"}}));
    assert_eq!(plain["Arguments"].get("Headers"), None);
    // The connection sends the header.
    let mut api = entry(&[URL], &[]);
    api["parameterNames"]["headers"] = json!(["content-type"]);
    let changes = json!({"connectionArn": null, "api": api, "body": {}, "transform": {"encoding": "URL_ENCODED"}});
    assert_eq!(state(changes)["Arguments"].get("Headers"), None);
}

#[test]
fn each_mistake_is_told_with_its_path() {
    let path = |path: &str| with_api(json!({"url": null, "path": path}));
    let host = "https://vpce-0a1-x2y.execute-api.eu-west-1.vpce.amazonaws.com/prod";
    let wide = |mut changes: Value, body: &[&str]| {
        changes["connectionArn"] = Value::Null;
        changes["api"] = entry(&["https://*/*"], body);
        changes
    };
    for (changes, at, says) in [
        (json!({"url": "http://a.example/"}), "url", "`https://`"),
        (json!({"url": "https://a.example/?id=1"}), "url", "`queryParameters`"),
        (json!({"url": "https://a.example/{id}"}), "url", "placeholders"),
        (json!({"url": "https://10.0.0.5/x"}), "url", "host name"),
        (json!({"url": "$.url"}), "url", "JSONPath"),
        (
            json!({"url": "https://a.example/{% $id %}"}),
            "url",
            "text and expression in one",
        ),
        (json!({"url": "{% 'http://a.example/' & $id %}"}), "url", "`https://`"),
        (
            json!({"url": "{% $url %}", "queryLanguage": "JSONPath"}),
            "url",
            "JSONata",
        ),
        (json!({"url": host}), "url", "x-apigw-api-id"),
        (
            with_api(json!({"url": "https://other.example/x"})),
            "url",
            "outside of the API's `urls`",
        ),
        (
            with_api(json!({"url": "{% 'https://other.example/' & $id %}"})),
            "url",
            "outside of the API's `urls`",
        ),
        (json!({"url": null, "path": "/orders"}), "path", "needs `api`"),
        (path("orders"), "path", "must begin with `/`"),
        (path("/orders?x=1"), "path", "`queryParameters`"),
        (wide(json!({"url": null, "path": "/x"}), &[]), "path", "not clear"),
        (
            json!({"connectionArn": null, "api": "orders"}),
            "api",
            "must be an entry",
        ),
        (json!({"method": "get"}), "method", "did you mean `GET`?"),
        (json!({"method": "FROB"}), "method", "must be one of `GET`"),
        (
            json!({"headers": {"Authorization": "x"}}),
            "headers.Authorization",
            "`auth` of the connection",
        ),
        (json!({"headers": {"x-amz-date": "x"}}), "headers.x-amz-date", "refuses"),
        (
            json!({"headers": {"a": "Bearer {% $t %}"}}),
            "headers.a",
            "text and expression in one",
        ),
        (json!({"headers": {"a.$": "$.a"}}), r#"headers["a.$"]"#, "JSONPath"),
        (json!({"headers": {"A": "1", "a": "2"}}), "headers.a", "given twice"),
        (
            json!({"headers": {"a": "$.a"}, "queryLanguage": "JSONPath"}),
            "headers.a",
            "add `.$`",
        ),
        (
            json!({"headers": {"Host.$": "$.a"}, "queryLanguage": "JSONPath"}),
            r#"headers["Host.$"]"#,
            "the host of the URL",
        ),
        (
            with_api(json!({"headers": {"X-Api-Key": "x"}})),
            "headers.X-Api-Key",
            "set by the connection",
        ),
        (
            with_api(json!({"queryParameters": {"v": 1}})),
            "queryParameters.v",
            "set by the connection",
        ),
        (
            json!({"queryParameters": {"a": {"b": 1}}}),
            "queryParameters.a",
            "a list of these",
        ),
        (
            json!({"queryParameters": {"a.$": 1}}),
            r#"queryParameters["a.$"]"#,
            "JSONPath",
        ),
        (wide(json!({"body": "text"}), &["team"]), "body", "must be an object"),
        (wide(json!({"body": [1]}), &["team"]), "body", "must be an object"),
        (
            wide(json!({"body": {"team": 1}}), &["team"]),
            "body.team",
            "set by the connection",
        ),
        (
            json!({"body": {"a": [{"b.$": "$.b"}]}}),
            r#"body.a[0]["b.$"]"#,
            "JSONPath",
        ),
        (json!({"body": "x".repeat(262_144)}), "body", "262144 bytes"),
        (
            json!({"body": {}, "transform": {"encoding": "NONE", "arrayFormat": "COMMAS"}}),
            "transform.arrayFormat",
            "URL_ENCODED",
        ),
        (
            with_api(json!({"transform": {"encoding": "URL_ENCODED"}})),
            "transform",
            "no `body`",
        ),
        (
            json!({"body": {}, "transform": {"encoding": "URL_ENCODED"}, "headers": {"content-type": "text/plain"}}),
            "headers.content-type",
            "application/x-www-form-urlencoded",
        ),
        (
            json!({"retriers": [{"errorEquals": ["States.ALL"]}]}),
            "retriers[0].errorEquals",
            "set `retry` to `none`",
        ),
        (
            json!({"retry": "none", "retriers": [{"errorEquals": ["States.ALL"]}, {"errorEquals": ["A"]}]}),
            "retriers[0].errorEquals",
            "last retrier",
        ),
        (
            json!({"retry": "none", "retriers": [{"errorEquals": ["States.ALL", "A"]}]}),
            "retriers[0].errorEquals",
            "must be alone",
        ),
        (
            json!({"retriers": [{"errorEquals": ["A"], "intervalSeconds": 9, "maxDelaySeconds": 9}]}),
            "retriers[0].maxDelaySeconds",
            "greater than `intervalSeconds`",
        ),
        (
            json!({"fields": {"Retry": []}}),
            "fields.Retry",
            "`retry` and `retriers`",
        ),
        (
            json!({"fields": {"ResultPath": "$"}}),
            "fields.ResultPath",
            "only with `queryLanguage` `JSONPath`",
        ),
        (
            json!({"fields": {"Output": "x"}, "queryLanguage": "JSONPath"}),
            "fields.Output",
            "only with `queryLanguage` `JSONata`",
        ),
        (
            json!({"fields": {"comment": "x"}}),
            "fields.comment",
            "no further field",
        ),
    ] {
        let problems = problems_of(&arguments(changes.clone()));
        let [problem] = problems.as_slice() else {
            panic!("{changes}: {problems:?}")
        };
        assert!(
            problem.starts_with(&format!("{at}: ")) && problem.contains(says),
            "{problem}"
        );
    }
}

#[test]
fn all_mistakes_are_told_at_once_and_none_repeats_a_value() {
    let secret = "hunter2";
    let problems = problems_of(&arguments(json!({
        "url": format!("http://{secret}"),
        "method": secret,
        "headers": {"Host": secret, "ok": format!("{secret} {{% $x %}}")},
        "queryParameters": {"a": {"b": secret}},
        "body": {"a.$": secret},
        "fields": {"Type": secret},
        "retriers": [{"errorEquals": ["States.ALL", secret]}],
    })));
    assert!(problems.len() >= 8, "{problems:?}");
    assert!(!problems.concat().contains(secret), "{problems:?}");
}

#[test]
fn what_is_allowed_is_not_refused() {
    for changes in [
        json!({"url": "{% $states.input.url %}"}),
        json!({"url": "$.url", "queryLanguage": "JSONPath"}),
        json!({"url": "https://vpce-0a1-x2y.execute-api.eu-west-1.vpce.amazonaws.com/prod", "headers": {"X-Apigw-Api-Id": "a"}}),
        json!({"body": "a text", "method": "POST"}),
        json!({"body": {"price": "$5", "template": "{% raw %}"}}),
        with_api(json!({"body": "{% $states.input %}"})),
        with_api(json!({"url": "{% $states.input.url %}"})),
        json!({"retry": "none", "retriers": [{"errorEquals": ["A"]}, {"errorEquals": ["States.ALL"]}]}),
        json!({"fields": {"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "x"}], "Assign": {"a": 1}}}),
    ] {
        assert_eq!(
            problems_of(&arguments(changes.clone())),
            Vec::<String>::new(),
            "{changes}"
        );
    }
}

/// Returns one of these values, or null.
fn one_of(values: &[Value]) -> impl Strategy<Value = Value> + use<> {
    let mut values = values.to_vec();
    values.push(Value::Null);
    prop::sample::select(values)
}

fn any_arguments() -> impl Strategy<Value = Value> {
    let connection = prop::sample::select(vec![
        json!({"connectionArn": ARN}),
        json!({"api": entry(&["https://a.example/v1/*"], &[])}),
        json!({"api": entry(&["https://a.example/v1/*"], &["team"])}),
    ]);
    let target = prop::sample::select(vec![
        json!({"url": "https://a.example/v1/x"}),
        json!({"url": "http://a.example/v1/x"}),
        json!({"url": "{% 'https://a.example/v1/' & $x %}"}),
        json!({"path": "/x"}),
        json!({"path": "States.Format('/{}', $.x)"}),
    ]);
    let options = (
        one_of(&[json!("POST"), json!("get"), json!("$.method"), json!("{% $m %}")]),
        one_of(&[
            json!({"Host": "x"}),
            json!({"Content-Type": "application/x-www-form-urlencoded"}),
            json!({"content-type": "text/plain"}),
            json!({"x-api-key": "k"}),
            json!({"a.$": "$.a"}),
        ]),
        one_of(&[
            json!("text"),
            json!({"a": [1, 2]}),
            json!({"a.$": "$.a"}),
            json!("{% $b %}"),
        ]),
        one_of(&[
            json!({"encoding": "URL_ENCODED"}),
            json!({"encoding": "URL_ENCODED", "arrayFormat": "COMMAS"}),
            json!({"encoding": "NONE", "arrayFormat": "COMMAS"}),
        ]),
        one_of(&[json!("JSONPath"), json!("JSONata")]),
        one_of(&[json!("EXPRESS")]),
        one_of(&[json!("none"), json!("repeatable")]),
        one_of(&[json!(5)]),
    );
    (connection, target, options).prop_map(|(connection, target, options)| {
        let (method, headers, body, transform, language, kind, retry, timeout) = options;
        let mut all = json!({
            "method": method, "headers": headers, "body": body, "transform": transform, "queryLanguage": language,
            "stateMachineType": kind, "retry": retry, "timeoutSeconds": timeout,
        });
        for part in [connection, target] {
            for (name, value) in part.as_object().unwrap() {
                all[name] = value.clone();
            }
        }
        all
    })
}

/// Checks a state against what AWS documents of HTTP tasks, whatever the arguments were.
fn assert_documented(state: &Value, body_fields_of_connection: bool) {
    let jsonata = state["QueryLanguage"] == "JSONata";
    let (own, other) = if jsonata {
        ("Arguments", "Parameters")
    } else {
        ("Parameters", "Arguments")
    };
    assert!(state.get(other).is_none());
    assert_eq!(
        (&state["Type"], &state["Resource"]),
        (&json!("Task"), &json!("arn:aws:states:::http:invoke"))
    );
    assert!(state["End"] == true || state["Next"].is_string());
    let request = state[own].as_object().unwrap();
    assert!(!jsonata || !state.to_string().contains(".$\""), "{state}");
    assert!(request["InvocationConfig"]["ConnectionArn"].is_string() && !request.contains_key("Authentication"));
    let dynamic = |text: &str| jsonata && text.starts_with("{% ") && text.ends_with(" %}");
    if let Some(url) = request.get("ApiEndpoint").map(|url| url.as_str().unwrap()) {
        let fixed = regex::Regex::new(r"^https://[a-z0-9.-]+(/[^?#{}*]*)?$").unwrap();
        assert!(dynamic(url) || fixed.is_match(url), "{url}");
    } else {
        assert!(
            request["ApiEndpoint.$"]
                .as_str()
                .unwrap()
                .starts_with("States.Format('https://")
        );
    }
    let methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"];
    if let Some(method) = request.get("Method").map(|method| method.as_str().unwrap()) {
        assert!(dynamic(method) || methods.contains(&method), "{method}");
    } else {
        assert!(request["Method.$"].as_str().unwrap().starts_with('$'));
    }
    let headers = request
        .get("Headers")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    for name in headers.keys() {
        let name = name.to_lowercase();
        assert!(
            !["authorization", "host", "range", "user-agent"].contains(&name.as_str()),
            "{name}"
        );
        assert!(
            !name.starts_with("x-amz-") && !name.starts_with("x-forwarded-"),
            "{name}"
        );
    }
    if let Some(Value::String(body)) = request.get("RequestBody") {
        assert!(!body_fields_of_connection || dynamic(body), "{body}");
    }
    if let Some(transform) = request.get("Transform") {
        let encoded = transform["RequestBodyEncoding"] == "URL_ENCODED";
        assert!(
            encoded || transform.get("RequestEncodingOptions").is_none(),
            "{transform}"
        );
        let form = headers.iter().any(|(name, value)| {
            name.eq_ignore_ascii_case("content-type") && value == "application/x-www-form-urlencoded"
        });
        assert!(form || !encoded, "{headers:?}");
    }
    assert!(
        state["TimeoutSeconds"]
            .as_i64()
            .is_none_or(|seconds| (1..60).contains(&seconds))
    );
    let repeats = ["GET", "PUT", "DELETE", "HEAD", "OPTIONS"].map(Value::from);
    for retrier in state.get("Retry").and_then(Value::as_array).into_iter().flatten() {
        let longest = retrier["MaxDelaySeconds"].as_i64().unwrap();
        assert!(longest > retrier["IntervalSeconds"].as_i64().unwrap());
        let errors = retrier["ErrorEquals"].to_string();
        assert!(
            !errors.contains("States.ALL") && !errors.contains("AccessDenied"),
            "{errors}"
        );
        if errors.contains("Socket") && request.get("Method").is_some_and(|method| !repeats.contains(method)) {
            // Only `repeatable` says so: the caller of this function knows.
            assert_eq!(retrier["BackoffRate"], 2.0);
        }
    }
    assert!(state.to_string().len() < 1_048_576);
}

proptest! {
    #[test]
    fn what_the_rules_accept_is_what_aws_documents(changes in any_arguments()) {
        let mut changes = changes;
        for name in ["connectionArn", "url"] {
            if changes.get(name).is_none() {
                changes[name] = Value::Null;
            }
        }
        let adds_fields = changes["api"]["parameterNames"]["body"].as_array().is_some_and(|names| !names.is_empty());
        let arguments = arguments(changes);
        if problems_of(&arguments).is_empty() {
            assert_documented(&arguments.answer().state, adds_fields);
        }
    }
}
