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
use rustls_native_certs::{CertificateResult, ErrorKind as ReadError};

use super::environment::Environment;

/// What a user can do if there are no certificate authorities.
const REMEDY: &str =
    "set `private-step-functions:customCaBundle` or SSL_CERT_FILE to a file of certificates in PEM form";

/// The certificate authorities. A bundle is read at once, the machine's own when the first connection needs them.
#[derive(Clone, Debug)]
pub(super) struct Trust(Arc<Source>);

#[derive(Debug)]
enum Source {
    Bundle(TlsContext),
    Machine(Machine),
}

/// The machine's own authorities.
#[derive(Debug)]
struct Machine {
    /// The authorities, once they are read.
    read: OnceLock<TlsContext>,
    /// The variables that set their place, with their values, for messages.
    places: Vec<(&'static str, String)>,
    /// How to read them.
    load: fn() -> CertificateResult,
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
                let place = |name| Some((name, variables.filled(name)?));
                Source::Machine(Machine {
                    read: OnceLock::new(),
                    places: ["SSL_CERT_FILE", "SSL_CERT_DIR"]
                        .into_iter()
                        .filter_map(place)
                        .collect(),
                    load: rustls_native_certs::load_native_certs,
                })
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
            Source::Machine(machine) => machine.context(),
        }
    }

    /// Returns the certificate authorities, or none at all if there are none. A connector without this answer would use the
    /// SDK's default, which panics in a debug build if the machine has no authorities.
    pub(super) fn context_or_nothing(&self) -> TlsContext {
        self.context().unwrap_or_else(|_| {
            let nothing = TlsContext::builder().with_trust_store(TrustStore::empty());
            nothing
                .build()
                .expect("a context of no certificates has nothing to refuse")
        })
    }
}

impl Machine {
    fn context(&self) -> Result<TlsContext, String> {
        if let Some(context) = self.read.get() {
            return Ok(context.clone());
        }
        let found = (self.load)();
        let context = context(found.certs).ok_or_else(|| self.missing(&found.errors))?;
        // Another task that was faster has read the same authorities.
        let _ = self.read.set(context.clone());
        Ok(context)
    }

    /// Says where authorities were looked for, why there are none, and what to do.
    fn missing(&self, errors: &[rustls_native_certs::Error]) -> String {
        let cause = errors
            .first()
            .map(|error| format!(": {}", told(error)))
            .unwrap_or_default();
        if !self.places.is_empty() {
            let places = self.places.iter().map(|(name, value)| format!("{name}={value}"));
            let places = places.collect::<Vec<_>>().join(" and ");
            return format!("{places} gives no certificate authority{cause}. Correct or unset it, or {REMEDY}");
        }
        if !cause.is_empty() {
            return format!(
                "the certificate authorities of this machine cannot be read{cause}. Repair them, or {REMEDY}"
            );
        }
        if cfg!(target_os = "linux") {
            return format!(
                "this machine has no certificate authorities: there is no /etc/ssl/certs/ca-certificates.crt, and no other \
                 usual file. Install the package `ca-certificates`, or {REMEDY}"
            );
        }
        format!("this machine has no certificate authorities: its store is empty. Add them, or {REMEDY}")
    }
}

/// Returns a cause with its path, without the operating system's error number.
fn told(error: &rustls_native_certs::Error) -> String {
    match &error.kind {
        ReadError::Io { inner, path } => format!("{}: {}", path.display(), plain(inner)),
        _ => error.to_string(),
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

#[cfg(test)]
pub(super) mod tests;
