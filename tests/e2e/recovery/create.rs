//! Creates that fail.

use aws_emulator::faults::FaultKind::{AccessDenied, Fail, Internal};

use super::{COMPONENT, CONFIGURATION, CONNECTION, ENDPOINT, GATEWAY, GROUP, Hits, counts, failing, made, project};
use crate::project::Project;

struct Failure<'a> {
    promise: &'static str,
    program: &'static str,
    hits: Hits<'a>,
    /// A text in the output of the failed run.
    says: &'static str,
    /// The objects that exist after the next run.
    makes: &'static [(&'static str, usize)],
}

const REFUSED: &str = "the next run creates an object that AWS refused to create";
const UNFINISHED: &str = "an object whose create did not finish is recorded, and the next run finishes it";
const REPLACED: &str = "the next run replaces an object that AWS failed to create, and deletes the failed one";

fn run(failure: &Failure<'_>) {
    let project = project(failure.program, failure.promise);
    failing(&project, failure.program, failure.hits, Project::up).says(failure.says);
    project.up().succeeds();
    assert_eq!(made(&project), counts(failure.makes));
    project.up_unchanged().succeeds();
    project.finish();
}

macro_rules! failures {
    ($($name:ident: $promise:ident $program:ident $hits:expr, $says:literal, $makes:ident;)+) => {
        $(#[test] fn $name() {
            run(&Failure { promise: $promise, program: $program, hits: &$hits, says: $says, makes: &$makes });
        })+
    };
}

const ONE_GROUP: [(&str, usize); 1] = [("security-group", 1)];
const ONE_ENDPOINT: [(&str, usize); 1] = [("vpc-endpoint", 1)];
const ONE_GATEWAY: [(&str, usize); 1] = [("resource-gateway", 1)];
const ONE_OF_EACH: [(&str, usize); 2] = [("resource-configuration", 1), ("resource-gateway", 1)];
const ONE_CONNECTION: [(&str, usize); 1] = [("connection", 1)];
const WHOLE: [(&str, usize); 5] = [
    ("connection", 1),
    ("resource-configuration", 1),
    ("resource-gateway", 1),
    ("security-group", 2),
    ("vpc-endpoint", 2),
];

failures! {
    a_group_that_may_not_be_made: REFUSED GROUP
        [("CreateSecurityGroup", 1, AccessDenied)], "CreateSecurityGroup: access denied", ONE_GROUP;
    a_group_without_rules: UNFINISHED GROUP
        [("AuthorizeSecurityGroupIngress", 1, AccessDenied)], "AuthorizeSecurityGroupIngress: access denied", ONE_GROUP;
    a_group_whose_vpc_cannot_be_read: UNFINISHED GROUP
        [("DescribeVpcs", 1, Internal)], "DescribeVpcs", ONE_GROUP;

    an_endpoint_that_may_not_be_made: REFUSED ENDPOINT
        [("CreateVpcEndpoint", 1, AccessDenied)], "CreateVpcEndpoint: access denied", ONE_ENDPOINT;
    an_endpoint_while_ec2_is_down: REFUSED ENDPOINT
        [("CreateVpcEndpoint", 1, Internal)], "CreateVpcEndpoint", ONE_ENDPOINT;
    an_endpoint_that_cannot_be_watched: UNFINISHED ENDPOINT
        [("DescribeVpcEndpoints", 2, AccessDenied)], "DescribeVpcEndpoints: access denied", ONE_ENDPOINT;
    an_endpoint_that_failed: REPLACED ENDPOINT
        [("CreateVpcEndpoint", 1, Fail)], "failed", ONE_ENDPOINT;

    a_gateway_that_may_not_be_made: REFUSED GATEWAY
        [("CreateResourceGateway", 1, AccessDenied)], "CreateResourceGateway: access denied", ONE_GATEWAY;
    a_gateway_while_lattice_is_down: REFUSED GATEWAY
        [("CreateResourceGateway", 1, Internal)], "CreateResourceGateway", ONE_GATEWAY;
    a_gateway_that_cannot_be_watched: UNFINISHED GATEWAY
        [("GetResourceGateway", 1, AccessDenied)], "GetResourceGateway: access denied", ONE_GATEWAY;
    a_gateway_that_failed: REPLACED GATEWAY
        [("CreateResourceGateway", 1, Fail)], "CREATE_FAILED", ONE_GATEWAY;

    a_configuration_that_may_not_be_made: REFUSED CONFIGURATION
        [("CreateResourceConfiguration", 1, AccessDenied)], "CreateResourceConfiguration: access denied", ONE_OF_EACH;
    a_configuration_that_cannot_be_watched: UNFINISHED CONFIGURATION
        [("GetResourceConfiguration", 1, AccessDenied)], "GetResourceConfiguration: access denied", ONE_OF_EACH;
    a_configuration_that_failed: REPLACED CONFIGURATION
        [("CreateResourceConfiguration", 1, Fail)], "CREATE_FAILED", ONE_OF_EACH;

    a_connection_that_may_not_be_made: REFUSED CONNECTION
        [("CreateConnection", 1, AccessDenied)], "CreateConnection: access denied", ONE_CONNECTION;
    a_connection_while_eventbridge_is_down: REFUSED CONNECTION
        [("CreateConnection", 1, Internal)], "CreateConnection", ONE_CONNECTION;
    a_connection_that_cannot_be_watched: UNFINISHED CONNECTION
        [("DescribeConnection", 1, AccessDenied)], "DescribeConnection: access denied", ONE_CONNECTION;

    a_component_without_a_gateway: REPLACED COMPONENT
        [("CreateResourceGateway", 1, Fail)], "CREATE_FAILED", WHOLE;
    a_component_without_an_endpoint: REFUSED COMPONENT
        [("CreateVpcEndpoint", 2, AccessDenied)], "CreateVpcEndpoint: access denied", WHOLE;
    a_component_without_a_connection: UNFINISHED COMPONENT
        [("DescribeConnection", 1, AccessDenied)], "DescribeConnection: access denied", WHOLE;
    a_component_with_several_failures: REPLACED COMPONENT
        [("CreateVpcEndpoint", 1, Fail), ("CreateVpcEndpoint", 2, AccessDenied), ("CreateResourceGateway", 1, Fail)],
        "failed", WHOLE;
}
