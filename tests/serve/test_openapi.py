"""The served OpenAPI document, and calls that are made from it by schemathesis."""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from openapi_spec_validator import validate
from schemathesis.specs.openapi.checks import positive_data_acceptance
from serve_parts import REQUESTS

from landform.serve.bodies import YAML

# Enough for each kind of wrong value to come up; in CI the same ones in every run.
EXAMPLES = 60 if os.environ.get("CI") == "true" else 20


FEW = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def api(serving, token):
    """The document, from the server itself."""
    server = serving()
    job = server.ask(headers=token("ci")).json()
    server.jobs.take()
    server.jobs.keep_preview(job["id"], {"accounts": []}, None)
    return schemathesis.openapi.from_asgi("/openapi.json", server.app)


@pytest.fixture
def api_of_requests(api):
    """The same without the thousands of cases that cover every key of a request, which pydantic judges."""
    api.config.phases.coverage.enabled = False
    return api


@pytest.fixture
def caller(token):
    """Somebody whose calls schemathesis makes; it makes each without the token as well."""
    return token("schemathesis")


reads = schemathesis.pytest.from_fixture("api").exclude(method="POST")
requests = schemathesis.pytest.from_fixture("api_of_requests").include(method="POST")


@reads.parametrize()
@FEW
def test_schemathesis_finds_nothing_in_what_is_read(case, caller):
    """Every answer is of a status, a type and a form that the document has; what is wrong is refused."""
    case.call_and_validate(headers=caller)


@requests.parametrize()
@FEW
def test_schemathesis_finds_nothing_in_requests(case, caller):
    """The same of requests: those that the schema allows are accepted, and all others refused."""
    # A file of YAML begins with its schema, which JSON Schema cannot say.
    beyond = [positive_data_acceptance] if case.media_type == YAML else []
    case.call_and_validate(headers=caller, excluded_checks=beyond)


class TestDocument:
    """The document itself."""

    def test_it_is_openapi(self, server):
        """By the specification's own schema."""
        validate(server.client.get("/openapi.json").json())

    def test_it_has_the_requests_own_schema(self, server):
        """What a body must be is there for who generates a client."""
        found = server.client.get("/openapi.json").json()
        body = found["paths"][REQUESTS]["post"]["requestBody"]["content"]["application/json"]["schema"]
        schema = found["components"]["schemas"][body["$ref"].rpartition("/")[2]]
        assert {"name", "tier", "ou", "owner"} <= set(schema["required"])
        assert schema["additionalProperties"] is False

    def test_every_call_of_the_interface_needs_a_token(self, server):
        """And the probes do not."""
        paths = server.client.get("/openapi.json").json()["paths"]
        open_ones = {
            path for path, calls in paths.items() if any("security" not in call for call in calls.values())
        }
        assert open_ones == {"/healthz", "/readyz", "/version"}
