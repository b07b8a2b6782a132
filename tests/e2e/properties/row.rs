//! A row of the tables: one change of one property, and all its expected results.

use std::rc::Rc;

use serde_json::Value;

use crate::emulator::Emulator;

pub(super) const GROUP: &str = "SecurityGroup";
pub(super) const ENDPOINT: &str = "InterfaceEndpoint";
pub(super) const GATEWAY: &str = "ResourceGateway";
pub(super) const CONFIGURATION: &str = "ResourceConfiguration";
pub(super) const CONNECTION: &str = "Connection";
pub(super) const COMPONENT: &str = "PrivateStepFunctions";

/// Rows of one resource that run in one stack, each with its own resource.
///
/// In all inputs, `@name` stands for the id of an object that exists before the program runs: `@vpc`, `@a` and `@b` (its
/// subnets); `@vpc2`, `@a2`, `@b2` (a VPC with IPv6); `@list1`, `@list2` (prefix lists). `${name}` is a resource of `beside`.
pub(super) struct Table {
    /// The resource's type.
    pub(super) token: &'static str,
    /// The inputs that every row starts from.
    pub(super) base: Value,
    /// Resources that several rows use: type, name, inputs.
    pub(super) beside: Vec<(&'static str, &'static str, Value)>,
    /// The number of provider resources among which the rows are divided; 0 for the default provider. One provider makes four
    /// calls on endpoints at once and then one every three seconds, to stay within AWS's limit.
    pub(super) providers: usize,
    pub(super) rows: Vec<Row>,
}

/// One change of one property.
#[derive(Clone)]
pub(super) struct Row {
    /// The name of the row, and of its resource in the program.
    pub(super) name: String,
    /// What the user can rely on.
    pub(super) promise: String,
    /// The path of the property in the schema: `ingress[].cidrIpv4`, `privateApis.*.auth`.
    pub(super) property: String,
    /// The inputs before and after the change, which override the table's base; null removes a property.
    pub(super) from: Value,
    pub(super) to: Value,
    /// All changes that the CLI shows.
    pub(super) changes: Vec<Change>,
    /// The effect of the change in AWS.
    pub(super) aws: Aws,
    /// A change of the same property by somebody else.
    pub(super) drift: Drift,
    /// Resources that use this one: type, suffix of the name, inputs.
    pub(super) dependants: Vec<(&'static str, &'static str, Value)>,
}

/// A change of one resource that belongs to a row.
#[derive(Clone, Debug)]
pub(super) struct Change {
    /// The type, and the suffix that its name has after the name of the row.
    pub(super) token: &'static str,
    pub(super) suffix: &'static str,
    /// The sign and the places that `--diff` shows.
    pub(super) sign: &'static str,
    pub(super) places: Vec<String>,
}

/// The effect of a change in AWS.
#[derive(Clone, Debug)]
pub(super) enum Aws {
    /// AWS shows this fact after the change and not before, in the notation of [`super::live`]: `cidrIp>10.0.0.0/8`,
    /// `portRanges.0=443`; or `*part` for a part of a fact.
    Shows {
        token: &'static str,
        suffix: &'static str,
        text: String,
    },
    /// AWS shows this fact before the change and not after.
    Hides {
        token: &'static str,
        suffix: &'static str,
        text: String,
    },
    /// AWS never shows the secret value. The test checks only that this operation is called.
    IsTold(&'static str),
    /// Nothing changes in AWS.
    IsLeftAlone,
}

/// Changes the object with this id by an AWS call.
pub(super) type Call = Rc<dyn Fn(&Emulator, &str)>;

/// A change of the same property by somebody else.
#[derive(Clone)]
pub(super) enum Drift {
    /// A call on the resource with this type and suffix; the places that a refresh shows; the sign of the change with which the
    /// next `up` corrects it.
    By {
        token: &'static str,
        suffix: &'static str,
        call: Call,
        seen: Vec<String>,
        mended_by: &'static str,
    },
    /// No test of drift, for this reason.
    None(&'static str),
}

impl Row {
    /// Returns a row for this property that expects no change.
    pub(super) fn new(name: &str, property: &str, promise: &str) -> Self {
        Self {
            name: name.to_owned(),
            promise: promise.to_owned(),
            property: property.to_owned(),
            from: Value::Null,
            to: Value::Null,
            changes: Vec::new(),
            aws: Aws::IsLeftAlone,
            drift: Drift::None("nothing changes"),
            dependants: Vec::new(),
        }
    }

    /// Sets the inputs before and after the change.
    pub(super) fn edit(mut self, from: Value, to: Value) -> Self {
        (self.from, self.to) = (from, to);
        self
    }

    /// Expects an in-place update of the resource at these places.
    pub(super) fn updated(self, token: &'static str, places: &[&str]) -> Self {
        self.changing(token, "", "~", places)
    }

    /// Expects a replacement of the resource, the new object first, because of these places.
    pub(super) fn replaced(self, token: &'static str, places: &[&str]) -> Self {
        self.changing(token, "", "+-", places)
    }

    /// Expects a change of a resource that belongs to the row.
    pub(super) fn changing(
        mut self,
        token: &'static str,
        suffix: &'static str,
        sign: &'static str,
        places: &[&str],
    ) -> Self {
        let places = places.iter().map(|place| (*place).to_owned()).collect();
        self.changes.push(Change {
            token,
            suffix,
            sign,
            places,
        });
        self
    }

    /// Expects AWS to show this of the row's own resource, or of the first one that changes and is an object in AWS.
    pub(super) fn aws_shows(mut self, text: &str) -> Self {
        let (token, suffix) = self.first_in_aws();
        let text = text.to_owned();
        self.aws = Aws::Shows { token, suffix, text };
        self
    }

    /// Does the same as [`Self::aws_shows`], with a part of a fact.
    pub(super) fn aws_shows_part(self, text: &str) -> Self {
        self.aws_shows(&format!("*{text}"))
    }

    /// Expects AWS to show this of another resource of the row.
    pub(super) fn aws_shows_of(mut self, token: &'static str, suffix: &'static str, text: &str) -> Self {
        let text = text.to_owned();
        self.aws = Aws::Shows { token, suffix, text };
        self
    }

    /// Expects AWS to no longer show this of another resource of the row.
    pub(super) fn aws_hides_of(mut self, token: &'static str, suffix: &'static str, text: &str) -> Self {
        let text = text.to_owned();
        self.aws = Aws::Hides { token, suffix, text };
        self
    }

    /// Returns the same row for a resource whose name has this suffix.
    pub(super) fn moved(mut self, to: &'static str) -> Self {
        for change in &mut self.changes {
            change.suffix = to;
        }
        if let Aws::Shows { suffix, .. } | Aws::Hides { suffix, .. } = &mut self.aws {
            *suffix = to;
        }
        if let Drift::By { suffix, .. } = &mut self.drift {
            *suffix = to;
        }
        self
    }

    /// Expects AWS to no longer show this of the row's own resource, or of the first one that changes and is an object in AWS.
    pub(super) fn aws_hides(mut self, text: &str) -> Self {
        let (token, suffix) = self.first_in_aws();
        let text = text.to_owned();
        self.aws = Aws::Hides { token, suffix, text };
        self
    }

    /// Expects a call of this operation for the object. AWS shows no difference.
    pub(super) fn aws_is_told(mut self, operation: &'static str) -> Self {
        self.aws = Aws::IsTold(operation);
        self
    }

    /// Sets a change by somebody else on the row's own resource, or on the first one that changes and is an object in AWS. A
    /// refresh shows it at the places in `seen`, and the next `up` corrects it by an update in place.
    pub(super) fn drift(self, call: impl Fn(&Emulator, &str) + 'static, seen: &[&str]) -> Self {
        self.drift_mended_by("~", call, seen)
    }

    /// Does the same as [`Self::drift`]; the next `up` corrects it by a change with this sign.
    pub(super) fn drift_mended_by(
        mut self,
        sign: &'static str,
        call: impl Fn(&Emulator, &str) + 'static,
        seen: &[&str],
    ) -> Self {
        let (token, suffix) = self.first_in_aws();
        self.drift = Drift::By {
            token,
            suffix,
            call: Rc::new(call),
            seen: seen.iter().map(|place| (*place).to_owned()).collect(),
            mended_by: sign,
        };
        self
    }

    /// Sets the reason for not testing drift.
    pub(super) fn no_drift(mut self, reason: &'static str) -> Self {
        self.drift = Drift::None(reason);
        self
    }

    /// Returns the same row with one word replaced in names, property, inputs and places.
    pub(super) fn with(mut self, word: &str, other: &str) -> Self {
        let text = |text: &String| text.replace(word, other);
        let value = |value: &Value| serde_json::from_str(&value.to_string().replace(word, other)).unwrap();
        (self.name, self.property) = (text(&self.name), text(&self.property));
        (self.from, self.to) = (value(&self.from), value(&self.to));
        for change in &mut self.changes {
            change.places = change.places.iter().map(text).collect();
        }
        if let Drift::By { seen, .. } = &mut self.drift {
            *seen = seen.iter().map(text).collect();
        }
        self
    }

    /// Returns the type and the suffix of the row's own resource, or else of the first resource that changes and is an object in
    /// AWS.
    pub(super) fn first_in_aws(&self) -> (&'static str, &'static str) {
        let objects = || self.changes.iter().filter(|change| change.token != COMPONENT);
        let own = objects().find(|change| change.suffix.is_empty());
        let change = own.or_else(|| objects().next()).expect("something changes in AWS");
        (change.token, change.suffix)
    }

    /// Adds a resource that uses the row's own, and expects this change of it.
    pub(super) fn used_by(
        mut self,
        token: &'static str,
        suffix: &'static str,
        inputs: Value,
        sign: &'static str,
        places: &[&str],
    ) -> Self {
        self.dependants.push((token, suffix, inputs));
        self.changing(token, suffix, sign, places)
    }
}

/// The reason for not testing drift of a property that AWS cannot change.
pub(super) const FIXED: &str = "AWS has no call that changes it";
/// The reason for not testing drift of a value that AWS never shows.
pub(super) const SECRET: &str = "AWS never gives it back, so nobody can see that it was changed";
