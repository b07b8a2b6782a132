//! Machine credentials: containers and the EC2 metadata service.

use super::loopback::Loopback;
use super::trial::Trial;

fn at(aws: &Loopback) -> Trial {
    Trial::new().variable("AWS_ENDPOINT_URL", &aws.url())
}

fn signer(aws: &Loopback) -> String {
    aws.calls("DescribeSecurityGroups")[0].signed_by().0.to_owned()
}

#[test]
fn credentials_of_a_container_are_used() {
    let (aws, container) = (Loopback::plain(), Loopback::plain());
    let uri = format!("{}/container/creds", container.url());
    let trial = || at(&aws).variable("AWS_CONTAINER_CREDENTIALS_FULL_URI", &uri);
    trial()
        .variable("AWS_CONTAINER_AUTHORIZATION_TOKEN", "pod-token")
        .run()
        .arrived();
    let with_file = trial().file("token", "file-token");
    let token = with_file.path("token").to_str().unwrap().to_owned();
    with_file
        .variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", &token)
        .run()
        .arrived();
    let tokens: Vec<_> = container
        .seen()
        .iter()
        .map(|seen| seen.header("authorization").to_owned())
        .collect();
    assert_eq!(tokens, ["pod-token", "file-token"]);
    assert_eq!(signer(&aws), "ASIACONTAINER");
}

/// The metadata service responds on loopback. The plugin does not use the HTTP proxy for it.
#[test]
fn credentials_of_the_metadata_service_are_used() {
    let (aws, machine, proxy) = (Loopback::plain(), Loopback::plain(), Loopback::plain());
    at(&aws)
        .without("AWS_EC2_METADATA_DISABLED")
        .variable("AWS_EC2_METADATA_SERVICE_ENDPOINT", &machine.url())
        .variable("HTTP_PROXY", &proxy.url())
        // The SDK does not read this variable: the service returns the profile's name.
        .variable("AWS_EC2_INSTANCE_PROFILE_NAME", "other")
        .run()
        .arrived();
    assert_eq!(signer(&aws), "ASIAMACHINE");
    let seen = machine.seen();
    assert!(
        seen.iter()
            .any(|seen| seen.line.ends_with("/security-credentials/machine")),
        "{seen:?}"
    );
    assert_eq!(seen[0].line, "PUT /latest/api/token");
    assert!(
        seen.iter()
            .any(|seen| seen.header("x-aws-ec2-metadata-token") == "metadata-token"),
        "{seen:?}"
    );
    assert_eq!(proxy.seen().len(), 0);
}

#[test]
fn aws_ec2_metadata_disabled_skips_the_metadata_service() {
    let (aws, machine) = (Loopback::plain(), Loopback::plain());
    let trial = at(&aws).variable("AWS_EC2_METADATA_SERVICE_ENDPOINT", &machine.url());
    trial.run().says(&["no AWS credentials"]);
    assert_eq!(machine.seen().len(), 0);
}

/// No other setting has a Region.
#[test]
fn the_region_of_the_metadata_service_is_used_last() {
    let (aws, machine) = (Loopback::plain(), Loopback::plain());
    let trial = || {
        Trial::with_keys()
            .without("AWS_REGION")
            .variable("AWS_ENDPOINT_URL", &aws.url())
            .variable("AWS_EC2_METADATA_SERVICE_ENDPOINT", &machine.url())
    };
    trial().without("AWS_EC2_METADATA_DISABLED").run().arrived();
    assert_eq!(aws.calls("DescribeSecurityGroups")[0].signed_by().1, "eu-north-1");
    trial().run().says(&["no AWS Region is configured"]);
}
