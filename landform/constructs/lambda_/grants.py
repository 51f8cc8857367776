"""What may be granted on a function. Actions are those of the AWS Lambda service authorization reference."""

from landform.constructs.grants import Verb

INVOKE = Verb("invoke", ("lambda:InvokeFunction",), ("{arn}",))
# A call of a function's URL takes both; the conditions keep the second from being a call of the function itself.
INVOKE_URL = Verb("invoke_url", ("lambda:InvokeFunctionUrl",), ("{arn}",))
INVOKE_THROUGH_URL = Verb("invoke_through_url", ("lambda:InvokeFunction",), ("{arn}",))

VERBS = (INVOKE, INVOKE_URL, INVOKE_THROUGH_URL)

# What Lambda does with the role of a function to place it in a VPC ("Configuring permissions" of "Giving Lambda
# functions access to resources in an Amazon VPC").
INTERFACE_ACTIONS = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:UnassignPrivateIpAddresses",
)
DESCRIBE_ACTIONS = ("ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets")

# What a traced function sends to X-Ray.
TRACE_ACTIONS = ("xray:PutTelemetryRecords", "xray:PutTraceSegments")
