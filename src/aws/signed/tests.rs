use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use serde_json::json;

use super::super::Aws;
use super::super::config::ProviderConfig;
use super::super::looks::{self, QuotaCode};
use super::*;

/// Answers with each of these statuses and bodies in turn, and keeps the requests.
#[derive(Clone, Debug, Default)]
struct Answers {
    left: Arc<Mutex<Vec<(u16, String)>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

#[derive(Clone, Debug)]
struct Seen {
    url: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Seen {
    fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }
}

impl HttpClient for Answers {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Answers {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let headers = request.headers().iter();
        self.seen.lock().unwrap().push(Seen {
            url: request.uri().to_owned(),
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            body: String::from_utf8(request.body().bytes().unwrap().to_vec()).unwrap(),
        });
        let mut left = self.left.lock().unwrap();
        if left.is_empty() {
            return HttpConnectorFuture::ready(Err(ConnectorError::io("nothing is reachable here".into())));
        }
        let (status, body) = left.remove(0);
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body))))
    }
}

fn answering(answers: &[(u16, &str)], more: Value) -> (Aws, Answers) {
    let client = Answers::default();
    *client.left.lock().unwrap() = answers
        .iter()
        .map(|(status, body)| (*status, (*body).to_owned()))
        .collect();
    let mut config = json!({
        "region": "eu-west-1", "accessKey": "AKIATEST", "secretKey": "hidden-key", "token": "hidden-token", "maxRetries": 2,
    });
    config
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let config: ProviderConfig = serde_json::from_value(config).unwrap();
    (Aws::in_process(config, client.clone()), client)
}

const ENDPOINTS: QuotaCode = QuotaCode {
    service: "vpc",
    quota: "L-29B6F2EB",
};
const NONE: &str =
    "<ListHostedZonesByVPCResponse><HostedZoneSummaries/><MaxItems>100</MaxItems></ListHostedZonesByVPCResponse>";

#[tokio::test(start_paused = true)]
async fn a_call_is_signed_for_its_service_and_region() {
    let (aws, client) = answering(&[(200, r#"{"Quota": {"Value": 60.0}}"#), (200, NONE)], json!({}));
    assert_eq!(looks::quota(&aws, ENDPOINTS).await.unwrap(), Some(60));
    assert_eq!(looks::hosted_zones(&aws, "vpc-1").await.unwrap(), []);
    let seen = client.seen.lock().unwrap().clone();
    let [quota, zones] = &seen[..] else {
        panic!("{seen:?}");
    };
    assert_eq!(quota.url, "https://servicequotas.eu-west-1.amazonaws.com/");
    assert_eq!(quota.body, r#"{"QuotaCode":"L-29B6F2EB","ServiceCode":"vpc"}"#);
    assert_eq!(quota.header("x-amz-target"), "ServiceQuotasV20190624.GetServiceQuota");
    assert_eq!(quota.header("content-type"), "application/x-amz-json-1.1");
    assert_eq!(
        zones.url,
        "https://route53.amazonaws.com/2013-04-01/hostedzonesbyvpc?vpcid=vpc-1&vpcregion=eu-west-1"
    );
    for (seen, scope, id) in [
        (quota, "/eu-west-1/servicequotas/aws4_request", "api/servicequotas"),
        (zones, "/us-east-1/route53/aws4_request", "api/route53"),
    ] {
        let authorization = seen.header("authorization");
        assert!(
            authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKIATEST/"),
            "{authorization}"
        );
        assert!(authorization.contains(scope), "{authorization}");
        assert_eq!(seen.header("x-amz-security-token"), "hidden-token");
        let agent = seen.header("user-agent");
        assert!(agent.contains("app/pulumi-private-step-functions"), "{agent}");
        let agent = seen.header("x-amz-user-agent").to_owned() + agent;
        assert!(agent.contains(id), "{agent}");
        assert_eq!(seen.header("amz-sdk-request"), "attempt=1; max=3");
    }
}

#[tokio::test(start_paused = true)]
async fn throttling_and_server_errors_are_tried_again() {
    let fine = (200, r#"{"Quota": {"Value": 60.0}}"#);
    for first in [
        (
            400,
            r#"{"__type": "TooManyRequestsException", "message": "Rate exceeded"}"#,
        ),
        (500, r#"{"__type": "ServiceException"}"#),
        (502, "<html>"),
    ] {
        let (aws, client) = answering(&[first, fine], json!({}));
        assert_eq!(looks::quota(&aws, ENDPOINTS).await.unwrap(), Some(60), "{first:?}");
        assert_eq!(client.seen.lock().unwrap().len(), 2);
    }
    let (aws, client) = answering(&[], json!({}));
    let error = looks::quota(&aws, ENDPOINTS).await.unwrap_err();
    assert_eq!(client.seen.lock().unwrap().len(), 3, "{error}");
    // The provider takes `MaybeSent` for a network that does not work, and checks nothing more.
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_an_error_of_its_kind() {
    let refused = async |status: u16, body: &str| {
        let (aws, client) = answering(&[(status, body)], json!({}));
        let error = looks::key_tags(&aws, "arn:aws:kms:eu-west-1:1:key/k")
            .await
            .unwrap_err();
        assert_eq!(client.seen.lock().unwrap().len(), 1, "{error}");
        let text = format!("{error} {error:?}");
        assert!(!text.contains("hidden"), "{text}");
        error
    };
    let denied = refused(
        400,
        r#"{"__type": "AccessDeniedException", "Message": "User is not authorized"}"#,
    )
    .await;
    assert_eq!(denied.kind(), ErrorKind::Denied);
    insta::assert_snapshot!(denied, @"ListResourceTags: access denied: User is not authorized. Grant kms:ListResourceTags");
    let expired = refused(
        403,
        r#"{"__type": "ExpiredTokenException", "message": "The token has expired"}"#,
    )
    .await;
    assert_eq!(expired.kind(), ErrorKind::Credentials);
    assert_eq!(
        refused(400, r#"{"__type": "InvalidArnException"}"#).await.kind(),
        ErrorKind::Invalid
    );
    let (aws, _) = answering(
        &[(
            403,
            "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error><RequestId>r-1</RequestId></ErrorResponse>",
        )],
        json!({}),
    );
    insta::assert_snapshot!(
        looks::hosted_zones(&aws, "vpc-1").await.unwrap_err(),
        @"ListHostedZonesByVPC: access denied: no. Grant route53:ListHostedZonesByVPC (request id r-1)"
    );
    let (aws, _) = answering(&[(200, "<html>Sign in to the network</html>"); 3], json!({}));
    insta::assert_snapshot!(
        looks::hosted_zones(&aws, "vpc-1").await.unwrap_err(),
        @"ListHostedZonesByVPC: AWS's answer (HTTP 200) could not be read: it is not a complete answer"
    );
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_of_the_configuration_is_used() {
    let endpoints = json!({ "endpoints": { "route53": "http://127.0.0.1:4566" } });
    let (aws, client) = answering(&[(200, NONE)], endpoints);
    looks::hosted_zones(&aws, "vpc-1").await.unwrap();
    assert!(
        client.seen.lock().unwrap()[0]
            .url
            .starts_with("http://127.0.0.1:4566/2013-04-01/")
    );
    // The URL of Route 53 says nothing of KMS.
    insta::assert_snapshot!(
        looks::key(&aws, "alias/mine").await.unwrap_err(),
        @"DescribeKey: not sent, because other services have URLs of their own and KMS has none. Set `kms` in `private-step-functions:endpoints`, or AWS_ENDPOINT_URL_KMS"
    );
    assert_eq!(client.seen.lock().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_quota_that_nobody_raised_has_its_default() {
    let absent = (400, r#"{"__type": "NoSuchResourceException", "message": "no"}"#);
    let (aws, client) = answering(&[absent, (200, r#"{"Quota": {"Value": 50.0}}"#)], json!({}));
    assert_eq!(looks::quota(&aws, ENDPOINTS).await.unwrap(), Some(50));
    let targets: Vec<_> = client
        .seen
        .lock()
        .unwrap()
        .iter()
        .map(|seen| seen.header("x-amz-target").to_owned())
        .collect();
    assert_eq!(
        targets,
        [
            "ServiceQuotasV20190624.GetServiceQuota",
            "ServiceQuotasV20190624.GetAWSDefaultServiceQuota"
        ]
    );
}

/// A private network may have no way to these services. The checks of a preview have ten seconds for all that they read.
#[tokio::test(start_paused = true)]
async fn a_service_that_does_not_answer_is_given_up_soon() {
    #[derive(Debug)]
    struct Silent;
    impl HttpConnector for Silent {
        fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
            HttpConnectorFuture::new(std::future::pending())
        }
    }
    let config = json!({ "region": "eu-west-1", "accessKey": "a", "secretKey": "b" });
    let silent = http_client_fn(|_, _| SharedHttpConnector::new(Silent));
    let aws = Aws::in_process(serde_json::from_value(config).unwrap(), silent);
    let began = tokio::time::Instant::now();
    let error = looks::hosted_zones(&aws, "vpc-1").await.unwrap_err();
    insta::assert_snapshot!(
        error,
        @"ListHostedZonesByVPC: AWS did not answer within 4 seconds. Check the network, proxy and endpoint settings if this persists"
    );
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(looks::hosted_zones(&aws, "vpc-2").await.is_err());
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    // Another service is tried.
    looks::key(&aws, "alias/mine").await.unwrap_err();
    assert!(began.elapsed() > Duration::from_secs(8), "{:?}", began.elapsed());
}
