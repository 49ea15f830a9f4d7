"""The report: one self-contained HTML page made from a result document, and from nothing else.

Beside it stands the gallery of body parts, `rheobase.report.gallery`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["film_html", "report_html", "write_report"]


def report_html(result: Mapping[str, Any]) -> str:
    """Render a result document.

    Parameters
    ----------
    result : mapping
        A result document (``rheobase-result/1``). Parts that are missing are left out.

    Returns
    -------
    str
        The page. It needs no network, follows light and dark, and can be printed. The same document
        gives the same text.

    Examples
    --------
    >>> "It tingles." in report_html({"answer": "It tingles."})
    True
    """
    # matplotlib takes half a second to import: only those who want a report pay for it.
    from rheobase.report._page import page

    return page(result)


def write_report(result: Mapping[str, Any], path: str | Path) -> None:
    """Write a result document as ``report.html``.

    Parameters
    ----------
    result : mapping
        A result document.
    path : str or Path
        The file to write.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as here:
    ...     write_report({"answer": "It tingles."}, Path(here) / "report.html")
    """
    Path(path).write_bytes(report_html(result).encode("utf-8"))


def film_html(scene: Mapping[str, Any]) -> str:
    """A page of its own for a moving limb.

    Parameters
    ----------
    scene : mapping
        What `rheobase.effect.scene_of` gives.

    Returns
    -------
    str
        The page. It needs no network, can be turned by dragging, and stands still for those who asked for less motion.

    Examples
    --------
    >>> "<canvas" in film_html({"title": "A leg", "bones": [], "takes": [{"frames": []}]})
    True
    """
    from rheobase.report._animation import film_page

    return film_page(scene)
