//! `aws-emulator [--port N] [--speed F]`: serves the emulator on a socket of the loopback interface.
//!
//! The first line of stdout is its URL. SIGTERM and SIGINT stop it.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::UNIX_EPOCH;

use aws_emulator::mode::Mode;
use aws_emulator::{ConnectionReset, Emulator, Settings};
use bytes::Bytes;
use clap::Parser;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// An AWS for tests: EC2, STS, VPC Lattice and EventBridge, as far as private access to Step Functions needs them, and what
/// it reads of Service Quotas, KMS and Route 53.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Port on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// How many times faster than seconds everything happens.
    #[arg(long, default_value_t = 1.0, value_parser = positive)]
    speed: f64,
    /// Which reading of AWS holds: what is documented, at its worst, or what public recordings show.
    #[arg(long, value_enum, default_value_t = Mode::of_the_run())]
    mode: Mode,
    /// EventBridge refuses a resource configuration that may not be associated with a shared service network.
    #[arg(long)]
    requires_shareable: bool,
}

fn positive(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|speed: &f64| speed.is_finite() && *speed > 0.0)
        .ok_or_else(|| "not a positive number".into())
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let arguments = Arguments::parse();
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port))).await?;
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the accounts meets the real calendar"
    )]
    let epoch = std::time::SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| d.as_secs());
    let emulator = Emulator::new(Settings {
        speed: arguments.speed,
        mode: arguments.mode,
        requires_shareable: arguments.requires_shareable,
        epoch,
        ..Settings::default()
    });
    let mut stdout = std::io::stdout();
    writeln!(stdout, "http://{}", listener.local_addr()?)?;
    stdout.flush()?;
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        error = serve(listener, emulator) => Err(error),
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
    }
}

/// Accepts connections until the listener fails.
async fn serve(listener: TcpListener, emulator: Emulator) -> std::io::Error {
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => return error,
        };
        let emulator = emulator.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(emulator.clone(), request));
            let mut http = hyper::server::conn::http1::Builder::new();
            // An error here means that the client closed the connection, or that a fault resets it without a response.
            drop(
                http.timer(TokioTimer::new())
                    .serve_connection(TokioIo::new(stream), service)
                    .await,
            );
        });
    }
}

async fn answer(emulator: Emulator, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, ConnectionReset> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| ConnectionReset)?.to_bytes();
    let response = emulator.call(Request::from_parts(parts, body)).await?;
    Ok(response.map(Full::new))
}
