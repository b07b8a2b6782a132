//! The command line of a plugin: the arguments that the engine passes, and the help for users.

use std::fmt::Write as _;

/// What the command line asks the process to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Serve an engine.
    Serve(Options),
    /// Print the help.
    Help,
    /// Print the version.
    Version,
    /// The arguments are wrong: print why, and refer to the help.
    Wrong(String),
}

/// The options for serving.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The address of the engine that started the process, `host:port`. Without it, an engine attaches later.
    pub engine: Option<String>,
    /// Log to stderr.
    pub log: bool,
    /// How much to log: 0 warnings, 1 information, 5 each call, 9 everything.
    pub verbosity: u32,
}

/// Parses the arguments (without the program's name).
///
/// The engine puts its address last. Unknown options are accepted, since a newer engine may pass more of them.
#[must_use]
pub fn parse(arguments: impl IntoIterator<Item = String>) -> Command {
    let mut options = Options::default();
    let mut address = None;
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        let Some(flag) = argument.strip_prefix('-') else {
            address = Some(argument);
            continue;
        };
        let (name, value) = match flag.trim_start_matches('-').split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (flag.trim_start_matches('-'), None),
        };
        match name {
            "help" | "h" => return Command::Help,
            "version" | "V" => return Command::Version,
            "logtostderr" => options.log = value.as_deref() != Some("false"),
            "v" => {
                let text = value.or_else(|| arguments.next()).unwrap_or_default();
                match text.parse() {
                    Ok(verbosity) => options.verbosity = verbosity,
                    Err(_) => return Command::Wrong(format!("-v takes a number, not `{text}`")),
                }
            }
            // This option takes a value, which is not the address.
            "tracing" if value.is_none() => _ = arguments.next(),
            _ => {}
        }
    }
    match address {
        Some(text) if !is_address(&text) => Command::Wrong(format!("`{text}` is not an address of the form host:port")),
        address => {
            options.engine = address;
            Command::Serve(options)
        }
    }
}

fn is_address(text: &str) -> bool {
    text.rsplit_once(':')
        .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
}

/// Returns the help for users.
#[must_use]
pub fn help(program: &str, package: &str, version: &str, about: &str, commands: &str) -> String {
    let commands = match commands {
        "" => String::new(),
        lines => format!("Commands:\n{lines}\n"),
    };
    let mut text = format!("{program} {version}\n{about}\n");
    let _ = write!(
        text,
        "
This is a plugin of Pulumi: the engine starts it by itself. Install it, and write a program that uses
the package `{package}`:

    pulumi plugin install resource {package} {version} --file {program}
    pulumi package get-schema ./{program}

Usage: {program} [OPTIONS] [ENGINE]

  ENGINE             Where the engine listens, host:port. The engine passes it. Without it the plugin
                     waits for an engine that attaches itself:
                         PULUMI_DEBUG_PROVIDERS={package}:PORT pulumi up
                     PORT is the number that the plugin prints first, the only output on stdout.

{commands}Options:
  --logtostderr      Log to stderr. The log never holds a property's value.
  -v=N               Log this much: 0 warnings (default), 1 information, 5 each call, 9 everything
  --tracing ENDPOINT Accepted and ignored, like every option that is not listed here
  -h, --help         This text
  -V, --version      The version
"
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serve(arguments: &[&str]) -> Options {
        match parse(arguments.iter().map(ToString::to_string)) {
            Command::Serve(options) => options,
            other => panic!("{arguments:?}: {other:?}"),
        }
    }

    #[test]
    fn the_arguments_of_the_engine_are_parsed() {
        let options = serve(&[
            "--logtostderr",
            "-v=9",
            "--tracing",
            "http://127.0.0.1:9411",
            "127.0.0.1:4711",
        ]);
        assert_eq!(options.engine.as_deref(), Some("127.0.0.1:4711"));
        assert_eq!((options.log, options.verbosity), (true, 9));
        let options = serve(&["--tracing=tcp://127.0.0.1:1", "--new-flag=1", "--other", "[::1]:4711"]);
        assert_eq!(options.engine.as_deref(), Some("[::1]:4711"));
        assert_eq!((options.log, options.verbosity), (false, 0));
    }

    #[test]
    fn the_address_of_the_engine_is_optional() {
        for arguments in [&[][..], &["--logtostderr"], &["--tracing", "127.0.0.1:1"]] {
            assert_eq!(serve(arguments).engine, None, "{arguments:?}");
        }
    }

    #[test]
    fn help_version_and_wrong_arguments_are_recognized() {
        for (arguments, expected) in [
            (&["--help"][..], Command::Help),
            (&["-h"], Command::Help),
            (&["--version"], Command::Version),
        ] {
            assert_eq!(parse(arguments.iter().map(ToString::to_string)), expected);
        }
        for wrong in ["up", "-v=loud", "-v", "127.0.0.1:http"] {
            let command = parse([wrong.to_owned()]);
            assert!(matches!(command, Command::Wrong(_)), "{wrong}: {command:?}");
        }
        let text = help(
            "pulumi-resource-toy",
            "toy",
            "1.2.3",
            "Makes toys.",
            "  play               Play\n",
        );
        for part in [
            "pulumi-resource-toy 1.2.3\nMakes toys.\n",
            "plugin install resource toy 1.2.3",
            "--logtostderr",
            "-v=N",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(text.lines().all(|line| line.len() <= 110), "{text}");
    }
}
