//! Objects that exist in AWS before any program runs: the default VPC, a second one with IPv6, and prefix lists.

use crate::emulator::Emulator;

/// The ids of these objects and their names in the rows.
pub(super) struct Places(Vec<(&'static str, String)>);

impl Places {
    /// Creates the objects that a new account does not have.
    pub(super) fn make(aws: &Emulator) -> Self {
        let (vpc, subnets) = aws.default_vpc();
        let made = aws.ec2("CreateVpc", "&CidrBlock=10.99.0.0/16&AmazonProvidedIpv6CidrBlock=true");
        let (vpc2, block) = (element(&made, "vpcId"), element(&made, "ipv6CidrBlock"));
        for attribute in ["EnableDnsSupport", "EnableDnsHostnames"] {
            aws.ec2("ModifyVpcAttribute", &format!("&VpcId={vpc2}&{attribute}.Value=true"));
        }
        let subnet = |number: u8, zone: &str| {
            let v6 = block.replace("00::/56", &format!("0{number}::/64"));
            let made = aws.ec2(
                "CreateSubnet",
                &format!(
                    "&VpcId={vpc2}&CidrBlock=10.99.{number}.0/24&Ipv6CidrBlock={v6}&AvailabilityZone=eu-west-1{zone}"
                ),
            );
            element(&made, "subnetId")
        };
        let list = |name: &str| {
            let made = aws.ec2(
                "CreateManagedPrefixList",
                &format!("&PrefixListName={name}&AddressFamily=IPv4&MaxEntries=1"),
            );
            element(&made, "prefixListId")
        };
        Self(vec![
            ("@list1", list("one")),
            ("@list2", list("two")),
            ("@a2", subnet(1, "a")),
            ("@b2", subnet(2, "b")),
            ("@net6", block.replace("00::/56", "01")),
            ("@block6", block),
            ("@vpc2", vpc2),
            ("@a", subnets[0].clone()),
            ("@b", subnets[1].clone()),
            ("@vpc", vpc),
        ])
    }

    /// Removes the objects that [`Self::make`] created.
    pub(super) fn remove(&self, aws: &Emulator) {
        for (name, id) in &self.0 {
            match *name {
                "@list1" | "@list2" => drop(aws.ec2("DeleteManagedPrefixList", &format!("&PrefixListId={id}"))),
                "@a2" | "@b2" => drop(aws.ec2("DeleteSubnet", &format!("&SubnetId={id}"))),
                "@vpc2" => drop(aws.ec2("DeleteVpc", &format!("&VpcId={id}"))),
                _ => {}
            }
        }
    }

    /// Returns the text with ids in place of names.
    pub(super) fn resolve(&self, text: &str) -> String {
        // `@a2` precedes `@a` in the list, because `@a` would match the beginning of `@a2`.
        self.0
            .iter()
            .fold(text.to_owned(), |text, (name, id)| text.replace(name, id))
    }
}

/// Returns the text of the first element with this name.
pub(super) fn element(xml: &str, name: &str) -> String {
    let from = xml
        .split_once(&format!("<{name}>"))
        .unwrap_or_else(|| panic!("no {name} in {xml}"));
    from.1.split('<').next().unwrap_or_default().to_owned()
}
