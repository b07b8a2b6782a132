use pulumi_provider::error::{Error, ErrorKind};

use super::*;

const USER: &str = "User: arn:aws:sts::123456789012:assumed-role/ci/x is not authorized to perform:";

fn advice(service: &str, operation: &str, message: &str) -> String {
    let error = explain(Error::new(ErrorKind::Denied, message.to_owned()), service, operation);
    error
        .to_string()
        .replacen(message, "", 1)
        .trim_start_matches(". ")
        .to_owned()
}

#[test]
fn each_form_of_a_denial_is_read() {
    let scp = "arn:aws:organizations::123456789012:policy/o-a1b2/service_control_policy/p-c3d4";
    let table: &[(String, Option<&str>, Cause)] = &[
        (
            "You are not authorized to perform this operation.".to_owned(),
            None,
            Cause::Untold,
        ),
        (
            format!("{USER} vpc-lattice:TagResource on resource: arn:aws:vpc-lattice:eu-west-1:1:resourcegateway/*"),
            Some("vpc-lattice:TagResource"),
            Cause::Untold,
        ),
        (
            format!(
                "{USER} ec2:CreateTags on resource: arn:aws:ec2:eu-west-1:1:vpc-endpoint/* because no identity-based policy allows the ec2:CreateTags action"
            ),
            Some("ec2:CreateTags"),
            Cause::NotAllowed("identity-based policy".to_owned()),
        ),
        (
            format!(
                "{USER} events:CreateConnection on resource: x because no permissions boundary allows the events:CreateConnection action"
            ),
            Some("events:CreateConnection"),
            Cause::NotAllowed("permissions boundary".to_owned()),
        ),
        (
            format!("{USER} ec2:CreateVpcEndpoint with an explicit deny in a service control policy"),
            Some("ec2:CreateVpcEndpoint"),
            Cause::Denied("service control policy".to_owned(), None),
        ),
        (
            format!(
                "{USER} ec2:CreateVpcEndpoint on resource: x with an explicit deny in a service control policy: {scp}."
            ),
            Some("ec2:CreateVpcEndpoint"),
            Cause::Denied("service control policy".to_owned(), Some(scp.to_owned())),
        ),
        (
            format!(
                "{USER} iam:CreateServiceLinkedRole on resource: x with an explicit deny in an identity-based policy, with policy ARN: {scp}"
            ),
            Some("iam:CreateServiceLinkedRole"),
            Cause::Denied("identity-based policy".to_owned(), Some(scp.to_owned())),
        ),
        (
            format!("{USER} ec2:DescribeVpcs with an explicit deny in a permissions boundary"),
            Some("ec2:DescribeVpcs"),
            Cause::Denied("permissions boundary".to_owned(), None),
        ),
        (
            format!(
                "{USER} secretsmanager:CreateSecret on resource: events!connection/x because no session policy allows the secretsmanager:CreateSecret action"
            ),
            Some("secretsmanager:CreateSecret"),
            Cause::NotAllowed("session policy".to_owned()),
        ),
        (
            "Not authorized to perform sts:AssumeRoleWithWebIdentity".to_owned(),
            Some("sts:AssumeRoleWithWebIdentity"),
            Cause::Untold,
        ),
        ("Access to KMS is not allowed".to_owned(), None, Cause::Untold),
        (String::new(), None, Cause::Untold),
    ];
    for (message, action, cause) in table {
        let denial = Denial::read(message);
        assert_eq!(denial.action.as_deref(), *action, "{message}");
        assert_eq!(denial.cause, *cause, "{message}");
    }
}

#[test]
fn a_grant_is_advised_only_where_it_helps() {
    insta::assert_snapshot!(
        advice("ec2", "CreateVpcEndpoint", "You are not authorized to perform this operation"),
        @"Grant ec2:CreateVpcEndpoint and ec2:CreateTags"
    );
    insta::assert_snapshot!(
        advice("ec2", "CreateVpcEndpoint", &format!("{USER} ec2:CreateTags on resource: x because no identity-based policy allows the ec2:CreateTags action")),
        @"Grant ec2:CreateTags"
    );
    insta::assert_snapshot!(
        advice("ec2", "CreateVpcEndpoint", &format!("{USER} ec2:CreateVpcEndpoint on resource: x with an explicit deny in a service control policy: arn:aws:organizations::1:policy/p")),
        @"A service control policy (arn:aws:organizations::1:policy/p) denies ec2:CreateVpcEndpoint: a grant does not help. Ask who manages the policies of your AWS organization"
    );
    insta::assert_snapshot!(
        advice("events", "CreateConnection", &format!("{USER} events:CreateConnection because no permissions boundary allows the events:CreateConnection action")),
        @"Each permissions boundary that applies must allow events:CreateConnection too: a grant to the caller does not help. Ask who manages the permissions boundary of the caller"
    );
    insta::assert_snapshot!(
        advice("events", "CreateConnection", &format!("{USER} events:CreateConnection with an explicit deny in an identity-based policy")),
        @"An identity-based policy denies events:CreateConnection: a grant does not help. Change that policy of the caller"
    );
}

#[test]
fn the_whole_list_is_told_only_where_a_grant_helps() {
    let all = |message: &str| {
        advise_all(
            Error::new(ErrorKind::Denied, message.to_owned()),
            "vpc-lattice",
            "CreateResourceConfiguration",
            |_| true,
            |_| None,
        )
        .to_string()
    };
    assert!(all("no").ends_with("Grant whichever of these is missing: vpc-lattice:CreateResourceConfiguration, ec2:DescribeSubnets, vpc-lattice:GetResourceGateway and vpc-lattice:TagResource"));
    let denied =
        format!("{USER} vpc-lattice:TagResource on resource: x with an explicit deny in a service control policy");
    assert_eq!(all(&denied), denied);
}

#[test]
fn an_encoded_message_comes_with_the_command_that_decodes_it() {
    let old = "You are not authorized to perform this operation. Encoded authorization failure message: 8xHQ-a_b";
    assert!(decoding(old).unwrap().contains("--encoded-message 8xHQ-a_b`"));
    assert_eq!(
        without_encoded(old),
        "You are not authorized to perform this operation."
    );
    // A message that says the cause itself needs no decoding.
    let new = format!(
        "{USER} ec2:CreateTags because no identity-based policy allows the ec2:CreateTags action. {ENCODED} 8xHQ"
    );
    assert_eq!(decoding(&new), None);
    assert_eq!(decoding("no"), None);
}
