//! Parses the output of `--diff`: which resources change, how, and at which places.

use std::collections::BTreeMap;

/// How one resource changes, in the CLI's notation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    /// One of `+`, `~`, `-`, `+-` (replaced, the new one first), `-+`.
    pub(crate) sign: String,
    /// The marked places, such as `~ ingress[0].cidrIpv4`. A part that is added or removed as a whole is one place.
    pub(crate) places: Vec<String>,
}

/// Returns the changing resources of our package, by type and name: `SecurityGroup callers`.
pub(crate) fn changes(text: &str) -> BTreeMap<String, Shown> {
    let mut all = BTreeMap::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let Some((sign, kind)) = heading(line) else { continue };
        let mut shown = Shown {
            sign: sign.to_owned(),
            places: Vec::new(),
        };
        let mut name = "";
        let mut around = Around::default();
        while let Some(line) = lines.next_if(|line| heading(line).is_none()) {
            let text = line.trim();
            if let Some(urn) = text.strip_prefix("[urn=").filter(|_| name.is_empty()) {
                name = urn.trim_end_matches(']').rsplit("::").next().unwrap_or_default();
            } else if text.starts_with("--outputs:--") || text == "Resources:" {
                break;
            } else if !text.starts_with("[id=") && !text.starts_with("[urn=") {
                shown.places.extend(around.place(line));
            }
        }
        if !sign.is_empty() {
            all.insert(format!("{kind} {name}"), shown);
        }
    }
    all
}

/// Returns the reasons for changes, by type and name: `SecurityGroup callers`. Each resource has at most one.
pub(crate) fn reasons(text: &str) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (subject, reason) in text.lines().filter_map(reason) {
        let twice = all.insert(subject.clone(), reason);
        assert_eq!(twice, None, "{subject} is explained twice");
    }
    all
}

fn reason(line: &str) -> Option<(String, String)> {
    let (subject, reason) = line.trim().split_once("\" ")?;
    let (kind, name) = subject.split_once(" \"")?;
    let begins = ["must be ", "may have to be "]
        .iter()
        .any(|begins| reason.starts_with(begins));
    (begins && !kind.contains(' ')).then(|| (format!("{kind} {name}"), reason.to_owned()))
}

/// Returns the sign and the type from the first line of a resource.
fn heading(line: &str) -> Option<(&str, &str)> {
    let (sign, rest) = line.split_once("private-step-functions:index:")?;
    let (kind, operation) = rest.split_once(": (")?;
    operation.ends_with(')').then_some((sign.trim(), kind))
}

/// The containers of the current line, by indentation.
#[derive(Default)]
struct Around {
    open: Vec<(usize, String)>,
    /// Lines with a larger indentation belong to a part that is added or removed as a whole.
    whole: Option<usize>,
}

impl Around {
    /// Returns the place that this line marks, if it is the innermost one.
    fn place(&mut self, line: &str) -> Option<String> {
        let text = line.trim_start();
        let (sign, text) = match text.split_once(' ') {
            Some((sign @ ("~" | "+" | "-" | "+-" | "-+"), rest)) => (sign, rest.trim_start()),
            _ => ("", text),
        };
        let depth = line.len() - text.len();
        let (key, value) = text.split_once(':')?;
        let (key, value) = (key.trim(), value.trim());
        self.open.retain(|(outer, _)| *outer < depth);
        self.whole = self.whole.filter(|outer| *outer < depth);
        let opens = value.ends_with(['{', '[']);
        let path = self.open.iter().map(|(_, key)| key.as_str()).chain([key]);
        let path = path.fold(String::new(), |path, key| {
            match key.starts_with('[') || path.is_empty() {
                true => path + key,
                false => path + "." + key,
            }
        });
        if opens {
            self.open.push((depth, key.to_owned()));
        }
        if sign.is_empty() || self.whole.is_some() || (opens && sign == "~") {
            return None;
        }
        if opens {
            self.whole = Some(depth);
        }
        Some(format!("{sign} {path}"))
    }
}
