//! Imports that fail, and their errors.

use super::PACKAGE;
use crate::project::Project;

/// An import with an id that is not the id of such an object.
struct Refused {
    promise: &'static str,
    /// The type of the resource, and valid properties for it.
    resource: (&'static str, &'static str),
    id: &'static str,
    says: &'static [&'static str],
}

const GROUP: (&str, &str) = ("SecurityGroup", "{ vpcId: '${vpcId}' }");
const ENDPOINT: (&str, &str) = (
    "InterfaceEndpoint",
    "{ vpcId: '${vpcId}', service: states, subnetIds: '${subnetIds}' }",
);
const GATEWAY: (&str, &str) = ("ResourceGateway", "{ vpcId: '${vpcId}', subnetIds: '${subnetIds}' }");
const CONFIGURATION: (&str, &str) = (
    "ResourceConfiguration",
    "{ resourceGatewayId: rgw-0123456789abcdef0, ports: ['443'], target: { domainName: a.example.com } }",
);
const CONNECTION: (&str, &str) = ("Connection", "{}");

const MISSING: &str = "the error names an id that does not exist, and the Region of the lookup";
const OTHER_KIND: &str =
    "the import refuses the id of another kind of object, and the error says which kind of id it needs";

fn run(refused: &Refused) {
    let (kind, properties) = refused.resource;
    let project = Project::new(&format!(
        "
resources:
  existing:
    type: {PACKAGE}{kind}
    properties: {properties}
    options: {{ import: '{}' }}
",
        refused.id
    ))
    .proving(refused.promise);
    let run = project.preview().fails();
    for text in refused.says {
        run.says(text);
    }
    assert_eq!(project.emulator.made(), [], "something was made");
}

macro_rules! refused {
    ($($name:ident: $promise:ident $resource:ident $id:literal $says:expr;)+) => {
        $(#[test] fn $name() { run(&Refused { promise: $promise, resource: $resource, id: $id, says: &$says }); })+
    };
}

refused! {
    a_group_that_does_not_exist: MISSING GROUP "sg-0123456789abcdef0"
        ["there is no SecurityGroup `sg-0123456789abcdef0` in eu-west-1"];
    an_endpoint_that_does_not_exist: MISSING ENDPOINT "vpce-0123456789abcdef0"
        ["there is no InterfaceEndpoint `vpce-0123456789abcdef0` in eu-west-1"];
    a_gateway_that_does_not_exist: MISSING GATEWAY "rgw-0123456789abcdef0"
        ["there is no ResourceGateway `rgw-0123456789abcdef0` in eu-west-1"];
    a_configuration_that_does_not_exist: MISSING CONFIGURATION "rcfg-0123456789abcdef0"
        ["there is no ResourceConfiguration `rcfg-0123456789abcdef0` in eu-west-1"];
    a_connection_that_does_not_exist: MISSING CONNECTION "nobody"
        ["there is no Connection `nobody` in eu-west-1"];

    an_endpoint_as_a_group: OTHER_KIND GROUP "vpce-0123456789abcdef0" ["`vpce-0123456789abcdef0`", "sg-"];
    a_group_as_an_endpoint: OTHER_KIND ENDPOINT "sg-0123456789abcdef0" ["`sg-0123456789abcdef0`", "vpce-"];
    a_configuration_as_a_gateway: OTHER_KIND GATEWAY "rcfg-0123456789abcdef0" ["`rcfg-0123456789abcdef0`", "rgw-"];
    a_gateway_as_a_configuration: OTHER_KIND CONFIGURATION "rgw-0123456789abcdef0" ["`rgw-0123456789abcdef0`", "rcfg-"];
    an_arn_as_a_connection: OTHER_KIND CONNECTION
        "arn:aws:events:eu-west-1:123456789012:connection/orders/0f6b2c1e" ["is not the name of a connection", "not its ARN"];
}

/// `pulumi import` on the command line does not find an object of another Region either.
#[test]
fn a_connection_of_another_region() {
    let project = Project::new(
        "
resources:
  elsewhere:
    type: pulumi:providers:private-step-functions
    properties: { region: us-west-2 }
  connection:
    type: private-step-functions:Connection
    properties: { name: orders }
    options: { provider: '${elsewhere}' }
",
    )
    .proving("the error names the Region of the lookup");
    project.up().succeeds();
    let kind = format!("{PACKAGE}Connection");
    let arguments = [
        "import",
        &kind,
        "other",
        "orders",
        "--yes",
        "--skip-preview",
        "--generate-code=false",
    ];
    let run = project.pulumi(&arguments).fails();
    run.says("there is no Connection `orders` in eu-west-1");
    project.up_unchanged().succeeds();
    project.finish();
}
