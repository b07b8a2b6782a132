//! Tests that every property in `schema.json` has a row in the tables.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use super::row::{Aws, COMPONENT, Drift};

/// Properties without their own row: resource, beginning of the path, reason.
const WITHOUT: &[(&str, &str, &str)] = &[
    (
        COMPONENT,
        "privateApis.*.auth.oauth.parameters.",
        "handed on as a whole, as the row of the whole shows; a connection has a row for each",
    ),
    (
        COMPONENT,
        "endpoints.fips",
        "the Region of the tables has no FIPS services; tests/e2e/fips.rs is about them",
    ),
];

#[test]
fn every_property_has_a_row() {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    let mut rows: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for table in super::all() {
        for row in table.rows {
            rows.entry(table.token).or_default().insert(row.property);
        }
    }
    for (token, resource) in schema["resources"].as_object().unwrap() {
        let token = token.rsplit(':').next().unwrap();
        let none = BTreeSet::new();
        let rows = rows.get(token).unwrap_or(&none);
        let mut paths = BTreeSet::new();
        collect(&schema, &resource["inputProperties"], "", &mut paths);
        assert!(!paths.is_empty(), "{token} has no properties");
        let excused = |path: &String| {
            WITHOUT
                .iter()
                .any(|(of, start, _)| *of == token && path.starts_with(start))
        };
        let missing: Vec<_> = paths
            .iter()
            .filter(|path| !rows.contains(*path) && !excused(path))
            .collect();
        assert!(missing.is_empty(), "{token}: no row for {missing:#?}");
        let unknown: Vec<_> = rows.difference(&paths).collect();
        assert!(unknown.is_empty(), "{token}: the schema does not have {unknown:#?}");
    }
}

#[test]
fn every_row_proves_something() {
    let mut names = BTreeSet::new();
    for table in super::all() {
        names.clear();
        for row in table.rows {
            assert!(
                names.insert(row.name.clone()),
                "two rows of {} are called {}",
                table.token,
                row.name
            );
            assert!(
                row.from != row.to && !row.promise.is_empty(),
                "{} {}",
                table.token,
                row.name
            );
            let Drift::None(reason) = row.drift else { continue };
            assert!(!reason.is_empty(), "{}: no drift, and no reason", row.name);
            // A row that expects changes also expects an effect in AWS, and the reverse.
            assert_eq!(
                row.changes.is_empty(),
                matches!(row.aws, Aws::IsLeftAlone),
                "{}",
                row.name
            );
        }
    }
}

/// Collects the paths of all properties, those with properties of their own too.
fn collect(schema: &Value, properties: &Value, around: &str, paths: &mut BTreeSet<String>) {
    for (name, property) in properties.as_object().into_iter().flatten() {
        let path = format!("{around}{name}");
        paths.insert(path.clone());
        let (inner, below) = match (&property["items"], &property["additionalProperties"]) {
            (Value::Null, Value::Null) => (property, format!("{path}.")),
            (Value::Null, values) => (values, format!("{path}.*.")),
            (items, _) => (items, format!("{path}[].")),
        };
        let kind = inner["$ref"]
            .as_str()
            .and_then(|reference| reference.strip_prefix("#/types/"));
        if let Some(kind) = kind {
            collect(schema, &schema["types"][kind]["properties"], &below, paths);
        }
    }
}
