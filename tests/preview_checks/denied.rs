//! Reads that fail: nothing is found, and nothing fails.

use aws_emulator::faults::FaultKind;
use private_step_functions::aws::Aws;
use private_step_functions::resources::connection::Connection;
use private_step_functions::resources::interface_endpoint::InterfaceEndpoint;
use private_step_functions::resources::resource_configuration::ResourceConfiguration;
use private_step_functions::resources::resource_gateway::ResourceGateway;
use pulumi_provider::resource::Resource;
use pulumi_provider::resource::check_cx::Shared;
use serde_json::{Value as Json, json};

use crate::fixture::{Fixture, REGION, provider};
use crate::situation::{configuration, connection, endpoint, foreign_endpoint, gateway, keyed, usable_key};

/// Previews a create while a read is denied, and returns what could not be checked.
async fn denied<R: Resource<Clients = Aws>>(fixture: &Fixture, action: &str, inputs: &Json) -> Vec<String> {
    fixture.emulator.deny(vec![action.to_owned()]);
    let fresh = Fixture::on(provider(&fixture.emulator, REGION, json!({})), fixture.emulator.clone());
    let (findings, not_checked) = fresh
        .findings::<R>("it", inputs.clone(), None, &Shared::default())
        .await;
    fixture.emulator.deny(Vec::new());
    assert_eq!(findings, [], "{action}");
    not_checked
        .into_iter()
        .map(|(what, error)| format!("{what}: {error}"))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_denied_read_ends_its_check_and_no_other() {
    let fixture = Fixture::new();
    let own = endpoint(&fixture, json!({ "privateDnsEnabled": true })).await;
    let target = configuration(&fixture, &foreign_endpoint(&fixture, "execute-api", false).await).await;
    let gateway = gateway(&fixture, json!({ "dnsResolution": "IN_VPC" })).await;
    for action in [
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
        "ec2:DescribeVpcAttribute",
        "ec2:DescribeDhcpOptions",
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeVpcEndpointServices",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeNetworkAcls",
        "route53:ListHostedZonesByVPC",
    ] {
        let told = denied::<InterfaceEndpoint>(&fixture, action, &own).await;
        let call = action.rsplit(':').next().unwrap();
        assert!(
            !told.is_empty() && told.iter().all(|told| told.contains(call)),
            "{action}: {told:?}"
        );
    }
    for action in ["vpc-lattice:ListResourceGateways", "ec2:DescribeDhcpOptions"] {
        assert!(
            !denied::<ResourceGateway>(&fixture, action, &gateway).await.is_empty(),
            "{action}"
        );
    }
    for action in ["ec2:DescribeVpcEndpoints", "vpc-lattice:ListResourceGateways"] {
        assert!(
            !denied::<ResourceConfiguration>(&fixture, action, &target)
                .await
                .is_empty(),
            "{action}"
        );
    }
    for (action, address) in [
        ("ec2:DescribeNetworkInterfaces", "172.31.0.77"),
        ("ec2:DescribeVpcs", "172.31.0.77"),
        ("ec2:DescribeRouteTables", "10.9.0.5"),
    ] {
        let inputs = crate::fixture::with(&target, json!({ "target": { "ipAddress": address } }));
        let told = denied::<ResourceConfiguration>(&fixture, action, &inputs).await;
        assert_eq!(told.len(), 1, "{action}: {told:?}");
    }
    let connection =
        connection("arn:aws:vpc-lattice:eu-west-1:123456789012:resourceconfiguration/rcfg-0123456789abcdef0");
    assert!(
        !denied::<Connection>(&fixture, "events:ListConnections", &connection)
            .await
            .is_empty()
    );
    usable_key(&fixture, json!({}));
    for action in ["kms:DescribeKey", "kms:ListResourceTags", "kms:GetKeyPolicy"] {
        let told = denied::<Connection>(&fixture, action, &keyed("alias/orders")).await;
        assert!(told.len() == 1 && told[0].contains(action), "{told:?}");
    }
    // The account is only for comparisons.
    assert_eq!(
        denied::<InterfaceEndpoint>(&fixture, "sts:GetCallerIdentity", &own).await,
        Vec::<String>::new()
    );
}

#[tokio::test(start_paused = true)]
async fn a_throttled_read_is_tried_again() {
    let fixture = Fixture::new();
    let inputs = endpoint(&fixture, json!({})).await;
    fixture.inject("DescribeSubnets", FaultKind::Throttle);
    assert_eq!(
        crate::situation::findings::<InterfaceEndpoint>(&fixture, inputs).await,
        []
    );
}
