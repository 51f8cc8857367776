"""Stacks of roles and policies, written by hand."""

import json

ACCOUNTS = {
    "ledger": ("111111111111", "prod"),
    "lake": ("222222222222", "prod"),
    "root": ("333333333333", "prod"),
}


def policy(*statements):
    """A policy as a stack holds it."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions, resources="*", **elements):
    """A statement that allows."""
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **elements}


def deny(actions, resources="*", **elements):
    """A statement that denies."""
    return allow(actions, resources, **elements) | {"Effect": "Deny"}


def trust(principal, action="sts:AssumeRole", **elements):
    """The trust policy of a role."""
    return policy({"Effect": "Allow", "Principal": principal, "Action": action, **elements})


def role(name="app", **arguments):
    """A role that Lambda assumes."""
    return {"name": name, "assume_role_policy": trust({"Service": "lambda.amazonaws.com"}), **arguments}


def stack(*resources):
    """A stack: (type, name, body) each."""
    document = {}
    for type, name, body in resources:
        document.setdefault("resource", {}).setdefault(type, {})[name] = body
    return document
