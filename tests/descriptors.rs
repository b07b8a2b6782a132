//! Asserts that the files in `proto/` describe the Pulumi protocol: every message, field, enum and method is compared with
//! the descriptors that Pulumi's Go SDK ships, in both directions.
//!
//! The descriptors are a committed fixture. `scripts/protocol.sh` writes it with the SDK that `tools/sdk` pins. `make test`
//! runs that script with `--check`, so the fixture is compared with the SDK too.

// Clippy exempts test functions from this lint, but not their helpers.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::Path;

use prost::Message as _;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet};

const FIXTURE: &str = "tests/fixtures/protocol.descriptors.bin";

/// Facts that are missing from the newest engine's protocol, but that older supported engines use.
const OF_OLDER_ENGINES: [&str; 1] = ["enum pulumirpc.Result SKIP = 2"];

#[test]
fn our_proto_files_match_those_of_pulumi() {
    let pulumi = FileDescriptorSet::decode(&*std::fs::read(root().join(FIXTURE)).unwrap()).unwrap();
    let include = root().join("proto");
    let names: Vec<_> = pulumi.file.iter().map(|file| file.name()).collect();
    assert_eq!(
        names.len(),
        10,
        "the fixture holds the ten files of the protocol: {names:?}"
    );
    let ours = protox::compile(&names, [&include]).unwrap();

    let theirs: BTreeSet<String> = pulumi.file.iter().flat_map(facts).collect();
    let ours: BTreeSet<String> = ours
        .file
        .iter()
        .filter(|file| names.contains(&file.name()))
        .flat_map(facts)
        .collect();
    assert!(theirs.len() > 600, "the fixture states few facts: {}", theirs.len());
    let missing: Vec<_> = theirs.difference(&ours).collect();
    let older = BTreeSet::from(OF_OLDER_ENGINES.map(str::to_owned));
    let gone: Vec<_> = older.difference(&ours).chain(older.intersection(&theirs)).collect();
    assert!(gone.is_empty(), "no fact of older engines alone: {gone:#?}");
    let invented: Vec<_> = ours.difference(&theirs).filter(|fact| !older.contains(*fact)).collect();
    assert!(
        missing.is_empty() && invented.is_empty(),
        "missing: {missing:#?}\ninvented: {invented:#?}"
    );
}

/// Returns the facts of one file that affect the wire format or the generated names, one per line.
fn facts(file: &FileDescriptorProto) -> Vec<String> {
    let mut facts = vec![format!("file {} syntax {}", file.name(), file.syntax())];
    for message in &file.message_type {
        message_facts(file.package(), message, &mut facts);
    }
    for enumeration in &file.enum_type {
        enum_facts(file.package(), enumeration, &mut facts);
    }
    for service in &file.service {
        for method in &service.method {
            let stream = |streaming| if streaming { "stream " } else { "" };
            facts.push(format!(
                "rpc {}.{}/{} ({}{}) returns ({}{})",
                file.package(),
                service.name(),
                method.name(),
                stream(method.client_streaming()),
                method.input_type(),
                stream(method.server_streaming()),
                method.output_type(),
            ));
        }
    }
    facts
}

fn message_facts(scope: &str, message: &DescriptorProto, facts: &mut Vec<String>) {
    let name = format!("{scope}.{}", message.name());
    let map = message.options.as_ref().is_some_and(|options| options.map_entry());
    facts.push(format!("message {name}{}", if map { " (a map entry)" } else { "" }));
    for field in &message.field {
        facts.push(field_fact(&name, message, field));
    }
    for range in &message.reserved_range {
        facts.push(format!("reserved {name} {}..{}", range.start(), range.end()));
    }
    for reserved in &message.reserved_name {
        facts.push(format!("reserved {name} {reserved:?}"));
    }
    for nested in &message.nested_type {
        message_facts(&name, nested, facts);
    }
    for enumeration in &message.enum_type {
        enum_facts(&name, enumeration, facts);
    }
}

fn field_fact(message_name: &str, message: &DescriptorProto, field: &FieldDescriptorProto) -> String {
    let label = match field.label() {
        Label::Repeated => "repeated ",
        Label::Required => "required ",
        Label::Optional if field.proto3_optional() => "optional ",
        Label::Optional => "",
    };
    let kind = match field.r#type() {
        Type::Message | Type::Enum => field.type_name(),
        scalar => scalar.as_str_name(),
    };
    let oneof = match field.oneof_index {
        // A proto3 `optional` field is a oneof with a single member. The compiler makes up the oneof's name.
        Some(index) if !field.proto3_optional() => {
            let index = usize::try_from(index).unwrap();
            format!(" in oneof {}", message.oneof_decl[index].name())
        }
        _ => String::new(),
    };
    let deprecated = field.options.as_ref().is_some_and(|options| options.deprecated());
    format!(
        "field {message_name}.{} = {}: {label}{kind}{oneof}{}",
        field.name(),
        field.number(),
        if deprecated { " (deprecated)" } else { "" }
    )
}

fn enum_facts(scope: &str, enumeration: &EnumDescriptorProto, facts: &mut Vec<String>) {
    for value in &enumeration.value {
        facts.push(format!(
            "enum {scope}.{} {} = {}",
            enumeration.name(),
            value.name(),
            value.number()
        ));
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
