"""Containers of services on Fargate: what one may be."""

import json

import pytest
from fargate import NAME, SECRET, Source, container, made, service
from reading import at, built

from landform.constructs.kms import Key
from landform.errors import Code, LandformError


class TestContainer:
    @pytest.mark.parametrize(
        ("setting", "value"),
        [
            ("readonlyRootFilesystem", True),
            ("privileged", False),
            ("user", "1000:1000"),
            (
                "linuxParameters",
                {"initProcessEnabled": True, "capabilities": {"drop": ["ALL"]}},
            ),
            ("image", "012345678901.dkr.ecr.eu-west-1.amazonaws.com/ledger:1.4.2"),
            ("name", "ledger"),
            ("essential", True),
        ],
    )
    def test_default(self, setting, value):
        """The secure setting stands in the definition, whatever ECS's default is."""
        assert container()[setting] == value

    def test_it_logs_to_the_services_group(self):
        """By the driver that Fargate has."""
        assert container()["logConfiguration"] == {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": f"/{NAME}-logs",
                "awslogs-region": "eu-west-1",
                "awslogs-stream-prefix": "ledger",
            },
        }

    def test_its_command_and_port(self):
        """Left out where the image says it."""
        found = container(command=["serve", "--fast"], port=8443)

        assert found["command"] == ["serve", "--fast"]
        assert found["portMappings"] == [{"containerPort": 8443, "protocol": "tcp"}]
        assert "command" not in container()

    def test_variables_are_sorted(self):
        """Another order is no other definition."""
        assert container(environment={"B": "2", "A": "1"})["environment"] == [
            {"name": "A", "value": "1"},
            {"name": "B", "value": "2"},
        ]

    def test_a_variable_can_be_a_reference(self):
        """To something of the same stack."""

        def build(stack):
            made(stack, environment={"KEY": Key(stack, "Key").arn})

        text = at(built(build), "Ledger/TaskDefinition")["container_definitions"]

        assert '"value":"${aws_kms_key.Key_' in text

    def test_a_secret_stands_by_its_arn(self):
        """Never by its value."""
        assert container(secrets={"DB_PASSWORD": Source()})["secrets"] == [
            {"name": "DB_PASSWORD", "valueFrom": SECRET}
        ]

    def test_paths_that_can_be_written(self):
        """Are volumes of the task, which end with it."""
        document = built(service(writable_paths=["/tmp", "/var/cache/app"]))
        task = at(document, "Ledger/TaskDefinition")
        (found,) = json.loads(task["container_definitions"])

        assert found["mountPoints"] == [
            {"sourceVolume": "writable-0", "containerPath": "/tmp", "readOnly": False},
            {"sourceVolume": "writable-1", "containerPath": "/var/cache/app", "readOnly": False},
        ]
        assert task["volume"] == [{"name": "writable-0"}, {"name": "writable-1"}]

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"user": "root"}, "user of a container"),
            ({"user": "0"}, "user of a container"),
            ({"user": "0:1000"}, "user of a container"),
            ({"user": "root:app"}, "user of a container"),
            ({"user": "00"}, "user of a container"),
            ({"user": ""}, "user of a container"),
            ({"port": 0}, "port of a container"),
            ({"port": 65_536}, "port of a container"),
            ({"port": "80"}, "port of a container"),
            ({"command": "serve --fast"}, "list of words"),
            ({"environment": {"1A": "x"}}, "environment variable"),
            ({"environment": {"a b": "x"}}, "environment variable"),
            ({"environment": {"AWS_SECRET_ACCESS_KEY": "x"}}, "Credentials do not belong"),
            ({"secrets": {"A-B": Source()}}, "environment variable"),
            ({"secrets": {"A": SECRET}}, "secret by reference"),
            ({"environment": {"A": "x"}, "secrets": {"A": Source()}}, "plain or a secret"),
            ({"writable_paths": ["tmp"]}, "path in a container"),
            ({"writable_paths": ["/"]}, "path in a container"),
            ({"image": "ledger:1.4.2"}, "no image of a container"),
        ],
    )
    def test_what_is_refused(self, arguments, message):
        """On the user's line."""
        with pytest.raises(LandformError, match=message) as caught:
            built(service(**arguments))

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.place.file == "fargate.py"

    def test_a_secret_as_text_is_not_repeated_in_the_error(self):
        """It ends in a log."""
        with pytest.raises(LandformError) as caught:
            built(service(secrets={"PASSWORD": "hunter2"}))

        assert "hunter2" not in str(caught.value)
