//! Tests of the executable as the engine starts it: real sockets, a real process, real signals.
// In a test, a failed unwrap is a test failure.
#![allow(clippy::unwrap_used)]
#![cfg(unix)]

// Each test binary uses only part of the harness, and no other crate can use it.
#[allow(dead_code, unreachable_pub)]
mod harness {
    pub mod engine;
    pub mod network;
}

use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::time::Duration;

use harness::engine::FakeEngine;
use pulumi_provider::proto::engine_server::EngineServer;
use pulumi_provider::proto::resource_provider_client::ResourceProviderClient;
use pulumi_provider::proto::{GetSchemaRequest, ProviderHandshakeRequest};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, sleep};
use tonic::transport::{Channel, Server, server::TcpIncoming};

const BINARY: &str = env!("CARGO_BIN_EXE_pulumi-resource-private-step-functions");

/// A running plugin process. Dropping the value kills it.
struct Plugin {
    process: Child,
    stdout: BufReader<ChildStdout>,
    port: u16,
}

impl Plugin {
    fn start(arguments: &[&str]) -> Self {
        let mut process = Command::new(BINARY)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let port = line.strip_suffix('\n').unwrap().parse().unwrap();
        Self { process, stdout, port }
    }

    async fn client(&self) -> ResourceProviderClient<Channel> {
        let address = format!("http://127.0.0.1:{}", self.port);
        ResourceProviderClient::connect(address)
            .await
            .unwrap()
            .max_decoding_message_size(usize::MAX)
    }

    fn signal(&self, signal: &str) {
        let kill = Command::new("kill")
            .args([signal, &self.process.id().to_string()])
            .status()
            .unwrap();
        assert!(kill.success());
    }

    /// Waits for the process to end. Returns its status, its stdout after the port line, and its stderr.
    async fn end(mut self, within: Duration) -> (ExitStatus, String, String) {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                break status;
            }
            assert!(start.elapsed() < within, "still running after {within:?}");
            sleep(Duration::from_millis(20)).await;
        };
        let (mut rest, mut errors) = (String::new(), String::new());
        self.stdout.read_to_string(&mut rest).unwrap();
        self.process.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        (status, rest, errors)
    }
}

impl Drop for Plugin {
    fn drop(&mut self) {
        // The process may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An engine at a real address. It has its own runtime, so stopping the runtime closes its connections too.
struct Engine {
    address: String,
    runtime: Runtime,
}

impl Engine {
    fn start() -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        runtime.spawn(async {
            let incoming = TcpIncoming::from(TcpListener::from_std(listener).unwrap());
            let router = Server::builder().add_service(EngineServer::new(FakeEngine::default()));
            router.serve_with_incoming(incoming).await.unwrap();
        });
        Self { address, runtime }
    }

    fn vanish(self) {
        self.runtime.shutdown_background();
    }
}

fn run(arguments: &[&str]) -> Output {
    Command::new(BINARY)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[tokio::test]
async fn the_plugin_serves_the_engine_and_ends_on_a_signal() {
    for (signal, flags) in [
        (
            "-TERM",
            &["--logtostderr", "-v=9", "--tracing", "http://127.0.0.1:1"][..],
        ),
        ("-INT", &[]),
    ] {
        let engine = Engine::start();
        let address = engine.address.clone();
        let plugin = Plugin::start(&[flags, &[address.as_str()]].concat());
        let mut client = plugin.client().await;
        let handshake = ProviderHandshakeRequest {
            engine_address: address,
            ..ProviderHandshakeRequest::default()
        };
        assert!(client.handshake(handshake).await.unwrap().into_inner().accept_secrets);
        let version = client.get_plugin_info(()).await.unwrap().into_inner().version;
        assert_eq!(version, env!("CARGO_PKG_VERSION"));
        let schema = client
            .get_schema(GetSchemaRequest::default())
            .await
            .unwrap()
            .into_inner()
            .schema;
        assert!(schema.contains(&format!("\"version\":\"{version}\"")));
        client.cancel(()).await.unwrap();
        client.cancel(()).await.unwrap();
        drop(client);
        plugin.signal(signal);
        let (status, rest, errors) = plugin.end(Duration::from_secs(4)).await;
        assert_eq!((status.code(), rest.as_str()), (Some(0), ""));
        assert_eq!(errors.contains("stopping"), !flags.is_empty(), "{errors}");
        engine.vanish();
    }
}

#[tokio::test]
async fn an_open_connection_does_not_keep_the_plugin_alive() {
    let plugin = Plugin::start(&[]);
    let mut client = plugin.client().await;
    client.get_plugin_info(()).await.unwrap();
    plugin.signal("-TERM");
    let (status, ..) = plugin.end(Duration::from_secs(4)).await;
    assert_eq!(status.code(), Some(0));
}

#[tokio::test]
async fn the_plugin_ends_when_its_engine_disappears() {
    let engine = Engine::start();
    let plugin = Plugin::start(&[&engine.address]);
    sleep(Duration::from_secs(1)).await;
    engine.vanish();
    let (status, rest, _) = plugin.end(Duration::from_secs(15)).await;
    assert_eq!((status.code(), rest.as_str()), (Some(0), ""));
}

#[tokio::test]
async fn the_end_of_stdin_alone_does_not_end_the_plugin() {
    let engine = Engine::start();
    let mut plugin = Plugin::start(&[&engine.address]);
    drop(plugin.process.stdin.take());
    sleep(Duration::from_secs(3)).await;
    plugin.client().await.get_plugin_info(()).await.unwrap();
    engine.vanish();
    let (status, ..) = plugin.end(Duration::from_secs(15)).await;
    assert_eq!(status.code(), Some(0));
}

#[tokio::test]
async fn only_loopback_connections_are_accepted_and_an_engine_may_attach() {
    let plugin = Plugin::start(&[]);
    let connect =
        |ip: [u8; 4]| TcpStream::connect_timeout(&SocketAddr::from((ip, plugin.port)), Duration::from_secs(5));
    assert!(connect([127, 0, 0, 1]).is_ok());
    // A server that listens on all interfaces would accept this too. (This address exists only on Linux.)
    assert!(connect([127, 0, 0, 2]).is_err());
    let attach = pulumi_provider::proto::PluginAttach {
        address: "127.0.0.1:1".to_owned(),
    };
    plugin.client().await.attach(attach).await.unwrap();
}

#[test]
fn help_and_version_are_printed_and_wrong_arguments_refused() {
    let help = run(&["--help"]);
    let text = String::from_utf8(help.stdout).unwrap();
    assert_eq!((help.status.code(), help.stderr.len()), (Some(0), 0));
    assert!(
        text.contains("Usage: pulumi-resource-private-step-functions") && text.contains("--logtostderr"),
        "{text}"
    );
    let version = run(&["--version"]);
    let expected = concat!(
        "pulumi-resource-private-step-functions ",
        env!("CARGO_PKG_VERSION"),
        "\n"
    );
    assert_eq!(String::from_utf8(version.stdout).unwrap(), expected);
    let wrong = run(&["up"]);
    assert_eq!((wrong.status.code(), wrong.stdout.len()), (Some(2), 0));
    assert!(String::from_utf8(wrong.stderr).unwrap().contains("--help"));
}
