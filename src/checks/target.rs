//! Checks what a resource configuration leads to: that the target exists, and that the resource gateway reaches it.
//!
//! A target is an endpoint of API Gateway ([`endpoint()`]), a host or an address ([`host()`], [`address`]). What only makes calls time
//! out is a warning: something else in the program may open the way.
//! <https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-gateway.html>

mod endpoint;
mod host;
mod load_balancer;
mod ports;
mod reach;
mod routes;

use aws_sdk_vpclattice::types::ResourceGatewaySummary;
use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::resource::check_cx::CheckCx;

pub use self::endpoint::check as endpoint;
pub use self::host::{address, host, is_shown};
pub use self::ports::Ports;
pub use self::routes::table_of;
use crate::aws::{Aws, looks};

/// A resource gateway, as far as it is known.
#[derive(Clone, Debug, Default)]
pub struct Gateway {
    /// The VPC.
    pub vpc: Option<String>,
    /// `IPV4`, `IPV6` or `DUALSTACK`.
    pub family: Option<String>,
    /// The subnets.
    pub subnets: Vec<String>,
    /// The security groups; `None` if they are not known yet, such as groups that are created in the same update.
    pub groups: Option<Vec<String>>,
}

/// How a configuration reaches its target.
#[derive(Clone, Debug)]
pub struct Approach<'a> {
    /// The gateway, if it is known.
    pub gateway: Option<&'a Gateway>,
    /// The ports of the configuration.
    pub ports: Ports,
    /// The input that names the target, such as `ipAddress`.
    pub input: &'static str,
}

impl Approach<'_> {
    fn path(&self) -> PropertyPath {
        PropertyPath::root().key("target").key(self.input)
    }
}

/// Whether AWS shows the target to this account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// It was found and checked.
    Yes,
    /// It was not found. It may be gone, or belong to another account.
    Not,
    /// Nobody but the owner of the host knows its addresses.
    Never,
}

/// Returns the gateway with this ID, or the one of the same component if the ID is not known yet.
pub async fn gateway(cx: &CheckCx<'_, Aws>, id: Option<&str>) -> Option<Gateway> {
    let Some(id) = id else {
        return cx.shared().with::<Option<Gateway>, _>(|gateway| gateway.clone());
    };
    let gateways = match looks::gateways(cx.clients()).await {
        Ok(gateways) => gateways,
        Err(error) => {
            cx.not_checked("the resource gateways", error);
            return None;
        }
    };
    let found = gateways.iter().find(|gateway| gateway.id() == Some(id))?;
    Some(Gateway::of(found))
}

impl Gateway {
    fn of(found: &ResourceGatewaySummary) -> Self {
        Self {
            vpc: found.vpc_identifier().map(str::to_owned),
            family: found.ip_address_type().map(|family| family.as_str().to_owned()),
            subnets: found.subnet_ids().to_vec(),
            groups: Some(found.security_group_ids().to_vec()),
        }
    }
}
