"""AWS Lambda: functions with a role, a key, a log group and a dead-letter queue of their own."""

from landform.constructs.lambda_.code import Code
from landform.constructs.lambda_.code_signing import CodeSigning
from landform.constructs.lambda_.function import Function
from landform.constructs.lambda_.function_url import FunctionUrl

__all__ = ["Code", "CodeSigning", "Function", "FunctionUrl"]
