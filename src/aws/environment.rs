//! The environment of the provider: the variables and shared AWS files that are not left to the SDK alone.
//!
//! <https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>

use std::borrow::Cow;
use std::collections::BTreeSet;

use aws_config::profile::{Profile, ProfileSet};
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_types::os_shim_internal::{Env, Fs};
use pulumi_provider::error::{Error, ErrorKind};

use super::config::ProviderConfig;
use super::error::root_cause;
use super::variables::Variables;

/// The environment variables and the profiles.
#[derive(Debug)]
pub(super) struct Environment {
    pub(super) variables: Variables,
    /// The user's home directory, for paths that begin with `~/`.
    pub(super) home: Option<String>,
    /// The shared AWS files, as the configuration selects them.
    pub(super) files: EnvConfigFiles,
    profiles: ProfileSet,
}

/// The source of the credentials, for messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// A profile whose role needs an MFA code.
    Mfa { profile: String },
    /// Any other source, as messages name it.
    Named(String),
}

impl Environment {
    /// Reads the shared files.
    ///
    /// # Errors
    /// A file cannot be read or parsed.
    pub(super) async fn read(config: &ProviderConfig) -> Result<Self, Error> {
        let files = files(config);
        let variables = Variables::of_the_process();
        let profile = selected(config, &variables).map(Cow::Owned);
        let profiles = aws_config::profile::load(&Fs::real(), &Env::real(), &files, profile)
            .await
            .map_err(|error| {
                let (what, cause) = (error.to_string(), root_cause(&error));
                let what = if what.contains(&cause) {
                    what
                } else {
                    format!("{what}: {cause}")
                };
                Error::new(ErrorKind::Invalid, format!("the shared AWS files: {what}"))
                    .advise("Check `~/.aws/config` and `~/.aws/credentials`, or the files that are set in their place")
            })?;
        Ok(Self {
            home: variables.first(["HOME", "USERPROFILE"]),
            variables,
            files,
            profiles,
        })
    }

    /// Returns the name of the selected profile.
    pub(super) fn profile(&self) -> &str {
        self.profiles.selected_profile()
    }

    /// Returns the name of the selected profile and its value for a setting.
    pub(super) fn setting(&self, key: &str) -> Option<(&str, &str)> {
        let profile = self.profiles.selected_profile();
        Some((profile, self.profiles.get(key)?))
    }

    /// Returns the source of this configuration's credentials, assuming the SDK's order of sources.
    pub(super) fn source(&self, config: &ProviderConfig) -> Source {
        let set = |name| self.variables.filled(name).is_some();
        if config.has_keys() || (config.profile.is_none() && set("AWS_ACCESS_KEY_ID")) {
            return Source::Named("access keys".to_owned());
        }
        if let Some(source) = source(&self.profiles, self.profiles.selected_profile()) {
            return source;
        }
        let named = match () {
            () if config.profile.is_some() => format!("the profile \"{}\"", self.profiles.selected_profile()),
            () if set("AWS_WEB_IDENTITY_TOKEN_FILE") => "the web identity of AWS_WEB_IDENTITY_TOKEN_FILE".to_owned(),
            () if set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") || set("AWS_CONTAINER_CREDENTIALS_FULL_URI") => {
                "the container's credentials (AWS_CONTAINER_CREDENTIALS_...)".to_owned()
            }
            () => "the instance metadata service (AWS_EC2_METADATA_DISABLED=true turns it off)".to_owned(),
        };
        Source::Named(named)
    }
}

/// Returns the source that a profile names, following `source_profile` to other profiles.
fn source(profiles: &ProfileSet, selected: &str) -> Option<Source> {
    let mut seen = BTreeSet::new();
    let mut name = selected;
    while seen.insert(name) {
        let profile: &Profile = profiles.get_profile(name)?;
        let has = |key| profile.get(key).is_some();
        // In a profile that is another's `source_profile`, keys take precedence over a role of its own.
        if name != selected && has("aws_access_key_id") {
            return Some(Source::Named(format!("access keys of the profile \"{name}\"")));
        }
        if has("role_arn") && has("mfa_serial") {
            return Some(Source::Mfa {
                profile: name.to_owned(),
            });
        }
        if has("role_arn")
            && let Some(next) = profile.get("source_profile").filter(|next| *next != name)
        {
            name = next;
            continue;
        }
        let kind = [
            ("credential_process", "credential_process"),
            ("sso_session", "IAM Identity Center"),
            ("sso_start_url", "IAM Identity Center"),
            ("login_session", "the `aws login` session"),
            ("web_identity_token_file", "the web identity"),
            ("credential_source", "credential_source"),
        ]
        .into_iter()
        .find(|(key, _)| has(key))?;
        return Some(Source::Named(format!("{} of the profile \"{name}\"", kind.1)));
    }
    None
}

/// Returns the profile that the configuration or the environment selects. The AWS CLI and the SDKs for Go and Python also read
/// `AWS_DEFAULT_PROFILE`.
fn selected(config: &ProviderConfig, variables: &Variables) -> Option<String> {
    let configured = config.profile.clone();
    configured.or_else(|| variables.first(["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]))
}

fn files(config: &ProviderConfig) -> EnvConfigFiles {
    let mut files = EnvConfigFiles::builder();
    for (paths, kind) in [
        (&config.shared_config_files, EnvConfigFileKind::Config),
        (&config.shared_credentials_files, EnvConfigFileKind::Credentials),
    ] {
        files = match (paths.as_deref(), kind) {
            (Some([_, ..]), _) => paths
                .iter()
                .flatten()
                .fold(files, |files, path| files.with_file(kind, path)),
            (_, EnvConfigFileKind::Config) => files.include_default_config_file(true),
            (_, EnvConfigFileKind::Credentials) => files.include_default_credentials_file(true),
        };
    }
    files.build()
}

#[cfg(test)]
mod tests {
    use aws_types::os_shim_internal::Fs;

    use super::*;

    async fn environment(file: &str, variables: &[(&str, &str)], config: &ProviderConfig) -> Environment {
        let files = EnvConfigFiles::builder()
            .with_contents(EnvConfigFileKind::Config, file)
            .build();
        let profile = config.profile.clone().map(Cow::Owned);
        let profiles = aws_config::profile::load(&Fs::from_slice(&[]), &Env::from_slice(variables), &files, profile)
            .await
            .unwrap();
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Environment {
            variables: Variables::given(variables),
            home: None,
            files,
            profiles,
        }
    }

    #[tokio::test]
    async fn each_credential_source_is_named() {
        let file = "[default]\nregion = eu-west-1\n[profile process]\ncredential_process = x\n[profile chain]\nrole_arn = \
                    arn:aws:iam::1:role/a\nsource_profile = process\n[profile sso]\nsso_session = corp\n[profile login]\n\
                    login_session = arn:aws:iam::1:user/a\n[profile code]\nrole_arn = arn:aws:iam::1:role/b\nmfa_serial = \
                    arn:aws:iam::1:mfa/a\nsource_profile = default\n[profile behind]\nrole_arn = arn:aws:iam::1:role/c\n\
                    source_profile = code\n[profile itself]\nrole_arn = arn:aws:iam::1:role/c\nsource_profile = itself\n\
                    [profile round]\nrole_arn = arn:aws:iam::1:role/c\nsource_profile = about\n[profile about]\nrole_arn = \
                    arn:aws:iam::1:role/c\nsource_profile = round\n[profile keyed]\naws_access_key_id = \
                    a\naws_secret_access_key = s\nrole_arn = arn:aws:iam::1:role/d\nmfa_serial = x\n[profile over]\nrole_arn = \
                    arn:aws:iam::1:role/c\nsource_profile = keyed\n";
        let named = |text: &str| Source::Named(text.to_owned());
        let mfa = || Source::Mfa {
            profile: "code".to_owned(),
        };
        for (profile, expected) in [
            ("process", named("credential_process of the profile \"process\"")),
            ("chain", named("credential_process of the profile \"process\"")),
            ("sso", named("IAM Identity Center of the profile \"sso\"")),
            ("login", named("the `aws login` session of the profile \"login\"")),
            ("code", mfa()),
            ("behind", mfa()),
            ("over", named("access keys of the profile \"keyed\"")),
            ("itself", named("the profile \"itself\"")),
            ("round", named("the profile \"round\"")),
            ("missing", named("the profile \"missing\"")),
        ] {
            let config = ProviderConfig {
                profile: Some(profile.to_owned()),
                ..ProviderConfig::default()
            };
            let found = environment(file, &[("AWS_ACCESS_KEY_ID", "a")], &config)
                .await
                .source(&config);
            assert_eq!(found, expected, "configured {profile}");
            let config = ProviderConfig::default();
            let found = environment(file, &[("AWS_PROFILE", profile)], &config)
                .await
                .source(&config);
            if !matches!(profile, "itself" | "round" | "missing") {
                assert_eq!(found, expected, "AWS_PROFILE={profile}");
            }
        }
        let config = ProviderConfig::default();
        for (variable, expected) in [
            ("AWS_ACCESS_KEY_ID", "access keys"),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", "web identity"),
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "the container's"),
            ("HOME", "instance metadata service"),
        ] {
            match environment(file, &[(variable, "x")], &config).await.source(&config) {
                Source::Named(text) => assert!(text.contains(expected), "{text}"),
                other => panic!("{other:?}"),
            }
        }
    }
}
