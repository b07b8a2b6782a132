//! Endpoints, retries, and settings that have no effect on the plugin.

use serde_json::json;

use super::loopback::Loopback;
use super::trial::Trial;

/// Returns the called hosts, as a proxy sees them, and the error message.
fn hosts(change: impl FnOnce(Trial) -> Trial) -> (Vec<String>, String) {
    let proxy = Loopback::plain();
    let outcome = change(Trial::with_keys().variable("HTTPS_PROXY", &proxy.url())).run();
    let hosts = proxy
        .tunnels()
        .into_iter()
        .map(|target| target.trim_end_matches(":443").to_owned());
    (hosts.collect(), outcome.message)
}

fn host(change: impl FnOnce(Trial) -> Trial) -> String {
    let (hosts, message) = hosts(change);
    assert_eq!(hosts.len(), 1, "{hosts:?} {message}");
    hosts.into_iter().next().unwrap()
}

#[test]
fn fips_endpoints_are_used_if_enabled() {
    const FIPS: &str = "ec2-fips.us-east-1.amazonaws.com";
    let here = |trial: Trial| trial.variable("AWS_REGION", "us-east-1");
    assert_eq!(host(here), "ec2.us-east-1.amazonaws.com");
    assert_eq!(
        host(|trial| here(trial).variable("AWS_USE_FIPS_ENDPOINT", "true")),
        FIPS
    );
    assert_eq!(
        host(|trial| here(trial).profiles("[default]\nuse_fips_endpoint = true\n")),
        FIPS
    );
    assert_eq!(
        host(|trial| here(trial).config(json!({ "useFipsEndpoint": true }))),
        FIPS
    );
    let off = host(|trial| {
        here(trial)
            .variable("AWS_USE_FIPS_ENDPOINT", "true")
            .config(json!({ "useFipsEndpoint": false }))
    });
    assert_eq!(off, "ec2.us-east-1.amazonaws.com");
}

#[test]
fn dual_stack_endpoints_are_used_if_enabled() {
    const BOTH: &str = "ec2.us-east-1.api.aws";
    let here = |trial: Trial| trial.variable("AWS_REGION", "us-east-1");
    assert_eq!(
        host(|trial| here(trial).variable("AWS_USE_DUALSTACK_ENDPOINT", "true")),
        BOTH
    );
    assert_eq!(
        host(|trial| here(trial).profiles("[default]\nuse_dualstack_endpoint = true\n")),
        BOTH
    );
    assert_eq!(
        host(|trial| here(trial).config(json!({ "useDualstackEndpoint": "true" }))),
        BOTH
    );
}

#[test]
fn fips_or_dual_stack_cannot_be_combined_with_custom_endpoints() {
    let endpoints = json!({ "endpoints": { "ec2": "https://ec2.example" } });
    for (variable, key) in [
        ("AWS_USE_FIPS_ENDPOINT", "useFipsEndpoint"),
        ("AWS_USE_DUALSTACK_ENDPOINT", "useDualstackEndpoint"),
    ] {
        let outcome = Trial::with_keys()
            .variable(variable, "true")
            .config(endpoints.clone())
            .run();
        outcome.says(&[variable, "private-step-functions:endpoints"]);
        let outcome = Trial::with_keys()
            .config(endpoints.clone())
            .config(json!({ key: true }))
            .run();
        outcome.says(&[key, "cannot be combined with `endpoints`"]);
    }
}

#[test]
fn unsupported_endpoint_settings_are_reported() {
    for (variable, says) in [
        (
            "AWS_USE_FIPS_ENDPOINT",
            "no endpoint: FIPS and custom endpoint are not supported",
        ),
        (
            "AWS_USE_DUALSTACK_ENDPOINT",
            "no endpoint: Dualstack and custom endpoint are not supported",
        ),
    ] {
        let trial = Trial::with_keys().variable("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
        let outcome = trial.variable(variable, "true").run();
        outcome.says(&[says, "Check the settings for endpoints"]);
        assert!(!outcome.message.contains("bug"), "{}", outcome.message);
    }
}

#[test]
fn endpoint_urls_of_variables_and_files_are_used() {
    let (of_ec2, of_all) = (Loopback::plain(), Loopback::plain());
    let both = || {
        Trial::with_keys()
            .variable("AWS_ENDPOINT_URL", &of_all.url())
            .variable("AWS_ENDPOINT_URL_EC2", &of_ec2.url())
    };
    both().run().arrived();
    Trial::with_keys()
        .variable("AWS_ENDPOINT_URL", &of_all.url())
        .run()
        .arrived();
    assert_eq!((of_ec2.seen().len(), of_all.seen().len()), (1, 1));
    let (url, service) = (of_all.url(), of_ec2.url());
    let file = format!("[default]\nendpoint_url = {url}\n");
    Trial::with_keys().profiles(&file).run().arrived();
    let file =
        format!("[default]\nservices = own\nendpoint_url = {url}\n[services own]\nec2 =\n  endpoint_url = {service}\n");
    Trial::with_keys().profiles(&file).run().arrived();
    assert_eq!((of_ec2.seen().len(), of_all.seen().len()), (2, 2));
    let here = host(|trial| {
        trial
            .variable("AWS_ENDPOINT_URL", &of_all.url())
            .variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    });
    assert_eq!(here, "ec2.eu-west-1.amazonaws.com");
    both()
        .config(json!({ "endpoints": { "ec2": of_all.url() } }))
        .run()
        .arrived();
    assert_eq!((of_ec2.seen().len(), of_all.seen().len()), (2, 3));
}

#[test]
fn sts_is_called_at_its_regional_endpoint() {
    let (hosts, _) = hosts(|trial| {
        trial
            .variable("AWS_STS_REGIONAL_ENDPOINTS", "legacy")
            .config(json!({ "assumeRole": { "roleArn": "arn:aws:iam::123456789012:role/deploy" } }))
    });
    assert_eq!(hosts[0], "sts.eu-west-1.amazonaws.com");
}

/// Only `maxRetries` controls retries.
#[test]
fn aws_max_attempts_and_aws_retry_mode_have_no_effect() {
    let aws = Loopback::plain();
    // A retryable response.
    let outcome = Trial::with_keys()
        .variable("AWS_ENDPOINT_URL", &format!("{}/broken", aws.url()))
        .variable("AWS_MAX_ATTEMPTS", "3")
        .variable("AWS_RETRY_MODE", "adaptive")
        .variable("AWS_NEW_RETRIES_2026", "true")
        .run();
    outcome.says(&["DescribeSecurityGroups"]);
    assert_eq!(aws.seen().len(), 1, "{:?}", aws.seen());
}

/// AWS sees the provider's own name in the user agent.
#[test]
fn aws_sdk_ua_app_id_has_no_effect() {
    let aws = Loopback::plain();
    let trial = Trial::with_keys().variable("AWS_ENDPOINT_URL", &aws.url());
    trial.variable("AWS_SDK_UA_APP_ID", "mine").run().arrived();
    let call = &aws.calls("DescribeSecurityGroups")[0];
    let agent = call.header("user-agent");
    assert!(
        agent.contains("app/pulumi-private-step-functions") && !agent.contains("mine"),
        "{agent}"
    );
}
