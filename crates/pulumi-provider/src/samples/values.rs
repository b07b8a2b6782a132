//! Generates arbitrary property values for property tests.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;
use pulumi_provider::property::{
    Archive, ArchiveSource, Asset, AssetSource, Map, Output, ReferenceId, ResourceReference, Value,
};

/// Generates properties of every kind, in every wrapper.
pub(crate) fn map() -> impl Strategy<Value = Map> {
    btree_map(name(), value(), 0..4)
}

/// Generates properties without special values, as a plain struct can hold them.
pub(crate) fn plain_map() -> impl Strategy<Value = Map> {
    btree_map(name(), plain(), 0..4)
}

/// Generates plain properties with secrets in them, but no secret directly within a secret.
pub(crate) fn map_with_secrets() -> impl Strategy<Value = Map> {
    btree_map(
        name(),
        containers(scalar(), |inner| inner.prop_map(Value::into_secret).boxed()),
        0..4,
    )
}

pub(crate) fn plain() -> impl Strategy<Value = Value> {
    containers(scalar(), Strategy::boxed)
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => scalar(),
        1 => Just(Value::Unknown),
        1 => asset().prop_map(Value::Asset),
        1 => archive().prop_map(Value::Archive),
        1 => reference().prop_map(Value::Reference),
        1 => Just(Value::Output(Box::default())),
    ];
    containers(leaf.boxed(), |inner| {
        prop_oneof![
            inner.clone().prop_map(|value| Value::Secret(Box::new(value))),
            (inner, any::<bool>(), btree_set("urn:[a-z]{1,3}", 0..3)).prop_map(|(value, secret, dependencies)| {
                // An output of an unknown value has no value.
                let value = Some(value).filter(|value| *value != Value::Unknown);
                Value::Output(Box::new(Output {
                    value,
                    secret,
                    dependencies,
                }))
            }),
        ]
        .boxed()
    })
}

fn containers(
    leaf: BoxedStrategy<Value>,
    wrap: impl Fn(BoxedStrategy<Value>) -> BoxedStrategy<Value> + 'static,
) -> impl Strategy<Value = Value> {
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::Array),
            btree_map(name(), inner.clone(), 0..4).prop_map(Value::Object),
            wrap(inner.boxed()),
        ]
    })
}

fn scalar() -> BoxedStrategy<Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (-1e300..1e300).prop_map(Value::Number),
        any::<i32>().prop_map(|number| Value::Number(number.into())),
        ".{0,8}".prop_map(Value::String),
    ]
    .boxed()
}

fn name() -> impl Strategy<Value = String> {
    r#"[a-z.\["$ ]{1,4}"#
}

fn asset() -> impl Strategy<Value = Asset> {
    let source = prop_oneof![
        "[a-z]{0,3}".prop_map(AssetSource::Text),
        "[a-z]{0,3}".prop_map(AssetSource::Path),
        "[a-z]{0,3}".prop_map(AssetSource::Uri),
    ];
    ("[a-f]{0,2}", proptest::option::of(source)).prop_map(|(hash, source)| Asset { hash, source })
}

fn archive() -> impl Strategy<Value = Archive> {
    let source = prop_oneof![
        btree_map("[a-z]{1,3}", asset().prop_map(Value::Asset), 0..3)
            .prop_map(|assets: BTreeMap<_, _>| ArchiveSource::Assets(assets)),
        "[a-z]{0,3}".prop_map(ArchiveSource::Path),
        "[a-z]{0,3}".prop_map(ArchiveSource::Uri),
    ];
    ("[a-f]{0,2}", proptest::option::of(source)).prop_map(|(hash, source)| Archive { hash, source })
}

fn reference() -> impl Strategy<Value = ResourceReference> {
    let id = prop_oneof![
        Just(None),
        Just(Some(ReferenceId::Unknown)),
        "[a-z]{1,3}".prop_map(|id| Some(ReferenceId::Known(id))),
    ];
    ("urn:[a-z]{0,3}", id, "[0-9]{0,2}").prop_map(|(urn, id, package_version)| ResourceReference {
        urn,
        id,
        package_version,
    })
}
