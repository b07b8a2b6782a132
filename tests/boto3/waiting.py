"""Functions that wait for the emulated AWS, and that expect an error from it."""

import time

import pytest
from botocore.exceptions import ClientError

TIMEOUT = 10


def active(look, status="ACTIVE", key="status", until=lambda _: True):
    """Waits until `look` returns an object with this status that meets `until`, and returns it. "Not found" is no error."""
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
    """Waits until an object is active twice: the status may go back once, and until then other calls may fail."""
    active(look)
    return active(look)


def gone(look):
    """Waits until the object is gone: `look` fails with "not found" or returns None."""
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
    """Waits until `look` returns a true value."""
    gone(lambda: None if look() else False)


def refused(code, status, call, /, **arguments):
    """Asserts that a call fails with this code and HTTP status. Returns the whole error."""
    with pytest.raises(ClientError) as refusal:
        call(**arguments)
    response = refusal.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == (code, status), response
    return response
