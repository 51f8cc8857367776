"""Databases, caches and search: who signs in and how, what is logged, what AWS keeps up to date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from landform.policies.rule import (
    Breach,
    Judge,
    Rule,
    Undecided,
    Verdict,
    at_least,
    by_type,
    must_be,
    must_have,
    must_not_be,
)
from landform.policies.view import Block, is_known

_DEFAULT_MASTERS = ("admin", "administrator", "awsuser", "master", "postgres", "root", "sa")
_EXPIRED_AUTHORITIES = ("rds-ca-2015", "rds-ca-2019")

# "Using SSL/TLS with Aurora PostgreSQL": from this version on plain text is refused unless it is let in.
_AURORA_ASKS_FOR_TLS = 17
_SAYS_NO = frozenset({"0", "off", "false"})
_LOGGED = {"log_statement": ("none",), "log_min_duration_statement": ("-1",), "pgaudit.log": ("none",)}
"""The parameters that have PostgreSQL log statements, and the values with which they log none."""

_UPDATED: Mapping[str, Judge] = {
    "aws_elasticache_replication_group": must_be("auto_minor_version_upgrade", True, default=True),
    "aws_memorydb_cluster": must_be("auto_minor_version_upgrade", True, default=True),
    "aws_neptune_cluster_instance": must_be("auto_minor_version_upgrade", True, default=True),
    "aws_opensearch_domain": must_be("software_update_options.auto_software_update_enabled", True),
}

_MASTERS: Mapping[str, Judge] = {
    "aws_db_instance": must_not_be("username", *_DEFAULT_MASTERS),
    "aws_docdb_cluster": must_not_be("master_username", *_DEFAULT_MASTERS),
    "aws_rds_cluster": must_not_be("master_username", *_DEFAULT_MASTERS),
    "aws_redshift_cluster": must_not_be("master_username", *_DEFAULT_MASTERS),
}


def _family(block: Block) -> tuple[str, int] | None:
    """A parameter group's engine and first version number: ``("aurora-postgresql", 17)``."""
    family = block.value("family")
    if not isinstance(family, str) or not is_known(family):
        return None
    engine = family.rstrip("0123456789.")
    first = family[len(engine) :].partition(".")[0]
    return engine, int(first or 0)


def _parameters(block: Block) -> Mapping[str, str]:
    return {str(each.get("name")): str(each.get("value")).lower() for each in block.objects("parameter")}


def _asks_for_tls(block: Block) -> Iterator[Verdict]:
    """Of the engines that can be told to: the parameter's name, and whether it is on where nothing is said."""
    family = _family(block)
    if family is None:
        yield Undecided("family is known only to Terraform")
        return
    engine, version = family
    asked = {
        "aurora-postgresql": ("rds.force_ssl", "1" if version >= _AURORA_ASKS_FOR_TLS else "0"),
        "aurora-mysql": ("require_secure_transport", "off"),
        "postgres": ("rds.force_ssl", "1"),
        "mysql": ("require_secure_transport", "0"),
    }
    if engine in asked:
        name, default = asked[engine]
        value = _parameters(block).get(name, default)
        if not is_known(value):
            yield Undecided(f"parameter {name} is known only to Terraform")
        elif value in _SAYS_NO:
            yield Breach(f"does not turn {name} on, so clients may connect in plain text", ("parameter",))


def _logs_statements(block: Block) -> Iterator[Verdict]:
    """Only PostgreSQL is judged; the group of an Aurora cluster is the cluster's, not its instances'."""
    family = _family(block)
    if family is None:
        yield Undecided("family is known only to Terraform")
    elif family[0] in _POSTGRES[block.type]:
        parameters = _parameters(block)
        if all(parameters.get(name, none[0]) in none for name, none in _LOGGED.items()):
            yield Breach("logs no statements", ("parameter",))


_POSTGRES: Mapping[str, tuple[str, ...]] = {
    "aws_db_parameter_group": ("postgres",),
    "aws_rds_cluster_parameter_group": ("aurora-postgresql", "postgres"),
}


def _signs_in(block: Block) -> Iterator[Verdict]:
    """A user that is off cannot sign in at all."""
    access = str(block.value("access_string") or "").split()
    free = block.value("authentication_mode.type") == "no-password-required"
    if "on" in access and (free or block.value("no_password_required") is True):
        yield Breach(
            "signs in without a password or IAM", ("authentication_mode.type", "no_password_required")
        )


def _default_subnets(block: Block) -> Iterator[Verdict]:
    yield from must_have("subnet_group_name")(block)
    if block.value("subnet_group_name") == "default":
        yield from must_not_be("subnet_group_name", "default")(block)


def _group(family: str, **parameters: Any) -> dict[str, Any]:
    """A parameter group, for the examples; an underscore stands for nothing else."""
    return {
        "family": family,
        "parameter": [
            {"name": name.replace("__", "."), "value": value} for name, value in parameters.items()
        ],
    }


RULES = (
    Rule(
        id="LF_MASTER_NAME",
        title="The master user has no name that everyone would guess",
        severity="low",
        types=tuple(_MASTERS),
        rationale="Whoever tries passwords needs a name first, and tries the ones that the console proposes.",
        remediation="Choose a name of your own; landform's `PostgresInstance` and `AuroraCluster` have one.",
        judge=by_type(_MASTERS),
        controls=("RDS.24", "RDS.25", "Redshift.8"),
        good=({"aws_db_instance": {"d": {"username": "ledger_owner"}}, "aws_rds_cluster": {"replica": {}}},),
        bad=(
            {
                "aws_db_instance": {"d": {"username": "postgres"}},
                "aws_rds_cluster": {"c": {"master_username": "admin"}},
            },
        ),
    ),
    Rule(
        id="LF_CLUSTER_TLS",
        title="A database cluster takes no connection in plain text",
        severity="medium",
        types=("aws_rds_cluster_parameter_group",),
        rationale="A client that does not ask for TLS sends its password and its data readable to the network "
        "between them.",
        remediation="Set rds.force_ssl (PostgreSQL) or require_secure_transport (MySQL) to 1, as landform's "
        "`AuroraCluster` does.",
        judge=_asks_for_tls,
        good=(
            {
                "aws_rds_cluster_parameter_group": {
                    "sixteen": _group("aurora-postgresql16", rds__force_ssl="1"),
                    "seventeen": _group("aurora-postgresql17"),
                    "mysql": _group("aurora-mysql8.0", require_secure_transport="ON"),
                }
            },
        ),
        bad=(
            {
                "aws_rds_cluster_parameter_group": {
                    "sixteen": _group("aurora-postgresql16"),
                    "seventeen": _group("aurora-postgresql17", rds__force_ssl="0"),
                    "mysql": _group("aurora-mysql8.0"),
                }
            },
        ),
    ),
    Rule(
        id="LF_STATEMENT_LOGS",
        title="PostgreSQL logs statements",
        severity="low",
        types=tuple(_POSTGRES),
        rationale="PostgreSQL logs no statement by itself, so nothing says afterwards who changed a table, or what "
        "took so long.",
        remediation="Set log_statement to ddl, or log_min_duration_statement, as landform's databases do.",
        judge=_logs_statements,
        good=(
            {
                "aws_db_parameter_group": {
                    "changes": _group("postgres17", log_statement="ddl"),
                    "mysql": _group("mysql8.4"),
                },
                "aws_rds_cluster_parameter_group": {
                    "slow": _group("aurora-postgresql17", log_min_duration_statement="1000"),
                },
            },
        ),
        bad=(
            {
                "aws_db_parameter_group": {"g": _group("postgres17")},
                "aws_rds_cluster_parameter_group": {"h": _group("aurora-postgresql17", log_statement="none")},
            },
        ),
    ),
    Rule(
        id="LF_EXPIRED_AUTHORITY",
        title="An instance of a cluster has a certificate that is valid",
        severity="medium",
        types=("aws_docdb_cluster_instance", "aws_neptune_cluster_instance", "aws_rds_cluster_instance"),
        rationale="The authorities of 2015 and 2019 have expired: a client that checks certificates does not "
        "connect, and so somebody has it check no more.",
        remediation="Leave ca_cert_identifier out or name one of the rds-ca-...-g1 authorities, as landform's "
        "`AuroraCluster` does.",
        judge=must_not_be("ca_cert_identifier", *_EXPIRED_AUTHORITIES),
        good=({"aws_rds_cluster_instance": {"i": {"ca_cert_identifier": "rds-ca-rsa2048-g1"}, "j": {}}},),
        bad=({"aws_rds_cluster_instance": {"i": {"ca_cert_identifier": "rds-ca-2019"}}},),
    ),
    Rule(
        id="LF_SERVICE_UPDATES",
        title="AWS installs what mends a data service",
        severity="low",
        types=tuple(_UPDATED),
        rationale="Minor versions mend known holes; where AWS does not install them somebody has to, for each "
        "service and in time.",
        remediation="Turn automatic minor versions or software updates on, as landform's constructs do.",
        judge=by_type(_UPDATED),
        controls=("ElastiCache.2", "Opensearch.10"),
        good=(
            {
                "aws_elasticache_replication_group": {"c": {"engine": "redis"}},
                "aws_opensearch_domain": {
                    "d": {"software_update_options": [{"auto_software_update_enabled": True}]}
                },
            },
        ),
        bad=(
            {
                "aws_elasticache_replication_group": {"c": {"auto_minor_version_upgrade": "false"}},
                "aws_opensearch_domain": {"d": {"domain_name": "d"}},
            },
        ),
    ),
    Rule(
        id="LF_CACHE_USER",
        title="A user of a cache proves who it is",
        severity="high",
        types=("aws_elasticache_user",),
        rationale="Whoever reaches the cache is such a user, and the default user is everyone who gives no name.",
        remediation="Sign in by IAM and turn the default user off, as landform's `RedisReplicationGroup` does.",
        judge=_signs_in,
        good=(
            {
                "aws_elasticache_user": {
                    "by-iam": {"access_string": "on ~app::* +@read", "authentication_mode": {"type": "iam"}},
                    "off": {
                        "user_name": "default",
                        "access_string": "off -@all",
                        "authentication_mode": [{"type": "no-password-required"}],
                    },
                }
            },
        ),
        bad=(
            {
                "aws_elasticache_user": {
                    "u": {"access_string": "on ~* +@all", "no_password_required": True},
                    "v": {
                        "access_string": "on ~* +@all",
                        "authentication_mode": {"type": "no-password-required"},
                    },
                }
            },
        ),
    ),
    Rule(
        id="LF_CACHE_BACKUPS",
        title="A cache is backed up",
        severity="medium",
        types=("aws_elasticache_replication_group",),
        rationale="What was in the cache is gone when its nodes are; a backup fills a new one.",
        remediation="Set snapshot_retention_limit to a number of days, as landform's `RedisReplicationGroup` does.",
        judge=at_least("snapshot_retention_limit", 1, default=0),
        controls=("ElastiCache.1",),
        good=({"aws_elasticache_replication_group": {"c": {"snapshot_retention_limit": 7}}},),
        bad=({"aws_elasticache_replication_group": {"c": {"snapshot_retention_limit": 0}, "d": {}}},),
    ),
    Rule(
        id="LF_CACHE_LOGS",
        title="A cache logs slow commands",
        severity="low",
        types=("aws_elasticache_replication_group",),
        rationale="One slow command holds up every other, and without the slow log nothing says which it was.",
        remediation="Add log_delivery_configuration, as landform's `RedisReplicationGroup` does.",
        judge=must_have("log_delivery_configuration"),
        good=(
            {
                "aws_elasticache_replication_group": {
                    "c": {"log_delivery_configuration": {"log_type": "slow-log"}}
                }
            },
        ),
        bad=({"aws_elasticache_replication_group": {"c": {"engine": "redis"}}},),
    ),
    Rule(
        id="LF_CACHE_SUBNETS",
        title="A cache is in subnets that were chosen for it",
        severity="medium",
        types=("aws_elasticache_replication_group",),
        rationale="The default subnet group is that of the default VPC, whose subnets have a way to the internet.",
        remediation="Name a subnet group of your own, as landform's `RedisReplicationGroup` makes one.",
        judge=_default_subnets,
        controls=("ElastiCache.7",),
        good=(
            {
                "aws_elasticache_replication_group": {
                    "c": {"subnet_group_name": "${aws_elasticache_subnet_group.g.name}"}
                }
            },
        ),
        bad=({"aws_elasticache_replication_group": {"c": {"subnet_group_name": "default"}, "d": {}}},),
    ),
    Rule(
        id="LF_SEARCH_USERS",
        title="A search domain has no users with passwords",
        severity="low",
        types=("aws_elasticsearch_domain", "aws_opensearch_domain"),
        rationale="Users of the internal database are known to the domain alone: they do not expire, have no second "
        "factor, and stay when somebody leaves.",
        remediation="Leave internal_user_database_enabled out and name a role as the master user, as landform's "
        "`OpenSearchDomain` does.",
        judge=must_not_be("advanced_security_options.internal_user_database_enabled", True),
        good=({"aws_opensearch_domain": {"d": {"advanced_security_options": {"enabled": True}}}},),
        bad=(
            {
                "aws_opensearch_domain": {
                    "d": {"advanced_security_options": [{"internal_user_database_enabled": True}]}
                }
            },
        ),
    ),
)
