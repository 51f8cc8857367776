"""The organisation's spec: what it may say, read with its places, judged across files, resolved to a fleet.

``load`` -> ``resolve`` -> ``select``. AWS knows accounts and organizational units and nothing of tiers, stacks or
who owns what; that knowledge is here, in files that a person reviews, one for each account.
"""
