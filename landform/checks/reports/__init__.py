"""The report in the forms that other programs read: each a function from the report to a text.

Equal reports give equal texts: no form holds a time, a machine's name or a folder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from landform.checks.report import as_json
from landform.checks.reports.csv import csv
from landform.checks.reports.html import html
from landform.checks.reports.junit import junit
from landform.checks.reports.markdown import markdown
from landform.checks.reports.sarif import sarif
from landform.checks.run import Report
from landform.digest import canonical_json

FORMATS: Mapping[str, Callable[[Report], str]] = MappingProxyType(
    {
        "csv": csv,
        "html": html,
        "json": lambda report: canonical_json(as_json(report)) + "\n",
        "junit": junit,
        "markdown": markdown,
        "sarif": sarif,
    }
)
"""The forms by name."""
