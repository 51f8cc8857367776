"""Which AWS service a resource type is of, as IAM names it.

A specification allows and denies services by their prefix in IAM ("Actions, resources, and condition keys for AWS
services" of the Service Authorization Reference). The provider names its types by an older or a longer name of the
service, or by the thing alone; where it does not begin with IAM's prefix, the table says whose it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

# By IAM's prefix, what the types of the provider begin with after ``aws_``. The longest beginning counts.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "access-analyzer": ("accessanalyzer",),
    "acm-pca": ("acmpca",),
    "airflow": ("mwaa",),
    "aoss": ("opensearchserverless",),
    "apigateway": ("apigatewayv2", "api_gateway"),
    "app-integrations": ("appintegrations",),
    "application-autoscaling": ("appautoscaling",),
    "aps": ("prometheus",),
    "autoscaling": ("launch_configuration",),
    "autoscaling-plans": ("autoscalingplans",),
    "bcm-data-exports": ("bcmdataexports",),
    "bedrock": ("bedrockagent",),
    "cassandra": ("keyspaces",),
    "chime": ("chimesdkmediapipelines", "chimesdkvoice"),
    "cloudformation": ("cloudcontrolapi",),
    "cloudfront-keyvaluestore": ("cloudfrontkeyvaluestore",),
    "codeguru-profiler": ("codeguruprofiler",),
    "codeguru-reviewer": ("codegurureviewer",),
    "codestar-connections": ("codestarconnections",),
    "codestar-notifications": ("codestarnotifications",),
    "cognito-identity": ("cognito_identity_pool",),
    "cognito-idp": ("cognito",),
    "compute-optimizer": ("computeoptimizer",),
    "cost-optimization-hub": ("costoptimizationhub",),
    "devops-guru": ("devopsguru",),
    "directconnect": ("dx",),
    "docdb-elastic": ("docdbelastic",),
    "ds": ("directory_service",),
    "ec2": (
        "ami", "customer_gateway", "default", "ebs", "egress_only_internet_gateway", "eip", "flow_log", "instance",
        "internet_gateway", "key_pair", "launch_template", "main_route_table_association", "nat_gateway",
        "network_acl", "network_interface", "placement_group", "route", "security_group",
        "snapshot_create_volume_permission", "spot", "subnet", "verifiedaccess", "volume_attachment", "vpc", "vpn",
    ),
    "ecr-public": ("ecrpublic",),
    "elasticbeanstalk": ("elastic_beanstalk",),
    "elasticfilesystem": ("efs",),
    "elasticloadbalancing": (
        "alb", "app_cookie_stickiness_policy", "elb", "lb", "load_balancer", "proxy_protocol_policy",
    ),
    "elasticmapreduce": ("emr",),
    "emr-containers": ("emrcontainers",),
    "emr-serverless": ("emrserverless",),
    "es": ("elasticsearch", "opensearch"),
    "events": ("cloudwatch_event",),
    "firehose": ("kinesis_firehose",),
    "geo": ("location",),
    "kafka": ("msk",),
    "kafkaconnect": ("mskconnect",),
    "kinesisanalytics": ("kinesisanalyticsv2", "kinesis_analytics"),
    "kinesisvideo": ("kinesis_video",),
    "lex": ("lexv2models",),
    "license-manager": ("licensemanager",),
    "logs": ("cloudwatch_log", "cloudwatch_query_definition"),
    "mediaconvert": ("media_convert",),
    "mediapackage": ("media_package",),
    "mediapackagev2": ("media_packagev2",),
    "mediastore": ("media_store",),
    "mobiletargeting": ("pinpoint",),
    "neptune-graph": ("neptunegraph",),
    "network-firewall": ("networkfirewall",),
    "notifications-contacts": ("notificationscontacts",),
    "payment-cryptography": ("paymentcryptography",),
    "profile": ("customerprofiles",),
    "rds": ("db", "docdb", "neptune"),
    "redshift-data": ("redshiftdata",),
    "redshift-serverless": ("redshiftserverless",),
    "resource-explorer-2": ("resourceexplorer2",),
    "resource-groups": ("resourcegroups",),
    "route53-recovery-control-config": ("route53recoverycontrolconfig",),
    "route53-recovery-readiness": ("route53recoveryreadiness",),
    "route53resolver": ("route53_resolver",),
    "s3": ("s3control",),
    "s3-outposts": ("s3outposts",),
    "sdb": ("simpledb",),
    "serverlessrepo": ("serverlessapplicationrepository",),
    "servicecatalog": ("servicecatalogappregistry",),
    "servicediscovery": ("service_discovery",),
    "ses": ("sesv2",),
    "sms-voice": ("pinpointsmsvoicev2",),
    "ssm": ("ssmquicksetup",),
    "ssm-contacts": ("ssmcontacts",),
    "ssm-incidents": ("ssmincidents",),
    "sso": ("ssoadmin",),
    "states": ("sfn",),
    "timestream": ("timestreamquery", "timestreamwrite"),
    "timestream-influxdb": ("timestreaminfluxdb",),
    "vpc-lattice": ("vpclattice",),
    "waf-regional": ("wafregional",),
    "workspaces-web": ("workspacesweb",),
}  # fmt: skip

_BY_NAME = {name: service for service, names in _NAMES.items() for name in names}


@lru_cache(maxsize=4_096)
def service_of(resource_type: str) -> str | None:
    """The prefix in IAM of the service whose resource a type is; None for a type that is not AWS's.

    Example:
        >>> service_of("aws_db_instance"), service_of("aws_sqs_queue"), service_of("random_id")
        ('rds', 'sqs', None)
    """
    provider, _, name = resource_type.partition("_")
    if provider != "aws":
        return None
    words = name.split("_")
    beginnings = ("_".join(words[:count]) for count in range(len(words), 0, -1))
    return next((_BY_NAME[beginning] for beginning in beginnings if beginning in _BY_NAME), words[0])
