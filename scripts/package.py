"""Packs everything that is published: the plugin and its bill of materials, the SDKs and the schema, with checksums.

Usage: package.py --out DIR [--dynamic] [--platform OS-ARCH=BINARY]...

Version and publisher come from the binary that runs on this machine, and so does the schema from which the SDKs are generated.
The same commit gives the same bytes: entries are sorted, and every time stamp is the commit's (SOURCE_DATE_EPOCH).
Needs `pulumi`, `go`, `node` and `npm` on PATH, tools/node/node_modules, and Python's `build` and `setuptools`.
"""

import argparse
import gzip
import hashlib
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

import static

ROOT = pathlib.Path(__file__).resolve().parent.parent
PLUGIN = "pulumi-resource-private-step-functions"


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--out", type=pathlib.Path, required=True, help="directory of the packages, made anew")
    arguments.add_argument("--platform", action="append", required=True, metavar="OS-ARCH=BINARY",
                           help="a built plugin; the first one must run here")
    arguments.add_argument("--dynamic", action="store_true",
                           help="accept Linux plugins that need a C library, as development builds do")
    options = arguments.parse_args()
    binaries = dict(platform.split("=", 1) for platform in options.platform)
    if not options.dynamic:
        static.main([binary for platform, binary in binaries.items() if platform.startswith("linux-")])
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or run("git", "log", "-1", "--format=%ct", cwd=ROOT))
    os.environ["SOURCE_DATE_EPOCH"] = str(epoch)
    # The packed files are readable for everyone, whatever the umask of the user who packs them.
    os.umask(0o022)

    shutil.rmtree(options.out, ignore_errors=True)
    options.out.mkdir(parents=True)
    out = options.out.resolve()
    with tempfile.TemporaryDirectory(prefix="private-step-functions-package-") as scratch:
        sdk = pathlib.Path(scratch) / "sdk"
        run(ROOT / "scripts" / "sdk.sh", next(iter(binaries.values())), sdk)
        schema = json.loads((sdk / "schema.json").read_text())
        version = schema["version"]
        for platform, binary in binaries.items():
            pack_plugin(out, platform, pathlib.Path(binary), version, epoch)
        pack_node(out, sdk / "nodejs")
        pack_python(out, sdk / "python", epoch)
        pack_go(out, sdk / "go", version, epoch)
        shutil.copy(sdk / "schema.json", out / "schema.json")
        bill = run(sys.executable, ROOT / "scripts" / "sbom.py", PLUGIN, version)
        (out / f"{PLUGIN}-v{version}.cdx.json").write_text(bill + "\n")
    checksums(out)
    for path in sorted(out.iterdir()):
        print(f"{path.stat().st_size:>10}  {path.name}")


def pack_plugin(out, platform, binary, version, epoch):
    suffix = ".exe" if platform.startswith("windows-") else ""
    entries = {name: ((ROOT / name).read_bytes(), 0o644) for name in ["LICENSE", "README.md"]}
    entries[PLUGIN + suffix] = (binary.read_bytes(), 0o755)
    archive(out / f"{PLUGIN}-v{version}-{platform}.tar.gz", entries, epoch)


def pack_node(out, source):
    # npm installed the compiler in tools/node. Node looks for it beside the package.json of the sources.
    (source / "node_modules").symlink_to(ROOT / "tools" / "node" / "node_modules")
    run("node_modules/.bin/tsc", "--strict", cwd=source)
    package = source / "bin"
    for name in ["package.json", "README.md"]:
        shutil.copy(source / name, package)
    shutil.copy(ROOT / "LICENSE", package)
    run("npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", out, cwd=package)


def pack_python(out, source, epoch):
    shutil.copy(ROOT / "LICENSE", source)
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", source / "dist", source)
    for built in (source / "dist").iterdir():
        if built.suffix == ".whl":
            shutil.copy(built, out)
        else:
            # `build` keeps the time stamps of the files in a source distribution, so pack it again.
            archive(out / built.name, contents(built), epoch)


def pack_go(out, source, version, epoch):
    files = sorted(path for path in source.rglob("*") if path.is_file())
    entries = {f"sdk/go/{path.relative_to(source)}": (path.read_bytes(), 0o644) for path in files}
    entries["sdk/go/LICENSE"] = ((ROOT / "LICENSE").read_bytes(), 0o644)
    archive(out / f"sdk-go-v{version}.tar.gz", entries, epoch)


def contents(path):
    with tarfile.open(path) as packed:
        members = [member for member in packed.getmembers() if member.isfile()]
        return {member.name: (packed.extractfile(member).read(), 0o644) for member in members}


def archive(path, entries, epoch):
    """Writes a tar.gz whose bytes depend only on names, contents, modes and the time `epoch`."""
    with open(path, "wb") as file, gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=epoch) as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for name, (content, mode) in sorted(entries.items()):
                member = tarfile.TarInfo(name)
                member.size, member.mode, member.mtime = len(content), mode, epoch
                tar.addfile(member, io.BytesIO(content))


def checksums(out):
    """Writes checksums.txt in the format that `sha256sum --check` reads."""
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(out.iterdir())]
    (out / "checksums.txt").write_text("".join(lines))


def run(*command, cwd=None):
    finished = subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True, text=True)
    if finished.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{finished.stdout}{finished.stderr}")
    return finished.stdout.strip()


if __name__ == "__main__":
    main()
