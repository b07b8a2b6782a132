//! A subnet.

use std::sync::Mutex;

use private_step_functions::aws::Aws;
use private_step_functions::aws::error::classify;
use private_step_functions::aws::wait::{self, Wait};
use pulumi_provider::error::{Error, ErrorKind, Failed};
use pulumi_provider::resource::context::{Created, Cx};
use pulumi_provider::resource::{Deleted, Found, Identity, Resource, Update};
use serde::{Deserialize, Serialize};

pub(crate) struct Subnet;

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Inputs {
    vpc_id: String,
    cidr_block: String,
    availability_zone: String,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct State {}

impl Resource for Subnet {
    type Clients = Aws;
    type Inputs = Inputs;
    type State = State;
    type Live = Inputs;

    const TOKEN: &'static str = "testnet:index:Subnet";
    const NOUN: &'static str = "subnet";
    const IDENTITY: Identity = Identity::Id;

    async fn create(cx: &Cx<Aws>, inputs: Inputs) -> Result<Created<State>, Failed<State>> {
        let Inputs {
            vpc_id,
            cidr_block,
            availability_zone,
        } = inputs;
        let request = cx.clients().ec2().await?.create_subnet();
        let request = request
            .vpc_id(vpc_id)
            .cidr_block(cidr_block)
            .availability_zone(availability_zone);
        let made = request.send().await.map_err(|error| classify("CreateSubnet", error))?;
        let id = made.subnet.and_then(|subnet| subnet.subnet_id);
        let id = id.ok_or_else(|| Error::bug("CreateSubnet answered no id"))?;
        cx.created(id, State {}, async { Ok(State {}) }).await
    }

    async fn find(cx: &Cx<Aws>, id: &str) -> Result<Option<Inputs>, Error> {
        let found = cx.clients().ec2().await?.describe_subnets().subnet_ids(id).send().await;
        let subnets = match found.map_err(|error| classify("DescribeSubnets", error)) {
            Ok(found) => found.subnets.unwrap_or_default(),
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(subnets.into_iter().next().map(|subnet| Inputs {
            vpc_id: subnet.vpc_id.unwrap_or_default(),
            cidr_block: subnet.cidr_block.unwrap_or_default(),
            availability_zone: subnet.availability_zone.unwrap_or_default(),
        }))
    }

    async fn read(_: &Cx<Aws>, inputs: Inputs, _: Option<Found<Inputs, State>>) -> Result<Found<Inputs, State>, Error> {
        Ok(Found {
            inputs,
            state: State {},
        })
    }

    async fn update(
        _: &Cx<Aws>,
        _: &str,
        _: Inputs,
        _: Update<Inputs, State>,
        _: &Mutex<State>,
    ) -> Result<State, Error> {
        Err(Error::bug("every change of a subnet replaces it"))
    }

    async fn delete(cx: &Cx<Aws>, id: &str, _: Found<Inputs, State>) -> Result<Deleted, Error> {
        let ec2 = cx.clients().ec2().await?;
        let what = format!("the network interfaces in {id} to go");
        let wait = Wait {
            what: &what,
            deadline: cx.deadline(),
        };
        let delete = || async {
            let deleted = ec2.delete_subnet().subnet_id(id).send().await;
            deleted.map(drop).map_err(|error| classify("DeleteSubnet", error))
        };
        match wait::retry(cx, wait, delete, |error| error.kind() == ErrorKind::Busy).await {
            Err(error) if !error.is_not_found() => Err(error),
            _ => Ok(Deleted::Done),
        }
    }
}
