//! Checks the subnets of an interface endpoint or a resource gateway.
//! <https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html>,
//! <https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-gateway.html>

use std::collections::BTreeMap;

use aws_sdk_ec2::types::{Subnet, SubnetCidrBlockStateCode};
use pulumi_provider::resource::check_cx::CheckCx;
use pulumi_provider::resource::findings::{Certainty, Findings};

use super::{Item, place, values};
use crate::aws::{Aws, looks};

/// Availability Zones without resource gateways: those that the user guide lists, and one that other publishers list too. AWS adds
/// zones, so such a zone is only likely to fail.
pub const WITHOUT_GATEWAYS: [&str; 7] = [
    "use1-az3",
    "usw1-az2",
    "apne1-az3",
    "apne2-az2",
    "euw1-az4",
    "cac1-az3",
    "ilc1-az2",
];

/// How many free addresses a subnet should have left: other objects take some while the update is running.
const SPARE: i32 = 5;

/// What is put into the subnets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// An interface endpoint, with one address of each family in each subnet.
    Endpoint,
    /// A resource gateway, with this many IPv4 addresses in each subnet.
    Gateway(i32),
}

/// The subnets that an operation adds, and what they have to offer.
#[derive(Debug)]
pub struct Subnets<'a> {
    /// The subnets into which something is put.
    pub added: Vec<Item>,
    /// Whether the operation sets the address family, which then concerns the other subnets, too.
    pub sets_family: bool,
    /// All subnets of the object, for the rule of one subnet in each zone.
    pub all: Vec<Item>,
    /// The VPC, if it is known.
    pub vpc: Option<&'a str>,
    /// What is put into them.
    pub part: Part,
    /// The address family: `ipv4`, `ipv6` or `dualstack`. Upper case as in VPC Lattice is the same. `None` if it is not known.
    pub family: Option<&'a str>,
    /// Whether an object is there that this one may replace. If it is deleted first, its addresses are free again.
    pub replaces: bool,
}

/// Addresses that the resources of one component take, by subnet.
#[derive(Debug, Default)]
struct Claims(BTreeMap<String, i32>);

/// Returns the subnets that were found, by ID, after checking them.
pub async fn check(cx: &CheckCx<'_, Aws>, subnets: &Subnets<'_>, findings: &mut Findings) -> BTreeMap<String, Subnet> {
    let concerned = if subnets.sets_family {
        &subnets.all
    } else {
        &subnets.added
    };
    if concerned.is_empty() {
        return BTreeMap::new();
    }
    let found = match looks::subnets(cx.clients(), &values(&subnets.all)).await {
        Ok(found) => found,
        Err(error) => {
            cx.not_checked("the subnets", error);
            return BTreeMap::new();
        }
    };
    let account = cx.clients().account().await.ok();
    for item in concerned {
        let Some(subnet) = found.get(&item.value) else {
            let text = format!(
                "there is no subnet {} {}. Check the id, the Region and the account",
                item.value,
                place(cx).await
            );
            findings.add(Certainty::Fails, "subnet-missing", item.path.clone(), text);
            continue;
        };
        let seen = Seen { item, subnet, findings };
        seen.judge(subnets, account);
        if subnets.added.contains(item) {
            free_addresses(cx, item, subnet, subnets, findings);
        }
    }
    one_for_each_zone(subnets, &found, findings);
    found
}

/// One subnet, and where to report what is wrong with it.
struct Seen<'a> {
    item: &'a Item,
    subnet: &'a Subnet,
    findings: &'a mut Findings,
}

impl Seen<'_> {
    fn judge(mut self, subnets: &Subnets<'_>, account: Option<&str>) {
        let id = &self.item.value;
        if let (Some(wanted), Some(actual)) = (subnets.vpc, self.subnet.vpc_id())
            && wanted != actual
        {
            self.fails(
                "subnet-vpc",
                format!("{id} is in {actual}, but `vpcId` is {wanted}. Choose a subnet of {wanted}"),
            );
            // What follows is about a subnet that cannot be used anyway.
            return;
        }
        if let (Some(owner), Some(account)) = (self.subnet.owner_id(), account)
            && owner != account
        {
            let what = match subnets.part {
                Part::Endpoint => "endpoints",
                Part::Gateway(_) => "resource gateways",
            };
            self.fails(
                "subnet-shared",
                format!("{id} belongs to account {owner}, and only that account can create {what} in it"),
            );
        }
        self.family(subnets);
        if let (Part::Gateway(_), Some(zone)) = (subnets.part, self.subnet.availability_zone_id())
            && WITHOUT_GATEWAYS.contains(&zone)
        {
            self.may_fail(
                "subnet-lattice-zone",
                format!("{id} is in Availability Zone {zone}, where VPC Lattice has had no resource gateways. Choose another zone"),
            );
        }
        if self.subnet.outpost_arn().is_some() {
            self.may_fail(
                "subnet-outpost",
                format!("{id} is on an Outpost. Choose a subnet of an Availability Zone"),
            );
        }
    }

    fn family(&mut self, subnets: &Subnets<'_>) {
        let Some(family) = subnets.family.map(str::to_ascii_lowercase) else {
            return;
        };
        let id = &self.item.value;
        let has_ipv4 = self.subnet.ipv6_native() != Some(true);
        let has_ipv6 = self.subnet.ipv6_cidr_block_association_set().iter().any(|block| {
            let state = block.ipv6_cidr_block_state().and_then(|state| state.state());
            matches!(state, None | Some(SubnetCidrBlockStateCode::Associated))
        });
        let wrong = match family.as_str() {
            "ipv4" if !has_ipv4 => format!("{id} has only IPv6 addresses, but `ipAddressType` is `{family}`"),
            "ipv6" if has_ipv4 => {
                format!(
                    "{id} has IPv4 addresses too, but `ipAddressType` `ipv6` needs IPv6-only subnets. Choose `dualstack`"
                )
            }
            "dualstack" if !has_ipv6 => format!("{id} has no IPv6 CIDR block, but `ipAddressType` is `dualstack`"),
            "dualstack" if !has_ipv4 => format!("{id} has only IPv6 addresses, but `ipAddressType` is `dualstack`"),
            _ => return,
        };
        self.fails("subnet-family", wrong);
    }

    fn fails(&mut self, code: &'static str, text: String) {
        self.findings.add(Certainty::Fails, code, self.item.path.clone(), text);
    }

    fn may_fail(&mut self, code: &'static str, text: String) {
        self.findings
            .add(Certainty::MayFail, code, self.item.path.clone(), text);
    }
}

/// Compares the free addresses of a subnet with what this resource needs, and with what all resources of its component need.
fn free_addresses(cx: &CheckCx<'_, Aws>, item: &Item, subnet: &Subnet, subnets: &Subnets<'_>, findings: &mut Findings) {
    let Some(free) = subnet
        .available_ip_address_count()
        .filter(|_| subnet.ipv6_native() != Some(true))
    else {
        return;
    };
    let (needed, way_out) = match subnets.part {
        Part::Endpoint => (
            1,
            "Choose another subnet in the same Availability Zone, or free addresses",
        ),
        Part::Gateway(addresses) => (addresses, "Lower `ipv4AddressesPerEni`, or choose another subnet"),
    };
    let together = cx.shared().with::<Claims, _>(|claims| {
        let claimed = claims.0.entry(item.value.clone()).or_default();
        *claimed += needed;
        *claimed
    });
    let id = &item.value;
    let certain = if subnets.replaces {
        Certainty::MayFail
    } else {
        Certainty::Fails
    };
    let (certainty, text) = if free < needed {
        (
            certain,
            format!("{id} has {free} free addresses, and {needed} are needed. {way_out}"),
        )
    } else if free < together {
        let text = format!(
            "{id} has {free} free addresses, and the component's resources need {together} together. {way_out}"
        );
        (certain, text)
    } else if free < together + SPARE {
        (
            Certainty::MayFail,
            format!("{id} has {free} free addresses, hardly more than the {together} that are needed. {way_out}"),
        )
    } else {
        return;
    };
    findings.add(certainty, "subnet-addresses", item.path.clone(), text);
}

/// An interface endpoint takes one subnet of each zone. Whether a gateway takes more is not documented.
fn one_for_each_zone(subnets: &Subnets<'_>, found: &BTreeMap<String, Subnet>, findings: &mut Findings) {
    let mut by_zone: BTreeMap<&str, &str> = BTreeMap::new();
    for item in &subnets.all {
        let Some(zone) = found.get(&item.value).and_then(Subnet::availability_zone_id) else {
            continue;
        };
        let Some(first) = by_zone.insert(zone, &item.value).filter(|first| *first != item.value) else {
            continue;
        };
        let certainty = match subnets.part {
            Part::Endpoint => Certainty::Fails,
            Part::Gateway(_) => Certainty::MayFail,
        };
        let text = format!(
            "{first} and {} are in the same Availability Zone, {zone}. Keep one of them",
            item.value
        );
        findings.add(certainty, "subnet-zone-twice", item.path.clone(), text);
    }
}
