//! The page about callers shows what the function `clientSettings` writes.
#![allow(clippy::unwrap_used)] // a test may panic

use std::path::Path;

use private_step_functions::client_settings::snippets::{Sdk, Snippet};
use private_step_functions::client_settings::{Arguments, settings};
use regex::{Captures, Regex};

fn snippet(private_dns: bool, sdk: Sdk) -> Snippet {
    let (states, sync_states) = match private_dns {
        true => (
            "https://states.eu-west-1.amazonaws.com",
            "https://sync-states.eu-west-1.amazonaws.com",
        ),
        false => (
            "https://vpce-0a1b2c3d4e5f60718-ab12cd34.states.eu-west-1.vpce.amazonaws.com",
            "https://vpce-1b2c3d4e5f607182a-ef56ab78.sync-states.eu-west-1.vpce.amazonaws.com",
        ),
    };
    let arguments = Arguments {
        states_url: Some(states.to_owned()),
        sync_states_url: Some(sync_states.to_owned()),
        sdk: Some(sdk),
    };
    settings(&arguments).unwrap().snippets.remove(0)
}

/// Returns the name of an SDK in programs.
fn name(sdk: Sdk) -> String {
    serde_json::to_value(sdk).unwrap().as_str().unwrap().to_owned()
}

/// `UPDATE_GOLDEN=1` writes the page anew.
#[test]
fn the_page_shows_what_the_function_writes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/clients.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let place = Regex::new(r"(?s)<!-- (\w+), (with|without) private DNS -->\n```(\w+)\n.*?```\n").unwrap();
    let mut shown = Vec::new();
    let written = place.replace_all(&page, |found: &Captures<'_>| {
        let sdk = Sdk::ALL.into_iter().find(|sdk| name(*sdk) == found[1]).unwrap();
        shown.push((name(sdk), &found[2] == "with"));
        let code = snippet(&found[2] == "with", sdk).code;
        format!(
            "<!-- {}, {} private DNS -->\n```{}\n{code}```\n",
            &found[1], &found[2], &found[3]
        )
    });
    let all: Vec<_> = Sdk::ALL
        .iter()
        .flat_map(|sdk| [(name(*sdk), true), (name(*sdk), false)])
        .collect();
    assert_eq!(shown, all, "each SDK has two programs on the page");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, written.as_bytes()).unwrap();
        return;
    }
    assert_eq!(
        page, written,
        "UPDATE_GOLDEN=1 cargo test --test client_settings writes the page anew"
    );
}

/// FIPS, and clients for one of the two hosts alone, are not on the page.
#[test]
fn other_endpoints_have_other_clients() {
    let fips = Arguments {
        states_url: Some("https://states-fips.us-east-1.amazonaws.com".to_owned()),
        ..Arguments::default()
    };
    let texts: Vec<String> = settings(&fips)
        .unwrap()
        .snippets
        .into_iter()
        .map(|one| one.code)
        .collect();
    let settings = [
        "use_fips_endpoint=True",
        "useFipsEndpoint: true",
        "o.EndpointOptions.UseFIPSEndpoint = aws.FIPSEndpointStateEnabled",
        ".fipsEnabled(true)",
        "UseFIPSEndpoint = true",
        "'use_fips_endpoint' => true",
        "use_fips_endpoint: true",
        ".use_fips(true)",
        "AWS_USE_FIPS_ENDPOINT=true",
    ];
    for (text, setting) in texts.iter().zip(settings) {
        assert!(text.contains(setting) && !text.contains("StartSyncExecution"), "{text}");
    }
    insta::assert_snapshot!(texts[3], @r#"
    import software.amazon.awssdk.regions.Region;
    import software.amazon.awssdk.services.sfn.SfnClient;

    class Clients {
        // StartExecution and all other operations.
        static final SfnClient STATES = SfnClient.builder()
            .region(Region.of("us-east-1"))
            .fipsEnabled(true)
            .build();
    }
    "#);
}
