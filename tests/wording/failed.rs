//! Messages for requests that AWS accepts but that fail later, and for rejected ones: quotas, failed objects, and what
//! blocks an operation.

use std::time::Duration;

use aws_emulator::faults::{Fault, FaultKind};
use aws_emulator::{Emulator, Settings};
use serde_json::{Value as Json, json};

use crate::page::Page;
use crate::prepared::{Operation, Prepared};
use crate::session::REGION;
use crate::subjects::{Prerequisites, RESOURCES, Refusal, Subject, made_since};

/// Credentials that AWS refuses: the label, the operation, and the error of a call.
const CREDENTIALS: [(&str, Operation, Refusal); 7] = [
    (
        "security group",
        Operation::Create,
        Refusal {
            call: "CreateSecurityGroup",
            code: "RequestExpired",
            status: 400,
            message: "Request has expired.",
        },
    ),
    (
        "resource gateway",
        Operation::Create,
        Refusal {
            call: "CreateResourceGateway",
            code: "ExpiredTokenException",
            status: 403,
            message: "The security token included in the request is expired",
        },
    ),
    (
        "private connection",
        Operation::Create,
        Refusal {
            call: "CreateConnection",
            code: "ExpiredTokenException",
            status: 400,
            message: "The security token included in the request is expired",
        },
    ),
    (
        "interface endpoint",
        Operation::Create,
        Refusal {
            call: "CreateVpcEndpoint",
            code: "AuthFailure",
            status: 401,
            message: "AWS was not able to validate the provided access credentials",
        },
    ),
    (
        "configuration of a host",
        Operation::Create,
        Refusal {
            call: "CreateResourceConfiguration",
            code: "UnrecognizedClientException",
            status: 403,
            message: "The security token included in the request is invalid.",
        },
    ),
    (
        "interface endpoint",
        Operation::Create,
        Refusal {
            call: "CreateVpcEndpoint",
            code: "OptInRequired",
            status: 401,
            message: "You are not subscribed to this service. Please go to http://aws.amazon.com to subscribe.",
        },
    ),
    (
        "private connection",
        Operation::Read,
        Refusal {
            call: "DescribeConnection",
            code: "InvalidSignatureException",
            status: 403,
            message: "Signature expired: 20260101T000000Z is now earlier than 20260101T000500Z",
        },
    ),
];

/// Adds the message of the operation whose call AWS refuses.
async fn add(page: &mut Page, label: &str, operation: Operation, refusal: Refusal) {
    let Refusal {
        call,
        code,
        status,
        message,
    } = refusal;
    let prepared = Prepared::new(label, operation).await;
    prepared.emulator.inject(Fault::refuse(call, code, status, message));
    let message = prepared.message_of(operation).await.unwrap();
    page.add(&format!("{label}, {operation:?}: {call} {code}"), &message);
}

/// Returns the operation in which a resource makes the call.
fn operation_of(call: &str) -> Operation {
    match call {
        call if call.starts_with("Update") => Operation::Update,
        call if call.starts_with("Delete") => Operation::Delete,
        _ => Operation::Create,
    }
}

async fn subjects() -> Vec<Subject> {
    Prerequisites::create(&Emulator::new(Settings::default()))
        .await
        .subjects()
}

#[tokio::test(start_paused = true)]
async fn exceeded_quotas_are_explained() {
    let mut page = Page::default();
    for subject in subjects().await {
        for refusal in subject.quotas {
            add(&mut page, subject.label, operation_of(refusal.call), refusal).await;
        }
    }
    insta::assert_snapshot!(page);
}

#[tokio::test(start_paused = true)]
async fn rejected_credentials_are_explained() {
    let mut page = Page::default();
    for (label, operation, refusal) in CREDENTIALS {
        add(&mut page, label, operation, refusal).await;
    }
    insta::assert_snapshot!(page);
}

#[tokio::test(start_paused = true)]
async fn failed_objects_are_explained() {
    let mut page = Page::default();
    for subject in subjects()
        .await
        .into_iter()
        .filter(|subject| RESOURCES.contains(&subject.label))
    {
        for call in subject.can_fail {
            let (label, operation) = (subject.label, operation_of(call));
            let prepared = Prepared::new(label, operation).await;
            let fault = Fault::new(call, 1, FaultKind::Fail).times(u32::MAX);
            prepared.emulator.inject(fault);
            let message = prepared.message_of(operation).await.unwrap();
            page.add(&format!("{label}, {operation:?}: what {call} began fails"), &message);
        }
    }
    insta::assert_snapshot!(page);
}

/// Adds the message of a create whose new object gets into this state while the create waits.
async fn becomes(page: &mut Page, label: &str, kind: &str, state: Json) {
    let prepared = Prepared::new(label, Operation::Create).await;
    let (message, ()) = tokio::join!(prepared.message_of(Operation::Create), async {
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        for id in made_since(&prepared.emulator, &prepared.before, kind) {
            let mut seed = state.clone();
            seed["kind"] = json!(kind);
            let name = match kind {
                "vpc-endpoint" => "VpcEndpointId",
                "connection" => "Name",
                _ => "id",
            };
            seed[name] = json!(id);
            prepared.emulator.seed(seed).unwrap();
        }
    });
    let state = state.as_object().unwrap().values().filter_map(Json::as_str);
    let state = state.filter(|value| *value != REGION).collect::<Vec<_>>().join(", ");
    page.add(&format!("{label}: {state}"), &message.expect(label));
}

/// Objects that AWS takes, and that do not become ready.
#[tokio::test(start_paused = true)]
async fn objects_that_do_not_become_ready_are_explained() {
    let mut page = Page::default();
    for state in ["rejected", "expired"] {
        becomes(
            &mut page,
            "interface endpoint",
            "vpc-endpoint",
            json!({ "State": state }),
        )
        .await;
    }
    let failed = json!({ "State": "failed", "FailureReason": "The subnet is gone." });
    becomes(&mut page, "interface endpoint", "vpc-endpoint", failed).await;
    for state in ["DEAUTHORIZED", "FAILED_CONNECTIVITY", "AUTHORIZING"] {
        let state = json!({ "region": REGION, "ConnectionState": state, "StateReason": "The reason." });
        becomes(&mut page, "private connection", "connection", state).await;
    }
    insta::assert_snapshot!(page);
}
