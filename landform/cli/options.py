"""The options that commands share, each said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[
    bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else there.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no notices on stderr.")]
Directory = Annotated[Path, typer.Option("-C", help="The project's folder.", show_default=False)]
Accounts = Annotated[list[str], typer.Option("--account", "-a", help="Account name or glob; repeatable.")]
Tiers = Annotated[list[str], typer.Option("--tier", "-t", help="Tier or glob; repeatable.")]
Stacks = Annotated[list[str], typer.Option("--stack", "-s", help="Stack id, full name or glob; repeatable.")]
Regions = Annotated[list[str], typer.Option("--region", "-r", help="Region or glob; repeatable.")]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        help="The bundle's folder; cdktf.out (or CDKTF_OUTDIR) unless given.",
        show_default=False,
    ),
]
Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", min=1, help="How many at once; chosen unless given.")
]
Terraform = Annotated[
    str | None,
    typer.Option("--terraform", help="The Terraform or OpenTofu to use (also LANDFORM_TERRAFORM)."),
]
PluginDir = Annotated[
    Path | None,
    typer.Option("--plugin-dir", help="A filesystem mirror of providers (also LANDFORM_PLUGIN_DIR)."),
]
PlanSet = Annotated[
    str | None,
    typer.Argument(metavar="[PLAN_SET]", help="A plan set's id or its beginning; the latest unless given."),
]
RoleArn = Annotated[
    str | None, typer.Option("--role-arn", help="A role to assume for what AWS is asked.", show_default=False)
]
Profile = Annotated[
    str | None, typer.Option("--profile", help="A profile of AWS's shared files.", show_default=False)
]

HERE = Path(".")
