"""Approvals put to work: waves, apply, resume, rollback, drift."""
