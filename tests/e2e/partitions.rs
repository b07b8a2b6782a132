//! The whole component in each AWS partition: names, ARNs, URLs and the policy match the Region's partition.

use serde_json::{Value, json};

use crate::project::Project;
use crate::scenario::{counts, made};

/// A Region and the name formats in it.
struct Location {
    region: &'static str,
    partition: &'static str,
    suffix: &'static str,
    /// The prefixes of the endpoint service names: for Step Functions, and for API Gateway.
    prefixes: (&'static str, &'static str),
    /// The values of `kms:ViaService`.
    via: &'static [&'static str],
}

/// Turns each row into a test, so that rows run in parallel and a failure shows the row's name.
macro_rules! places {
    ($($name:ident: $place:expr;)+) => {
        $(#[test] fn $name() { run(&$place); })+
    };
}

places! {
    china: Location {
        region: "cn-north-1",
        partition: "aws-cn",
        suffix: "amazonaws.com.cn",
        prefixes: ("cn.com.amazonaws", "cn.com.amazonaws"),
        via: &["secretsmanager.cn-north-1.amazonaws.com.cn", "secretsmanager.cn-north-1.amazonaws.com"],
    };
    gov_cloud: Location {
        region: "us-gov-west-1",
        partition: "aws-us-gov",
        suffix: "amazonaws.com",
        prefixes: ("com.amazonaws", "com.amazonaws"),
        via: &["secretsmanager.us-gov-west-1.amazonaws.com"],
    };
    european_sovereign_cloud: Location {
        region: "eusc-de-east-1",
        partition: "aws-eusc",
        suffix: "amazonaws.eu",
        prefixes: ("com.amazonaws", "eu.amazonaws"),
        via: &["secretsmanager.eusc-de-east-1.amazonaws.eu", "secretsmanager.eusc-de-east-1.amazonaws.com"],
    };
}

const PROGRAM: &str = "
resources:
  private:
    type: private-step-functions:PrivateStepFunctions
    properties:
      vpcId: ${vpcId}
      subnetIds: ${subnetIds}
      endpoints: { executeApi: true }
      privateApis:
        orders:
          auth: { apiKey: { name: x-api-key, value: one } }
          kmsKeyId: alias/orders
      tags: { stage: one }
outputs:
  states: ${private.statesEndpoint}
  syncStates: ${private.syncStatesEndpoint}
  executeApi: ${private.executeApiEndpoint}
  gateway: ${private.resourceGatewayArn}
  orders: ${private.connections.orders}
  policy: ${private.executionRolePolicy}
";

fn run(place: &Location) {
    let project = Project::in_region(place.region, PROGRAM).proving("the component works in every partition");
    project.preview().succeeds().says("create");
    project.up().succeeds();
    let makes = [
        ("connection", 1),
        ("resource-configuration", 1),
        ("resource-gateway", 1),
        ("security-group", 2),
        ("vpc-endpoint", 3),
    ];
    assert_eq!(made(&project), counts(&makes));
    let outputs = project.outputs();
    endpoints(place, &project, &outputs);
    arns(place, &project, &outputs);
    policy(place, &outputs);

    let (again, calls) = project.counting_calls(Project::up_unchanged);
    again.succeeds();
    assert_eq!(calls, 0, "an up without changes called AWS");
    project.refresh_unchanged().succeeds();
    project.program(&PROGRAM.replace("stage: one", "stage: two"));
    project.up().succeeds().says("updated");
    project.refresh_unchanged().succeeds();
    assert_eq!(made(&project), counts(&makes));
    project.finish();
}

fn endpoints(place: &Location, project: &Project, outputs: &Value) {
    let Location {
        region,
        suffix,
        prefixes,
        ..
    } = place;
    for (output, service) in [("states", "states"), ("syncStates", "sync-states")] {
        let endpoint = &outputs[output];
        let host = format!("{service}.{region}.{suffix}");
        assert_eq!(endpoint["privateDnsName"], host, "{endpoint:#}");
        assert_eq!(endpoint["url"], format!("https://{host}"), "{endpoint:#}");
        ends_with(
            &endpoint["regionalDnsName"],
            &format!(".{service}.{region}.vpce.{suffix}"),
        );
    }
    let execute_api = &outputs["executeApi"];
    let regional = execute_api["regionalDnsName"].as_str().unwrap();
    ends_with(
        &execute_api["regionalDnsName"],
        &format!(".execute-api.{region}.vpce.{suffix}"),
    );
    assert_eq!(execute_api["url"], format!("https://{regional}"));
    assert_eq!(outputs["orders"]["domainName"], regional);
    let made = project
        .emulator
        .made()
        .into_iter()
        .filter(|row| row.kind == "vpc-endpoint");
    let mut services: Vec<_> = made
        .map(|row| row.detail["service"].as_str().unwrap().to_owned())
        .collect();
    services.sort_unstable();
    let mut expected = [
        format!("{}.{region}.states", prefixes.0),
        format!("{}.{region}.sync-states", prefixes.0),
        format!("{}.{region}.execute-api", prefixes.1),
    ];
    expected.sort_unstable();
    assert_eq!(services, expected);
}

fn arns(place: &Location, project: &Project, outputs: &Value) {
    let start = |service: &str| format!("arn:{}:{service}:{}:123456789012:", place.partition, place.region);
    starts_with(&outputs["gateway"], &start("vpc-lattice"));
    starts_with(&outputs["orders"]["arn"], &start("events"));
    starts_with(&outputs["orders"]["secretArn"], &start("secretsmanager"));
    starts_with(&outputs["orders"]["resourceConfigurationArn"], &start("vpc-lattice"));
    for resource in project.stored() {
        let Some(arn) = resource["outputs"]["arn"].as_str() else {
            continue;
        };
        assert!(arn.starts_with(&format!("arn:{}:", place.partition)), "{arn}");
    }
}

fn policy(place: &Location, outputs: &Value) {
    let Location {
        region,
        suffix,
        partition,
        ..
    } = place;
    let policy: Value = serde_json::from_str(outputs["policy"].as_str().unwrap()).unwrap();
    let statements = &policy["Statement"];
    let regional = outputs["executeApi"]["regionalDnsName"].as_str().unwrap();
    let (label, domain) = regional.split_once('.').unwrap();
    assert_eq!(
        statements[0]["Condition"]["StringLike"]["states:HTTPEndpoint"],
        json!([
            format!("https://*.execute-api.{region}.{suffix}/*"),
            format!("https://{label}-*.{domain}/*"),
            format!("https://{regional}/*"),
        ])
    );
    let arn = |service: &str, what: &str| format!("arn:{partition}:{service}:{region}:123456789012:{what}");
    assert_eq!(statements[0]["Resource"], arn("states", "stateMachine:*"));
    assert_eq!(statements[1]["Resource"], json!([outputs["orders"]["arn"]]));
    assert_eq!(statements[2]["Resource"], json!([outputs["orders"]["secretArn"]]));
    assert_eq!(statements[3]["Resource"], arn("kms", "key/*"));
    let via = match place.via {
        [one] => json!(one),
        several => json!(several),
    };
    assert_eq!(statements[3]["Condition"]["StringEquals"]["kms:ViaService"], via);
}

fn starts_with(value: &Value, start: &str) {
    assert!(
        value.as_str().is_some_and(|text| text.starts_with(start)),
        "{value} does not start with {start}"
    );
}

fn ends_with(value: &Value, end: &str) {
    assert!(
        value.as_str().is_some_and(|text| text.ends_with(end)),
        "{value} does not end with {end}"
    );
}
