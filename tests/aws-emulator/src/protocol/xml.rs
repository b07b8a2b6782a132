//! Encodes a result with model names as XML with wire names.

use quick_xml::escape::escape;
use serde_json::Value;

use super::iso8601;
use crate::operation::ServiceError;
use crate::shapes::{Kind, Model, Shape};

pub(super) const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// Returns an element with text.
pub(super) fn element(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", escape(text))
}

/// Returns the error document of AWS Query and REST-XML.
pub(super) fn error(namespace: &str, error: &ServiceError, request_id: &str) -> String {
    let (code, message) = (element("Code", &error.code), element("Message", &error.message));
    let fault = if error.status < 500 { "Sender" } else { "Receiver" };
    let inner = format!("<Error><Type>{fault}</Type>{code}{message}</Error><RequestId>{request_id}</RequestId>");
    format!("{DECLARATION}<ErrorResponse xmlns=\"{namespace}\">{inner}</ErrorResponse>")
}

/// Returns the members of a structure, one element each. Skips null members.
///
/// # Panics
/// When a member is not in the model, which is a bug in a service.
pub(super) fn members(model: &Model, shape: &Shape, value: &Value) -> String {
    let Some(members) = value.as_object() else {
        return String::new();
    };
    let mut out = String::new();
    for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
        let Some(member) = shape.members.get(name) else {
            panic!("the model has no member {name} in this answer")
        };
        let wire = member.wire.as_ref().unwrap_or(name);
        let member = model.shape(&member.shape);
        out.push_str(&format!("<{wire}>{}</{wire}>", content(model, member, value)));
    }
    out
}

fn content(model: &Model, shape: &Shape, value: &Value) -> String {
    match (shape.kind, value) {
        (Kind::Structure, value) => members(model, shape, value),
        (Kind::List, Value::Array(items)) => {
            let item = model.shape(shape.item.as_deref().expect("a list has an item shape"));
            let wire = shape.item_wire.as_deref().unwrap_or("item");
            items
                .iter()
                .map(|value| format!("<{wire}>{}</{wire}>", content(model, item, value)))
                .collect()
        }
        (Kind::Timestamp, Value::Number(seconds)) => iso8601(seconds.as_f64().unwrap_or_default()),
        (_, Value::String(text)) => escape(text.as_str()).into_owned(),
        (_, other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::shapes::MODELS;

    #[test]
    fn xml_has_wire_names_item_elements_and_escapes() {
        let model = &MODELS["ec2"];
        let shape = model.shape(model.operations["DescribeVpcs"].output.as_deref().unwrap());
        let value = json!({ "Vpcs": [{ "VpcId": "vpc-1", "IsDefault": true, "State": null,
            "Tags": [{ "Key": "a<b", "Value": "c&d" }] }] });
        assert_eq!(
            members(model, shape, &value),
            "<vpcSet><item><isDefault>true</isDefault><tagSet><item><key>a&lt;b</key><value>c&amp;d</value></item></tagSet>\
             <vpcId>vpc-1</vpcId></item></vpcSet>"
        );
    }
}
