"""The same commit gives the same bytes."""

from conftest import pack, take


def test_packing_twice_gives_the_same_bytes(packages, plugin, tmp_path):
    """Also from another directory, and with another time zone, locale, user, host name and umask."""
    take(tmp_path / "elsewhere", {})
    habits = {"TZ": "Pacific/Auckland", "LC_ALL": "C", "USER": "somebody", "HOSTNAME": "elsewhere"}
    again = pack(tmp_path / "elsewhere", plugin, tmp_path / "out", env=habits, umask=0o077)
    assert {path.name for path in again.iterdir()} == {path.name for path in packages.iterdir()}
    assert [path.name for path in packages.iterdir() if path.read_bytes() != (again / path.name).read_bytes()] == []
