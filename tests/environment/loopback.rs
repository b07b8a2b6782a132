//! A server on loopback that acts as AWS, proxy and metadata service at once, and records the requests.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use rustls::{ServerConnection, StreamOwned};

use super::authority::Authority;

/// A received request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// `GET /path`, without the HTTP version.
    pub(crate) line: String,
    /// The header names are in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
    /// The target of the tunnel that carried the request.
    pub(crate) tunnel: Option<String>,
    /// Whether the request came over TLS.
    pub(crate) secure: bool,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// Returns the access key and the Region of the request's signature.
    pub(crate) fn signed_by(&self) -> (&str, &str) {
        let scope = self
            .header("authorization")
            .split("Credential=")
            .nth(1)
            .unwrap_or_default();
        let mut parts = scope.split('/');
        (parts.next().unwrap_or_default(), parts.nth(1).unwrap_or_default())
    }

    /// Returns a parameter of the query protocol, or an empty string.
    pub(crate) fn parameter(&self, name: &str) -> String {
        let pairs = self.body.split('&').filter_map(|pair| pair.split_once('='));
        let found = pairs.clone().find(|(key, _)| *key == name);
        found.map(|(_, value)| decoded(value)).unwrap_or_default()
    }
}

/// Decodes a form-encoded text.
fn decoded(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            b'+' => b' ',
            byte => byte,
        });
    }
    String::from_utf8(decoded).unwrap()
}

/// The server. Its threads end with the test process.
pub(crate) struct Loopback {
    pub(crate) port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Secure,
    /// Accepts connections and never responds.
    Silent,
}

impl Loopback {
    pub(crate) fn plain() -> Self {
        Self::start(Kind::Plain)
    }

    /// Starts a server with a certificate of the test's authority for `localhost`.
    pub(crate) fn secure() -> Self {
        Self::start(Kind::Secure)
    }

    pub(crate) fn silent() -> Self {
        Self::start(Kind::Silent)
    }

    fn start(kind: Kind) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::<Mutex<Vec<Seen>>>::default();
        let server = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, server) = (stream.unwrap(), Arc::clone(&server));
                // Ignore a client that closes the connection early.
                thread::spawn(move || match kind {
                    Kind::Plain => drop(serve(stream, &server, None, false)),
                    Kind::Secure => drop(secured(stream, "localhost", &server, None)),
                    Kind::Silent => drop(BufReader::new(stream).read_to_end(&mut Vec::new())),
                });
            }
        });
        Self { port, seen }
    }

    /// Returns all requests so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Returns the requests with this action.
    pub(crate) fn calls(&self, action: &str) -> Vec<Seen> {
        let is = |seen: &Seen| seen.parameter("Action") == action;
        self.seen().into_iter().filter(is).collect()
    }

    /// Returns the targets of the requested tunnels, each once.
    pub(crate) fn tunnels(&self) -> Vec<String> {
        let seen = self.seen();
        let mut targets: Vec<_> = seen
            .iter()
            .filter_map(|seen| seen.line.strip_prefix("CONNECT "))
            .collect();
        targets.dedup();
        targets.into_iter().map(str::to_owned).collect()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

fn secured(stream: TcpStream, host: &str, seen: &Mutex<Vec<Seen>>, tunnel: Option<&str>) -> std::io::Result<()> {
    let connection = ServerConnection::new(Authority::get().server(host)).unwrap();
    serve(StreamOwned::new(connection, stream), seen, tunnel, true)
}

/// A connection that carries one request, or a tunnel and its contents.
trait Stream: Read + Write {
    /// Returns the TCP stream that a tunnel can use. `None` for a TLS connection, in which the server supports no tunnel.
    fn tunnel(self) -> Option<TcpStream>;
}

impl Stream for TcpStream {
    fn tunnel(self) -> Option<TcpStream> {
        Some(self)
    }
}

impl Stream for StreamOwned<ServerConnection, TcpStream> {
    fn tunnel(self) -> Option<TcpStream> {
        None
    }
}

fn serve(stream: impl Stream, seen: &Mutex<Vec<Seen>>, tunnel: Option<&str>, secure: bool) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut request = Seen {
        line: line.rsplit_once(' ').unwrap_or_default().0.to_owned(),
        tunnel: tunnel.map(str::to_owned),
        secure,
        ..Seen::default()
    };
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        request.headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length = request.header("content-length").parse().unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    request.body = String::from_utf8(body).unwrap();
    seen.lock().unwrap().push(request.clone());
    let mut stream = reader.into_inner();
    if let Some(target) = request.line.strip_prefix("CONNECT ") {
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
        let host = target.rsplit_once(':').unwrap().0.to_owned();
        let Some(stream) = stream.tunnel() else { return Ok(()) };
        return secured(stream, &host, seen, Some(target));
    }
    let (status, body) = answer(&request);
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\nx-aws-ec2-metadata-token-ttl-seconds: \
         600\r\n\r\n{body}"
    )?;
    stream.flush()
}

/// Returns AWS's response, as far as the read of one security group needs it.
fn answer(request: &Seen) -> (u16, String) {
    let (path, action) = (request.line.as_str(), request.parameter("Action"));
    if path == "POST /broken" || path == "POST /broken/" {
        return (500, String::new());
    }
    match action.as_str() {
        "DescribeSecurityGroups" | "DescribeSecurityGroupRules" => {
            let namespace = "http://ec2.amazonaws.com/doc/2016-11-15/";
            return (
                200,
                format!("<{action}Response xmlns=\"{namespace}\"><requestId>r</requestId></{action}Response>"),
            );
        }
        "AssumeRole" if request.parameter("RoleArn").ends_with("/denied") => {
            return (
                403,
                "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>AccessDenied\
                 </Code><Message>not for you</Message></Error><RequestId>r</RequestId></ErrorResponse>"
                    .to_owned(),
            );
        }
        "AssumeRole" | "AssumeRoleWithWebIdentity" => {
            let arn = request.parameter("RoleArn");
            let role = arn.rsplit('/').next().unwrap().to_uppercase();
            return (
                200,
                format!(
                    "<{action}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{action}Result><Credentials>\
                     <AccessKeyId>ASIA{role}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>\
                     <Expiration>2100-01-01T00:00:00Z</Expiration></Credentials><AssumedRoleUser><AssumedRoleId>a:b\
                     </AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/a/b</Arn></AssumedRoleUser>\
                     </{action}Result></{action}Response>"
                ),
            );
        }
        "GetCallerIdentity" => {
            return (
                200,
                "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
                 <Account>123456789012</Account><Arn>arn:aws:iam::123456789012:user/a</Arn><UserId>A</UserId>\
                 </GetCallerIdentityResult></GetCallerIdentityResponse>"
                    .to_owned(),
            );
        }
        _ => {}
    }
    let keys = |id: &str| {
        format!(
            "{{\"Code\":\"Success\",\"Type\":\"AWS-HMAC\",\"AccessKeyId\":\"{id}\",\"SecretAccessKey\":\"s\",\"Token\":\"t\",\
             \"Expiration\":\"2100-01-01T00:00:00Z\",\"LastUpdated\":\"2020-01-01T00:00:00Z\"}}"
        )
    };
    match path {
        "PUT /latest/api/token" => (200, "metadata-token".to_owned()),
        "GET /latest/meta-data/placement/region" => (200, "eu-north-1".to_owned()),
        path if path.ends_with("/security-credentials/") => (200, "machine".to_owned()),
        path if path.contains("/security-credentials/") => (200, keys("ASIAMACHINE")),
        path if path.starts_with("GET /container") => (200, keys("ASIACONTAINER")),
        path if path.starts_with("GET /federation/credentials") => (
            200,
            "{\"roleCredentials\":{\"accessKeyId\":\"ASIASSO\",\"secretAccessKey\":\"s\",\"sessionToken\":\"t\",\
             \"expiration\":4102444800000}}"
                .to_owned(),
        ),
        _ => (404, String::new()),
    }
}
