"""How fast landform is, beside its peers, on the machine it runs on: ``python -m bench``.

Every figure is taken in fresh processes and given as a ratio to a peer in the same run, because seconds mean
little from one machine to the next. Nothing here is a test: no figure fails anything.
"""
