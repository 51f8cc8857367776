"""A module a service: one or more of each of its constructs, with every grant, and what breaks them.

Each has ``ARN`` (what ``{arn}`` of its grant table stands for; empty without one), ``build(scope, vpc)``,
``DOCUMENTED`` (what no construct can hold by itself: check, construct path below ``scope``), and the mutants:
``MUTANTS``, which a rule sees, and ``UNSEEN``, which none does.
"""
