//! Fills the file that `pulumi preview --import-file` wrote for a program that exists.

use std::collections::BTreeSet;

use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::property::Value;
use serde_json::Value as Json;

use super::Adoption;
use super::import_file::state;
use crate::component::TOKEN;
use crate::component::existing::Role;

/// The id that the CLI writes for an object that it does not know.
const PLACEHOLDER: &str = "<PLACEHOLDER>";

/// The file, filled.
#[derive(Debug)]
pub struct Filled {
    /// The file.
    pub file: Json,
    /// The names in the file that still have the placeholder, with the reason.
    pub open: Vec<(String, String)>,
    /// The ids that only resemblance of names speaks for.
    pub doubtful: Vec<(String, String)>,
}

/// Returns the name of the one component in the file, in the program.
///
/// # Errors
/// The file has none or several, and `name` does not say which.
pub fn component(file: &Json, name: Option<&str>) -> Result<String, Error> {
    let wrong = |text: String| Error::new(ErrorKind::Invalid, text);
    let names: Vec<_> = entries(file)
        .filter(|entry| entry["type"] == TOKEN)
        .filter_map(logical)
        .collect();
    match (names.as_slice(), name) {
        ([], _) => Err(
            wrong("the import file has no entry of the type PrivateStepFunctions".to_owned())
                .advise("Write it with `pulumi preview --import-file FILE`, with the finished program"),
        ),
        ([only], None) => Ok((*only).to_owned()),
        (several, None) => Err(
            wrong(format!("the import file has the components {}", several.join(", ")))
                .advise("Choose one with --name"),
        ),
        (several, Some(name)) if several.contains(&name) => Ok(name.to_owned()),
        (several, Some(name)) => Err(wrong(format!(
            "the import file has no component {name}, but {}",
            several.join(", ")
        ))),
    }
}

/// Fills the ids of the component's children, and the inputs of the component.
///
/// # Errors
/// The file has no such component.
pub fn fill(mut file: Json, adoption: &Adoption) -> Result<Filled, Error> {
    component(&file, Some(&adoption.name))?;
    let own = entries(&file).find(|entry| entry["type"] == TOKEN && logical(entry) == Some(&adoption.name));
    let parent = own.map(|entry| entry["name"].clone()).unwrap_or_default();
    let (mut open, mut doubtful) = (Vec::new(), Vec::new());
    let mut used = BTreeSet::new();
    let resources = file["resources"].as_array_mut().into_iter().flatten();
    for entry in resources {
        if entry["name"] == parent && entry["type"] == TOKEN {
            if entry.get("inputs").is_none() {
                entry["inputs"] = state(&Value::Object(adoption.component_inputs()));
            }
            continue;
        }
        if entry["parent"] != parent || entry["id"] != PLACEHOLDER {
            continue;
        }
        let (Some(token), Some(name)) = (entry["type"].as_str(), logical(entry)) else {
            continue;
        };
        let (token, name) = (token.to_owned(), name.to_owned());
        let same = adoption
            .children()
            .find(|(_, kind, child, _)| *kind == token && *child == name);
        if let Some((role, ..)) = same {
            let supplied = adoption.supplied(role);
            if !supplied.is_empty() && entry.get("inputs").is_none() {
                entry["inputs"] = state(&Value::Object(supplied));
            }
        }
        let found = same.map(|(_, _, _, id)| Ok(id.to_owned()));
        match found.unwrap_or_else(|| resembling(adoption, &token, &name, &used)) {
            Ok(id) => {
                if same.is_none() {
                    doubtful.push((name, id.clone()));
                }
                used.insert((token, id.clone()));
                entry["id"] = id.into();
            }
            Err(why) => open.push((name, why)),
        }
    }
    Ok(Filled { file, open, doubtful })
}

/// Returns an object that the name resembles: for a child that the choice has not, or not under this name.
fn resembling(
    adoption: &Adoption,
    token: &str,
    name: &str,
    used: &BTreeSet<(String, String)>,
) -> Result<String, String> {
    let kind = token.rsplit(':').next().unwrap_or_default();
    let end = name
        .strip_prefix(&adoption.name)
        .and_then(|rest| rest.strip_prefix('-'))
        .unwrap_or_default();
    let groups = |input: &str| {
        let given = adoption.inputs().get(input).and_then(Value::as_object);
        let groups = given
            .and_then(|given| given.get("securityGroupIds"))
            .and_then(Value::as_array);
        groups
            .unwrap_or_default()
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    let candidates: Vec<String> = match (kind, end) {
        ("SecurityGroup", "endpoints") => groups("endpoints"),
        ("SecurityGroup", "gateway") => groups("resourceGateway"),
        ("ResourceConfiguration" | "Connection", api) => {
            let is_like = |role: &Role| match role {
                Role::Configuration(one) | Role::Connection(one) => {
                    let (one, api) = (one.to_ascii_lowercase(), api.to_ascii_lowercase());
                    one.contains(&api) || api.contains(&one)
                }
                _ => false,
            };
            let alike = adoption
                .children()
                .filter(|(role, of, _, _)| *of == token && is_like(role));
            let free = alike.filter(|(_, _, _, id)| !used.contains(&(token.to_owned(), (*id).to_owned())));
            free.map(|(_, _, _, id)| id.to_owned()).collect()
        }
        _ => Vec::new(),
    };
    match candidates.as_slice() {
        [] => Err(format!(
            "no {kind} was found for it. Without an entry, the update creates one"
        )),
        [only] => Ok(only.clone()),
        several => Err(format!("several may be meant: {}", several.join(", "))),
    }
}

fn entries(file: &Json) -> impl Iterator<Item = &Json> {
    file["resources"].as_array().into_iter().flatten()
}

/// Returns the name of an entry in the program.
fn logical(entry: &Json) -> Option<&str> {
    entry["logicalName"].as_str().or_else(|| entry["name"].as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_component_of_the_file_is_named() {
        let one = json!({ "resources": [{ "type": TOKEN, "name": "main", "component": true }] });
        assert_eq!(component(&one, None).unwrap(), "main");
        let error = component(&one, Some("other")).unwrap_err();
        assert!(error.to_string().contains("no component other, but main"), "{error}");
        let two = json!({ "resources": [
            { "type": TOKEN, "name": "main", "component": true },
            { "type": TOKEN, "name": "mainTwo", "logicalName": "two", "component": true },
        ] });
        assert_eq!(component(&two, Some("two")).unwrap(), "two");
        let error = component(&two, None).unwrap_err();
        assert!(error.to_string().contains("the components main, two"), "{error}");
        let error = component(&json!({}), None).unwrap_err();
        assert!(error.to_string().contains("no entry of the type"), "{error}");
    }
}
