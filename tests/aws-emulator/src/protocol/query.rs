//! The two Query protocols, of EC2 and of STS: form request, XML response.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Map, Value};

use super::{Decoded, model, operation, respond, xml};
use crate::operation::{Protocol, Service, ServiceError};
use crate::shapes::{Kind, Model, Shape};

const EC2_NAMESPACE: &str = "http://ec2.amazonaws.com/doc/2016-11-15/";
const STS_NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

pub(super) fn decode(service: &Service, request: &Request<Bytes>) -> Result<Decoded, ServiceError> {
    let mut root = Node::default();
    let mut body = Map::new();
    let pairs = form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes())
        .chain(form_urlencoded::parse(request.body()));
    for (name, value) in pairs {
        body.insert(name.clone().into_owned(), Value::from(value.clone().into_owned()));
        root.insert(&name, value.into_owned());
    }
    let name = root
        .take("Action")
        .ok_or_else(|| ServiceError::new("MissingAction", "No action was supplied."))?;
    root.take("Version");
    let Some(operation) = operation(service, &name) else {
        let message = format!("The action {name} is not valid for this web service.");
        return Err(ServiceError::new("InvalidAction", message));
    };
    let reader = Reader {
        model: model(service),
        protocol: service.protocol,
    };
    let params = match &operation.input {
        Some(input) => reader.structure("", reader.model.shape(input), root)?,
        None => Value::Object(Map::new()),
    };
    Ok(Decoded {
        operation: name,
        params,
        body: Value::Object(body),
    })
}

/// The form as a tree. Names are split at their dots.
#[derive(Debug, Default)]
struct Node {
    value: Option<String>,
    children: BTreeMap<String, Self>,
}

impl Node {
    fn insert(&mut self, name: &str, value: String) {
        let node = name
            .split('.')
            .fold(self, |node, part| node.children.entry(part.to_owned()).or_default());
        node.value = Some(value);
    }

    fn take(&mut self, name: &str) -> Option<String> {
        self.children.remove(name).and_then(|node| node.value)
    }
}

struct Reader {
    model: &'static Model,
    protocol: Protocol,
}

impl Reader {
    fn value(&self, path: &str, shape: &Shape, node: Node) -> Result<Value, ServiceError> {
        let text = node.value.clone();
        let scalar = || {
            text.clone()
                .ok_or_else(|| self.wrong(path, "a single value is expected"))
        };
        // Reject a value in place of members or items: dropping it silently would seem to work. An empty list is `Name=`.
        if matches!(shape.kind, Kind::Structure | Kind::List) && text.as_ref().is_some_and(|text| !text.is_empty()) {
            return Err(self.wrong(path, "a single value is not expected"));
        }
        match shape.kind {
            Kind::Structure => self.structure(path, shape, node),
            Kind::List => self.list(path, shape, node),
            Kind::String | Kind::Timestamp => Ok(Value::from(scalar()?)),
            Kind::Integer | Kind::Long => {
                let number: i64 = scalar()?
                    .parse()
                    .map_err(|_| self.wrong(path, "an integer is expected"))?;
                Ok(Value::from(number))
            }
            Kind::Boolean => match scalar()?.to_ascii_lowercase().as_str() {
                "true" => Ok(Value::Bool(true)),
                "false" => Ok(Value::Bool(false)),
                _ => Err(self.wrong(path, "true or false is expected")),
            },
            Kind::Map | Kind::Double => Err(self.wrong(path, "maps and fractions are not used by these operations")),
        }
    }

    fn structure(&self, path: &str, shape: &Shape, mut node: Node) -> Result<Value, ServiceError> {
        let mut members = Map::new();
        for (name, member) in &shape.members {
            let wire = member.query.as_ref().unwrap_or(name);
            if let Some(child) = node.children.remove(wire) {
                let value = self.value(&join(path, wire), self.model.shape(&member.shape), child)?;
                members.insert(name.clone(), value);
            }
        }
        // Reject a misspelled parameter, as EC2 does, so that mistakes in clients are found.
        match node.children.keys().next() {
            Some(unknown) => {
                let message = format!("The parameter {} is not recognized", join(path, unknown));
                Err(ServiceError::new("UnknownParameter", message))
            }
            None => Ok(Value::Object(members)),
        }
    }

    fn list(&self, path: &str, shape: &Shape, mut node: Node) -> Result<Value, ServiceError> {
        let item = self
            .model
            .shape(shape.item.as_deref().expect("a list has an item shape"));
        // AWS Query writes `Name.member.1`, EC2 `Name.1`. An empty AWS Query list is `Name=`.
        if self.protocol == Protocol::Query && !shape.flattened {
            node = node
                .children
                .remove(shape.item_wire.as_deref().unwrap_or("member"))
                .unwrap_or_default();
        }
        let mut items = Vec::new();
        for (index, child) in node.children {
            let number: u32 = index
                .parse()
                .map_err(|_| self.wrong(path, "list members are numbered"))?;
            items.push((number, self.value(&join(path, &index), item, child)?));
        }
        items.sort_by_key(|(number, _)| *number);
        Ok(items.into_iter().map(|(_, value)| value).collect())
    }

    fn wrong(&self, path: &str, why: &str) -> ServiceError {
        let code = if self.protocol == Protocol::Ec2 {
            "InvalidParameterValue"
        } else {
            "ValidationError"
        };
        ServiceError::new(code, format!("Invalid value for {path}: {why}"))
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

pub(super) fn answer(service: &Service, name: &str, output: &Value, request_id: &str) -> Response<Bytes> {
    let model = model(service);
    let shape = operation(service, name).and_then(|o| o.output.as_deref());
    let inner = shape.map_or_else(String::new, |shape| xml::members(model, model.shape(shape), output));
    let body = if service.protocol == Protocol::Ec2 {
        let answer = format!("<requestId>{request_id}</requestId>{inner}");
        format!("<{name}Response xmlns=\"{EC2_NAMESPACE}\">{answer}</{name}Response>")
    } else {
        let metadata = format!("<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>");
        let result = format!("<{name}Result>{inner}</{name}Result>{metadata}");
        format!("<{name}Response xmlns=\"{STS_NAMESPACE}\">{result}</{name}Response>")
    };
    respond(
        200,
        "text/xml;charset=UTF-8",
        format!("{}{body}", xml::DECLARATION),
        request_id,
    )
}

pub(super) fn failure(protocol: Protocol, error: &ServiceError, request_id: &str) -> Response<Bytes> {
    let body = if protocol == Protocol::Ec2 {
        let (code, message) = (
            xml::element("Code", &error.code),
            xml::element("Message", &error.message),
        );
        let errors = format!("<Errors><Error>{code}{message}</Error></Errors>");
        format!(
            "{}<Response>{errors}<RequestID>{request_id}</RequestID></Response>",
            xml::DECLARATION
        )
    } else {
        xml::error(STS_NAMESPACE, error, request_id)
    };
    respond(error.status, "text/xml;charset=UTF-8", body, request_id)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(service: &Service, body: &str) -> Result<Decoded, ServiceError> {
        decode(service, &Request::post("/").body(Bytes::from(body.to_owned())).unwrap())
    }

    #[test]
    fn ec2_query_parameters_are_decoded_by_model_names() {
        let body = "Action=CreateVpcEndpoint&Version=2016-11-15&VpcId=vpc-1&SubnetId.2=b&SubnetId.1=a&SubnetId.10=c\
            &PrivateDnsEnabled=false&TagSpecification.1.ResourceType=vpc-endpoint&TagSpecification.1.Tag.1.Key=k\
            &TagSpecification.1.Tag.1.Value=v%26w&DnsOptions.DnsRecordIpType=ipv4";
        let decoded = read(&crate::ec2::SERVICE, body).unwrap();
        assert_eq!(
            decoded.params,
            json!({
                "VpcId": "vpc-1",
                "SubnetIds": ["a", "b", "c"],
                "PrivateDnsEnabled": false,
                "TagSpecifications": [{ "ResourceType": "vpc-endpoint", "Tags": [{ "Key": "k", "Value": "v&w" }] }],
                "DnsOptions": { "DnsRecordIpType": "ipv4" },
            })
        );
    }

    #[test]
    fn unknown_parameters_and_actions_are_refused() {
        let error = read(&crate::ec2::SERVICE, "Action=CreateVpc&CidrBlok=10.0.0.0%2F16").unwrap_err();
        assert_eq!(
            (&*error.code, &*error.message),
            ("UnknownParameter", "The parameter CidrBlok is not recognized")
        );
        assert_eq!(
            read(&crate::ec2::SERVICE, "Action=RunInstances").unwrap_err().code,
            "InvalidAction"
        );
        let error = read(&crate::ec2::SERVICE, "Action=DescribeVpcs&MaxResults=many").unwrap_err();
        assert_eq!(error.code, "InvalidParameterValue");
    }

    #[test]
    fn sts_lists_are_decoded_from_member_parameters() {
        let body = "Action=AssumeRole&RoleArn=r&RoleSessionName=s&TransitiveTagKeys.member.1=k";
        let decoded = read(&crate::sts::SERVICE, body).unwrap();
        assert_eq!(decoded.params["TransitiveTagKeys"], json!(["k"]));
    }
}
