//! A VPC in which interface endpoints can have private DNS.

use aws_sdk_ec2::types::AttributeBooleanValue;
use std::sync::Mutex;

use private_step_functions::aws::Aws;
use private_step_functions::aws::error::classify;
use pulumi_provider::error::{Error, Failed};
use pulumi_provider::resource::context::{Created, Cx};
use pulumi_provider::resource::{Deleted, Found, Identity, Resource, Update};
use serde::{Deserialize, Serialize};

pub(crate) struct Vpc;

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Inputs {
    cidr_block: String,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct State {}

impl Resource for Vpc {
    type Clients = Aws;
    type Inputs = Inputs;
    type State = State;
    type Live = Inputs;

    const TOKEN: &'static str = "testnet:index:Vpc";
    const NOUN: &'static str = "VPC";
    const IDENTITY: Identity = Identity::Id;

    async fn create(cx: &Cx<Aws>, inputs: Inputs) -> Result<Created<State>, Failed<State>> {
        let ec2 = cx.clients().ec2().await?;
        let made = ec2.create_vpc().cidr_block(inputs.cidr_block).send().await;
        let made = made.map_err(|error| classify("CreateVpc", error))?;
        let id = made
            .vpc
            .and_then(|vpc| vpc.vpc_id)
            .ok_or_else(|| Error::bug("CreateVpc answered no id"))?;
        let finish = async {
            // Two calls: ModifyVpcAttribute takes one attribute at a time.
            let yes = AttributeBooleanValue::builder().value(true).build();
            let change = || ec2.modify_vpc_attribute().vpc_id(&id);
            let failed = |error| classify("ModifyVpcAttribute", error);
            change().enable_dns_support(yes.clone()).send().await.map_err(failed)?;
            change().enable_dns_hostnames(yes).send().await.map_err(failed)?;
            Ok(State {})
        };
        cx.created(&id, State {}, finish).await
    }

    async fn find(cx: &Cx<Aws>, id: &str) -> Result<Option<Inputs>, Error> {
        let found = cx.clients().ec2().await?.describe_vpcs().vpc_ids(id).send().await;
        let vpcs = match found.map_err(|error| classify("DescribeVpcs", error)) {
            Ok(found) => found.vpcs.unwrap_or_default(),
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error),
        };
        let vpc = vpcs.into_iter().next();
        Ok(vpc
            .and_then(|vpc| vpc.cidr_block)
            .map(|cidr_block| Inputs { cidr_block }))
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
        Err(Error::bug("every change of a VPC replaces it"))
    }

    async fn delete(cx: &Cx<Aws>, id: &str, _: Found<Inputs, State>) -> Result<Deleted, Error> {
        let deleted = cx.clients().ec2().await?.delete_vpc().vpc_id(id).send().await;
        match deleted.map_err(|error| classify("DeleteVpc", error)) {
            Err(error) if !error.is_not_found() => Err(error),
            _ => Ok(Deleted::Done),
        }
    }
}
