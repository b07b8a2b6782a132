//! Property paths in Pulumi's syntax: `a.b[0].c`, `a["key.with.dot"]`, and `a[*].c` in patterns.
//!
//! The syntax has one escape, `\"` within a quoted key. The engine and this module cannot express two kinds of keys: the key
//! `*` is read as the wildcard, and a key that needs quotes cannot end in a backslash.

use std::fmt;
use std::str::FromStr;

use super::{Map, Output, Value};

/// The path of a value within the properties of a resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PropertyPath {
    segments: Vec<Segment>,
}

/// One step of a [`PropertyPath`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// A property of an object.
    Key(String),
    /// An item of a list.
    Index(usize),
    /// Every property or item; only in patterns such as `ignoreChanges`.
    Any,
}

impl PropertyPath {
    /// Returns the path of the properties as a whole.
    #[must_use]
    pub const fn root() -> Self {
        Self { segments: Vec::new() }
    }

    /// Returns the path of the property with this name, within the object at this path.
    #[must_use]
    pub fn key(&self, name: impl Into<String>) -> Self {
        self.then(Segment::Key(name.into()))
    }

    /// Returns the path of the item with this index, within the list at this path.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.then(Segment::Index(index))
    }

    /// Returns this path with one more step.
    #[must_use]
    pub fn then(&self, segment: Segment) -> Self {
        let mut segments = self.segments.clone();
        segments.push(segment);
        Self { segments }
    }

    /// Returns the steps.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Returns the name of the top-level property that this path is in.
    #[must_use]
    pub fn first_key(&self) -> Option<&str> {
        match self.segments.first() {
            Some(Segment::Key(name)) => Some(name),
            _ => None,
        }
    }

    /// Reports whether the other path is this one or lies inside it. A wildcard in this path matches any property or item.
    /// `ignoreChanges` and `replaceOnChanges` follow this rule.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        self.segments.len() <= other.segments.len()
            && self
                .segments
                .iter()
                .zip(&other.segments)
                .all(|(pattern, step)| *pattern == Segment::Any || pattern == step)
    }

    /// Returns the value at this path. Looks inside secret and output wrappers on the way, but keeps those of the value itself.
    /// Returns `None` if there is no such value, for the root, which is no value, and for a path with wildcards.
    #[must_use]
    pub fn get<'v>(&self, properties: &'v Map) -> Option<&'v Value> {
        let (Segment::Key(first), rest) = self.segments.split_first()? else {
            return None;
        };
        rest.iter()
            .try_fold(properties.get(first)?, |value, step| match (step, value.bare()) {
                (Segment::Key(name), Value::Object(map)) => map.get(name),
                (Segment::Index(index), Value::Array(items)) => items.get(*index),
                _ => None,
            })
    }

    /// Sets the value at this path and reports whether that was possible. Creates missing objects and lists on the way, even if
    /// a later step is impossible. A list grows by one item at most. Wrappers on the way stay.
    pub fn set(&self, properties: &mut Map, value: Value) -> bool {
        let Some((Segment::Key(first), rest)) = self.segments.split_first() else {
            return false;
        };
        set(properties.entry(first.clone()).or_insert(Value::Null), rest, value)
    }
}

fn set(place: &mut Value, rest: &[Segment], new: Value) -> bool {
    let Some((step, rest)) = rest.split_first() else {
        *place = new;
        return true;
    };
    let place = unwrap(place);
    match step {
        Segment::Key(name) => {
            if matches!(place, Value::Null) {
                *place = Value::Object(Map::new());
            }
            let Value::Object(map) = place else { return false };
            set(map.entry(name.clone()).or_insert(Value::Null), rest, new)
        }
        Segment::Index(index) => {
            if matches!(place, Value::Null) {
                *place = Value::Array(Vec::new());
            }
            let Value::Array(items) = place else { return false };
            if *index == items.len() {
                items.push(Value::Null);
            }
            items.get_mut(*index).is_some_and(|item| set(item, rest, new))
        }
        Segment::Any => false,
    }
}

fn unwrap(value: &mut Value) -> &mut Value {
    match value {
        Value::Secret(inner) => unwrap(inner),
        Value::Output(output) => {
            let Output { value, .. } = &mut **output;
            unwrap(value.get_or_insert(Value::Unknown))
        }
        other => other,
    }
}

impl fmt::Display for PropertyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.segments.iter().enumerate() {
            match segment {
                Segment::Key(name) if is_plain(name) => {
                    let dot = if position == 0 { "" } else { "." };
                    write!(f, "{dot}{name}")?;
                }
                Segment::Key(name) => write!(f, "[\"{}\"]", name.replace('"', "\\\""))?,
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Any => f.write_str("[*]")?,
            }
        }
        Ok(())
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name != "*" && !name.contains(['.', '[', ']', '"'])
}

/// The error for a text that is not a property path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid property path {path:?}: {reason}")]
pub struct InvalidPath {
    path: String,
    reason: &'static str,
}

impl FromStr for PropertyPath {
    type Err = InvalidPath;

    fn from_str(text: &str) -> Result<Self, InvalidPath> {
        let mut segments = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let step = next_segment(rest, segments.is_empty());
            let (segment, after) = step.map_err(|reason| InvalidPath {
                path: text.to_owned(),
                reason,
            })?;
            segments.push(segment);
            rest = after;
        }
        Ok(Self { segments })
    }
}

fn next_segment(text: &str, first: bool) -> Result<(Segment, &str), &'static str> {
    let name = match text.strip_prefix('.') {
        Some(_) if first => return Err("it starts with a dot"),
        // A bracket after the dot is not strictly legal, but the engine accepts it.
        Some(after) => after,
        None => text,
    };
    if let Some(inside) = name.strip_prefix('[') {
        return bracketed(inside);
    }
    let end = name.find(['.', '[']).unwrap_or(name.len());
    let (name, after) = name.split_at(end);
    match name {
        "" => Err("a property name is empty"),
        "*" => Ok((Segment::Any, after)),
        name => Ok((Segment::Key(name.to_owned()), after)),
    }
}

fn bracketed(text: &str) -> Result<(Segment, &str), &'static str> {
    if let Some(quoted) = text.strip_prefix('"') {
        let (key, after) = quoted_key(quoted)?;
        let after = after.strip_prefix(']').ok_or("a bracket is not closed")?;
        let segment = if key == "*" { Segment::Any } else { Segment::Key(key) };
        return Ok((segment, after));
    }
    let (inside, after) = text.split_once(']').ok_or("a bracket is not closed")?;
    if inside == "*" {
        return Ok((Segment::Any, after));
    }
    if !inside.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("an index is not a number");
    }
    let index = inside.parse().map_err(|_| "an index is not a number")?;
    Ok((Segment::Index(index), after))
}

fn quoted_key(text: &str) -> Result<(String, &str), &'static str> {
    let mut key = String::new();
    let mut rest = text;
    loop {
        let end = rest.find(['"', '\\']).ok_or("a quote is not closed")?;
        key.push_str(&rest[..end]);
        rest = &rest[end..];
        if let Some(after) = rest.strip_prefix('"') {
            return Ok((key, after));
        }
        let (character, after) = rest
            .strip_prefix("\\\"")
            .map_or(('\\', &rest[1..]), |after| ('"', after));
        key.push(character);
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn path(text: &str) -> PropertyPath {
        text.parse().unwrap()
    }

    fn key(name: &str) -> Segment {
        Segment::Key(name.to_owned())
    }

    #[test]
    fn every_path_syntax_is_parsed() {
        for (text, expected) in [
            ("", vec![]),
            ("root", vec![key("root")]),
            ("root.nested", vec![key("root"), key("nested")]),
            (r#"root["nested"].x"#, vec![key("root"), key("nested"), key("x")]),
            (
                "a[0][12].b",
                vec![key("a"), Segment::Index(0), Segment::Index(12), key("b")],
            ),
            (
                r#"["key with a ."][100]"#,
                vec![key("key with a ."), Segment::Index(100)],
            ),
            (r#"a["say \"hi\""]"#, vec![key("a"), key(r#"say "hi""#)]),
            (r#"a["back\slash"]"#, vec![key("a"), key(r"back\slash")]),
            ("a[*].b", vec![key("a"), Segment::Any, key("b")]),
            (r#"a["*"].*"#, vec![key("a"), Segment::Any, Segment::Any]),
            ("a.[0]", vec![key("a"), Segment::Index(0)]),
            ("tags.a-b/c:d", vec![key("tags"), key("a-b/c:d")]),
        ] {
            assert_eq!(path(text).segments(), expected, "{text}");
        }
    }

    #[test]
    fn invalid_paths_are_refused() {
        let reasons: Vec<String> = [
            ".a",
            "a.",
            "a..b",
            "a[",
            "a[x]",
            "a[-1]",
            "a[]",
            r#"a["b"#,
            r#"a["b"c]"#,
        ]
        .into_iter()
        .map(|text| text.parse::<PropertyPath>().unwrap_err().to_string())
        .collect();
        insta::assert_snapshot!(reasons.join("\n"), @r#"
        invalid property path ".a": it starts with a dot
        invalid property path "a.": a property name is empty
        invalid property path "a..b": a property name is empty
        invalid property path "a[": a bracket is not closed
        invalid property path "a[x]": an index is not a number
        invalid property path "a[-1]": an index is not a number
        invalid property path "a[]": an index is not a number
        invalid property path "a[\"b": a quote is not closed
        invalid property path "a[\"b\"c]": a bracket is not closed
        "#);
    }

    #[test]
    fn a_path_contains_the_paths_below_it() {
        assert!(path("a").contains(&path("a.b[0]")));
        assert!(path("").contains(&path("a")));
        assert!(path("a[*].c").contains(&path("a[3].c.d")));
        assert!(path("a.*").contains(&path("a.b")));
        assert!(!path("a.b").contains(&path("a")));
        assert!(!path("a[0]").contains(&path("a[1]")));
        assert!(!path("a[*]").contains(&path("a")));
        assert!(!path("a[0]").contains(&path("a[*]")));
    }

    #[test]
    fn get_and_set_look_inside_wrappers() {
        let mut properties = Map::from([(
            "a".to_owned(),
            Value::from(vec![Map::from([("b".to_owned(), Value::from("old"))]).into()]).into_secret(),
        )]);
        assert_eq!(path("a[0].b").get(&properties), Some(&"old".into()));
        assert_eq!(path("a[1].b").get(&properties), None);
        assert_eq!(path("a.b").get(&properties), None);
        assert_eq!(path("").get(&properties), None);

        assert!(path("a[0].b").set(&mut properties, "new".into()));
        assert!(path("a[1].c.d[0]").set(&mut properties, true.into()));
        assert!(!path("a[7]").set(&mut properties, true.into()));
        assert!(
            !path("a[0].b.c").set(&mut properties, true.into()),
            "a string has no properties"
        );
        assert!(!path("a[*]").set(&mut properties, true.into()));
        assert!(matches!(properties["a"], Value::Secret(_)), "the wrapper stays");
        assert_eq!(path("a[0].b").get(&properties), Some(&"new".into()));
        assert_eq!(path("a[1].c.d[0]").get(&properties), Some(&true.into()));
    }

    proptest! {
        #[test]
        fn a_printed_path_parses_to_the_same_path(segments in proptest::collection::vec(any_segment(), 0..6)) {
            let path = segments.into_iter().fold(PropertyPath::root(), |path, segment| path.then(segment));
            prop_assert_eq!(path.to_string().parse::<PropertyPath>().unwrap(), path);
        }

        #[test]
        fn get_returns_the_value_that_set_stored(segments in proptest::collection::vec("[a-z.\"]{1,3}".prop_map(Segment::Key), 1..5)) {
            let path = segments.into_iter().fold(PropertyPath::root(), |path, segment| path.then(segment));
            let mut properties = Map::new();
            prop_assert!(path.set(&mut properties, true.into()));
            prop_assert_eq!(path.get(&properties), Some(&Value::Bool(true)));
        }
    }

    fn any_segment() -> impl Strategy<Value = Segment> {
        prop_oneof![
            r#"[a-z.*"\\\[\] $-]{0,6}"#
                .prop_filter("no path can name it", |name| name != "*" && !name.ends_with('\\'))
                .prop_map(Segment::Key),
            any::<usize>().prop_map(Segment::Index),
            Just(Segment::Any),
        ]
    }
}
