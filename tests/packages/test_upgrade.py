"""A program moves to a newer version of the packages, which another organization publishes on its own server."""

import json
import re

from conftest import ACME, ACME_VERSION
from languages import Python, run
from test_artefacts import VERSION


def providers(account, project):
    """Returns the versions of the plugin that manage the resources in the state."""
    state = json.loads(account.run("pulumi", "stack", "export", cwd=project))
    resources = state["deployment"]["resources"]
    return {
        re.search(r"default_(\d+_\d+_\d+)", resource["provider"])[1].replace("_", ".")
        for resource in resources
        if resource["type"].startswith("private-step-functions:") and resource.get("provider")
    }


def test_to_another_version_of_another_publisher(new_account, example, acme, serve, tmp_path):
    """State of an older version causes no change; the engine gets the newer plugin from the server that the newer SDK names."""
    python = example(Python)
    with new_account() as account:
        account.configure(python.project)
        account.run(*python.automation("up"), cwd=python.project)
        assert providers(account, python.project) == {VERSION}

        [wheel] = acme.glob("*.whl")
        run(python.python, "-m", "pip", "install", "--quiet", "--no-deps", "--target", tmp_path, wheel)
        newer = ["env", f"PYTHONPATH={tmp_path}"]
        url, asked = serve(acme)
        # The override replaces the DNS name and the certificate of that organization's server.
        account.environment["PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES"] = f"^{re.escape(ACME['pluginDownloadUrl'])}={url}"
        del account.environment["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"]
        before = len(account.journal())
        account.run(*newer, *python.automation("preview", "--expect-no-changes"), cwd=python.project)
        account.run(*newer, *python.automation("up", "--expect-no-changes"), cwd=python.project)
        [tarball] = acme.glob("pulumi-resource-*.tar.gz")
        assert asked == [(f"/{tarball.name}", 200)]
        assert account.journal()[before:] == []
        assert providers(account, python.project) == {ACME_VERSION}

        account.run(*newer, *python.automation("destroy"), cwd=python.project)
        assert account.left() == []
