//! What a VPC has that could be a part of a component: each object as an import reads it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_eventbridge::operation::describe_connection::DescribeConnectionOutput;
use aws_sdk_vpclattice::types::ResourceConfigurationSummary;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::lifecycle::adapter::{DynResource, Prior};
use pulumi_provider::property::{Map, Value};
use pulumi_provider::resource::context::{Cx, CxParts, Silent};
use pulumi_provider::resource::limits::OperationKind;
use pulumi_provider::resource::memory::ProcessMemory;
use pulumi_provider::resource::redaction::Redaction;
use pulumi_provider::schema::Schema;
use tokio_util::sync::CancellationToken;

use super::LeftOut;
use crate::aws::error::classify;
use crate::aws::{Aws, looks};
use crate::component::{CONNECTION, INTERFACE_ENDPOINT, RESOURCE_CONFIGURATION, RESOURCE_GATEWAY, SECURITY_GROUP};
use crate::resources::{self, connection};

/// The number of objects that are read at a time.
const AT_A_TIME: usize = 8;

/// The services whose endpoints a component can have.
const SERVICES: [&str; 5] = [
    "states",
    "states-fips",
    "sync-states",
    "sync-states-fips",
    "execute-api",
];

/// An object, as an import reads it.
#[derive(Clone, Debug, Default)]
pub(super) struct Object {
    pub(super) id: String,
    pub(super) prior: Prior,
}

impl Object {
    /// Returns an input that is a text, or an empty text.
    pub(super) fn text(&self, name: &str) -> &str {
        let value = self.prior.inputs.get(name).and_then(Value::as_str);
        value.unwrap_or_default()
    }

    /// Returns the texts of an input that is a list.
    pub(super) fn texts(&self, name: &str) -> BTreeSet<String> {
        let items = self.prior.inputs.get(name).and_then(Value::as_array);
        let items = items.unwrap_or_default().iter().filter_map(Value::as_str);
        items.map(str::to_owned).collect()
    }

    pub(super) fn is_on(&self, name: &str) -> bool {
        self.prior.inputs.get(name).and_then(Value::as_bool) == Some(true)
    }

    pub(super) fn arn(&self) -> &str {
        let arn = self.prior.outputs.get("arn").and_then(Value::as_str);
        arn.unwrap_or_default()
    }

    fn status(&self) -> &str {
        let status = |name| self.prior.outputs.get(name).and_then(Value::as_str);
        status("state").or_else(|| status("status")).unwrap_or_default()
    }
}

/// A connection that uses one of the resource configurations.
#[derive(Clone, Debug, Default)]
pub(super) struct Connection {
    pub(super) object: Object,
    /// What EventBridge shows of its inputs, without the secrets.
    pub(super) shown: Map,
    pub(super) configuration_arn: String,
}

/// Everything that was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) vpc: String,
    pub(super) region: String,
    pub(super) endpoints: Vec<Object>,
    /// The security groups of the endpoints and gateways, by id.
    pub(super) groups: BTreeMap<String, Object>,
    pub(super) gateways: Vec<Object>,
    pub(super) configurations: Vec<Object>,
    pub(super) connections: Vec<Connection>,
    pub(super) left_out: Vec<LeftOut>,
}

/// Reads objects as an import does.
pub(super) struct Reader {
    aws: Arc<Aws>,
    schema: Arc<Schema>,
    resources: Vec<Box<dyn DynResource<Aws>>>,
    memory: Arc<ProcessMemory>,
}

impl Reader {
    pub(super) fn new(aws: Arc<Aws>, schema: Arc<Schema>) -> Self {
        Self {
            aws,
            schema,
            resources: resources::all(),
            memory: Arc::default(),
        }
    }

    async fn read(&self, token: &str, id: &str) -> Result<Object, Error> {
        let missing = || Error::bug(format!("there is no resource {token}"));
        let resource = self
            .resources
            .iter()
            .find(|one| one.token() == token)
            .ok_or_else(missing)?;
        let schema = self.schema.resource(token).ok_or_else(missing)?;
        let urn = format!("urn:pulumi:adopt::adopt::{token}::{id}");
        let cx = Cx::new(CxParts {
            clients: Arc::clone(&self.aws),
            urn: urn.parse().map_err(|_| Error::bug(format!("{urn} is no URN")))?,
            doing: OperationKind::Read,
            limit: resource.limit(OperationKind::Read, &Map::new()),
            cancel: CancellationToken::new(),
            report: Arc::new(Silent),
            memory: Arc::clone(&self.memory),
            secrets: Redaction::default(),
            request: String::new(),
        });
        let found = resource.read(schema, &cx, id, None).await?;
        let gone = || Error::new(ErrorKind::NotFound, format!("{id} is gone"));
        let (id, prior) = (id.to_owned(), found.ok_or_else(gone)?);
        Ok(Object { id, prior })
    }

    /// Reads several objects. Those that cannot be managed are left out, with the reason.
    async fn read_all(&self, token: &str, ids: Vec<String>, left_out: &mut Vec<LeftOut>) -> Result<Vec<Object>, Error> {
        let reads = stream::iter(ids.into_iter().map(|id| async move {
            let read = self.read(token, &id).await;
            (id, read)
        }));
        let reads: Vec<_> = reads.buffered(AT_A_TIME).collect().await;
        let mut objects = Vec::new();
        for (id, read) in reads {
            match read {
                Ok(object) => match object.status() {
                    "" | "available" | "pending" | "ACTIVE" | "AUTHORIZED" | "DEAUTHORIZED" | "FAILED_CONNECTIVITY" => {
                        objects.push(object);
                    }
                    status => left_out.push(LeftOut::new(&id, format!("it is {status}"))),
                },
                Err(error)
                    if matches!(
                        error.kind(),
                        ErrorKind::Invalid | ErrorKind::NotFound | ErrorKind::Denied
                    ) =>
                {
                    left_out.push(LeftOut::new(&id, error.to_string()));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(objects)
    }

    /// Looks for everything in a VPC that a component could have. It only reads.
    ///
    /// # Errors
    /// The VPC does not exist, or a read failed for another reason than a missing permission.
    pub(super) async fn look(&self, vpc: &str) -> Result<Found, Error> {
        let aws = &*self.aws;
        let mut found = Found {
            vpc: vpc.to_owned(),
            region: aws.region().await?.to_owned(),
            ..Found::default()
        };
        if !looks::vpcs(aws, &[vpc.to_owned()]).await?.contains_key(vpc) {
            let text = format!("there is no VPC {vpc} in {}", found.region);
            return Err(Error::new(ErrorKind::NotFound, text).advise("Check the id, the Region and the account"));
        }
        self.endpoints(&mut found).await?;
        self.outbound(&mut found).await?;
        let users = found.endpoints.iter().chain(&found.gateways);
        let groups: BTreeSet<_> = users.flat_map(|user| user.texts("securityGroupIds")).collect();
        let groups = groups.into_iter().collect();
        let groups = self.read_all(SECURITY_GROUP, groups, &mut found.left_out).await?;
        found
            .connections
            .sort_by(|one, other| one.object.id.cmp(&other.object.id));
        found.groups = groups.into_iter().map(|group| (group.id.clone(), group)).collect();
        Ok(found)
    }

    async fn endpoints(&self, found: &mut Found) -> Result<(), Error> {
        let listed = looks::endpoints_of(&self.aws, &found.vpc).await;
        let Some(listed) = allowed(listed, "the endpoints", &mut found.left_out)? else {
            return Ok(());
        };
        let is_ours = |name: &str| SERVICES.iter().any(|service| name.ends_with(&format!(".{service}")));
        let ids = listed
            .iter()
            .filter(|one| one.service_name().is_some_and(is_ours))
            .filter_map(|one| one.vpc_endpoint_id().map(str::to_owned));
        let ids = ids.collect();
        let endpoints = self.read_all(INTERFACE_ENDPOINT, ids, &mut found.left_out).await?;
        for endpoint in endpoints {
            match SERVICES.contains(&endpoint.text("service")) {
                true => found.endpoints.push(endpoint),
                // Such as a service of another Region.
                false => {
                    let why = format!("it is for the service {}", endpoint.text("service"));
                    found.left_out.push(LeftOut::new(&endpoint.id, why));
                }
            }
        }
        Ok(())
    }

    async fn outbound(&self, found: &mut Found) -> Result<(), Error> {
        let listed = looks::gateways(&self.aws).await;
        let Some(listed) = allowed(listed, "the resource gateways", &mut found.left_out)? else {
            return Ok(());
        };
        let here = listed
            .iter()
            .filter(|one| one.vpc_identifier() == Some(found.vpc.as_str()));
        let ids: Vec<_> = here.filter_map(|one| one.id().map(str::to_owned)).collect();
        found.gateways = self.read_all(RESOURCE_GATEWAY, ids, &mut found.left_out).await?;
        for gateway in &found.gateways {
            let listed = self.configurations_of(&gateway.id).await;
            let what = format!("the resource configurations of {}", gateway.id);
            let Some(listed) = allowed(listed, &what, &mut found.left_out)? else {
                continue;
            };
            let ids = listed.iter().filter_map(|one| one.id().map(str::to_owned)).collect();
            let read = self.read_all(RESOURCE_CONFIGURATION, ids, &mut found.left_out).await?;
            found.configurations.extend(read);
        }
        if found.configurations.is_empty() {
            return Ok(());
        }
        let listed = self.connections().await;
        let Some(listed) = allowed(listed, "the connections", &mut found.left_out)? else {
            return Ok(());
        };
        for live in listed {
            let shown = serde_json::to_value(connection::inputs_of_import(&live))
                .map_err(|error| Error::bug(error.to_string()))?;
            let (Value::Object(shown), Some(name)) = (Value::from(shown), live.name()) else {
                continue;
            };
            let arn = shown.get("resourceConfigurationArn").and_then(Value::as_str);
            let Some(arn) = arn.filter(|arn| found.configurations.iter().any(|one| one.arn() == *arn)) else {
                continue;
            };
            let ids = vec![name.to_owned()];
            if let Some(object) = self.read_all(CONNECTION, ids, &mut found.left_out).await?.pop() {
                let configuration_arn = arn.to_owned();
                found.connections.push(Connection {
                    object,
                    shown,
                    configuration_arn,
                });
            }
        }
        Ok(())
    }

    async fn configurations_of(&self, gateway: &str) -> Result<Vec<ResourceConfigurationSummary>, Error> {
        let call = self.aws.lattice().await?.list_resource_configurations();
        let pages = call.resource_gateway_identifier(gateway).into_paginator();
        let listed: Result<Vec<_>, _> = pages.items().send().collect().await;
        listed.map_err(|error| classify("ListResourceConfigurations", error))
    }

    /// Returns all connections of the account in the Region. Their list does not show what they connect to.
    async fn connections(&self) -> Result<Vec<DescribeConnectionOutput>, Error> {
        let client = self.aws.events().await?;
        let listed = looks::connections(&self.aws).await?;
        let names = listed.iter().filter_map(|one| one.name().map(str::to_owned));
        let described = stream::iter(names.map(|name| async move {
            let answer = client.describe_connection().name(name).send().await;
            match answer.map_err(|error| classify("DescribeConnection", error)) {
                Ok(live) => Ok(Some(live)),
                // Deleted since it was listed.
                Err(error) if error.is_not_found() => Ok(None),
                Err(error) => Err(error),
            }
        }));
        let described: Vec<Option<DescribeConnectionOutput>> = described.buffered(AT_A_TIME).try_collect().await?;
        Ok(described.into_iter().flatten().collect())
    }
}

/// Returns what was listed; `None` if the permission is missing, which is told as something left out.
fn allowed<T>(listed: Result<T, Error>, what: &str, left_out: &mut Vec<LeftOut>) -> Result<Option<T>, Error> {
    match listed {
        Ok(listed) => Ok(Some(listed)),
        Err(error) if error.kind() == ErrorKind::Denied => {
            left_out.push(LeftOut::new(what, error.to_string()));
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
