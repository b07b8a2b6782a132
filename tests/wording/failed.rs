//! Messages for requests that AWS accepts but that fail later, and for rejected ones: quotas, failed objects, and what
//! blocks an operation.

use aws_emulator::faults::{Fault, FaultKind};

use crate::page::Page;
use crate::scene::{Operation, Scene};

/// An operation with a call that AWS rejects with this error, in AWS's own words.
struct Refused {
    label: &'static str,
    operation: Operation,
    call: &'static str,
    code: &'static str,
    status: u16,
    message: &'static str,
}

const fn create(
    label: &'static str,
    call: &'static str,
    code: &'static str,
    status: u16,
    message: &'static str,
) -> Refused {
    Refused {
        label,
        operation: Operation::Create,
        call,
        code,
        status,
        message,
    }
}

const QUOTAS: [Refused; 9] = [
    create(
        "security group",
        "CreateSecurityGroup",
        "SecurityGroupLimitExceeded",
        400,
        "The maximum number of security groups for the VPC has been reached.",
    ),
    create(
        "security group",
        "AuthorizeSecurityGroupIngress",
        "RulesPerSecurityGroupLimitExceeded",
        400,
        "The maximum number of rules per security group has been reached.",
    ),
    create(
        "interface endpoint",
        "CreateVpcEndpoint",
        "VpcEndpointLimitExceeded",
        400,
        "The maximum number of VPC endpoints has been reached.",
    ),
    create(
        "interface endpoint",
        "CreateVpcEndpoint",
        "InsufficientFreeAddressesInSubnet",
        400,
        "There are not enough free addresses in subnet 'subnet-0a1b2c3d4e5f60718' to satisfy the requested number of instances.",
    ),
    create(
        "resource gateway",
        "CreateResourceGateway",
        "ServiceQuotaExceededException",
        402,
        "You have exceeded the limit of resource gateways per VPC.",
    ),
    create(
        "configuration of a host",
        "CreateResourceConfiguration",
        "ServiceQuotaExceededException",
        402,
        "You have exceeded the limit of resource configurations.",
    ),
    create(
        "private connection",
        "CreateConnection",
        "LimitExceededException",
        400,
        "The requested resource exceeds the maximum number allowed.",
    ),
    create(
        "public connection",
        "CreateConnection",
        "LimitExceededException",
        400,
        "The requested resource exceeds the maximum number allowed.",
    ),
    Refused {
        operation: Operation::Update,
        ..create(
            "private connection",
            "UpdateConnection",
            "LimitExceededException",
            400,
            "The requested resource exceeds the maximum number allowed.",
        )
    },
];

const CREDENTIALS: [Refused; 7] = [
    create(
        "security group",
        "CreateSecurityGroup",
        "RequestExpired",
        400,
        "Request has expired.",
    ),
    create(
        "resource gateway",
        "CreateResourceGateway",
        "ExpiredTokenException",
        403,
        "The security token included in the request is expired",
    ),
    create(
        "private connection",
        "CreateConnection",
        "ExpiredTokenException",
        400,
        "The security token included in the request is expired",
    ),
    create(
        "interface endpoint",
        "CreateVpcEndpoint",
        "AuthFailure",
        401,
        "AWS was not able to validate the provided access credentials",
    ),
    create(
        "configuration of a host",
        "CreateResourceConfiguration",
        "UnrecognizedClientException",
        403,
        "The security token included in the request is invalid.",
    ),
    create(
        "interface endpoint",
        "CreateVpcEndpoint",
        "OptInRequired",
        401,
        "You are not subscribed to this service. Please go to http://aws.amazon.com to subscribe.",
    ),
    Refused {
        operation: Operation::Read,
        ..create(
            "private connection",
            "DescribeConnection",
            "InvalidSignatureException",
            403,
            "Signature expired: 20260101T000000Z is now earlier than 20260101T000500Z",
        )
    },
];

async fn refused(rows: &[Refused]) -> Page {
    let mut page = Page::default();
    for row in rows {
        let scene = Scene::prepare(row.label, row.operation).await;
        let fault = Fault::refuse(row.call, row.code, row.status, row.message);
        scene.emulator.inject(fault);
        let message = scene.operate(row.operation).await.unwrap_err();
        page.add(
            &format!("{}, {:?}: {} {}", row.label, row.operation, row.call, row.code),
            &message,
        );
    }
    page
}

#[tokio::test(start_paused = true)]
async fn quotas() {
    insta::assert_snapshot!(refused(&QUOTAS).await);
}

#[tokio::test(start_paused = true)]
async fn credentials_that_aws_does_not_accept() {
    insta::assert_snapshot!(refused(&CREDENTIALS).await);
}

#[tokio::test(start_paused = true)]
async fn objects_that_fail() {
    let mut page = Page::default();
    for (label, operation, call) in [
        ("interface endpoint", Operation::Create, "CreateVpcEndpoint"),
        ("resource gateway", Operation::Create, "CreateResourceGateway"),
        ("resource gateway", Operation::Update, "UpdateResourceGateway"),
        ("resource gateway", Operation::Delete, "DeleteResourceGateway"),
        (
            "configuration of a host",
            Operation::Create,
            "CreateResourceConfiguration",
        ),
        (
            "configuration of a host",
            Operation::Update,
            "UpdateResourceConfiguration",
        ),
        (
            "configuration of a host",
            Operation::Delete,
            "DeleteResourceConfiguration",
        ),
    ] {
        let scene = Scene::prepare(label, operation).await;
        scene
            .emulator
            .inject(Fault::new(call, 1, FaultKind::Fail).times(u32::MAX));
        let message = scene.operate(operation).await.unwrap_err();
        page.add(&format!("{label}, {operation:?}: what {call} began fails"), &message);
    }
    insta::assert_snapshot!(page);
}
