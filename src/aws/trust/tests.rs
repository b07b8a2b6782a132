//! The messages about a machine without certificate authorities.

use super::*;

fn machine(places: &[(&'static str, &str)], load: fn() -> CertificateResult) -> Trust {
    let places = places.iter().map(|(name, value)| (*name, (*value).to_owned()));
    Trust(Arc::new(Source::Machine(Machine {
        read: OnceLock::new(),
        places: places.collect(),
        load,
    })))
}

/// Returns what a connection trusts in an image without any certificate.
pub(in crate::aws) fn without_authorities() -> Trust {
    machine(&[], CertificateResult::default)
}

fn refusal(trust: &Trust) -> String {
    trust.context().unwrap_err()
}

#[test]
#[cfg(target_os = "linux")]
fn a_machine_without_authorities_is_told_what_to_install() {
    let told = refusal(&without_authorities());
    for part in [
        "/etc/ssl/certs/ca-certificates.crt",
        "package `ca-certificates`",
        "`private-step-functions:customCaBundle` or SSL_CERT_FILE",
    ] {
        assert!(told.contains(part), "{told}");
    }
}

#[test]
fn a_wrong_place_is_named_with_its_variable_and_the_cause() {
    let load = || rustls_native_certs::load_certs_from_paths(Some(Path::new("/nowhere/ca.pem")), None);
    let told = refusal(&machine(&[("SSL_CERT_FILE", "/nowhere/ca.pem")], load));
    let expected = "SSL_CERT_FILE=/nowhere/ca.pem gives no certificate authority: /nowhere/ca.pem: ";
    assert!(told.starts_with(expected), "{told}");
    assert!(told.contains("`private-step-functions:customCaBundle`"), "{told}");
    assert!(!told.contains("os error"), "{told}");
}

#[test]
fn both_variables_are_named() {
    let places = [("SSL_CERT_FILE", "/a"), ("SSL_CERT_DIR", "/b")];
    let told = refusal(&machine(&places, CertificateResult::default));
    assert!(
        told.starts_with("SSL_CERT_FILE=/a and SSL_CERT_DIR=/b gives no"),
        "{told}"
    );
}

#[test]
fn a_file_of_the_machine_that_cannot_be_read_is_named() {
    let load = || rustls_native_certs::load_certs_from_paths(Some(Path::new("/nowhere/ca.pem")), None);
    let told = refusal(&machine(&[], load));
    assert!(told.contains("cannot be read: /nowhere/ca.pem: "), "{told}");
}

/// An image may get its certificates while the plugin runs.
#[test]
fn a_refusal_is_not_remembered() {
    use std::sync::atomic::{AtomicBool, Ordering};
    static INSTALLED: AtomicBool = AtomicBool::new(false);
    let trust = machine(&[], || {
        let mut found = CertificateResult::default();
        if INSTALLED.load(Ordering::Relaxed) {
            let own = rcgen::generate_simple_self_signed(vec!["authority".to_owned()]).unwrap();
            found.certs.push(own.cert.der().clone());
        }
        found
    });
    assert!(trust.context().is_err());
    INSTALLED.store(true, Ordering::Relaxed);
    assert!(trust.context().is_ok());
}
