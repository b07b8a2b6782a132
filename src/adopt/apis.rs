//! The entries of `privateApis`, from connections and the resource configurations that they use.

use std::collections::BTreeSet;

use pulumi_provider::property::{Map, Value};

use super::choice::{Choice, target};
use super::found::{Connection, Found, Object};
use super::{LeftOut, Secret};
use crate::component::existing::Role;
use crate::partition::Partition;

/// The entries.
#[derive(Debug, Default)]
pub(super) struct Apis {
    pub(super) entries: Map,
    /// Whether the component manages a resource configuration behind the gateway.
    pub(super) uses_gateway: bool,
    /// The resource configurations behind the gateway that it does not manage.
    pub(super) others: BTreeSet<String>,
}

/// Chooses one entry for each connection. `own` is the endpoint that becomes the component's own `execute-api` endpoint.
pub(super) fn choose(
    found: &Found,
    component: &str,
    gateway: &Object,
    own: Option<&Object>,
    choice: &mut Choice,
) -> Apis {
    let mut apis = Apis::default();
    let own_configuration = own.and_then(|own| own_configuration(found, gateway, own));
    let mut names = BTreeSet::from(["execute-api".to_owned()]);
    let mut claimed = BTreeSet::new();
    let users = |arn: &str| {
        found
            .connections
            .iter()
            .filter(|one| one.configuration_arn == arn)
            .count()
    };
    for connection in &found.connections {
        let arn = connection.configuration_arn.as_str();
        let Some(configuration) = found.configurations.iter().find(|one| one.arn() == arn) else {
            continue;
        };
        let name = unique(api_name(&connection.object.id, component), &mut names);
        let is_own = own_configuration.is_some_and(|own| own.id == configuration.id);
        let is_behind = configuration.text("resourceGatewayId") == gateway.id;
        claimed.insert(configuration.id.clone());
        let mut entry = Map::new();
        if is_own {
            choice.taken.insert(Role::OwnConfiguration, configuration.clone());
        } else if is_behind && users(arn) == 1 {
            set_target(configuration, &mut entry);
            if entry.contains_key("ipAddress") {
                set_urls(found, configuration, &name, &mut entry, choice);
            }
            let role = Role::Configuration(name.clone());
            choice.taken.insert(role, configuration.clone());
        } else {
            entry.insert("resourceConfigurationArn".to_owned(), arn.into());
            set_urls(found, configuration, &name, &mut entry, choice);
            // An entry that shared the configuration of another one by its ARN would not depend on it, and a destroy would delete the
            // configuration first.
            let why = match is_behind {
                true => format!(
                    "{} connections use it, and an entry of `privateApis` has a configuration of its own",
                    users(arn)
                ),
                false => "it is behind another gateway".to_owned(),
            };
            let why = format!("{why}. The program refers to it by its ARN");
            choice.left_out.push(LeftOut::new(&configuration.id, why));
        }
        apis.uses_gateway |= is_own || (is_behind && users(arn) == 1);
        set_connection(connection, &name, &mut entry, choice);
        let role = Role::Connection(name.clone());
        choice.taken.insert(role, connection.object.clone());
        apis.entries.insert(name, Value::Object(entry));
    }
    for configuration in &found.configurations {
        if !claimed.contains(&configuration.id) {
            let why = "no connection uses it, and the component would make one";
            choice.left_out.push(LeftOut::new(&configuration.id, why));
        }
    }
    let behind = found
        .configurations
        .iter()
        .filter(|one| one.text("resourceGatewayId") == gateway.id);
    let is_taken = |one: &&Object| choice.taken.values().any(|taken| taken.id == one.id);
    apis.others = behind.filter(|one| !is_taken(one)).map(|one| one.id.clone()).collect();
    apis
}

/// Returns the configuration of the component's own endpoint: all entries without a target share one, on port 443.
fn own_configuration<'a>(found: &'a Found, gateway: &Object, own: &Object) -> Option<&'a Object> {
    let is_own = |one: &&Object| {
        one.text("resourceGatewayId") == gateway.id
            && target(one, "vpcEndpointId") == Some(own.id.as_str())
            && one.texts("ports") == BTreeSet::from(["443".to_owned()])
            && found.connections.iter().any(|user| user.configuration_arn == one.arn())
    };
    found.configurations.iter().find(is_own)
}

fn set_target(configuration: &Object, entry: &mut Map) {
    for name in ["vpcEndpointId", "domainName", "ipAddress"] {
        if let Some(value) = target(configuration, name) {
            entry.insert(name.to_owned(), value.into());
        }
    }
    let ports = configuration.texts("ports");
    if ports != BTreeSet::from(["443".to_owned()]) {
        entry.insert("ports".to_owned(), super::choice::list(ports));
    }
}

/// Sets the URLs that the role policy allows, where the target does not tell them.
fn set_urls(found: &Found, configuration: &Object, name: &str, entry: &mut Map, choice: &mut Choice) {
    let host = if target(configuration, "vpcEndpointId").is_some() {
        format!(
            "*.{}",
            Partition::of_region(&found.region).host("execute-api", &found.region)
        )
    } else if let Some(host) = target(configuration, "domainName") {
        host.to_owned()
    } else {
        choice.notes.push(format!(
            "`privateApis.{name}.urls`: write the URLs that state machines call, in the program and in the import file; AWS does not \
             tell them"
        ));
        "host-of-the-api.example.com".to_owned()
    };
    let urls = vec![Value::from(format!("https://{host}/*"))];
    entry.insert("urls".to_owned(), Value::Array(urls));
}

/// Sets what belongs to the connection. Secrets become variables of the program.
fn set_connection(connection: &Connection, api: &str, entry: &mut Map, choice: &mut Choice) {
    for name in ["description", "kmsKeyId", "auth", "invocationParameters"] {
        let Some(value) = connection.shown.get(name).filter(|value| !value.is_null()) else {
            continue;
        };
        let mut value = value.clone();
        let mut path = format!("privateApis.{api}.{name}");
        add_secrets(&mut value, &mut path, api, &connection.object.id, choice);
        entry.insert(name.to_owned(), value);
    }
}

/// Adds the secrets that EventBridge does not show: each as a variable.
fn add_secrets(value: &mut Value, path: &mut String, api: &str, connection: &str, choice: &mut Choice) {
    let length = path.len();
    match value {
        Value::Object(map) => {
            let has = |name: &str| map.get(name).is_some_and(|value| !value.is_null());
            let missing = match () {
                () if path.ends_with(".apiKey") => Some(("value", "ApiKey")),
                () if path.ends_with(".basic") => Some(("password", "Password")),
                () if path.ends_with(".oauth") => Some(("clientSecret", "ClientSecret")),
                () if map.get("secret").and_then(Value::as_bool) == Some(true) => Some(("value", "")),
                () => None,
            };
            if let Some((name, ending)) = missing.filter(|(name, _)| !has(name)) {
                let of = map.get("key").and_then(Value::as_str).filter(|_| ending.is_empty());
                let variable = variable(&[api, of.unwrap_or(ending)], choice);
                map.insert(name.to_owned(), Value::from(format!("${{{variable}}}")).into_secret());
                choice.secrets.push(Secret {
                    variable,
                    path: format!("{path}.{name}"),
                    connection: connection.to_owned(),
                });
            }
            for (name, inner) in map {
                path.push('.');
                path.push_str(name);
                add_secrets(inner, path, api, connection, choice);
                path.truncate(length);
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter_mut().enumerate() {
                path.push_str(&format!("[{index}]"));
                add_secrets(inner, path, api, connection, choice);
                path.truncate(length);
            }
        }
        _ => {}
    }
}

/// Returns a name for a variable that no other secret has.
fn variable(words: &[&str], choice: &Choice) -> String {
    let letters = |word: &&str| {
        let parts = word
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect::<Vec<_>>()
    };
    let mut name = String::new();
    for part in words.iter().flat_map(letters) {
        let (first, rest) = part.split_at(1);
        let first = if name.is_empty() {
            first.to_ascii_lowercase()
        } else {
            first.to_ascii_uppercase()
        };
        name.push_str(&first);
        name.push_str(rest);
    }
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name.insert_str(0, "api");
    }
    let mut unique = name.clone();
    let mut count = 2;
    while choice.secrets.iter().any(|secret| secret.variable == unique) {
        unique = format!("{name}{count}");
        count += 1;
    }
    unique
}

/// Returns the name of an entry for a connection. Of a name that the component made, it is the part for the entry.
pub(super) fn api_name(connection: &str, component: &str) -> String {
    let own = || {
        let rest = connection.strip_prefix(component)?.strip_prefix('-')?;
        let (name, random) = rest.rsplit_once('-')?;
        (random.len() == 7 && random.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(name)
    };
    let name = own().unwrap_or(connection);
    let name = name.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    if name.is_empty() {
        "api".to_owned()
    } else {
        name.to_owned()
    }
}

fn unique(name: String, names: &mut BTreeSet<String>) -> String {
    let mut unique = name.clone();
    let mut count = 2;
    while !names.insert(unique.clone()) {
        unique = format!("{name}-{count}");
        count += 1;
    }
    unique
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_named_as_the_connection() {
        assert_eq!(api_name("orders", "main"), "orders");
        assert_eq!(api_name("main-orders-1a2b3c4", "main"), "orders");
        assert_eq!(api_name("main-orders-service", "main"), "main-orders-service");
        assert_eq!(api_name("_orders.", "main"), "orders");
        assert_eq!(api_name("--", "main"), "api");
        let mut names = BTreeSet::from(["execute-api".to_owned()]);
        assert_eq!(unique("execute-api".to_owned(), &mut names), "execute-api-2");
        assert_eq!(unique("execute-api".to_owned(), &mut names), "execute-api-3");
    }

    #[test]
    fn each_secret_has_a_variable_of_its_own() {
        let mut choice = Choice::default();
        let shown = serde_json::json!({
            "auth": {"apiKey": {"name": "x-api-key"}},
            "invocationParameters": {"headers": [
                {"key": "x-tenant", "value": "orders"}, {"key": "x-token", "secret": true}, {"key": "apiKey", "secret": true},
            ]},
        });
        let Value::Object(shown) = Value::from(shown) else {
            panic!("not an object")
        };
        let connection = Connection {
            shown,
            ..Connection::default()
        };
        let mut entry = Map::new();
        set_connection(&connection, "my-orders", &mut entry, &mut choice);
        let secrets: Vec<_> = choice
            .secrets
            .iter()
            .map(|secret| (&*secret.variable, &*secret.path))
            .collect();
        assert_eq!(
            secrets,
            [
                ("myOrdersApiKey", "privateApis.my-orders.auth.apiKey.value"),
                (
                    "myOrdersXToken",
                    "privateApis.my-orders.invocationParameters.headers[1].value"
                ),
                (
                    "myOrdersApiKey2",
                    "privateApis.my-orders.invocationParameters.headers[2].value"
                ),
            ]
        );
    }
}
