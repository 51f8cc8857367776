"""The construct tree and Terraform JSON: cdktf's programming model in pure Python, with no AWS word in it.

Output is cdktf's, byte for byte, so that its command lines drive a landform project and its users can move
with a plan that changes nothing. What cdktf lets pass and regrets later (two stacks of one name, a default
backend, a file written before everything is valid) is refused here.
"""

from landform.core.app import App
from landform.core.blocks import Backend, Local, Output, Provider, Removed, Variable
from landform.core.construct import Aspect, Construct
from landform.core.element import DataSource, Element, Lifecycle, Resource
from landform.core.stack import Stack
from landform.core.values import Block, Input, Lazy, Ref, literal

__all__ = [
    "App",
    "Aspect",
    "Backend",
    "Block",
    "Construct",
    "DataSource",
    "Element",
    "Input",
    "Lazy",
    "Lifecycle",
    "Local",
    "Output",
    "Provider",
    "Ref",
    "Removed",
    "Resource",
    "Stack",
    "Variable",
    "literal",
]
