"""Policies in few words, for the tests of this folder."""

from landform.iam.identity import Identity
from landform.iam.policy import parse_policy

ACCOUNT = "111111111111"
OTHER = "222222222222"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"
USER = f"arn:aws:iam::{ACCOUNT}:user/jane"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/run"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
OBJECT = "arn:aws:s3:::lake/in/a"


def allow(actions, resources="*", **elements):
    """A statement that allows; ``elements`` are further ones, ``Principal`` for example."""
    return {"Effect": "Allow", "Action": actions, "Resource": resources} | elements


def deny(actions, resources="*", **elements):
    """A statement that denies."""
    return allow(actions, resources, **elements) | {"Effect": "Deny"}


def policy(*statements, name="p"):
    """A policy of some statements; what is None is left out of them."""
    written = [{key: value for key, value in one.items() if value is not None} for one in statements]
    return parse_policy({"Version": "2012-10-17", "Statement": written}, name=name)


def when(operator, key, *values):
    """A condition as an element of a statement."""
    return {"Condition": {operator: {key: list(values)}}}


def who(*statements, id=ROLE, **more):
    """A principal with one policy of its own."""
    return Identity(id, policies=(policy(*statements),) if statements else (), **more)
