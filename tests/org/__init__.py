"""Tests of landform.org."""
