//! The next run finishes an operation that failed half-way: no object is created twice, and none is lost.
//!
//! The failure sweep (`tests/fault_injection.rs`) covers every other fault at each call in process. In these tests, the real
//! engine keeps the state between runs.

use aws_emulator::faults::{Fault, FaultKind};

use crate::project::Project;
use crate::pulumi::Run;

mod create;
mod delete;
mod update;

/// Faults: the operation, the number of its failing call, and the kind. `Internal` lasts until [`Emulator::heal`].
///
/// [`Emulator::heal`]: crate::emulator::Emulator::heal
type Hits<'a> = &'a [(&'static str, u32, FaultKind)];

/// Returns a project in which failed calls are not retried for minutes.
fn project(program: &str, promise: &str) -> Project {
    let project = Project::new(program).proving(promise);
    project.add_config("  private-step-functions:maxRetries: 1\n");
    project
}

/// Runs the program with these faults and removes them afterwards.
fn failing(project: &Project, program: &str, hits: Hits<'_>, run: impl FnOnce(&Project) -> Run) -> Run {
    for (operation, nth, kind) in hits {
        let times = if *kind == FaultKind::Internal { 1_000 } else { 1 };
        project
            .emulator
            .inject(&Fault::new(operation, *nth, *kind).times(times));
    }
    // The plugin waits while AWS is down. Keep the wait short here.
    if let Some((operation, ..)) = hits.iter().find(|(_, _, kind)| *kind == FaultKind::Internal) {
        let step = match operation {
            _ if operation.starts_with("Update") => "update",
            _ if operation.starts_with("Delete") => "delete",
            _ => "create",
        };
        let option = format!("    options: {{ customTimeouts: {{ {step}: 3s }} }}\n    properties:");
        project.program(&program.replace("    properties:", &option));
    } else {
        project.program(program);
    }
    let run = run(project).fails();
    project.emulator.heal();
    project.program(program);
    run
}

/// Returns the existing objects by kind, without those that belong to another object; see
/// [`Emulator::count`](crate::emulator::Emulator::count).
fn made(project: &Project) -> Vec<(String, usize)> {
    let kinds = [
        "connection",
        "resource-configuration",
        "resource-gateway",
        "security-group",
        "vpc-endpoint",
    ];
    let counts = project.emulator.count().into_iter();
    counts.filter(|(kind, _)| kinds.contains(&kind.as_str())).collect()
}

fn counts(expected: &[(&str, usize)]) -> Vec<(String, usize)> {
    expected
        .iter()
        .map(|(kind, count)| ((*kind).to_owned(), *count))
        .collect()
}

const GROUP: &str = "
resources:
  group:
    type: private-step-functions:SecurityGroup
    properties:
      vpcId: ${vpcId}
      ingress: [{ fromPort: 443, toPort: 443, vpc: true }]
      egress: [{ fromPort: 443, toPort: 443, cidrIpv4: 10.0.0.0/8 }]
      tags: { stage: one }
";
const ENDPOINT: &str = "
resources:
  endpoint:
    type: private-step-functions:InterfaceEndpoint
    properties: { vpcId: '${vpcId}', service: states, subnetIds: ['${subnetIds[0]}'], tags: { stage: one } }
";
const GATEWAY: &str = "
resources:
  gateway:
    type: private-step-functions:ResourceGateway
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}', tags: { stage: one } }
";
const CONFIGURATION: &str = "
resources:
  gateway:
    type: private-step-functions:ResourceGateway
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}' }
  configuration:
    type: private-step-functions:ResourceConfiguration
    properties:
      resourceGatewayId: ${gateway.id}
      ports: ['443']
      target: { domainName: orders.example.com }
      tags: { stage: one }
";
const CONNECTION: &str = "
resources:
  connection:
    type: private-step-functions:Connection
    properties: { description: stage one, auth: { apiKey: { name: x-api-key, value: one } } }
";
const COMPONENT: &str = "
resources:
  private:
    type: private-step-functions:PrivateStepFunctions
    properties:
      vpcId: ${vpcId}
      subnetIds: ${subnetIds}
      endpoints: { syncStates: false, executeApi: true }
      privateApis:
        orders: { description: stage one, auth: { apiKey: { name: x-api-key, value: one } } }
      tags: { stage: one }
";
