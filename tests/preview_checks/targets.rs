//! The endpoint behind which private APIs are.

use private_step_functions::resources::resource_configuration::ResourceConfiguration;
use pulumi_provider::resource::findings::Certainty::{Fails, WorksOtherwise};
use serde_json::json;

use crate::fixture::{Fixture, provider};
use crate::situation::{admit, configuration, foreign_endpoint, has, is_fine, unknown};

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_does_not_exist() {
    let fixture = Fixture::new();
    let inputs = configuration(&fixture, &unknown("vpce")).await;
    let expected = (
        "target-missing",
        "target.vpcEndpointId",
        "for an endpoint of another account, set `domainName`",
    );
    has::<ResourceConfiguration>(&fixture, inputs, Fails, expected).await;
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_of_another_service() {
    let fixture = Fixture::new();
    let other = foreign_endpoint(&fixture, "states", false).await;
    let inputs = configuration(&fixture, &other).await;
    let expected = (
        "target-service",
        "target.vpcEndpointId",
        "is an endpoint of com.amazonaws.eu-west-1.states",
    );
    has::<ResourceConfiguration>(&fixture, inputs, Fails, expected).await;
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_does_not_admit_the_gateway() {
    let fixture = Fixture::new();
    let endpoint = foreign_endpoint(&fixture, "execute-api", false).await;
    let inputs = configuration(&fixture, &endpoint).await;
    // The gateway and the endpoint both have the default group, whose members reach each other.
    is_fine::<ResourceConfiguration>(&fixture, inputs.clone()).await;

    let closed = fixture.security_group("closed").await;
    let (_, subnets) = fixture.network().await;
    let call = fixture
        .aws
        .ec2()
        .await
        .unwrap()
        .describe_vpc_endpoints()
        .vpc_endpoint_ids(&endpoint);
    let before = call.send().await.unwrap().vpc_endpoints()[0].groups()[0]
        .group_id()
        .unwrap()
        .to_owned();
    let call = fixture
        .aws
        .ec2()
        .await
        .unwrap()
        .modify_vpc_endpoint()
        .vpc_endpoint_id(&endpoint);
    call.add_security_group_ids(&closed)
        .remove_security_group_ids(before)
        .send()
        .await
        .unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(300)).await;
    let again = || {
        Fixture::on(
            provider(&fixture.emulator, "eu-west-1", json!({})),
            fixture.emulator.clone(),
        )
    };
    let expected = ("target-closed", "target.vpcEndpointId", "admits the resource gateway");
    has::<ResourceConfiguration>(&again(), inputs.clone(), WorksOtherwise, expected).await;

    let call = fixture
        .aws
        .ec2()
        .await
        .unwrap()
        .describe_subnets()
        .subnet_ids(&subnets[0]);
    let block = call.send().await.unwrap().subnets()[0].cidr_block().unwrap().to_owned();
    admit(&fixture, &closed, &block, 443).await;
    assert_eq!(
        crate::situation::findings::<ResourceConfiguration>(&again(), inputs).await,
        []
    );
}
