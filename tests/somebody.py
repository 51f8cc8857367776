"""Somebody in an account of a sandbox, beside Terraform."""

from __future__ import annotations

from typing import Any

import boto3


def client_in(url: str, account_id: str, service: str, region: str = "eu-west-1") -> Any:
    """A client of a service in an account of the sandbox at ``url``."""
    there = {"region_name": region, "endpoint_url": url}
    nobody = {"aws_access_key_id": "x", "aws_secret_access_key": "y"}
    # The account that a key belongs to is that of the role which gave it.
    given = boto3.client("sts", **there, **nobody).assume_role(
        RoleArn=f"arn:aws:iam::{account_id}:role/somebody", RoleSessionName="somebody"
    )["Credentials"]
    return boto3.client(
        service,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
        **there,
    )
