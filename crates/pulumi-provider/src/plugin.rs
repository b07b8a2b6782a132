//! The plugin process around the server: port line, log and shutdown.

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
use crate::error::{Error, ErrorKind};
use crate::plugin::engine_alive::gone;
use crate::provider::{Package, Provider};
use crate::server;

/// How long running calls may take to finish after the process is asked to end. The engine kills the process after five
/// seconds.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(3);

/// The facts about a plugin that its help and its log use.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// The name of the executable.
    pub program: &'static str,
    /// The name of the package.
    pub package: &'static str,
    /// The version: semver without a leading `v`.
    pub version: &'static str,
    /// The description, one sentence.
    pub text: &'static str,
    /// The lines of the help for the executable's other commands, which its `main` handles; may be empty.
    pub commands: &'static str,
    /// The crate of the package, `env!("CARGO_CRATE_NAME")`. Its log lines are shown.
    pub log_target: &'static str,
}

/// Runs a plugin: the whole of its `main`. It prints only the port line to stdout, or the help or version that the user asked
/// for.
pub fn main<P: Package>(about: &About, package: impl FnOnce() -> Result<P, Error>) -> ExitCode {
    // An argument that is not valid Unicode is ignored or refused in any case.
    let arguments = std::env::args_os()
        .skip(1)
        .map(|argument| argument.to_string_lossy().into_owned());
    let result = match cli::parse(arguments) {
        Command::Help => print(&cli::help(
            about.program,
            about.package,
            about.version,
            about.text,
            about.commands,
        )),
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
    // The tasks that still run have had their time to finish.
    runtime.shutdown_background();
    served
}

async fn serve<P: Package>(
    about: &About,
    options: &Options,
    package: impl FnOnce() -> Result<P, Error>,
) -> Result<(), Error> {
    // Install the handlers before the port is printed: a signal may follow it at once.
    let signalled = signalled();
    // Only processes on this machine may connect: there is no authentication.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .map_err(|error| failed("listening", &error))?;
    let port = listener
        .local_addr()
        .map_err(|error| failed("listening", &error))?
        .port();
    // From here on the operating system accepts connections, so the engine connects while the schema is read.
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
    // Waiting operations stop and answer, so that the ids of their objects are recorded.
    provider.cancel();
    stop.cancel();
    // Later answers are lost with the process; the engine would kill it soon after.
    let _ = timeout(SHUTDOWN_TIMEOUT, serving).await;
    Ok(())
}

/// Installs the signal handlers at once. The future resolves to the name of the signal that asks the process to end.
#[cfg(unix)]
fn signalled() -> impl Future<Output = &'static str> {
    use tokio::signal::unix::{SignalKind, signal};

    let handlers = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async {
        let (Ok(mut interrupt), Ok(mut terminate)) = handlers else {
            // Without handlers the signals end the process by default.
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => "SIGINT",
            _ = terminate.recv() => "SIGTERM",
        }
    }
}

/// Installs the event handlers at once. The future resolves to the name of the event that asks the process to end.
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

/// Resolves when the engine that started this process is gone. Never resolves in attach mode, where engines come and go.
///
/// The engine holds the other end of this process's stdin and writes nothing. The end of stdin is only a hint to check at
/// once: a user who starts the plugin by hand may have closed stdin.
async fn engine_gone(address: Option<&str>) {
    let Some(Ok(channel)) = address.map(|address| Tcp.dial(address)) else {
        return std::future::pending().await;
    };
    let hint = Arc::new(Notify::new());
    let ended = hint.clone();
    // This read is not on the runtime, because a read of stdin cannot be canceled.
    std::thread::spawn(move || {
        let mut buffer = [0; 64];
        while matches!(io::stdin().read(&mut buffer), Ok(read) if read > 0) {}
        ended.notify_one();
    });
    gone(channel, &hint).await;
}

/// Sets up the log for `-v` and `--logtostderr`. It shows only events of this crate and of the package: events of an SDK
/// contain requests, and therefore property values.
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
    Error::new(ErrorKind::Failed, error.to_string()).context(doing)
}
