//! What the user reads: the objects, what is left out and why, what the preview will show, and the next commands.

use std::fmt::Write as _;

use super::{Adoption, Language};
use crate::component::existing::Role;

impl Adoption {
    /// Returns the objects and what the preview after the import will show.
    #[must_use]
    pub fn summary(&self) -> String {
        let mut text = format!("For the component {} in {} ({}):\n", self.name, self.vpc, self.region);
        let rows: Vec<_> = self
            .children()
            .map(|(_, token, name, id)| (token.rsplit(':').next().unwrap_or_default(), name, id))
            .collect();
        let width = |of: fn(&(&str, &str, &str)) -> usize| rows.iter().map(of).max().unwrap_or_default();
        let (kinds, names) = (width(|row| row.0.len()), width(|row| row.1.len()));
        for (kind, name, id) in &rows {
            let _ = writeln!(text, "  {kind:<kinds$}  {name:<names$}  {id}");
        }
        let mut changes = self.changes().peekable();
        if changes.peek().is_some() {
            text.push_str("\nThe preview after the import shows:\n");
            for change in changes {
                let _ = writeln!(text, "  {change}");
            }
        } else {
            text.push_str("\nThe preview after the import shows no change.\n");
        }
        if !self.choice.notes.is_empty() {
            text.push_str("\nTo complete by hand:\n");
            for note in &self.choice.notes {
                let _ = writeln!(text, "  {note}");
            }
        }
        text
    }

    /// Returns what the preview after the import shows, one line for each resource.
    pub fn changes(&self) -> impl Iterator<Item = String> {
        let of_component = self.secrets().iter().map(|secret| {
            let end = secret
                .path
                .match_indices('.')
                .nth(2)
                .map_or(secret.path.len(), |(at, _)| at);
            secret.path.get(..end).unwrap_or_default().to_owned()
        });
        let mut of_component: Vec<_> = of_component.collect();
        of_component.dedup();
        let component = (!of_component.is_empty()).then(|| {
            format!(
                "{} (PrivateStepFunctions): {}, in the state alone",
                self.name,
                of_component.join(", ")
            )
        });
        let children = self.differences.iter().map(|(role, changed)| {
            let child = self.registered.children.get(role);
            let (name, kind) = child.map_or(("", ""), |child| {
                (child.name.as_str(), child.token.rsplit(':').next().unwrap_or_default())
            });
            let why = match role {
                Role::Connection(_) if self.is_secret(role) => ", because AWS does not show secrets",
                _ => "",
            };
            format!("{name} ({kind}): {}{why}", changed.join(", "))
        });
        component.into_iter().chain(children.collect::<Vec<_>>())
    }

    fn is_secret(&self, role: &Role) -> bool {
        let id = self.choice.taken.get(role).map(|object| object.id.as_str());
        self.secrets()
            .iter()
            .any(|secret| Some(secret.connection.as_str()) == id)
    }

    /// Returns what is left out and why, one line for each object.
    #[must_use]
    pub fn left_out_text(&self) -> String {
        let lines = self
            .left_out()
            .iter()
            .map(|left| format!("{}: {}\n", left.what, left.why));
        match lines.collect::<String>() {
            none if none.is_empty() => "Nothing that was found is left out.\n".to_owned(),
            lines => lines,
        }
    }

    /// Returns the next commands for the program in YAML, or for another program with a transform.
    #[must_use]
    pub fn next_commands(&self, directory: &str, profile: Option<&str>, language: Option<Language>) -> String {
        let mut text = String::new();
        match language {
            None => {
                let _ = writeln!(text, "cd {directory}");
                text.push_str("pulumi stack init dev\n");
            }
            Some(language) => {
                let file = language.file();
                let _ = writeln!(
                    text,
                    "# Copy {directory}/{file} to your program, and set the resource option of {}:",
                    self.name
                );
                text.push_str(match language {
                    Language::TypeScript => "#   { transforms: [existing] }\n",
                    Language::Python => "#   opts=pulumi.ResourceOptions(transforms=[existing])\n",
                    Language::Go => "#   pulumi.Transforms([]pulumi.ResourceTransform{existing})\n",
                });
            }
        }
        text.push_str(&self.configuration(profile));
        if language.is_none() {
            text.push_str("pulumi import --file import.json --generate-code=false --protect=false\n");
        }
        text.push_str("pulumi preview --diff\npulumi up\n");
        text
    }

    /// Returns the commands that set the stack's configuration.
    pub(super) fn configuration(&self, profile: Option<&str>) -> String {
        let mut text = format!("pulumi config set private-step-functions:region {}\n", self.region);
        if let Some(profile) = profile {
            let _ = writeln!(text, "pulumi config set private-step-functions:profile {profile}");
        }
        for (index, key) in self.ignored_tags().iter().enumerate() {
            let path = format!("private-step-functions:ignoreTags.keys[{index}]");
            let _ = writeln!(
                text,
                "pulumi config set --path '{path}' '{}'",
                key.replace('\'', r"'\''")
            );
        }
        for secret in self.secrets() {
            let _ = writeln!(
                text,
                "pulumi config set --secret {}  # {} of {}",
                secret.variable, secret.path, secret.connection
            );
        }
        text
    }
}
