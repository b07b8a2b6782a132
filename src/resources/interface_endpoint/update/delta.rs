//! The differences between a live endpoint and the wanted one: what an update sends.

use std::collections::BTreeSet;

use aws_sdk_ec2::types::VpcEndpoint as Live;
use pulumi_provider::error::Error;
use pulumi_provider::resource::Found;
use pulumi_provider::resource::context::Cx;
use pulumi_provider::resource::three_way::Bases;

use super::super::addresses::{self, Addresses, SubnetConfiguration};
use super::super::answer::{group_ids, live_policy};
use super::super::{Inputs, State, service};
use crate::aws::Aws;
use crate::iam_policy;

/// The wanted endpoint, and what an update starts from.
#[derive(Debug)]
pub(super) struct UpdateTarget<'a> {
    bases: &'a Bases,
    pub(super) recorded: &'a Found<Inputs, State>,
    pub(super) wanted: &'a Inputs,
    pub(super) service_name: String,
}

impl<'a> UpdateTarget<'a> {
    pub(super) async fn new(
        cx: &Cx<Aws>,
        recorded: &'a Found<Inputs, State>,
        wanted: &'a Inputs,
        bases: &'a Bases,
    ) -> Result<Self, Error> {
        Ok(Self {
            service_name: service::full_name(cx.clients().region().await?, &wanted.service),
            bases,
            recorded,
            wanted,
        })
    }

    /// Reads the live addresses, if the program fixes any.
    pub(super) async fn addresses(&self, cx: &Cx<Aws>, live: &Live) -> Result<Addresses, Error> {
        match &self.wanted.subnet_configurations {
            Some(_) => addresses::read(cx, live).await,
            None => Ok(Addresses::new()),
        }
    }

    /// Returns the fixed addresses that differ from the live ones.
    fn fixed(&self, live: &Addresses) -> Vec<SubnetConfiguration> {
        let base = self.bases.at("subnetConfigurations");
        let recorded = &self.recorded.inputs.subnet_configurations;
        let recorded = recorded
            .as_deref()
            .or(self.recorded.state.subnet_configurations.as_deref());
        let entries = self.wanted.subnet_configurations.iter().flatten().filter_map(|new| {
            let (live, old) = (live.get(&new.subnet_id), addresses::of_subnet(recorded, &new.subnet_id));
            let same = |one: &Option<&SubnetConfiguration>, other: &Option<&SubnetConfiguration>| match (one, other) {
                (Some(one), Some(other)) => one.same(other),
                (one, other) => one.is_none() && other.is_none(),
            };
            let new = Some(new);
            let wanted = base.value(&live, &old, &new, same);
            (!same(wanted, &live)).then(|| wanted.cloned()).flatten()
        });
        entries.collect()
    }

    pub(super) fn delta(&self, live: &Live, addresses: &Addresses) -> Delta {
        let (old, new) = (&self.recorded.inputs, self.wanted);
        let base = |path| self.bases.at(path);
        let set = |ids: &[String]| ids.iter().cloned().collect::<BTreeSet<_>>();
        let subnets = set(live.subnet_ids());
        let wanted_subnets = base("subnetIds").set(&subnets, &set(&old.subnet_ids), &set(&new.subnet_ids));
        let groups = set(&group_ids(live));
        let wanted_groups = match &new.security_group_ids {
            // Not set, or no longer set: the preview shows no change, so the update makes none.
            None => groups.clone(),
            Some(new) => {
                // Groups that AWS chose are recorded in the state. The wanted groups replace them.
                let old = old
                    .security_group_ids
                    .as_ref()
                    .or(self.recorded.state.security_group_ids.as_ref());
                base("securityGroupIds").set(&groups, &set(old.map_or(&[], Vec::as_slice)), &set(new))
            }
        };
        // `ResetPolicy` is documented for gateway endpoints only, so an absent policy is sent as AWS's policy for full access.
        let policy = |inputs: &Inputs| inputs.policy.clone().unwrap_or_else(iam_policy::full_access);
        let live_policy = live_policy(live);
        let (old_policy, new_policy) = (policy(old), policy(new));
        let wanted_policy = base("policy").value(&live_policy, &old_policy, &new_policy, iam_policy::equivalent);
        let kind = |path, old: &Option<String>, new: &Option<String>, live: Option<&str>| {
            let new = new.as_deref()?;
            let same = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
            let wanted = base(path).value(live.unwrap_or_default(), old.as_deref().unwrap_or_default(), new, same);
            (!same(wanted, live.unwrap_or_default())).then(|| wanted.to_owned())
        };
        let record_type = live
            .dns_options()
            .and_then(|dns| dns.dns_record_ip_type())
            .map(|kind| kind.as_str());
        let private_dns = live.private_dns_enabled().unwrap_or_default();
        let wanted_dns = *base("privateDnsEnabled").value(
            &private_dns,
            &old.private_dns_enabled,
            &new.private_dns_enabled,
            bool::eq,
        );
        Delta {
            add_subnets: wanted_subnets.difference(&subnets).cloned().collect(),
            remove_subnets: subnets.difference(&wanted_subnets).cloned().collect(),
            addresses: self.fixed(addresses),
            add_groups: wanted_groups.difference(&groups).cloned().collect(),
            remove_groups: groups.difference(&wanted_groups).cloned().collect(),
            policy: (!iam_policy::equivalent(&live_policy, wanted_policy))
                .then(|| iam_policy::minified(wanted_policy))
                .flatten(),
            private_dns: (wanted_dns != private_dns).then_some(wanted_dns),
            address_type: kind(
                "ipAddressType",
                &old.ip_address_type,
                &new.ip_address_type,
                live.ip_address_type().map(|kind| kind.as_str()),
            ),
            record_type: kind(
                "dnsRecordIpType",
                &old.dns_record_ip_type,
                &new.dns_record_ip_type,
                record_type,
            ),
        }
    }
}

/// The changes that an update sends.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Delta {
    pub(super) add_subnets: Vec<String>,
    pub(super) remove_subnets: Vec<String>,
    pub(super) addresses: Vec<SubnetConfiguration>,
    pub(super) add_groups: Vec<String>,
    pub(super) remove_groups: Vec<String>,
    pub(super) policy: Option<String>,
    pub(super) private_dns: Option<bool>,
    pub(super) address_type: Option<String>,
    pub(super) record_type: Option<String>,
}

impl Delta {
    /// Reports whether all these changes are also in the other.
    pub(super) fn is_part_of(&self, other: &Self) -> bool {
        let some = |these: &[String], those: &[String]| these.iter().all(|id| those.contains(id));
        some(&self.add_subnets, &other.add_subnets)
            && some(&self.remove_subnets, &other.remove_subnets)
            && self.addresses.iter().all(|one| other.addresses.contains(one))
            && some(&self.add_groups, &other.add_groups)
            && some(&self.remove_groups, &other.remove_groups)
            && (self.policy.is_none() || other.policy.is_some())
            && (self.private_dns.is_none() || other.private_dns.is_some())
            && (self.address_type.is_none() || other.address_type.is_some())
            && (self.record_type.is_none() || other.record_type.is_some())
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::{IpAddressType, SecurityGroupIdentifier};
    use pulumi_provider::resource::three_way::Base;
    use serde_json::json;

    use super::*;
    use crate::aws::testing;

    fn inputs(change: serde_json::Value) -> Inputs {
        let mut inputs = json!({"vpcId": "vpc-1", "service": "states", "subnetIds": ["subnet-1", "subnet-2"],
            "securityGroupIds": ["sg-1"], "privateDnsEnabled": true, "ipAddressType": "ipv4"});
        inputs
            .as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        serde_json::from_value(inputs).unwrap()
    }

    fn live() -> Live {
        Live::builder()
            .subnet_ids("subnet-2")
            .subnet_ids("subnet-1")
            .groups(SecurityGroupIdentifier::builder().group_id("sg-1").build())
            .policy_document(iam_policy::full_access().to_string())
            .private_dns_enabled(true)
            .ip_address_type(IpAddressType::from("IPV4"))
            .build()
    }

    async fn delta_from(recorded: serde_json::Value, wanted: serde_json::Value, base: Base) -> Delta {
        let cx = testing::cx(testing::aws());
        let recorded = Found {
            inputs: inputs(recorded),
            state: State::default(),
        };
        UpdateTarget::new(&cx, &recorded, &inputs(wanted), &Bases::All(base))
            .await
            .unwrap()
            .delta(&live(), &Addresses::new())
    }

    async fn delta(change: serde_json::Value) -> Delta {
        let half_way = delta_from(json!({}), change.clone(), Base::Live).await;
        assert_eq!(delta_from(json!({}), change, Base::Recorded).await, half_way);
        half_way
    }

    #[tokio::test(start_paused = true)]
    async fn foreign_changes_are_kept_unless_the_last_operation_failed() {
        let elsewhere = json!({"subnetIds": ["subnet-8"], "securityGroupIds": ["sg-8"], "policy": {"Statement": []},
            "privateDnsEnabled": false, "ipAddressType": "dualstack"});
        assert_eq!(
            delta_from(elsewhere.clone(), elsewhere.clone(), Base::Recorded).await,
            Delta::default()
        );
        let all = delta_from(elsewhere.clone(), elsewhere, Base::Live).await;
        assert_eq!((all.remove_subnets.len(), all.remove_groups.len()), (2, 1));
        assert!(all.policy.is_some() && all.private_dns.is_some() && all.address_type.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn only_changed_properties_are_sent() {
        assert_eq!(delta(json!({})).await, Delta::default());
        assert_eq!(
            delta(json!({"policy": iam_policy::full_access().to_string()})).await,
            Delta::default()
        );
        let strings = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            delta(json!({"subnetIds": ["subnet-2", "subnet-3"], "securityGroupIds": ["sg-2"]})).await,
            Delta {
                add_subnets: strings(&["subnet-3"]),
                remove_subnets: strings(&["subnet-1"]),
                add_groups: strings(&["sg-2"]),
                remove_groups: strings(&["sg-1"]),
                ..Delta::default()
            }
        );
        let closed = json!({"Statement": []});
        assert_eq!(
            delta(json!({"policy": closed, "privateDnsEnabled": false, "dnsRecordIpType": "ipv4"})).await,
            Delta {
                policy: Some(closed.to_string()),
                private_dns: Some(false),
                record_type: Some("ipv4".to_owned()),
                ..Delta::default()
            }
        );
    }
}
