"""Repositories: what they hold, which images they name, who may use them."""

import json

import pytest
from reading import at, built, paths, stack_of, statements

from landform.constructs.ecr import ContainerImage, Repository
from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.errors import Code, LandformError
from landform.iam import Condition, Principal, Statement

GLUE = [Trust.service("glue.amazonaws.com")]
OTHER = "arn:aws:iam::999999999999:role/builder"
DIGEST = "sha256:" + "0a" * 32
ARN = "arn:aws:ecr:eu-west-1:012345678901:repository/acme-payments-prod-data-lake-images"


def repository(**arguments):
    return lambda stack: Repository(stack, "Images", **arguments)


def granted(give, principal=None):
    """The document of a stack in which ``give(repository, role)`` was called."""

    def build(stack):
        give(Repository(stack, "Images"), principal or Role(stack, "Builder", trust=GLUE))

    return built(build)


class TestRepository:
    @pytest.mark.parametrize(
        ("argument", "value"),
        [
            ("image_tag_mutability", "IMMUTABLE"),
            ("image_scanning_configuration", {"scan_on_push": True}),
            ("force_delete", False),
        ],
    )
    def test_default(self, argument, value):
        """The secure setting stands in the resource, whatever the provider's default is."""
        found = at(built(repository()), "Images/Resource")[argument]

        assert found in (value, [value])

    def test_a_key_of_its_own_encrypts_it(self):
        """ECR's own key is not the customer's."""
        document = built(repository())
        (encryption,) = at(document, "Images/Resource")["encryption_configuration"]

        assert encryption["encryption_type"] == "KMS"
        assert encryption["kms_key"].startswith("${aws_kms_key.Images_Key")
        assert paths(document, "aws_kms_key") == ["Images/Key/Resource"]

    def test_a_key_that_is_given_encrypts_it(self):
        """And none is made."""
        document = built(lambda stack: Repository(stack, "Images", key=Key(stack, "Shared")))

        assert paths(document, "aws_kms_key") == ["Shared/Resource"]

    def test_the_name_is_the_path_and_the_arn_is_literal(self):
        """Known at synth."""
        stack = stack_of(lambda stack: Repository(stack, "Images"))
        made = stack.node.try_find_child("Images")

        assert made.arn == ARN
        assert made.repository_name == "acme-payments-prod-data-lake-images"

    def test_untagged_images_expire(self):
        """After two weeks, unless told otherwise."""
        policy = json.loads(at(built(repository(untagged_days=3)), "Images/Lifecycle")["policy"])
        default = json.loads(at(built(repository()), "Images/Lifecycle")["policy"])

        assert [rule["selection"] for rule in policy["rules"]] == [
            {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": 3,
            }
        ]
        assert default["rules"][0]["selection"]["countNumber"] == 14

    @pytest.mark.parametrize(
        ("tier", "kept"), [("sandbox", False), ("dev", False), ("stage", True), ("prod", True)]
    )
    def test_the_tier_says_whether_terraform_may_destroy_it(self, tier, kept):
        """Images that run somewhere cannot be built again the same."""
        body = at(built(repository(), tier=tier), "Images/Resource")

        assert body.get("lifecycle") == ({"prevent_destroy": True} if kept else None)

    def test_protected_says_it_instead_of_the_tier(self):
        """Either way."""
        assert "lifecycle" not in at(built(repository(protected=False)), "Images/Resource")
        assert "lifecycle" in at(built(repository(protected=True), tier="dev"), "Images/Resource")

    @pytest.mark.parametrize(
        "name", ["Images", "a", "a" * 257, "a__b", "-a", "a/", "a//b", "a b", "", 7, "a..b"]
    )
    def test_a_name_ecr_would_refuse(self, name):
        """Capitals, length, two separators in a row, one at an end."""
        with pytest.raises(LandformError, match="refuse this repository name") as caught:
            built(lambda stack: Repository.from_name(stack, "Images", name))

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.given == repr(name)
        assert caught.value.place.file == "test_ecr_repository.py"

    @pytest.mark.parametrize("days", [0, 3651, "14", True])
    def test_days_ecr_would_refuse(self, days):
        """ECR counts whole days, of one and more."""
        with pytest.raises(LandformError, match="days that an untagged image") as caught:
            built(repository(untagged_days=days))

        assert caught.value.place.file == "test_ecr_repository.py"


class TestPolicy:
    def test_other_organisations_are_denied(self):
        """Whatever else a statement allows; AWS's own services are no organisation's."""
        only = statements(built(repository()), "Images/Policy")["OrganizationAlone"]

        assert only["Effect"] == "Deny"
        assert only["Principal"] == "*"
        assert {"ecr:BatchGetImage", "ecr:PutImage", "ecr:BatchDeleteImage"} <= set(only["Action"])
        assert only["Condition"] == {
            "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        }

    def test_no_statement_names_a_resource(self):
        """ECR refuses such a policy."""
        document = granted(lambda images, role: images.grants.pull(role), Role.from_arn(OTHER))

        assert not [s for s in statements(document, "Images/Policy").values() if "Resource" in s]

    def test_a_statement_for_everyone_is_refused(self):
        """As in every policy of a resource."""

        def build(stack):
            Repository(stack, "Images").add_to_policy(
                Statement("Open", ("ecr:BatchGetImage",), principals=(Principal.everyone(),))
            )

        with pytest.raises(LandformError, match="nothing to everyone") as caught:
            built(build)

        assert caught.value.place.file == "test_ecr_repository.py"

    def test_a_service_is_let_in(self):
        """Lambda pulls with its own name."""

        def build(stack):
            Repository(stack, "Images").add_to_policy(
                Statement(
                    "LambdaPulls",
                    ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
                    principals=(Principal("Service", "lambda.amazonaws.com"),),
                    conditions=(Condition("StringEquals", "aws:SourceAccount", (stack.account_id,)),),
                )
            )

        assert statements(built(build), "Images/Policy")["LambdaPulls"]["Principal"] == {
            "Service": "lambda.amazonaws.com"
        }


class TestImage:
    @pytest.mark.parametrize(
        ("version", "end"), [("1.4.2", ":1.4.2"), ("_x-Y.9", ":_x-Y.9"), (DIGEST, f"@{DIGEST}")]
    )
    def test_its_uri(self, version, end):
        """Registry, repository, and the tag or the digest."""
        images = []
        stack_of(lambda stack: images.append(Repository(stack, "Images").image(version)))

        assert images[0].uri == (
            f"012345678901.dkr.ecr.eu-west-1.amazonaws.com/acme-payments-prod-data-lake-images{end}"
        )
        assert images[0].repository.repository_name == "acme-payments-prod-data-lake-images"

    @pytest.mark.parametrize("version", ["latest", "", "-a", ".a", "a b", "a" * 129, "sha256:0a", None])
    def test_what_names_no_image(self, version):
        """Nor does latest, where tags never move."""
        with pytest.raises(LandformError, match="refuse this image tag") as caught:
            built(lambda stack: Repository(stack, "Images").image(version))

        assert caught.value.place.file == "test_ecr_repository.py"

    def test_an_image_of_another_registry(self):
        """By its digest, with or without a tag beside it."""
        uri = f"public.ecr.aws/nginx/nginx:1.27@{DIGEST}"

        assert ContainerImage.from_registry(uri) == ContainerImage(uri, None)

    @pytest.mark.parametrize(
        "uri", ["nginx", "public.ecr.aws/nginx/nginx:1.27", f"nginx@{DIGEST}", f"a b/c@{DIGEST}"]
    )
    def test_an_image_of_another_registry_without_digest(self, uri):
        """Its owner can put another image under the same tag."""
        with pytest.raises(LandformError, match="image of another registry") as caught:
            ContainerImage.from_registry(uri)

        assert caught.value.place.file == "test_ecr_repository.py"


class TestGrants:
    def test_pull(self):
        """Three actions on the repository, and the token for the registry."""
        document = granted(lambda images, role: images.grants.pull(role))

        assert statements(document, "Builder/Policy") == {
            "LogIn": {
                "Sid": "LogIn",
                "Effect": "Allow",
                "Action": "ecr:GetAuthorizationToken",
                "Resource": "*",
            },
            "Pull": {
                "Sid": "Pull",
                "Effect": "Allow",
                "Action": [
                    "ecr:BatchCheckLayerAvailability",
                    "ecr:BatchGetImage",
                    "ecr:GetDownloadUrlForLayer",
                ],
                "Resource": ARN,
            },
        }

    @pytest.mark.parametrize(
        ("verb", "sid", "has", "has_not"),
        [
            ("push", "Push", "ecr:PutImage", "ecr:BatchDeleteImage"),
            ("describe", "Describe", "ecr:ListImages", "ecr:BatchGetImage"),
            ("delete_images", "DeleteImages", "ecr:BatchDeleteImage", "ecr:PutImage"),
        ],
    )
    def test_verb(self, verb, sid, has, has_not):
        """Each gives its own actions on this repository, and no other's."""
        document = granted(lambda images, role: getattr(images.grants, verb)(role))
        given = statements(document, "Builder/Policy")[sid]

        assert has in given["Action"]
        assert has_not not in given["Action"]
        assert given["Resource"] == ARN

    def test_two_repositories_need_one_token(self):
        """The statement is there once."""

        def build(stack):
            role = Role(stack, "Builder", trust=GLUE)
            for id in ("One", "Two"):
                Repository(stack, id).grants.pull(role)

        found = statements(built(build), "Builder/Policy")

        assert found.keys() == {"LogIn", "Pull"}
        assert len(found["Pull"]["Resource"]) == 2

    def test_a_role_from_elsewhere_stands_in_the_repository_policy(self):
        """By its ARN, as long as it is in the organisation; the token is its own account's to give."""
        document = granted(lambda images, role: images.grants.pull(role), Role.from_arn(OTHER))
        found = statements(document, "Images/Policy")

        assert found.keys() == {"OrganizationAlone", "Pull"}
        assert found["Pull"]["Principal"] == {"AWS": OTHER}
        assert found["Pull"]["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}

    def test_an_imported_repository_of_another_account(self):
        """The role's own half; the owner adds the other."""

        def build(stack):
            shared = Repository.from_name(stack, "Shared", "platform/envoy", account_id="999999999999")
            shared.grants.pull(Role(stack, "Builder", trust=GLUE))

        document = built(build)

        assert statements(document, "Builder/Policy")["Pull"]["Resource"] == (
            "arn:aws:ecr:eu-west-1:999999999999:repository/platform/envoy"
        )
        assert not paths(document, "aws_ecr_repository_policy")

    @pytest.mark.parametrize("account_id", ["12345", 999999999999, "", "99999999999a"])
    def test_an_owner_that_is_no_account(self, account_id):
        """Twelve digits, as text: a number loses its zeros."""
        with pytest.raises(LandformError, match="refuse this id of an account") as caught:
            built(lambda stack: Repository.from_name(stack, "Shared", "envoy", account_id=account_id))

        assert caught.value.place.file == "test_ecr_repository.py"

    def test_something_that_is_no_principal_is_refused(self):
        """On the user's line."""
        with pytest.raises(LandformError, match="not something that can be granted to"):
            granted(lambda images, role: images.grants.pull("builder"))
