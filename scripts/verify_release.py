"""Installs published packages as a user does, and previews a program with each. Run by the release workflow after it published.

Usage: verify_release.py VERSION [--minutes N] LANGUAGE...      yaml, typescript, python, go, csharp

Names and the plugin's URL come from sdk/. Every language gets an empty Pulumi home, so that the engine downloads the plugin. A
registry shows a new package late: each installation is tried again for N minutes. A preview of the program calls no AWS API.
Needs `pulumi` with its language hosts on PATH, and npm, Go or .NET for their languages.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib

SDK = pathlib.Path(__file__).resolve().parent.parent / "sdk"
RUNTIMES = {"yaml": "yaml", "typescript": "nodejs", "python": "python", "go": "go", "csharp": "dotnet"}
VPC = "vpc-0123456789abcdef0"
# Seconds between two tries of an installation.
WAIT = 30
# Where the plugin comes from stands in the SDKs. A YAML program says it itself.
YAML = """
resources:
  group:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: "@VPC@" }
    options: { version: "@VERSION@", pluginDownloadURL: "@URL@" }
"""
TYPESCRIPT = 'import * as functions from "@NAME@";\nnew functions.SecurityGroup("group", { vpcId: "@VPC@" });\n'
PYTHON = 'import @NAME@ as functions\nfunctions.SecurityGroup("group", vpc_id="@VPC@")\n'
GO = """package main

import (
	functions "@NAME@"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		_, err := functions.NewSecurityGroup(ctx, "group", &functions.SecurityGroupArgs{VpcId: pulumi.String("@VPC@")})
		return err
	})
}
"""
CSHARP = """using Pulumi;
using Functions = @NAME@;

return await Deployment.RunAsync(() => { new Functions.SecurityGroup("group", new() { VpcId = "@VPC@" }); });
"""
PROJECT = """<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net8.0</TargetFramework>
    <Nullable>enable</Nullable>
  </PropertyGroup>
</Project>
"""


class Project:
    """A program in one language that uses the published packages."""

    def __init__(self, directory, language, version, seconds=0):
        self.directory, self.language, self.version = directory, language, version
        self.deadline = time.monotonic() + seconds
        # Only this program's plugins, and credentials that no account has.
        self.environment = os.environ | {
            "PULUMI_HOME": str(directory.parent / "home"),
            "PULUMI_BACKEND_URL": (directory.parent / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "not a secret",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "AWS_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "none",
            "AWS_SECRET_ACCESS_KEY": "none",
        }
        (directory.parent / "state").mkdir()
        directory.mkdir()

    def install(self):
        """Writes the program, and installs what it needs."""
        options = " { name: python, options: { virtualenv: venv } }" if self.language == "python" else f" {RUNTIMES[self.language]}"
        self.write("Pulumi.yaml", f"name: verify\nruntime:{options}\n")
        getattr(self, self.language)()

    def yaml(self):
        url = json.loads((SDK / "schema.json").read_text())["pluginDownloadURL"]
        self.write("Pulumi.yaml", (self.directory / "Pulumi.yaml").read_text() + YAML, VERSION=self.version, URL=url)
        self.until_published("pulumi", "plugin", "install", "resource", "private-step-functions", self.version, "--server", url)

    def typescript(self):
        name = json.loads((SDK / "nodejs" / "package.json").read_text())["name"]
        self.write("package.json", '{ "private": true, "main": "index.ts" }')
        self.write("index.ts", TYPESCRIPT, NAME=name)
        self.until_published("npm", "install", "--no-audit", "--no-fund", f"{name}@{self.version}", "typescript@5", "@types/node@20")
        flags = ["--noEmit", "--strict", "--skipLibCheck", "--types", "node", "--module", "commonjs", "--target", "es2020"]
        self.run("npx", "tsc", *flags, "index.ts")

    def python(self):
        name = tomllib.loads((SDK / "python" / "pyproject.toml").read_text())["project"]["name"]
        self.write("__main__.py", PYTHON, NAME=name)
        self.run(sys.executable, "-m", "venv", "venv")
        programs = self.directory / "venv" / ("Scripts" if os.name == "nt" else "bin")
        # pip reads the version as PEP 440 has it: 1.0.0-rc.1 is 1.0.0rc1.
        pip = [programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        self.until_published(*pip, f"{name}=={self.version}")

    def go(self):
        module = re.search(r"^module (\S+)$", (SDK / "go" / "go.mod").read_text(), re.MULTILINE)[1]
        self.write("main.go", GO, NAME=f"{module}/privatestepfunctions")
        self.run("go", "mod", "init", "verify")
        self.until_published("go", "get", f"{module}@v{self.version}")
        self.run("go", "mod", "tidy")
        self.run("go", "vet", "./...")

    def csharp(self):
        [project] = (SDK / "dotnet").glob("*.csproj")
        self.write("verify.csproj", PROJECT)
        self.write("Program.cs", CSHARP, NAME=project.stem)
        self.until_published("dotnet", "add", "package", project.stem, "--version", self.version)
        self.run("dotnet", "build", "--nologo")

    def preview(self):
        """Previews the program, and checks that it would create its resource with this version of the plugin."""
        self.run("pulumi", "stack", "init", "verify")
        planned = json.loads(self.run("pulumi", "preview", "--json", "--non-interactive"))
        created = [step for step in planned["steps"] if step["urn"].endswith(":SecurityGroup::group")]
        if [step["op"] for step in created] != ["create"]:
            sys.exit(f"{self.language}: the preview plans {created}, and says {planned.get('diagnostics')}")
        plugins = json.loads(self.run("pulumi", "plugin", "ls", "--json"))
        ours = [plugin["version"] for plugin in plugins if plugin["name"] == "private-step-functions"]
        if ours != [self.version]:
            sys.exit(f"{self.language}: the engine has the plugin in versions {ours}")

    def write(self, name, text, **values):
        for key, value in {"VPC": VPC, **values}.items():
            text = text.replace(f"@{key}@", value)
        (self.directory / name).write_text(text)

    def run(self, *command):
        finished = self.attempt(*command)
        if finished.returncode != 0:
            self.fail(command, finished)
        return finished.stdout

    def until_published(self, *command):
        while (finished := self.attempt(*command)).returncode != 0:
            if time.monotonic() + WAIT > self.deadline:
                self.fail(command, finished)
            time.sleep(WAIT)

    def fail(self, command, finished):
        sys.exit(f"{self.language}: {' '.join(map(str, command))} failed:\n{finished.stdout}{finished.stderr}")

    def attempt(self, *command):
        # On Windows, npm and npx are scripts that only a full path starts.
        program = shutil.which(command[0]) or command[0]
        words = [str(word) for word in (program, *command[1:])]
        # Outside Windows this is the default.
        texts = {"encoding": "utf-8", "errors": "replace"}
        return subprocess.run(words, cwd=self.directory, env=self.environment, capture_output=True, **texts)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("version")
    arguments.add_argument("languages", nargs="+", choices=RUNTIMES)
    arguments.add_argument("--minutes", type=int, default=0)
    options = arguments.parse_args()
    for language in options.languages:
        # A virus scanner of Windows may still read a file that is to be deleted.
        with tempfile.TemporaryDirectory(prefix="verify-", ignore_cleanup_errors=True) as scratch:
            project = Project(pathlib.Path(scratch).resolve() / "project", language, options.version, options.minutes * 60)
            project.install()
            project.preview()
        print(f"{language}: {options.version} installs, and its plugin answers a preview", flush=True)


if __name__ == "__main__":
    main()
