"""Writes a software bill of materials of the plugin in CycloneDX's JSON: every crate in it, on any platform.

Usage: sbom.py BINARY-NAME VERSION > FILE       SOURCE_DATE_EPOCH is its time stamp

Crates that only the compilation uses (procedural macros and their dependencies) have the scope `excluded`. Crates for tests and
build scripts are left out.
"""

import datetime
import json
import os
import pathlib
import subprocess
import sys
import tomllib
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent
PACKAGE = "pulumi-private-step-functions"


def main(binary, version):
    crates = tree("normal")
    linked = tree("normal,no-proc-macro")
    metadata = json.loads(cargo("metadata", "--format-version", "1"))
    described = {(package["name"], package["version"]): package for package in metadata["packages"]}
    locked = tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]
    checksums = {(package["name"], package["version"]): package.get("checksum") for package in locked}

    [root] = [crate for crate in crates if crate[0] == PACKAGE]
    components = [
        component(described[crate], checksums[crate], "required" if crate in linked else "excluded")
        for crate in sorted(crates - {root})
    ]
    about = identity(described[root] | {"name": binary, "version": version})
    # The plugin is not in a registry of crates.
    del about["purl"]
    references = {described[crate]["id"]: reference(crate) for crate in crates} | {described[root]["id"]: reference((binary, version))}
    when = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.UTC)
    bom = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {"type": "application", **about, "description": described[root]["description"]},
        },
        "components": components,
        "dependencies": dependencies(metadata["resolve"]["nodes"], references),
    }
    # The serial number is derived from the content: the same content has the same number.
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(bom, sort_keys=True))
    json.dump(bom | {"serialNumber": f"urn:uuid:{serial}"}, sys.stdout, indent=2, sort_keys=True)
    print()


def tree(edges):
    """Returns names and versions of the crates that these kinds of dependencies reach."""
    lines = cargo("tree", "--package", PACKAGE, "--edges", edges, "--target", "all", "--prefix", "none",
                  "--no-dedupe", "--format", "{p}").splitlines()  # fmt: skip
    return {(name, version.removeprefix("v")) for name, version, *_ in map(str.split, lines)}


def component(package, checksum, scope):
    links = [
        {"type": kind, "url": package[key]}
        for kind, key in [("vcs", "repository"), ("website", "homepage"), ("documentation", "documentation")]
        if package[key]
    ]
    return {
        "type": "library",
        "scope": scope,
        **identity(package),
        # A crate of this repository has no checksum, because it is not from a registry.
        **({"hashes": [{"alg": "SHA-256", "content": checksum}]} if checksum else {}),
        **({"externalReferences": links} if links else {}),
    }


def identity(package):
    crate = reference((package["name"], package["version"]))
    # Older crates separate alternative licenses with a slash.
    expression = " OR ".join(part.strip() for part in package["license"].split("/"))
    return {
        "bom-ref": crate,
        "purl": crate,
        "name": package["name"],
        "version": package["version"],
        "licenses": [{"expression": expression}],
    }


def reference(crate):
    name, version = crate
    return f"pkg:cargo/{name}@{version}"


def dependencies(nodes, references):
    kept = [node for node in nodes if node["id"] in references]
    return sorted(
        (
            {
                "ref": references[node["id"]],
                "dependsOn": sorted(
                    references[dependency["pkg"]]
                    for dependency in node["deps"]
                    if dependency["pkg"] in references and any(kind["kind"] is None for kind in dependency["dep_kinds"])
                ),
            }
            for node in kept
        ),
        key=lambda dependency: dependency["ref"],
    )


def cargo(*words):
    return subprocess.run(["cargo", *words, "--locked"], cwd=ROOT, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main(*sys.argv[1:])
