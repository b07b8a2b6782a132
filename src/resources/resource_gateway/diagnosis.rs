//! Says what to look for after a resource gateway failed, because AWS gives no reason. The checks of a preview look for the likely
//! causes ([`preview_checks`](super::preview_checks)).

use pulumi_provider::error::{Error, ErrorKind};

use super::Live;
use crate::resources::lattice::Shown;

/// Returns the error for CREATE_FAILED.
pub(super) fn create_failed(gateway: &Live) -> Error {
    let id = gateway.id().unwrap_or_default();
    Error::new(
        ErrorKind::Failed,
        format!("resource gateway {id} is CREATE_FAILED; AWS gives no reason"),
    )
    .advise_otherwise(
        "Look for subnets without enough free addresses (each subnet needs `ipv4AddressesPerEni`, 16 by default), an Availability Zone \
         without VPC Lattice, and a missing permission to create the service-linked role (iam:CreateServiceLinkedRole for \
         vpc-lattice.amazonaws.com)",
    )
    .besides("The next `pulumi up` replaces it")
}

/// Returns the error for UPDATE_FAILED.
pub(super) fn update_failed(gateway: &Live) -> Error {
    let id = gateway.id().unwrap_or_default();
    let status = Shown::status(gateway);
    Error::new(
        ErrorKind::Failed,
        format!("resource gateway {id} is {status}; AWS gives no reason"),
    )
    .advise("Check that the gateway has at most five security groups, and that they exist and belong to its VPC, then run `pulumi up` again")
}
