//! What the checks of a preview show, through the CLI.

use serde_json::json;

use crate::project::Project;

/// Two endpoints with a subnet that does not exist, and a gateway that needs more addresses than there are.
const WRONG: &str = "
resources:
  private:
    type: private-step-functions:PrivateStepFunctions
    properties:
      vpcId: '${vpcId}'
      subnetIds: ['subnet-0123456789abcdef0']
      resourceGateway: { subnetIds: '${subnetIds}' }
      privateApis:
        orders: { vpcEndpointId: 'vpce-0123456789abcdef0', urls: ['https://a.example/*'] }
  alone:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${vpcId}', description: 'a test' }
";

fn wrong() -> Project {
    Project::new(WRONG)
}

#[test]
fn a_component_shows_all_problems_each_on_its_resource() {
    let project =
        wrong().proving("a preview shows everything that would fail, under the resource that has it, and fails");
    let run = project.pulumi(&["preview", "--json"]).fails();
    run.says("an update would fail: the preview found 3 problems");
    let shown = diagnostics(&run.stdout);
    for (resource, text) in [
        (
            "private-states",
            "InterfaceEndpoint \"private-states\": `subnetIds[0]`: there is no subnet subnet-0123456789abcdef0",
        ),
        ("private-sync-states", "there is no subnet subnet-0123456789abcdef0"),
        (
            "private-orders",
            "`target.vpcEndpointId`: there is no VPC endpoint vpce-0123456789abcdef0",
        ),
    ] {
        let found = shown.iter().any(|(urn, severity, message)| {
            urn.ends_with(&format!("::{resource}")) && severity == "error" && message.contains(text)
        });
        assert!(found, "{resource}: {shown:#?}");
    }
    let steps: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let previewed = steps["steps"].to_string();
    assert!(
        previewed.contains("::alone") && previewed.contains("::private-gateway"),
        "{previewed}"
    );
    project.finish();
}

fn diagnostics(stdout: &str) -> Vec<(String, String, String)> {
    let plan: serde_json::Value = serde_json::from_str(stdout).unwrap();
    let list = plan["diagnostics"].as_array().cloned().unwrap_or_default();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    list.iter()
        .map(|one| (text(&one["urn"]), text(&one["severity"]), text(&one["message"])))
        .collect()
}

#[test]
fn checks_can_be_warnings_or_off() {
    let project = wrong().proving("previewChecks: warn stops nothing, and off makes no call");
    project.add_config("  private-step-functions:previewChecks: warn\n");
    project
        .preview()
        .succeeds()
        .says("there is no subnet subnet-0123456789abcdef0");
    project
        .pulumi(&["config", "set", "private-step-functions:previewChecks", "off"])
        .succeeds();
    let before = project.emulator.journal().len();
    let run = project.preview().succeeds();
    assert!(!run.stdout.contains("there is no subnet"), "{}", run.stdout);
    assert_eq!(project.emulator.journal().len(), before);
    project.finish();
}

#[test]
fn reads_that_are_denied_are_told_once() {
    let project = Project::new(
        &WRONG
            .replace("['subnet-0123456789abcdef0']", "'${subnetIds}'")
            .replace("vpce-0123456789abcdef0", "vpce-0"),
    )
    .proving("a denied read is one line for the stack, and no error");
    project.emulator.deny(&[
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
        "ec2:DescribeVpcEndpoints",
        "vpc-lattice:ListResourceGateways",
    ]);
    let run = project.preview().succeeds();
    run.says("The preview checks are not complete");
    let told = format!("{}{}", run.stdout, run.stderr);
    assert_eq!(told.matches("The preview checks are not complete").count(), 1, "{told}");
    project.emulator.deny(&[]);
    project.finish();
}

const GOOD: &str = "
resources:
  private:
    type: private-step-functions:PrivateStepFunctions
    properties:
      vpcId: '${vpcId}'
      subnetIds: '${subnetIds}'
      endpoints: { executeApi: true }
      privateApis:
        orders: { urls: ['https://a.example/*'] }
        billing: { domainName: 'billing.example.com' }
";

/// At most 12 reads for a component, and two for each further one in the same VPC; none for what does not change.
#[test]
fn reads_are_few_and_shared() {
    let project = Project::new(GOOD).proving("a preview makes at most 12 calls, and 2 more for each further component");
    let calls = |project: &Project| {
        let (run, calls) = project.counting_calls(Project::preview_that_reads);
        run.succeeds();
        calls
    };
    let one = calls(&project);
    assert!((1..=12).contains(&one), "{one} calls");
    let body = GOOD.trim_start().strip_prefix("resources:\n").unwrap();
    project.program(&format!(
        "{GOOD}{}",
        body.replace("  private:", "  another:").replace(
            "endpoints: { executeApi: true }",
            "endpoints: { executeApi: true, privateDnsEnabled: false }"
        )
    ));
    let two = calls(&project);
    assert!(two <= one + 2, "{two} calls for two components, {one} for one");
    project.program(GOOD);
    project.up().succeeds();
    assert_eq!(calls(&project), 0, "nothing changes");
    project.finish();
}

#[test]
fn two_components_that_want_the_same_names() {
    let project = Project::new(
        "
resources:
  one:
    type: private-step-functions:PrivateStepFunctions
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}' }
  two:
    type: private-step-functions:PrivateStepFunctions
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}' }
",
    )
    .proving("a preview finds two components of one VPC that want the same private names, before anything is made");
    let run = project.preview().fails();
    for service in ["states", "sync-states"] {
        run.says(&format!(
            "of this program wants the name {service}.eu-west-1.amazonaws.com in vpc-"
        ));
    }
    assert_eq!(project.emulator.made().len(), 0);
}

const KEY_AND_ZONE: &str = "
resources:
  private:
    type: private-step-functions:PrivateStepFunctions
    properties:
      vpcId: '${vpcId}'
      subnetIds: '${subnetIds}'
      endpoints: { executeApi: true }
      privateApis:
        orders: { urls: ['https://a.example/*'], kmsKeyId: 'alias/one' }
        billing: { domainName: 'billing.example.com', kmsKeyId: 'alias/two' }
";

/// KMS and Route 53 are asked, too: for the connections of a component, and for its private names.
#[test]
fn a_disabled_key_and_a_held_zone_are_shown_on_their_resources() {
    let project = Project::new(KEY_AND_ZONE).proving(
        "a key that cannot be used and a hosted zone with the private name fail the preview, each on its resource",
    );
    let (vpc, _) = project.emulator.default_vpc();
    project.preview_that_reads().succeeds();
    project.emulator.seed(&json!({
        "kind": "kms-key", "region": "eu-west-1", "KeyId": "2234abcd-12ab-34cd-56ef-1234567890ab", "KeyState": "Disabled",
    }));
    project
        .emulator
        .seed(&json!({ "kind": "hosted-zone", "VPCId": vpc, "Name": "states.eu-west-1.amazonaws.com" }));
    let run = project.pulumi(&["preview", "--json"]).fails();
    run.says("an update would fail: the preview found 2 problems");
    let shown = diagnostics(&run.stdout);
    let errors: Vec<_> = shown.iter().filter(|(_, severity, _)| severity == "error").collect();
    for (resource, text) in [
        (
            "private-orders",
            "Connection \"private-orders\": `kmsKeyId`: the KMS key alias/one is Disabled. Enable it",
        ),
        (
            "private-states",
            "InterfaceEndpoint \"private-states\": `privateDnsEnabled`: the private hosted zone Z",
        ),
    ] {
        let found = errors
            .iter()
            .any(|(urn, _, message)| urn.ends_with(&format!("::{resource}")) && message.contains(text));
        assert!(found, "{resource}: {shown:#?}");
    }
    let calls = project.emulator.journal();
    let count = |operation: &str| calls.iter().filter(|call| call.operation == operation).count();
    // Two previews: one call a key, and one for the three names of the VPC.
    assert_eq!((count("DescribeKey"), count("ListHostedZonesByVPC")), (4, 2));
    project.finish();
}

const PRIVATE_NAMES: &str = "
resources:
  private:
    type: private-step-functions:PrivateStepFunctions
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}' }
";

/// A URL of one service may be an emulator's. What belongs there must not reach AWS.
#[test]
fn without_a_url_of_its_own_a_service_is_not_called_at_aws() {
    let mut project = Project::new(PRIVATE_NAMES).proving(
        "if other services have URLs of their own, Route 53 is called only at one of its own, and a warning says so",
    );
    let url = project.emulator.url.clone();
    let all = ["EC2", "VPC_LATTICE", "EVENTBRIDGE", "STS"];
    for service in all {
        project.variable(&format!("AWS_ENDPOINT_URL_{service}"), Some(&url));
    }
    project.variable("AWS_ENDPOINT_URL", None);
    let asked = |project: &Project| {
        let calls = project.emulator.journal();
        calls
            .iter()
            .filter(|call| call.operation == "ListHostedZonesByVPC")
            .count()
    };
    project
        .preview()
        .succeeds()
        .says("The preview checks are not complete: the hosted zones of the VPC could not be read")
        .says("not sent, because other services have URLs of their own and Route 53 has none")
        .says("AWS_ENDPOINT_URL_ROUTE_53");
    assert_eq!(asked(&project), 0);
    project.variable("AWS_ENDPOINT_URL_ROUTE_53", Some(&url));
    project.preview().succeeds().never_says("not complete");
    assert_eq!(asked(&project), 1);
    // A private network may not reach Route 53. The other checks go on.
    project.variable("AWS_ENDPOINT_URL_ROUTE_53", Some("http://127.0.0.1:9"));
    project.program(&PRIVATE_NAMES.replace("'${subnetIds}'", "['subnet-0123456789abcdef0']"));
    let run = project.preview().fails();
    run.says("The preview checks are not complete: the hosted zones of the VPC could not be read");
    run.says("InterfaceEndpoint \"private-states\": `subnetIds[0]`: there is no subnet")
        .says("InterfaceEndpoint \"private-sync-states\": `subnetIds[0]`: there is no subnet");
    project.program(PRIVATE_NAMES);
    project.variable("AWS_ENDPOINT_URL_ROUTE_53", None);
    for service in all {
        project.variable(&format!("AWS_ENDPOINT_URL_{service}"), None);
    }
    let urls = ["ec2", "vpcLattice", "eventBridge", "sts", "route53"].map(|key| format!("{key}: '{url}'"));
    project.add_config(&format!(
        "  private-step-functions:endpoints: {{ {} }}\n",
        urls.join(", ")
    ));
    project.preview().succeeds().never_says("not complete");
    assert_eq!(asked(&project), 2);
    project.finish();
}
