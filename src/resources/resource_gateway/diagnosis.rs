//! Looks for likely causes of a failed resource gateway, because AWS gives no reason.

use aws_sdk_ec2::types::Subnet;
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::resource::context::Cx;

use super::Live;
use crate::arn::Arn;
use crate::aws::Aws;
use crate::aws::error::classify;
use crate::resources::lattice::Shown;

/// Availability Zones without resource gateways
/// (<https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-gateway.html>, considerations).
const WITHOUT_GATEWAYS: [&str; 7] = [
    "use1-az3",
    "usw1-az2",
    "apne1-az3",
    "apne2-az2",
    "euw1-az4",
    "cac1-az3",
    "ilc1-az2",
];

/// Returns the error for CREATE_FAILED. It names likely causes that it finds in the subnets. If it finds none, or cannot read the
/// subnets, it names what to check.
pub(super) async fn create_failed(cx: &Cx<Aws>, gateway: &Live) -> Error {
    let id = gateway.id().unwrap_or_default();
    let failed = Error::new(
        ErrorKind::Failed,
        format!("resource gateway {id} is CREATE_FAILED; AWS gives no reason"),
    );
    let causes = match subnets(cx, gateway.subnet_ids()).await {
        Ok(subnets) => subnets.iter().flat_map(|subnet| causes(gateway, subnet)).collect(),
        Err(_) => Vec::new(),
    };
    let failed = if causes.is_empty() {
        failed.advise(
            "Look for subnets without enough free addresses (each subnet needs `ipv4AddressesPerEni`, 16 by default), an \
             Availability Zone without VPC Lattice, and a missing permission to create the service-linked role \
             (iam:CreateServiceLinkedRole for vpc-lattice.amazonaws.com)",
        )
    } else {
        failed.advise(format!("The likely cause: {}", causes.join("; ")))
    };
    failed.advise("The next `pulumi up` replaces it")
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

async fn subnets(cx: &Cx<Aws>, ids: &[String]) -> Result<Vec<Subnet>, Error> {
    let client = cx.clients().ec2().await?;
    let answer = client
        .describe_subnets()
        .set_subnet_ids(Some(ids.to_vec()))
        .send()
        .await;
    answer
        .map(|answer| answer.subnets.unwrap_or_default())
        .map_err(|error| classify("DescribeSubnets", error))
}

fn causes(gateway: &Live, subnet: &Subnet) -> Vec<String> {
    let mut found = Vec::new();
    let id = subnet.subnet_id().unwrap_or_default();
    let free = subnet.available_ip_address_count().unwrap_or(i32::MAX);
    let kind = gateway.ip_address_type().map(|kind| kind.as_str()).unwrap_or("IPV4");
    let per_interface = gateway.ipv4_addresses_per_eni().unwrap_or(16);
    if kind != "IPV6" && free < per_interface {
        found.push(format!(
            "{id} has {free} free addresses, and the network interface takes {per_interface}: choose a smaller \
             `ipv4AddressesPerEni` or another subnet"
        ));
    }
    if kind != "IPV4" && subnet.ipv6_cidr_block_association_set().is_empty() {
        found.push(format!("{id} has no IPv6 block, and the gateway is {kind}"));
    }
    if let Some(zone) = subnet
        .availability_zone_id()
        .filter(|zone| WITHOUT_GATEWAYS.contains(zone))
    {
        found.push(format!(
            "{id} is in Availability Zone {zone}, which has no resource gateways"
        ));
    }
    let account = gateway.arn().and_then(Arn::parse).map(|arn| arn.account);
    if let (Some(owner), Some(account)) = (subnet.owner_id(), account)
        && owner != account
    {
        found.push(format!(
            "{id} is shared by account {owner}, and only the owner can make gateways in a subnet"
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::builders::SubnetBuilder;
    use aws_sdk_vpclattice::types::ResourceGatewayIpAddressType;

    use super::*;

    #[test]
    fn likely_causes_of_a_failure_are_named() {
        let gateway = |kind: &str| {
            let gateway = Live::builder().arn("arn:aws:vpc-lattice:eu-west-1:111111111111:resourcegateway/rgw-1");
            gateway
                .ip_address_type(ResourceGatewayIpAddressType::from(kind))
                .build()
        };
        let subnet = || {
            let subnet = Subnet::builder().subnet_id("subnet-1").owner_id("111111111111");
            subnet.available_ip_address_count(16).availability_zone_id("euw1-az1")
        };
        let seen = |kind: &str, subnet: SubnetBuilder| causes(&gateway(kind), &subnet.build()).join("; ");
        assert_eq!(seen("IPV4", subnet()), "");
        for (kind, subnet, expected) in [
            ("IPV4", subnet().available_ip_address_count(15), "15 free addresses"),
            ("IPV4", subnet().availability_zone_id("euw1-az4"), "zone euw1-az4"),
            (
                "IPV4",
                subnet().owner_id("222222222222"),
                "shared by account 222222222222",
            ),
            ("DUALSTACK", subnet(), "no IPv6 block"),
        ] {
            let text = seen(kind, subnet).replace("Availability Zone", "zone");
            assert!(text.starts_with("subnet-1 ") && text.contains(expected), "{text}");
        }
        let none_free = subnet().available_ip_address_count(0);
        assert!(
            !seen("IPV6", none_free).contains("addresses"),
            "an IPv6 gateway takes none"
        );
    }
}
