"""The append-only ledger of what was planned, approved and applied; signatures and their keys."""
