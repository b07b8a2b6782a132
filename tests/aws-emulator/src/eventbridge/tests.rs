//! Tests of the service with the real SDK, in process and on a paused clock.

use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::config::retry::RetryConfig;
use aws_sdk_eventbridge::config::{BehaviorVersion, Region};
use aws_sdk_eventbridge::error::SdkError;
use aws_sdk_eventbridge::operation::describe_connection::DescribeConnectionOutput;
use aws_sdk_eventbridge::operation::update_connection::builders::UpdateConnectionFluentBuilder;
use aws_sdk_eventbridge::types::{
    ConnectionAuthorizationType as Kind, ConnectionOAuthHttpMethod, ConnectionState as State,
    ConnectivityResourceConfigurationArn, ConnectivityResourceParameters, CreateConnectionApiKeyAuthRequestParameters,
    CreateConnectionAuthRequestParameters as CreateAuth, CreateConnectionOAuthClientRequestParameters,
    CreateConnectionOAuthRequestParameters, UpdateConnectionApiKeyAuthRequestParameters,
    UpdateConnectionAuthRequestParameters, UpdateConnectionBasicAuthRequestParameters,
};

use serde_json::{Value, json};

use crate::faults::{Fault, FaultKind};
use crate::lattice::tests::{self as lattice, credentials, pass, refusal};
use crate::{Emulator, Settings, sdk};

fn client(emulator: &Emulator) -> Client {
    let config = aws_sdk_eventbridge::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(credentials())
        .retry_config(RetryConfig::disabled())
        .http_client(sdk::client(emulator))
        .build();
    Client::from_conf(config)
}

/// Returns the seed of a key that connections can use.
fn customer_key(alias: &str) -> Value {
    json!({
        "kind": "kms-key", "region": "us-east-1", "aliases": [alias], "tags": { "EventBridgeApiDestinations": "true" },
    })
}

fn key() -> CreateAuth {
    let key = CreateConnectionApiKeyAuthRequestParameters::builder()
        .api_key_name("x-key")
        .api_key_value("hush");
    CreateAuth::builder()
        .api_key_auth_parameters(key.build().unwrap())
        .build()
}

fn oauth(endpoint: &str, through: Option<&str>) -> CreateAuth {
    let me = CreateConnectionOAuthClientRequestParameters::builder()
        .client_id("me")
        .client_secret("hush");
    let oauth = CreateConnectionOAuthRequestParameters::builder()
        .client_parameters(me.build().unwrap())
        .authorization_endpoint(endpoint)
        .http_method(ConnectionOAuthHttpMethod::Post);
    let auth = CreateAuth::builder().o_auth_parameters(oauth.build().unwrap());
    auth.set_connectivity_parameters(through.map(through_arn)).build()
}

fn through_arn(arn: &str) -> ConnectivityResourceParameters {
    let arn = ConnectivityResourceConfigurationArn::builder()
        .resource_configuration_arn(arn)
        .build()
        .unwrap();
    ConnectivityResourceParameters::builder()
        .resource_parameters(arn)
        .build()
}

struct Fixture {
    emulator: Emulator,
    client: Client,
    gateway: String,
}

impl Fixture {
    async fn new() -> Self {
        let emulator = Emulator::new(Settings::default());
        let gateway = lattice::gateway(&emulator, "gate").await;
        Self {
            client: client(&emulator),
            gateway,
            emulator,
        }
    }

    async fn target(&self, name: &str, domain: &str) -> String {
        lattice::configuration(&self.emulator, &self.gateway, name, domain).await
    }

    async fn private(&self, name: &str, arn: &str) -> Result<State, (String, u16, String)> {
        let create = self
            .client
            .create_connection()
            .name(name)
            .authorization_type(Kind::ApiKey)
            .auth_parameters(key());
        match create.invocation_connectivity_parameters(through_arn(arn)).send().await {
            Ok(answer) => Ok(answer.connection_state.unwrap()),
            Err(error) => Err(refusal::<(), _>(Err(error))),
        }
    }

    async fn describe(&self, name: &str) -> DescribeConnectionOutput {
        self.client.describe_connection().name(name).send().await.unwrap()
    }

    fn update(&self, name: &str) -> UpdateConnectionFluentBuilder {
        self.client.update_connection().name(name)
    }

    /// Returns the states that a client sees while polling, each once.
    async fn states(&self, name: &str, seconds: u32) -> Vec<State> {
        let mut seen = Vec::new();
        for _ in 0..seconds * 4 {
            pass(0.25).await;
            if let Ok(answer) = self.client.describe_connection().name(name).send().await {
                seen.extend(answer.connection_state);
            }
        }
        seen.dedup();
        seen
    }

    async fn associations(&self, arn: &str) -> Vec<(String, String)> {
        let list = lattice::client(&self.emulator).list_service_network_resource_associations();
        let list = list.resource_configuration_identifier(arn).send().await.unwrap();
        list.items
            .iter()
            .map(|a| (a.arn().unwrap().to_owned(), a.status().unwrap().to_string()))
            .collect()
    }
}

#[tokio::test(start_paused = true)]
async fn a_public_connection_is_authorized_and_shows_no_secret() {
    let emulator = Emulator::new(Settings::default());
    let client = client(&emulator);
    let create = client
        .create_connection()
        .name("c")
        .authorization_type(Kind::ApiKey)
        .auth_parameters(key());
    let made = create.clone().send().await.unwrap();
    assert_eq!(made.connection_state, Some(State::Authorized));
    assert_eq!(refusal(create.send().await).0, "ResourceAlreadyExistsException");
    assert_eq!(
        refusal(client.describe_connection().name("c").send().await).0,
        "ResourceNotFoundException",
        "early"
    );
    pass(1.0).await;
    let shown = client.describe_connection().name("c").send().await.unwrap();
    assert!(!format!("{shown:?}").contains("hush"));
    let name = shown
        .auth_parameters
        .as_ref()
        .unwrap()
        .api_key_auth_parameters
        .as_ref()
        .unwrap()
        .api_key_name();
    assert_eq!(name, Some("x-key"));
    let secret = shown.secret_arn.unwrap();
    assert!(
        secret.starts_with("arn:aws:secretsmanager:us-east-1:123456789012:secret:events!connection/c/"),
        "{secret}"
    );
    let arn = regex::Regex::new("^arn:aws:events:us-east-1:123456789012:connection/c/[0-9a-f-]{36}$").unwrap();
    assert!(arn.is_match(shown.connection_arn.as_deref().unwrap()));
}

#[tokio::test(start_paused = true)]
async fn a_private_connection_is_authorized_before_it_is_active() {
    let fixture = Fixture::new().await;
    let arn = fixture.target("api", "api.example.com").await;
    assert_eq!(fixture.private("c", &arn).await, Ok(State::Creating));
    let states = fixture.states("c", 6).await;
    assert!(
        states.ends_with(&[State::Authorizing, State::Authorized, State::Active]),
        "{states:?}"
    );
    let shown = fixture.describe("c").await;
    let link = shown
        .invocation_connectivity_parameters
        .unwrap()
        .resource_parameters
        .unwrap();
    assert_eq!(link.resource_configuration_arn(), arn);
    assert_eq!(
        fixture.associations(&arn).await,
        [(link.resource_association_arn().to_owned(), "ACTIVE".to_owned())]
    );
    let tags = lattice::client(&fixture.emulator)
        .list_tags_for_resource()
        .resource_arn(link.resource_association_arn());
    let tags = tags.send().await.unwrap().tags.unwrap();
    assert_eq!(
        tags,
        [("ManagedByServiceAWSEventBridge".to_owned(), "123456789012:c".to_owned())].into()
    );
}

#[tokio::test(start_paused = true)]
async fn the_association_outlives_the_connection_and_blocks_the_configuration() {
    let fixture = Fixture::new().await;
    let arn = fixture.target("api", "api.example.com").await;
    fixture.private("c", &arn).await.unwrap();
    pass(5.0).await;
    let first = fixture.describe("c").await.connection_arn;
    let lattice = lattice::client(&fixture.emulator);
    let remove = || {
        lattice
            .delete_resource_configuration()
            .resource_configuration_identifier(&arn)
            .send()
    };
    let (code, status, message) = refusal(remove().await);
    assert_eq!((code.as_str(), status), ("ValidationException", 400));
    assert!(
        message.contains("existing association with service networks"),
        "{message}"
    );
    let held = &fixture.associations(&arn).await[0].0;
    let forbidden = lattice.delete_service_network_resource_association();
    let forbidden = forbidden
        .service_network_resource_association_identifier(held)
        .send()
        .await;
    assert_eq!(refusal(forbidden).0, "ValidationException");

    let delete = fixture.client.delete_connection().name("c");
    assert_eq!(
        delete.clone().send().await.unwrap().connection_state,
        Some(State::Deleting)
    );
    assert_eq!(refusal(delete.send().await).0, "ConcurrentModificationException");
    assert_eq!(
        fixture.private("c", &arn).await.unwrap_err().0,
        "ResourceAlreadyExistsException"
    );
    pass(2.5).await;
    assert_eq!(
        refusal(fixture.client.describe_connection().name("c").send().await).0,
        "ResourceNotFoundException"
    );
    assert_eq!(fixture.associations(&arn).await[0].1, "ACTIVE");
    pass(5.0).await;
    assert_eq!(fixture.associations(&arn).await[0].1, "DELETE_IN_PROGRESS");
    let rows = fixture.emulator.beyond_start();
    let half_dead = rows
        .iter()
        .find(|row| row.kind == "service-network-resource-association")
        .unwrap();
    assert_eq!(half_dead.state, "DELETE_IN_PROGRESS");
    assert!(!rows.iter().any(|row| row.kind == "connection"));
    assert_eq!(refusal(remove().await).0, "ValidationException");
    pass(5.0).await;
    assert_eq!(fixture.associations(&arn).await, []);
    fixture.private("c", &arn).await.unwrap();
    pass(5.0).await;
    assert_ne!(fixture.describe("c").await.connection_arn, first, "a new UUID");
}

#[tokio::test(start_paused = true)]
async fn a_target_changes_in_place_and_the_old_association_is_deleted_late() {
    let fixture = Fixture::new().await;
    let (old, new) = (
        fixture.target("old", "old.example.com").await,
        fixture.target("new", "new.example.com").await,
    );
    fixture.private("c", &old).await.unwrap();
    pass(5.0).await;
    let before = fixture.describe("c").await;
    let answer = fixture
        .update("c")
        .invocation_connectivity_parameters(through_arn(&new))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.connection_state, Some(State::Updating));
    assert!(answer.last_modified_time > before.last_modified_time);
    let stale = fixture.describe("c").await;
    assert_eq!(
        (stale.connection_state, stale.last_modified_time),
        (Some(State::Active), before.last_modified_time)
    );
    let busy = fixture.update("c").description("x").send().await;
    assert_eq!(refusal(busy).0, "ConcurrentModificationException");
    pass(5.0).await;
    let after = fixture.describe("c").await;
    assert_eq!(
        (after.connection_state, after.connection_arn),
        (Some(State::Active), before.connection_arn)
    );
    assert_eq!(
        (
            fixture.associations(&old).await.len(),
            fixture.associations(&new).await.len()
        ),
        (1, 1)
    );
    pass(6.0).await;
    assert_eq!(fixture.associations(&old).await, []);

    // An absent ARN changes nothing. An empty one makes the connection public again.
    fixture.update("c").description("d").send().await.unwrap();
    pass(2.0).await;
    assert_eq!(fixture.describe("c").await.connection_state, Some(State::Active));
    fixture
        .update("c")
        .invocation_connectivity_parameters(through_arn(""))
        .send()
        .await
        .unwrap();
    pass(2.0).await;
    let public = fixture.describe("c").await;
    assert_eq!(
        (public.connection_state, public.invocation_connectivity_parameters),
        (Some(State::Authorized), None)
    );
    assert_eq!(public.description.as_deref(), Some("d"));
}

#[tokio::test(start_paused = true)]
async fn a_failed_connection_has_a_state_reason() {
    let fixture = Fixture::new().await;
    for (name, domain, state) in [
        ("denied", "unauthorized.example.com", State::Deauthorized),
        ("deaf", "unreachable.example.com", State::FailedConnectivity),
    ] {
        let arn = fixture.target(name, domain).await;
        fixture.private(name, &arn).await.unwrap();
        pass(6.0).await;
        let shown = fixture.describe(name).await;
        assert_eq!(shown.connection_state, Some(state), "{name}");
        assert!(shown.state_reason.is_some(), "{name}");
    }
    // A failed configuration cannot be a target.
    let broken = fixture.target("broken", "api.nowhere.invalid").await;
    let (code, _, message) = fixture.private("broken", &broken).await.unwrap_err();
    assert_eq!(code, "ValidationException");
    assert!(message.contains("is not in ACTIVE status"), "{message}");
    // A good target repairs the connection.
    let arn = fixture.target("fine", "api.example.com").await;
    fixture
        .update("denied")
        .invocation_connectivity_parameters(through_arn(&arn))
        .send()
        .await
        .unwrap();
    pass(6.0).await;
    let mended = fixture.describe("denied").await;
    assert_eq!(
        (mended.connection_state, mended.state_reason),
        (Some(State::Active), None)
    );
}

#[tokio::test(start_paused = true)]
async fn a_target_must_exist_and_be_permitted() {
    let fixture = Fixture::new().await;
    let arn = fixture.target("api", "api.example.com").await;
    let unknown = format!("{}rcfg-00000000000000000", arn.split("rcfg-").next().unwrap());
    assert_eq!(
        fixture.private("c", &unknown).await.unwrap_err().0,
        "ResourceNotFoundException"
    );
    let action = "vpc-lattice:AssociateViaAWSService-EventsAndStates";
    fixture.emulator.deny([action.to_owned()]);
    let (code, _, message) = fixture.private("c", &arn).await.unwrap_err();
    assert_eq!(code, "AccessDeniedException");
    assert!(message.contains(action), "{message}");
    fixture.emulator.deny([]);
    // A configuration of another account, shared by RAM. That account has no objects in the emulator.
    let shared = arn.replace("123456789012", "999999999999");
    fixture.private("c", &shared).await.unwrap();
    pass(6.0).await;
    assert_eq!(fixture.describe("c").await.connection_state, Some(State::Active));
    assert_eq!(fixture.associations(&shared).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_twenty_first_private_connection_is_refused() {
    let fixture = Fixture::new().await;
    let arn = fixture.target("api", "api.example.com").await;
    for n in 0..20 {
        fixture.private(&format!("c{n}"), &arn).await.unwrap();
    }
    assert_eq!(
        fixture.private("c20", &arn).await.unwrap_err().0,
        "LimitExceededException"
    );
    let public = fixture
        .client
        .create_connection()
        .name("p")
        .authorization_type(Kind::ApiKey)
        .auth_parameters(key());
    public.send().await.unwrap();
    pass(1.0).await;
    let all = fixture.client.list_connections().limit(15).send().await.unwrap();
    assert_eq!(all.connections().len(), 15);
    let rest = fixture
        .client
        .list_connections()
        .next_token(all.next_token.unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!((rest.connections().len(), rest.next_token()), (6, None));
    let public = fixture
        .client
        .list_connections()
        .name_prefix("p")
        .connection_state(State::Authorized);
    assert_eq!(public.send().await.unwrap().connections().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_oauth_connection_is_authorized_later_through_a_vpc() {
    let fixture = Fixture::new().await;
    let arn = fixture.target("login", "login.example.com").await;
    let create = |name: &str, auth| {
        let create = fixture
            .client
            .create_connection()
            .name(name)
            .authorization_type(Kind::OauthClientCredentials);
        create.auth_parameters(auth)
    };
    let made = create("public", oauth("https://login.example.com/token", None))
        .send()
        .await
        .unwrap();
    assert_eq!(made.connection_state, Some(State::Authorizing));
    create("private", oauth("https://login.example.com/token", Some(&arn)))
        .send()
        .await
        .unwrap();
    create("denied", oauth("https://unauthorized.example.com/token", None))
        .send()
        .await
        .unwrap();
    pass(2.0).await;
    assert_eq!(
        fixture.describe("public").await.connection_state,
        Some(State::Authorized)
    );
    assert_eq!(
        fixture.describe("denied").await.connection_state,
        Some(State::Deauthorized)
    );
    pass(4.0).await;
    assert_eq!(
        fixture.describe("private").await.connection_state,
        Some(State::Authorizing)
    );
    pass(5.0).await;
    let shown = fixture.describe("private").await;
    assert_eq!(
        shown.connection_state,
        Some(State::Authorized),
        "the API itself is public"
    );
    assert!(shown.auth_parameters.unwrap().connectivity_parameters.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_deauthorized_connection_has_no_credentials_until_an_update() {
    let emulator = Emulator::new(Settings::default());
    let client = client(&emulator);
    let create = client
        .create_connection()
        .name("c")
        .authorization_type(Kind::ApiKey)
        .auth_parameters(key());
    create.send().await.unwrap();
    pass(1.0).await;
    let answer = client.deauthorize_connection().name("c").send().await.unwrap();
    assert_eq!(answer.connection_state, Some(State::Deauthorizing));
    pass(2.0).await;
    let shown = client.describe_connection().name("c").send().await.unwrap();
    assert_eq!(shown.connection_state, Some(State::Deauthorized));
    assert_eq!((shown.auth_parameters, shown.secret_arn), (None, None));
    let key = UpdateConnectionApiKeyAuthRequestParameters::builder()
        .api_key_name("x-new")
        .api_key_value("hush");
    let auth = UpdateConnectionAuthRequestParameters::builder()
        .api_key_auth_parameters(key.build())
        .build();
    client
        .update_connection()
        .name("c")
        .auth_parameters(auth)
        .send()
        .await
        .unwrap();
    pass(2.0).await;
    let shown = client.describe_connection().name("c").send().await.unwrap();
    assert_eq!(shown.connection_state, Some(State::Authorized));
    assert!(shown.secret_arn.is_some());
}

#[tokio::test(start_paused = true)]
async fn parameters_of_another_type_are_ignored_and_the_kms_key_is_kept() {
    let emulator = Emulator::new(Settings::default());
    emulator.seed(customer_key("alias/mine")).unwrap();
    let client = client(&emulator);
    let create = client
        .create_connection()
        .name("c")
        .authorization_type(Kind::ApiKey)
        .auth_parameters(key());
    create.kms_key_identifier("alias/mine").send().await.unwrap();
    pass(1.0).await;
    let basic = UpdateConnectionBasicAuthRequestParameters::builder()
        .username("u")
        .password("hush")
        .build();
    let auth = UpdateConnectionAuthRequestParameters::builder()
        .basic_auth_parameters(basic)
        .build();
    let update = || client.update_connection().name("c").auth_parameters(auth.clone());
    update().kms_key_identifier("").send().await.unwrap();
    pass(2.0).await;
    let shown = client.describe_connection().name("c").send().await.unwrap();
    assert_eq!(
        (shown.authorization_type, shown.kms_key_identifier.as_deref()),
        (Some(Kind::ApiKey), Some("alias/mine"))
    );
    assert!(shown.auth_parameters.unwrap().basic_auth_parameters.is_none());
    update().authorization_type(Kind::Basic).send().await.unwrap();
    pass(2.0).await;
    let shown = client.describe_connection().name("c").send().await.unwrap();
    assert_eq!(
        shown.auth_parameters.unwrap().basic_auth_parameters.unwrap().username(),
        Some("u")
    );
}

#[tokio::test(start_paused = true)]
async fn a_lost_response_leaves_a_connection_that_blocks_the_name() {
    let emulator = Emulator::new(Settings::default());
    let client = client(&emulator);
    let create = client
        .create_connection()
        .name("c")
        .authorization_type(Kind::ApiKey)
        .auth_parameters(key());
    emulator.inject(Fault::new("CreateConnection", 1, FaultKind::ResetAfter));
    assert!(matches!(create.clone().send().await, Err(SdkError::DispatchFailure(_))));
    assert_eq!(refusal(create.send().await).0, "ResourceAlreadyExistsException");
}

#[tokio::test(start_paused = true)]
async fn a_description_update_does_not_retry_a_failed_connection() {
    let fixture = Fixture::new().await;
    let arn = fixture.target("deaf", "unreachable.example.com").await;
    fixture.private("c", &arn).await.unwrap();
    pass(6.0).await;
    fixture.update("c").description("d").send().await.unwrap();
    pass(2.0).await;
    let shown = fixture.describe("c").await;
    assert_eq!(shown.connection_state, Some(State::FailedConnectivity));
    assert!(shown.state_reason.is_some());
}

#[tokio::test(start_paused = true)]
async fn the_eventbridge_api_admits_fifty_calls_a_second() {
    let emulator = Emulator::new(Settings::default());
    let client = client(&emulator);
    let list = || client.list_connections().send();
    for _ in 0..50 {
        list().await.unwrap();
    }
    assert_eq!(refusal(list().await).0, "ThrottlingException");
    pass(1.0).await;
    list().await.unwrap();
}
