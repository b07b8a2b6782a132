//! Checks the VPC: that it exists, and what private DNS names need.
//! <https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html>

use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::resource::check_cx::CheckCx;
use pulumi_provider::resource::findings::{Certainty, Findings};

use super::place;
use crate::aws::{Aws, looks};

/// Checks that the VPC exists.
pub async fn exists(cx: &CheckCx<'_, Aws>, vpc: &str, findings: &mut Findings) -> bool {
    match looks::vpcs(cx.clients(), &[vpc.to_owned()]).await {
        Ok(found) if found.is_empty() => {
            let text = format!(
                "there is no VPC {vpc} {}. Check the id, the Region and the account",
                place(cx).await
            );
            findings.add(Certainty::Fails, "vpc-missing", PropertyPath::root().key("vpcId"), text);
            false
        }
        Ok(_) => true,
        Err(error) => {
            cx.not_checked("the VPC", error);
            true
        }
    }
}

/// Checks what private DNS names need: both DNS attributes, and callers that ask AWS's resolver.
pub async fn private_dns(cx: &CheckCx<'_, Aws>, vpc: &str, findings: &mut Findings) {
    let path = || PropertyPath::root().key("privateDnsEnabled");
    match looks::dns_attributes(cx.clients(), vpc).await {
        Ok(Some(attributes)) => {
            let off: Vec<_> = [
                ("enableDnsSupport", attributes.support),
                ("enableDnsHostnames", attributes.hostnames),
            ]
            .into_iter()
            .filter_map(|(name, on)| (!on).then_some(name))
            .collect();
            if !off.is_empty() {
                let (is, it) = if off.len() == 1 { ("is", "it") } else { ("are", "them") };
                let off = off.join(" and ");
                let text = format!("{off} of {vpc} {is} off. Turn {it} on, or set `privateDnsEnabled` to false");
                findings.add(Certainty::Fails, "vpc-dns-attributes", path(), text);
            }
        }
        Ok(None) => {}
        Err(error) => cx.not_checked("the DNS attributes of the VPC", error),
    }
    if let Some(servers) = other_servers(cx, vpc).await {
        let text = format!(
            "the DHCP options of {vpc} name the DNS servers {servers}. Callers find the private name only if these servers forward \
             queries to the VPC's resolver"
        );
        findings.add(Certainty::WorksOtherwise, "vpc-dns-servers", path(), text);
    }
}

/// Checks the DNS servers of a VPC in which a resource gateway resolves names.
pub async fn name_resolution(cx: &CheckCx<'_, Aws>, vpc: &str, findings: &mut Findings) {
    if let Some(servers) = other_servers(cx, vpc).await {
        let text = format!(
            "the DHCP options of {vpc} name the DNS servers {servers}, and `IN_VPC` asks them. They must be reachable from the gateway's \
             subnets and resolve the target's name"
        );
        findings.add(
            Certainty::MayFail,
            "gateway-dns-servers",
            PropertyPath::root().key("dnsResolution"),
            text,
        );
    }
}

/// Returns the DNS servers that the VPC's DHCP options name, unless they are AWS's own.
async fn other_servers(cx: &CheckCx<'_, Aws>, vpc: &str) -> Option<String> {
    let (what, aws) = ("the DHCP options of the VPC", cx.clients());
    let options = match looks::vpcs(aws, &[vpc.to_owned()]).await {
        Ok(found) => found.get(vpc)?.dhcp_options_id()?.to_owned(),
        Err(error) => {
            cx.not_checked("the VPC", error);
            return None;
        }
    };
    // A VPC whose options were removed has the set `default`, which is no object.
    if options == "default" {
        return None;
    }
    let found = match looks::dhcp_options(aws, std::slice::from_ref(&options)).await {
        Ok(found) => found,
        Err(error) => {
            cx.not_checked(what, error);
            return None;
        }
    };
    let servers = found.get(&options)?.dhcp_configurations().iter();
    let servers = servers.filter(|configuration| configuration.key() == Some("domain-name-servers"));
    let servers: Vec<_> = servers
        .flat_map(|configuration| configuration.values())
        .filter_map(|value| value.value())
        .filter(|server| *server != "AmazonProvidedDNS")
        .collect();
    (!servers.is_empty()).then(|| servers.join(", "))
}
