"""The figures of the report, one file each, in the order in which they are shown."""

from rheobase.report.figures._picture import Picture
from rheobase.report.figures.arm import ARM
from rheobase.report.figures.intensity import INTENSITY
from rheobase.report.figures.nerve import NERVE
from rheobase.report.figures.overview import OVERVIEW, lowest_limit
from rheobase.report.figures.pad import PAD
from rheobase.report.figures.pulse import PULSE
from rheobase.report.figures.recruitment import RECRUITMENT
from rheobase.report.figures.section import SECTION
from rheobase.report.figures.strength import STRENGTH
from rheobase.report.figures.view import VIEW

PICTURES = (OVERVIEW, VIEW, ARM, PULSE, SECTION, NERVE, RECRUITMENT, INTENSITY, STRENGTH, PAD)

__all__ = ["OVERVIEW", "PICTURES", "Picture", "lowest_limit"]
