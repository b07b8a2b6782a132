//! Updates a security group: its rules and tags.
//!
//! New rules are authorized before old ones are revoked, so that no connection is cut.

use std::collections::BTreeMap;
use std::sync::Mutex;

use aws_sdk_ec2::types::SecurityGroup as Live;
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::lock::lock;
use pulumi_provider::resource::Update;
use pulumi_provider::resource::context::Cx;
use tokio::time::Instant;

use super::rules::{self, Blocks, Rules};
use super::wanted::Wanted;
use super::{Inputs, State, answer};
use crate::aws::Aws;
use crate::aws::error::classify;
use crate::aws::tags::{self, TagsUpdate};
use crate::aws::wait::poller::Polled;
use crate::aws::wait::{EC2_UNKNOWN_FOR, Look, Wait, retry, until};

/// How often the rules are compared and changed, if calls show that the last read was stale.
const ATTEMPTS: u32 = 6;

/// Updates the group to the wanted inputs.
pub(super) async fn update(
    cx: &Cx<Aws>,
    _id: &str,
    live: Live,
    update: &Update<Inputs, State>,
    seen: &Mutex<State>,
) -> Result<State, Error> {
    let Update {
        recorded,
        wanted,
        bases,
        ..
    } = update;
    let tags = TagsUpdate::new(cx, update);
    let wanted = Wanted::updated(cx, &live, recorded, wanted, bases).await?;
    lock(seen).vpc_cidr_blocks = wanted.blocks.as_ref().map(Blocks::texts);
    apply(cx, live, &wanted, &tags, cx.deadline()).await
}

/// Gives a new group its rules, and tags that its create did not set.
pub(super) async fn created(cx: &Cx<Aws>, live: Live, inputs: &Inputs) -> Result<State, Error> {
    let deadline = cx.deadline();
    let tags = TagsUpdate::created(cx, inputs);
    let wanted = Wanted::created(cx, &live, inputs).await?;
    apply(cx, live, &wanted, &tags, deadline).await
}

/// Updates rules and tags to the wanted ones.
async fn apply(
    cx: &Cx<Aws>,
    live: Live,
    wanted: &Wanted,
    tags: &TagsUpdate<'_>,
    deadline: Instant,
) -> Result<State, Error> {
    rules(cx, &live, wanted, deadline).await?;
    let id = live.group_id().unwrap_or_default();
    tags::update_ec2(cx.clients(), id, &tags::from_ec2(live.tags()), tags).await?;
    Ok(State {
        arn: Some(answer::arn(cx, &live).await?),
        vpc_cidr_blocks: wanted.blocks.as_ref().map(Blocks::texts),
        tags_all: Some(tags.wanted.clone()),
    })
}

/// Updates the rules of both directions to the wanted ones.
async fn rules(cx: &Cx<Aws>, live: &Live, wanted: &Wanted, deadline: Instant) -> Result<(), Error> {
    let mut live = live.clone();
    let id = live.group_id().unwrap_or_default().to_owned();
    for _ in 0..ATTEMPTS {
        let owner = live.owner_id().unwrap_or_default();
        let (ingress, egress) = (
            rules::live(live.ip_permissions(), owner),
            rules::live(live.ip_permissions_egress(), owner),
        );
        let ingress = Delta::new(&ingress, &wanted.ingress(&ingress));
        let egress = Delta::new(&egress, &wanted.egress(&egress));
        let done = [
            ingress.carry_out(cx, &id, Direction::Ingress, deadline).await?,
            egress.carry_out(cx, &id, Direction::Egress, deadline).await?,
        ];
        if done == [true, true] {
            return Ok(());
        }
        if Instant::now() >= deadline {
            return Err(Error::new(
                ErrorKind::TimedOut,
                "the time limit passed before the provider could find out whether the rules were changed",
            ));
        }
        live = again(cx, &id, deadline).await?;
    }
    Err(Error::new(
        ErrorKind::Busy,
        "the rules changed again during every attempt to update them",
    )
    .advise("Another program or person also changes this group: let only one manage it"))
}

/// Reads the group again after a short pause, because the last read was stale.
async fn again(cx: &Cx<Aws>, id: &str, deadline: Instant) -> Result<Live, Error> {
    let polled = Polled::<Live>::new(cx.clients(), id);
    let wait = Wait {
        what: "EC2 to show the security group's rules as they are now",
        deadline,
    };
    until(cx, wait, &polled, |seen| match seen {
        Ok(Some(live)) => Look::Ready(live),
        Ok(None) => Look::Pending("the group is not there".to_owned()),
        Err(error) => Look::Failed(error),
    })
    .await
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Ingress,
    Egress,
}

/// The changes to the rules of one direction.
#[derive(Debug, Default, PartialEq)]
struct Delta {
    authorize: Rules,
    describe: Rules,
    revoke: Rules,
}

impl Delta {
    fn new(live: &Rules, wanted: &Rules) -> Self {
        let mut delta = Self::default();
        for (key, description) in wanted {
            match live.get(key) {
                None => delta.authorize.insert(key.clone(), description.clone()),
                Some(found) if found != description => delta.describe.insert(key.clone(), description.clone()),
                Some(_) => None,
            };
        }
        let surplus = live.iter().filter(|(key, _)| !wanted.contains_key(*key));
        // A rule is revoked without its description.
        delta.revoke = surplus.map(|(key, _)| (key.clone(), None)).collect::<BTreeMap<_, _>>();
        delta
    }

    /// Sends the changes. Returns false if they were computed from a stale read.
    async fn carry_out(&self, cx: &Cx<Aws>, id: &str, direction: Direction, deadline: Instant) -> Result<bool, Error> {
        let mut revoked = self.revoke.is_empty();
        if !self.authorize.is_empty() {
            match authorize(cx, id, direction, &self.authorize, deadline).await {
                // Old rules are revoked first only if the quota leaves no room for old and new rules together.
                Err(error) if error.code() == "RulesPerSecurityGroupLimitExceeded" && !revoked => {
                    if !current(revoke(cx, id, direction, &self.revoke, deadline).await)? {
                        return Ok(false);
                    }
                    revoked = true;
                    if !current(authorize(cx, id, direction, &self.authorize, deadline).await)? {
                        return Ok(false);
                    }
                }
                done => {
                    if !current(done)? {
                        return Ok(false);
                    }
                }
            }
        }
        if !self.describe.is_empty() && !current(describe(cx, id, direction, &self.describe, deadline).await)? {
            return Ok(false);
        }
        if !revoked {
            return current(revoke(cx, id, direction, &self.revoke, deadline).await);
        }
        Ok(true)
    }
}

/// Reports whether a call was made from a current read. If a rule exists already or is gone already, or if the answer was lost,
/// the group must be read again.
fn current(done: Result<(), Error>) -> Result<bool, Error> {
    match done {
        Ok(()) => Ok(true),
        Err(error) => match error.code() {
            "InvalidPermission.Duplicate" | "InvalidPermission.NotFound" | "InvalidSecurityGroupRuleId.NotFound" => {
                Ok(false)
            }
            _ if error.kind() == ErrorKind::MaybeSent => Ok(false),
            _ => Err(error),
        },
    }
}

async fn authorize(
    cx: &Cx<Aws>,
    id: &str,
    direction: Direction,
    rules: &Rules,
    deadline: Instant,
) -> Result<(), Error> {
    let permissions = rules::permissions(rules);
    let call = || async {
        let ec2 = cx.clients().ec2().await?;
        match direction {
            Direction::Ingress => {
                let call = ec2.authorize_security_group_ingress().group_id(id);
                let sent = call.set_ip_permissions(Some(permissions.clone())).send().await;
                sent.map(drop)
                    .map_err(|error| classify("AuthorizeSecurityGroupIngress", error))
            }
            Direction::Egress => {
                let call = ec2.authorize_security_group_egress().group_id(id);
                let sent = call.set_ip_permissions(Some(permissions.clone())).send().await;
                sent.map(drop)
                    .map_err(|error| classify("AuthorizeSecurityGroupEgress", error))
            }
        }
    };
    settled(cx, deadline, call).await
}

async fn describe(cx: &Cx<Aws>, id: &str, direction: Direction, rules: &Rules, deadline: Instant) -> Result<(), Error> {
    let permissions = rules::permissions(rules);
    let call = || async {
        let ec2 = cx.clients().ec2().await?;
        match direction {
            Direction::Ingress => {
                let call = ec2.update_security_group_rule_descriptions_ingress().group_id(id);
                let sent = call.set_ip_permissions(Some(permissions.clone())).send().await;
                sent.map(drop)
                    .map_err(|error| classify("UpdateSecurityGroupRuleDescriptionsIngress", error))
            }
            Direction::Egress => {
                let call = ec2.update_security_group_rule_descriptions_egress().group_id(id);
                let sent = call.set_ip_permissions(Some(permissions.clone())).send().await;
                sent.map(drop)
                    .map_err(|error| classify("UpdateSecurityGroupRuleDescriptionsEgress", error))
            }
        }
    };
    settled(cx, deadline, call).await
}

async fn revoke(cx: &Cx<Aws>, id: &str, direction: Direction, rules: &Rules, deadline: Instant) -> Result<(), Error> {
    let permissions = rules::permissions(rules);
    let call = || async {
        let ec2 = cx.clients().ec2().await?;
        match direction {
            Direction::Ingress => {
                let call = ec2.revoke_security_group_ingress().group_id(id);
                let sent = call.set_ip_permissions(Some(permissions.clone())).send().await;
                sent.map(drop)
                    .map_err(|error| classify("RevokeSecurityGroupIngress", error))
            }
            Direction::Egress => {
                let call = ec2.revoke_security_group_egress().group_id(id);
                let sent = call.set_ip_permissions(Some(permissions.clone())).send().await;
                sent.map(drop)
                    .map_err(|error| classify("RevokeSecurityGroupEgress", error))
            }
        }
    };
    settled(cx, deadline, call).await
}

/// Repeats a call while EC2 does not know the group, or a group or prefix list that a rule refers to, because it is new.
async fn settled<F, Fut>(cx: &Cx<Aws>, deadline: Instant, call: F) -> Result<(), Error>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<(), Error>>,
{
    let wait = Wait {
        what: "the security groups to be known to EC2",
        deadline,
    };
    let patience = Instant::now() + EC2_UNKNOWN_FOR;
    let not_yet_known = |error: &Error| {
        let unknown = matches!(error.code(), "InvalidGroup.NotFound" | "InvalidPrefixListId.NotFound");
        unknown && Instant::now() < patience
    };
    retry(cx, wait, call, not_yet_known).await.map_err(|error| {
        // There is no time to read the group again, so it stays unknown whether the call was carried out.
        let is_over = error.kind() == ErrorKind::MaybeSent && Instant::now() >= deadline;
        if is_over {
            error.with_kind(ErrorKind::TimedOut)
        } else {
            error
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::rules::{Blocks, Rule, wanted};
    use super::*;

    fn rules(json: serde_json::Value) -> Rules {
        let rules: Vec<Rule> = serde_json::from_value(json).unwrap();
        wanted(&rules, "111111111111", &Blocks::default()).unwrap()
    }

    #[test]
    fn the_delta_has_only_changed_rules() {
        use serde_json::json;
        let https = json!({"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "10.0.0.0/16"});
        let all = json!({"protocol": "-1", "cidrIpv4": "0.0.0.0/0"});
        let named =
            json!({"protocol": "6", "fromPort": 443, "toPort": 443, "cidrIpv4": "10.0.1.2/16", "description": "x"});

        let delta = Delta::new(&rules(json!([all])), &rules(json!([https])));
        assert_eq!(delta.authorize, rules(json!([https])));
        assert_eq!(delta.revoke, rules(json!([all])));
        let delta = Delta::new(&rules(json!([https])), &rules(json!([named])));
        assert_eq!(
            delta,
            Delta {
                describe: rules(json!([named])),
                ..Delta::default()
            }
        );
        assert_eq!(
            Delta::new(&rules(json!([named])), &rules(json!([named]))),
            Delta::default()
        );
    }
}
