"""Waiting for the emulated AWS, and being refused by it."""

import time

import pytest
from botocore.exceptions import ClientError

TIMEOUT = 10


def active(look, status="ACTIVE", key="status", until=lambda _: True):
    """Looks until there is something, in this status and as wanted; answers it. Not found yet is no error."""
    end, seen = time.monotonic() + TIMEOUT, None
    while time.monotonic() < end:
        try:
            seen = look()
        except ClientError as error:
            if "NotFound" not in error.response["Error"]["Code"]:
                raise
        else:
            if seen is not None and until(seen) and (key is None or seen.get(key, status) == status):
                return seen
        time.sleep(0.02)
    pytest.fail(f"not {status} after {TIMEOUT} s: {seen}")


def steady(look):
    """Active for the second time: the status goes back once, and until then nothing else may rely on it."""
    active(look)
    return active(look)


def gone(look):
    """Looks until there is nothing: not found, or None."""
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end:
        try:
            if look() is None:
                return
        except ClientError as error:
            if "NotFound" not in error.response["Error"]["Code"]:
                raise
            return
        time.sleep(0.02)
    pytest.fail(f"still there after {TIMEOUT} s")


def holds(look):
    """Looks until it is true."""
    gone(lambda: None if look() else False)


def refused(code, status, call, /, **arguments):
    """Asserts that a call is refused with this code and HTTP status; answers the whole error."""
    with pytest.raises(ClientError) as refusal:
        call(**arguments)
    response = refusal.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == (code, status), response
    return response
