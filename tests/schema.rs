//! Tests of the product's package schema: it parses, it documents everything, and the flags that protect users (what
//! replaces, what is secret, what is known in preview) have the values we decided on.

#![allow(
    clippy::unwrap_used,
    reason = "clippy's exception for tests leaves out their helpers"
)]

use std::collections::BTreeSet;

use private_step_functions::package::{self, SCHEMA_JSON};
use private_step_functions::resources;
use pulumi_provider::schema::{Constraints, Item, ObjectSchema, Property, ResourceSchema, Schema, Type, TypeSchema};
use serde_json::Value;

const PACKAGE: &str = "private-step-functions:index:";

fn schema() -> Schema {
    package::schema(env!("CARGO_PKG_VERSION")).unwrap()
}

fn document() -> Value {
    serde_json::from_str(SCHEMA_JSON).unwrap()
}

/// Visits every property of an object and of its nested objects, by path. List and map elements add no step to the path.
fn walk(prefix: &str, object: &ObjectSchema, visit: &mut impl FnMut(&str, &Property)) {
    for (name, property) in &object.properties {
        let path = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        visit(&path, property);
        if let Some(nested) = property.kind.nested() {
            walk(&path, nested, visit);
        }
    }
}

/// Returns the paths of all matching inputs: `Name.path` for those of resources, `config.path` for those of the
/// configuration.
fn inputs_where(test: impl Fn(&Property) -> bool) -> BTreeSet<String> {
    let schema = schema();
    let mut found = BTreeSet::new();
    for resource in schema.resources() {
        let name = resource.token.strip_prefix(PACKAGE).unwrap();
        walk(name, &resource.inputs, &mut |path, property| {
            if test(property) {
                found.insert(path.to_owned());
            }
        });
    }
    walk("config", schema.config(), &mut |path, property| {
        if test(property) {
            found.insert(path.to_owned());
        }
    });
    found
}

fn set(paths: &[&str]) -> BTreeSet<String> {
    paths.iter().map(|&path| path.to_owned()).collect()
}

#[test]
fn the_package_has_one_component_and_every_resource() {
    let schema = schema();
    assert_eq!(schema.name, "private-step-functions");
    let (components, resources): (Vec<_>, Vec<_>) = schema.resources().partition(|resource| resource.is_component);
    let tokens = |of: Vec<&ResourceSchema>| of.into_iter().map(|one| one.token.clone()).collect::<BTreeSet<_>>();
    assert_eq!(
        tokens(components),
        set(&["private-step-functions:index:PrivateStepFunctions"])
    );
    let implemented = resources::all();
    let implemented: BTreeSet<_> = implemented.iter().map(|one| one.token().to_owned()).collect();
    assert_eq!(tokens(resources), implemented);
}

/// Review the snapshot: a replacement deletes the user's object.
#[test]
fn only_the_listed_inputs_force_a_replacement() {
    let replacing: Vec<_> = inputs_where(|property| property.replace).into_iter().collect();
    insta::assert_snapshot!(replacing.join("\n"));
}

#[test]
fn only_the_listed_inputs_are_secret() {
    let auth = ["apiKey.value", "basic.password", "oauth.clientSecret"];
    let parameters = ["body.value", "headers.value", "queryString.value"];
    let mut expected = set(&[
        "config.accessKey",
        "config.assumeRoleWithWebIdentity.webIdentityToken",
        "config.httpProxy",
        "config.httpsProxy",
        "config.secretKey",
        "config.token",
    ]);
    for owner in ["Connection", "PrivateStepFunctions.privateApis"] {
        expected.extend(auth.iter().map(|path| format!("{owner}.auth.{path}")));
        expected.extend(
            parameters
                .iter()
                .map(|path| format!("{owner}.auth.oauth.parameters.{path}")),
        );
        expected.extend(
            parameters
                .iter()
                .map(|path| format!("{owner}.invocationParameters.{path}")),
        );
    }
    assert_eq!(inputs_where(|property| property.secret), expected);
}

#[test]
fn write_only_values_are_not_outputs() {
    let schema = schema();
    for resource in schema.resources() {
        walk("", &resource.outputs, &mut |path, property| {
            assert!(!property.secret, "{} {path}", resource.token)
        });
    }
    let connection = schema.resource(&format!("{PACKAGE}Connection")).unwrap();
    assert!(connection.outputs.property("auth").is_none());
    assert!(connection.outputs.property("invocationParameters").is_none());
}

#[test]
fn only_inputs_that_decide_which_children_exist_are_plain() {
    assert_eq!(
        inputs_where(|property| property.plain),
        set(&[
            "PrivateStepFunctions.endpoints",
            "PrivateStepFunctions.endpoints.executeApi",
            "PrivateStepFunctions.endpoints.fips",
            "PrivateStepFunctions.endpoints.states",
            "PrivateStepFunctions.endpoints.syncStates",
            "PrivateStepFunctions.names",
            "PrivateStepFunctions.privateApis",
            "PrivateStepFunctions.resourceGateway",
        ])
    );
    let schema = schema();
    let component = schema.resource(&format!("{PACKAGE}PrivateStepFunctions")).unwrap();
    let Type::Map(api) = &component.inputs.property("privateApis").unwrap().kind else {
        panic!("a map")
    };
    assert!(api.plain);
}

#[test]
fn defaults_are_the_documented_ones() {
    let mut defaults = BTreeSet::new();
    let schema = schema();
    for resource in schema.resources() {
        walk(
            &resource.token[PACKAGE.len()..],
            &resource.inputs,
            &mut |path, property| {
                if let Some(default) = &property.default {
                    defaults.insert(format!("{path} = {default}"));
                    let words = default.as_str().map_or_else(|| default.to_string(), str::to_owned);
                    assert!(property.description.contains("Default: "), "{path}");
                    assert!(
                        property.description.contains(&words),
                        "{path} does not tell its default {words}"
                    );
                }
            },
        );
    }
    let parameter = ["body", "headers", "queryString"].map(|list| format!("{list}.secret = false"));
    let mut expected = set(&[
        "InterfaceEndpoint.privateDnsEnabled = true",
        "PrivateStepFunctions.endpoints.executeApi = false",
        "PrivateStepFunctions.endpoints.privateDnsEnabled = true",
        "PrivateStepFunctions.endpoints.fips = false",
        "PrivateStepFunctions.endpoints.states = true",
        "PrivateStepFunctions.endpoints.syncStates = true",
        "ResourceGateway.dnsResolution = \"PUBLIC\"",
        "ResourceGateway.ipAddressType = \"IPV4\"",
        "SecurityGroup.description = \"Managed by Pulumi\"",
        "SecurityGroup.egress.protocol = \"tcp\"",
        "SecurityGroup.ingress.protocol = \"tcp\"",
    ]);
    for owner in ["Connection", "PrivateStepFunctions.privateApis"] {
        expected.extend(
            parameter
                .iter()
                .map(|path| format!("{owner}.invocationParameters.{path}")),
        );
        expected.extend(
            parameter
                .iter()
                .map(|path| format!("{owner}.auth.oauth.parameters.{path}")),
        );
    }
    assert_eq!(defaults, expected);
}

#[test]
fn everything_is_described_for_users() {
    fn described(path: &str, value: &Value, checked: &mut usize) {
        let text = value["description"].as_str().unwrap_or_default();
        assert!(
            text.split_whitespace().count() >= 4,
            "{path} is not described: {text:?}"
        );
        assert!(text.ends_with(['.', '`']), "{path} ends in the middle: {text:?}");
        *checked += 1;
    }
    let document = document();
    let mut checked = 0;
    for (group, parts) in [
        ("types", &["properties"][..]),
        ("resources", &["inputProperties", "properties"]),
    ] {
        for (token, value) in document[group].as_object().unwrap() {
            described(token, value, &mut checked);
            for part in parts {
                for (name, property) in value[part].as_object().into_iter().flatten() {
                    described(&format!("{token} {part} {name}"), property, &mut checked);
                }
            }
            for variant in value["enum"].as_array().into_iter().flatten() {
                described(&format!("{token} {}", variant["value"]), variant, &mut checked);
            }
        }
    }
    for (key, property) in document["config"]["variables"].as_object().unwrap() {
        described(&format!("config {key}"), property, &mut checked);
    }
    described("provider", &document["provider"], &mut checked);
    assert!(checked > 150, "{checked}");
}

#[test]
fn resources_show_an_example_and_how_to_import() {
    for (token, resource) in document()["resources"].as_object().unwrap() {
        let description = resource["description"].as_str().unwrap();
        let short = token.replace(":index:", ":");
        for part in [
            "{{% examples %}}",
            "```yaml",
            &format!("type: {short}"),
            "{{% /examples %}}",
            "## Import",
        ] {
            assert!(description.contains(part), "{token} lacks {part}");
        }
        assert!(
            description.contains("pulumi import private-step-functions:index:"),
            "{token}"
        );
    }
}

#[test]
fn an_echoed_output_has_the_schema_of_its_input() {
    let document = document();
    for (token, resource) in document["resources"].as_object().unwrap() {
        let outputs = resource["properties"].as_object().unwrap();
        for (name, output) in outputs {
            let Some(input) = resource["inputProperties"].get(name) else {
                continue;
            };
            for key in [
                "description",
                "type",
                "$ref",
                "items",
                "additionalProperties",
                "willReplaceOnChanges",
            ] {
                assert_eq!(input.get(key), output.get(key), "{token} {name} {key}");
            }
        }
        if resource["isComponent"] != true {
            let unread = ["auth", "invocationParameters"];
            for name in resource["inputProperties"].as_object().unwrap().keys() {
                assert!(
                    outputs.contains_key(name) || unread.contains(&name.as_str()),
                    "{token} does not echo {name}"
                );
            }
        }
    }
}

#[test]
fn taggable_resources_show_all_their_tags() {
    for resource in schema().resources().filter(|resource| !resource.is_component) {
        let taggable = resource.inputs.property("tags").is_some();
        assert_eq!(
            taggable,
            resource.outputs.property("tagsAll").is_some(),
            "{}",
            resource.token
        );
        assert_eq!(taggable, !resource.token.ends_with(":Connection"), "{}", resource.token);
    }
}

#[test]
fn the_provider_resource_takes_the_configuration() {
    let document = document();
    assert_eq!(document["provider"]["inputProperties"], document["config"]["variables"]);
}

#[test]
fn the_schema_file_has_no_version_and_no_publisher_settings() {
    let document = document();
    for key in [
        "version",
        "repository",
        "publisher",
        "pluginDownloadURL",
        "homepage",
        "logoUrl",
    ] {
        assert!(document.get(key).is_none(), "{key}");
    }
    for language in ["csharp", "go", "nodejs", "python"] {
        assert_eq!(
            document["language"][language]["respectSchemaVersion"], true,
            "{language}"
        );
    }
}

#[test]
fn the_served_schema_has_the_version_of_the_crate() {
    let schema = schema();
    let served: Value = serde_json::from_str(schema.served_json()).unwrap();
    assert_eq!(served["version"], env!("CARGO_PKG_VERSION"));
    assert!(!schema.served_json().contains("\"rust\":"));
    assert_eq!(
        served["types"].as_object().unwrap().len(),
        document()["types"].as_object().unwrap().len()
    );
}

#[test]
fn every_pattern_compiles_and_refuses_invalid_text() {
    let schema = schema();
    let mut tried = 0;
    let mut check = |path: &str, constraints: &Constraints| {
        for constraints in [Some(constraints), constraints.keys.as_deref()].into_iter().flatten() {
            if let Some(pattern) = &constraints.pattern {
                tried += 1;
                assert!(!pattern.expected.is_empty());
                let nonsense = ["aws:\u{0}", "\u{7f}:"];
                assert!(nonsense.iter().any(|text| !pattern.accepts(text)), "{path}");
            }
        }
    };
    fn items(path: &str, kind: &Type, check: &mut impl FnMut(&str, &Constraints)) {
        if let Type::Array(item) | Type::Map(item) = kind {
            let Item { kind, constraints, .. } = item.as_ref();
            check(path, constraints);
            items(path, kind, check);
        }
    }
    let mut objects = vec![(String::from("config"), schema.config())];
    objects.extend(
        schema
            .resources()
            .map(|resource| (resource.token.clone(), resource.inputs.as_ref())),
    );
    for (name, object) in objects {
        walk(&name, object, &mut |path, property| {
            check(path, &property.constraints);
            items(path, &property.kind, &mut check);
        });
    }
    assert!(tried > 50, "{tried}");
}

#[test]
fn patterns_accept_values_of_aws_and_refuse_others() {
    let schema = schema();
    let problem = |resource: &str, path: &[&str], text: &str| {
        let resource = schema.resource(&format!("{PACKAGE}{resource}")).unwrap();
        let (last, parents) = path.split_last().unwrap();
        let mut object = &resource.inputs;
        for parent in parents {
            object = object.property(parent).unwrap().kind.nested().unwrap();
        }
        let property = object.property(last).unwrap();
        match &property.kind {
            Type::Array(item) => item.constraints.text_problem(text),
            _ => property.constraints.text_problem(text),
        }
    };
    let configuration =
        "arn:aws-us-gov:vpc-lattice:us-gov-west-1:123456789012:resourceconfiguration/rcfg-0a1b2c3d4e5f60718";
    for (resource, path, good, bad) in [
        ("SecurityGroup", &["vpcId"][..], "vpc-1a2b3c4d", "subnet-1a2b3c4d"),
        ("SecurityGroup", &["name"], "web, (blue) #1", "sg-web"),
        ("SecurityGroup", &["description"], "HTTPS from a+b", "naïve"),
        (
            "SecurityGroup",
            &["ingress", "securityGroupId"],
            "123456789012/sg-0a1b2c3d4e5f60718",
            "default",
        ),
        ("SecurityGroup", &["ingress", "cidrIpv4"], "0.0.0.0/0", "::/0"),
        (
            "InterfaceEndpoint",
            &["service"],
            "com.amazonaws.eu-west-1.sync-states",
            "the states",
        ),
        (
            "InterfaceEndpoint",
            &["subnetIds"],
            "subnet-0a1b2c3d4e5f60718",
            "subnet-",
        ),
        ("ResourceGateway", &["name"], "orders-3f2a", "rgw-orders"),
        ("ResourceGateway", &["name"], "a-b", "a--b"),
        ("ResourceConfiguration", &["name"], "rgw-is-fine-here", "Orders"),
        ("ResourceConfiguration", &["ports"], "8000-8010", "8010-8000"),
        (
            "ResourceConfiguration",
            &["target", "domainName"],
            "vpce-1.execute-api.eu-west-1.vpce.amazonaws.com.",
            "https://h.com",
        ),
        ("ResourceConfiguration", &["target", "ipAddress"], "10.0.0.5", "8.8.8.8"),
        ("Connection", &["name"], "Orders_v1.2-x", "orders api"),
        (
            "Connection",
            &["resourceConfigurationArn"],
            configuration,
            "rcfg-0a1b2c3d4e5f60718",
        ),
        ("Connection", &["kmsKeyId"], "alias/orders", "orders key"),
        ("Connection", &["auth", "apiKey", "value"], "Bearer abc", "a:b"),
        (
            "Connection",
            &["auth", "oauth", "authorizationEndpoint"],
            "https://id.example.com/token",
            "http://id.example.com",
        ),
        (
            "PrivateStepFunctions",
            &["privateApis", "urls"],
            "https://*.example.com/*",
            "http://example.com/",
        ),
    ] {
        assert_eq!(problem(resource, path, good), None, "{resource} {path:?} {good}");
        assert!(problem(resource, path, bad).is_some(), "{resource} {path:?} {bad}");
    }
}

#[test]
fn generated_names_satisfy_the_constraints_of_their_resource() {
    for resource in schema().resources() {
        let Some(autoname) = &resource.autoname else { continue };
        let property = resource.inputs.property(&autoname.property).unwrap();
        assert_eq!(
            property.constraints.max_length,
            Some(autoname.max_length),
            "{}",
            resource.token
        );
        assert_eq!(
            property.constraints.min_length,
            Some(autoname.min_length),
            "{}",
            resource.token
        );
        for name in [
            "orders",
            "Orders API (v2)",
            "sg-orders",
            "rgw-orders",
            "rcfg-orders",
            "a--b__c..d",
        ] {
            let made = format!("{}-3f2a91c", autoname.sanitize(name));
            assert_eq!(
                property.constraints.text_problem(&made),
                None,
                "{} {made}",
                resource.token
            );
        }
    }
    let named: Vec<_> = schema()
        .resources()
        .filter(|r| r.autoname.is_some())
        .map(|r| r.token.clone())
        .collect();
    assert_eq!(named.len(), 4, "{named:?}");
}

/// The code that Pulumi generates for Python accepts only an object where the answer of a function is one of several types.
#[test]
fn no_answer_of_a_function_is_one_of_several_types() {
    let document = document();
    for (token, function) in document["functions"].as_object().unwrap() {
        for (name, property) in function["outputs"]["properties"].as_object().unwrap() {
            assert!(property.get("oneOf").is_none(), "{token}: {name}");
        }
    }
}

#[test]
fn every_type_is_used() {
    let text = SCHEMA_JSON;
    for (token, schema) in schema().types() {
        assert!(text.contains(&format!("\"#/types/{token}\"")), "{token}");
        match schema {
            TypeSchema::Object(object) => assert!(!object.properties.is_empty(), "{token}"),
            TypeSchema::Enum(variants) => assert!(variants.values.len() > 1, "{token}"),
        }
    }
}

/// Asserts that every ARN pattern accepts the ARNs of all partitions.
#[test]
fn every_arn_pattern_accepts_all_partitions() {
    let document = document();
    let (mut pending, mut patterns) = (vec![&document], Vec::new());
    while let Some(value) = pending.pop() {
        if let (Some(pattern), Some(expected)) = (value["pattern"].as_str(), value["expected"].as_str())
            && let Some((_, arn)) = expected.split_once("such as arn:aws:")
        {
            patterns.push((regex::Regex::new(pattern).unwrap(), arn.to_owned()));
        }
        pending.extend(value.as_object().into_iter().flat_map(serde_json::Map::values));
        pending.extend(value.as_array().into_iter().flatten());
    }
    assert!(patterns.len() >= 4, "patterns for ARNs: {patterns:?}");
    for (partition, region) in [
        ("aws", "eu-west-1"),
        ("aws-cn", "cn-north-1"),
        ("aws-us-gov", "us-gov-west-1"),
        ("aws-eusc", "eusc-de-east-1"),
        ("aws-iso", "us-iso-east-1"),
        ("aws-iso-b", "us-isob-east-1"),
        ("aws-iso-e", "eu-isoe-west-1"),
        ("aws-iso-f", "us-isof-south-1"),
    ] {
        for (pattern, arn) in &patterns {
            let arn = format!("arn:{partition}:{}", arn.replace("eu-west-1", region));
            assert!(pattern.is_match(&arn), "{arn} does not match {pattern}");
        }
    }
}
