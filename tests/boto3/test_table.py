"""Every operation of the emulator: one request that succeeds, one for each error, and the errors that all operations share."""

import functools
import re
import time

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from models import ROOT, implemented, operation
from not_produced import DOCUMENTED, NOT_PRODUCED, reason
from refusals import REFUSALS
from prerequisites import Prerequisites
from valid import ALWAYS_REFUSED, REQUESTS
from waiting import gone, refused

OPERATIONS = [f"{service}:{name}" for service, names in implemented().items() for name in names]
# Errors for limits that take many calls to reach.
LIMITS = {"VpcEndpointLimitExceeded", "SecurityGroupsPerInterfaceLimitExceeded"}
ROWS = [
    pytest.param(name, code, marks=[pytest.mark.faster] if code in LIMITS else [])
    for name, rows in REFUSALS.items()
    for code in rows
]
# The error code that every operation of a service returns for a fault (docs/aws-behavior.md; the models).
SHARED = {
    "ec2": {"throttle": "RequestLimitExceeded", "internal": "InternalError", "access_denied": "UnauthorizedOperation"},
    "sts": {"throttle": "Throttling", "internal": "InternalFailure", "access_denied": "AccessDenied"},
    "vpc-lattice": {
        "throttle": "ThrottlingException", "internal": "InternalServerException", "access_denied": "AccessDeniedException",
    },
    "events": {
        "throttle": "ThrottlingException", "internal": "InternalException", "access_denied": "AccessDeniedException",
    },
    "kms": {
        "throttle": "ThrottlingException", "internal": "KMSInternalException", "access_denied": "AccessDeniedException",
    },
    "route53": {"throttle": "Throttling", "internal": "InternalFailure", "access_denied": "AccessDenied"},
    "servicequotas": {
        "throttle": "TooManyRequestsException", "internal": "ServiceException", "access_denied": "AccessDeniedException",
    },
}


@pytest.fixture
def prerequisites(client, control):
    return Prerequisites(client, control)


@pytest.fixture
def unvalidated(client):
    """Calls operations by name, without botocore's validation of parameters."""
    from botocore.config import Config

    made = {}

    def call(name, /, **arguments):
        service, _, method = name.partition(":")
        if service not in made:
            made[service] = client(service, config=Config(retries={"total_max_attempts": 1}, parameter_validation=False))
        return getattr(made[service], xform_name(method))(**arguments)

    return call


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_valid_request_succeeds(prerequisites, unvalidated, name):
    request = REQUESTS[name](prerequisites)
    if name in ALWAYS_REFUSED:
        refused("ValidationException", 400, functools.partial(unvalidated, name), **request)
        return
    answer = unvalidated(name, **request)
    assert answer["ResponseMetadata"]["RequestId"]
    assert not answer.get("Unsuccessful")


@pytest.mark.parametrize("name, code", ROWS)
def test_refusal(prerequisites, unvalidated, name, code):
    request = REFUSALS[name][code](prerequisites)
    if name == "ec2:DeleteVpcEndpoints":
        (failure,) = unvalidated(name, **request)["Unsuccessful"]
        assert failure["Error"]["Code"] == code
        return
    before = prerequisites.control("resources?beyond-start")
    try:
        error = refused(code, status(name, code), functools.partial(unvalidated, name), **request)
    except pytest.fail.Exception:
        # On a slow machine, the operation in progress may have finished. Repeat the request after this change has finished too.
        if code != "OperationInProgress":
            raise
        time.sleep(1)
        error = refused(code, status(name, code), functools.partial(unvalidated, name), **REFUSALS[name][code](prerequisites))
    assert error["Error"]["Message"]
    # The refused request created nothing. Other objects may disappear meanwhile.
    exists = lambda resources: {row["id"] for row in resources["resources"]}
    assert exists(prerequisites.control("resources?beyond-start")) <= exists(before)


def status(name, code):
    service, _, method = name.partition(":")
    shapes = {shape.error_code: shape for shape in operation(service, method).error_shapes}
    return shapes[code].metadata.get("error", {}).get("httpStatusCode", 400) if code in shapes else 400


@pytest.mark.parametrize("service", sorted(SHARED))
def test_errors_of_every_operation(control, unvalidated, service):
    for name in (name for name in OPERATIONS if name.startswith(f"{service}:")):
        for kind, code in SHARED[service].items():
            control("faults", {"operation": name.partition(":")[2], "service": service, "kind": kind})
            with pytest.raises(ClientError) as refusal:
                unvalidated(name, **labels(name))
            assert refusal.value.response["Error"]["Code"] == code, name
        control("permissions", {"deny": [name]})
        with pytest.raises(ClientError) as refusal:
            unvalidated(name, **labels(name))
        assert refusal.value.response["Error"]["Code"] == SHARED[service]["access_denied"], name


def labels(name):
    """Returns the parameters in the path. The emulator reports a fault before it reads the others."""
    service, _, method = name.partition(":")
    shape = operation(service, method).input_shape
    members = shape.members.items() if shape is not None else []
    return {member: "m" * 20 for member, inner in members if inner.serialization.get("location") == "uri"}


@pytest.mark.parametrize("service", sorted(SHARED))
def test_dry_run_and_unknown_operations(service, client, control):
    if service == "ec2":
        ec2 = client("ec2")
        refused("DryRunOperation", 412, ec2.describe_vpcs, DryRun=True)
        refused("InvalidAction", 400, ec2.describe_instances)
    elif service == "sts":
        refused("InvalidAction", 400, client("sts").get_session_token)
    elif service == "events":
        refused("UnknownOperationException", 400, client("events").list_rules)
    elif service == "kms":
        refused("UnknownOperationException", 400, client(service).list_keys)
    elif service == "route53":
        refused("UnknownOperationException", 404, client(service).list_hosted_zones)
    elif service == "servicequotas":
        refused("UnknownOperationException", 400, client(service).list_services)
    else:
        refused("UnknownOperationException", 404, client("vpc-lattice").list_services)
    assert control("resources?beyond-start") == {"resources": []}


def test_the_table_is_complete():
    assert set(REQUESTS) == set(REFUSALS) == set(OPERATIONS)
    lacking = []
    for name in OPERATIONS:
        service, _, method = name.partition(":")
        modelled = {shape.error_code for shape in operation(service, method).error_shapes}
        wanted = modelled | set(DOCUMENTED.get(name, "").split())
        has = set(REFUSALS[name]) | set(SHARED[service].values())
        lacking += [f"{name} {code}" for code in wanted - has if not reason(name, code)]
        assert not [code for code in NOT_PRODUCED.get(name, {}) if code in has], f"{name} can be refused like that"
    assert lacking == []


def test_every_code_of_the_emulator_is_tested():
    """The table contains every error code in the emulator's sources, without those of its tests."""
    sources = ROOT / "tests" / "aws-emulator" / "src"
    files = [path for path in sources.rglob("*.rs") if path.stem != "tests" and "tests" not in path.parts[len(sources.parts):]]
    text = "\n".join(path.read_text().partition("#[cfg(test)]")[0] for path in files)
    codes = set(re.findall(r'ServiceError::new\(\s*"([A-Za-z.]+)"', text))
    assert len(codes) > 50
    driven = {code for rows in REFUSALS.values() for code in rows}
    driven |= {code for kinds in SHARED.values() for code in kinds.values()}
    driven |= {"DryRunOperation", "InvalidAction", "UnknownOperationException"}
    # test_protocol.py tests these: no client sends such requests.
    driven |= {"MissingAction", "MissingAuthenticationToken", "SerializationException", "UnknownParameter"}
    assert codes - driven == set()
