//! The certificate authorities that TLS connections trust.
//!
//! `AWS_CA_BUNDLE` and `ca_bundle` replace the machine's own authorities, as with the AWS CLI and the SDK for Go:
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-gen-config.html>. If neither is set, the machine's authorities are
//! read as `rustls-native-certs` reads them, `SSL_CERT_FILE` and `SSL_CERT_DIR` included.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use aws_smithy_http_client::tls::{TlsContext, TrustStore};
use pulumi_provider::error::{Error, ErrorKind};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::environment::Environment;

/// The certificate authorities. A bundle is read at once, the machine's own when the first connection needs them.
#[derive(Clone, Debug)]
pub(super) struct Trust(Arc<Source>);

#[derive(Debug)]
enum Source {
    Bundle(TlsContext),
    /// The machine's authorities once they are read, and the variable that sets their place, for messages.
    Machine(OnceLock<TlsContext>, Option<&'static str>),
}

impl Trust {
    /// Reads the configured bundle, or else selects the machine's own authorities.
    ///
    /// # Errors
    /// The bundle cannot be read, or has no certificate.
    pub(super) fn read(environment: &Environment, configured: Option<&str>) -> Result<Self, Error> {
        let variables = &environment.variables;
        let set = configured
            .map(|path| ("`private-step-functions:customCaBundle`".to_owned(), path.to_owned()))
            .or_else(|| Some(("AWS_CA_BUNDLE".to_owned(), variables.filled("AWS_CA_BUNDLE")?)))
            .or_else(|| {
                let (profile, path) = environment.setting("ca_bundle")?;
                Some((format!("ca_bundle of the profile \"{profile}\""), path.to_owned()))
            });
        let source = match set {
            Some((setting, path)) => Source::Bundle(bundle(&setting, &path, environment.home.as_deref())?),
            None => {
                let moved = ["SSL_CERT_FILE", "SSL_CERT_DIR"]
                    .into_iter()
                    .find(|name| variables.filled(name).is_some());
                Source::Machine(OnceLock::new(), moved)
            }
        };
        Ok(Self(Arc::new(source)))
    }

    /// Returns the certificate authorities.
    ///
    /// # Errors
    /// The machine has no authorities, so every connection would fail.
    pub(super) fn context(&self) -> Result<TlsContext, String> {
        match &*self.0 {
            Source::Bundle(context) => Ok(context.clone()),
            Source::Machine(read, moved) => {
                if let Some(context) = read.get() {
                    return Ok(context.clone());
                }
                let found = rustls_native_certs::load_native_certs();
                let context = context(found.certs).ok_or_else(|| match moved {
                    Some(variable) => format!("no certificate at the path in {variable} can be read"),
                    None => {
                        "this machine has no certificate authorities: install them (package ca-certificates), or set \
                             SSL_CERT_FILE or AWS_CA_BUNDLE to a file that has them"
                            .to_owned()
                    }
                })?;
                // Another task that was faster has read the same authorities.
                let _ = read.set(context.clone());
                Ok(context)
            }
        }
    }
}

fn bundle(setting: &str, path: &str, home: Option<&str>) -> Result<TlsContext, Error> {
    let refuse = |what: String| {
        Error::new(ErrorKind::Invalid, format!("{setting} names {path}, {what}"))
            .advise("It must be a file of certificates in PEM form, which take the place of the machine's own")
    };
    let file = match (path.strip_prefix("~/"), home) {
        (Some(below), Some(home)) => Path::new(home).join(below),
        _ => path.into(),
    };
    let pem = std::fs::read(&file).map_err(|error| refuse(format!("which cannot be read: {}", plain(&error))))?;
    let certificates = CertificateDer::pem_slice_iter(&pem).filter_map(Result::ok).collect();
    context(certificates).ok_or_else(|| refuse("which has no certificate that can be read".to_owned()))
}

/// Returns the operating system's message without its error number.
fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error ").next().unwrap_or_default().to_owned()
}

/// Returns a TLS context that trusts these certificates, or `None` if none of them can be an authority. Certificates that
/// cannot be are left out: the SDK would panic.
fn context(certificates: Vec<CertificateDer<'static>>) -> Option<TlsContext> {
    let mut probe = RootCertStore::empty();
    let mut store = TrustStore::empty();
    let mut any = false;
    for certificate in certificates {
        if probe.add(certificate.clone()).is_err() {
            continue;
        }
        any = true;
        let text = aws_smithy_types::base64::encode(certificate.as_ref());
        store.add_pem_certificate(format!(
            "-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n"
        ));
    }
    let context = TlsContext::builder().with_trust_store(store).build().ok();
    context.filter(|_| any)
}
