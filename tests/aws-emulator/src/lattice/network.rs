//! A gateway's place in EC2. EC2 has no VPCs here yet: identifiers are taken as they are given.

use super::gateway::Gateway;
use crate::ec2::Ec2;
use crate::operation::{CallCx, ServiceError};
use crate::world::World;

pub(super) fn check_subnets(_: &Ec2, _: &str, _: &[String], _: &str) -> Result<(), ServiceError> {
    Ok(())
}

pub(super) fn groups(_: &Ec2, _: &str, given: &[String]) -> Result<Vec<String>, ServiceError> {
    Ok(given.to_vec())
}

pub(super) fn attach(_: &mut World, _: &CallCx, gateway: &Gateway) -> bool {
    gateway.security_group_ids().len() <= 5
}

pub(super) fn regroup(_: &mut Ec2, _: &str, _: &[String]) {}

pub(super) fn detach(_: &mut Ec2, _: &str) {}

#[cfg(test)]
pub(super) fn default_vpc(_: &Ec2) -> (String, Vec<String>) {
    (
        "vpc-00000000000000001".to_owned(),
        vec!["subnet-00000000000000001".to_owned()],
    )
}
