"""docs/compared.md: its table is what the files in docs/compared are, and ours run."""

import os
import re
import shutil

import yaml

from languages import ROOT, TypeScript
from test_artefacts import VERSION
from test_readme import INBOUND, OUTBOUND, children

DIRECTORY = ROOT / "docs" / "compared"
PAGE = ROOT / "docs" / "compared.md"
# Of each file: what the table calls the tool, what declares a resource, and how a comment begins.
TOOLS = {
    "private-step-functions.yaml": ("this package, YAML", r"^ +type: private-step-functions:", "#"),
    "private-step-functions.ts": ("this package, TypeScript", r"\bnew PrivateStepFunctions\(", "//"),
    "pulumi-aws.ts": ("pulumi-aws, TypeScript", r"\bnew aws\.", "//"),
    "cdk.ts": ("CDK, TypeScript", r"\bnew (ec2\.(SecurityGroup|InterfaceVpcEndpoint)|vpclattice\.Cfn\w+|events\.Cfn\w+)\(", "//"),
    "cloudformation.yaml": ("CloudFormation", r"^    Type: AWS::", "#"),
    "terraform.tf": ("Terraform", r"^resource ", "#"),
}


def row(name):
    tool, resource, comment = TOOLS[name]
    lines = [line for line in (DIRECTORY / name).read_text().splitlines() if line.strip()]
    code = [line for line in lines if not line.strip().startswith(comment)]
    declared = sum(1 for line in code if re.search(resource, line))
    return f"| {tool} | [{name}](compared/{name}) | {len(code)} | {declared} |\n"


def test_the_table_is_current():
    """`UPDATE_GOLDEN=1` writes it anew."""
    assert {file.name for file in DIRECTORY.iterdir()} == set(TOOLS)
    page = PAGE.read_text()
    made = re.compile(r"(?s)(<!-- made by tests/packages/test_compared.py -->\n.*?\n\|---.*?\n).*?(?=<!-- end -->)")
    current = made.sub(lambda found: found[1] + "".join(row(name) for name in TOOLS), page)
    if os.environ.get("UPDATE_GOLDEN"):
        PAGE.write_text(current)
    assert PAGE.read_text() == current


def test_all_of_them_make_the_same_objects():
    """Each file names each kind of object; the ones with loops name the endpoint once."""
    kinds = ["security_?group", "vpc_?endpoint", "resource_?gateway", "resource_?configuration", "connection"]
    for name in list(TOOLS)[2:]:
        text = (DIRECTORY / name).read_text().lower()
        assert [kind for kind in kinds if not re.search(kind, text)] == [], name


def test_our_program_in_yaml(account, plugin):
    """Its preview shows the component with the seven objects that the page speaks of."""
    account.run("pulumi", "plugin", "install", "resource", "private-step-functions", VERSION, "--file", plugin)
    account.project = account.directory / "compared"
    account.project.mkdir()
    program = (DIRECTORY / "private-step-functions.yaml").read_text()
    (account.project / "Pulumi.yaml").write_text(program)
    account.run("pulumi", "stack", "init", "compared", cwd=account.project)
    values = {
        "vpcId": account.ec2("DescribeVpcs", "vpcId")[0],
        "subnetIds[0]": account.ec2("DescribeSubnets", "subnetId")[0],
        "executeApiEndpointId": "vpce-0a1b2c3d4e5f60718",
        "apiUrl": "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod",
        "private-step-functions:previewChecks": "off",
    }
    plain = [word for key, value in values.items() for word in ("--plaintext", f"{key}={value}")]
    account.run("pulumi", "config", "set-all", "--path", *plain, "--secret", "apiKey=a-key", cwd=account.project)
    assert children(account) == sorted(INBOUND + OUTBOUND)
    assert len(INBOUND + OUTBOUND) == 7
    assert set(yaml.safe_load(program)["config"]) == {"vpcId", "subnetIds", "executeApiEndpointId", "apiUrl", "apiKey"}


def test_our_program_in_typescript(example, tmp_path):
    """It compiles with `strict`."""
    program = tmp_path / "program"
    program.mkdir()
    shutil.copy(DIRECTORY / "private-step-functions.ts", program / "index.ts")
    example(TypeScript).with_program(program, tmp_path / "project")
