//! Quotas: how much of each kind an account may have in a Region. A seed of kind `quota` changes one, by its name:
//!
//! | name | code in Service Quotas | default | over it |
//! |---|---|---|---|
//! | `interface-endpoints-per-vpc` | `vpc` L-29B6F2EB | 50 | VpcEndpointLimitExceeded |
//! | `security-groups` | `vpc` L-E79EC296 | 2,500 | SecurityGroupLimitExceeded |
//! | `rules-per-security-group` | `vpc` L-0EA8095F | 60 | RulesPerSecurityGroupLimitExceeded |
//! | `security-groups-per-interface` | `vpc` L-2AFB9258 | 5 | SecurityGroupsPerInterfaceLimitExceeded |
//! | `resource-gateways-per-vpc` | `vpc-lattice` L-0DCA4434 | 500 | ServiceQuotaExceededException (402) |
//! | `resource-configurations` | `vpc-lattice` L-5FF8F9B9 | 2,000 | ServiceQuotaExceededException (402) |
//! | `connections` | `events` L-595D6D42 | 3,000 | LimitExceededException |
//! | `private-connections` | none | 20 | LimitExceededException |
//! | `endpoint-policy-characters` | `vpc` L-3248932A | 20,480, fixed | InvalidPolicyDocument |
//!
//! Defaults: the quota pages of VPC, PrivateLink, VPC Lattice and EventBridge. VPC Lattice's pages say both 100 and 500
//! gateways; Service Quotas says 500.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::accounts::Accounts;
use crate::seeds::place;

/// One quota.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the table above describes the quotas")]
pub enum Quota {
    InterfaceEndpointsPerVpc,
    SecurityGroups,
    RulesPerSecurityGroup,
    SecurityGroupsPerInterface,
    ResourceGatewaysPerVpc,
    ResourceConfigurations,
    Connections,
    PrivateConnections,
    EndpointPolicyCharacters,
}

/// What Service Quotas says of a quota.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// The service that has it.
    pub service: &'static str,
    /// Its code; `None` if Service Quotas does not have it.
    pub code: Option<&'static str>,
    /// Its name there.
    pub title: &'static str,
    /// The value of an account that asked for no other.
    pub default: usize,
    /// Whether an account can have another value.
    pub is_adjustable: bool,
}

impl Quota {
    /// All quotas.
    pub const ALL: [Self; 9] = [
        Self::InterfaceEndpointsPerVpc,
        Self::SecurityGroups,
        Self::RulesPerSecurityGroup,
        Self::SecurityGroupsPerInterface,
        Self::ResourceGatewaysPerVpc,
        Self::ResourceConfigurations,
        Self::Connections,
        Self::PrivateConnections,
        Self::EndpointPolicyCharacters,
    ];

    /// Returns what is known of the quota.
    pub fn facts(self) -> Facts {
        let facts = |service, code, title, default| Facts {
            service,
            code: Some(code),
            title,
            default,
            is_adjustable: true,
        };
        match self {
            Self::InterfaceEndpointsPerVpc => facts("vpc", "L-29B6F2EB", "Interface VPC endpoints per VPC", 50),
            Self::SecurityGroups => facts("vpc", "L-E79EC296", "VPC security groups per Region", 2_500),
            Self::RulesPerSecurityGroup => {
                facts("vpc", "L-0EA8095F", "Inbound or outbound rules per security group", 60)
            }
            Self::SecurityGroupsPerInterface => facts("vpc", "L-2AFB9258", "Security groups per network interface", 5),
            Self::ResourceGatewaysPerVpc => facts("vpc-lattice", "L-0DCA4434", "Resource gateways per VPC", 500),
            Self::ResourceConfigurations => {
                facts("vpc-lattice", "L-5FF8F9B9", "Resource configurations per Region", 2_000)
            }
            Self::Connections => facts("events", "L-595D6D42", "Connections", 3_000),
            Self::PrivateConnections => Facts {
                code: None,
                ..facts("events", "", "Connections (Private)", 20)
            },
            Self::EndpointPolicyCharacters => Facts {
                is_adjustable: false,
                ..facts("vpc", "L-3248932A", "Characters per VPC endpoint policy", 20_480)
            },
        }
    }
}

/// The quotas of one account and Region: those that are not the defaults.
#[derive(Debug, Default)]
pub struct Quotas(BTreeMap<Quota, usize>);

impl Quotas {
    /// Returns the value of a quota.
    pub fn of(&self, quota: Quota) -> usize {
        self.applied(quota).unwrap_or_else(|| quota.facts().default)
    }

    /// Returns the value that the account has instead of the default.
    pub fn applied(&self, quota: Quota) -> Option<usize> {
        self.0.get(&quota).copied()
    }
}

/// A change of one quota.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    region: String,
    account: Option<String>,
    name: Quota,
    value: usize,
}

impl Seed {
    pub(crate) fn apply(self, accounts: &mut Accounts) -> Result<Value, String> {
        if !self.name.facts().is_adjustable {
            return Err("this quota is fixed".to_owned());
        }
        let (account, region) = place(accounts, self.region, self.account)?;
        let quotas = &mut accounts.region_of(&account, &region).quotas;
        quotas.0.insert(self.name, self.value);
        Ok(json!({}))
    }
}
