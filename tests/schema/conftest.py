"""The real provider's schema document, asked for once."""

import json
import subprocess

import pytest

from landform.terraform.cliconfig import user_config, write_cli_config
from landform.terraform.run import environment


@pytest.fixture(scope="session")
def provider_schema(tmp_path_factory, terraform_binary, provider_mirror):
    """What ``terraform providers schema -json`` says of the AWS provider."""
    folder = tmp_path_factory.mktemp("schema")
    requirement = {
        "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": "5.100.0"}}}
    }
    (folder / "main.tf.json").write_text(json.dumps(requirement))
    cli = write_cli_config(
        folder, mirror=provider_mirror, user=user_config({}), plugin_cache=folder / "cache"
    )
    env = environment(cli.path)
    for arguments in (["init", "-input=false"], ["providers", "schema", "-json"]):
        done = subprocess.run(
            [*terraform_binary.argv, *arguments],
            cwd=folder,
            env=env,
            check=True,
            capture_output=True,
            text=True,
        )
    return json.loads(done.stdout)
