//! Which certificates the plugin trusts.

use serde_json::json;

use super::authority::Authority;
use super::loopback::Loopback;
use super::trial::Trial;

/// Returns a trial with EC2 on loopback, whose certificate comes from an authority that the machine does not trust.
fn trial(aws: &Loopback) -> Trial {
    Trial::with_keys()
        .variable("AWS_ENDPOINT_URL_EC2", &format!("https://localhost:{}", aws.port))
        .file("ca.pem", &Authority::get().pem())
        .file("certs/ca.pem", &Authority::get().pem())
        .file("certs/0a1b2c3d.0", &Authority::get().pem())
}

fn path(trial: &Trial, name: &str) -> String {
    trial.path(name).to_str().unwrap().to_owned()
}

#[test]
fn an_unknown_certificate_authority_is_not_trusted() {
    let aws = Loopback::secure();
    trial(&aws)
        .run()
        .says(&["no answer from AWS", "certificate", "AWS_CA_BUNDLE"]);
    assert_eq!(aws.seen().len(), 0);
}

#[test]
fn aws_ca_bundle_is_trusted() {
    let aws = Loopback::secure();
    let trial = trial(&aws);
    let bundle = path(&trial, "ca.pem");
    trial.variable("AWS_CA_BUNDLE", &bundle).run().arrived();
    assert!(aws.calls("DescribeSecurityGroups")[0].secure);
}

#[test]
fn ca_bundle_of_the_profile_is_trusted() {
    let aws = Loopback::secure();
    for file in ["[default]\nca_bundle = {}\n", "[default]\nca_bundle = ~/ca.pem\n"] {
        let trial = trial(&aws);
        let bundle = path(&trial, "ca.pem");
        trial.profiles(&file.replace("{}", &bundle)).run().arrived();
    }
    let trial = trial(&aws);
    let file = format!("[profile corp]\nca_bundle = {}\n", path(&trial, "ca.pem"));
    trial.profiles(&file).variable("AWS_PROFILE", "corp").run().arrived();
}

#[test]
fn custom_ca_bundle_overrides_the_variable_and_the_profile() {
    let aws = Loopback::secure();
    let trial = trial(&aws).profiles("[default]\nca_bundle = /nowhere/of/the/profile\n");
    let bundle = path(&trial, "ca.pem");
    let trial = trial.variable("AWS_CA_BUNDLE", &bundle);
    trial.run().arrived();
    let trial = trial
        .variable("AWS_CA_BUNDLE", "/nowhere/of/the/variable")
        .config(json!({ "customCaBundle": bundle }));
    trial.run().arrived();
}

#[test]
fn a_bundle_replaces_the_authorities_of_the_machine() {
    let aws = Loopback::secure();
    let trial = trial(&aws);
    let (machine, bundle) = (path(&trial, "ca.pem"), path(&trial, "other.pem"));
    let stranger = rcgen::generate_simple_self_signed(vec!["other".to_owned()]).unwrap();
    let trial = trial
        .file("other.pem", &stranger.cert.pem())
        .variable("SSL_CERT_FILE", &machine)
        .variable("AWS_CA_BUNDLE", &bundle);
    trial.run().says(&["no answer from AWS", "certificate"]);
}

#[test]
fn an_invalid_bundle_is_refused_with_its_source() {
    let aws = Loopback::secure();
    for (name, says) in [
        ("missing.pem", "cannot be read: No such file or directory"),
        ("certs", "cannot be read: Is a directory"),
        ("empty.pem", "no certificate that can be read"),
        ("broken.pem", "no certificate that can be read"),
    ] {
        let trial = trial(&aws).file("empty.pem", "nothing\n").file(
            "broken.pem",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        );
        let path = path(&trial, name);
        trial
            .variable("AWS_CA_BUNDLE", &path)
            .run()
            .says(&["AWS_CA_BUNDLE names", &path, says]);
    }
    let outcome = trial(&aws).profiles("[default]\nca_bundle = /nowhere\n").run();
    outcome.says(&["ca_bundle of the profile \"default\" names /nowhere"]);
    let outcome = trial(&aws).config(json!({ "customCaBundle": "/nowhere" })).run();
    outcome.says(&["`private-step-functions:customCaBundle` names /nowhere"]);
}

#[test]
fn ssl_cert_file_and_ssl_cert_dir_locate_the_machines_authorities() {
    let aws = Loopback::secure();
    for (variable, name) in [("SSL_CERT_FILE", "ca.pem"), ("SSL_CERT_DIR", "certs")] {
        let trial = trial(&aws);
        let path = path(&trial, name);
        trial.variable(variable, &path).run().arrived();
    }
}

#[test]
fn missing_authorities_are_reported_and_do_not_block_plain_http() {
    let (aws, emulator) = (Loopback::secure(), Loopback::plain());
    for variable in ["SSL_CERT_FILE", "SSL_CERT_DIR"] {
        let outcome = trial(&aws).variable(variable, "/nowhere").run();
        outcome.says(&[
            &format!("{variable}=/nowhere gives no certificate authority: /nowhere: No such file or directory"),
            "`private-step-functions:customCaBundle`",
        ]);
        let plain = Trial::with_keys()
            .variable(variable, "/nowhere")
            .variable("AWS_ENDPOINT_URL_EC2", &emulator.url());
        plain.run().arrived();
    }
}
