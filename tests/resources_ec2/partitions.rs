//! Endpoints in every partition, and for every service with a short name.

use aws_emulator::{Emulator, Settings};
use private_step_functions::resources::interface_endpoint::InterfaceEndpoint;
use private_step_functions::resources::security_group::SecurityGroup;
use serde_json::json;

use crate::fixture::{Fixture, provider, with};

/// A Region, its partition, the suffix of its DNS names, and the full service names of `states`, `sync-states` and
/// `execute-api`.
const REGIONS: &[(&str, &str, &str, [&str; 3])] = &[
    (
        "eu-west-1",
        "aws",
        "amazonaws.com",
        [
            "com.amazonaws.eu-west-1.states",
            "com.amazonaws.eu-west-1.sync-states",
            "com.amazonaws.eu-west-1.execute-api",
        ],
    ),
    (
        "cn-northwest-1",
        "aws-cn",
        "amazonaws.com.cn",
        [
            "cn.com.amazonaws.cn-northwest-1.states",
            "cn.com.amazonaws.cn-northwest-1.sync-states",
            "cn.com.amazonaws.cn-northwest-1.execute-api",
        ],
    ),
    (
        "us-gov-east-1",
        "aws-us-gov",
        "amazonaws.com",
        [
            "com.amazonaws.us-gov-east-1.states",
            "com.amazonaws.us-gov-east-1.sync-states",
            "com.amazonaws.us-gov-east-1.execute-api",
        ],
    ),
    (
        "eusc-de-east-1",
        "aws-eusc",
        "amazonaws.eu",
        [
            "com.amazonaws.eusc-de-east-1.states",
            "com.amazonaws.eusc-de-east-1.sync-states",
            "eu.amazonaws.eusc-de-east-1.execute-api",
        ],
    ),
    (
        "us-iso-east-1",
        "aws-iso",
        "c2s.ic.gov",
        [
            "com.amazonaws.us-iso-east-1.states",
            "com.amazonaws.us-iso-east-1.sync-states",
            "gov.ic.c2s.us-iso-east-1.execute-api",
        ],
    ),
    (
        "us-isob-east-1",
        "aws-iso-b",
        "sc2s.sgov.gov",
        [
            "com.amazonaws.us-isob-east-1.states",
            "com.amazonaws.us-isob-east-1.sync-states",
            "gov.sgov.sc2s.us-isob-east-1.execute-api",
        ],
    ),
    (
        "eu-isoe-west-1",
        "aws-iso-e",
        "cloud.adc-e.uk",
        [
            "com.amazonaws.eu-isoe-west-1.states",
            "com.amazonaws.eu-isoe-west-1.sync-states",
            "uk.adc-e.cloud.eu-isoe-west-1.execute-api",
        ],
    ),
    (
        "us-isof-south-1",
        "aws-iso-f",
        "csp.hci.ic.gov",
        [
            "com.amazonaws.us-isof-south-1.states",
            "com.amazonaws.us-isof-south-1.sync-states",
            "gov.ic.hci.csp.us-isof-south-1.execute-api",
        ],
    ),
    // A Region that does not exist yet, in an existing partition.
    (
        "cn-south-9",
        "aws-cn",
        "amazonaws.com.cn",
        [
            "cn.com.amazonaws.cn-south-9.states",
            "cn.com.amazonaws.cn-south-9.sync-states",
            "cn.com.amazonaws.cn-south-9.execute-api",
        ],
    ),
];

fn fixture(region: &str) -> Fixture {
    let emulator = Emulator::new(Settings::default());
    let aws = provider(&emulator, region, json!({}));
    Fixture::on(aws, emulator)
}

#[tokio::test(start_paused = true)]
async fn names_are_those_of_the_partition() {
    for (region, partition, suffix, services) in REGIONS {
        let fixture = fixture(region);
        let (vpc, subnets) = fixture.network().await;
        for (short, full) in ["states", "sync-states", "execute-api"].iter().zip(services) {
            let inputs =
                json!({ "vpcId": vpc, "service": short, "subnetIds": subnets[..1], "privateDnsEnabled": true });
            let made = fixture.create::<InterfaceEndpoint>(short, inputs).await.unwrap();
            let arn = format!("arn:{partition}:ec2:{region}:123456789012:vpc-endpoint/{}", made.id);
            assert_eq!(made.output("arn"), arn);
            assert_eq!(made.output("serviceName"), *full);
            assert_eq!(made.output("privateDnsName"), format!("{short}.{region}.{suffix}"));
            assert_eq!(made.output("url"), format!("https://{short}.{region}.{suffix}"));
            let end = format!(".{short}.{region}.vpce.{suffix}");
            assert!(made.output("regionalDnsName").ends_with(&end), "{made:?}");
            let read = fixture.refresh::<InterfaceEndpoint>(&made).await.unwrap().unwrap();
            assert_eq!(read.prior, made.prior, "nothing changes between reads");
            let imported = fixture
                .import::<InterfaceEndpoint>(short, &made.id)
                .await
                .unwrap()
                .unwrap();
            assert_eq!(
                imported.prior.inputs["service"],
                (*short).into(),
                "a full name that has a short one"
            );
        }
        let group = json!({ "vpcId": vpc, "description": "d" });
        let group = fixture.create::<SecurityGroup>("group", group).await.unwrap();
        let arn = format!("arn:{partition}:ec2:{region}:123456789012:security-group/{}", group.id);
        assert_eq!(group.output("arn"), arn);
    }
}

/// The FIPS services of Step Functions, alone and together with the others.
#[tokio::test(start_paused = true)]
async fn fips_services_have_short_names_where_they_exist() {
    for region in ["us-east-1", "us-gov-west-1"] {
        let fixture = fixture(region);
        let (vpc, subnets) = fixture.network().await;
        for short in ["states", "states-fips", "sync-states", "sync-states-fips"] {
            let inputs =
                json!({ "vpcId": vpc, "service": short, "subnetIds": subnets[..1], "privateDnsEnabled": true });
            let made = fixture
                .create::<InterfaceEndpoint>(short, inputs.clone())
                .await
                .unwrap();
            let full = format!("com.amazonaws.{region}.{short}");
            assert_eq!(made.output("serviceName"), full);
            assert_eq!(made.output("url"), format!("https://{short}.{region}.amazonaws.com"));
            let imported = fixture
                .import::<InterfaceEndpoint>(short, &made.id)
                .await
                .unwrap()
                .unwrap();
            assert_eq!(imported.prior.inputs["service"], short.into());
            let spelt_out = with(&inputs, json!({ "service": full }));
            let diff = fixture.diff::<InterfaceEndpoint>(&made, spelt_out).unwrap();
            assert!(diff.detailed.is_empty(), "the same service: {diff:?}");
        }
    }
    let fixture = fixture("eu-west-1");
    let (vpc, subnets) = fixture.network().await;
    let inputs = json!({ "vpcId": vpc, "service": "states-fips", "subnetIds": subnets[..1] });
    let (_, error) = fixture.create::<InterfaceEndpoint>("fips", inputs).await.unwrap_err();
    let advice = "turn off `endpoints.fips` of the component";
    assert!(error.to_string().contains(advice), "{error}");
}
