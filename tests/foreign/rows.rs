//! The table of foreign changes to an object, with the change that our program makes meanwhile.

use std::fmt;

use serde_json::{Value as Json, json};

use crate::subjects::Prerequisites;

/// One change by somebody else.
pub(crate) struct Row {
    /// The label in the subjects table.
    pub(crate) subject: &'static str,
    /// The input's path in the schema, such as `auth.apiKey.value`. It covers everything inside it.
    pub(crate) property: &'static str,
    /// Our program's differences from the subjects table.
    base: Vec<(&'static str, Json)>,
    /// The value that somebody else sets.
    pub(crate) foreign: (&'static str, Json),
    /// The change that our program makes without knowing of the foreign one.
    pub(crate) beside: (&'static str, Json),
    /// Texts that must not occur in any modifying call.
    pub(crate) silent: &'static [&'static str],
    /// Whether AWS never returns the value, so that a refresh cannot see the change.
    pub(crate) is_secret: bool,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            subject,
            property,
            foreign,
            beside,
            ..
        } = self;
        write!(
            f,
            "{subject}: {property} becomes {}, {} becomes {}",
            foreign.1, beside.0, beside.1
        )
    }
}

impl Row {
    fn new(subject: &'static str, property: &'static str, foreign: Json) -> Self {
        let top = property.split('.').next().unwrap();
        Self {
            subject,
            property,
            base: Vec::new(),
            foreign: (top, foreign),
            beside: ("description", json!("changed")),
            silent: &[],
            is_secret: false,
        }
    }

    fn base(mut self, name: &'static str, value: Json) -> Self {
        self.base.push((name, value));
        self
    }

    fn beside(mut self, name: &'static str, value: Json, silent: &'static [&'static str]) -> Self {
        (self.beside, self.silent) = ((name, value), silent);
        self
    }

    fn secret(mut self) -> Self {
        self.is_secret = true;
        self
    }

    /// Returns our program: the subject's inputs with this row's differences.
    pub(crate) fn program(&self, inputs: &Json) -> Json {
        self.base.iter().fold(inputs.clone(), |all, (name, value)| {
            crate::subjects::with(&all, name, value)
        })
    }

    /// Reports whether our program changes the same property that somebody else changed.
    pub(crate) fn is_shared(&self) -> bool {
        self.foreign.0 == self.beside.0
    }
}

/// Inputs that no row can change, with the reason.
pub(crate) const ELSEWHERE: &[(&str, &str)] = &[
    (
        "InterfaceEndpoint.ipAddressType",
        "the emulator's default VPC has no IPv6: tests/e2e/properties",
    ),
    (
        "InterfaceEndpoint.dnsRecordIpType",
        "the emulator's default VPC has no IPv6: tests/e2e/properties",
    ),
    (
        "InterfaceEndpoint.subnetConfigurations",
        "a row creates its object several times, but only one can have an address: tests/resources_ec2/fixed_addresses.rs",
    ),
];

pub(crate) fn rows(prerequisites: &Prerequisites) -> Vec<Row> {
    let mut rows = security_group();
    rows.extend(interface_endpoint(prerequisites));
    rows.extend(resource_gateway(prerequisites));
    rows.extend(resource_configuration());
    rows.extend(private_connection(prerequisites));
    rows.extend(oauth(prerequisites));
    rows.extend(basic());
    rows
}

fn security_group() -> Vec<Row> {
    let row = |property, foreign| Row::new("security group", property, foreign);
    let https = |block: &str| json!({ "fromPort": 443, "toPort": 443, "cidrIpv4": block });
    let described = json!({ "fromPort": 443, "toPort": 443, "cidrIpv4": "10.1.0.0/16", "description": "theirs" });
    let (own, theirs, more) = (https("10.1.0.0/16"), https("10.9.0.0/16"), https("10.7.0.0/16"));
    let tags = json!({ "team": "a", "old": "x", "mine": "1" });
    let rules: &[&str] = &["IpPermissions"];
    vec![
        row("ingress", json!([own, theirs])).beside("tags", tags.clone(), rules),
        row("ingress", json!([theirs])).beside("tags", tags.clone(), rules),
        row("ingress", json!([described])).beside("tags", tags.clone(), rules),
        row("ingress", json!([own, theirs])).beside("ingress", json!([own, more]), &["10.9.0.0"]),
        row("ingress", json!([own, theirs])).beside("ingress", json!([]), &["10.9.0.0"]),
        row("egress", json!([https("10.0.0.0/8"), theirs])).beside("tags", tags.clone(), rules),
        row("egress", json!([])).beside("tags", tags, rules),
        row("egress", json!([theirs])).beside("ingress", json!([own, more]), &["10.9.0.0", "10.0.0.0/8"]),
        row("tags", json!({ "team": "z", "old": "x", "theirs": "f" })).beside("ingress", json!([own, more]), &["Tag"]),
        row("tags", json!({ "team": "a" })).beside("ingress", json!([own, more]), &["Tag"]),
        row("tags", json!({ "team": "a", "old": "x", "theirs": "f" })).beside(
            "tags",
            json!({ "team": "b" }),
            &["theirs"],
        ),
    ]
}

fn interface_endpoint(prerequisites: &Prerequisites) -> Vec<Row> {
    let row = |property, foreign| Row::new("interface endpoint", property, foreign);
    let (subnets, groups) = (&prerequisites.subnets, &prerequisites.groups);
    let policy = |action: &str| {
        json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*",
        }] })
    };
    let tags = json!({ "team": "a", "mine": "1" });
    let modify: &[&str] = &["VpcEndpointId"];
    vec![
        row("subnetIds", json!(subnets)).beside("tags", tags.clone(), modify),
        row("subnetIds", json!(subnets[..1])).beside("policy", policy("states:*Execution"), &["SubnetId"]),
        row("securityGroupIds", json!(groups)).beside("tags", tags.clone(), modify),
        row("securityGroupIds", json!(groups[1..])).beside("policy", policy("states:*Execution"), &["SecurityGroupId"]),
        row("policy", policy("states:List*")).beside("tags", tags.clone(), modify),
        row("policy", policy("states:List*")).beside("subnetIds", json!(subnets), &["PolicyDocument"]),
        row("policy", Json::Null).beside("privateDnsEnabled", json!(false), &["PolicyDocument"]),
        row("privateDnsEnabled", json!(false)).beside("tags", tags, modify),
        row("privateDnsEnabled", json!(false)).beside("policy", Json::Null, &["PrivateDnsEnabled"]),
        row("tags", json!({ "team": "z", "theirs": "f" })).beside("policy", Json::Null, &["Tag"]),
        row("tags", json!({ "team": "a", "theirs": "f" })).beside("tags", json!({ "team": "b" }), &["theirs"]),
    ]
}

fn resource_gateway(prerequisites: &Prerequisites) -> Vec<Row> {
    let row = |property, foreign| Row::new("resource gateway", property, foreign);
    let groups = &prerequisites.groups;
    vec![
        row("securityGroupIds", json!(groups)).beside("tags", json!({ "team": "b" }), &["securityGroupIds"]),
        row("securityGroupIds", json!(groups[1..])).beside("tags", json!({}), &["securityGroupIds"]),
        row("tags", json!({ "team": "z", "theirs": "f" })).beside(
            "securityGroupIds",
            json!(groups),
            &["tags", "tagKeys"],
        ),
        row("tags", json!({ "team": "a", "theirs": "f" })).beside("tags", json!({ "team": "b" }), &["theirs"]),
    ]
}

fn resource_configuration() -> Vec<Row> {
    let row = |property, foreign| Row::new("configuration of an address", property, foreign);
    let address = |last: u8| json!({ "ipAddress": format!("10.0.0.{last}") });
    vec![
        row("ports", json!(["443", "9000"])).beside("tags", json!({ "team": "b" }), &["portRanges"]),
        row("ports", json!(["9000"])).beside(
            "allowAssociationToShareableServiceNetwork",
            json!(false),
            &["portRanges"],
        ),
        row("ports", json!(["443", "9000"])).beside("ports", json!(["443", "8443"]), &[]),
        row("allowAssociationToShareableServiceNetwork", json!(false))
            .base("allowAssociationToShareableServiceNetwork", json!(true))
            .beside("ports", json!(["8443"]), &["allowAssociation"]),
        row("target.ipAddress", address(9)).beside("ports", json!(["8443"]), &["resourceConfigurationDefinition"]),
        row("target.ipAddress", address(9)).beside(
            "tags",
            json!({ "team": "b" }),
            &["resourceConfigurationDefinition"],
        ),
        row("tags", json!({ "team": "z", "theirs": "f" })).beside("ports", json!(["8443"]), &["tags", "tagKeys"]),
        row("tags", json!({ "team": "a", "theirs": "f" })).beside("tags", json!({ "team": "b" }), &["theirs"]),
    ]
}

fn private_connection(prerequisites: &Prerequisites) -> Vec<Row> {
    let row = |property, foreign| Row::new("private connection", property, foreign);
    let key = |name: &str, value: &str| json!({ "apiKey": { "name": name, "value": value } });
    let secret = json!({ "key": "x-secret", "value": "hidden-header", "secret": true });
    let open = |key: &str, value: &str| json!({ "key": key, "value": value });
    let own = json!({ "headers": [secret, open("x-open", "shown")] });
    let with = |list: &str, more: Json| {
        let mut all = own.clone();
        all[list] = more;
        all
    };
    let headers = with("headers", json!([secret, open("x-open", "changed")]));
    let auth: &[&str] = &["AuthParameters", "AuthorizationType"];
    vec![
        row("description", json!("theirs")).beside("invocationParameters", headers.clone(), &["Description"]),
        row("auth.apiKey.name", key("x-theirs", "hidden-key")).beside("description", json!("changed"), auth),
        row("auth.apiKey.name", key("x-theirs", "hidden-key")).beside(
            "auth",
            key("x-api-key", "hidden-new"),
            &["ApiKeyName"],
        ),
        row("auth.apiKey.value", key("x-api-key", "hidden-theirs"))
            .beside("description", json!("changed"), auth)
            .secret(),
        row("auth.apiKey.value", key("x-api-key", "hidden-theirs"))
            .beside(
                "invocationParameters",
                headers.clone(),
                &["ApiKeyAuthParameters", "AuthorizationType"],
            )
            .secret(),
        row("auth.apiKey.value", key("x-api-key", "hidden-theirs"))
            .beside("auth", key("x-other-key", "hidden-key"), &["ApiKeyValue"])
            .secret(),
        row(
            "auth",
            json!({ "basic": { "username": "they", "password": "hidden-theirs" } }),
        )
        .beside("description", json!("changed"), auth),
        row(
            "invocationParameters.headers",
            with(
                "headers",
                json!([secret, open("x-open", "shown"), open("x-theirs", "1")]),
            ),
        )
        .beside("description", json!("changed"), auth),
        row(
            "invocationParameters.headers",
            with(
                "headers",
                json!([secret, open("x-open", "shown"), open("x-theirs", "1")]),
            ),
        )
        .beside("invocationParameters", headers.clone(), &["ApiKeyAuthParameters"]),
        row("invocationParameters.headers", with("headers", json!([secret]))).beside(
            "auth",
            key("x-api-key", "hidden-new"),
            &["HeaderParameters"],
        ),
        row(
            "invocationParameters.queryString",
            with("queryString", json!([open("q", "1")])),
        )
        .beside("invocationParameters", headers.clone(), &["QueryStringParameters"]),
        row("invocationParameters.body", with("body", json!([open("b", "1")]))).beside(
            "invocationParameters",
            headers,
            &["BodyParameters"],
        ),
        row("resourceConfigurationArn", json!(prerequisites.configurations[1])).beside(
            "description",
            json!("changed"),
            &["ConnectivityParameters"],
        ),
        row("resourceConfigurationArn", Json::Null).beside(
            "auth",
            key("x-api-key", "hidden-new"),
            &["ConnectivityParameters"],
        ),
    ]
}

fn oauth(prerequisites: &Prerequisites) -> Vec<Row> {
    let with = |change: Json| {
        let mut oauth = json!({
            "authorizationEndpoint": "https://tokens.example.com/token", "httpMethod": "POST", "clientId": "me",
            "clientSecret": "hidden-client",
        });
        oauth
            .as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        json!({ "oauth": oauth })
    };
    let row = |property, foreign| {
        Row::new("public connection", property, with(foreign)).beside(
            "description",
            json!("changed"),
            &["AuthParameters"],
        )
    };
    let beside = |row: Row, change: Json, silent| row.beside("auth", with(change), silent);
    let list = json!({ "headers": [{ "key": "x-theirs", "value": "1" }] });
    vec![
        row(
            "auth.oauth.authorizationEndpoint",
            json!({ "authorizationEndpoint": "https://theirs.example.com/token" }),
        ),
        row("auth.oauth.httpMethod", json!({ "httpMethod": "GET" })),
        row("auth.oauth.clientId", json!({ "clientId": "they" })),
        row("auth.oauth.clientSecret", json!({ "clientSecret": "hidden-theirs" })).secret(),
        row("auth.oauth.parameters", json!({ "parameters": list })),
        row(
            "auth.oauth.resourceConfigurationArn",
            json!({ "resourceConfigurationArn": prerequisites.configurations[0] }),
        ),
        beside(
            row("auth.oauth.httpMethod", json!({ "httpMethod": "GET" })),
            json!({ "clientId": "new" }),
            &["HttpMethod", "ClientSecret"],
        ),
        beside(
            row("auth.oauth.clientId", json!({ "clientId": "they" })),
            json!({ "clientSecret": "hidden-new" }),
            &["ClientID"],
        ),
        beside(
            row("auth.oauth.clientSecret", json!({ "clientSecret": "hidden-theirs" })),
            json!({ "clientId": "new" }),
            &["ClientSecret"],
        )
        .secret(),
        beside(
            row("auth.oauth.parameters", json!({ "parameters": list })),
            json!({ "httpMethod": "PUT" }),
            &["OAuthHttpParameters"],
        ),
        Row::new("public connection", "kmsKeyId", json!("alias/theirs")).beside(
            "description",
            json!("changed"),
            &["KmsKeyIdentifier"],
        ),
        Row::new("public connection", "description", json!("theirs")).beside(
            "kmsKeyId",
            json!("alias/others"),
            &["Description"],
        ),
    ]
}

fn basic() -> Vec<Row> {
    let basic = |username: &str, password: &str| json!({ "basic": { "username": username, "password": password } });
    let row =
        |property, foreign| Row::new("public connection", property, foreign).base("auth", basic("me", "hidden-word"));
    vec![
        row("auth.basic.username", basic("they", "hidden-word")).beside(
            "description",
            json!("changed"),
            &["AuthParameters"],
        ),
        row("auth.basic.username", basic("they", "hidden-word")).beside(
            "auth",
            basic("me", "hidden-new"),
            &["Username"],
        ),
        row("auth.basic.password", basic("me", "hidden-theirs"))
            .beside("description", json!("changed"), &["AuthParameters"])
            .secret(),
        row("auth.basic.password", basic("me", "hidden-theirs"))
            .beside("auth", basic("you", "hidden-word"), &["Password"])
            .secret(),
    ]
}
