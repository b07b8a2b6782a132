//! The process around the server: its port line, its log, and its end.

pub mod cli;
pub mod engine_alive;

use std::io::{self, IsTerminal, Read, Write};
use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use self::cli::{Command, Options};
use crate::engine::{Dial, Tcp};
use crate::error::{Error, Kind};
use crate::plugin::engine_alive::gone;
use crate::provider::{Package, Provider};
use crate::server;

/// How long calls under way may take to end once the process is asked to. The engine kills it after five seconds.
const FAREWELL: Duration = Duration::from_secs(3);

/// What the help says about a plugin.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// The name of the executable.
    pub program: &'static str,
    /// The name of the package.
    pub package: &'static str,
    /// The version: semver without a leading `v`.
    pub version: &'static str,
    /// One sentence.
    pub text: &'static str,
    /// The crate of the package, `env!("CARGO_CRATE_NAME")`: its log lines are shown.
    pub log_target: &'static str,
}

/// The whole of a plugin's `main`. Nothing but the port line, or the help for a person, goes to stdout.
pub fn main<P: Package>(about: &About, package: impl FnOnce() -> Result<P, Error>) -> ExitCode {
    // An argument that is no Unicode can only be one that is ignored or refused.
    let arguments = std::env::args_os()
        .skip(1)
        .map(|argument| argument.to_string_lossy().into_owned());
    let result = match cli::parse(arguments) {
        Command::Help => print(&cli::help(about.program, about.package, about.version, about.text)),
        Command::Version => print(&format!("{} {}\n", about.program, about.version)),
        Command::Wrong(problem) => {
            complain(&format!("{}: {problem} (see --help)\n", about.program));
            return ExitCode::from(2);
        }
        Command::Serve(options) => run(about, &options, package),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("{}: {error}\n", about.program));
            ExitCode::FAILURE
        }
    }
}

fn run<P: Package>(about: &About, options: &Options, package: impl FnOnce() -> Result<P, Error>) -> Result<(), Error> {
    log_to_stderr(options, about.log_target);
    let runtime = tokio::runtime::Runtime::new().map_err(|error| failed("starting", &error))?;
    let served = runtime.block_on(serve(about, options, package));
    // What still runs has had its time.
    runtime.shutdown_background();
    served
}

async fn serve<P: Package>(
    about: &About,
    options: &Options,
    package: impl FnOnce() -> Result<P, Error>,
) -> Result<(), Error> {
    // Before the port is known, for a signal may follow it at once.
    let signalled = signalled();
    // Only processes on this machine may connect: there is no authentication.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .map_err(|error| failed("listening", &error))?;
    let port = listener
        .local_addr()
        .map_err(|error| failed("listening", &error))?
        .port();
    // From here on connections are accepted, by the system for now: the engine connects while the schema is read.
    print(&format!("{port}\n"))?;
    let provider = Arc::new(Provider::new(package()?, Arc::new(Tcp))?);
    let stop = CancellationToken::new();
    let stopped = stop.clone().cancelled_owned();
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let router = Server::builder().add_service(server::service(provider.clone()));
    let serving = tokio::spawn(router.serve_with_incoming_shutdown(incoming, stopped));

    if options.engine.is_none() && io::stderr().is_terminal() {
        complain(&format!(
            "Waiting for an engine: PULUMI_DEBUG_PROVIDERS={}:{port} pulumi up (see --help)\n",
            about.package
        ));
    }

    let reason = tokio::select! {
        reason = signalled => reason,
        () = engine_gone(options.engine.as_deref()) => "the engine is gone",
    };
    tracing::info!(reason, "stopping");
    // Whatever waits gives up and answers, so that its id is recorded.
    provider.cancel();
    stop.cancel();
    // Late answers are lost with the process, as the engine's own limit would have it.
    let _ = timeout(FAREWELL, serving).await;
    Ok(())
}

/// Listens from now on; resolves when the system asks the process to end, with which signal.
#[cfg(unix)]
fn signalled() -> impl Future<Output = &'static str> {
    use tokio::signal::unix::{SignalKind, signal};

    let handlers = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async {
        let (Ok(mut interrupt), Ok(mut terminate)) = handlers else {
            // Without handlers the signals end the process by themselves.
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => "SIGINT",
            _ = terminate.recv() => "SIGTERM",
        }
    }
}

/// Listens from now on; resolves when the system asks the process to end, with which event.
#[cfg(windows)]
fn signalled() -> impl Future<Output = &'static str> {
    use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};

    let handlers = (ctrl_c(), ctrl_break(), ctrl_close(), ctrl_shutdown());
    async {
        let (Ok(mut c), Ok(mut r#break), Ok(mut close), Ok(mut shutdown)) = handlers else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = c.recv() => "Ctrl-C",
            _ = r#break.recv() => "Ctrl-Break",
            _ = close.recv() => "close",
            _ = shutdown.recv() => "shutdown",
        }
    }
}

/// Resolves when the engine that started us is no more. Never in attach mode, where engines come and go.
///
/// The engine holds the other end of our stdin and writes nothing: its end is a reason to look at once, and no more than
/// that, for whoever starts us by hand may have closed stdin.
async fn engine_gone(address: Option<&str>) {
    let Some(Ok(channel)) = address.map(|address| Tcp.dial(address)) else {
        return std::future::pending().await;
    };
    let hint = Arc::new(Notify::new());
    let ended = hint.clone();
    // Not on the runtime: a read of stdin cannot be cancelled.
    std::thread::spawn(move || {
        let mut buffer = [0; 64];
        while matches!(io::stdin().read(&mut buffer), Ok(read) if read > 0) {}
        ended.notify_one();
    });
    gone(channel, &hint).await;
}

/// `-v` and `--logtostderr`. Only events of this crate and of the package: those of an SDK hold requests, thus property values.
fn log_to_stderr(options: &Options, package: &str) {
    if !options.log && options.verbosity == 0 {
        return;
    }
    let level = match options.verbosity {
        0 => Level::WARN,
        1..=4 => Level::INFO,
        5..=8 => Level::DEBUG,
        _ => Level::TRACE,
    };
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(false);
    let ours = Targets::new().with_targets([(env!("CARGO_CRATE_NAME"), level), (package, level)]);
    tracing_subscriber::registry().with(lines).with(ours).init();
}

fn print(text: &str) -> Result<(), Error> {
    let mut stdout = io::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(|error| failed("writing to stdout", &error))
}

fn complain(text: &str) {
    // There is nowhere left to report that this failed.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

fn failed(doing: &str, error: &io::Error) -> Error {
    Error::new(Kind::Failed, error.to_string()).context(doing)
}
