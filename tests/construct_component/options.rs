//! Resource options: which the component keeps, which its children get, and which cause a warning.

use private_step_functions::package::PrivateStepFunctions;
use prost_types::Value;
use prost_types::value::Kind;
use pulumi_provider::proto::alias::{Alias as Of, Spec};
use pulumi_provider::proto::construct_request::{CustomTimeouts, ResourceHooksBinding};
use pulumi_provider::proto::{Alias, ConfigureRequest, ConstructRequest};
use serde_json::json;

use crate::harness::server::{Harness, PROVIDER_URN, UNKNOWN, fields};
use crate::program::{COMPONENT, Program, both_halves, other, preview, request, within};

const OWN: &str = "urn:pulumi:dev::shop::pulumi:providers:private-step-functions::mine::7f";

fn all_options() -> ConstructRequest {
    let hooks = |name: &str| vec![format!("{name}-1"), format!("{name}-2")];
    ConstructRequest {
        parent: String::new(),
        protect: Some(true),
        retain_on_delete: Some(false),
        providers: [
            ("private-step-functions".to_owned(), OWN.to_owned()),
            ("aws".to_owned(), "aws::1".to_owned()),
        ]
        .into(),
        dependencies: vec![other("Vpc", "main")],
        additional_secret_outputs: vec![
            "resourceGatewayId".to_owned(),
            "statesEndpoint".to_owned(),
            "no".to_owned(),
        ],
        custom_timeouts: Some(CustomTimeouts {
            create: "30m".to_owned(),
            update: "20m".to_owned(),
            delete: "1h".to_owned(),
            read: "1m".to_owned(),
        }),
        deleted_with: other("Vpc", "main"),
        delete_before_replace: Some(true),
        ignore_changes: vec!["tags".to_owned()],
        replace_on_changes: vec!["vpcId".to_owned()],
        resource_hooks: Some(ResourceHooksBinding {
            before_create: hooks("bc"),
            after_create: hooks("ac"),
            before_update: hooks("bu"),
            after_update: hooks("au"),
            before_delete: hooks("bd"),
            after_delete: hooks("ad"),
            on_error: hooks("oe"),
        }),
        stack_trace_handle: "trace-1".to_owned(),
        replace_with: vec![other("Vpc", "main")],
        aliases: vec![Alias {
            alias: Some(Of::Spec(Spec {
                name: "old".to_owned(),
                ..Spec::default()
            })),
        }],
        replacement_trigger: Some(Value {
            kind: Some(Kind::StringValue("v2".to_owned())),
        }),
        ..request(both_halves())
    }
}

#[tokio::test(start_paused = true)]
async fn the_component_keeps_its_options() {
    let mut program = Program::start().await;
    let sent = all_options();
    program.construct(sent.clone()).await.unwrap();
    let got = program.harness.monitor.registration("orders").request;
    assert_eq!((got.r#type.as_str(), got.custom, got.remote), (COMPONENT, false, false));
    assert_eq!(
        (&got.parent, got.protect, got.retain_on_delete),
        (&sent.parent, sent.protect, sent.retain_on_delete)
    );
    assert_eq!((&got.provider, &got.providers), (&OWN.to_owned(), &sent.providers));
    assert_eq!(got.dependencies, sent.dependencies);
    assert_eq!((&got.aliases, got.alias_specs), (&sent.aliases, true));
    assert_eq!(
        (got.delete_before_replace, got.delete_before_replace_defined),
        (true, true)
    );
    assert_eq!(
        (&got.ignore_changes, &got.replace_on_changes),
        (&sent.ignore_changes, &sent.replace_on_changes)
    );
    assert_eq!(
        (&got.replace_with, &got.replacement_trigger),
        (&sent.replace_with, &sent.replacement_trigger)
    );
    assert_eq!(
        (&got.deleted_with, &got.parent_stack_trace_handle),
        (&sent.deleted_with, &sent.stack_trace_handle)
    );
    assert_eq!(got.additional_secret_outputs, sent.additional_secret_outputs);
    assert_eq!(got.custom_timeouts.unwrap().create, "30m");
    let (hooks, asked) = (got.hooks.unwrap(), sent.resource_hooks.unwrap());
    assert_eq!(
        (hooks.before_create, hooks.after_create),
        (asked.before_create, asked.after_create)
    );
    assert_eq!(
        (hooks.before_update, hooks.after_update),
        (asked.before_update, asked.after_update)
    );
    assert_eq!(
        (hooks.before_delete, hooks.after_delete),
        (asked.before_delete, asked.after_delete)
    );
    assert_eq!(hooks.on_error, asked.on_error);
    assert!(got.accept_secrets && got.accept_resources && got.supports_partial_values && got.supports_result_reporting);
    assert!(got.version.is_empty() && got.plugin_download_url.is_empty() && got.package_ref.is_empty());
    assert_eq!(
        got.object.unwrap().fields.keys().collect::<Vec<_>>(),
        ["endpoints", "privateApis", "subnetIds", "vpcId"]
    );
    assert_eq!(got.property_dependencies.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn children_get_the_options_that_the_engine_does_not_pass_on() {
    let mut program = Program::start().await;
    let answer = program.construct(all_options()).await.unwrap();
    assert_eq!(program.children().len(), 8);
    for child in program.children() {
        let (name, got) = (child.urn, child.request);
        assert_eq!(
            (got.parent.as_str(), got.custom, got.remote),
            (answer.urn.as_str(), true, false),
            "{name}"
        );
        assert_eq!((got.provider.as_str(), got.providers.len()), (OWN, 0), "{name}");
        assert!(got.version.is_empty() && got.plugin_download_url.is_empty(), "{name}");
        assert!(got.dependencies.contains(&other("Vpc", "main")), "{name}");
        let timeouts = got.custom_timeouts.unwrap();
        assert_eq!(
            [timeouts.create, timeouts.update, timeouts.delete, timeouts.read],
            ["30m", "20m", "1h", "1m"],
            "{name}"
        );
        assert_eq!(got.parent_stack_trace_handle, "trace-1", "{name}");
        // The engine passes these on itself, or they do not apply to children.
        assert!(
            got.protect.is_none() && got.retain_on_delete.is_none() && got.deleted_with.is_empty(),
            "{name}"
        );
        assert!(
            got.aliases.is_empty() && got.hooks.is_none() && got.replace_with.is_empty(),
            "{name}"
        );
        assert!(
            got.ignore_changes.is_empty() && got.replace_on_changes.is_empty(),
            "{name}"
        );
        assert!(
            got.replacement_trigger.is_none() && got.additional_secret_outputs.is_empty(),
            "{name}"
        );
        assert!(
            got.accept_secrets && got.accept_resources && got.supports_partial_values,
            "{name}"
        );
        assert!(got.supports_result_reporting, "{name}");
        // For a property without an entry, the engine assumes a dependency on everything.
        assert!(
            got.object.unwrap().fields.keys().eq(got.property_dependencies.keys()),
            "{name}"
        );
        let known = got
            .property_dependencies
            .values()
            .flat_map(|one| &one.urns)
            .all(|urn| got.dependencies.contains(urn));
        assert!(known, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn options_without_effect_on_children_cause_warnings() {
    let mut program = Program::start().await;
    program.construct(all_options()).await.unwrap();
    let reason = "on a component does not apply to its child resources: use a transform for them";
    let options = [
        "ignoreChanges",
        "replaceOnChanges",
        "deleteBeforeReplace",
        "replaceWith",
        "replacementTrigger",
    ];
    assert_eq!(
        program.other_warnings(),
        options.map(|option| format!("`{option}` {reason}"))
    );
}

#[tokio::test(start_paused = true)]
async fn inputs_without_effect_cause_warnings() {
    let mut program = Program::start().await;
    let inputs = within(json!({
        "endpoints": {"executeApiPolicy": "{\"Version\": \"2012-10-17\", \"Statement\": []}"},
        "resourceGateway": {"ipAddressType": "IPV4"},
    }));
    program.construct(request(inputs)).await.unwrap();
    assert_eq!(
        program.warnings("orders"),
        [
            "`resourceGateway` is not used: no entry in `privateApis` needs one",
            "`endpoints.executeApiPolicy` is not used: `endpoints.executeApi` is off",
        ]
    );
    program.harness.monitor.reset();
    let inputs = within(json!({"privateApis": {"a.b": {"domainName": "a.example.com", "ports": ["443", "8443"]}}}));
    program.construct(request(inputs)).await.unwrap();
    assert_eq!(
        program.warnings("orders")[2..],
        ["`privateApis[\"a.b\"].ports`: AWS documents only port 443 for EventBridge connections"]
    );
    program.harness.monitor.reset();
    let off = json!({"states": false, "syncStates": false, "executeApi": true, "fips": true});
    program
        .construct(request(within(json!({"endpoints": off}))))
        .await
        .unwrap();
    assert_eq!(
        program.warnings("orders")[3..],
        ["`endpoints.fips` is not used: `endpoints.states` and `endpoints.syncStates` are off"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_policy_for_all_apis_of_the_region_causes_a_warning() {
    let through = "vpce-1-2.execute-api.eu-west-1.vpce.amazonaws.com";
    let urls = ["https://a.example.com/*"];
    for (entry, warns) in [
        (json!({}), true),
        (json!({"vpcEndpointId": "vpce-1"}), true),
        (json!({"vpcEndpointId": "vpce-1", "urls": urls}), false),
        (json!({"vpcEndpointId": "vpce-1", "urls": UNKNOWN}), false),
        (json!({"domainName": through}), true),
        (json!({"domainName": through, "urls": urls}), false),
        (json!({"domainName": "a.example.com"}), false),
        (json!({"ipAddress": "10.1.2.3", "urls": urls}), false),
    ] {
        let mut program = Program::preview().await;
        let inputs = within(json!({"endpoints": {"executeApi": true}, "privateApis": {"a": entry}}));
        program.construct(preview(inputs)).await.unwrap();
        let told = program.warnings("orders");
        assert_eq!(told.len(), usize::from(warns), "{entry}: {told:?}");
        if warns {
            assert!(
                told[0].starts_with("`privateApis.a.urls` is not set, so `executionRolePolicy` allows every API"),
                "{told:?}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn additional_secret_outputs_are_secret() {
    let mut program = Program::start().await;
    let answer = program.construct(all_options()).await.unwrap();
    assert_eq!(answer.output("resourceGatewayId"), "<secret>");
    assert_eq!(answer.output("statesEndpoint"), "<secret>");
    assert_eq!(
        answer.dependencies["statesEndpoint"],
        ["InterfaceEndpoint orders-states"]
    );
    assert_eq!(answer.output("gatewaySecurityGroupId"), "orders-gateway-id");
}

#[tokio::test(start_paused = true)]
async fn children_without_a_provider_use_this_instance() {
    let mut program = Program::start().await;
    program.construct(request(within(json!({})))).await.unwrap();
    let component = program.harness.monitor.registration("orders").request;
    assert_eq!(component.provider, "");
    for child in program.children() {
        assert_eq!(child.request.provider, format!("{PROVIDER_URN}::provider-id"));
        assert_eq!(
            (
                child.request.version.as_str(),
                child.request.plugin_download_url.as_str()
            ),
            ("", "")
        );
    }
}

#[tokio::test(start_paused = true)]
async fn children_get_the_version_if_the_engine_does_not_name_the_instance() {
    let mut harness = Harness::serve(PrivateStepFunctions::new().unwrap());
    harness.handshake().await;
    let request_without_urn = ConfigureRequest {
        args: Some(fields(json!({"region": "eu-west-1"}))),
        accept_secrets: true,
        accept_resources: true,
        ..ConfigureRequest::default()
    };
    harness.client.configure(request_without_urn).await.unwrap();
    let mut program = Program { harness };
    program.construct(request(within(json!({})))).await.unwrap();
    for child in program.children() {
        assert_eq!(child.request.provider, "");
        assert_eq!(child.request.version, env!("CARGO_PKG_VERSION"));
    }
}
