//! STS: the caller's identity, and role sessions in this or another account.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::accounts::Accounts;
use crate::operation::{CallCx, Protocol, Service, ServiceError};
use crate::partition::Partition;
use crate::validate::{Violation, summary};

/// The STS service.
pub const SERVICE: Service = Service {
    name: "sts",
    protocol: Protocol::Query,
    handle,
    invalid: |violations: &[Violation]| ServiceError::new("ValidationError", summary(violations)),
    bucket: |_, _| None,
    throttled: || ServiceError::new("Throttling", "Rate exceeded"),
    denied: |action| {
        ServiceError::new("AccessDenied", format!("User is not authorized to perform: {action}")).status(403)
    },
    internal: || ServiceError::new("InternalFailure", "An internal failure occurred.").status(500),
    resources: |_, _| Vec::new(),
};

/// The default duration of a session in seconds (STS API reference, AssumeRole: DurationSeconds).
const DEFAULT_DURATION: i64 = 3_600;

/// Sessions by access key id.
#[derive(Debug, Default)]
pub struct Sts(BTreeMap<String, Caller>);

/// The owner of credentials.
#[derive(Clone, Debug, PartialEq)]
pub struct Caller {
    /// The account id, twelve digits.
    pub account: String,
    /// ARN of the user or of the session.
    pub arn: String,
    /// Unique id, as GetCallerIdentity shows it.
    pub user_id: String,
}

impl Sts {
    /// Returns the owner of an access key: a session, or else the home account's user.
    pub fn caller(&self, access_key: &str, home: &str, region: &str) -> Caller {
        self.0.get(access_key).cloned().unwrap_or_else(|| Caller {
            account: home.to_owned(),
            arn: format!("arn:{}:iam::{home}:user/emulator", Partition::of(region).id),
            user_id: "AIDAEMULATOREMULATOR1".to_owned(),
        })
    }
}

fn handle(accounts: &mut Accounts, cx: &CallCx, operation: &str, params: &Value) -> Result<Value, ServiceError> {
    match operation {
        "GetCallerIdentity" => {
            let caller = accounts
                .sts
                .caller(&cx.access_key, &accounts.settings.account, &cx.region);
            Ok(json!({ "Account": caller.account, "Arn": caller.arn, "UserId": caller.user_id }))
        }
        "AssumeRole" => assume(accounts, params),
        "AssumeRoleWithWebIdentity" => {
            let mut answer = assume(accounts, params)?;
            answer["Provider"] = json!(params["ProviderId"].as_str().unwrap_or("accounts.emulator"));
            answer["SubjectFromWebIdentityToken"] = json!("emulator-subject");
            answer["Audience"] = json!("sts.amazonaws.com");
            Ok(answer)
        }
        other => Err(ServiceError::new(
            "InvalidAction",
            format!("Could not find operation {other}"),
        )),
    }
}

/// Handles AssumeRole. Requests signed with the session's credentials act in the role's account (STS API reference,
/// AssumeRole).
fn assume(accounts: &mut Accounts, params: &Value) -> Result<Value, ServiceError> {
    let (role, session) = (text(params, "RoleArn"), text(params, "RoleSessionName"));
    let parts: Vec<_> = role.splitn(6, ':').collect();
    let (["arn", partition, "iam", "", account, resource], Some(name)) = (&parts[..], role.rsplit('/').next()) else {
        return Err(ServiceError::new("ValidationError", format!("{role} is invalid")));
    };
    let twelve_digits = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    if !twelve_digits || !resource.starts_with("role/") {
        return Err(ServiceError::new("ValidationError", format!("{role} is invalid")));
    }
    let access_key = format!("ASIA{}", accounts.ids.upper(16));
    let role_id = format!("AROA{}", accounts.ids.upper(17));
    let (secret, token) = (accounts.ids.lower(40), accounts.ids.lower(200));
    let caller = Caller {
        account: (*account).to_owned(),
        arn: format!("arn:{partition}:sts::{account}:assumed-role/{name}/{session}"),
        user_id: format!("{role_id}:{session}"),
    };
    let duration = params["DurationSeconds"].as_i64().unwrap_or(DEFAULT_DURATION);
    let answer = json!({
        "Credentials": {
            "AccessKeyId": access_key,
            "SecretAccessKey": secret,
            "SessionToken": token,
            "Expiration": accounts.timestamp() + duration as f64,
        },
        "AssumedRoleUser": { "AssumedRoleId": caller.user_id, "Arn": caller.arn },
    });
    accounts.sts.0.insert(access_key, caller);
    Ok(answer)
}

fn text<'a>(params: &'a Value, name: &str) -> &'a str {
    params[name].as_str().unwrap_or_default()
}
