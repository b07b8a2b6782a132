//! A subnet.

use private_step_functions::aws::Aws;
use private_step_functions::aws::error::classify;
use private_step_functions::aws::wait::{self, Wait};
use private_step_functions::cx::{Created, Cx};
use private_step_functions::error::{Error, Failed, Kind};
use private_step_functions::resource::{Found, Resource};
use serde::{Deserialize, Serialize};

pub(crate) struct Subnet;

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Inputs {
    vpc_id: String,
    cidr_block: String,
    availability_zone: String,
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct State {}

impl Resource for Subnet {
    type Clients = Aws;
    type Inputs = Inputs;
    type State = State;

    const TOKEN: &'static str = "testnet:index:Subnet";

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

    async fn read(
        cx: &Cx<Aws>,
        id: &str,
        _: Option<Found<Inputs, State>>,
    ) -> Result<Option<Found<Inputs, State>>, Error> {
        let found = cx.clients().ec2().await?.describe_subnets().subnet_ids(id).send().await;
        let subnets = match found.map_err(|error| classify("DescribeSubnets", error)) {
            Ok(found) => found.subnets.unwrap_or_default(),
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(subnets.into_iter().next().map(|subnet| Found {
            inputs: Inputs {
                vpc_id: subnet.vpc_id.unwrap_or_default(),
                cidr_block: subnet.cidr_block.unwrap_or_default(),
                availability_zone: subnet.availability_zone.unwrap_or_default(),
            },
            state: State {},
        }))
    }

    async fn update(_: &Cx<Aws>, _: &str, _: Found<Inputs, State>, _: Inputs) -> Result<State, Error> {
        Err(Error::bug("every change of a subnet replaces it"))
    }

    async fn delete(cx: &Cx<Aws>, id: &str, _: Found<Inputs, State>) -> Result<(), Error> {
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
        match wait::retry(cx, wait, delete, |error| error.kind() == Kind::Busy).await {
            Err(error) if !error.is_not_found() => Err(error),
            _ => Ok(()),
        }
    }
}
