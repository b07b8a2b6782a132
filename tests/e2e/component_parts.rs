//! Parts of a component that the program adds, removes and moves. Each update leaves nothing behind and does not interrupt
//! the other parts.

use crate::scenario::{Scenario, Step, run, scenarios, steps, up, up_unchanged};

/// Every kind of private API behind one gateway: two entries share a configuration, one has its own, one uses OAuth.
const ALL_TARGETS: &str = "
resources:
  private:
    type: private-step-functions:PrivateStepFunctions
    properties:
      vpcId: ${vpcId}
      subnetIds: ${subnetIds}
      endpoints: { states: false, syncStates: false, executeApi: true }
      resourceGateway: { ipv4AddressesPerEni: 1 }
      privateApis:
        orders: { auth: { apiKey: { name: x-api-key, value: one } } }
        stock: { auth: { apiKey: { name: x-api-key, value: two } } }
        billing: { domainName: billing.example.com, auth: { basic: { username: caller, password: one } } }
        sales:
          domainName: sales.example.com
          auth:
            oauth:
              authorizationEndpoint: https://login.example.com/token
              httpMethod: POST
              clientId: caller
              clientSecret: one
outputs:
  role: ${private.executionRolePolicy}
";

/// Two VPCs, and a component in the first one.
const TWO_VPCS: &str = "
resources:
  first: { type: 'testnet:Vpc', properties: { cidrBlock: 10.20.0.0/16 } }
  second: { type: 'testnet:Vpc', properties: { cidrBlock: 10.30.0.0/16 } }
  in-first:
    type: testnet:Subnet
    properties: { vpcId: '${first.id}', cidrBlock: 10.20.1.0/24, availabilityZone: eu-west-1a }
  in-second:
    type: testnet:Subnet
    properties: { vpcId: '${second.id}', cidrBlock: 10.30.1.0/24, availabilityZone: eu-west-1a }
  private:
    type: private-step-functions:PrivateStepFunctions
    properties:
      vpcId: ${first.id}
      subnetIds: ['${in-first.id}']
      privateApis:
        orders: { domainName: orders.example.com, auth: { apiKey: { name: x-api-key, value: one } } }
";

/// A component with one entry.
const ONE_ENTRY: &str = "
resources:
  private:
    type: private-step-functions:PrivateStepFunctions
    properties:
      vpcId: ${vpcId}
      subnetIds: ${subnetIds}
      endpoints: { states: false, syncStates: false }
      privateApis:
        orders: { domainName: orders.example.com, auth: { apiKey: { name: x-api-key, value: one } } }
";

const ORDERS: &str = "orders: { domainName: orders.example.com,";
const ORDERS_AND_BILLING: &str = "billing: { domainName: billing.example.com }
        orders: { domainName: orders.example.com,";

/// A component with its own security groups, and separate groups that the program could give it.
const GROUPS: &str = "
resources:
  callers:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${vpcId}', ingress: [{ fromPort: 443, toPort: 443, vpc: true }] }
  targets:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${vpcId}', egress: [{ fromPort: 443, toPort: 443, vpc: true }] }
  private:
    type: private-step-functions:PrivateStepFunctions
    properties:
      vpcId: ${vpcId}
      subnetIds: ${subnetIds}
      endpoints: { syncStates: false, dnsRecordIpType: ipv4 }
      resourceGateway: { dnsResolution: PUBLIC }
      privateApis:
        orders: { domainName: orders.example.com, auth: { apiKey: { name: x-api-key, value: one } } }
";

const PARTS: &[(&str, usize)] = &[
    ("connection", 1),
    ("resource-configuration", 1),
    ("resource-gateway", 1),
    ("security-group", 4),
    ("vpc-endpoint", 1),
];

const PARTS_WITH_GIVEN_GROUPS: &[(&str, usize)] = &[
    ("connection", 1),
    ("resource-configuration", 1),
    ("resource-gateway", 1),
    ("security-group", 2),
    ("vpc-endpoint", 1),
];

scenarios! {
    a_new_gateway_carries_everything_over: Scenario {
        promise: "a new gateway gets new configurations, all connections move to them and keep their ARNs, and only then the \
            old ones are deleted",
        program: ALL_TARGETS.to_owned(),
        steps: steps![
            up(),
            Step::Edit("ipv4AddressesPerEni: 1", "ipv4AddressesPerEni: 2"),
            up().calls(&["CreateResourceGateway", "CreateResourceConfiguration", "UpdateConnection",
                    "DeleteResourceConfiguration", "DeleteResourceGateway"])
                .changes_only(&["CreateResourceGateway", "CreateResourceConfiguration", "UpdateConnection",
                    "DeleteResourceConfiguration", "DeleteResourceGateway"])
                .says(&["+-4 replaced", "~ 5 updated"])
                .makes(&[("connection", 4), ("resource-configuration", 3), ("resource-gateway", 1),
                    ("security-group", 2), ("vpc-endpoint", 1)]),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    another_vpc: Scenario {
        promise: "a component moves to another VPC as a whole, and the old VPC can be deleted afterwards",
        program: TWO_VPCS.to_owned(),
        steps: steps![
            up(),
            Step::Edit("vpcId: ${first.id}\n      subnetIds: ['${in-first.id}']",
                "vpcId: ${second.id}\n      subnetIds: ['${in-second.id}']"),
            up().makes(&[("connection", 1), ("resource-configuration", 1), ("resource-gateway", 1),
                ("security-group", 4), ("subnet", 2), ("vpc", 2), ("vpc-endpoint", 2)]),
            Step::Edit("  first: { type: 'testnet:Vpc', properties: { cidrBlock: 10.20.0.0/16 } }\n", ""),
            Step::Edit("  in-first:
    type: testnet:Subnet
    properties: { vpcId: '${first.id}', cidrBlock: 10.20.1.0/24, availabilityZone: eu-west-1a }
", ""),
            up().says(&["2 deleted"]).changes_only(&["DeleteSubnet", "DeleteVpc"]),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    an_entry_comes_and_goes: Scenario {
        promise: "adding, renaming or removing an entry of `privateApis` changes no other entry",
        program: ONE_ENTRY.to_owned(),
        steps: steps![
            up(),
            Step::Edit(ORDERS, ORDERS_AND_BILLING),
            up().says(&["+ 2 created"]).changes_only(&["CreateResourceConfiguration", "CreateConnection"]),
            Step::Edit("billing: { domainName", "invoices: { domainName"),
            up().says(&["+ 2 created", "- 2 deleted"])
                .changes_only(&["CreateResourceConfiguration", "CreateConnection", "DeleteConnection",
                    "DeleteResourceConfiguration"])
                .calls(&["CreateResourceConfiguration", "CreateConnection", "DeleteConnection",
                    "DeleteResourceConfiguration"]),
            Step::Edit("invoices: { domainName: billing.example.com }\n        ", ""),
            up().says(&["- 2 deleted"]).changes_only(&["DeleteConnection", "DeleteResourceConfiguration"]),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    the_outbound_half_comes_and_goes: Scenario {
        promise: "removing the last entry deletes the outbound half, adding one creates it again, and the endpoints stay",
        program: GROUPS.to_owned(),
        steps: steps![
            up().makes(PARTS),
            Step::Edit("      privateApis:
        orders: { domainName: orders.example.com, auth: { apiKey: { name: x-api-key, value: one } } }
", "      tags: {}\n"),
            up().makes(&[("security-group", 3), ("vpc-endpoint", 1)])
                .says(&["`resourceGateway` is not used"])
                .calls(&["DeleteConnection", "DeleteResourceConfiguration", "DeleteResourceGateway", "DeleteSecurityGroup"]),
            Step::Edit("      tags: {}\n", "      privateApis: { orders: { domainName: orders.example.com } }\n"),
            up().makes(PARTS),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    endpoints_are_switched: Scenario {
        promise: "enabling or disabling an endpoint changes no other endpoint, and disabling the last one deletes their group",
        program: GROUPS.to_owned(),
        steps: steps![
            up(),
            Step::Edit("syncStates: false", "syncStates: true"),
            up().changes_only(&["CreateVpcEndpoint"]),
            Step::Edit("syncStates: true", "states: false"),
            up().changes_only(&["DeleteVpcEndpoints"]),
            Step::Edit("states: false", "states: false, syncStates: false"),
            up().changes_only(&["DeleteVpcEndpoints", "DeleteSecurityGroup"])
                .calls(&["DeleteVpcEndpoints", "DeleteSecurityGroup"]),
            Step::Edit("states: false, syncStates: false", "syncStates: false"),
            up().makes(PARTS),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    groups_are_given_and_taken_back: Scenario {
        promise: "security groups from the program replace the component's own ones, and the reverse; the plugin deletes a group \
            only after nothing uses it",
        program: GROUPS.to_owned(),
        steps: steps![
            up().makes(PARTS),
            Step::Edit("dnsRecordIpType: ipv4", "securityGroupIds: ['${callers.id}']"),
            up().calls(&["ModifyVpcEndpoint", "DeleteSecurityGroup"]).changes_only(&["ModifyVpcEndpoint", "DeleteSecurityGroup"]),
            Step::Edit("dnsResolution: PUBLIC", "securityGroupIds: ['${targets.id}']"),
            up().calls(&["UpdateResourceGateway", "DeleteSecurityGroup"])
                .changes_only(&["UpdateResourceGateway", "DeleteSecurityGroup"])
                .makes(PARTS_WITH_GIVEN_GROUPS),
            Step::Edit("securityGroupIds: ['${callers.id}']", "dnsRecordIpType: ipv4"),
            Step::Edit("securityGroupIds: ['${targets.id}']", "dnsResolution: PUBLIC"),
            up().makes(PARTS),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    what_state_machines_may_call: Scenario {
        promise: "other `urls` change the policy for the role, and nothing in AWS",
        program: ALL_TARGETS.replace("billing.example.com,", "billing.example.com, urls: ['https://billing.example.com/v1/*'],"),
        steps: steps![
            up(),
            Step::Look(|project| assert!(project.outputs()["role"].to_string().contains("billing.example.com/v1/*"))),
            Step::Edit("/v1/*", "/v2/*"),
            up().changes_only(&[]),
            Step::Look(|project| assert!(project.outputs()["role"].to_string().contains("billing.example.com/v2/*"))),
            run("refresh --yes --skip-preview --expect-no-changes"),
        ],
        ..Scenario::EMPTY
    };
}
