//! Service Quotas: the quotas of [`crate::quotas`].
//!
//! Facts: Service Quotas API reference, GetServiceQuota and GetAWSDefaultServiceQuota.

use serde_json::{Value, json};

use crate::accounts::Accounts;
use crate::operation::{CallCx, Protocol, Service, ServiceError};
use crate::partition;
use crate::quotas::Quota;
use crate::validate::{Violation, summary};

/// The Service Quotas service.
pub const SERVICE: Service = Service {
    name: "servicequotas",
    protocol: Protocol::Json,
    handle,
    invalid: |violations: &[Violation]| invalid(summary(violations)),
    bucket: |_, _| None,
    throttled: || ServiceError::new("TooManyRequestsException", "Rate exceeded"),
    denied: |action| {
        ServiceError::new(
            "AccessDeniedException",
            format!("User is not authorized to perform: {action}"),
        )
    },
    internal: || ServiceError::new("ServiceException", "An internal error occurred.").status(500),
    resources: |_, _| Vec::new(),
};

fn handle(accounts: &mut Accounts, cx: &CallCx, operation: &str, input: &Value) -> Result<Value, ServiceError> {
    if !input["ContextId"].is_null() {
        return Err(invalid(
            "The parameter ContextId is not implemented by the AWS emulator.",
        ));
    }
    let (service, code) = (text(input, "ServiceCode"), text(input, "QuotaCode"));
    let known = |quota: &Quota| quota.facts().service == service && quota.facts().code == Some(code);
    let found = Quota::ALL.into_iter().find(known);
    let quota = found.ok_or_else(no_such_resource)?;
    let quotas = &accounts.region(cx).quotas;
    let (value, account) = match operation {
        "GetAWSDefaultServiceQuota" => (quota.facts().default, ""),
        // "For some quotas, only the default values are available." Which ones is not documented. Here those of VPC always
        // have an applied value, the others once it is not the default.
        "GetServiceQuota" => match quotas.applied(quota) {
            None if service != "vpc" => return Err(no_such_resource()),
            _ => (quotas.of(quota), cx.account.as_str()),
        },
        other => unreachable!("{other} is in shapes.json but not in servicequotas::handle"),
    };
    let facts = quota.facts();
    let resource = format!("{service}/{code}");
    Ok(json!({ "Quota": {
        "ServiceCode": service,
        "ServiceName": match service {
            "vpc" => "Amazon Virtual Private Cloud (Amazon VPC)",
            "vpc-lattice" => "Amazon VPC Lattice",
            _ => "Amazon EventBridge (CloudWatch Events)",
        },
        "QuotaCode": code,
        "QuotaName": facts.title,
        // The ARN of a default belongs to no account.
        "QuotaArn": partition::arn("servicequotas", &cx.region, account, &resource),
        "Value": value as f64,
        "Unit": "None",
        "Adjustable": facts.is_adjustable,
        "GlobalQuota": false,
    } }))
}

fn no_such_resource() -> ServiceError {
    ServiceError::new(
        "NoSuchResourceException",
        "The request failed because the specified resource does not exist.",
    )
}

fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::new("IllegalArgumentException", message)
}

fn text<'a>(input: &'a Value, name: &str) -> &'a str {
    input[name].as_str().unwrap_or_default()
}
