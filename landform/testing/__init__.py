"""What users test their stacks with: synthesis in memory, and assertions on what came of it.

The order to read it in: ``instances`` (an account to put a stack in), ``template`` (a stack as what it became, with
the assertions on resources and outputs), ``match`` (patterns of arguments), ``access`` (who can do what, decided by
``landform.access``), ``findings`` (what the rules say, by ``landform.checks``) and ``snapshots``. Words are those of
the AWS CDK's assertions module where it has them. Nothing here asks AWS, Terraform or the clock.
"""

from landform.testing.access import RoleAccess
from landform.testing.instances import TIERS, instance_of, stack_instance
from landform.testing.match import Match
from landform.testing.snapshots import assert_snapshot
from landform.testing.synthesis import synthesise, synthesise_json
from landform.testing.template import Template

__all__ = [
    "TIERS",
    "Match",
    "RoleAccess",
    "Template",
    "assert_snapshot",
    "instance_of",
    "stack_instance",
    "synthesise",
    "synthesise_json",
]
