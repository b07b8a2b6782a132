//! Asserts that `docs/environment.md` names a test for each row, and that the test exists.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A row of one of the tables: settings, their support, notes, test.
struct Row {
    settings: String,
    state: String,
    test: String,
}

fn rows() -> Vec<Row> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/environment.md")).unwrap();
    let rows = page
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| setting"));
    let rows = rows.map(|line| {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [settings, state, _, test] = cells[..] else {
            panic!("a row of four cells: {line}");
        };
        Row {
            settings: settings.to_owned(),
            state: state.to_owned(),
            test: test.to_owned(),
        }
    });
    rows.collect()
}

/// Returns the names of test functions in a file: those with an attribute such as `#[test]`.
fn tests(file: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let pairs = lines
        .windows(2)
        .filter(|pair| pair[0].starts_with("#[") && pair[0].contains("test"));
    let names = pairs.filter_map(|pair| pair[1].trim_start_matches("async ").strip_prefix("fn "));
    names.map(|name| name.split('(').next().unwrap().to_owned()).collect()
}

#[test]
fn every_row_names_a_test_that_exists() {
    let rows = rows();
    assert!(rows.len() > 40, "{} rows", rows.len());
    for row in rows {
        let known = ["honored", "refused", "not supported", "not needed", "left to the SDK"];
        assert!(known.contains(&row.state.as_str()), "{}: {}", row.settings, row.state);
        if ["not needed", "left to the SDK"].contains(&row.state.as_str()) {
            assert_eq!(row.test, "-", "{}", row.settings);
            continue;
        }
        let (module, name) = row
            .test
            .trim_matches('`')
            .split_once("::")
            .unwrap_or_else(|| panic!("{}", row.settings));
        let found = tests(&format!("tests/environment/{module}.rs"));
        assert!(
            found.contains(name),
            "{}: there is no test {name} in {module}",
            row.settings
        );
    }
}

/// Covers the settings in the reference guide of the AWS SDKs, and the network settings that users of the Pulumi CLI set.
#[test]
fn every_setting_has_a_row() {
    let settings: String = rows().iter().map(|row| format!("{} ", row.settings)).collect();
    for name in SETTINGS.split_whitespace() {
        assert!(settings.contains(&format!("`{name}`")), "{name} has no row");
    }
}

/// <https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html>, and other settings that the SDKs for Rust,
/// Python and Go read.
const SETTINGS: &str = "
    AWS_ACCESS_KEY_ID AWS_ACCOUNT_ID AWS_ACCOUNT_ID_ENDPOINT_MODE AWS_AUTH_SCHEME_PREFERENCE AWS_CA_BUNDLE AWS_CONFIG_FILE
    AWS_CONTAINER_AUTHORIZATION_TOKEN AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE AWS_CONTAINER_CREDENTIALS_FULL_URI
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_DEFAULTS_MODE AWS_DISABLE_HOST_PREFIX_INJECTION
    AWS_DISABLE_REQUEST_COMPRESSION AWS_EC2_INSTANCE_PROFILE_NAME AWS_EC2_METADATA_DISABLED
    AWS_EC2_METADATA_SERVICE_ENDPOINT AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE AWS_EC2_METADATA_V1_DISABLED
    AWS_ENABLE_ENDPOINT_DISCOVERY AWS_ENDPOINT_URL AWS_ENDPOINT_URL_<SERVICE> AWS_IGNORE_CONFIGURED_ENDPOINT_URLS
    AWS_LOGIN_CACHE_DIRECTORY AWS_MAX_ATTEMPTS AWS_METADATA_SERVICE_NUM_ATTEMPTS AWS_METADATA_SERVICE_TIMEOUT AWS_PROFILE
    AWS_REGION AWS_REQUEST_CHECKSUM_CALCULATION AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES AWS_RESPONSE_CHECKSUM_VALIDATION
    AWS_RETRY_MODE AWS_ROLE_ARN AWS_ROLE_SESSION_NAME AWS_S3_DISABLE_EXPRESS_SESSION_AUTH
    AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS AWS_S3_USE_ARN_REGION AWS_S3_US_EAST_1_REGIONAL_ENDPOINT AWS_SDK_UA_APP_ID
    AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_SHARED_CREDENTIALS_FILE AWS_SIGV4A_SIGNING_REGION_SET
    AWS_STS_REGIONAL_ENDPOINTS AWS_USE_DUALSTACK_ENDPOINT AWS_USE_FIPS_ENDPOINT AWS_WEB_IDENTITY_TOKEN_FILE

    account_id_endpoint_mode api_versions auth_scheme_preference aws_access_key_id aws_account_id aws_secret_access_key
    aws_session_token ca_bundle credential_process credential_source defaults_mode disable_host_prefix_injection
    disable_request_compression duration_seconds ec2_instance_profile_name ec2_metadata_service_endpoint
    ec2_metadata_service_endpoint_mode ec2_metadata_v1_disabled endpoint_discovery_enabled endpoint_url external_id
    ignore_configured_endpoint_urls login_session max_attempts metadata_service_num_attempts metadata_service_timeout
    mfa_serial output parameter_validation region request_checksum_calculation request_min_compression_size_bytes
    response_checksum_validation retry_mode role_arn role_session_name s3_disable_express_session_auth
    s3_disable_multiregion_access_points s3_use_arn_region s3_us_east_1_regional_endpoint sdk_ua_app_id services
    sigv4a_signing_region_set source_profile sso_account_id sso_region sso_registration_scopes sso_role_name sso_session
    sso_start_url sts_regional_endpoints tcp_keepalive use_dualstack_endpoint use_fips_endpoint web_identity_token_file

    AWS_DEFAULT_REGION HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY http_proxy https_proxy no_proxy all_proxy REQUEST_METHOD
    SSL_CERT_FILE SSL_CERT_DIR

    AWS_ACCESS_KEY AWS_CSM_CLIENT_ID AWS_CSM_ENABLED AWS_CSM_HOST AWS_CSM_PORT AWS_DATA_PATH AWS_DEFAULT_PROFILE
    AWS_DISABLE_CLOCK_SKEW_CORRECTION AWS_EXECUTION_ENV AWS_IMDS_USE_IPV6 AWS_NEW_RETRIES_2026 AWS_SECRET_KEY AWS_SECURITY_TOKEN
";
