"""The data of Rheobase: every number with its unit in the key, its source and its confidence.

One TOML file a table, one TOML table a row. A row says where each of its values comes from::

    [muscle_base]
    sigma_axial_S_per_m = 0.333
    source = "kuhn2009"            # a key of sources.bib; several in a list
    where = "thesis, table 3.1"    # page, table or equation
    confidence = "recalled"        # read | computed | recalled
    note = "..."                   # optional: conditions, caveats

Nothing here computes anything.
"""

from rheobase.tables._cite import cite
from rheobase.tables._load import CONFIDENCES, Row, Source, row, source, sources, table, table_names

__all__ = ["CONFIDENCES", "Row", "Source", "cite", "row", "source", "sources", "table", "table_names"]
