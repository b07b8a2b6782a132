//! The features that all Describe operations share: id lists, filters with wildcards, pages. Also helpers to read
//! parameters.

use serde_json::{Value, json};

use crate::operation::ServiceError;
use crate::page::paginate;

/// How one Describe operation selects its rows.
pub(crate) struct Listing {
    /// The member of the response that contains the rows.
    pub(crate) key: &'static str,
    /// The parameter with ids, and the member of a row that contains its id.
    pub(crate) ids: (&'static str, &'static str),
    /// Returns the error for an id that does not exist.
    pub(crate) not_found: fn(&str) -> ServiceError,
    /// The filter names, each with the member of a row that it compares: `Groups/GroupId` compares every item.
    pub(crate) filters: &'static [(&'static str, &'static str)],
}

impl Listing {
    /// Returns the response to a Describe request. An unknown id is an error; a filter without a match gives an empty list
    /// (docs/aws-behavior.md, Interface endpoint).
    pub(crate) fn answer(&self, rows: Vec<Value>, params: &Value) -> Result<Value, ServiceError> {
        let wanted = list(params, self.ids.0);
        for id in &wanted {
            if !rows.iter().any(|row| row[self.ids.1] == **id) {
                return Err((self.not_found)(id));
            }
        }
        // Reject an unknown filter even if there are no rows.
        self.passes(&Value::Null, params)?;
        let mut selected = Vec::new();
        for row in rows {
            let named = wanted.is_empty() || wanted.iter().any(|id| row[self.ids.1] == **id);
            if named && self.passes(&row, params)? {
                selected.push(row);
            }
        }
        let max = params["MaxResults"].as_u64().map(|max| max as usize);
        let (page, next) = paginate(self.key, selected, max, 1_000, params["NextToken"].as_str())
            .map_err(|_| ServiceError::new("InvalidNextToken", "The token is invalid."))?;
        Ok(json!({ self.key: page, "NextToken": next }))
    }

    fn passes(&self, row: &Value, params: &Value) -> Result<bool, ServiceError> {
        let mut passes = true;
        // Check every filter, so that an unknown one is rejected at any position.
        for filter in params["Filters"].as_array().into_iter().flatten() {
            let name = text(filter, "Name").unwrap_or_default();
            let found = self.values(row, name)?;
            let wanted = list(filter, "Values");
            passes &= wanted
                .iter()
                .any(|pattern| found.iter().any(|value| fits(pattern, value)));
        }
        Ok(passes)
    }

    fn values(&self, row: &Value, filter: &str) -> Result<Vec<String>, ServiceError> {
        let tags = row["Tags"].as_array().map(Vec::as_slice).unwrap_or_default();
        let members = |name: &str| {
            tags.iter()
                .filter_map(|tag| text(tag, name))
                .map(str::to_owned)
                .collect()
        };
        match filter {
            "tag-key" => return Ok(members("Key")),
            "tag-value" => return Ok(members("Value")),
            _ => {}
        }
        if let Some(key) = filter.strip_prefix("tag:") {
            let ours = tags.iter().filter(|tag| tag["Key"] == *key);
            return Ok(ours.filter_map(|tag| text(tag, "Value")).map(str::to_owned).collect());
        }
        let Some((_, path)) = self.filters.iter().find(|(name, _)| *name == filter) else {
            return Err(ServiceError::new(
                "InvalidParameterValue",
                format!("The filter '{filter}' is invalid"),
            ));
        };
        let mut found = vec![row];
        for part in path.split('/') {
            let items = found.into_iter().map(|value| &value[part]);
            found = items
                .flat_map(|value| value.as_array().map_or_else(|| vec![value], |a| a.iter().collect()))
                .collect();
        }
        Ok(found.into_iter().filter_map(scalar).collect())
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    }
}

/// Matches EC2's wildcards: `*` is any text, `?` any character, and a backslash escapes the next character (EC2 user guide,
/// "List and filter").
fn fits(pattern: &str, value: &str) -> bool {
    let (mut pattern_chars, mut value_chars) = (pattern.chars(), value.chars());
    match pattern_chars.next() {
        None => value.is_empty(),
        Some('*') => {
            let rest = pattern_chars.as_str();
            std::iter::once(value.len())
                .chain(value.char_indices().map(|(at, _)| at))
                .any(|at| fits(rest, &value[at..]))
        }
        Some('?') => value_chars.next().is_some() && fits(pattern_chars.as_str(), value_chars.as_str()),
        Some('\\') if !pattern_chars.as_str().is_empty() => {
            pattern_chars.next() == value_chars.next() && fits(pattern_chars.as_str(), value_chars.as_str())
        }
        Some(c) => value_chars.next() == Some(c) && fits(pattern_chars.as_str(), value_chars.as_str()),
    }
}

/// Returns a string parameter. An empty one counts as absent, because a form does not distinguish the two.
pub(crate) fn text<'a>(params: &'a Value, name: &str) -> Option<&'a str> {
    params[name].as_str().filter(|text| !text.is_empty())
}

/// Returns a list of strings.
pub(crate) fn list<'a>(params: &'a Value, name: &str) -> Vec<&'a str> {
    params[name]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

/// Returns a parameter that EC2 requires although the model does not mark it as required.
pub(crate) fn required<'a>(params: &'a Value, name: &str) -> Result<&'a str, ServiceError> {
    text(params, name).ok_or_else(|| missing(name))
}

/// Returns the error for a missing parameter.
pub(crate) fn missing(name: &str) -> ServiceError {
    ServiceError::new(
        "MissingParameter",
        format!("The request must contain the parameter {name}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const THINGS: Listing = Listing {
        key: "Things",
        ids: ("ThingIds", "ThingId"),
        not_found: |id| ServiceError::new("InvalidThingID.NotFound", id.to_owned()),
        filters: &[("name", "Name"), ("group-id", "Groups/GroupId")],
    };

    fn ask(params: Value) -> Result<Vec<String>, ServiceError> {
        let rows = vec![
            json!({ "ThingId": "t-1", "Name": "orders", "Groups": [{ "GroupId": "g-1" }, { "GroupId": "g-2" }] }),
            json!({ "ThingId": "t-2", "Name": "bills", "Tags": [{ "Key": "team", "Value": "a" }] }),
        ];
        let answer = THINGS.answer(rows, &params)?;
        Ok(answer["Things"]
            .as_array()
            .unwrap()
            .iter()
            .map(|t| t["ThingId"].as_str().unwrap().to_owned())
            .collect())
    }

    fn filter(name: &str, values: &[&str]) -> Value {
        json!({ "Filters": [{ "Name": name, "Values": values }] })
    }

    #[test]
    fn filter_values_are_alternatives_and_may_contain_wildcards() {
        assert_eq!(ask(filter("name", &["ord*", "x"])).unwrap(), ["t-1"]);
        assert_eq!(ask(filter("name", &["b?lls"])).unwrap(), ["t-2"]);
        assert!(ask(filter("name", &["ord\\*"])).unwrap().is_empty());
        assert_eq!(ask(filter("name", &["\\b?lls"])).unwrap(), ["t-2"]);
        assert_eq!(ask(filter("group-id", &["g-2"])).unwrap(), ["t-1"]);
        assert_eq!(ask(filter("tag:team", &["a"])).unwrap(), ["t-2"]);
        assert_eq!(ask(filter("tag-key", &["team"])).unwrap(), ["t-2"]);
        assert!(ask(filter("name", &["none"])).unwrap().is_empty());
        assert_eq!(
            ask(filter("colour", &["red"])).unwrap_err().code,
            "InvalidParameterValue"
        );
        let nothing = THINGS.answer(Vec::new(), &filter("colour", &["red"]));
        assert_eq!(nothing.unwrap_err().code, "InvalidParameterValue");
    }

    #[test]
    fn ids_must_exist() {
        assert_eq!(ask(json!({ "ThingIds": ["t-2"] })).unwrap(), ["t-2"]);
        assert_eq!(
            ask(json!({ "ThingIds": ["t-2", "t-3"] })).unwrap_err().code,
            "InvalidThingID.NotFound"
        );
        assert_eq!(ask(json!({ "NextToken": "?" })).unwrap_err().code, "InvalidNextToken");
    }
}
