"""The local AWS, and what is laid over a stack so that it is planned there."""

from __future__ import annotations

import http.client
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from somebody import client_in

from landform.constructs.organizations.organization_tree import POLICY_TYPES, TRUSTED_SERVICES
from landform.errors import Code, LandformError
from landform.terraform.override import sandbox_override
from landform.terraform.sandbox import Sandbox, start_sandbox
from landform.terraform.sandbox_support import leave_out, unanswered, unapplied
from landform.terraform.workdir import Workdir

Stack = Callable[..., dict[str, Any]]
PARENT = (
    "import sys, time\n"
    "from landform.terraform.sandbox import start_sandbox\n"
    "with start_sandbox() as sandbox:\n"
    "    sys.stdout.write(sandbox.url + '\\n'); sys.stdout.flush(); time.sleep(600)\n"
)


def answers(url: str) -> bool:
    """Whether a sandbox answers at a URL."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.request("GET", "/moto-api/data.json")
        return connection.getresponse().status == 200
    except ConnectionError:
        return False
    finally:
        connection.close()


class TestStartSandbox:
    """``start_sandbox``."""

    def test_it_answers_on_this_machine_alone(self, sandbox: Sandbox) -> None:
        """It listens on 127.0.0.1 and answers as soon as it is handed out."""
        assert urlsplit(sandbox.url).hostname == "127.0.0.1"
        assert answers(sandbox.url)

    @pytest.mark.parametrize(("state", "result"), [("Succeed", "OK"), ("Suceed", "FAIL")])
    def test_it_judges_the_definition_of_a_state_machine(
        self, sandbox: Sandbox, state: str, result: str
    ) -> None:
        """Which the provider asks for in each plan of one."""
        keys = {"aws_access_key_id": "x", "aws_secret_access_key": "y"}
        client = boto3.client("stepfunctions", region_name="eu-west-1", endpoint_url=sandbox.url, **keys)
        definition = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": state}}})

        assert client.validate_state_machine_definition(definition=definition)["result"] == result

    def test_its_organisation_takes_what_stacks_trust_and_turns_on(self, sandbox: Sandbox) -> None:
        """Services that moto has not heard of, and every type of policy."""
        client = client_in(sandbox.url, "999999999990", "organizations")
        client.create_organization(FeatureSet="ALL")
        (root,) = client.list_roots()["Roots"]
        turned_on = {each["Type"] for each in root["PolicyTypes"]}
        for policy_type in sorted(set(POLICY_TYPES) - turned_on):
            client.enable_policy_type(RootId=root["Id"], PolicyType=policy_type)
        for service in TRUSTED_SERVICES:
            client.enable_aws_service_access(ServicePrincipal=service)

        (root,) = client.list_roots()["Roots"]
        assert {each["Type"] for each in root["PolicyTypes"]} >= set(POLICY_TYPES)
        trusted = client.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
        assert {each["ServicePrincipal"] for each in trusted} >= set(TRUSTED_SERVICES)

    def test_it_ends_with_an_exception(self) -> None:
        """An exception inside ends it."""
        urls = []

        def work() -> None:
            with start_sandbox() as running:
                urls.append(running.url)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            work()
        assert not answers(urls[0])

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
    def test_it_ends_with_its_parent(self, number: signal.Signals) -> None:
        """However the parent ends, the server does not stay."""
        with subprocess.Popen(
            [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as parent:
            assert parent.stdout is not None
            url = parent.stdout.readline().strip()
            assert answers(url)
            parent.send_signal(number)
            parent.wait(60)
            deadline = time.monotonic() + 60
            while answers(url):
                assert time.monotonic() < deadline, "it still answers"

    def test_without_moto(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where moto is not installed the message names the extra."""
        find = importlib.util.find_spec
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "moto" else find(name))
        with pytest.raises(LandformError, match="not installed") as caught, start_sandbox():
            pass
        assert caught.value.code is Code.EXTRA_MISSING
        assert "landform[sandbox]" in str(caught.value.fix)

    def test_a_server_that_does_not_start(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The message carries what the server said when it died."""
        (tmp_path / "moto").mkdir()
        (tmp_path / "moto" / "__init__.py").write_text("raise RuntimeError('this moto is broken')")
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        with pytest.raises(LandformError) as caught, start_sandbox():
            pass
        assert caught.value.code is Code.SANDBOX_FAILED
        assert "this moto is broken" in str(caught.value.given)


class TestEnvironment:
    """``Sandbox.environment``."""

    def test_nothing_leads_to_a_real_aws(self) -> None:
        """The user's AWS_* variables are taken away, and the shared files are out of sight."""
        changes = Sandbox("http://127.0.0.1:1", "i").environment({"AWS_PROFILE": "prod", "HOME": "/home/me"})
        assert changes["AWS_PROFILE"] is None
        assert "HOME" not in changes
        assert {changes["AWS_CONFIG_FILE"], changes["AWS_SHARED_CREDENTIALS_FILE"]} == {os.devnull}


class TestSandboxOverride:
    """``sandbox_override``."""

    def test_one_block_for_each_alias(self, stack: Stack) -> None:
        """Terraform merges a provider by its alias, so every one has its own block."""
        config = stack()
        config["provider"]["aws"].append({"alias": "hub", "region": "us-east-1"})
        blocks = sandbox_override(config, "111111111111")["provider"]["aws"]
        assert [block.get("alias") for block in blocks] == [None, "hub"]

    def test_a_role_in_another_account_keeps_it(self, stack: Stack) -> None:
        """A provider of another account is planned in that account."""
        config = stack({"assume_role": [{"role_arn": "arn:aws:iam::222222222222:role/r"}]})
        (block,) = sandbox_override(config, "111111111111")["provider"]["aws"]
        assert block["assume_role"] == [{"role_arn": "arn:aws:iam::222222222222:role/landform-plan"}]

    def test_a_profile_is_emptied(self, stack: Stack) -> None:
        """A named profile would lead to the user's own credentials."""
        (block,) = sandbox_override(stack({"profile": "prod"}), "111111111111")["provider"]["aws"]
        assert block["profile"] == ""

    def test_its_keys_are_in_no_name_that_landform_gives(self, stack: Stack) -> None:
        """What a provider has for a secret is taken out of plans, and ``managed-by: landform`` must stay readable."""
        (block,) = sandbox_override(stack(), "111111111111")["provider"]["aws"]
        names = ("landform", "landform-plan", "/landform/shop/network/vpc_id")
        assert not any(block[key] in name for key in ("access_key", "secret_key") for name in names)

    @pytest.mark.terraform
    def test_each_provider_is_in_its_own_account(self, workdir: Workdir, stack: Stack) -> None:
        """Real Terraform, told who it is by the sandbox: each alias its account, region and tags as synthesised."""
        role = [{"role_arn": "arn:aws:iam::222222222222:role/r", "external_id": "e"}]
        config = stack(
            {"allowed_account_ids": ["111111111111"], "default_tags": [{"tags": {"owner": "me"}}]},
            data={
                "aws_caller_identity": {"own": {}, "hub": {"provider": "aws.hub"}},
                "aws_region": {"hub": {"provider": "aws.hub"}},
            },
            resource={"aws_sqs_queue": {"q": {"name": "q"}}},
            output={
                "own": {"value": "${data.aws_caller_identity.own.account_id}"},
                "hub": {"value": "${data.aws_caller_identity.hub.account_id}"},
                "region": {"value": "${data.aws_region.hub.name}"},
            },
        )
        config["provider"]["aws"].append({"alias": "hub", "region": "us-east-1", "assume_role": role})
        document = planned(workdir, "accounts", config, "111111111111")
        values = {name: output["value"] for name, output in document["planned_values"]["outputs"].items()}
        assert values == {"own": "111111111111", "hub": "222222222222", "region": "us-east-1"}
        (queue,) = document["planned_values"]["root_module"]["resources"]
        assert queue["values"]["tags_all"] == {"owner": "me"}

    @pytest.mark.terraform
    def test_a_wrong_account_is_refused(self, workdir: Workdir, stack: Stack) -> None:
        """The provider's own guard still holds in the sandbox."""
        config = stack(
            {"allowed_account_ids": ["333333333333"]}, resource={"aws_sqs_queue": {"q": {"name": "q"}}}
        )
        with pytest.raises(LandformError, match="AWS account ID not allowed"):
            planned(workdir, "wrong-account", config, "111111111111")


class TestLeaveOut:
    """``leave_out``."""

    def test_nothing_to_leave_out(self, stack: Stack) -> None:
        """A stack that the sandbox can plan is unchanged."""
        config = stack(data={"aws_caller_identity": {"me": {}}})
        assert leave_out(config) == (config, ())

    def test_what_refers_to_it_goes_too(self, stack: Stack) -> None:
        """Everything that needs what is left out goes, through locals too, and each is named; the rest stays."""
        name = min(unanswered())
        config = stack(
            data={name: {"x": {}}},
            locals={"y": f"${{data.{name}.x.id}}"},
            resource={"aws_sqs_queue": {"q": {"name": "${local.y}"}, "r": {"name": "r"}}},
            output={"o": {"value": "${aws_sqs_queue.q.arn}"}},
        )
        kept, notices = leave_out(config)
        assert kept == stack(resource={"aws_sqs_queue": {"r": {"name": "r"}}})
        assert [notice.split(" is left out")[0] for notice in notices] == [
            "aws_sqs_queue.q",
            f"data.{name}.x",
            "local.y",
            "output.o",
        ]

    @pytest.mark.parametrize("as_list", [True, False])
    def test_what_is_taken_over_is_planned_as_new(self, stack: Stack, as_list: bool) -> None:
        """Terraform JSON writes one block as an object or in a list."""
        block = {"id": "https://sqs.eu-west-1.amazonaws.com/111111111111/r", "to": "aws_sqs_queue.r"}
        queue = {"aws_sqs_queue": {"r": {"name": "r"}}}
        kept, notices = leave_out({**stack(resource=queue), "import": [block] if as_list else block})
        assert kept == stack(resource=queue)
        assert notices == ("aws_sqs_queue.r is planned as new: the sandbox has nothing to take over.",)

    def test_what_stands_in_the_sandbox_is_taken_over(self, stack: Stack) -> None:
        """Its block is kept; that of what is left out is not."""
        topics = {"r": {"name": "r"}, "s": {"name": "s"}}
        left = min(name for name in unapplied() if "." not in name)
        blocks = [{"id": name, "to": f"aws_sns_topic.{name}"} for name in topics]
        config = stack(resource={"aws_sns_topic": topics, left: {"x": {}}})
        config |= {"import": [*blocks, {"id": "x", "to": f"{left}.x"}]}
        kept, notices = leave_out(config, to_apply=True, standing=["aws_sns_topic.r", f"{left}.x"])
        assert kept["import"] == blocks[:1]
        assert any(notice.startswith("aws_sns_topic.s is planned as new") for notice in notices)
        assert not any(notice.startswith("aws_sns_topic.r") for notice in notices)

    def test_an_argument_that_keeps_a_resource_from_being_applied(self, stack: Stack) -> None:
        """Is left out of an apply, and told; the resource stays."""
        config = stack(resource={"aws_sqs_queue": {"q": {"name": "q", "redrive_allow_policy": "{}"}}})
        kept, notices = leave_out(config, to_apply=True)
        assert kept["resource"] == {"aws_sqs_queue": {"q": {"name": "q"}}}
        assert any("redrive_allow_policy is left out" in notice for notice in notices)
        assert leave_out(config)[0] == config

    @pytest.mark.parametrize("to_apply", [True, False])
    def test_an_argument_that_refers_to_what_is_left_out(self, stack: Stack, to_apply: bool) -> None:
        """Goes by itself, and its resource stays with all that needs it, in a plan and in an apply."""
        pools = {"aws_vpc_ipam_pool": {"p": {}}}
        vpcs = {
            "v": {"cidr_block": "10.0.0.0/20", "ipv4_ipam_pool_id": "${data.aws_vpc_ipam_pool.p.id}"},
            "w": {"cidr_block": "10.1.0.0/20"},
        }
        subnet = {"vpc_id": "${aws_vpc.v.id}", "cidr_block": "10.0.0.0/23"}
        config = stack(data=pools, resource={"aws_vpc": vpcs, "aws_subnet": {"s": subnet}})
        kept, notices = leave_out(config, to_apply=to_apply)
        plain = {"v": {"cidr_block": "10.0.0.0/20"}, "w": vpcs["w"]}
        assert kept == stack(resource={"aws_vpc": plain, "aws_subnet": {"s": subnet}})
        assert notices == (
            "data.aws_vpc_ipam_pool.p is left out of the sandbox's plan: moto, the sandbox, does not answer this data "
            "source.",
            "aws_vpc: ipv4_ipam_pool_id is left out of the sandbox: moto has no IPAM.",
        )

    def test_an_argument_that_refers_to_what_stays(self, stack: Stack) -> None:
        """Is planned, also beside one of another resource that is not."""
        pools = {"aws_vpc_ipam_pool": {"p": {}}}
        vpcs = {
            "v": {"ipv4_ipam_pool_id": "${data.aws_vpc_ipam_pool.p.id}"},
            "w": {"ipv4_ipam_pool_id": "${aws_vpc_ipam_pool.made.id}"},
        }
        made = {"made": {"address_family": "ipv4"}}
        config = stack(data=pools, resource={"aws_vpc": vpcs, "aws_vpc_ipam_pool": made})
        kept, _ = leave_out(config)
        assert kept["resource"] == {"aws_vpc": {"v": {}, "w": vpcs["w"]}, "aws_vpc_ipam_pool": made}

    def test_what_refers_to_it_by_another_argument_goes(self, stack: Stack) -> None:
        """As everything that needs what is left out."""
        vpc = {
            "cidr_block": "${data.aws_vpc_ipam_pool.p.id}",
            "ipv4_ipam_pool_id": "${data.aws_vpc_ipam_pool.p.id}",
        }
        config = stack(data={"aws_vpc_ipam_pool": {"p": {}}}, resource={"aws_vpc": {"v": vpc}})
        assert "resource" not in leave_out(config)[0]

    def test_what_refers_to_it_is_not_taken_over(self, stack: Stack) -> None:
        """Terraform refuses an import to a resource that there is not."""
        name = min(unanswered())
        config = stack(
            data={name: {"x": {}}}, resource={"aws_sqs_queue": {"q": {"name": f"${{data.{name}.x.id}}"}}}
        )
        kept, notices = leave_out({**config, "import": [{"id": "q", "to": "aws_sqs_queue.q"}]})
        assert kept.keys().isdisjoint({"import", "resource"})
        assert not [notice for notice in notices if "as new" in notice]

    @pytest.mark.terraform
    def test_the_rest_is_planned(self, workdir: Workdir, stack: Stack) -> None:
        """Real Terraform plans a stack whose data source the sandbox does not answer."""
        config = stack(
            data={"aws_vpc_ipams": {"x": {}}},
            resource={"aws_sqs_queue": {"r": {"name": "r"}}},
        )
        taken_over = {"id": "o-a1b2c3d4e5", "to": "aws_sqs_queue.r"}
        kept, notices = leave_out({**config, "import": [taken_over]})
        assert len(notices) == 2
        document = planned(workdir, "left-out", kept, "111111111111")
        assert [change["address"] for change in document["resource_changes"]] == ["aws_sqs_queue.r"]


def planned(workdir: Workdir, name: str, config: dict[str, Any], account_id: str) -> dict[str, Any]:
    """The plan document of a stack in the sandbox."""
    override = sandbox_override(config, account_id)
    folder = workdir.prepare(name, json.dumps(config), override)
    workdir.init(folder, workdir.template(config, override), config, override)
    workdir.terraform.plan(folder, folder / "raw.plan")
    return workdir.terraform.show_json(folder, folder / "raw.plan")
