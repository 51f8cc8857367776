"""The stack of the account that administers the security services for the whole organisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from landform.constructs import AwsStack
from landform.constructs.detective.findings import (
    GuardDuty,
    Inspector,
    Macie,
    OrganizationAnalyzers,
    SecurityHub,
)
from landform.constructs.detective.recorder import Aggregator
from landform.core import Construct

if TYPE_CHECKING:
    from landform.org.fleet import StackInstance


class SecurityServices(AwsStack):
    """GuardDuty, Security Hub, Macie, Inspector and access analyzers for every account, in one region.

    It stands in the account that ``SecurityDelegation`` makes the administrator there. The home region has what is one
    for all: the findings of every region, and what every recorder recorded. The rules of AWS Config are those that the
    standards of Security Hub bring to every account.

    Parameters of the spec:
        macie: whether Macie looks for sensitive data; it is paid by the gigabyte.
        inspector: whether Inspector looks for weaknesses.
        detectors: ids of the GuardDuty detectors that there are, by region: AWS makes one where the account becomes
            the administrator.
        hubs: the regions in which Security Hub is on already, for the same reason.
    """

    def __init__(
        self,
        scope: Construct,
        instance: StackInstance,
        *,
        macie: bool = True,
        inspector: bool = True,
        detectors: Mapping[str, str] = MappingProxyType({}),
        hubs: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, instance)
        GuardDuty(self, "GuardDuty", detector_id=detectors.get(self.region))
        SecurityHub(self, "SecurityHub", there=self.region in hubs)
        OrganizationAnalyzers(self, "Analyzers")
        if macie:
            Macie(self, "Macie")
        if inspector:
            Inspector(self, "Inspector")
        if self.region == self.organization.home_region:
            Aggregator(self, "Aggregator")
