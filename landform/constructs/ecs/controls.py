"""The secure defaults of the ECS constructs."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "Cluster": (
        Control("container insights are on", ("CKV_AWS_65", "ECS.12")),
        Control("every command run in a container is logged", ("CKV_AWS_223",)),
        Control("commands and their log are encrypted with a customer managed key", ("CKV_AWS_224",)),
        Control("the storage of tasks is encrypted with the same key, for this cluster alone",
                ("LF_CUSTOMER_KEY",)),
    ),
    "FargateService": (
        Control("the root file system is read-only", ("CKV_AWS_336", "ECS.5")),
        Control("containers run as a user that is not root, without capabilities or privileges",
                ("LF_CONTAINER_ROOT", "LF_CONTAINER_CAPABILITIES", "LF_CONTAINER_PRIVILEGED",
                 "CKV_AWS_334", "ECS.4")),
        Control("no name space is shared with a host", ("CKV_AWS_335", "ECS.3")),
        Control("the role that starts a task is not the role of the task", ("CKV_AWS_249",)),
        Control("no public address", ("CKV_AWS_333", "ECS.2")),
        Control("the latest platform version of Fargate", ("CKV_AWS_332", "ECS.10")),
        Control("secrets by reference; no credentials among the environment variables",
                ("LF_CONTAINER_CREDENTIALS", "ECS.8")),
        Control("what containers write is logged, under a customer managed key",
                ("CKV_AWS_158", "CKV_AWS_66", "ECS.9"), tier="sizing.log_retention_days"),
        Control("no volumes but the task's own", ("CKV_AWS_97",)),
        Control("no shell into a container", ("LF_CONTAINER_SHELL",)),
        Control("to AWS's services alone on the way out, by HTTPS", ("CKV_AWS_382",)),
        Control("a deployment that fails is rolled back", ("LF_DEPLOYMENT_ROLLBACK",)),
        Control("a task in each zone", (), tier="sizing.az_count"),
    ),
}  # fmt: skip
