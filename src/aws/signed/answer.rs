//! Reads the errors of services that are called without an SDK crate.
//!
//! JSON: <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#operation-error-serialization>. XML:
//! <https://docs.aws.amazon.com/Route53/latest/APIReference/requests-rest-responses.html>.

use std::fmt;

use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata};
use aws_smithy_xml::decode::{Document, XmlDecodeError, try_data};
use aws_types::request_id::RequestId;
use serde_json::Value;

/// The service refused the call.
#[derive(Debug)]
pub(super) struct Refused(ErrorMetadata);

impl Refused {
    /// Reads an answer that is not a success. `header` is the code that a header gives. What cannot be read stays empty: the HTTP status
    /// then says what happened.
    pub(super) fn read(body: &[u8], header: Option<&str>, request_id: Option<&str>) -> Self {
        let Said { code, message, id } = if body.first() == Some(&b'<') {
            of_xml(body).unwrap_or_default()
        } else {
            of_json(body)
        };
        let mut meta = ErrorMetadata::builder();
        if let Some(code) = header.or(code.as_deref()) {
            meta = meta.code(short(code));
        }
        if let Some(message) = message {
            meta = meta.message(message);
        }
        if let Some(id) = request_id.or(id.as_deref()) {
            meta = meta.custom("aws_request_id", id);
        }
        Self(meta.build())
    }
}

/// What an answer says of the error.
#[derive(Default)]
struct Said {
    code: Option<String>,
    message: Option<String>,
    id: Option<String>,
}

fn of_json(body: &[u8]) -> Said {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |names: [&str; 2]| {
        names
            .iter()
            .find_map(|name| body.get(name)?.as_str().map(str::to_owned))
    };
    Said {
        code: text(["__type", "code"]),
        message: text(["message", "Message"]),
        id: None,
    }
}

fn of_xml(body: &[u8]) -> Result<Said, XmlDecodeError> {
    let mut said = Said::default();
    let mut document = Document::try_from(body)?;
    let mut root = document.root_element()?;
    while let Some(mut tag) = root.next_tag() {
        match tag.start_el().local() {
            "Error" => {
                while let Some(mut inner) = tag.next_tag() {
                    match inner.start_el().local() {
                        "Code" => said.code = Some(try_data(&mut inner)?.into_owned()),
                        "Message" => said.message = Some(try_data(&mut inner)?.into_owned()),
                        _ => {}
                    }
                }
            }
            "RequestId" => said.id = Some(try_data(&mut tag)?.into_owned()),
            _ => {}
        }
    }
    Ok(said)
}

/// Returns the code without its namespace and without the address of its description: `a.b#Code:http://…`.
fn short(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or(code);
    code.rsplit('#').next().unwrap_or(code)
}

impl ProvideErrorMetadata for Refused {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}

impl RequestId for Refused {
    fn request_id(&self) -> Option<&str> {
        self.0.request_id()
    }
}

impl std::error::Error for Refused {}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str, header: Option<&str>) -> (Option<String>, Option<String>, Option<String>) {
        let refused = Refused::read(body.as_bytes(), header, None);
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let meta = refused.meta();
        (owned(meta.code()), owned(meta.message()), owned(meta.request_id()))
    }

    #[test]
    fn errors_in_json_and_xml_are_read() {
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            read(
                r#"{"__type": "com.amazonaws.kms#NotFoundException", "message": "no"}"#,
                None
            ),
            (text("NotFoundException"), text("no"), None)
        );
        assert_eq!(
            read(
                r#"{"Message": "no"}"#,
                Some("AccessDeniedException:http://internal.amazon.com/")
            ),
            (text("AccessDeniedException"), text("no"), None)
        );
        assert_eq!(
            read(
                "<?xml version=\"1.0\"?><ErrorResponse><Error><Type>Sender</Type><Code>InvalidInput</Code><Message>a &lt; \
                 b</Message></Error><RequestId>r-1</RequestId></ErrorResponse>",
                None
            ),
            (text("InvalidInput"), text("a < b"), text("r-1"))
        );
    }

    #[test]
    fn an_answer_of_another_kind_says_nothing() {
        for body in [
            "",
            "no",
            "<html>",
            "<html><body>502</body></html>",
            "[]",
            "{\"__type\": 1}",
        ] {
            assert_eq!(read(body, None), (None, None, None), "{body}");
        }
    }
}
