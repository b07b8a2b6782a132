//! Mistakes in a program: the preview reports all at once, before anything is created.

use crate::project::Project;

/// A program with mistakes, and a text that the output must contain for each.
struct Invalid {
    program: &'static str,
    says: &'static [&'static str],
}

fn run(invalid: &Invalid) {
    let project = Project::new(invalid.program);
    for run in [project.preview(), project.up()] {
        let run = run.fails();
        for text in invalid.says {
            run.says(text);
        }
    }
    assert_eq!(project.emulator.made(), [], "something was made");
    project.finish();
}

macro_rules! invalid {
    ($($name:ident: $invalid:expr;)+) => {
        $(#[test] fn $name() { run(&$invalid); })+
    };
}

invalid! {
    a_component_with_several_mistakes: Invalid {
        program: "
resources:
  private:
    type: private-step-functions:PrivateStepFunctions
    properties:
      vpcId: not-a-vpc
      subnetIds: []
      privateApis:
        orders:
          domainName: orders.example.com
          ipAddress: 10.0.0.1
          auth:
            apiKey: { name: x-api-key, value: one }
            basic: { username: caller, password: two }
",
        says: &["vpcId", "subnetIds", "domainName", "ipAddress", "apiKey", "basic"],
    };

    a_resource_with_several_mistakes: Invalid {
        program: "
resources:
  group:
    type: private-step-functions:SecurityGroup
    properties:
      vpcId: ${vpcId}
      name: sg-not-allowed
      ingress:
        - { protocol: tcp, fromPort: 443, toPort: 443, cidrIpv4: 10.0.0.1/8, cidrIpv6: '::/0' }
        - { protocol: tcp, fromPort: 70000, toPort: 443, cidrIpv4: everywhere }
",
        says: &["name", "ingress[0]", "ingress[1]"],
    };
}
