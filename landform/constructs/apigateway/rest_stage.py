"""The stage of a REST API: what is deployed, and what is logged. Follows "Publish REST APIs for customers"."""

from __future__ import annotations

from landform.constructs.apigateway.access_log import REST_FIELDS, log_format
from landform.constructs.apigateway.account import ApiGatewayAccount
from landform.constructs.kms.grants import DECRYPT, ENCRYPT
from landform.constructs.logs import LogGroup
from landform.constructs.stack import AwsStack
from landform.core import Construct, Lazy, Lifecycle, Resource
from landform.digest import digest
from landform.iam import Condition
from landform.resources.aws.api_gateway_client_certificate import ApiGatewayClientCertificate
from landform.resources.aws.api_gateway_deployment import ApiGatewayDeployment
from landform.resources.aws.api_gateway_method_settings import ApiGatewayMethodSettings, Settings
from landform.resources.aws.api_gateway_rest_api import ApiGatewayRestApi
from landform.resources.aws.api_gateway_stage import AccessLogSettings, ApiGatewayStage
from landform.resources.aws.cloudwatch_log_group import CloudwatchLogGroup


class RestStage(Construct):
    """The one stage of a REST API, deployed anew when anything that it deploys is another.

    API Gateway makes the log group of its own errors by itself, in the clear and for ever, where there is none; so
    it is made here, with the key and for as long as the access log.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        api: ApiGatewayRestApi,
        name: str,
        rate_limit: int,
        log_group: LogGroup | None,
        account: ApiGatewayAccount | None,
    ) -> None:
        super().__init__(scope, "Stage")
        self._stack = AwsStack.of(self)
        self._deployed: list[Resource] = []
        self.log_group = log_group or LogGroup(self, "Logs")
        error_log = self._error_log(api, name)
        self._deployment = ApiGatewayDeployment(
            self,
            "Deployment",
            rest_api_id=api.id,
            triggers={"deployed": Lazy(self._digest)},
            lifecycle=Lifecycle(create_before_destroy=True),
        )
        certificate = ApiGatewayClientCertificate(self, "ClientCertificate", description=self.node.path)
        self.resource = ApiGatewayStage(
            self,
            "Resource",
            rest_api_id=api.id,
            deployment_id=self._deployment.id,
            stage_name=name,
            xray_tracing_enabled=True,
            client_certificate_id=certificate.id,
            access_log_settings=AccessLogSettings(
                destination_arn=self.log_group.arn, format=log_format(REST_FIELDS)
            ),
            # The ARN is literal, so nothing else tells Terraform what must be there first.
            depends_on=[self.log_group, *([account] if account else ())],
        )
        self._stack.switch_off(
            self,
            "answers are cached",
            why="the cost of a cache, by the hour,",
            checks=("CKV_AWS_120", "CKV_AWS_225"),
        )
        ApiGatewayMethodSettings(
            self,
            "Settings",
            rest_api_id=api.id,
            stage_name=self.resource.stage_name,
            method_path="*/*",
            settings=Settings(
                metrics_enabled=True,
                logging_level="ERROR",
                # Whole requests and answers would stand in the log.
                data_trace_enabled=False,
                cache_data_encrypted=True,
                throttling_rate_limit=rate_limit,
                throttling_burst_limit=rate_limit,
            ),
            depends_on=[error_log],
        )

    def deploy(self, *resources: Resource) -> None:
        """Deploy these too: after they are made, and again when they change."""
        self._deployed.extend(resources)
        self._deployment.depends_on.extend(resources)

    def _digest(self) -> str:
        return digest([resource.block() for resource in self._deployed])

    def _error_log(self, api: ApiGatewayRestApi, name: str) -> CloudwatchLogGroup:
        log_group_name = api.id.within("API-Gateway-Execution-Logs_", f"/{name}")
        arn = api.id.within(self._stack.arn("logs", "log-group:API-Gateway-Execution-Logs_"), f"/{name}")
        self.log_group.key.allow_service(
            self._stack.service("logs"),
            sid="ErrorLogsEncrypt",
            actions=(*ENCRYPT, *DECRYPT),
            conditions=[Condition("ArnEquals", "kms:EncryptionContext:aws:logs:arn", (arn,))],
        )
        return CloudwatchLogGroup(
            self,
            "ErrorLogs",
            name=log_group_name,
            kms_key_id=self.log_group.key.arn,
            # The number itself: a rule cannot follow a reference to see that it is set.
            retention_in_days=self.log_group.resource.arguments["retention_in_days"],
            skip_destroy=self.log_group.resource.arguments["skip_destroy"],
        )
