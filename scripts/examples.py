"""Makes the programs in examples/ use the SDKs with the names and the version that they have in sdk/.

Usage: examples.py            writes the files that differ
       examples.py --check    fails if that would change anything
"""

import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SDK = ROOT / "sdk"
EXAMPLES = ROOT / "examples"


def rules():
    """Returns for each file a pattern and its replacement."""
    package = json.loads((SDK / "nodejs" / "package.json").read_text())
    npm, version = package["name"], package["version"]
    go = (SDK / "go" / "go.mod").read_text().split(maxsplit=2)[1]
    [project] = (SDK / "dotnet").glob("*.csproj")
    dotnet = project.stem
    in_typescript = [
        ("package.json", r'"\S*pulumi-private-step-functions": ".*"', f'"{npm}": "{version}"'),
        ("index.ts", r'from "\S*pulumi-private-step-functions"', f'from "{npm}"'),
    ]
    programs = sorted(path.relative_to(EXAMPLES) for path in EXAMPLES.rglob("typescript") if "node_modules" not in path.parts)
    requirements = sorted(path.relative_to(EXAMPLES) for path in EXAMPLES.glob("**/python/requirements.txt"))
    return [
        *[(str(program / name), *rule) for program in programs for name, *rule in in_typescript],
        *[(str(file), r"^pulumi-private-step-functions==.*$", f"pulumi-private-step-functions=={version}") for file in requirements],
        ("go/go.mod", r"^\t\S+/sdk/go v\S+$", f"\t{go} v{version}"),
        ("go/go.mod", r"^replace \S+ =>", f"replace {go} =>"),
        ("go/stack/stack.go", r'"\S+/sdk/go/privatestepfunctions"', f'"{go}/privatestepfunctions"'),
        ("csharp/PrivateOrders.csproj", r'"[\w.]+\.PrivateStepFunctions" Version=".*"', f'"{dotnet}" Version="{version}"'),
        ("csharp/Program.cs", r"^using (.* = )?[\w.]+\.PrivateStepFunctions\b", rf"using \g<1>{dotnet}"),
    ]


def main(flags):
    stale = set()
    for name, pattern, replacement in rules():
        file = EXAMPLES / name
        old = file.read_text()
        new, count = re.subn(pattern, replacement, old, flags=re.MULTILINE)
        if count == 0:
            sys.exit(f"examples/{name} has nothing like {pattern}")
        if new != old:
            stale.add(name)
            if "--check" not in flags:
                file.write_text(new)
    if "--check" in flags and stale:
        sys.exit(f"{', '.join(sorted(stale))} in examples/ take other SDKs than those in sdk/: run `make sdk`")


if __name__ == "__main__":
    main(sys.argv[1:])
