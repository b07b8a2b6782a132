//! Checks that no private hosted zone of the VPC has the private DNS name of an endpoint.
//! <https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html>
//!
//! `ListHostedZonesByVPC` does not show zones that reach the VPC through a Route 53 Profile.

use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::resource::check_cx::CheckCx;
use pulumi_provider::resource::findings::{Certainty, Findings};

use crate::aws::Aws;
use crate::aws::looks::{self, Zone};

/// Checks the zones of the VPC. Ask only if no endpoint of the VPC has the name: the zone that PrivateLink makes for it is none of
/// the user's.
pub async fn check(cx: &CheckCx<'_, Aws>, vpc: &str, service_name: &str, findings: &mut Findings) {
    let services = looks::services(cx.clients(), &[service_name.to_owned()])
        .await
        .unwrap_or_default();
    // That the services cannot be read, or have no such service, is said where they are checked.
    let Some(service) = services.get(service_name) else {
        return;
    };
    let more = service
        .private_dns_names()
        .iter()
        .filter_map(|name| name.private_dns_name());
    let mut names: Vec<String> = service
        .private_dns_name()
        .into_iter()
        .chain(more)
        .map(|name| name.trim_end_matches('.').to_ascii_lowercase())
        .collect();
    names.sort();
    names.dedup();
    if names.is_empty() {
        return;
    }
    let zones = match looks::hosted_zones(cx.clients(), vpc).await {
        Ok(zones) => zones,
        Err(error) => return cx.not_checked("the hosted zones of the VPC", error),
    };
    for zone in &zones {
        for name in &names {
            compare(zone, name, vpc, findings);
        }
    }
}

/// Compares a zone with a private name. A name `*.a` stands for all names below `a`, and its zone is `a`.
fn compare(zone: &Zone, name: &str, vpc: &str, findings: &mut Findings) {
    let domain = name.strip_prefix("*.").unwrap_or(name);
    let owner = match (&zone.account, &zone.service) {
        (Some(account), _) => format!(" of account {account}"),
        (None, Some(service)) => format!(" of {service}"),
        (None, None) => String::new(),
    };
    let Zone { id, name: held, .. } = zone;
    let advice = format!("Disassociate the zone from {vpc}, or set `privateDnsEnabled` to false");
    let (certainty, text) = if held == domain {
        // What a zone of a service, such as one that AWS is about to remove, means for a new endpoint is not documented.
        let certainty = if zone.account.is_some() {
            Certainty::Fails
        } else {
            Certainty::MayFail
        };
        let text = format!("the private hosted zone {id}{owner} has the name {held} in {vpc}. {advice}");
        (certainty, text)
    } else if name != domain && held.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')) {
        // The longest name wins.
        let text = format!(
            "the private hosted zone {id}{owner} answers for {held} in {vpc}, so callers do not reach the endpoint by names in it. {advice}"
        );
        (Certainty::WorksOtherwise, text)
    } else {
        return;
    };
    let path = PropertyPath::root().key("privateDnsEnabled");
    findings.add(certainty, "private-name-zone", path, text);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(zone: &str, name: &str) -> Option<Certainty> {
        let zone = Zone {
            id: "Z1".to_owned(),
            name: zone.to_owned(),
            account: Some("123456789012".to_owned()),
            service: None,
        };
        let mut findings = Findings::default();
        compare(&zone, name, "vpc-1", &mut findings);
        findings.iter().next().map(|finding| finding.certainty)
    }

    #[test]
    fn only_the_same_name_or_one_below_a_wildcard_counts() {
        let (exact, wildcard) = (
            "states.eu-west-1.amazonaws.com",
            "*.execute-api.eu-west-1.amazonaws.com",
        );
        assert_eq!(found("states.eu-west-1.amazonaws.com", exact), Some(Certainty::Fails));
        assert_eq!(
            found("execute-api.eu-west-1.amazonaws.com", wildcard),
            Some(Certainty::Fails)
        );
        assert_eq!(
            found("abc.execute-api.eu-west-1.amazonaws.com", wildcard),
            Some(Certainty::WorksOtherwise)
        );
        for (zone, name) in [
            // The endpoint's zone is the longer name, and wins.
            ("eu-west-1.amazonaws.com", exact),
            ("amazonaws.com", wildcard),
            // Nobody calls a name below this one.
            ("a.states.eu-west-1.amazonaws.com", exact),
            ("sync-states.eu-west-1.amazonaws.com", exact),
            ("my-execute-api.eu-west-1.amazonaws.com", wildcard),
        ] {
            assert_eq!(found(zone, name), None, "{zone} {name}");
        }
    }
}
