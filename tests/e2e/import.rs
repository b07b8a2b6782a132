//! Existing AWS objects become part of a program unchanged: with the `import` option, with `pulumi import`, and read with
//! `get`.

use std::fs;

use serde_json::{Value, json};

use crate::project::Project;

mod refused;

const PACKAGE: &str = "private-step-functions:index:";

/// A program whose resources are created, removed from the state and imported.
struct Import {
    promise: &'static str,
    /// YAML from `resources:` on, without outputs.
    program: &'static str,
    /// The name in the program and the type of each resource. Referenced resources come first.
    resources: &'static [(&'static str, &'static str)],
    /// Properties that AWS does not return, so that only the program knows them, by resource name.
    write_only: &'static [(&'static str, &'static [&'static str])],
}

impl Import {
    fn with_outputs(&self) -> String {
        let outputs = self
            .resources
            .iter()
            .map(|(name, _)| format!("  {name}: ${{{name}.id}}\n"));
        format!("{}outputs:\n{}", self.program, outputs.collect::<String>())
    }

    /// Returns the program with the `import` option on every resource.
    fn with_options(&self, ids: &Value) -> String {
        self.resources.iter().fold(self.with_outputs(), |program, (name, _)| {
            let (id, heading) = (ids[name].as_str().unwrap(), format!("  {name}:\n"));
            assert!(program.contains(&heading), "{name} has no heading of its own");
            program.replacen(&heading, &format!("{heading}    options: {{ import: '{id}' }}\n"), 1)
        })
    }

    /// Returns the input of `pulumi import --file`.
    fn file(&self, ids: &Value) -> String {
        let resource =
            |(name, kind): &(&str, &str)| json!({ "type": format!("{PACKAGE}{kind}"), "name": name, "id": ids[name] });
        json!({ "resources": self.resources.iter().map(resource).collect::<Vec<_>>() }).to_string()
    }

    /// Returns the updates that remain after an import.
    fn left(&self) -> Vec<(String, String, Vec<String>)> {
        let update = |(name, paths): &(&str, &[&str])| {
            let paths = paths.iter().map(|path| (*path).to_owned()).collect();
            ((*name).to_owned(), "update".to_owned(), paths)
        };
        self.write_only.iter().map(update).collect()
    }
}

fn run(import: &Import) {
    let project = Project::new(&import.with_outputs()).proving(import.promise);
    project.up().succeeds();
    let ids = project.outputs();

    // Bulk import on the command line makes only read calls.
    project.forget();
    let file = project.directory().join("import.json");
    fs::write(&file, import.file(&ids)).unwrap();
    let before = project.emulator.journal().len();
    let arguments = [
        "import",
        "--file",
        file.to_str().unwrap(),
        "--yes",
        "--skip-preview",
        "--protect=false",
    ];
    let run = project.pulumi(&arguments).succeeds();
    run.says(&format!("{} imported", import.resources.len()));
    let said = format!("{}{}", run.stdout, run.stderr);
    assert!(!said.contains("warning"), "an import warns: {said}");
    for call in &project.emulator.journal()[before..] {
        let asks = ["Describe", "Get", "List"]
            .iter()
            .any(|verb| call.operation.starts_with(verb));
        assert!(asks, "an import called {}", call.operation);
    }
    assert_eq!(project.plan(), import.left());

    // With the option, an update in the same run sends the properties that AWS does not return.
    project.forget();
    project.program(&import.with_options(&ids));
    let run = project.up().succeeds();
    run.says(&format!("{} imported", import.resources.len()));
    assert_eq!(project.outputs(), ids);

    // Imported resources behave like all others.
    project.program(&import.with_outputs());
    project.up_unchanged().succeeds();
    project.refresh_unchanged().succeeds();
    project.finish();
}

macro_rules! imports {
    ($($name:ident: $import:expr;)+) => {
        $(#[test] fn $name() { run(&$import); })+
    };
}

imports! {
    resources_with_the_least: Import {
        promise: "a resource with only its required properties is imported without a change",
        program: "
resources:
  group:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${vpcId}' }
  endpoint:
    type: private-step-functions:InterfaceEndpoint
    properties: { vpcId: '${vpcId}', service: states, subnetIds: '${subnetIds}' }
  gateway:
    type: private-step-functions:ResourceGateway
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}' }
  configuration:
    type: private-step-functions:ResourceConfiguration
    properties: { resourceGatewayId: '${gateway.id}', ports: ['443'], target: { domainName: orders.example.com } }
  connection:
    type: private-step-functions:Connection
",
        resources: &[
            ("group", "SecurityGroup"),
            ("endpoint", "InterfaceEndpoint"),
            ("gateway", "ResourceGateway"),
            ("configuration", "ResourceConfiguration"),
            ("connection", "Connection"),
        ],
        write_only: &[],
    };

    resources_with_everything: Import {
        promise: "a resource with every property set is imported without a change, except for properties that AWS does not \
                  return",
        program: "
resources:
  callers:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${vpcId}', name: callers }
  group:
    type: private-step-functions:SecurityGroup
    properties:
      vpcId: ${vpcId}
      name: everything
      description: Every kind of rule
      ingress:
        - { fromPort: 443, toPort: 443, cidrIpv4: 10.1.2.3/8, description: host bits }
        - { protocol: TCP, fromPort: 443, toPort: 443, cidrIpv6: '2001:DB8::1/56' }
        - { protocol: udp, fromPort: 1000, toPort: 2000, securityGroupId: '${callers.id}' }
        - { protocol: icmp, cidrIpv4: 10.0.0.0/8 }
        - { protocol: '50', cidrIpv4: 10.0.0.0/8 }
      egress:
        - { protocol: '-1', cidrIpv4: 0.0.0.0/0 }
        - { protocol: '-1', cidrIpv6: '::/0' }
      tags: { stage: test, empty: '' }
  endpoint:
    type: private-step-functions:InterfaceEndpoint
    properties:
      vpcId: ${vpcId}
      service: com.amazonaws.eu-west-1.execute-api
      subnetIds: ['${subnetIds[1]}', '${subnetIds[0]}']
      securityGroupIds: ['${group.id}', '${callers.id}']
      policy:
        Version: '2012-10-17'
        Statement: [{ Effect: Allow, Principal: '*', Action: 'execute-api:Invoke', Resource: '*' }]
      privateDnsEnabled: false
      ipAddressType: ipv4
      dnsRecordIpType: ipv4
      tags: { stage: test }
  gateway:
    type: private-step-functions:ResourceGateway
    properties:
      vpcId: ${vpcId}
      subnetIds: ['${subnetIds[1]}', '${subnetIds[0]}']
      securityGroupIds: ['${group.id}', '${callers.id}']
      name: everything
      ipAddressType: IPV4
      ipv4AddressesPerEni: 2
      tags: { stage: test }
  configuration:
    type: private-step-functions:ResourceConfiguration
    properties:
      resourceGatewayId: ${gateway.id}
      name: everything
      ports: ['8000-8010', '443']
      target: { vpcEndpointId: '${endpoint.id}', ipAddressType: IPV4 }
      allowAssociationToShareableServiceNetwork: true
      tags: { stage: test }
  address:
    type: private-step-functions:ResourceConfiguration
    properties:
      resourceGatewayId: ${gateway.id}
      name: address
      ports: ['443']
      target: { ipAddress: 172.31.0.10 }
  connection:
    type: private-step-functions:Connection
    properties:
      name: everything
      description: Every property
      resourceConfigurationArn: ${configuration.arn}
      kmsKeyId: alias/orders
      auth: { basic: { username: caller, password: one } }
      invocationParameters:
        headers: [{ key: x-tenant, value: orders }, { key: x-token, value: hidden, secret: true }]
        queryString: [{ key: page, value: '1' }]
        body: [{ key: kind, value: order }]
",
        resources: &[
            ("callers", "SecurityGroup"),
            ("group", "SecurityGroup"),
            ("endpoint", "InterfaceEndpoint"),
            ("gateway", "ResourceGateway"),
            ("configuration", "ResourceConfiguration"),
            ("address", "ResourceConfiguration"),
            ("connection", "Connection"),
        ],
        write_only: &[("connection", &["auth", "invocationParameters"])],
    };

    a_group_for_the_whole_vpc: Import {
        promise: "a rule for the whole VPC equals the rules that AWS returns for the VPC's blocks",
        program: "
resources:
  group:
    type: private-step-functions:SecurityGroup
    properties:
      vpcId: ${vpcId}
      ingress:
        - { fromPort: 443, toPort: 443, vpc: true, description: callers }
        - { fromPort: 443, toPort: 443, cidrIpv4: 10.0.0.0/8 }
      egress:
        - { fromPort: 443, toPort: 443, vpc: true, vpcIpAddressType: ipv4 }
",
        resources: &[("group", "SecurityGroup")],
        write_only: &[],
    };

    connections_of_each_authorization: Import {
        promise: "a connection with any kind of authorization is imported, and only its secrets must be set",
        program: "
resources:
  key:
    type: private-step-functions:Connection
    properties: { auth: { apiKey: { name: x-api-key, value: one } } }
  oauth:
    type: private-step-functions:Connection
    properties:
      auth:
        oauth:
          authorizationEndpoint: https://login.example.com/token
          httpMethod: POST
          clientId: orders
          clientSecret: one
          parameters: { body: [{ key: scope, value: read }] }
",
        resources: &[("key", "Connection"), ("oauth", "Connection")],
        write_only: &[("key", &["auth"]), ("oauth", &["auth"])],
    };
}

/// The program that `pulumi import` generates matches the one that created the resources.
#[test]
fn the_generated_program_changes_nothing() {
    let promise = "the program that `pulumi import` writes describes the existing objects";
    let project = Project::new(
        "
resources:
  group:
    type: private-step-functions:SecurityGroup
    properties:
      vpcId: ${vpcId}
      name: callers
      ingress: [{ protocol: tcp, fromPort: 443, toPort: 443, vpc: true, description: callers }]
      tags: { stage: test }
outputs:
  group: ${group.id}
",
    )
    .proving(promise);
    project.up().succeeds();
    let id = project.outputs()["group"].as_str().unwrap().to_owned();
    project.forget();
    let written = project.directory().join("written.yaml");
    let kind = format!("{PACKAGE}SecurityGroup");
    let arguments = [
        "import",
        &kind,
        "group",
        &id,
        "--yes",
        "--skip-preview",
        "--protect=false",
        "--out",
    ];
    project
        .pulumi(&[&arguments[..], &[written.to_str().unwrap()]].concat())
        .succeeds();
    let written = fs::read_to_string(written).unwrap();
    assert!(
        written.contains("vpcId") && written.contains("172.31.0.0/16"),
        "{written}"
    );
    project.program(&format!("\n{written}"));
    assert_eq!(project.plan(), []);
    project.finish();
}

/// Parts of a component can be imported with the component as parent, as the schema documents.
#[test]
fn a_part_of_a_component() {
    let program = "
resources:
  private:
    type: private-step-functions:PrivateStepFunctions
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}', endpoints: { syncStates: false } }
outputs:
  states: ${private.statesEndpoint.id}
";
    let project = Project::new(program).proving("an existing endpoint becomes part of a component");
    project.up().succeeds();
    let ids = project.outputs();
    let state = project.state();
    let resources = state["deployment"]["resources"].as_array().unwrap();
    let urn = |end: &str| {
        let urns = resources.iter().map(|resource| resource["urn"].as_str().unwrap());
        urns.into_iter().find(|urn| urn.ends_with(end)).unwrap().to_owned()
    };
    let (parent, child) = (urn("::private"), urn("::private-states"));
    project.pulumi(&["state", "delete", &child, "--yes"]).succeeds();
    let (kind, parent) = (format!("{PACKAGE}InterfaceEndpoint"), format!("private={parent}"));
    let id = ids["states"].as_str().unwrap();
    let arguments = [
        "import",
        &kind,
        "private-states",
        id,
        "--parent",
        &parent,
        "--yes",
        "--skip-preview",
    ];
    project
        .pulumi(&[&arguments[..], &["--protect=false", "--generate-code=false"]].concat())
        .succeeds();
    assert_eq!(project.plan(), []);
    project.up_unchanged().succeeds();
    assert_eq!(project.outputs(), ids);
    project.finish();
}

/// `get` reads existing objects, even while their id is unknown, and does not change them.
#[test]
fn get_reads_every_resource() {
    let project = Project::new(
        "
resources:
  group:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${vpcId}', name: callers, ingress: [{ fromPort: 443, toPort: 443, cidrIpv4: 10.0.0.0/8 }] }
  endpoint:
    type: private-step-functions:InterfaceEndpoint
    properties: { vpcId: '${vpcId}', service: states, subnetIds: '${subnetIds}' }
  gateway:
    type: private-step-functions:ResourceGateway
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}' }
  configuration:
    type: private-step-functions:ResourceConfiguration
    properties: { resourceGatewayId: '${gateway.id}', ports: ['443'], target: { domainName: orders.example.com } }
  connection:
    type: private-step-functions:Connection
    properties: { auth: { apiKey: { name: x-api-key, value: one } } }
  seenGroup:
    type: private-step-functions:SecurityGroup
    get: { id: '${group.id}' }
  seenEndpoint:
    type: private-step-functions:InterfaceEndpoint
    get: { id: '${endpoint.id}', state: { vpcId: '${vpcId}' } }
  seenGateway:
    type: private-step-functions:ResourceGateway
    get: { id: '${gateway.id}', state: { vpcId: '${vpcId}', subnetIds: '${subnetIds}' } }
  seenConfiguration:
    type: private-step-functions:ResourceConfiguration
    get: { id: '${configuration.id}' }
  seenConnection:
    type: private-step-functions:Connection
    get: { id: '${connection.id}' }
outputs:
  group: { made: '${group.arn}', seen: '${seenGroup.arn}' }
  endpoint: { made: '${endpoint.url}', seen: '${seenEndpoint.url}' }
  gateway: { made: '${gateway.arn}', seen: '${seenGateway.arn}' }
  configuration: { made: '${configuration.domainName}', seen: '${seenConfiguration.domainName}' }
  connection: { made: '${connection.secretArn}', seen: '${seenConnection.secretArn}' }
  rules: ${seenGroup.ingress[0].cidrIpv4}
",
    )
    .proving("`get` returns the same outputs as the resource itself");
    project.preview().succeeds();
    project.up().succeeds();
    let outputs = project.outputs();
    for resource in ["group", "endpoint", "gateway", "configuration", "connection"] {
        assert!(outputs[resource]["made"].is_string(), "{resource}: {outputs}");
        assert_eq!(outputs[resource]["made"], outputs[resource]["seen"], "{resource}");
    }
    assert_eq!(outputs["rules"], "10.0.0.0/8");
    project.up_unchanged().succeeds();
    project.refresh_unchanged().succeeds();
    project.finish();
}

/// Adding the values that AWS chose to the program changes nothing. In particular, it replaces nothing.
#[test]
fn what_aws_chose_can_be_spelt_out() {
    let silent = "
resources:
  endpoint:
    type: private-step-functions:InterfaceEndpoint
    properties: { vpcId: '${vpcId}', service: states, subnetIds: '${subnetIds}' }
  gateway:
    type: private-step-functions:ResourceGateway
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}' }
  configuration:
    type: private-step-functions:ResourceConfiguration
    properties: { resourceGatewayId: '${gateway.id}', ports: ['443'], target: { domainName: orders.example.com } }
";
    let spelt = "
resources:
  endpoint:
    type: private-step-functions:InterfaceEndpoint
    properties: { vpcId: '${vpcId}', service: states, subnetIds: '${subnetIds}', ipAddressType: ipv4, dnsRecordIpType: ipv4 }
  gateway:
    type: private-step-functions:ResourceGateway
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}', ipAddressType: IPV4, ipv4AddressesPerEni: 16, dnsResolution: PUBLIC }
  configuration:
    type: private-step-functions:ResourceConfiguration
    properties:
      resourceGatewayId: ${gateway.id}
      ports: ['443']
      target: { domainName: orders.example.com, ipAddressType: IPV4 }
      allowAssociationToShareableServiceNetwork: true
";
    let project = Project::new(silent).proving("setting a property to the value that AWS chose changes nothing");
    project.up().succeeds();
    project.program(spelt);
    assert_eq!(project.plan(), []);
    project.up_unchanged().succeeds();
    project.refresh_unchanged().succeeds();
    // A different value is an ordinary change.
    project.program(&spelt.replace("ipv4AddressesPerEni: 16", "ipv4AddressesPerEni: 8"));
    let plan = project.plan();
    let step = plan.iter().find(|(name, ..)| name == "gateway");
    assert!(step.is_some_and(|(_, op, _)| op.contains("replace")), "{plan:?}");
    project.finish();
}
