"""The one room that imports the real cdktf: its constructs mounted in a landform stack, and the other way round.

cdktf's Python library is a thin skin over a Node.js process: to import it starts the process (0.4 s and more),
and every call is a round trip to it. So nothing else in landform imports it, and this room does so only where
``landform.interop.cdktf`` is imported.
"""
