"""Read the tables: TOML rows and the bibliography."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from rheobase.errors import TableError, near_name

CONFIDENCES = ("read", "computed", "recalled", "judgement")
_ABOUT = ("source", "where", "confidence", "note", "conditions")


@dataclass(frozen=True, slots=True)
class Row(Mapping[str, Any]):
    """One row of a table: its values by key, and where they come from.

    Parameters
    ----------
    table, id : str
        Where the row stands; ``key`` joins them with a dot.
    values : mapping
        The values, each key ending in its unit.
    sources : tuple of str
        Keys of the bibliography.
    where : str
        Page, table or equation in the source.
    confidence : str
        ``read``, ``computed``, ``recalled`` or ``judgement`` (chosen, not measured).
    note : str
        Conditions and caveats.

    Examples
    --------
    >>> from rheobase.tables import row
    >>> row("fibres.mrg_electrical")["rho_axial_ohm_cm"]
    70.0
    """

    table: str
    id: str
    values_: Mapping[str, Any]
    sources: tuple[str, ...]
    where: str
    confidence: str
    note: str

    @property
    def key(self) -> str:
        """``table.row``, the name by which results say what they used."""
        return f"{self.table}.{self.id}"

    def __getitem__(self, name: str) -> Any:
        try:
            return self.values_[name]
        except KeyError:
            raise TableError(f"Row '{self.key}' has no value '{name}'.{near_name(name, self.values_)}") from None

    def __contains__(self, name: object) -> bool:
        return name in self.values_

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a key, or the default where the row has none."""
        return self.values_.get(name, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of the bibliography: its key, its fields and a one-line text.

    Parameters
    ----------
    key, kind : str
        Key and BibTeX kind.
    fields : mapping
        The fields as they stand.

    Examples
    --------
    >>> from rheobase.tables import source
    >>> source("mcintyre2002").fields["year"]
    '2002'
    """

    key: str
    kind: str
    fields: Mapping[str, str]

    @property
    def text(self) -> str:
        """The entry as one readable line."""
        f = self.fields
        parts = [f.get("author", ""), f"({f['year']})" if "year" in f else "", f.get("title", "")]
        tail = [
            f.get("journal", f.get("howpublished", "")),
            f"doi {f['doi']}" if "doi" in f else f.get("url", ""),
        ]
        return " ".join(p for p in parts if p) + "".join(f". {t}" for t in tail if t)


@cache
def table_names() -> tuple[str, ...]:
    """Names of all tables, sorted.

    Examples
    --------
    >>> "fibres" in table_names()
    True
    """
    here = files("rheobase.tables")
    return tuple(sorted(p.name[:-5] for p in here.iterdir() if p.name.endswith(".toml")))


@cache
def table(name: str) -> Mapping[str, Row]:
    """All rows of one table, by id.

    Parameters
    ----------
    name : str
        One of `table_names`.

    Raises
    ------
    TableError
        If there is no such table, or a row lacks source or confidence.

    Examples
    --------
    >>> table("fibres")["mrg_electrical"]["node_length_um"]
    1.0
    """
    if name not in table_names():
        raise TableError(f"There is no table '{name}'.{near_name(name, table_names())}")
    raw = tomllib.loads((files("rheobase.tables") / f"{name}.toml").read_text(encoding="utf-8"))
    return MappingProxyType({row_id: _row(name, row_id, dict(body)) for row_id, body in raw.items()})


def _row(table_name: str, row_id: str, body: dict[str, Any]) -> Row:
    given = body.get("source", ())
    keys = (given,) if isinstance(given, str) else tuple(given)
    confidence = body.get("confidence", "")
    if not keys or confidence not in CONFIDENCES:
        raise TableError(
            f"Row '{table_name}.{row_id}' needs a source and a confidence of {', '.join(CONFIDENCES)};"
            f" it has source {keys or 'none'} and confidence '{confidence}'."
        )
    note = " ".join(str(body[k]) for k in ("conditions", "note") if k in body)
    values = {k: v for k, v in body.items() if k not in _ABOUT}
    return Row(table_name, row_id, MappingProxyType(values), keys, str(body.get("where", "")), confidence, note)


def row(key: str) -> Row:
    """One row by its full key ``table.id``.

    Raises
    ------
    TableError
        If table or row is unknown; the message names the nearest.

    Examples
    --------
    >>> row("fibres.mrg_electrical").confidence
    'read'
    """
    name, _, row_id = key.partition(".")
    rows = table(name)
    if row_id not in rows:
        raise TableError(f"Table '{name}' has no row '{row_id}'.{near_name(row_id, rows)}")
    return rows[row_id]


_ENTRY = re.compile(r"@(\w+)\{([^,\s]+),(.*?)\n\}", re.DOTALL)
_FIELD = re.compile(r"(\w+)\s*=\s*\{(.*?)\}\s*(?:,|$)", re.DOTALL)


@cache
def sources() -> Mapping[str, Source]:
    """The whole bibliography, by key.

    Examples
    --------
    >>> "mcintyre2002" in sources()
    True
    """
    text = (files("rheobase.tables") / "sources.bib").read_text(encoding="utf-8")
    return MappingProxyType(
        {key: Source(key, kind, dict(_FIELD.findall(body.strip()))) for kind, key, body in _ENTRY.findall(text)}
    )


def source(key: str) -> Source:
    """One entry of the bibliography.

    Raises
    ------
    TableError
        If the key is unknown.

    Examples
    --------
    >>> source("mcintyre2002").kind
    'article'
    """
    found = sources()
    if key not in found:
        raise TableError(f"sources.bib has no entry '{key}'.{near_name(key, found)}")
    return found[key]
