//! A row of the matrix: one change of one property, and everything that a user may expect of it.

use std::rc::Rc;

use serde_json::Value;

use crate::emulator::Emulator;

pub(super) const GROUP: &str = "SecurityGroup";
pub(super) const ENDPOINT: &str = "InterfaceEndpoint";
pub(super) const GATEWAY: &str = "ResourceGateway";
pub(super) const CONFIGURATION: &str = "ResourceConfiguration";
pub(super) const CONNECTION: &str = "Connection";
pub(super) const COMPONENT: &str = "PrivateStepFunctions";

/// The rows of one resource that run side by side in one stack, each on a resource of its own.
///
/// In all inputs `@name` stands for the id of something that is there already: `@vpc`, `@a` and `@b` (its subnets); `@vpc2`,
/// `@a2`, `@b2` (a VPC with IPv6); `@list1`, `@list2` (prefix lists). `${name}` is one of the resources beside the rows.
pub(super) struct Table {
    /// The resource's type.
    pub(super) token: &'static str,
    /// The inputs that every row starts from.
    pub(super) base: Value,
    /// Resources beside the rows: type, name, inputs.
    pub(super) beside: Vec<(&'static str, &'static str, Value)>,
    /// How many providers of their own the rows are spread over. One provider makes four calls on endpoints at once and then one
    /// in three seconds, as AWS lets it.
    pub(super) providers: usize,
    /// The rows.
    pub(super) rows: Vec<Row>,
}

/// One change of one property.
#[derive(Clone)]
pub(super) struct Row {
    /// Name of the row, and of its resource in the program.
    pub(super) name: String,
    /// What a user may rely on.
    pub(super) promise: String,
    /// The property as the schema has it: `ingress[].cidrIpv4`, `privateApis.*.auth`.
    pub(super) property: String,
    /// What the program says before and after the change, over the table's base; null leaves a property out.
    pub(super) from: Value,
    pub(super) to: Value,
    /// All that the CLI shows to change.
    pub(super) changes: Vec<Change>,
    /// What AWS shows only after the change.
    pub(super) aws: Aws,
    /// The same thing changed by somebody else.
    pub(super) drift: Drift,
    /// Resources that use this one: type, the end of the name, inputs.
    pub(super) dependants: Vec<(&'static str, &'static str, Value)>,
}

/// A change of one resource that belongs to a row.
#[derive(Clone, Debug)]
pub(super) struct Change {
    /// The type, and what its name has after the name of the row.
    pub(super) token: &'static str,
    pub(super) suffix: &'static str,
    /// As `--diff` shows it.
    pub(super) sign: &'static str,
    pub(super) places: Vec<String>,
}

/// Where AWS shows a change.
#[derive(Clone, Debug)]
pub(super) enum Aws {
    /// In what it answers about the resource, in the words of [`super::live`]: `cidrIp>10.0.0.0/8`, `portRanges.0=443`; or
    /// `*part`.
    Shows {
        token: &'static str,
        suffix: &'static str,
        text: String,
    },
    /// The same the other way round: AWS has shown it, and no longer does.
    Hides {
        token: &'static str,
        suffix: &'static str,
        text: String,
    },
    /// Nowhere, since it is secret: there is only the call that sends it.
    IsTold(&'static str),
    /// Nothing changes there.
    IsLeftAlone,
}

/// A call on the object with this id.
pub(super) type Call = Rc<dyn Fn(&Emulator, &str)>;

/// What somebody else does to the same property.
#[derive(Clone)]
pub(super) enum Drift {
    /// A call on the resource of this type and end of name; how a refresh shows it; how the next `up` mends it.
    By {
        token: &'static str,
        suffix: &'static str,
        call: Call,
        seen: Vec<String>,
        mended_by: &'static str,
    },
    /// There is none, for this reason.
    None(&'static str),
}

impl Row {
    /// A row with this name for this property.
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

    /// The edit.
    pub(super) fn edit(mut self, from: Value, to: Value) -> Self {
        (self.from, self.to) = (from, to);
        self
    }

    /// The resource is updated in place, at these places.
    pub(super) fn updated(self, token: &'static str, places: &[&str]) -> Self {
        self.changing(token, "", "~", places)
    }

    /// The resource is replaced, the new one first, for these places.
    pub(super) fn replaced(self, token: &'static str, places: &[&str]) -> Self {
        self.changing(token, "", "+-", places)
    }

    /// A resource that belongs to the row changes like this.
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

    /// AWS shows this of the row's own resource, or of the first one in AWS that changes.
    pub(super) fn aws_shows(mut self, text: &str) -> Self {
        let (token, suffix) = self.first_in_aws();
        let text = text.to_owned();
        self.aws = Aws::Shows { token, suffix, text };
        self
    }

    /// The same, as a part of a longer text.
    pub(super) fn aws_shows_part(self, text: &str) -> Self {
        self.aws_shows(&format!("*{text}"))
    }

    /// AWS shows this of another resource of the row.
    pub(super) fn aws_shows_of(mut self, token: &'static str, suffix: &'static str, text: &str) -> Self {
        let text = text.to_owned();
        self.aws = Aws::Shows { token, suffix, text };
        self
    }

    /// AWS no longer shows this of another resource of the row.
    pub(super) fn aws_hides_of(mut self, token: &'static str, suffix: &'static str, text: &str) -> Self {
        let text = text.to_owned();
        self.aws = Aws::Hides { token, suffix, text };
        self
    }

    /// The same row where the resource has this end of its name.
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

    /// AWS no longer shows this of the the row's own resource, or of the first one in AWS that changes.
    pub(super) fn aws_hides(mut self, text: &str) -> Self {
        let (token, suffix) = self.first_in_aws();
        let text = text.to_owned();
        self.aws = Aws::Hides { token, suffix, text };
        self
    }

    /// AWS shows nothing, but it is told by this operation.
    pub(super) fn aws_is_told(mut self, operation: &'static str) -> Self {
        self.aws = Aws::IsTold(operation);
        self
    }

    /// Somebody else changes the same thing of the row's own resource; the next `up` updates it.
    pub(super) fn drift(self, call: impl Fn(&Emulator, &str) + 'static, seen: &[&str]) -> Self {
        self.drift_mended_by("~", call, seen)
    }

    /// The same, and the next `up` mends it with this sign.
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

    /// Nobody else can change it, or nobody sees it.
    pub(super) fn no_drift(mut self, reason: &'static str) -> Self {
        self.drift = Drift::None(reason);
        self
    }

    /// The same row with another word in place of one.
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

    /// The object in AWS that the row is about.
    pub(super) fn first_in_aws(&self) -> (&'static str, &'static str) {
        let objects = || self.changes.iter().filter(|change| change.token != COMPONENT);
        let own = objects().find(|change| change.suffix.is_empty());
        let change = own.or_else(|| objects().next()).expect("something changes in AWS");
        (change.token, change.suffix)
    }

    /// Something uses the resource, and changes like this when it does.
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

/// Why there is no drift of what AWS never changes.
pub(super) const FIXED: &str = "AWS has no call that changes it";
/// Why there is no drift of what AWS never shows.
pub(super) const SECRET: &str = "AWS never gives it back, so nobody can see that it was changed";
