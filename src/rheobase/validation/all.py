"""The built-in comparisons, in the order in which they are printed."""

from __future__ import annotations

from rheobase.validation import fibres, limb_field

COMPARISONS = tuple(m.COMPARISON for m in (fibres, limb_field))
