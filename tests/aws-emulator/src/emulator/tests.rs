//! Tests of faults, journal, control plane and the SDK adapter, with HTTP requests in process.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_vpclattice::config::retry::RetryConfig;
use aws_sdk_vpclattice::config::{BehaviorVersion, Region};

use super::*;

const REGION: &str = "us-east-1";

fn signed(access_key: &str, region: &str, service: &str, body: &str) -> Request<Bytes> {
    let scope =
        format!("AWS4-HMAC-SHA256 Credential={access_key}/20260101/{region}/{service}/aws4_request, Signature=0");
    let request = Request::post("http://emulator/").header("authorization", scope);
    request.body(Bytes::from(body.to_owned())).unwrap()
}

async fn ask(emulator: &Emulator, request: Request<Bytes>) -> (u16, String) {
    let response = emulator.call(request).await.unwrap();
    (
        response.status().as_u16(),
        String::from_utf8(response.into_body().to_vec()).unwrap(),
    )
}

async fn control(emulator: &Emulator, method: &str, path: &str, body: Value) -> (u16, Value) {
    let request = Request::builder()
        .method(method)
        .uri(format!("http://emulator/_emulator/{path}"));
    let (status, text) = ask(emulator, request.body(Bytes::from(body.to_string())).unwrap()).await;
    (status, serde_json::from_str(&text).unwrap())
}

fn ec2(action: &str) -> Request<Bytes> {
    signed(
        "AKIATEST",
        REGION,
        "ec2",
        &format!("Action={action}&Version=2016-11-15"),
    )
}

#[tokio::test(start_paused = true)]
async fn errors_have_the_format_of_their_service() {
    let emulator = Emulator::new(Settings::default());
    let (status, body) = ask(&emulator, ec2("DescribeVpcs&VpcId.1=vpc-0")).await;
    assert_eq!(status, 400);
    let error = "<Response><Errors><Error><Code>InvalidVpcID.NotFound</Code><Message>The vpc ID &apos;vpc-0&apos; does not exist</Message></Error></Errors><RequestID>";
    assert!(body.contains(error), "{body}");

    let (status, body) = ask(
        &emulator,
        signed("AKIATEST", REGION, "sts", "Action=AssumeRole&RoleArn=x"),
    )
    .await;
    assert_eq!(status, 400);
    assert!(
        body.contains("<ErrorResponse xmlns=") && body.contains("<Type>Sender</Type><Code>ValidationError</Code>"),
        "{body}"
    );

    let mut request = signed("AKIATEST", REGION, "events", "{}");
    request.headers_mut().insert(
        "x-amz-target",
        http::HeaderValue::from_static("AWSEvents.DescribeConnection"),
    );
    let (status, body) = ask(&emulator, request).await;
    assert_eq!(
        (status, &serde_json::from_str::<Value>(&body).unwrap()["__type"]),
        (400, &json!("ValidationException"))
    );

    let mut request = signed("AKIATEST", REGION, "vpc-lattice", "{}");
    *request.uri_mut() = "http://emulator/resourcegateways".parse().unwrap();
    let response = emulator.call(request).await.unwrap();
    assert_eq!(response.headers()["x-amzn-errortype"], "ValidationException");

    let unsigned = Request::get("http://emulator/").body(Bytes::new()).unwrap();
    assert_eq!(ask(&emulator, unsigned).await.0, 403);
}

#[tokio::test(start_paused = true)]
async fn a_fault_fails_the_nth_call_with_an_error_of_the_service() {
    let emulator = Emulator::new(Settings::default());
    for (kind, status, code) in [
        (FaultKind::Throttle, 503, "RequestLimitExceeded"),
        (FaultKind::Internal, 500, "InternalError"),
        (FaultKind::AccessDenied, 403, "UnauthorizedOperation"),
    ] {
        emulator.inject(Fault::new("DescribeVpcs", 2, kind));
        assert_eq!(ask(&emulator, ec2("DescribeVpcs")).await.0, 200);
        let (got, body) = ask(&emulator, ec2("DescribeVpcs")).await;
        assert_eq!(got, status);
        assert!(body.contains(code), "{body}");
        assert_eq!(ask(&emulator, ec2("DescribeVpcs")).await.0, 200);
    }
    emulator.inject(Fault::new("*", 1, FaultKind::Slow).delay(Duration::from_secs(7)));
    let before = Instant::now();
    assert_eq!(ask(&emulator, ec2("DescribeVpcs")).await.0, 200);
    assert_eq!(before.elapsed(), Duration::from_secs(7));
}

#[tokio::test(start_paused = true)]
async fn a_connection_reset_happens_before_or_after_the_effect() {
    let emulator = Emulator::new(Settings::default());
    let create = || ec2("CreateVpc&CidrBlock=10.0.0.0%2F16");
    emulator.inject(Fault::new("CreateVpc", 1, FaultKind::ResetBefore));
    assert_eq!(emulator.call(create()).await.unwrap_err(), ConnectionReset);
    assert!(emulator.beyond_start().is_empty());
    emulator.inject(Fault::new("CreateVpc", 1, FaultKind::ResetAfter));
    assert_eq!(emulator.call(create()).await.unwrap_err(), ConnectionReset);
    assert!(emulator.beyond_start().iter().any(|row| row.kind == "vpc"));
    let outcomes: Vec<_> = emulator.journal().into_iter().map(|entry| entry.outcome).collect();
    assert_eq!(outcomes, ["reset before", "reset after"]);
}

#[tokio::test(start_paused = true)]
async fn the_sdk_reports_a_connection_reset_as_an_io_failure() {
    let emulator = Emulator::new(Settings::default());
    let config = aws_sdk_vpclattice::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .credentials_provider(
            Credentials::builder()
                .access_key_id("AKIA")
                .secret_access_key("s")
                .provider_name("t")
                .build(),
        )
        .retry_config(RetryConfig::disabled())
        .http_client(crate::sdk::client(&emulator))
        .build();
    let client = aws_sdk_vpclattice::Client::from_conf(config);
    client.list_resource_gateways().send().await.unwrap();
    emulator.inject(Fault::new("ListResourceGateways", 1, FaultKind::ResetAfter));
    let error = client.list_resource_gateways().send().await.unwrap_err();
    let aws_sdk_vpclattice::error::SdkError::DispatchFailure(failure) = error else {
        panic!("{error:?}")
    };
    assert!(failure.is_io());
}

#[tokio::test(start_paused = true)]
async fn a_seed_makes_what_no_call_makes_and_is_checked() {
    let emulator = Emulator::new(Settings::default());
    let subnets = async || {
        let answer = emulator.invoke(REGION, "ec2", "DescribeSubnets", json!({})).await;
        answer.unwrap().unwrap()["Subnets"].clone()
    };
    let before = subnets().await;
    let id = before[0]["SubnetId"].clone();
    let seed = json!({ "kind": "subnet", "SubnetId": id, "OwnerId": "210987654321" });
    assert_eq!(emulator.seed(seed.clone()), Ok(json!({})));
    assert_eq!(subnets().await[0]["OwnerId"], "210987654321");
    // The same over HTTP.
    assert_eq!(control(&emulator, "POST", "seed", seed).await.0, 200);
    let wrong = json!({ "kind": "subnet", "SubnetId": id, "Colour": "red" });
    let (status, body) = control(&emulator, "POST", "seed", wrong.clone()).await;
    assert!(
        status == 400 && body.to_string().contains("unknown field `Colour`"),
        "{body}"
    );
    assert!(emulator.seed(wrong).unwrap_err().contains("unknown field `Colour`"));
    // A reset forgets seeds.
    emulator.reset();
    assert_eq!(subnets().await, before);
}

#[tokio::test(start_paused = true)]
async fn the_control_plane_gives_access_to_faults_permissions_and_journal() {
    let emulator = Emulator::new(Settings::default());
    assert_eq!(ask(&emulator, ec2("DescribeSubnets")).await.0, 200);
    let fault = json!({ "operation": "DescribeVpcs", "nth": 1, "kind": "throttle" });
    assert_eq!(control(&emulator, "POST", "faults", fault).await.0, 200);
    assert_eq!(ask(&emulator, ec2("DescribeVpcs")).await.0, 503);
    let (status, answer) = control(
        &emulator,
        "POST",
        "faults",
        json!({ "operation": "X", "kind": "nonsense" }),
    )
    .await;
    assert!(
        status == 400 && answer["message"].as_str().unwrap().contains("nonsense"),
        "{answer}"
    );

    let deny = json!({ "deny": ["ec2:DescribeVpcs"] });
    assert_eq!(control(&emulator, "POST", "permissions", deny).await.0, 200);
    assert_eq!(ask(&emulator, ec2("DescribeVpcs")).await.0, 403);

    let (_, journal) = control(&emulator, "GET", "journal", json!(null)).await;
    let call = &journal["calls"][1];
    assert_eq!(
        (&call["operation"], &call["outcome"]),
        (&json!("DescribeVpcs"), &json!("RequestLimitExceeded"))
    );
    assert_eq!(call["request"]["body"]["Version"], "2016-11-15");

    let (_, all) = control(&emulator, "GET", "resources", json!(null)).await;
    let kinds: Vec<_> = all["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["vpc", "subnet", "subnet", "subnet", "security-group"]);
    let (_, beyond) = control(&emulator, "GET", "resources?beyond-start", json!(null)).await;
    assert_eq!(beyond, json!({ "resources": [] }));

    let (_, operations) = control(&emulator, "GET", "operations", json!(null)).await;
    assert!(operations["sts"].as_array().unwrap().contains(&json!("AssumeRole")));
    assert_eq!(control(&emulator, "POST", "reset", json!(null)).await.0, 200);
    assert!(emulator.journal().is_empty());
    assert_eq!(ask(&emulator, ec2("DescribeVpcs")).await.0, 200);
    assert_eq!(control(&emulator, "GET", "nothing", json!(null)).await.0, 404);
}

#[tokio::test(start_paused = true)]
async fn token_buckets_throttle_endpoint_calls_and_refill() {
    let emulator = Emulator::new(Settings {
        speed: 2.0,
        ..Settings::default()
    });
    let delete = || ec2("DeleteVpcEndpoints&VpcEndpointId.1=vpce-0");
    for _ in 0..4 {
        assert_eq!(ask(&emulator, delete()).await.0, 200);
    }
    let (status, body) = ask(&emulator, delete()).await;
    assert!(status == 503 && body.contains("RequestLimitExceeded"), "{body}");
    let (status, body) = ask(&emulator, ec2("ModifyVpcEndpoint&VpcEndpointId=vpce-0")).await;
    assert!(
        status == 400 && body.contains("InvalidVpcEndpointId.NotFound"),
        "each operation has a bucket of its own: {body}"
    );
    tokio::time::sleep(Duration::from_millis(1_700)).await;
    assert_eq!(ask(&emulator, delete()).await.0, 200);
    let unlimited = Emulator::new(Settings {
        throttling: false,
        ..Settings::default()
    });
    for _ in 0..9 {
        assert_eq!(ask(&unlimited, delete()).await.0, 200);
    }
}

#[tokio::test(start_paused = true)]
async fn credentials_of_a_session_act_in_the_roles_account() {
    let emulator = Emulator::new(Settings::default());
    let body = "Action=AssumeRole&RoleArn=arn%3Aaws%3Aiam%3A%3A210987654321%3Arole%2Fpath%2Fdeploy&RoleSessionName=me";
    let (_, answer) = ask(&emulator, signed("AKIATEST", REGION, "sts", body)).await;
    let key = answer
        .split("<AccessKeyId>")
        .nth(1)
        .and_then(|rest| rest.split('<').next())
        .unwrap()
        .to_owned();
    let identity = |key: &str| signed(key, REGION, "sts", "Action=GetCallerIdentity");
    let (_, answer) = ask(&emulator, identity(&key)).await;
    assert!(
        answer.contains("<Arn>arn:aws:sts::210987654321:assumed-role/deploy/me</Arn>"),
        "{answer}"
    );
    let (_, answer) = ask(&emulator, identity("AKIATEST")).await;
    assert!(answer.contains("<Account>123456789012</Account>"), "{answer}");

    let create = "Action=CreateVpc&CidrBlock=10.0.0.0%2F16";
    ask(&emulator, signed(&key, "eu-west-1", "ec2", create)).await;
    let made: Vec<_> = emulator
        .beyond_start()
        .into_iter()
        .filter(|row| row.kind == "vpc")
        .collect();
    assert_eq!((&*made[0].account, &*made[0].region), ("210987654321", "eu-west-1"));

    let web = "Action=AssumeRoleWithWebIdentity&RoleArn=arn:aws:iam::123456789012:role/ci&RoleSessionName=me&WebIdentityToken=hush-hush";
    let unsigned = Request::post("http://emulator/")
        .body(Bytes::from_static(web.as_bytes()))
        .unwrap();
    assert_eq!(ask(&emulator, unsigned).await.0, 200);
    assert!(!format!("{:?}", emulator.journal()).contains("hush-hush"));
    let bad = "Action=AssumeRole&RoleArn=arn:aws:iam::12345:user/not-a-role&RoleSessionName=me";
    assert!(
        ask(&emulator, signed("AKIATEST", REGION, "sts", bad))
            .await
            .1
            .contains("ValidationError")
    );
}

#[tokio::test(start_paused = true)]
async fn an_accepted_operation_can_fail_later() {
    let emulator = Emulator::new(Settings::default());
    let ask = async |service: &str, operation: &str, params: Value| {
        emulator
            .invoke(REGION, service, operation, params)
            .await
            .unwrap()
            .unwrap()
    };
    let vpc = ask("ec2", "DescribeVpcs", json!({})).await["Vpcs"][0]["VpcId"].clone();
    let subnet = ask("ec2", "DescribeSubnets", json!({})).await["Subnets"][0]["SubnetId"].clone();
    let create = json!({ "name": "gate", "vpcIdentifier": vpc, "subnetIds": [subnet] });
    let id = ask("vpc-lattice", "CreateResourceGateway", create).await["id"].clone();
    let gateway = json!({ "resourceGatewayIdentifier": id });
    for (operation, status) in [
        ("UpdateResourceGateway", "UPDATE_FAILED"),
        ("DeleteResourceGateway", "DELETE_FAILED"),
    ] {
        tokio::time::sleep(Duration::from_secs(10)).await;
        emulator.inject(Fault::new(operation, 1, FaultKind::Fail));
        ask("vpc-lattice", operation, gateway.clone()).await;
        tokio::time::sleep(Duration::from_secs(10)).await;
        assert_eq!(
            ask("vpc-lattice", "GetResourceGateway", gateway.clone()).await["status"],
            status
        );
    }
    ask("vpc-lattice", "DeleteResourceGateway", gateway).await;
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert!(emulator.beyond_start().is_empty());
    let nonsense = json!({ "operation": "CreateVpc", "kind": "fail" });
    assert_eq!(control(&emulator, "POST", "faults", nonsense).await.0, 400);
}
