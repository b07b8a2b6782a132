//! `adopt`: what others made becomes a component, without a change. Each set-up is made by calls to AWS alone, adopted, imported,
//! previewed, changed and destroyed.

mod hand;

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use self::hand::Hand;
use crate::project::{Project, plugins};

/// A name, a step, and the properties that differ.
type Step = (String, String, Vec<String>);

fn step(name: &str, op: &str, paths: &[&str]) -> Step {
    let paths = paths.iter().map(|path| (*path).to_owned()).collect();
    (name.to_owned(), op.to_owned(), paths)
}

/// Runs `adopt` as a person at a terminal does. Returns what it prints, and its exit code.
fn adopt(project: &Project, arguments: &[&str]) -> (String, i32) {
    let program = plugins().join("pulumi-resource-private-step-functions");
    let mut command = Command::new(program);
    command
        .arg("adopt")
        .arg(project.emulator.default_vpc().0)
        .args(arguments)
        .current_dir(project.directory())
        .envs(project.environment());
    let before = project.emulator.journal().len();
    let ended = command.output().unwrap();
    only_reads(project, before);
    let said = [ended.stdout, ended.stderr].concat();
    (String::from_utf8(said).unwrap(), ended.status.code().unwrap())
}

fn only_reads(project: &Project, before: usize) {
    for call in &project.emulator.journal()[before..] {
        let asks = ["Describe", "Get", "List"]
            .iter()
            .any(|verb| call.operation.starts_with(verb));
        assert!(asks, "{} is no read", call.operation);
    }
}

/// Does what `adopt` says is next, up to the preview. Secrets get the value `hidden`.
fn follow(project: &Project, said: &str) {
    let written = fs::read_to_string(project.directory().join("adopt/Pulumi.yaml")).unwrap();
    // The header of the project's program has a section `config` already.
    let rest = written.split_once("config:\n").map(|(_, rest)| rest.to_owned());
    let rest = rest.unwrap_or_else(|| written[written.find("resources:").unwrap()..].to_owned());
    project.program(&rest);
    for line in said.lines().filter(|line| line.starts_with("pulumi config set ")) {
        let line = line.split("  #").next().unwrap();
        let words = line.split(' ').skip(1).map(|word| word.trim_matches('\''));
        let mut words: Vec<_> = words.collect();
        if words.contains(&"--secret") {
            words.push("hidden");
        }
        project.pulumi(&words).succeeds();
    }
    import(project, "adopt/import.json");
}

fn import(project: &Project, file: &str) {
    let before = project.emulator.journal().len();
    let run = project.pulumi(&[
        "import",
        "--file",
        file,
        "--generate-code=false",
        "--protect=false",
        "--yes",
        "--skip-preview",
    ]);
    let run = run.succeeds();
    let said = format!("{}{}", run.stdout, run.stderr);
    assert!(!said.contains("warning"), "the import warns: {said}");
    only_reads(project, before);
}

fn endpoint_ids(project: &Project) -> Vec<String> {
    let rows = project.emulator.made().into_iter();
    rows.filter(|row| row.kind == "vpc-endpoint")
        .map(|row| row.id)
        .collect()
}

/// Returns what is left in AWS, sorted, without what belongs to something else: rules, network interfaces, associations.
fn left(project: &Project) -> Vec<String> {
    let is_part = |id: &String| ["sgr-", "eni-", "snra-"].iter().any(|start| id.starts_with(start));
    let rows = project.emulator.made().into_iter();
    let mut left: Vec<_> = rows.map(|row| row.id).filter(|id| !is_part(id)).collect();
    left.sort();
    left
}

/// The set-up of an article: a security group and two endpoints, with the names that the console asks for.
#[test]
fn a_simple_set_up() {
    let project =
        Project::new("\nresources: {}\n").proving("endpoints that were made by hand are adopted without a change");
    let hand = Hand(&project.emulator);
    let group = hand.group("stepfunctions-sg", "Allow HTTPS", &[("443", "172.31.0.0/16")]);
    let states = hand.endpoint("states", &group, "&PrivateDnsEnabled=true", "states-endpoint");
    let sync = hand.endpoint("sync-states", &group, "&PrivateDnsEnabled=true", "sync-endpoint");

    let (said, code) = adopt(&project, &["--name", "private"]);
    assert_eq!(code, 0, "{said}");
    for text in [
        "InterfaceEndpoint  private-states",
        &states,
        &sync,
        "The preview after the import shows no change.",
        &format!("{group}: the component would change its"),
        "ignoreTags.keys[0]' 'Name'",
    ] {
        assert!(said.contains(text), "{text}: {said}");
    }
    follow(&project, &said);
    assert_eq!(project.plan(), []);
    project.up_unchanged().succeeds();
    project.refresh_unchanged().succeeds();

    // A second time, the files are there.
    let (said, code) = adopt(&project, &["--name", "private"]);
    assert!(code == 1 && said.contains("it exists"), "{said}");

    let program = fs::read_to_string(project.directory().join("adopt/Pulumi.yaml")).unwrap();
    let program = &program[program.find("resources:").unwrap()..];
    let policy = "policy: { Statement: [{ Effect: Allow, Principal: '*', Action: 'states:*', Resource: '*' }] }\n      subnetIds:";
    project.program(&program.replacen("subnetIds:", policy, 1));
    assert_eq!(
        project.plan(),
        [
            step("private", "update", &[]),
            step("private-states", "update", &["policy"]),
            step("private-sync-states", "update", &["policy"]),
        ]
    );
    project.up().succeeds();
    assert_eq!(endpoint_ids(&project).len(), 2);
    project.destroy().succeeds();
    assert_eq!(
        left(&project),
        [group],
        "the destroy leaves alone what is not in the component"
    );
}

/// The inbound set-up of a guide: one endpoint with a policy, and a group as the component makes it.
#[test]
fn an_endpoint_with_a_policy() {
    let project =
        Project::new("\nresources: {}\n").proving("a policy with variables of IAM is adopted without a change");
    let hand = Hand(&project.emulator);
    let group = hand.group(
        "callers",
        "Callers of the Step Functions endpoints",
        &[("443", "10.1.0.0/16 HTTPS from callers")],
    );
    hand.close(&group);
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": "*", "Action": "states:StartExecution",
        "Resource": "arn:aws:states:*:*:stateMachine:${aws:PrincipalTag/team}-*",
    }]});
    let more = format!(
        "&PrivateDnsEnabled=true&PolicyDocument={}",
        hand::escaped(&policy.to_string())
    );
    let states = hand.endpoint("states", &group, &more, "");

    let (said, code) = adopt(&project, &[]);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("no change.") && said.contains("Nothing that was found is left out."),
        "{said}"
    );
    follow(&project, &said);
    assert_eq!(project.plan(), []);
    let stored = project.stored();
    let ids: Vec<_> = stored.iter().filter_map(|one| one["id"].as_str()).collect();
    assert!(
        ids.contains(&states.as_str()) && ids.contains(&group.as_str()),
        "{ids:?}"
    );

    let program = fs::read_to_string(project.directory().join("adopt/Pulumi.yaml")).unwrap();
    assert!(program.contains("$${aws:PrincipalTag/team}"), "{program}");
    let program = &program[program.find("resources:").unwrap()..];
    project.program(&program.replace("10.1.0.0/16", "10.2.0.0/16"));
    let plan = project.plan();
    assert_eq!(plan.len(), 2, "{plan:?}");
    project.up().succeeds();
    project.finish();
}

/// A component whose state was lost: everything that it can make.
const EVERYTHING: &str = "
resources:
  main:
    type: private-step-functions:PrivateStepFunctions
    properties:
      vpcId: ${vpcId}
      subnetIds: ${subnetIds}
      tags: { stage: test }
      endpoints: { executeApi: true, allowedCidrBlocks: [10.0.0.0/8] }
      resourceGateway: { ipv4AddressesPerEni: 2 }
      privateApis:
        own: {}
        orders: { auth: { apiKey: { name: x-api-key, value: hidden } } }
        billing:
          domainName: billing.example.com
          auth: { basic: { username: me, password: hidden } }
          invocationParameters: { headers: [{ key: x-tenant, value: orders }] }
        address: { ipAddress: 172.31.0.10, urls: ['https://address.example.com/*'] }
";

#[test]
fn a_component_whose_state_is_lost() {
    let project = Project::new(EVERYTHING).proving("a component is adopted again when its state is lost");
    project.up().succeeds();
    project.forget();
    let (said, code) = adopt(&project, &[]);
    assert_eq!(code, 0, "{said}");
    for variable in ["ordersApiKey", "billingPassword"] {
        assert!(said.contains(&format!("--secret {variable}")), "{said}");
    }
    assert!(said.contains("privateApis.address.urls"), "{said}");
    follow(&project, &said);
    assert_eq!(
        project.plan(),
        [
            step("main", "update", &[]),
            step("main-billing", "update", &["auth"]),
            step("main-orders", "update", &["auth"]),
        ],
        "{said}"
    );
    assert!(said.contains("main-orders (Connection): auth"), "{said}");
    project.up().succeeds();
    // The program that made it still fits: it has the URLs.
    project.program(EVERYTHING);
    assert_eq!(project.plan(), [step("main", "update", &[])]);
    project.up().succeeds();
    project.finish();
}

/// The same component in the program, and the file that `pulumi preview --import-file` writes for it.
#[test]
fn a_program_that_exists() {
    let project = Project::new(EVERYTHING).proving("the placeholders of an import file are filled");
    project.up().succeeds();
    project.forget();
    project.pulumi(&["preview", "--import-file", "wanted.json"]).succeeds();
    let wanted = fs::read_to_string(project.directory().join("wanted.json")).unwrap();
    assert!(wanted.contains("<PLACEHOLDER>"), "{wanted}");
    let (said, code) = adopt(&project, &["--import-file", "wanted.json"]);
    assert_eq!(code, 0, "{said}");
    let filled = fs::read_to_string(project.directory().join("adopt/import.json")).unwrap();
    assert!(
        !filled.contains("<PLACEHOLDER>") && !filled.contains("\"remote\""),
        "{filled}"
    );
    import(&project, "adopt/import.json");
    let changed: Vec<_> = project.plan().into_iter().map(|(name, op, _)| (name, op)).collect();
    let update = |name: &str| (name.to_owned(), "update".to_owned());
    assert_eq!(changed, [update("main"), update("main-billing"), update("main-orders")]);
    project.up().succeeds();
    project.finish();
}

/// Two endpoints for one service, endpoints that do not fit together, a second gateway, objects that nothing uses.
#[test]
fn a_messy_set_up() {
    let project =
        Project::new("\nresources: {}\n").proving("what fits is adopted, and the rest is named with the reason");
    let hand = Hand(&project.emulator);
    let group = hand.group(
        "mixed",
        "made by hand",
        &[("443", "172.31.0.0/16"), ("22", "10.0.0.0/8")],
    );
    let other = hand.group("other", "another one", &[]);
    let states = hand.endpoint("states", &group, "&PrivateDnsEnabled=true", "one");
    let spare = hand.endpoint("states", &group, "&PrivateDnsEnabled=false", "two");
    let sync = hand.endpoint("sync-states", &other, "&PrivateDnsEnabled=true", "");
    let api = hand.endpoint("execute-api", &group, "&PrivateDnsEnabled=false", "");
    let hiding = hand.endpoint("execute-api", &group, "&PrivateDnsEnabled=true", "");
    let gateway = hand.gateway("main-gateway", &other);
    let second = hand.gateway("second", &other);
    let idle = hand.gateway("idle", &other);
    let (own, own_arn) = hand.configuration("own", &gateway, &hand.domain_of(&api));
    let (billing, billing_arn) = hand.configuration("billing", &gateway, "billing.example.com");
    let (unused, _) = hand.configuration("unused", &gateway, "unused.example.com");
    let (elsewhere, elsewhere_arn) = hand.configuration("elsewhere", &second, "elsewhere.example.com");
    hand.connection("orders", Some(&own_arn));
    hand.connection("billing", Some(&billing_arn));
    hand.connection("billing-again", Some(&billing_arn));
    hand.connection("elsewhere", Some(&elsewhere_arn));
    hand.connection("public", None);

    let (said, code) = adopt(&project, &[]);
    assert_eq!(code, 0, "{said}");
    for (what, why) in [
        (&spare, "another endpoint for states"),
        (&sync, "`securityGroupIds` differs"),
        (&gateway, "`resourceGateway.id`"),
        (&hiding, "it has private DNS names"),
        (&second, "a component has one gateway"),
        (&idle, "no connection goes through it"),
        (&unused, "no connection uses it"),
        (&elsewhere, "behind another gateway"),
        (&group, "`endpoints.securityGroupIds`"),
        (&billing, "2 connections use it"),
    ] {
        let line = said.lines().find(|line| line.starts_with(&format!("{what}: ")));
        assert!(line.is_some_and(|line| line.contains(why)), "{what} {why}: {said}");
    }
    assert!(
        said.contains(&states) && said.contains(&own) && said.contains(&api) && !said.contains("main-public"),
        "{said}"
    );
    follow(&project, &said);
    let plan = project.plan();
    let names: Vec<_> = plan
        .iter()
        .map(|(name, op, paths)| (name.as_str(), op.as_str(), paths.len()))
        .collect();
    assert_eq!(
        names,
        [
            ("main", "update", 0),
            ("main-billing", "update", 1),
            ("main-billing-again", "update", 1),
            ("main-elsewhere", "update", 1),
            ("main-orders", "update", 1),
        ],
        "{plan:?}"
    );
    assert!(plan[1..].iter().all(|(_, _, paths)| paths[0] == "auth"), "{plan:?}");
    project.up().succeeds();
    project.up_unchanged().succeeds();
    project.destroy().succeeds();
    let mut foreign = vec![
        group,
        other,
        spare,
        sync,
        hiding,
        gateway,
        billing,
        second,
        idle,
        unused,
        elsewhere,
        "public".to_owned(),
    ];
    foreign.sort();
    assert_eq!(left(&project), foreign);
}

#[test]
fn what_cannot_be_adopted() {
    let project = Project::new("\nresources: {}\n")
        .proving("a VPC without anything for a component, and a missing permission, are named");
    let (said, code) = adopt(&project, &[]);
    assert!(
        code == 1 && said.contains("has nothing that a component could adopt"),
        "{said}"
    );
    let hand = Hand(&project.emulator);
    let group = hand.group("one", "made by hand", &[]);
    hand.endpoint("states", &group, "&PrivateDnsEnabled=true", "");
    project.emulator.deny(&["vpc-lattice:ListResourceGateways"]);
    let (said, code) = adopt(&project, &["--format", "typescript"]);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("the resource gateways: ListResourceGateways")
            && said.contains("vpc-lattice:ListResourceGateways"),
        "{said}"
    );
    let transform = fs::read_to_string(project.directory().join("adopt/existing.ts")).unwrap();
    assert!(
        transform.contains("InterfaceEndpoint::main-states\": \"vpce-"),
        "{transform}"
    );
    let (said, code) = adopt(&project, &["--import-file", "adopt/existing.ts", "--out", "again"]);
    assert!(code == 1 && said.contains("reading adopt/existing.ts"), "{said}");
}

/// An id on the entry of the component reaches the provider, which says how a component is imported.
#[test]
fn a_component_has_no_id() {
    let project = Project::new("\nresources: {}\n").proving("the error says how a component is imported");
    let file = json!({ "resources": [{
        "type": "private-step-functions:index:PrivateStepFunctions", "name": "main", "id": "main",
    }] });
    fs::write(project.directory().join("import.json"), Value::to_string(&file)).unwrap();
    let run = project.pulumi(&[
        "import",
        "--file",
        "import.json",
        "--generate-code=false",
        "--yes",
        "--skip-preview",
    ]);
    run.fails().says("\"component\": true");
}
