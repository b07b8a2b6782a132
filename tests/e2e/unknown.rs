//! Inputs that come from other resources of the same program: unknown in the preview, known in the update.

use crate::project::Project;

const PROGRAM: &str = "
resources:
  vpc:
    type: testnet:Vpc
    properties: { cidrBlock: 10.20.0.0/16 }
  first:
    type: testnet:Subnet
    properties: { vpcId: '${vpc.id}', cidrBlock: 10.20.1.0/24, availabilityZone: eu-west-1a }
  second:
    type: testnet:Subnet
    properties: { vpcId: '${vpc.id}', cidrBlock: 10.20.2.0/24, availabilityZone: eu-west-1b }
  existing:
    type: private-step-functions:InterfaceEndpoint
    properties:
      vpcId: ${vpc.id}
      service: execute-api
      subnetIds: ['${first.id}', '${second.id}']
      privateDnsEnabled: false
  private:
    type: private-step-functions:PrivateStepFunctions
    properties:
      vpcId: ${vpc.id}
      subnetIds: ['${first.id}', '${second.id}']
      privateApis:
        orders:
          vpcEndpointId: ${existing.id}
          urls: ['https://orders.example.com/*']
          auth: { apiKey: { name: x-api-key, value: '${existing.serviceName}' } }
outputs:
  vpc: ${vpc.id}
  states: ${private.statesEndpoint}
  executeApi: ${private.executeApiEndpoint}
  orders: ${private.connections.orders}
  domainName: ${existing.regionalDnsName}
";

#[test]
fn everything_that_others_make_is_unknown_in_preview() {
    let project = Project::new(PROGRAM);
    let preview = project.preview_that_reads().succeeds();
    // The preview contains each child, although none of its inputs is known.
    for child in [
        "private-states",
        "private-sync-states",
        "private-endpoints",
        "private-gateway",
        "private-orders",
    ] {
        preview.says(child);
    }
    project.up().succeeds();
    let outputs = project.outputs();
    assert_eq!(outputs["orders"]["domainName"], outputs["domainName"]);
    assert_eq!(outputs["executeApi"], serde_json::Value::Null);
    let endpoint = outputs["states"]["id"].as_str().unwrap().to_owned();
    let described = project
        .emulator
        .ec2("DescribeVpcEndpoints", &format!("&VpcEndpointId.1={endpoint}"));
    assert!(described.contains(outputs["vpc"].as_str().unwrap()), "{described}");

    project.up_unchanged().succeeds();
    project.refresh_unchanged().succeeds();
    project.finish();
}

/// A program in which every input comes from a resource created in the same run: whole values, and single leaves.
struct Unknown {
    program: &'static str,
    /// The resources that the preview shows and the update creates, by name.
    resources: &'static [&'static str],
}

fn run(unknown: &Unknown) {
    let project = Project::new(unknown.program)
        .proving("a preview and the update after it succeed, whichever inputs are unknown in the preview");
    let preview = project.preview_that_reads().succeeds();
    preview.never_says("warning");
    for name in unknown.resources {
        preview.says(name);
    }
    project.up().succeeds();
    project.up_unchanged().succeeds();
    project.finish();
}

macro_rules! unknown {
    ($($name:ident: $unknown:expr;)+) => {
        $(#[test] fn $name() { run(&$unknown); })+
    };
}

unknown! {
    every_input_of_a_security_group: Unknown {
        program: "
resources:
  given:
    type: testnet:Anything
    properties:
      value:
        vpc: ${vpcId}
        name: unknown
        text: For callers
        protocol: tcp
        port: 443
        block: 10.0.0.0/8
        yes: true
        family: ipv4
        rules: [{ protocol: tcp, fromPort: 443, toPort: 443, vpc: true }]
        tags: { stage: one }
  whole:
    type: private-step-functions:SecurityGroup
    properties:
      vpcId: ${given.result.vpc}
      name: ${given.result.name}
      description: ${given.result.text}
      ingress: ${given.result.rules}
      egress: ['${given.result.rules[0]}']
      tags: ${given.result.tags}
  leaves:
    type: private-step-functions:SecurityGroup
    properties:
      vpcId: ${given.result.vpc}
      ingress:
        - protocol: ${given.result.protocol}
          fromPort: ${given.result.port}
          toPort: ${given.result.port}
          cidrIpv4: ${given.result.block}
          description: ${given.result.text}
        - { fromPort: 80, toPort: 80, vpc: '${given.result.yes}', vpcIpAddressType: '${given.result.family}' }
      egress: [{ fromPort: 80, toPort: 80, securityGroupId: '${whole.id}' }]
      tags: { stage: '${given.result.tags.stage}' }
",
        resources: &["::whole", "::leaves"],
    };

    every_input_of_an_interface_endpoint: Unknown {
        program: "
resources:
  given:
    type: testnet:Anything
    properties:
      value:
        vpc: ${vpcId}
        subnets: ${subnetIds}
        services: [states, sync-states]
        kind: ipv4
        no: false
        action: states:StartExecution
        policy:
          Version: '2012-10-17'
          Statement: [{ Effect: Allow, Principal: '*', Action: 'states:*', Resource: '*' }]
        tags: { stage: one }
  group:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${given.result.vpc}' }
  whole:
    type: private-step-functions:InterfaceEndpoint
    properties:
      vpcId: ${given.result.vpc}
      service: ${given.result.services[0]}
      subnetIds: ${given.result.subnets}
      policy: ${given.result.policy}
      privateDnsEnabled: ${given.result.no}
      ipAddressType: ${given.result.kind}
      dnsRecordIpType: ${given.result.kind}
      tags: ${given.result.tags}
  leaves:
    type: private-step-functions:InterfaceEndpoint
    properties:
      vpcId: ${given.result.vpc}
      service: ${given.result.services[1]}
      subnetIds: ['${given.result.subnets[0]}', '${given.result.subnets[1]}']
      securityGroupIds: ['${group.id}']
      policy:
        Version: '2012-10-17'
        Statement: [{ Effect: Allow, Principal: '*', Action: '${given.result.action}', Resource: '*' }]
      tags: { stage: '${given.result.tags.stage}' }
",
        resources: &["::whole", "::leaves"],
    };

    every_input_of_the_way_to_an_api: Unknown {
        program: "
resources:
  given:
    type: testnet:Anything
    properties:
      value:
        vpc: ${vpcId}
        subnets: ${subnetIds}
        name: unknown
        kind: IPV4
        number: 2
        resolution: PUBLIC
        ports: ['443', '8000-8010']
        host: orders.example.com
        target: { ipAddress: 172.31.0.10 }
        yes: true
        tags: { stage: one }
        text: Every property
        auth: { basic: { username: caller, password: one } }
        parameters: { headers: [{ key: x-tenant, value: orders }] }
  group:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${given.result.vpc}' }
  gateway:
    type: private-step-functions:ResourceGateway
    properties:
      vpcId: ${given.result.vpc}
      subnetIds: ${given.result.subnets}
      securityGroupIds: ['${group.id}']
      name: ${given.result.name}
      ipAddressType: ${given.result.kind}
      ipv4AddressesPerEni: ${given.result.number}
      dnsResolution: ${given.result.resolution}
      tags: ${given.result.tags}
  host:
    type: private-step-functions:ResourceConfiguration
    properties:
      resourceGatewayId: ${gateway.id}
      name: ${given.result.name}
      ports: ${given.result.ports}
      target: { domainName: '${given.result.host}', ipAddressType: '${given.result.kind}' }
      allowAssociationToShareableServiceNetwork: ${given.result.yes}
      tags: ${given.result.tags}
  address:
    type: private-step-functions:ResourceConfiguration
    properties:
      resourceGatewayId: ${gateway.id}
      ports: ['${given.result.ports[0]}']
      target: ${given.result.target}
      tags: { stage: '${given.result.tags.stage}' }
  whole:
    type: private-step-functions:Connection
    properties:
      name: ${given.result.name}
      description: ${given.result.text}
      auth: ${given.result.auth}
      invocationParameters: ${given.result.parameters}
      resourceConfigurationArn: ${host.arn}
  leaves:
    type: private-step-functions:Connection
    properties:
      auth: { basic: { username: '${given.result.auth.basic.username}', password: '${given.result.auth.basic.password}' } }
      invocationParameters:
        headers: ['${given.result.parameters.headers[0]}']
        body: [{ key: '${given.result.name}', value: '${given.result.text}', secret: '${given.result.yes}' }]
",
        resources: &["::gateway", "::host", "::address", "::whole", "::leaves"],
    };

    every_input_of_the_component: Unknown {
        program: "
resources:
  given:
    type: testnet:Anything
    properties:
      value:
        vpc: ${vpcId}
        subnets: ${subnetIds}
        kind: ipv4
        gatewayKind: IPV4
        number: 2
        resolution: PUBLIC
        no: false
        names: [unknown-one, unknown-two, unknown-three, unknown-four, unknown-five, unknown-six]
        blocks: [10.0.0.0/8]
        policy:
          Version: '2012-10-17'
          Statement: [{ Effect: Allow, Principal: '*', Action: 'states:*', Resource: '*' }]
        host: orders.example.com
        address: 172.31.0.10
        ports: ['443']
        urls: ['https://stock.example.com/*']
        text: Every property
        auth: { apiKey: { name: x-api-key, value: one } }
        parameters: { headers: [{ key: x-tenant, value: orders }] }
        tags: { stage: one }
  shared:
    type: private-step-functions:ResourceConfiguration
    properties: { resourceGatewayId: '${private.resourceGatewayId}', ports: '${given.result.ports}', target: { domainName: a.example.com } }
  group:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${given.result.vpc}' }
  private:
    type: private-step-functions:PrivateStepFunctions
    properties:
      vpcId: ${given.result.vpc}
      subnetIds: ${given.result.subnets}
      policy: ${given.result.policy}
      tags: ${given.result.tags}
      endpoints:
        executeApi: true
        privateDnsEnabled: ${given.result.no}
        ipAddressType: ${given.result.kind}
        dnsRecordIpType: ${given.result.kind}
        subnetIds: ['${given.result.subnets[0]}']
        allowedCidrBlocks: ${given.result.blocks}
        allowedSecurityGroupIds: ['${group.id}']
        statesPolicy: ${given.result.policy}
        syncStatesPolicy: ${given.result.policy}
      resourceGateway:
        subnetIds: ${given.result.subnets}
        ipAddressType: ${given.result.gatewayKind}
        ipv4AddressesPerEni: ${given.result.number}
        dnsResolution: ${given.result.resolution}
        targetCidrBlocks: ${given.result.blocks}
        targetSecurityGroupIds: ['${group.id}']
      names:
        endpointSecurityGroup: ${given.result.names[0]}
        gatewaySecurityGroup: ${given.result.names[1]}
        resourceGateway: ${given.result.names[2]}
        executeApiResourceConfiguration: ${given.result.names[3]}
        resourceConfigurations: { host: '${given.result.names[4]}' }
        connections: { host: '${given.result.names[5]}' }
      privateApis:
        own: { auth: '${given.result.auth}', urls: '${given.result.urls}' }
        host:
          domainName: ${given.result.host}
          ports: ${given.result.ports}
          description: ${given.result.text}
          invocationParameters: ${given.result.parameters}
          auth: { apiKey: { name: '${given.result.auth.apiKey.name}', value: '${given.result.auth.apiKey.value}' } }
        address: { ipAddress: '${given.result.address}', urls: '${given.result.urls}' }
  second:
    type: private-step-functions:PrivateStepFunctions
    properties:
      vpcId: ${given.result.vpc}
      subnetIds: ${given.result.subnets}
      endpoints: { states: false, syncStates: false }
      privateApis:
        shared: { resourceConfigurationArn: '${shared.arn}', urls: ['${given.result.urls[0]}'], kmsKeyId: '${given.result.names[0]}' }
",
        resources: &[
            "::private-states",
            "::private-sync-states",
            "::private-execute-api",
            "::private-own",
            "::private-host",
            "::private-address",
            "::second-shared",
        ],
    };
}
