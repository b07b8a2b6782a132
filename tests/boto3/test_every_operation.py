"""Runs last (see conftest.py): boto3 has called every operation that the emulator implements."""

import pytest


def test_every_operation_was_called(control, driven, everything_ran):
    if not everything_ran:
        pytest.skip("only some of the tests were chosen")
    implemented = {(service, operation) for service, names in control("operations").items() for operation in names}
    assert implemented - driven == set()
