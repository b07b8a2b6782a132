//! The target of a resource configuration, and AWS's rules for it. Pure functions without clock and state.
//!
//! Facts: VPC Lattice API reference, `CreateResourceConfiguration` and `ResourceConfigurationDefinition`; user guide,
//! "Resource configurations in VPC Lattice"; docs/aws-behavior.md, Resource configuration.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// The union `ResourceConfigurationDefinition`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Definition {
    /// A domain name that Lattice resolves.
    #[serde(rename = "dnsResource")]
    Dns(DnsResource),
    /// One private address.
    #[serde(rename = "ipResource")]
    Ip(IpResource),
    /// An AWS resource, such as an RDS cluster.
    #[serde(rename = "arnResource")]
    Arn(ArnResource),
    /// A network segment.
    #[serde(rename = "cidrResource")]
    Cidr(CidrResource),
}

/// A domain name, and the family of its addresses to use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DnsResource {
    /// The name. The model marks no member as required, but the service requires it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain_name: Option<String>,
    /// `IPV4` or `IPV6`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_address_type: Option<String>,
}

/// A private address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct IpResource {
    /// The address, as given.
    #[serde(default)]
    pub ip_address: String,
}

/// An AWS resource by ARN.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ArnResource {
    /// The ARN.
    #[serde(default)]
    pub arn: String,
}

/// A network segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CidrResource {
    /// One to ten CIDR ranges.
    #[serde(default)]
    pub cidr_ranges: Vec<String>,
}

/// A violated rule: the member of the request and the error message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    /// The member of the request.
    pub field: &'static str,
    /// The error message.
    pub message: String,
}

impl Broken {
    pub(super) fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self {
            field,
            message: message.into(),
        }
    }
}

const DEFINITION: &str = "resourceConfigurationDefinition";

impl Definition {
    /// Checks the definition against the configuration's type and returns it in the form that AWS returns.
    ///
    /// `gateway_type` is the address type of the gateway. A domain name without a family takes its family.
    ///
    /// # Errors
    /// The member that violates a rule.
    pub(super) fn checked(self, kind: &str, gateway_type: &str) -> Result<Self, Broken> {
        match (kind, self) {
            ("SINGLE" | "CHILD", Self::Dns(dns)) => Ok(Self::Dns(dns.checked(gateway_type)?)),
            ("SINGLE" | "CHILD", Self::Ip(ip)) => Ok(Self::Ip(ip.checked()?)),
            ("ARN", Self::Arn(arn)) if !arn.arn.is_empty() => Ok(Self::Arn(arn)),
            ("CIDR", Self::Cidr(cidr)) => Ok(Self::Cidr(cidr.checked()?)),
            // TF #46023 shows this wording for an attribute that does not fit the type.
            (_, other) => Err(Broken::new(
                DEFINITION,
                format!("Unexpected attribute {} for type {kind}", other.member()),
            )),
        }
    }

    fn member(&self) -> &'static str {
        match self {
            Self::Dns(_) => "dnsResource",
            Self::Ip(_) => "ipResource",
            Self::Arn(_) => "arnResource",
            Self::Cidr(_) => "cidrResource",
        }
    }

    /// Returns the definition after UpdateResourceConfiguration requested `new`.
    ///
    /// Only the address inside an ipResource (and the ranges of a CIDR) changes in place. DNS and ARN definitions never
    /// change, nor does the kind of definition (docs/aws-behavior.md, Resource configuration).
    ///
    /// # Errors
    /// The rejection.
    pub(super) fn updated(&self, new: Self) -> Result<Self, Broken> {
        match (self, new) {
            (Self::Ip(_), Self::Ip(ip)) => Ok(Self::Ip(ip.checked()?)),
            (Self::Cidr(_), Self::Cidr(cidr)) => Ok(Self::Cidr(cidr.checked()?)),
            (Self::Ip(_) | Self::Cidr(_), _) => Err(Broken::new(
                DEFINITION,
                "The kind of a resource configuration definition cannot be changed",
            )),
            (Self::Dns(_) | Self::Arn(_), _) => Err(Broken::new(
                DEFINITION,
                "You cannot modify the resource configuration definition of a DNS or ARN resource configuration",
            )),
        }
    }

    /// Returns the domain name, if the target is one.
    pub(super) fn domain_name(&self) -> Option<&str> {
        match self {
            Self::Dns(dns) => dns.domain_name.as_deref(),
            _ => None,
        }
    }
}

impl DnsResource {
    fn checked(self, gateway_type: &str) -> Result<Self, Broken> {
        let given = self
            .domain_name
            .ok_or_else(|| Broken::new(DEFINITION, "dnsResource needs a domainName"))?;
        // AWS compares and returns the name in lower case and without the root dot (docs/aws-behavior.md, Resource
        // configuration, drift).
        let name = given.strip_suffix('.').unwrap_or(&given).to_ascii_lowercase();
        if !is_domain_name(&name) {
            return Err(Broken::new(DEFINITION, format!("Invalid domain name: {given}")));
        }
        let family = match self.ip_address_type.as_deref() {
            // "Dualstack is currently not supported" (API reference, DnsResource).
            Some("DUALSTACK") => {
                return Err(Broken::new(
                    DEFINITION,
                    "ipAddressType DUALSTACK is not supported for dnsResource",
                ));
            }
            // A target must share a family with its gateway (API reference, CreateResourceGateway, ipAddressType).
            Some(family) if gateway_type != "DUALSTACK" && family != gateway_type => {
                return Err(Broken::new(
                    DEFINITION,
                    format!("ipAddressType {family} does not fit the resource gateway's {gateway_type}"),
                ));
            }
            Some(family) => family.to_owned(),
            None if gateway_type == "IPV6" => "IPV6".to_owned(),
            None => "IPV4".to_owned(),
        };
        Ok(Self {
            domain_name: Some(name),
            ip_address_type: Some(family),
        })
    }
}

fn is_domain_name(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.parse::<IpAddr>().is_err() && name.contains('.') && name.split('.').all(label)
}

impl IpResource {
    /// Checks that the address is private: 10/8, 100.64/10, 172.16/12, 192.168/16 (user guide, resource configurations), or
    /// IPv6 ULA and the VPC's own global addresses.
    fn checked(self) -> Result<Self, Broken> {
        let refuse = || Broken::new(DEFINITION, format!("{} is not a private IP address", self.ip_address));
        let private = match self.ip_address.parse::<IpAddr>() {
            Ok(IpAddr::V4(v4)) => v4.is_private() || (v4.octets()[0] == 100 && v4.octets()[1] & 0xc0 == 64),
            Ok(IpAddr::V6(v6)) => !v6.is_loopback() && !v6.is_multicast() && !v6.is_unicast_link_local(),
            Err(_) => false,
        };
        if private { Ok(self) } else { Err(refuse()) }
    }
}

impl CidrResource {
    /// Rejects reserved ranges (API reference, ResourceConfigurationDefinition, cidrResource).
    fn checked(self) -> Result<Self, Broken> {
        const RESERVED: [&str; 5] = [
            "169.254.0.0/16",
            "100.64.0.0/10",
            "224.0.0.0/4",
            "fe80::/10",
            "ff00::/8",
        ];
        for range in &self.cidr_ranges {
            let net: ipnet::IpNet = range
                .parse()
                .map_err(|_| Broken::new(DEFINITION, format!("Invalid CIDR range: {range}")))?;
            let everything = net.prefix_len() == 0;
            if everything && self.cidr_ranges.len() > 1 {
                return Err(Broken::new(DEFINITION, format!("{range} must be the only range")));
            }
            let reserved = |r: &&str| r.parse::<ipnet::IpNet>().is_ok_and(|r| r.contains(&net));
            if !everything && RESERVED.iter().any(reserved) {
                return Err(Broken::new(DEFINITION, format!("{range} is a reserved range")));
            }
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dns(name: &str, family: Option<&str>) -> Definition {
        Definition::Dns(DnsResource {
            domain_name: Some(name.to_owned()),
            ip_address_type: family.map(str::to_owned),
        })
    }

    fn ip(address: &str) -> Definition {
        Definition::Ip(IpResource {
            ip_address: address.to_owned(),
        })
    }

    #[test]
    fn a_domain_name_is_normalized_and_gets_the_gateways_family() {
        assert_eq!(
            dns("API.Example.com.", None).checked("SINGLE", "IPV4"),
            Ok(dns("api.example.com", Some("IPV4")))
        );
        assert_eq!(
            dns("api.example.com", None).checked("SINGLE", "IPV6"),
            Ok(dns("api.example.com", Some("IPV6")))
        );
        assert_eq!(
            dns("api.example.com", None).checked("SINGLE", "DUALSTACK"),
            Ok(dns("api.example.com", Some("IPV4")))
        );
    }

    #[test]
    fn invalid_domain_names_are_refused() {
        for wrong in ["localhost", "10.0.0.1", "a..b.com", "-a.example.com", "a b.example.com"] {
            assert!(dns(wrong, None).checked("SINGLE", "IPV4").is_err(), "{wrong}");
        }
        assert!(
            dns("a.example.com", Some("DUALSTACK"))
                .checked("SINGLE", "DUALSTACK")
                .is_err()
        );
        assert!(dns("a.example.com", Some("IPV6")).checked("SINGLE", "IPV4").is_err());
    }

    #[test]
    fn only_private_addresses_are_targets() {
        for fine in ["10.1.2.3", "172.16.0.9", "192.168.1.1", "100.64.3.4", "fd00::1"] {
            assert!(ip(fine).checked("SINGLE", "IPV4").is_ok(), "{fine}");
        }
        for wrong in ["8.8.8.8", "127.0.0.1", "100.128.0.1", "fe80::1", "nonsense"] {
            assert!(ip(wrong).checked("SINGLE", "IPV4").is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_definition_must_fit_the_type_of_its_configuration() {
        let message = ip("10.0.0.1").checked("GROUP", "IPV4").unwrap_err().message;
        assert_eq!(message, "Unexpected attribute ipResource for type GROUP");
        assert!(ip("10.0.0.1").checked("ARN", "IPV4").is_err());
    }

    #[test]
    fn only_an_address_changes_in_place() {
        assert_eq!(ip("10.0.0.1").updated(ip("10.0.0.2")), Ok(ip("10.0.0.2")));
        let refused = dns("a.example.com", None)
            .updated(dns("b.example.com", None))
            .unwrap_err();
        assert!(refused.message.contains("cannot modify") && refused.message.contains("DNS or ARN"));
        assert!(ip("10.0.0.1").updated(dns("b.example.com", None)).is_err());
    }

    #[test]
    fn a_definition_survives_conversion_to_json() {
        let json = serde_json::json!({"dnsResource": {"domainName": "a.example.com", "ipAddressType": "IPV4"}});
        let read: Definition = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(read, dns("a.example.com", Some("IPV4")));
        assert_eq!(serde_json::to_value(read).unwrap(), json);
    }
}
