//! URLs of HTTP tasks, and patterns of them in policies.
//!
//! A task needs an `https` URL without a query string
//! (<https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html>). In a policy, `*` stands for any characters, `/`
//! among them (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>).

use std::net::IpAddr;

use crate::policy_lint::overlaps;

const SCHEME: &str = "https://";

/// Returns what is wrong with the start of a URL; with all of it, if `whole`. The message completes a sentence that begins with the
/// property, and does not repeat the URL.
pub(super) fn problem(start: &str, whole: bool) -> Option<&'static str> {
    let Some(rest) = start.strip_prefix(SCHEME) else {
        let undecided = !whole && SCHEME.starts_with(start);
        return (!undecided).then_some("must begin with `https://`: Step Functions calls no other scheme");
    };
    if let Some(problem) = wrong_character(rest) {
        return Some(problem);
    }
    let (authority, _) = rest.split_once('/').unwrap_or((rest, ""));
    // The host may go on after the start.
    if !whole && authority.len() == rest.len() {
        return None;
    }
    authority_problem(authority)
}

/// Returns what is wrong with a path, or the start of one.
pub(super) fn path_problem(path: &str) -> Option<&'static str> {
    if !path.is_empty() && !path.starts_with('/') {
        return Some("must begin with `/`");
    }
    wrong_character(path)
}

fn wrong_character(text: &str) -> Option<&'static str> {
    if text.contains('?') {
        return Some("must not contain a query string: use `queryParameters`");
    }
    if text.contains('#') {
        return Some("must not contain a fragment (`#`), which no client sends");
    }
    if text.contains(['{', '}']) {
        return Some(
            "contains a brace: Step Functions fills in no placeholders. Join the parts in an expression of the query language",
        );
    }
    if text.contains('*') {
        return Some("contains `*`: a task calls one URL, and only policies have patterns");
    }
    let allowed = |character: char| character.is_ascii_alphanumeric() || "-._~:/[]@!$&'()+,;=%".contains(character);
    (!text.chars().all(allowed)).then_some("contains characters that a URL does not have: percent-encode them")
}

fn authority_problem(authority: &str) -> Option<&'static str> {
    if authority.contains('@') {
        return Some("must not contain a user name: credentials belong into the connection");
    }
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    };
    if port.is_some_and(|port| port.parse::<u16>().map_or(true, |port| port == 0)) {
        return Some("has a port that is no number from 1 to 65535");
    }
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if bare.parse::<IpAddr>().is_ok() {
        return Some(
            "must have a host name: EventBridge trusts public certificates only, and those name hosts, not private addresses",
        );
    }
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    let host = host.strip_suffix('.').unwrap_or(host);
    (!host.split('.').all(label)).then_some("has no valid host name")
}

/// Returns the host of a URL, or of its start if that contains the whole host.
pub(super) fn host(start: &str) -> Option<&str> {
    let authority = start.strip_prefix(SCHEME)?.split('/').next()?;
    Some(authority.rsplit_once(':').map_or(authority, |(host, _)| host))
}

/// Reports whether a URL that begins like this, or is this if `whole`, may match one of the patterns.
pub(super) fn may_match(start: &str, whole: bool, patterns: &[String]) -> bool {
    let form = if whole { start.to_owned() } else { format!("{start}*") };
    patterns.iter().any(|pattern| overlaps(pattern, &form))
}

/// Returns what is wrong with a pattern of URLs in a policy that should admit one host alone.
pub(super) fn pattern_problem(pattern: &str) -> Option<&'static str> {
    let Some(rest) = pattern.strip_prefix(SCHEME) else {
        return Some("must begin with `https://`");
    };
    let authority = rest.split('/').next().unwrap_or_default();
    if authority.contains(['*', '?']) {
        return Some(
            "has a wildcard before the first `/`. `*` matches `/` too, so it would admit other hosts: write the host in full, and `/*` after it",
        );
    }
    if pattern.contains("${") {
        return Some("contains `${`, which a policy takes for a variable");
    }
    if pattern.contains(char::is_whitespace) {
        return Some("contains white space");
    }
    authority_problem(authority)
}

/// Returns the URL below which a list of patterns admits everything, if there is just one.
pub(super) fn base(patterns: &[String]) -> Option<&str> {
    let mut bases = patterns
        .iter()
        .filter_map(|pattern| pattern.strip_suffix("/*"))
        .filter(|base| problem(base, true).is_none() && !base.contains('\''));
    let base = bases.next()?;
    bases.next().is_none().then_some(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_have_https_a_host_name_and_nothing_after_the_path() {
        for url in [
            "https://a1b2.execute-api.eu-west-1.amazonaws.com/prod/orders",
            "https://a1b2-vpce-0a1.execute-api.eu-west-1.amazonaws.com/prod",
            "https://billing.example.com",
            "https://billing.example.com:8443/v1/a%20b;c=d",
            "https://billing.example.com./",
        ] {
            assert_eq!(problem(url, true), None, "{url}");
        }
        for (url, says) in [
            ("http://a.example/", "https://"),
            ("a.example/orders", "https://"),
            ("HTTPS://a.example/", "https://"),
            ("https://", "host name"),
            ("https:///orders", "host name"),
            ("https://a.example/orders?id=1", "queryParameters"),
            ("https://a.example/orders#1", "fragment"),
            ("https://a.example/orders/{id}", "placeholders"),
            ("https://a.example/*", "patterns"),
            ("https://a.example/a b", "percent-encode"),
            ("https://me:pw@a.example/", "user name"),
            ("https://a.example:0/", "port"),
            ("https://a.example:x/", "port"),
            ("https://10.0.0.5/orders", "private addresses"),
            ("https://[fd00::1]/orders", "private addresses"),
            ("https://[fd00::1]:443/orders", "private addresses"),
            ("https://a..example/", "host name"),
        ] {
            let problem = problem(url, true).unwrap_or_default();
            assert!(problem.contains(says), "{url}: {problem}");
        }
    }

    #[test]
    fn the_start_of_a_url_is_checked_as_far_as_it_goes() {
        for start in ["", "http", "https://", "https://a.exam", "https://a.example/ord"] {
            assert_eq!(problem(start, false), None, "{start}");
        }
        for start in ["http:", "ftp", "https://10.0.0.5/", "https://a.example/x?"] {
            assert!(problem(start, false).is_some(), "{start}");
        }
    }

    #[test]
    fn patterns_that_could_be_stretched_to_other_hosts_are_refused() {
        for pattern in [
            "https://a.example/*",
            "https://a.example/v?/*",
            "https://a.example",
            "https://a.example:8443/*",
        ] {
            assert_eq!(pattern_problem(pattern), None, "{pattern}");
        }
        for pattern in [
            "*",
            "http://a.example/*",
            "https://*",
            "https://a.example*",
            "https://*.example/*",
            "https://a.example?/*",
            "https://a.example/${aws:username}/*",
            "https://a.example/ *",
            "https:///*",
        ] {
            assert!(pattern_problem(pattern).is_some(), "{pattern}");
        }
    }

    #[test]
    fn patterns_have_a_base_if_they_admit_everything_below_one_url() {
        let of = |patterns: &[&str]| {
            let patterns: Vec<_> = patterns.iter().map(|&pattern| pattern.to_owned()).collect();
            base(&patterns).map(str::to_owned)
        };
        assert_eq!(
            of(&["https://a.example/prod/*"]).as_deref(),
            Some("https://a.example/prod")
        );
        // What the component allows for a host name.
        assert_eq!(
            of(&["https://a.example", "https://a.example/*"]).as_deref(),
            Some("https://a.example")
        );
        for patterns in [
            &["https://a.example/*", "https://b.example/*"][..],
            &["https://*.a.example/*"],
            &["https://a.example/prod*"],
            &["https://a.example/v'1/*"],
            &[],
        ] {
            assert_eq!(of(patterns), None, "{patterns:?}");
        }
    }
}
