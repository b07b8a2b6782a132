//! The requests that create and update a configuration.

use serde::Deserialize;

use crate::lattice::definition::Definition;
use crate::lattice::tags::Tags;
use crate::lattice::{errors, id_of};
use crate::operation::ServiceError;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Create {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub port_ranges: Vec<String>,
    pub protocol: Option<String>,
    pub resource_gateway_identifier: Option<String>,
    pub resource_configuration_group_identifier: Option<String>,
    pub resource_configuration_definition: Option<Definition>,
    pub allow_association_to_shareable_service_network: Option<bool>,
    pub custom_domain_name: Option<String>,
    pub group_domain: Option<String>,
    pub domain_verification_identifier: Option<String>,
    #[serde(default)]
    pub tags: Tags,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Update {
    pub resource_configuration_identifier: String,
    pub resource_configuration_definition: Option<Definition>,
    pub allow_association_to_shareable_service_network: Option<bool>,
    pub port_ranges: Option<Vec<String>>,
}

impl Create {
    /// Checks the rules between members that the model does not contain (API reference, CreateResourceConfiguration;
    /// docs/aws-behavior.md, Resource configuration).
    pub(super) fn check(&self) -> Result<(), ServiceError> {
        let kind = self.kind.as_str();
        let unexpected = |field: &str| {
            Err(errors::invalid(
                field,
                format!("Unexpected attribute {field} for type {kind}"),
            ))
        };
        let missing = |field: &str| Err(errors::invalid(field, format!("{field} is required for type {kind}")));
        match kind {
            "GROUP" if self.resource_configuration_definition.is_some() => {
                return unexpected("resourceConfigurationDefinition");
            }
            "GROUP" => {}
            _ if self.resource_configuration_definition.is_none() => return missing("resourceConfigurationDefinition"),
            _ => {}
        }
        match kind {
            "CHILD" if self.resource_configuration_group_identifier.is_none() => {
                return missing("resourceConfigurationGroupIdentifier");
            }
            "CHILD" if self.resource_gateway_identifier.is_some() => return unexpected("resourceGatewayIdentifier"),
            "CHILD" => {}
            _ if self.resource_configuration_group_identifier.is_some() => {
                return unexpected("resourceConfigurationGroupIdentifier");
            }
            _ => {}
        }
        match kind {
            "ARN" if !self.port_ranges.is_empty() => return unexpected("portRanges"),
            "SINGLE" | "GROUP" | "CIDR" if self.port_ranges.is_empty() => return missing("portRanges"),
            _ => {}
        }
        if self.protocol.as_deref() == Some("TCP_UDP") && kind != "CIDR" {
            return Err(errors::invalid(
                "protocol",
                format!("Protocol TCP_UDP is not supported for type {kind}"),
            ));
        }
        // TF #46023: "Unexpected attribute customDomainName for type GROUP"; a group has a groupDomain instead.
        if self.custom_domain_name.is_some() && matches!(kind, "GROUP" | "CIDR") {
            return unexpected("customDomainName");
        }
        if self.group_domain.is_some() && kind != "GROUP" {
            return unexpected("groupDomain");
        }
        // The emulator cannot create domain verifications, so none exists.
        match &self.domain_verification_identifier {
            Some(verification) => Err(errors::not_found("DOMAIN_VERIFICATION", id_of(verification))),
            None => Ok(()),
        }
    }
}
