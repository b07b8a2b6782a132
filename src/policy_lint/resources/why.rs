//! Why a `Resource` matches no resource here.

use super::super::catalog::Kind;
use super::super::glob::{Class, Form};
use super::super::principals::is_account;
use super::super::statement::{Effect, Statement};
use super::super::{Context, Findings, Level, glob, shown};
use super::{form, shapes, stem};
use crate::arn::Arn;

/// Reports why a value matches no resource here.
pub(super) fn report(
    context: &Context<'_>,
    statement: &Statement<'_>,
    text: &str,
    path: &str,
    findings: &mut Findings,
) {
    let form = form(text);
    let arn = Arn::parse(text);
    let named = |what: &str, part: Option<&str>| match part {
        Some(part) => format!("the {what} `{}`", shown(part)),
        None => format!("another {what}"),
    };
    if form.meets(&Form::default().text("arn:").at_least(0, Class::Any)) {
        let services: Vec<_> = context.catalogs.iter().map(|catalog| catalog.prefix).collect();
        if !services.iter().any(|service| within(&form, None, Some(service), None)) {
            // A policy that serves several endpoints may well deny what comes through another one.
            if statement.effect == Effect::Allow {
                let text = format!(
                    "The ARN is of {}, but only calls of {} come through this endpoint. Give an ARN of `{}`, or `*`.",
                    named("service", arn.map(|arn| arn.service)),
                    context.title(),
                    services.join("` or `")
                );
                findings.add(Level::Dead, "resource-of-other-service", path, text);
            }
            return;
        }
        let mut elsewhere = false;
        if let Some(region) = context.place.region
            && !within(&form, None, None, Some(region))
        {
            let other = named("Region", arn.map(|arn| arn.region));
            let text = format!("The ARN is of {other}, so it never matches. The endpoint is in `{region}`.");
            findings.add(Level::Dead, "resource-of-other-region", path, text);
            elsewhere = true;
        }
        if let Some(partition) = context.place.partition
            && !within(&form, Some(partition), None, None)
        {
            let other = named("partition", arn.map(|arn| arn.partition));
            let text = format!("The ARN is of {other}, so it never matches. The endpoint is in `{partition}`.");
            findings.add(Level::Dead, "resource-of-other-partition", path, text);
            elsewhere = true;
        }
        if elsewhere {
            return;
        }
    }
    mistyped(context, text, path, findings);
}

/// Reports what is wrong with the form of a value, wherever it belongs.
pub(super) fn mistyped(context: &Context<'_>, text: &str, path: &str, findings: &mut Findings) {
    let name = shown(text);
    let form = form(text);
    if glob::matches(text, "*") {
        return;
    }
    if !form.meets(&Form::default().text("arn:").at_least(0, Class::Any)) {
        let text = format!("`{name}` is no ARN. {}", arn_of(context, text));
        findings.add(Level::Dead, "resource-no-arn", path, text);
        return;
    }
    // Of another service: not for us to judge.
    let mut catalogs = context.catalogs.iter();
    let Some(catalog) = catalogs.find(|catalog| within(&form, None, Some(catalog.prefix), None)) else {
        return;
    };
    let kinds: Vec<Kind> = catalog
        .kinds
        .iter()
        .copied()
        .filter(|kind| *kind != Kind::Qualified)
        .collect();
    let arns = |kind: &Kind, account: bool| {
        let stem = stem(None, Some(catalog.prefix), None);
        let stem = if account {
            stem.exactly(12, Class::Digit)
        } else {
            stem.at_least(0, Class::Part)
        };
        kind.append(stem.text(":"))
    };
    if catalog.kinds.iter().any(|kind| form.meets(&arns(kind, true))) {
        return;
    }
    if catalog.kinds.iter().any(|kind| form.meets(&arns(kind, false))) {
        let account = Arn::parse(text).map(|arn| arn.account).unwrap_or_default();
        debug_assert!(!is_account(account), "an account that matches");
        let text = format!(
            "`{}` is no account, so the ARN never matches. Give the 12 digits, or `*`.",
            shown(account)
        );
        findings.add(Level::Dead, "resource-account", path, text);
        return;
    }
    let lower = form.lower();
    if let Some(kind) = catalog.kinds.iter().find(|kind| lower.meets(&arns(kind, true).lower())) {
        let word = kind.shape().split(':').next().unwrap_or_default();
        let text = format!("`{name}` never matches: the types in ARNs are case-sensitive. Write `{word}:`.");
        findings.add(Level::Dead, "resource-case", path, text);
        return;
    }
    let text = format!(
        "`{name}` is no ARN of {}: after the account comes {}.",
        catalog.title,
        shapes(&kinds)
    );
    findings.add(Level::Dead, "resource-form", path, text);
}

/// Reports whether a form has ARNs of this partition, service and Region. `None` stands for any.
fn within(form: &Form, partition: Option<&str>, service: Option<&str>, region: Option<&str>) -> bool {
    form.meets(&stem(partition, service, region).at_least(0, Class::Any))
}

fn arn_of(context: &Context<'_>, text: &str) -> String {
    // An API's own policy has this short form: <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html>.
    if text.starts_with("execute-api:/") {
        return "Only the resource policy of an API has this short form. Give an ARN that ends with `:API/*`, or `*`."
            .to_owned();
    }
    let place = context.place;
    let prefix = context.catalogs.first().map_or("", |catalog| catalog.prefix);
    let kind = context.catalogs.first().and_then(|catalog| catalog.kinds.first());
    format!(
        "Give one such as `arn:{}:{prefix}:{}:ACCOUNT:{}`, or `*`.",
        place.partition.unwrap_or("aws"),
        place.region.unwrap_or("REGION"),
        kind.map_or("", |kind| kind.shape())
    )
}

/// Returns the account and resource of an ARN.
pub(super) fn resource(text: &str) -> Option<(&str, &str)> {
    Arn::parse(text).map(|arn| (arn.account, arn.resource))
}
