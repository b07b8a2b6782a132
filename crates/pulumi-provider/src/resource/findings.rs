//! What the checks of a preview find: mistakes that only the service can show, found before anything is changed.
//!
//! A preview of Pulumi does not ask the service, so it shows no mistake that lies there: a subnet of another VPC, a name that is
//! taken. The checks ask the service in the preview of a create or an update, and report what they find under the resource.

use crate::property::path::PropertyPath;

/// What the provider's configuration says about the checks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PreviewChecks {
    /// A finding that is certain to fail stops the preview.
    Error,
    /// All findings are warnings.
    Warn,
    /// Nothing is checked.
    #[default]
    Off,
}

/// Returns how to go on in spite of findings.
#[must_use]
pub fn way_out(package: &str) -> String {
    format!("If this is wrong, set `{package}:previewChecks` to `warn`: then the update goes on")
}

/// What happens if a finding is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// The operation fails.
    Fails,
    /// The operation may fail.
    MayFail,
    /// The operation succeeds, but the object does not work as meant.
    WorksOtherwise,
}

/// One thing that a check found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// What happens if it is ignored.
    pub certainty: Certainty,
    /// The input that it is about.
    pub path: PropertyPath,
    /// The name of the check, such as `subnet-vpc`. Documentation and tests refer to it.
    pub code: &'static str,
    /// What is wrong and what would be right: `subnet-1 is in vpc-2. Choose a subnet of vpc-1`.
    pub text: String,
}

/// Everything that the checks of one resource found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    list: Vec<Finding>,
}

impl Findings {
    /// Adds a finding.
    pub fn add(&mut self, certainty: Certainty, code: &'static str, path: PropertyPath, text: impl Into<String>) {
        self.list.push(Finding {
            certainty,
            path,
            code,
            text: text.into(),
        });
    }

    /// Returns the findings, the certain ones first. Each is there once.
    #[must_use]
    pub fn into_list(mut self) -> Vec<Finding> {
        self.list.sort();
        self.list.dedup();
        self.list
    }

    /// Reports whether nothing was found.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Returns the findings in the order they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.list.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certain_findings_come_first_and_none_comes_twice() {
        let mut findings = Findings::default();
        let at = |name: &str| PropertyPath::root().key(name);
        assert!(findings.is_empty());
        findings.add(Certainty::WorksOtherwise, "c", at("a"), "three");
        findings.add(Certainty::Fails, "b", at("b"), "two");
        findings.add(Certainty::Fails, "a", at("a"), "one");
        findings.add(Certainty::Fails, "a", at("a"), "one");
        assert_eq!(findings.iter().count(), 4);
        let texts: Vec<_> = findings.into_list().into_iter().map(|finding| finding.text).collect();
        assert_eq!(texts, ["one", "two", "three"]);
    }
}
