//! `adopt`: what a component could be in a VPC, and how to import it.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::resource::Clients as _;
use serde_json::Value as Json;

use super::Place;
use crate::adopt::{self, Adoption, Language};
use crate::package;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The VPC to look in
    vpc: String,
    /// The name of the component in the program; default: main, or the one in the import file
    #[arg(long)]
    name: Option<String>,
    /// The directory for the files that are written; it may exist, the files may not
    #[arg(long, default_value = "adopt")]
    out: PathBuf,
    /// Write the program in YAML and the file for `pulumi import`, or a transform for a program in another language
    #[arg(long, value_enum, default_value = "yaml")]
    format: Format,
    /// A file that `pulumi preview --import-file` wrote for a program that exists: fill its ids
    #[arg(long, conflicts_with = "format")]
    import_file: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Yaml,
    #[value(name = "typescript")]
    TypeScript,
    Python,
    Go,
}

impl Format {
    const fn language(self) -> Option<Language> {
        match self {
            Self::Yaml => None,
            Self::TypeScript => Some(Language::TypeScript),
            Self::Python => Some(Language::Python),
            Self::Go => Some(Language::Go),
        }
    }
}

/// Writes the files, and reports whether every id is known.
#[allow(clippy::print_stdout, reason = "this is the command's answer")]
pub(super) async fn run(arguments: &Arguments) -> Result<bool, Error> {
    let given = arguments.import_file.as_deref().map(read).transpose()?;
    let name = match &given {
        Some(file) => adopt::component(file, arguments.name.as_deref())?,
        None => arguments.name.clone().unwrap_or_else(|| "main".to_owned()),
    };
    let schema = package::schema(env!("CARGO_PKG_VERSION")).map_err(|error| Error::bug(error.to_string()))?;
    let aws = Arc::new(arguments.place.open());
    let adoption = adopt::survey(Arc::clone(&aws), Arc::new(schema), &arguments.vpc, &name).await;
    let adoption = adoption.map_err(|error| aws.explain(error))?;
    let (files, text, complete) = match given {
        Some(file) => filled(arguments, &adoption, file)?,
        None => fresh(arguments, &adoption),
    };
    write(&arguments.out, &files)?;
    print!("{text}");
    Ok(complete)
}

type Files = Vec<(&'static str, String)>;

fn fresh(arguments: &Arguments, adoption: &Adoption) -> (Files, String, bool) {
    let language = arguments.format.language();
    let mut files = vec![("left-out.txt", adoption.left_out_text())];
    files.push(("Pulumi.yaml", adoption.program()));
    match language {
        None => files.push(("import.json", pretty(&adoption.import_file()))),
        Some(language) => files.push((language.file(), adoption.transform(language))),
    }
    let next = adoption.next_commands(&place(&arguments.out), arguments.place.profile.as_deref(), language);
    (files, told(arguments, adoption, &next), true)
}

fn filled(arguments: &Arguments, adoption: &Adoption, file: Json) -> Result<(Files, String, bool), Error> {
    let filled = adopt::fill(file, adoption)?;
    let mut next = String::new();
    for (name, id) in &filled.doubtful {
        next.push_str(&format!(
            "# Check: {name} is {id} only because of its name or its place\n"
        ));
    }
    for (name, why) in &filled.open {
        next.push_str(&format!("# Complete by hand, or remove the entry: {name}: {why}\n"));
    }
    let out = place(&arguments.out);
    next.push_str(&format!(
        "pulumi import --file {out}/import.json --generate-code=false --protect=false\npulumi preview --diff\npulumi up\n"
    ));
    let files = vec![
        ("import.json", pretty(&filled.file)),
        ("left-out.txt", adoption.left_out_text()),
    ];
    Ok((files, told(arguments, adoption, &next), filled.open.is_empty()))
}

fn told(arguments: &Arguments, adoption: &Adoption, next: &str) -> String {
    let left_out = adoption.left_out_text();
    let out = place(&arguments.out);
    format!(
        "{}\nLeft out ({out}/left-out.txt):\n{left_out}\nNext:\n{next}",
        adoption.summary()
    )
}

fn place(directory: &Path) -> String {
    directory.display().to_string()
}

fn pretty(json: &Json) -> String {
    format!("{json:#}\n")
}

fn read(path: &Path) -> Result<Json, Error> {
    let wrong = |error: String| Error::new(ErrorKind::Invalid, format!("reading {}: {error}", path.display()));
    let text = fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))
}

/// Writes new files. If one of them exists, none is written.
fn write(directory: &Path, files: &Files) -> Result<(), Error> {
    let wrong =
        |path: &Path, error: String| Error::new(ErrorKind::Invalid, format!("writing {}: {error}", path.display()));
    fs::create_dir_all(directory).map_err(|error| wrong(directory, error.to_string()))?;
    for (name, _) in files {
        let path = directory.join(name);
        if path.exists() {
            return Err(wrong(&path, "it exists".to_owned()).advise("Choose another directory with --out"));
        }
    }
    for (name, text) in files {
        let path = directory.join(name);
        let file = fs::OpenOptions::new().write(true).create_new(true).open(&path);
        let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|error| wrong(&path, error.to_string()))?;
    }
    Ok(())
}
