"""Acme's own stacks. ``org/stacks.yaml`` says where each of them goes."""
