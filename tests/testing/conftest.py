"""A small stack that the assertions are about."""

from __future__ import annotations

import pytest

from landform.constructs import AwsStack
from landform.constructs.iam import Role, Trust
from landform.constructs.s3 import Bucket
from landform.constructs.sqs import Queue
from landform.core import App, Output
from landform.testing import RoleAccess, Template, stack_instance


@pytest.fixture(scope="session")
def template() -> Template:
    """Two queues, a bucket, a role that may write below one prefix, and an output."""
    stack = AwsStack(App(), stack_instance(stack="jobs"))
    queue = Queue(stack, "Jobs", visibility_timeout_seconds=60)
    lake = Bucket(stack, "Lake", expire_days=30)
    worker = Role(stack, "Worker", trust=[Trust.service("glue.amazonaws.com")])
    queue.grants.delete_messages(worker)
    lake.grants.write_objects(worker, prefix="in/")
    Output(stack, "QueueArn", queue.arn)
    return Template.from_stack(stack)


@pytest.fixture(scope="session")
def access(template: Template) -> RoleAccess:
    """Who can do what in it."""
    return template.access()
