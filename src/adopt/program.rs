//! The program in YAML. `pulumi convert` writes it in other languages.
//! <https://www.pulumi.com/docs/iac/languages-sdks/yaml/yaml-language-reference/>

use std::fmt::Write as _;

use pulumi_provider::property::Value;

use super::Adoption;

impl Adoption {
    /// Returns the program whose preview after the import shows no change, except for secrets.
    #[must_use]
    pub fn program(&self) -> String {
        let mut text = format!("name: {}\nruntime: yaml\n", quoted(&self.name));
        let _ = writeln!(text, "description: Step Functions, private, in {}", self.vpc);
        if !self.secrets().is_empty() {
            text.push_str("config:\n");
            for secret in self.secrets() {
                let _ = writeln!(text, "  {}: {{ type: string, secret: true }}", secret.variable);
            }
        }
        let _ = write!(
            text,
            "resources:\n  {}:\n    type: private-step-functions:PrivateStepFunctions\n    properties:",
            quoted(&self.name)
        );
        block(&mut text, &Value::Object(self.inputs().clone()), 6);
        text
    }
}

/// Writes a value after `key:` or `-`. A secret is a reference to a variable of the program; all other texts are literal.
fn block(text: &mut String, value: &Value, indent: usize) {
    let space = " ".repeat(indent);
    match value {
        Value::Object(map) if !map.is_empty() => {
            text.push('\n');
            for (name, value) in map {
                let _ = write!(text, "{space}{}:", quoted(name));
                block(text, value, indent + 2);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            text.push('\n');
            for item in items {
                let _ = write!(text, "{space}-");
                let mut inner = String::new();
                block(&mut inner, item, indent + 2);
                // The first line of a map or list follows the dash.
                let first = inner.strip_prefix('\n').map(str::trim_start);
                let _ = match first {
                    Some(first) => write!(text, " {first}"),
                    None => write!(text, "{inner}"),
                };
            }
        }
        Value::Secret(reference) => {
            let _ = writeln!(text, " {}", reference.as_str().unwrap_or_default());
        }
        Value::String(literal) => {
            let _ = writeln!(text, " {}", quoted(&literal.replace("${", "$${")));
        }
        other => {
            let _ = writeln!(text, " {}", other.to_json());
        }
    }
}

/// Returns a text as YAML: plain where it cannot be anything else, otherwise in quotes as JSON has them.
fn quoted(text: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let means_something = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    if begins && text.chars().all(is_word) && !means_something.contains(&text.to_ascii_lowercase().as_str()) {
        return text.to_owned();
    }
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_written_in_blocks() {
        let mut value = Value::from(json!({
            "vpcId": "vpc-1",
            "on": true,
            "ports": ["443", "8000-8010"],
            "policy": {"Statement": [{"Effect": "Allow", "Resource": "*", "Condition": {}}, {"Sid": "${aws:username}"}]},
            "lists": [["a"], []],
            "count": 2,
        }));
        if let Value::Object(map) = &mut value {
            map.insert("key".to_owned(), Value::from("${ordersApiKey}").into_secret());
        }
        let mut text = "properties:".to_owned();
        block(&mut text, &value, 2);
        insta::assert_snapshot!(text, @r#"
        properties:
          count: 2
          key: ${ordersApiKey}
          lists:
            - - a
            - []
          "on": true
          policy:
            Statement:
              - Condition: {}
                Effect: Allow
                Resource: "*"
              - Sid: "$${aws:username}"
          ports:
            - "443"
            - "8000-8010"
          vpcId: vpc-1
        "#);
    }
}
