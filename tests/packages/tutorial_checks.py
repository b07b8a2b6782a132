"""Checks the stack of the tutorial, of which all but one resource belong to the AWS provider, so that it cannot run here.

`make tutorial` runs this: it takes minutes, because the AWS provider has large SDKs. The programs must pass the type checks, and
with mocked resources they must declare what the tutorial says, in both languages the same.
"""

import difflib
import importlib.util
import json
import re
import shutil
import sys

import pytest

from languages import DRIVERS, LEFTOVERS, ROOT, run

EXAMPLES = ROOT / "examples"
TUTORIAL = EXAMPLES / "tutorial"
COMPONENT = "private-step-functions:index:PrivateStepFunctions::tutorial"
# The SDK for Node adds the defaults of `endpoints`. The one for Python leaves them to the provider.
DEFAULTS = {"states": True, "syncStates": True, "fips": False, "privateDnsEnabled": True}
STATE = DRIVERS / "tutorial.json"
# The stacks whose README has lines in TypeScript, and the program to which they are added.
PAGES = {name: name for name in ("api-destination", "central-endpoints")} | {"cross-account": "cross-account/owner"}


@pytest.fixture(scope="session")
def typescript(packages, tmp_path_factory):
    """Returns the compiled TypeScript project.

    Compiled with it, with the same options, are what else is in TypeScript and needs the AWS provider: the stack to compare with,
    and the programs of other stacks together with the lines that their README adds to them.
    """
    top = tmp_path_factory.mktemp("tutorial")
    for name in ("typescript", "compared"):
        shutil.copytree(TUTORIAL / name, top / name, ignore=LEFTOVERS)
    for page, program in PAGES.items():
        [lines] = re.findall(r"```typescript\n(.*?)```", (EXAMPLES / page / "README.md").read_text(), re.DOTALL)
        (top / page).mkdir()
        (top / page / "index.ts").write_text((EXAMPLES / program / "typescript" / "index.ts").read_text() + "\n" + lines)
    (top / "typescript" / "package.json").rename(top / "package.json")
    [tarball] = packages.glob("*.tgz")
    run("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", tarball, cwd=top)
    options = json.loads((top / "typescript" / "tsconfig.json").read_text())["compilerOptions"]
    options |= {"rootDir": ".", "outDir": "bin", "skipLibCheck": True}
    files = [f"{name}/index.ts" for name in ("typescript", "compared", *PAGES)]
    (top / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "files": files}))
    run("npx", "tsc", cwd=top)
    (top / "typescript" / "bin").symlink_to(top / "bin" / "typescript")
    return top / "typescript"


@pytest.fixture(scope="session")
def python(packages, tmp_path_factory):
    """Returns the Python project, and a directory with the SDK from its wheel."""
    project = tmp_path_factory.mktemp("tutorial") / "python"
    shutil.copytree(TUTORIAL / "python", project, ignore=LEFTOVERS)
    [wheel] = packages.glob("*.whl")
    quiet = ["--quiet", "--disable-pip-version-check", "--no-deps"]
    run(sys.executable, "-m", "pip", "install", *quiet, "--target", project.parent / "sdk", wheel)
    return project


@pytest.fixture(scope="session")
def declared(typescript, python, plugin):
    """Returns what each program declares: its resources by type and name, and its outputs."""
    environment = {"PYTHONPATH": str(python.parent / "sdk"), "PATH": ""}
    # Our functions are not mocked.
    answer = [sys.executable, DRIVERS / "answer.py", plugin]
    found = {
        "typescript": run("node", DRIVERS / "mocked.mjs", STATE, *answer, cwd=typescript),
        "python": run(sys.executable, DRIVERS / "mocked.py", STATE, *answer, cwd=python, env=environment),
    }
    return {language: by_name(json.loads(printed)) for language, printed in found.items()}


def by_name(program):
    resources = {f"{resource['type']}::{resource['name']}": resource for resource in program["resources"]}
    return {"resources": dict(sorted(resources.items())), "outputs": program["outputs"]}


@pytest.fixture
def resources(declared):
    return declared["typescript"]["resources"]


def test_both_languages_declare_the_same(declared):
    """The same resources with the same inputs, waiting for the same ones, and the same outputs."""
    in_typescript, in_python = (
        json.dumps(plain(declared[language]), indent=2, sort_keys=True).splitlines() for language in ("typescript", "python")
    )
    assert "\n".join(difflib.unified_diff(in_typescript, in_python, "typescript", "python", lineterm="")) == ""


def plain(value):
    """Returns a value without what differs between the languages: JSON as text, types of numbers, archives, defaults of the SDK."""
    if isinstance(value, dict):
        members = DEFAULTS | value if "executeApiPolicy" in value else value
        return {key: plain(member) for key, member in members.items() if key != "code"}
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [plain(member) for member in value]
    # Not an expression of JSONata.
    if isinstance(value, str) and value.startswith(("{", "[")) and not value.startswith("{%"):
        return plain(json.loads(value))
    return value


def test_the_python_program_is_typed(python):
    """The program passes `mypy --strict`. test_types.py knows the errors inside of our SDK."""
    (python / "mypy.ini").write_text("[mypy]\nstrict = True\n[mypy-pulumi_private_step_functions.*]\nignore_errors = True\n")
    environment = {"MYPYPATH": str(python.parent / "sdk"), "PATH": ""}
    run(sys.executable, "-m", "mypy", "__main__.py", cwd=python, env=environment)


def test_nothing_leads_to_the_internet(resources):
    kinds = {resource["type"].split(":")[1] for resource in resources.values() if resource["type"].startswith("aws:ec2")}
    assert kinds == {"ec2/vpc", "ec2/subnet", "ec2/securityGroup"}
    vpc = resources["aws:ec2/vpc:Vpc::tutorial"]["inputs"]
    # Private DNS of the endpoints needs both.
    assert vpc["enableDnsSupport"] and vpc["enableDnsHostnames"]
    assert not any(resource["inputs"].get("mapPublicIpOnLaunch") for resource in resources.values())


def test_the_api_admits_its_vpc_only(resources):
    policy = json.loads(resources["aws:apigateway/restApiPolicy:RestApiPolicy::orders"]["inputs"]["policy"])
    allow, deny = policy["Statement"]
    assert (allow["Effect"], deny["Effect"]) == ("Allow", "Deny")
    assert deny["Condition"] == {"StringNotEquals": {"aws:SourceVpc": "vpc-0a1b2c3d4e5f60718"}}
    assert resources["aws:apigateway/restApi:RestApi::orders"]["inputs"]["endpointConfiguration"] == {"types": "PRIVATE"}


def test_the_url_is_that_of_the_stage(resources):
    """Without the id of an endpoint, and below what the role may call."""
    stage = json.loads(STATE.read_text())["resources"]["aws:apigateway/stage:Stage"]["invokeUrl"]
    assert resources[COMPONENT]["inputs"]["privateApis"]["orders"]["urls"] == [f"{stage}/*"]
    for type_ in ("STANDARD", "EXPRESS"):
        machine = resources[f"aws:sfn/stateMachine:StateMachine::{type_.lower()}"]["inputs"]
        assert machine["type"] == type_
        [task] = json.loads(machine["definition"])["States"].values()
        assert task["Arguments"]["ApiEndpoint"] == f"{stage}/orders"
        assert task["Arguments"]["InvocationConfig"]["ConnectionArn"].endswith(":connection/orders/1")
        # The waits of an Express machine end before its execution does.
        assert task["Retry"][0]["MaxAttempts"] == {"STANDARD": 8, "EXPRESS": 4}[type_]


@pytest.mark.parametrize("later, earlier", [
    ("apigateway/integrationResponse:IntegrationResponse::orders", "apigateway/integration:Integration::orders"),
    # A private API without a policy cannot be deployed.
    ("apigateway/deployment:Deployment::orders", "apigateway/restApiPolicy:RestApiPolicy::orders"),
    ("apigateway/deployment:Deployment::orders", "apigateway/integrationResponse:IntegrationResponse::orders"),
    # A destroy goes the other way: state machines before the connection that they use.
    ("sfn/stateMachine:StateMachine::standard", COMPONENT),
    ("sfn/stateMachine:StateMachine::standard", "iam/rolePolicy:RolePolicy::states"),
    ("sfn/stateMachine:StateMachine::express", "iam/rolePolicy:RolePolicy::states"),
    ("lambda/function:Function::caller", COMPONENT),
    ("lambda/function:Function::caller", "iam/rolePolicy:RolePolicy::caller"),
    ("lambda/function:Function::caller", "iam/rolePolicyAttachment:RolePolicyAttachment::caller"),
    ("lambda/invocation:Invocation::call", "lambda/function:Function::caller"),
])  # fmt: skip
def test_the_order(later, earlier, resources):
    later, earlier = (name if name == COMPONENT else f"aws:{name}" for name in (later, earlier))
    assert earlier in before(later, resources)


def test_the_api_waits_for_nothing_of_the_component(resources):
    """So the component, and with it the API's URLs, needs no second update."""
    for name in resources:
        if name.startswith("aws:apigateway"):
            assert COMPONENT not in before(name, resources)


def before(name, resources):
    """Returns all resources that must exist before one is created."""
    direct = resources[name]["waits"]
    return set(direct).union(*(before(other, resources) for other in direct))


def test_the_caller_tells_how_the_calls_went(monkeypatch):
    """With AWS and the network replaced. It waits for the standard execution, and does not take an answer for a success."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert (TUTORIAL / "python" / "caller.py").read_text() == (TUTORIAL / "typescript" / "caller.py").read_text()
    spec = importlib.util.spec_from_file_location("caller", TUTORIAL / "python" / "caller.py")
    caller = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(caller)
    statuses = iter([{"status": "RUNNING"}, {"status": "SUCCEEDED", "output": '{"orders": []}'}])

    class Client:
        def start_execution(self, **_):
            return {"executionArn": "arn"}

        def describe_execution(self, executionArn):
            return next(statuses)

        def start_sync_execution(self, **_):
            return {"status": "FAILED", "error": "States.Http.StatusCode.403", "cause": "denied"}

    def unreachable(*_, **__):
        raise TimeoutError

    monkeypatch.setattr(caller, "CLIENT", Client())
    monkeypatch.setattr(caller.time, "sleep", lambda _: None)
    monkeypatch.setattr(caller.urllib.request, "urlopen", unreachable)
    monkeypatch.setattr(caller.socket, "getaddrinfo", lambda host, port: [(0, 0, 0, "", ("10.0.0.7", port))] * 2)
    assert caller.handler({"express": "e", "standard": "s"}, None) == {
        "addresses": {"states": ["10.0.0.7"], "sync-states": ["10.0.0.7"]},
        "internet": "not reached",
        "express": {"status": "FAILED", "error": "States.Http.StatusCode.403", "cause": "denied"},
        "standard": {"status": "SUCCEEDED", "output": {"orders": []}},
    }
