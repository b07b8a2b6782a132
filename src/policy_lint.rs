//! Mistakes in VPC endpoint policies that the policy grammar allows: elements that never match, and statements that allow or
//! deny more than they seem to. They are for the endpoints of Step Functions and of private APIs.
//!
//! Nothing here calls AWS. Each rule is documented by AWS, on the page beside it. A rule whose effect nobody observed says so in
//! its text. [`crate::iam_policy`] checks the grammar of statements; this module repeats none of it.
//!
//! A policy may be valid and still have findings: AWS adds actions, and one policy may serve several Regions. So nothing but
//! [`Level::Refused`] is certain to fail.

mod actions;
mod catalog;
mod conditions;
mod document;
mod glob;
mod http_tasks;
mod principals;
mod resources;
mod statement;

use serde_json::Value;

pub(crate) use self::glob::{matches, overlaps};
use self::statement::Statement;

/// The service behind an interface endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// `states`: all of Step Functions but synchronous calls.
    States,
    /// `sync-states`: the synchronous calls of Step Functions.
    SyncStates,
    /// `execute-api`: calls of private APIs.
    ExecuteApi,
}

impl Service {
    /// Returns the service of an endpoint service name, such as `com.amazonaws.eu-west-1.sync-states` or `states-fips`. `None` for
    /// other services.
    #[must_use]
    pub fn of_endpoint_service(name: &str) -> Option<Self> {
        let short = name.rsplit('.').next().unwrap_or(name);
        match short.strip_suffix("-fips").unwrap_or(short) {
            "states" => Some(Self::States),
            "sync-states" => Some(Self::SyncStates),
            "execute-api" => Some(Self::ExecuteApi),
            _ => None,
        }
    }

    /// Returns the short name, such as `sync-states`.
    #[must_use]
    pub fn short_name(self) -> &'static str {
        match self {
            Self::States => "states",
            Self::SyncStates => "sync-states",
            Self::ExecuteApi => "execute-api",
        }
    }
}

/// The services of the endpoints to which a component gives one and the same policy. The checks of these endpoints share it.
#[derive(Clone, Debug, Default)]
pub struct CommonPolicy(pub Vec<Service>);

/// Where the endpoints of a policy are. `None` means not known: the lints that need the value are skipped.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place<'a> {
    /// The Region.
    pub region: Option<&'a str>,
    /// The ID of the partition.
    pub partition: Option<&'a str>,
    /// The VPC.
    pub vpc_id: Option<&'a str>,
    /// The IDs of all endpoints with this policy that exist. An empty list means that all of them will be created: no ID in the
    /// policy can be theirs.
    pub endpoint_ids: Option<&'a [&'a str]>,
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It may be a mistake, or AWS documents no effect.
    Hint,
    /// A statement allows or denies more than it seems to.
    Broad,
    /// A statement or an element of it can never match.
    Dead,
    /// AWS refuses the policy.
    Refused,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// A name of the rule that stays the same in later versions.
    pub code: &'static str,
    /// How much it matters.
    pub level: Level,
    /// The path in the document, such as `Statement[0].Action[1]`; empty for the whole document.
    pub path: String,
    /// What is wrong, and what would be right. It may contain the element at `path` and values of the [`Place`], but no value of a
    /// condition.
    pub text: String,
}

/// What the lints of all statements know.
struct Context<'a> {
    services: &'a [Service],
    place: &'a Place<'a>,
    /// What AWS documents of these services.
    catalogs: Vec<&'static catalog::Catalog>,
    /// Their actions, with their full names in lower case.
    actions: Vec<(String, &'static catalog::Action)>,
}

impl<'a> Context<'a> {
    fn new(services: &'a [Service], place: &'a Place<'a>) -> Self {
        let catalogs = catalog::of(services);
        let all = catalogs.iter().flat_map(|catalog| catalog.actions);
        let actions = all.map(|action| (action.full_name().to_ascii_lowercase(), action));
        Self {
            services,
            place,
            actions: actions.collect(),
            catalogs,
        }
    }

    /// Returns the names of the services in words.
    fn title(&self) -> String {
        let titles: Vec<_> = self.catalogs.iter().map(|catalog| catalog.title).collect();
        titles.join(" and ")
    }

    /// Returns the short names of the endpoints.
    fn endpoints(&self) -> String {
        let names: Vec<_> = self.services.iter().map(|service| service.short_name()).collect();
        format!("`{}`", names.join("` and `"))
    }
}

/// Collects findings.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, level: Level, code: &'static str, path: &str, text: String) {
        self.0.push(Finding {
            code,
            level,
            path: path.to_owned(),
            text,
        });
    }
}

/// Returns the findings in a policy document, in the order of its statements.
///
/// `services` are all endpoints that get this very policy. An action is right if it comes through one of them. A null anywhere in
/// the document stands for a value that is not known yet: it has no findings, and nothing follows from it.
#[must_use]
pub fn lint(document: &Value, services: &[Service], place: &Place<'_>) -> Vec<Finding> {
    let context = Context::new(services, place);
    let mut findings = Findings::default();
    let statements = Statement::all(document);
    document::lint(document, &statements, &mut findings);
    for statement in &statements {
        principals::lint(&context, statement, &mut findings);
        let actions = actions::lint(&context, statement, &mut findings);
        resources::lint(&context, statement, &actions, &mut findings);
        conditions::lint(&context, statement, &mut findings);
    }
    if services.contains(&Service::ExecuteApi) {
        http_tasks::lint(&statements, &mut findings);
    }
    findings.0
}

/// Reports whether a policy of an `execute-api` endpoint lets some call of an HTTP task through: one without an AWS identity.
#[must_use]
pub fn admits_http_tasks(document: &Value) -> bool {
    http_tasks::admits(&Statement::all(document))
}

/// Returns a text of the policy as messages show it: without control characters, and not longer than a line.
fn shown(text: &str) -> String {
    const MOST: usize = 120;
    let clean = |character: char| if character.is_control() { ' ' } else { character };
    let mut short: String = text.chars().take(MOST).map(clean).collect();
    if text.chars().nth(MOST).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests;
