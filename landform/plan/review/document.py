"""The review as data, of format ``landform/review/v1``, and the JSON Schema of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib import resources
from typing import Any

from landform.plan.review.model import ClassView, Issue, Review

FORMAT = "landform/review/v1"


def document(review: Review) -> dict[str, Any]:
    """The review as one JSON document; risks are named as ``R3``."""
    return {
        "format": FORMAT,
        "plan_set": {
            "id": review.id,
            "digest": review.digest,
            "bundle_digest": review.bundle_digest,
            "terraform_version": review.terraform_version,
            "requested_by": review.requested_by,
            "created": review.created,
            "sandbox": review.sandbox,
        },
        "verdict": review.verdict,
        "risk": review.risk.name,
        "stacks": review.stacks,
        "accounts": review.accounts,
        "unchanged": review.unchanged,
        "previews": review.previews,
        "tags_only": review.quiet,
        "counts": asdict(review.counts),
        "issues": [_issue(issue) for issue in review.issues],
        "new_access": [asdict(grant) for grant in review.grants],
        "not_decided": [asdict(one) for one in review.undecided],
        "classes": [_class(view) for view in review.classes],
    }


def schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    text = resources.files(__package__).joinpath("data/review-v1.schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _issue(issue: Issue) -> dict[str, Any]:
    return {**asdict(issue), "risk": issue.risk.name}


def _class(view: ClassView) -> dict[str, Any]:
    changes = [{**asdict(change), "tags_only": change.quiet} for change in view.changes]
    return {**asdict(view.folded), "risk": view.folded.risk.name, "changes": changes}
