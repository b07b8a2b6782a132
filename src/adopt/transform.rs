//! The option `import` in a transform, for people who have a program in TypeScript, Python or Go.
//! <https://www.pulumi.com/docs/iac/concepts/resources/options/transforms/>

use std::fmt::Write as _;

use super::Adoption;

/// A language of programs that has transforms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// TypeScript.
    TypeScript,
    /// Python.
    Python,
    /// Go.
    Go,
}

impl Language {
    /// Returns the name of the file for the transform.
    #[must_use]
    pub const fn file(self) -> &'static str {
        match self {
            Self::TypeScript => "existing.ts",
            Self::Python => "existing.py",
            Self::Go => "existing.go",
        }
    }
}

const TYPESCRIPT: &str = r"import * as pulumi from '@pulumi/pulumi';

// The objects that exist, by type and name.
const ids: Record<string, string> = {
IDS};

/** Imports existing objects as parts of a component. Remove it after `pulumi up`. */
export const existing: pulumi.ResourceTransform = (args) => {
    const id = ids[`${args.type}::${args.name}`];
    return id === undefined ? undefined : { props: args.props, opts: { ...args.opts, import: id } };
};
";

const PYTHON: &str = r#"import pulumi

# The objects that exist, by type and name.
IDS = {
IDS}


def existing(args: pulumi.ResourceTransformArgs):
    """Imports existing objects as parts of a component. Remove it after `pulumi up`."""
    known = IDS.get(f"{args.type_}::{args.name}")
    if known is None:
        return None
    opts = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(import_=known))
    return pulumi.ResourceTransformResult(props=args.props, opts=opts)
"#;

const GO: &str = r#"package main

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// The objects that exist, by type and name.
var ids = map[string]string{
IDS}

// existing imports existing objects as parts of a component. Remove it after `pulumi up`.
func existing(_ context.Context, args *pulumi.ResourceTransformArgs) *pulumi.ResourceTransformResult {
	id, isKnown := ids[args.Type+"::"+args.Name]
	if !isKnown {
		return nil
	}
	opts := args.Opts
	opts.Import = pulumi.ID(id)
	return &pulumi.ResourceTransformResult{Props: args.Props, Opts: opts}
}
"#;

impl Adoption {
    /// Returns the transform that sets the option `import` of each existing object.
    #[must_use]
    pub fn transform(&self, language: Language) -> String {
        let (text, indent) = match language {
            Language::TypeScript => (TYPESCRIPT, "    "),
            Language::Python => (PYTHON, "    "),
            Language::Go => (GO, "\t"),
        };
        let mut ids = String::new();
        for (_, token, name, id) in self.children() {
            let _ = writeln!(ids, "{indent}\"{token}::{name}\": \"{id}\",");
        }
        text.replace("IDS}", &format!("{ids}}}"))
    }
}
