import json

import pytest

from landform.constructs import AwsStack
from landform.constructs.kms import Key
from landform.core import App, Backend, Construct, Output, Provider, Resource, Stack
from landform.errors import Code, LandformError
from landform.interop.node import bridge
from landform.resources import CheckedResource
from landform.testing import stack_instance, synthesise_json

pytestmark = pytest.mark.node


@pytest.fixture(scope="module")
def cdktf():
    with bridge():
        import cdktf
    return cdktf


@pytest.fixture(scope="module")
def mount(cdktf):
    import landform.interop.cdktf as room

    return room


@pytest.fixture(scope="module")
def raw(real, cdktf):
    """A raw cdktf resource that says which provider it is of, as generated bindings do."""

    class Raw(cdktf.TerraformResource):
        def __init__(self, scope, id, terraform_type, given, **more):
            self.given = given
            provider = terraform_type.partition("_")[0]
            metadata = cdktf.TerraformProviderGeneratorMetadata(provider_name=provider)
            super().__init__(
                scope,
                id,
                terraform_resource_type=terraform_type,
                terraform_generator_metadata=metadata,
                **more,
            )

        def _synthesize_attributes(self):
            return self.given

    return Raw


def plain_stack(app=None, id="net"):
    stack = Stack(app or App(), id)
    Backend(stack, "s3", {"bucket": "state"})
    Provider(stack, "aws", "aws", {"region": "eu-west-1"}, source="hashicorp/aws", version="5.100.0")
    return stack


def document(stack):
    return json.loads(stack.synthesise().text)


class TestMountConstruct:
    def test_keeps_addresses_and_references(self, mount, raw, real, tmp_path):
        """A resource has the name it would have in cdktf, so that the state knows it."""

        def build(scope):
            group = real.constructs.Construct(scope, "jobs")
            queue = raw(group, "Resource", "aws_sqs_queue", {"name": "jobs"})
            raw(
                group,
                "Policy",
                "aws_sqs_queue_policy",
                {"queue_url": queue.get_string_attribute("id"), "policy": "{}"},
            )

        stack = plain_stack()
        mount.mount_construct(stack, "Legacy", build)
        scratch = real.cdktf.TerraformStack(real.cdktf.App(outdir=str(tmp_path), skip_validation=True), "net")
        build(scratch)

        ours, theirs = document(stack)["resource"], scratch.to_terraform()["resource"]
        assert ours.keys() == theirs.keys()
        assert [list(named) for named in ours.values()] == [list(named) for named in theirs.values()]
        (queue,) = ours["aws_sqs_queue"]
        ((_, policy),) = ours["aws_sqs_queue_policy"].items()
        assert policy["queue_url"] == f"${{aws_sqs_queue.{queue}.id}}"

    def test_construct_paths_are_below_the_mount_point(self, mount, raw):
        """A finding names where the construct stands in the landform tree."""
        stack = plain_stack()
        mount.mount_construct(stack, "Legacy", lambda scope: raw(scope, "jobs", "aws_sqs_queue", {}))

        assert document(stack)["resource"]["aws_sqs_queue"]["jobs"]["//"] == {
            "metadata": {"path": "net/Legacy/jobs", "uniqueId": "jobs"}
        }
        ((path, source),) = stack.synthesise().origins.values()
        assert path == "net/Legacy/jobs"
        assert source.startswith("interop/test_cdktf.py:")

    def test_refers_to_the_landform_stack_and_back(self, mount, raw):
        """By address, in both directions."""
        stack = plain_stack()
        key = Resource(stack, "key", "aws_kms_key", {})
        mount.mount_construct(
            stack,
            "Legacy",
            lambda scope: raw(scope, "jobs", "aws_sqs_queue", {"kms_master_key_id": str(key.ref("arn"))}),
        )
        Output(stack, "url", "${aws_sqs_queue.jobs.url}")

        found = document(stack)
        assert found["resource"]["aws_sqs_queue"]["jobs"]["kms_master_key_id"] == "${aws_kms_key.key.arn}"

    def test_dangling_reference_is_refused(self, mount, raw):
        """As in any landform stack."""
        stack = plain_stack()
        mount.mount_construct(
            stack, "Legacy", lambda scope: raw(scope, "q", "aws_sqs_queue", {"name": "${aws_kms_key.no.arn}"})
        )

        with pytest.raises(LandformError) as caught:
            stack.synthesise()

        assert caught.value.code is Code.REFERENCE

    def test_arguments_are_checked_against_the_schema(self, mount, raw):
        """cdktf lets the slip through to Terraform."""
        with pytest.raises(LandformError) as caught:
            mount.mount_construct(
                plain_stack(), "Legacy", lambda scope: raw(scope, "jobs", "aws_sqs_queue", {"nam": "jobs"})
            )

        assert caught.value.code is Code.UNKNOWN_ARGUMENT
        assert caught.value.fix == "Did you mean 'name'?"
        assert caught.value.place.construct_path == "net/Legacy/jobs"

    def test_gets_the_mandatory_tags(self, mount, raw):
        """An aspect of the landform stack reaches what is mounted."""
        found = synthesise_json(
            lambda stack: mount.mount_construct(
                stack, "Legacy", lambda scope: raw(scope, "jobs", "aws_sqs_queue", {"tags": {"mine": "kept"}})
            )
        )

        tags = found["resource"]["aws_sqs_queue"]["jobs"]["tags"]
        assert tags["mine"] == "kept"
        assert tags["tier"] == "prod"

    def test_resource_of_another_provider(self, mount, raw, cdktf):
        """A provider that the construct brings comes along; there is no schema to check against."""

        class Random(cdktf.TerraformProvider):
            def __init__(self, scope):
                super().__init__(
                    scope,
                    "random",
                    terraform_resource_type="random",
                    terraform_provider_source="hashicorp/random",
                    terraform_generator_metadata=cdktf.TerraformProviderGeneratorMetadata(
                        provider_name="random", provider_version="3.7.2"
                    ),
                )

        def build(scope):
            Random(scope)
            raw(scope, "id", "random_id", {"byte_length": 4})

        stack = plain_stack()
        mount.mount_construct(stack, "Legacy", build)

        found = document(stack)
        assert found["provider"] == {"aws": [{"region": "eu-west-1"}], "random": [{}]}
        assert found["terraform"]["required_providers"]["random"] == {
            "source": "hashicorp/random",
            "version": "3.7.2",
        }
        assert found["resource"]["random_id"]["id"]["byte_length"] == 4

    def test_meta_arguments_move_and_import(self, mount, raw, cdktf):
        """What Terraform itself takes is passed on as cdktf wrote it."""

        def build(scope):
            first = raw(scope, "first", "aws_sqs_queue", {}, count=2)
            second = raw(
                scope,
                "second",
                "aws_sqs_queue",
                {"name": "x"},
                depends_on=[first],
                lifecycle=cdktf.TerraformResourceLifecycle(prevent_destroy=True),
            )
            second.move_from_id("aws_sqs_queue.old")
            first.import_from("https://sqs/jobs")

        stack = plain_stack()
        mount.mount_construct(stack, "Legacy", build)

        found = document(stack)
        second = found["resource"]["aws_sqs_queue"]["second"]
        assert found["resource"]["aws_sqs_queue"]["first"]["count"] == 2
        assert second["depends_on"] == ["aws_sqs_queue.first"]
        assert second["lifecycle"] == {"prevent_destroy": True}
        assert found["moved"] == [{"from": "aws_sqs_queue.old", "to": "aws_sqs_queue.second"}]
        assert found["import"] == [{"id": "https://sqs/jobs", "to": "aws_sqs_queue.first"}]

    def test_dynamic_block_is_checked_and_kept(self, mount, raw):
        """Its content is what the provider's schema describes."""
        stack = plain_stack()
        rules = {"for_each": "${var.ports}", "content": {"from_port": 1, "to_port": 2, "protocol": "tcp"}}

        def build(scope):
            raw(scope, "g", "aws_security_group", {"name": "g", "dynamic": {"ingress": rules}})

        mount.mount_construct(stack, "Legacy", build)

        group = document(stack)["resource"]["aws_security_group"]["g"]
        assert group["dynamic"] == {"ingress": rules}
        assert "ingress" not in group

    def test_wrong_dynamic_block_is_refused(self, mount, raw):
        """With the path into it."""
        rules = {"for_each": "${var.ports}", "content": {"from": 1}}

        with pytest.raises(LandformError) as caught:
            mount.mount_construct(
                plain_stack(),
                "Legacy",
                lambda scope: raw(scope, "g", "aws_wafv2_ip_set", {"dynamic": {"ingress": rules}}),
            )

        assert Code.UNKNOWN_ARGUMENT in {error.code for error in caught.value.each()}

    def test_outputs_variables_and_locals(self, mount, cdktf):
        """With their names, and outputs with their paths."""

        def build(scope):
            variable = cdktf.TerraformVariable(scope, "size", type="number", default=3)
            variable.add_validation(condition="${var.size > 1}", error_message="too small")
            local = cdktf.TerraformLocal(scope, "double", "${var.size * 2}")
            cdktf.TerraformOutput(
                cdktf.TerraformOutput(scope, "outer", value=1),
                "inner",
                value=local.as_string,
                description="d",
            )

        stack = plain_stack()
        mount.mount_construct(stack, "Legacy", build)

        found = document(stack)
        assert found["variable"]["size"] == {
            "default": 3,
            "type": "number",
            "validation": [{"condition": "${var.size > 1}", "error_message": "too small"}],
        }
        assert found["locals"] == {"double": "${var.size * 2}"}
        (inner,) = set(found["output"]) - {"outer"}
        assert found["output"][inner] == {"description": "d", "value": "${local.double}"}
        assert found["//"]["outputs"]["net"]["Legacy"]["outer"] == {"inner": inner}

    def test_annotations_come_along(self, mount, raw, cdktf):
        """At the construct they were made on, or at the mount point."""

        def build(scope):
            cdktf.Annotations.of(scope).add_info("whole")
            cdktf.Annotations.of(raw(scope, "jobs", "aws_sqs_queue", {})).add_warning("careful")

        stack = plain_stack()
        mount.mount_construct(stack, "Legacy", build)

        assert [(a.construct_path, a.level, a.message) for a in stack.synthesise().annotations] == [
            ("net/Legacy", "info", "whole"),
            ("net/Legacy/jobs", "warn", "careful"),
        ]

    def test_name_that_the_stack_has_is_refused(self, mount, raw):
        """cdktf's names are fixed, so the landform one must give way."""
        stack = plain_stack()
        Resource(stack, "jobs", "aws_sqs_queue", {})

        with pytest.raises(LandformError) as caught:
            mount.mount_construct(stack, "Legacy", lambda scope: raw(scope, "jobs", "aws_sqs_queue", {}))

        assert caught.value.code is Code.DUPLICATE_ID
        assert "'net/jobs'" in caught.value.fix

    def test_missing_provider_is_refused(self, mount, raw):
        """cdktf's own validation, with the providers of the landform stack counted in."""
        with pytest.raises(LandformError) as caught:
            mount.mount_construct(plain_stack(), "Legacy", lambda scope: raw(scope, "id", "random_id", {}))

        assert caught.value.code is Code.CDKTF_FAILED
        assert "random" in caught.value.given

    def test_message_of_cdktf_without_its_trace(self, mount, raw):
        """What cdktf says, and where the stack stands."""

        def build(scope):
            raw(scope, "jobs", "aws_sqs_queue", {})
            raw(scope, "jobs", "aws_sqs_queue", {})

        with pytest.raises(LandformError) as caught:
            mount.mount_construct(plain_stack(), "Legacy", build)

        assert caught.value.code is Code.CDKTF_FAILED
        assert caught.value.given == "There is already a Construct with name 'jobs' in TerraformStack [net]"
        assert "node_modules" not in str(caught.value)

    def test_exception_of_the_users_code_is_passed_on(self, mount):
        """It is not cdktf's."""

        def build(scope):
            raise RuntimeError("mine")

        with pytest.raises(RuntimeError, match="mine"):
            mount.mount_construct(plain_stack(), "Legacy", build)

    def test_second_version_of_a_provider_is_refused(self, mount, cdktf):
        """Terraform takes one."""

        class Aws(cdktf.TerraformProvider):
            def __init__(self, scope):
                super().__init__(
                    scope,
                    "us",
                    terraform_resource_type="aws",
                    terraform_provider_source="hashicorp/aws",
                    terraform_generator_metadata=cdktf.TerraformProviderGeneratorMetadata(
                        provider_name="aws", provider_version="4.0.0"
                    ),
                )

        with pytest.raises(LandformError) as caught:
            mount.mount_construct(plain_stack(), "Legacy", Aws)

        assert caught.value.code is Code.CDKTF_FAILED
        assert "4.0.0" in caught.value.given
        assert "5.100.0" in caught.value.expected

    def test_module_is_refused(self, mount, cdktf):
        """What is in it cannot be checked."""
        with pytest.raises(LandformError) as caught:
            mount.mount_construct(
                plain_stack(),
                "Legacy",
                lambda scope: cdktf.TerraformHclModule(scope, "vpc", source="terraform-aws-modules/vpc/aws"),
            )

        assert caught.value.code is Code.CDKTF_FAILED
        assert caught.value.given == "module"

    def test_asset_is_refused(self, mount, cdktf, tmp_path):
        """The bundle would not hold the file."""
        (tmp_path / "code.zip").write_text("x")

        with pytest.raises(LandformError) as caught:
            mount.mount_construct(
                plain_stack(),
                "Legacy",
                lambda scope: cdktf.TerraformAsset(scope, "code", path=str(tmp_path / "code.zip")),
            )

        assert caught.value.code is Code.CDKTF_FAILED
        assert "code.zip" in caught.value.given

    def test_backend_is_refused(self, mount, cdktf):
        """The landform stack says where its state lives."""
        with pytest.raises(LandformError) as caught:
            mount.mount_construct(
                plain_stack(), "Legacy", lambda scope: cdktf.S3Backend(scope, bucket="b", key="k")
            )

        assert caught.value.code is Code.CDKTF_FAILED


def synthesised(app, folder):
    folder.mkdir()
    app(folder)
    return {str(p.relative_to(folder)): p.read_text() for p in folder.rglob("*") if p.is_file()}


class TestMountStack:
    @pytest.fixture
    def ours(self):
        """Two stacks that depend on each other, with what may be lost on the way."""
        app = App()
        aws = AwsStack(app, stack_instance())
        Key(aws, "Key")
        CheckedResource(aws, "Queue", "aws_sqs_queue", {"name": "jobs", "delay_seconds": 1.0}).node.annotate(
            "warn", "careful"
        )
        team = plain_stack(Construct(app, "team"), "nested")
        team.add_dependency(aws)
        plain = plain_stack(app)
        plain.add_dependency(aws)
        Resource(
            Construct(plain, "group"), "x", "aws_sqs_queue", {"a": [], "n": 1e21, "t": "${TfToken[TOKEN.0]}"}
        )
        plain.node.annotate("info", "noted")
        return app

    def test_same_bytes(self, mount, cdktf, ours, tmp_path):
        """The cdktf app writes what landform would, the manifest too."""

        def with_cdktf(folder):
            app = cdktf.App(outdir=str(folder))
            for stack in ours.stacks():
                mount.mount_stack(app, stack)
            app.synth()

        assert synthesised(with_cdktf, tmp_path / "theirs") == synthesised(ours.synth, tmp_path / "ours")

    def test_beside_a_cdktf_stack(self, mount, cdktf, real, raw, tmp_path):
        """One app of both kinds, the cdktf stack waiting for the landform one."""
        app = cdktf.App(outdir=str(tmp_path), skip_validation=True)
        theirs = cdktf.TerraformStack(app, "theirs")
        raw(theirs, "x", "aws_sqs_queue", {})
        theirs.add_dependency(mount.mount_stack(app, plain_stack()))
        app.synth()

        manifest = json.loads((tmp_path / "manifest.json").read_text())
        assert sorted(manifest["stacks"]) == ["net", "theirs"]
        assert manifest["stacks"]["theirs"]["dependencies"] == ["net"]

    def test_dependencies_are_mounted_first(self, mount, cdktf, tmp_path):
        """And none of them twice."""
        landform_app = App()
        first, second = plain_stack(landform_app, "first"), plain_stack(landform_app, "second")
        second.add_dependency(first)
        app = cdktf.App(outdir=str(tmp_path))
        mounted = mount.mount_stack(app, second)

        assert mount.mount_stack(app, first) is mount.mount_stack(app, first)
        assert [stack.node.id for stack in mounted.dependencies] == ["first"]

    def test_dependency_on_a_nested_stack_is_refused(self, mount, cdktf, tmp_path):
        """cdktf writes a path where its command lines compare names."""
        landform_app = App()
        nested = plain_stack(Construct(landform_app, "team"), "nested")
        stack = plain_stack(landform_app)
        stack.add_dependency(nested)

        with pytest.raises(LandformError) as caught:
            mount.mount_stack(cdktf.App(outdir=str(tmp_path)), stack)

        assert caught.value.code is Code.CDKTF_FAILED
        assert caught.value.given == "team/nested"

    def test_invalid_stack_is_refused_at_once(self, mount, cdktf, tmp_path):
        """Before cdktf writes anything."""
        app = cdktf.App(outdir=str(tmp_path))

        with pytest.raises(LandformError) as caught:
            mount.mount_stack(app, Stack(App(), "net"))

        assert caught.value.code is Code.NO_BACKEND

    def test_name_that_the_app_has_is_refused(self, mount, cdktf, tmp_path):
        """With cdktf's own words."""
        app = cdktf.App(outdir=str(tmp_path))
        cdktf.TerraformStack(app, "net")

        with pytest.raises(LandformError) as caught:
            mount.mount_stack(app, plain_stack())

        assert caught.value.code is Code.CDKTF_FAILED
        assert "already a Construct with name 'net'" in caught.value.given

    def test_number_that_javascript_cannot_hold_is_refused(self, mount, cdktf, tmp_path):
        """It would be written as another number."""
        stack = plain_stack()
        Resource(stack, "x", "aws_sqs_queue", {"n": 2**53 + 1})

        with pytest.raises(LandformError) as caught:
            mount.mount_stack(cdktf.App(outdir=str(tmp_path)), stack)

        assert caught.value.code is Code.CDKTF_FAILED
