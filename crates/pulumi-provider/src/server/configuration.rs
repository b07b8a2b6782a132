//! CheckConfig, DiffConfig and Configure: the provider resource itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use tonic::{Code, Status};

use super::custom::encode_diff;
use super::properties::{decode, encode};
use crate::error::{Error, ErrorKind};
use crate::lifecycle::check;
use crate::property::{Map, secret_paths};
use crate::proto::configure_error_missing_keys::MissingKey;
use crate::proto::{
    CheckFailure, CheckRequest, CheckResponse, ConfigureRequest, ConfigureResponse, DiffRequest, DiffResponse,
};
use crate::provider::config::{self, Config, Foreign};
use crate::provider::{Instance, Package, Provider};
use crate::resource::changes::Diff;
use crate::server::status;

/// The engine's placeholder for the id of a provider resource that does not exist yet.
const UNKNOWN_ID: &str = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/// Checks the configuration. Missing keys are left to Configure, whose error the engine turns into `pulumi config set` lines.
pub(super) fn check<P: Package>(provider: &Provider<P>, request: CheckRequest) -> Result<CheckResponse, Status> {
    let mut inputs = decode(request.news)?;
    let Config { values, failures, .. } = read(provider, &inputs, foreign(&request.urn));
    let schema = provider.schema().config();
    let failures = failures.iter().map(|failure| {
        let check::CheckFailure { property, reason } = check::for_engine(schema, &values, failure);
        CheckFailure { property, reason }
    });
    let failures = failures.collect();
    config::mark_secrets(schema, &mut inputs);
    Ok(CheckResponse {
        inputs: Some(encode(inputs)?),
        failures,
    })
}

pub(super) fn diff<P: Package>(provider: &Provider<P>, request: DiffRequest) -> Result<DiffResponse, Status> {
    // Older engines do not send `old_inputs`. They send the inputs as the state, because the state of a provider resource is
    // its inputs.
    let old = decode(request.old_inputs.or(request.olds))?;
    let new = decode(request.news)?;
    let mut detailed = config::changes(provider.schema().config(), &old, &new);
    let replaces = provider.package().replaces(
        &read(provider, &old, Foreign::Ignore).values,
        &read(provider, &new, Foreign::Ignore).values,
    );
    for (path, change) in &mut detailed {
        change.replace = path.first_key().is_some_and(|key| replaces.contains(key));
    }
    let diff = Diff {
        properties: detailed
            .keys()
            .filter_map(|path| path.first_key())
            .map(str::to_owned)
            .collect(),
        replaces,
        detailed,
        ..Diff::default()
    };
    Ok(encode_diff(diff))
}

pub(super) fn configure<P: Package>(
    provider: &Arc<Provider<P>>,
    request: ConfigureRequest,
) -> Result<ConfigureResponse, Status> {
    let given = match request.args {
        Some(args) => decode(Some(args))?,
        None => from_variables(&provider.schema().name, request.variables),
    };
    let Config {
        values,
        failures,
        missing,
    } = read(provider, &given, Foreign::Ignore);
    if !failures.is_empty() {
        let text = config::explain(&provider.schema().name, &failures);
        return Err(Status::new(Code::InvalidArgument, text));
    }
    if !missing.is_empty() {
        return Err(status::missing_keys(
            missing.iter().map(|key| describe(provider, key)).collect(),
        ));
    }
    if let Some((key, _)) = values.iter().find(|(_, value)| value.is_unknown()) {
        let text = format!("the configuration key `{key}` is not known");
        return Err(status::failed(&Error::new(ErrorKind::Invalid, text)));
    }
    let clients = provider
        .package()
        .configure(secret_paths::split(values).0)
        .map_err(|error| status::failed(&error.context("configuring the provider")))?;
    let reference = request.urn.filter(|urn| !urn.is_empty()).map(|urn| {
        let id = request
            .id
            .filter(|id| !id.is_empty())
            .unwrap_or_else(|| UNKNOWN_ID.to_owned());
        format!("{urn}::{id}")
    });
    provider.set_instance(Instance {
        clients: Arc::new(clients),
        reference,
    });
    Ok(ConfigureResponse {
        accept_secrets: true,
        supports_preview: true,
        accept_resources: true,
        accept_outputs: true,
        supports_autonaming_configuration: true,
    })
}

/// Returns how to treat keys that the schema does not declare. A default provider is named `default`, or `default_` followed
/// by details of its version.
fn foreign(urn: &str) -> Foreign {
    let name = urn.rsplit("::").next().unwrap_or_default();
    if name == "default" || name.starts_with("default_") {
        Foreign::Ignore
    } else {
        Foreign::Refuse
    }
}

fn read<P: Package>(provider: &Provider<P>, given: &Map, foreign: Foreign) -> Config {
    config::read(provider.schema().config(), given, foreign, |draft, failures| {
        provider.package().config_rules(draft, failures);
    })
}

/// Reads the older form of the configuration: a map from `package:config:key` to text.
fn from_variables(package: &str, variables: BTreeMap<String, String>) -> Map {
    let prefix = format!("{package}:config:");
    let ours = variables.into_iter().filter_map(|(name, text)| {
        let key = name.strip_prefix(&prefix)?.to_owned();
        Some((key, text.into()))
    });
    ours.collect()
}

fn describe<P: Package>(provider: &Provider<P>, key: &str) -> MissingKey {
    let schema = provider.schema();
    MissingKey {
        name: format!("{}:{key}", schema.name),
        description: schema
            .config()
            .property(key)
            .map(|property| property.description.clone())
            .unwrap_or_default(),
    }
}
