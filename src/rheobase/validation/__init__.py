"""Comparisons with published and reference figures: what, whose, theirs, ours, verdict."""

from rheobase.validation.validate import groups, summary, validate

__all__ = ["groups", "summary", "validate"]
