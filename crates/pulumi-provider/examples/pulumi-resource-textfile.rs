//! A complete provider: text files on the machine where `pulumi` runs.
//!
//! Build it with `cargo build --examples`, then enter the directory of the executable under `plugins` in the project file of
//! a program (tests/e2e/example.rs does so).

use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::{fs, io};

use pulumi_provider::component::Component;
use pulumi_provider::error::{Error, ErrorKind, Failed};
use pulumi_provider::lifecycle::adapter::{DynResource, erase};
use pulumi_provider::plugin::{self, About};
use pulumi_provider::property::Map;
use pulumi_provider::provider::Package;
use pulumi_provider::resource::context::{Created, Cx};
use pulumi_provider::resource::{Clients, Deleted, Found, Identity, Resource, Update};
use pulumi_provider::schema::{Schema, Vocabulary};
use serde::{Deserialize, Serialize};

/// The schema for the engine and the SDK generators, with two rules for Check under `language.rust`.
const SCHEMA: &str = r#"{
    "name": "textfile",
    "resources": { "textfile:index:File": {
        "description": "A text file.",
        "inputProperties": {
            "path": { "type": "string", "willReplaceOnChanges": true, "language": { "rust": { "minLength": 1 } } },
            "content": { "type": "string", "default": "", "language": { "rust": { "maxLength": 1000 } } }
        },
        "requiredInputs": ["path"],
        "properties": { "path": { "type": "string" }, "content": { "type": "string" }, "bytes": { "type": "integer" } },
        "required": ["path", "content", "bytes"]
    } }
}"#;

const ABOUT: About = About {
    program: "pulumi-resource-textfile",
    package: "textfile",
    version: "0.0.1",
    text: "Text files on this machine.",
    commands: "",
    log_target: env!("CARGO_CRATE_NAME"),
};

fn main() -> ExitCode {
    plugin::main(&ABOUT, || {
        let schema = Schema::parse(SCHEMA, ABOUT.version, &Vocabulary::BUILT_IN);
        Ok(TextFiles {
            schema: Arc::new(schema.map_err(|error| Error::bug(error.to_string()))?),
            resources: [erase::<File>()],
        })
    })
}

struct TextFiles {
    schema: Arc<Schema>,
    resources: [Box<dyn DynResource<Disk>>; 1],
}

impl Package for TextFiles {
    type Clients = Disk;

    fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    fn resources(&self) -> &[Box<dyn DynResource<Disk>>] {
        &self.resources
    }

    fn components(&self) -> &[Box<dyn Component>] {
        &[]
    }

    fn configure(&self, _: Map) -> Result<Disk, Error> {
        Ok(Disk)
    }
}

/// Has no fields. Other providers keep the clients of their service here.
struct Disk;

impl Clients for Disk {}

struct File;

#[derive(Serialize, Deserialize)]
struct Inputs {
    path: String,
    content: String,
}

/// The outputs that are not inputs.
#[derive(Clone, Default, Serialize, Deserialize)]
struct State {
    bytes: Option<usize>,
}

impl Resource for File {
    type Clients = Disk;
    type Inputs = Inputs;
    type State = State;
    /// The path and content of the file, all that `read` needs.
    type Live = Inputs;

    const TOKEN: &'static str = "textfile:index:File";
    const NOUN: &'static str = "text file";
    const IDENTITY: Identity = Identity::Id;

    async fn create(cx: &Cx<Disk>, file: Inputs) -> Result<Created<State>, Failed<State>> {
        let doing = format!("creating text file {}", file.path);
        fs::File::create_new(&file.path).map_err(|error| failed(error).context(doing))?;
        // The file exists from here on: if a later step fails, its id is recorded.
        cx.created(&file.path, State::default(), async { write(&file) }).await
    }

    async fn find(_: &Cx<Disk>, path: &str) -> Result<Option<Inputs>, Error> {
        match fs::read_to_string(path) {
            Ok(content) => Ok(Some(Inputs {
                path: path.to_owned(),
                content,
            })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    async fn read(_: &Cx<Disk>, file: Inputs, _: Option<Found<Inputs, State>>) -> Result<Found<Inputs, State>, Error> {
        let state = state(&file);
        Ok(Found { inputs: file, state })
    }

    async fn update(
        _: &Cx<Disk>,
        _: &str,
        _: Inputs,
        update: Update<Inputs, State>,
        _: &Mutex<State>,
    ) -> Result<State, Error> {
        write(&update.wanted)
    }

    async fn delete(_: &Cx<Disk>, path: &str, _: Found<Inputs, State>) -> Result<Deleted, Error> {
        match fs::remove_file(path) {
            Ok(()) => Ok(Deleted::Done),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Deleted::WasAbsent),
            Err(error) => Err(failed(error)),
        }
    }
}

fn write(file: &Inputs) -> Result<State, Error> {
    fs::write(&file.path, &file.content).map_err(failed)?;
    Ok(state(file))
}

fn state(file: &Inputs) -> State {
    State {
        bytes: Some(file.content.len()),
    }
}

/// The adapter adds what was being done, and to which file, in a read, update or delete.
fn failed(error: io::Error) -> Error {
    Error::new(ErrorKind::Failed, error.to_string())
}
