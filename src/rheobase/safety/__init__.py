"""Output limits and the gate that nothing passes unchecked.

How limits of different confidence are used: every limit is applied, whatever its confidence, and passing any hard limit
refuses the programme. A limit whose number was only recalled, or chosen, is called *unconfirmed* in every verdict. That
nothing is passed counts as within limits only if at least one confirmed hard limit was among those met.
"""

from rheobase.safety.ceiling import Ceiling, ceiling
from rheobase.safety.checked import CheckedProgramme, check, require_checked
from rheobase.safety.doses import Doses, doses
from rheobase.safety.limits import Limit, limited_modalities, limits_for
from rheobase.safety.rules import SafetyCase, StimulatorLimits, all_rules
from rheobase.safety.verdicts import Overall, Verdict, assess, overall

__all__ = [
    "Ceiling",
    "CheckedProgramme",
    "Doses",
    "Limit",
    "Overall",
    "SafetyCase",
    "StimulatorLimits",
    "Verdict",
    "all_rules",
    "assess",
    "ceiling",
    "check",
    "doses",
    "limited_modalities",
    "limits_for",
    "overall",
    "require_checked",
]
