//! Rows for `Connection`. The component passes the same properties to its connections.

use serde_json::{Value, json};

use crate::emulator::Emulator;
use crate::properties::row::{CONFIGURATION, CONNECTION, FIXED, GATEWAY, Row, SECRET, Table};

/// Rows for the name and the configuration, and for the KMS key and credentials as far as a component does not have them.
pub(in crate::properties) fn itself() -> Table {
    let named = |name: &str| json!({ "name": name, "auth": api_key("x-api-key", "one") });
    let path = |configuration: &str| json!({ "resourceConfigurationArn": format!("${{{configuration}.arn}}") });
    let told = json!({ "description": "${row.arn}", "auth": api_key("x-api-key", "one") });
    let rows = vec![
        Row::new(
            "name",
            "name",
            "another name replaces the connection, and resources that use its ARN are updated",
        )
        .edit(named("orders-one"), named("orders-two"))
        .replaced(CONNECTION, &["~ name"])
        .used_by(CONNECTION, "-user", told, "~", &["~ description"])
        .aws_shows("Name=orders-two")
        .no_drift(FIXED),
        Row::new(
            "path",
            "resourceConfigurationArn",
            "a connection moves to another configuration in place",
        )
        .edit(path("one"), path("two"))
        .updated(CONNECTION, &["~ resourceConfigurationArn"])
        .aws_shows_part("resourceconfiguration/${two}")
        .drift(go_public, &["- resourceConfigurationArn"]),
        Row::new(
            "path_removed",
            "resourceConfigurationArn",
            "a connection becomes public in place",
        )
        .edit(path("one"), json!({}))
        .updated(CONNECTION, &["- resourceConfigurationArn"])
        .aws_hides("*InvocationConnectivityParameters")
        .no_drift("that a connection leads somewhere is the row above"),
        Row::new(
            "key_removed",
            "kmsKeyId",
            "removing the KMS key replaces the connection, because AWS cannot change it back to its own key",
        )
        .edit(json!({ "kmsKeyId": "alias/one" }), json!({}))
        .replaced(CONNECTION, &["- kmsKeyId"])
        .aws_hides("KmsKeyIdentifier=alias/one")
        .no_drift("AWS has no call that removes a key"),
        Row::new(
            "key_by_arn",
            "kmsKeyId",
            "the id and the ARN of a KMS key mean the same key",
        )
        .edit(
            json!({ "kmsKeyId": "1234abcd-12ab-34cd-56ef-1234567890ab" }),
            json!({ "kmsKeyId": "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" }),
        )
        .no_drift("it is the same key"),
        Row::new(
            "auth_removed",
            "auth",
            "removed credentials are replaced by the header that stands for no credentials",
        )
        .edit(json!({}), json!({ "auth": null }))
        .updated(CONNECTION, &["- auth"])
        .aws_shows("AuthParameters.ApiKeyAuthParameters.ApiKeyName=x-private-step-functions")
        .drift(|aws, id| api_key_name(aws, id, "x-other"), &["+ auth"]),
    ];
    let configuration = |name: &str| json!({ "resourceGatewayId": "${gateway}", "ports": ["443"], "target": { "domainName": format!("{name}.example.com") } });
    Table {
        token: CONNECTION,
        base: json!({ "auth": api_key("x-api-key", "one") }),
        beside: vec![
            (GATEWAY, "gateway", json!({ "vpcId": "@vpc", "subnetIds": ["@a"] })),
            (CONFIGURATION, "one", configuration("one")),
            (CONFIGURATION, "two", configuration("two")),
        ],
        providers: 0,
        rows,
    }
}

/// Rows for the credentials, for the parameters that EventBridge adds to requests, and for the other properties.
pub(in crate::properties) fn requests() -> Table {
    let mut rows = credential_rows();
    rows.extend(other_rows());
    for prefix in ["invocationParameters", "auth.oauth.parameters"] {
        for list in LISTS {
            rows.extend(parameter_rows(prefix, list));
        }
    }
    Table { rows, ..itself() }
}

/// Returns the rows for the credentials.
pub(in crate::properties) fn credential_rows() -> Vec<Row> {
    let oauth = |over: Value| {
        let mut oauth = json!({
            "authorizationEndpoint": "https://login.example.com/token", "httpMethod": "POST", "clientId": "one",
            "clientSecret": "one",
        });
        for (name, value) in over.as_object().into_iter().flatten() {
            oauth[name] = value.clone();
        }
        json!({ "auth": { "oauth": oauth } })
    };
    let basic = |user: &str, password: &str| json!({ "auth": { "basic": { "username": user, "password": password } } });
    let key = |name: &str, value: &str| json!({ "auth": api_key(name, value) });
    vec![
        Row::new("auth", "auth", "the kind of authorization changes in place")
            .edit(key("x-api-key", "one"), basic("caller", "one"))
            .updated(CONNECTION, &["- auth.apiKey", "+ auth.basic"])
            .aws_shows("AuthParameters.BasicAuthParameters.Username=caller")
            .drift(
                |aws, id| api_key_name(aws, id, "x-other"),
                &["+ auth.apiKey", "- auth.basic"],
            ),
        Row::new(
            "api_key",
            "auth.apiKey",
            "an API key replaces a user name and password in place",
        )
        .edit(basic("caller", "one"), key("x-api-key", "one"))
        .updated(CONNECTION, &["+ auth.apiKey", "- auth.basic"])
        .aws_shows("AuthParameters.ApiKeyAuthParameters.ApiKeyName=x-api-key")
        .drift(|aws, id| api_key_name(aws, id, "x-other"), &["~ auth.apiKey.name"]),
        Row::new(
            "api_key_name",
            "auth.apiKey.name",
            "the header of the API key changes in place",
        )
        .edit(key("x-api-key", "one"), key("x-new-key", "one"))
        .updated(CONNECTION, &["~ auth.apiKey.name"])
        .aws_shows("AuthParameters.ApiKeyAuthParameters.ApiKeyName=x-new-key")
        .drift(|aws, id| api_key_name(aws, id, "x-other"), &["~ auth.apiKey.name"]),
        Row::new("api_key_value", "auth.apiKey.value", "a new API key is sent in place")
            .edit(key("x-api-key", "one"), key("x-api-key", "two"))
            .updated(CONNECTION, &["~ auth.apiKey.value"])
            .aws_is_told("UpdateConnection")
            .no_drift(SECRET),
        Row::new("basic", "auth.basic", "a user name and password replace OAuth in place")
            .edit(oauth(json!({})), basic("caller", "one"))
            .updated(CONNECTION, &["+ auth.basic", "- auth.oauth"])
            .aws_shows("AuthParameters.BasicAuthParameters.Username=caller")
            .drift(|aws, id| username(aws, id, "other"), &["~ auth.basic.username"]),
        Row::new("username", "auth.basic.username", "the user name changes in place")
            .edit(basic("caller", "one"), basic("another", "one"))
            .updated(CONNECTION, &["~ auth.basic.username"])
            .aws_shows("AuthParameters.BasicAuthParameters.Username=another")
            .drift(|aws, id| username(aws, id, "other"), &["~ auth.basic.username"]),
        Row::new("password", "auth.basic.password", "a new password is sent in place")
            .edit(basic("caller", "one"), basic("caller", "two"))
            .updated(CONNECTION, &["~ auth.basic.password"])
            .aws_is_told("UpdateConnection")
            .no_drift(SECRET),
        Row::new("oauth", "auth.oauth", "OAuth replaces an API key in place")
            .edit(key("x-api-key", "one"), oauth(json!({})))
            .updated(CONNECTION, &["- auth.apiKey", "+ auth.oauth"])
            .aws_shows("AuthParameters.OAuthParameters.ClientParameters.ClientID=one")
            .drift(
                |aws, id| change_oauth(aws, id, "HttpMethod", "GET"),
                &["~ auth.oauth.httpMethod"],
            ),
        Row::new(
            "oauth_endpoint",
            "auth.oauth.authorizationEndpoint",
            "the authorization server changes in place",
        )
        .edit(
            oauth(json!({})),
            oauth(json!({ "authorizationEndpoint": "https://new.example.com/token" })),
        )
        .updated(CONNECTION, &["~ auth.oauth.authorizationEndpoint"])
        .aws_shows("AuthParameters.OAuthParameters.AuthorizationEndpoint=https://new.example.com/token")
        .drift(
            |aws, id| change_oauth(aws, id, "AuthorizationEndpoint", "https://other.example.com/token"),
            &["~ auth.oauth.authorizationEndpoint"],
        ),
        Row::new(
            "oauth_method",
            "auth.oauth.httpMethod",
            "the method of the token request changes in place",
        )
        .edit(oauth(json!({})), oauth(json!({ "httpMethod": "PUT" })))
        .updated(CONNECTION, &["~ auth.oauth.httpMethod"])
        .aws_shows("AuthParameters.OAuthParameters.HttpMethod=PUT")
        .drift(
            |aws, id| change_oauth(aws, id, "HttpMethod", "GET"),
            &["~ auth.oauth.httpMethod"],
        ),
        Row::new("oauth_client", "auth.oauth.clientId", "the client id changes in place")
            .edit(oauth(json!({})), oauth(json!({ "clientId": "two" })))
            .updated(CONNECTION, &["~ auth.oauth.clientId"])
            .aws_shows("AuthParameters.OAuthParameters.ClientParameters.ClientID=two")
            .drift(
                |aws, id| {
                    let client = json!({ "ClientID": "other", "ClientSecret": "other" });
                    change(
                        aws,
                        id,
                        json!({ "AuthParameters": { "OAuthParameters": { "ClientParameters": client } } }),
                    );
                },
                &["~ auth.oauth.clientId"],
            ),
        Row::new(
            "oauth_secret",
            "auth.oauth.clientSecret",
            "a new client secret is sent in place",
        )
        .edit(oauth(json!({})), oauth(json!({ "clientSecret": "two" })))
        .updated(CONNECTION, &["~ auth.oauth.clientSecret"])
        .aws_is_told("UpdateConnection")
        .no_drift(SECRET),
        Row::new(
            "oauth_parameters",
            "auth.oauth.parameters",
            "parameters are added to the token request in place",
        )
        .edit(
            oauth(json!({})),
            oauth(json!({ "parameters": { "body": [{ "key": "scope", "value": "all" }] } })),
        )
        .updated(CONNECTION, &["+ auth.oauth.parameters"])
        .aws_shows("AuthParameters.OAuthParameters.OAuthHttpParameters.BodyParameters.0.Key=scope")
        .drift(
            |aws, id| change_lists(aws, id, true, json!({ "BodyParameters": [] })),
            &["- auth.oauth.parameters.body[0]"],
        ),
        Row::new(
            "oauth_path",
            "auth.oauth.resourceConfigurationArn",
            "the configuration for the authorization server changes in place",
        )
        .edit(
            oauth(json!({ "resourceConfigurationArn": "${one.arn}" })),
            oauth(json!({ "resourceConfigurationArn": "${two.arn}" })),
        )
        .updated(CONNECTION, &["~ auth.oauth.resourceConfigurationArn"])
        .aws_shows_part("resourceconfiguration/${two}")
        .drift(
            |aws, id| {
                let nowhere = json!({ "ResourceParameters": { "ResourceConfigurationArn": "" } });
                change(
                    aws,
                    id,
                    json!({ "AuthParameters": { "ConnectivityParameters": nowhere } }),
                );
            },
            &["- auth.oauth.resourceConfigurationArn"],
        ),
    ]
}

/// Returns the rows for the description, the KMS key, and `invocationParameters` as a whole.
pub(in crate::properties) fn other_rows() -> Vec<Row> {
    let header = json!({ "invocationParameters": { "headers": [{ "key": "x-a", "value": "one" }] } });
    vec![
        Row::new("description", "description", "the description changes in place")
            .edit(json!({ "description": "one" }), json!({ "description": "two" }))
            .updated(CONNECTION, &["~ description"])
            .aws_shows("Description=two")
            .drift(
                |aws, id| change(aws, id, json!({ "Description": "three" })),
                &["~ description"],
            ),
        Row::new(
            "description_removed",
            "description",
            "the description is removed in place",
        )
        .edit(json!({ "description": "one" }), json!({}))
        .updated(CONNECTION, &["- description"])
        .aws_hides("Description=one")
        .drift(
            |aws, id| change(aws, id, json!({ "Description": "three" })),
            &["+ description"],
        ),
        Row::new(
            "key",
            "kmsKeyId",
            "the KMS key that encrypts the secret changes in place",
        )
        .edit(json!({ "kmsKeyId": "alias/one" }), json!({ "kmsKeyId": "alias/two" }))
        .updated(CONNECTION, &["~ kmsKeyId"])
        .aws_shows("KmsKeyIdentifier=alias/two")
        .drift(
            |aws, id| change(aws, id, json!({ "KmsKeyIdentifier": "alias/three" })),
            &["~ kmsKeyId"],
        ),
        Row::new(
            "added",
            "invocationParameters",
            "parameters are added to every request in place",
        )
        .edit(json!({}), header.clone())
        .updated(CONNECTION, &["+ invocationParameters"])
        .aws_shows("AuthParameters.InvocationHttpParameters.HeaderParameters.0.Key=x-a")
        .drift(
            |aws, id| change_lists(aws, id, false, json!({ "HeaderParameters": [] })),
            &["- invocationParameters.headers[0]"],
        ),
        Row::new(
            "removed",
            "invocationParameters",
            "parameters are removed from every request in place",
        )
        .edit(header, json!({}))
        .updated(CONNECTION, &["- invocationParameters"])
        .aws_hides("AuthParameters.InvocationHttpParameters.HeaderParameters.0.Key=x-a")
        .drift(
            |aws, id| {
                change_lists(
                    aws,
                    id,
                    false,
                    json!({ "QueryStringParameters": [{ "Key": "x-b", "Value": "two" }] }),
                )
            },
            &["+ invocationParameters"],
        ),
    ]
}

/// A list of parameters: its name in the schema, its name in AWS, and a short name.
type List = (&'static str, &'static str, &'static str);

pub(in crate::properties) const LISTS: [List; 3] = [
    ("headers", "HeaderParameters", "header"),
    ("queryString", "QueryStringParameters", "query"),
    ("body", "BodyParameters", "body"),
];

/// Returns the rows for one list of `invocationParameters` or `auth.oauth.parameters`.
pub(in crate::properties) fn parameter_rows(prefix: &str, (list, in_aws, short): List) -> Vec<Row> {
    let oauth = prefix != "invocationParameters";
    let inputs = |entries: Value| {
        let parameters = json!({ list: entries });
        if !oauth {
            return json!({ "invocationParameters": parameters });
        }
        let oauth = json!({
            "authorizationEndpoint": "https://login.example.com/token", "httpMethod": "POST", "clientId": "one",
            "clientSecret": "one", "parameters": parameters,
        });
        json!({ "auth": { "oauth": oauth } })
    };
    let entry = |key: &str, value: &str, secret: bool| json!({ "key": key, "value": value, "secret": secret });
    let aws = if oauth {
        format!("AuthParameters.OAuthParameters.OAuthHttpParameters.{in_aws}")
    } else {
        format!("AuthParameters.InvocationHttpParameters.{in_aws}")
    };
    let name = |what: &str| {
        if oauth {
            format!("oauth_{short}_{what}")
        } else {
            format!("{short}_{what}")
        }
    };
    let place = |what: &str| format!("{prefix}.{list}{what}");
    let put =
        move |entry: Value| move |aws: &Emulator, id: &str| change_lists(aws, id, oauth, json!({ in_aws: [entry] }));
    let row = |what: &str, member: &str, promise: &str| {
        let member = if member.is_empty() {
            String::new()
        } else {
            format!("[].{member}")
        };
        Row::new(&name(what), &place(&member), &format!("{promise} of `{list}` in place"))
    };
    let one = || inputs(json!([entry("x-a", "one", false)]));
    vec![
        row("list", "", "a second entry is added at the end")
            .edit(
                one(),
                inputs(json!([entry("x-a", "one", false), entry("x-b", "two", false)])),
            )
            .updated(CONNECTION, &[&format!("+ {}", place("[1]"))])
            .aws_shows(&format!("{aws}.1.Key=x-b"))
            .drift(
                put(json!({ "Key": "x-a", "Value": "one" })),
                &[&format!("- {}", place("[1]"))],
            ),
        row("key", "key", "the name changes in an entry")
            .edit(one(), inputs(json!([entry("x-b", "one", false)])))
            .updated(CONNECTION, &[&format!("~ {}", place("[0].key"))])
            .aws_shows(&format!("{aws}.0.Key=x-b"))
            .drift(
                put(json!({ "Key": "x-c", "Value": "one" })),
                &[&format!("~ {}", place("[0].key"))],
            ),
        row("value", "value", "the value changes in an entry")
            .edit(one(), inputs(json!([entry("x-a", "two", false)])))
            .updated(CONNECTION, &[&format!("~ {}", place("[0].value"))])
            .aws_shows(&format!("{aws}.0.Value=two"))
            .drift(
                put(json!({ "Key": "x-a", "Value": "three" })),
                &[&format!("~ {}", place("[0].value"))],
            ),
        row("secret", "secret", "an entry becomes secret")
            .edit(one(), inputs(json!([entry("x-a", "one", true)])))
            .updated(CONNECTION, &[&format!("~ {}", place("[0].secret"))])
            .aws_shows(&format!("{aws}.0.IsValueSecret=true"))
            .drift(
                put(json!({ "Key": "x-a", "Value": "one" })),
                &[&format!("- {}", place("[0].secret"))],
            ),
    ]
}

/// Returns an `auth` with this API key.
pub(in crate::properties) fn api_key(name: &str, value: &str) -> Value {
    json!({ "apiKey": { "name": name, "value": value } })
}

/// Calls UpdateConnection.
pub(in crate::properties) fn change(aws: &Emulator, id: &str, mut body: Value) {
    body["Name"] = id.into();
    aws.events("UpdateConnection", &body);
}

fn change_oauth(aws: &Emulator, id: &str, member: &str, value: &str) {
    change(
        aws,
        id,
        json!({ "AuthParameters": { "OAuthParameters": { member: value } } }),
    );
}

fn change_lists(aws: &Emulator, id: &str, oauth: bool, lists: Value) {
    let parameters = if oauth {
        json!({ "OAuthParameters": { "OAuthHttpParameters": lists } })
    } else {
        json!({ "InvocationHttpParameters": lists })
    };
    change(aws, id, json!({ "AuthParameters": parameters }));
}

fn api_key_name(aws: &Emulator, id: &str, name: &str) {
    let key = json!({ "ApiKeyAuthParameters": { "ApiKeyName": name, "ApiKeyValue": "other" } });
    change(
        aws,
        id,
        json!({ "AuthorizationType": "API_KEY", "AuthParameters": key }),
    );
}

fn username(aws: &Emulator, id: &str, name: &str) {
    let basic = json!({ "BasicAuthParameters": { "Username": name } });
    change(aws, id, json!({ "AuthParameters": basic }));
}

fn go_public(aws: &Emulator, id: &str) {
    let nowhere = json!({ "ResourceParameters": { "ResourceConfigurationArn": "" } });
    change(aws, id, json!({ "InvocationConnectivityParameters": nowhere }));
}
