//! `pulumi:autonaming`: how it determines the names in AWS.

use crate::programs::{component, each};
use crate::project::Project;
use crate::scenario::{Scenario, Step, resources, run, scenarios, steps, up, up_unchanged};

scenarios! {
    default: Scenario {
        promise: "a name in AWS is the Pulumi name with a random suffix, and later updates keep it",
        program: each(""),
        config: "  pulumi:autonaming: { mode: default }\n",
        steps: steps![
            up(),
            Step::Look(|project| named(project, &[("group", "group-#######"), ("gateway", "gateway-#######"),
                ("configuration", "configuration-#######"), ("connection", "connection-#######")])),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    verbatim: Scenario {
        promise: "with `verbatim`, names in AWS are the Pulumi names, and a replacement deletes the old object first",
        program: "
resources:
  callers:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${vpcId}', description: one }
".to_owned(),
        config: "  pulumi:autonaming: { mode: verbatim }\n",
        steps: steps![
            up(),
            Step::Look(|project| named(project, &[("callers", "callers")])),
            up_unchanged(),
            Step::Edit("description: one", "description: two"),
            up().calls(&["DeleteSecurityGroup", "CreateSecurityGroup"]),
        ],
        ..Scenario::EMPTY
    };
    verbatim_in_use: Scenario {
        promise: "with `verbatim`, the engine deletes first: a replacement of an object in use fails soon, names what uses it \
                  and changes nothing",
        program: each("").replace("ResourceGateway\n    properties: {", "ResourceGateway\n    properties: { ipv4AddressesPerEni: 16,"),
        config: "  pulumi:autonaming: { mode: verbatim }\n",
        steps: steps![
            up(),
            Step::Edit("ipv4AddressesPerEni: 16", "ipv4AddressesPerEni: 8"),
            up().fails().says(&["is in use by connection \"connection\"", "let it use another resource configuration"]).keeps(),
            Step::Edit("ipv4AddressesPerEni: 8", "ipv4AddressesPerEni: 16"),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    verbatim_component: Scenario {
        promise: "with `verbatim`, the component's resources have their Pulumi names too",
        program: component(""),
        config: "  pulumi:autonaming: { mode: verbatim }\n",
        steps: steps![
            up(),
            Step::Look(|project| named(project, &[("private-gateway", "private-gateway"), ("private-endpoints", "private-endpoints"),
                ("ResourceGateway::private", "private"), ("Connection::private-orders", "private-orders")])),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    pattern: Scenario {
        promise: "a pattern applies to every resource; the plugin adapts the names to what AWS accepts",
        program: each(""),
        config: "  pulumi:autonaming: { pattern: 'Team_${stack}-${name}-${hex(4)}' }\n",
        steps: steps![
            up(),
            Step::Look(|project| named(project, &[("group", "Team_test-group-####"), ("connection", "Team_test-connection-####"),
                ("gateway", "team-test-gateway-####"), ("configuration", "team-test-configuration-####")])),
        ],
        ..Scenario::EMPTY
    };
    enforced_pattern: Scenario {
        promise: "an enforced pattern whose names AWS does not accept causes an error before anything is created",
        program: each(""),
        config: "  pulumi:autonaming: { pattern: 'Team_${name}', enforce: true }\n",
        steps: steps![
            up().fails().says(&["`Team_gateway`", "`pulumi:autonaming`"]),
            run("config set --path pulumi:autonaming.pattern ${name}-eu"),
            up(),
            Step::Look(|project| named(project, &[("group", "Team_group"), ("gateway", "gateway-eu")])),
        ],
        ..Scenario::EMPTY
    };
    per_type: Scenario {
        promise: "the package and each type of resource can have their own rules",
        program: each(""),
        config: "  pulumi:autonaming:
    mode: verbatim
    providers:
      private-step-functions:
        pattern: ours-${name}
        resources:
          'private-step-functions:index:Connection': { mode: default }
",
        steps: steps![
            up(),
            Step::Look(|project| named(project, &[("group", "ours-group"), ("gateway", "ours-gateway"),
                ("configuration", "ours-configuration"), ("connection", "connection-#######")])),
        ],
        ..Scenario::EMPTY
    };
    disabled: Scenario {
        promise: "with `disabled`, a resource without a name in the program causes an error",
        program: "
resources:
  group:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${vpcId}' }
".to_owned(),
        config: "  pulumi:autonaming: { mode: disabled }\n",
        steps: steps![
            run("preview").fails().says(&["automatic names are disabled", "`name` must be set"]),
            Step::Edit("properties: {", "properties: { name: callers,"),
            up(),
            Step::Look(|project| named(project, &[("group", "callers")])),
        ],
        ..Scenario::EMPTY
    };
    disabled_component: Scenario {
        promise: "with `disabled`, the component takes every name from `names`, and the error for a missing name says so",
        program: component(""),
        config: "  pulumi:autonaming: { mode: disabled }\n",
        steps: steps![
            run("preview").fails().says(&["automatic names are disabled", "set it in `names`"]),
            Step::Edit("tags: { stage: one }", "tags: { stage: one }
      names:
        endpointSecurityGroup: endpoints
        gatewaySecurityGroup: gateway
        resourceGateway: shared
        resourceConfigurations: { orders: orders-api }
        connections: { orders: orders }"),
            up(),
            Step::Look(|project| named(project, &[("private-endpoints", "endpoints"), ("private-gateway", "gateway"),
                ("ResourceGateway::private", "shared"), ("ResourceConfiguration::private-orders", "orders-api"),
                ("Connection::private-orders", "orders")])),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
}

/// Compares the resources' names in AWS with patterns, by the end of the URN. In a pattern, `#` matches a hexadecimal
/// digit.
fn named(project: &Project, expected: &[(&str, &str)]) {
    let found = resources(project);
    for (end, pattern) in expected {
        let of = |resource: &&serde_json::Value| resource["urn"].as_str().unwrap().ends_with(&format!(":{end}"));
        let name = found.iter().find(of).unwrap()["outputs"]["name"].as_str().unwrap();
        let fits = |(of_name, of_pattern): (char, char)| match of_pattern {
            '#' => of_name.is_ascii_hexdigit(),
            exact => of_name == exact,
        };
        let matches = name.len() == pattern.len() && name.chars().zip(pattern.chars()).all(fits);
        assert!(matches, "{name:?} is not {pattern:?}");
    }
}
