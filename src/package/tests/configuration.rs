//! The configuration in the forms in which programs, YAML and the CLI pass it.

use pulumi_provider::property::Value;
use pulumi_provider::provider::config::explain;
use serde_json::json;

use super::read;

#[test]
fn numeric_strings_are_converted_to_numbers_at_any_depth() {
    for polling in [
        json!({ "initialIntervalSeconds": "0.1", "growthFactor": " 2 ", "maxIntervalSeconds": 3 }),
        json!(r#"{ "initialIntervalSeconds": "0.1", "growthFactor": "2", "maxIntervalSeconds": "3" }"#),
    ] {
        let config = read(json!({ "polling": polling, "maxRetries": "7", "profile": "7" }));
        assert!(config.failures.is_empty(), "{:?}", config.failures);
        let expected = json!({ "initialIntervalSeconds": 0.1, "growthFactor": 2, "maxIntervalSeconds": 3 });
        assert_eq!(config.values["polling"], Value::from(expected));
        assert_eq!(config.values["maxRetries"], Value::Number(7.0));
        assert_eq!(config.values["profile"], Value::from("7"), "a text stays one");
    }
}

/// YAML and `pulumi config set --path` of the CLI 3.259.0 were seen to pass these values.
#[test]
fn account_ids_without_quotes_are_converted_or_refused() {
    for whole in [
        json!([123_456_789_012_u64]),
        json!("[123456789012]"),
        json!(["123456789012"]),
    ] {
        let config = read(json!({ "allowedAccountIds": whole }));
        assert!(config.failures.is_empty(), "{:?}", config.failures);
        assert_eq!(config.values["allowedAccountIds"], Value::from(json!(["123456789012"])));
    }
    // 012345678999, which is not an octal number, and 012345671234, which is one.
    for number in [12_345_678_999_u64, 1_402_434_204] {
        for cut in [json!([number]), json!(format!("[{number}]"))] {
            let config = read(json!({ "allowedAccountIds": cut, "profile": "a" }));
            let told = explain("p", &config.failures);
            assert!(
                told.contains("p:allowedAccountIds[0]: must be") && told.contains("in quotes"),
                "{told}"
            );
            assert_eq!(config.failures.iter().count(), 1, "{told}");
        }
    }
    // A string of the wrong length does not lack quotes.
    let told = explain("p", &read(json!({ "allowedAccountIds": ["12345678999"] })).failures);
    assert!(!told.contains("in quotes"), "{told}");
    // If any length is allowed, it is not known which digits are missing.
    let role = json!({ "roleArn": "arn:aws:iam::123456789012:role/x", "externalId": 42_798 });
    let told = explain("p", &read(json!({ "assumeRole": role, "profile": 7 })).failures);
    assert!(
        told.contains("p:assumeRole.externalId: must be a string: write it in quotes")
            && told.contains("p:profile: must be a string: write it in quotes"),
        "{told}"
    );
}

#[test]
fn invalid_numeric_strings_are_refused_with_their_path() {
    for text in ["soon", "", "NaN", "true"] {
        let config = read(json!({ "polling": { "maxIntervalSeconds": text } }));
        let told = explain("p", &config.failures);
        assert!(
            told.contains("p:polling.maxIntervalSeconds: must be a number"),
            "{told}"
        );
    }
    let config =
        read(json!({ "assumeRole": { "roleArn": "arn:aws:iam::123456789012:role/x", "durationSeconds": "900.5" } }));
    let told = explain("p", &config.failures);
    assert!(told.contains("p:assumeRole.durationSeconds: "), "{told}");
}
