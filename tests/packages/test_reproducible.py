"""The same commit gives the same bytes."""

from conftest import pack, take


def test_packed_twice(packages, plugin, tmp_path):
    """Also from another directory, by a user with other habits, elsewhere on earth."""
    take(tmp_path / "elsewhere", {})
    habits = {"TZ": "Pacific/Auckland", "LC_ALL": "C", "USER": "somebody", "HOSTNAME": "elsewhere"}
    again = pack(tmp_path / "elsewhere", plugin, tmp_path / "out", env=habits, umask=0o077)
    assert {path.name for path in again.iterdir()} == {path.name for path in packages.iterdir()}
    assert [path.name for path in packages.iterdir() if path.read_bytes() != (again / path.name).read_bytes()] == []
