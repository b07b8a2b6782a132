//! Merges the recorded, wanted and live rules of a security group into those that it should have.

use pulumi_provider::error::Error;
use pulumi_provider::resource::Found;
use pulumi_provider::resource::context::Cx;
use pulumi_provider::resource::three_way::{Base, Bases};

use super::answer::{blocks, has_whole_vpc};
use super::rules::{self, Blocks, Rule, Rules};
use super::{Inputs, Live, State};
use crate::aws::Aws;

/// The rules that a group should have.
#[derive(Debug)]
pub(super) struct Wanted {
    /// The CIDR blocks of the VPC, if the state records them.
    pub(super) blocks: Option<Blocks>,
    ingress: Direction,
    egress: Direction,
}

#[derive(Debug)]
struct Direction {
    base: Base,
    recorded: Rules,
    wanted: Rules,
}

impl Wanted {
    /// Returns the rules for a new group. They do not keep the rules that AWS adds to it.
    pub(super) async fn created(cx: &Cx<Aws>, live: &Live, inputs: &Inputs) -> Result<Self, Error> {
        let blocks = vpc_blocks(cx, has_whole_vpc(inputs), &inputs.vpc_id).await?;
        let known = blocks.clone().unwrap_or_default();
        let direction = |list: &Option<Vec<Rule>>| {
            Ok::<_, Error>(Direction {
                base: Base::Live,
                recorded: Rules::new(),
                wanted: rules::wanted(list.as_deref().unwrap_or_default(), owner(live), &known)?,
            })
        };
        Ok(Self {
            ingress: direction(&inputs.ingress)?,
            egress: direction(&inputs.egress)?,
            blocks,
        })
    }

    /// Returns the rules for an update.
    pub(super) async fn updated(
        cx: &Cx<Aws>,
        live: &Live,
        recorded: &Found<Inputs, State>,
        wanted: &Inputs,
        bases: &Bases,
    ) -> Result<Self, Error> {
        let lists = |inputs: &Inputs| [inputs.ingress.clone(), inputs.egress.clone()];
        let (old, new) = (lists(&recorded.inputs), lists(wanted));
        let then = Blocks::recorded(recorded.state.vpc_cidr_blocks.as_deref().unwrap_or_default());
        // Unchanged rules for the whole VPC keep the recorded blocks, even if the VPC has other blocks now.
        let whole = |lists: &[Option<Vec<Rule>>; 2]| {
            lists.clone().map(|list| {
                list.into_iter()
                    .flatten()
                    .filter(Rule::is_whole_vpc)
                    .collect::<Vec<_>>()
            })
        };
        let directions = ["ingress", "egress"].map(|direction| bases.at(direction));
        let is_unsettled = directions.iter().any(|base| *base != Base::Recorded);
        let is_changed = is_unsettled || whole(&old) != whole(&new);
        let blocks = match is_changed {
            true => {
                vpc_blocks(
                    cx,
                    has_whole_vpc(&recorded.inputs) || has_whole_vpc(wanted),
                    &wanted.vpc_id,
                )
                .await?
            }
            false => recorded.state.vpc_cidr_blocks.is_some().then(|| then.clone()),
        };
        let now = blocks.clone().unwrap_or_default();
        let direction = |base: Base, old: &Option<Vec<Rule>>, new: &Option<Vec<Rule>>| {
            let expand = |list: &Option<Vec<Rule>>, blocks: &Blocks| {
                rules::wanted(list.as_deref().unwrap_or_default(), owner(live), blocks)
            };
            let (mut recorded, wanted) = (expand(old, &now)?, expand(new, &now)?);
            // If a rule for the whole VPC is removed, the rules for the recorded blocks are removed too.
            let still_there = expand(new, &then)?;
            for (key, description) in expand(old, &then)? {
                if !still_there.contains_key(&key) {
                    recorded.entry(key).or_insert(description);
                }
            }
            Ok::<_, Error>(Direction { base, recorded, wanted })
        };
        Ok(Self {
            ingress: direction(directions[0], &old[0], &new[0])?,
            egress: direction(directions[1], &old[1], &new[1])?,
            // The state records the blocks if a wanted rule needs them, or if it recorded them before.
            blocks: blocks.filter(|_| has_whole_vpc(wanted) || recorded.state.vpc_cidr_blocks.is_some()),
        })
    }

    /// Returns the ingress rules that the group should have, given its live ones.
    pub(super) fn ingress(&self, live: &Rules) -> Rules {
        self.ingress.target(live)
    }

    /// Returns the egress rules that the group should have, given its live ones.
    pub(super) fn egress(&self, live: &Rules) -> Rules {
        self.egress.target(live)
    }
}

impl Direction {
    fn target(&self, live: &Rules) -> Rules {
        self.base.map(live, &self.recorded, &self.wanted)
    }
}

fn owner(live: &Live) -> &str {
    live.owner_id().unwrap_or_default()
}

async fn vpc_blocks(cx: &Cx<Aws>, needed: bool, vpc_id: &str) -> Result<Option<Blocks>, Error> {
    match needed {
        true => blocks(cx, vpc_id).await.map(Some),
        false => Ok(None),
    }
}
