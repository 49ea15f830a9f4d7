"""The report: one self-contained HTML page made from a result document, and from nothing else.

And the view, `rheobase.report.view`: a body part cut open, on a page of its own that can be turned, and as a still.
Beside it stands the gallery of sections of body parts, `rheobase.report.gallery`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rheobase.report.view.scene import Scene

__all__ = ["film_html", "report_html", "view_html", "view_png", "write_report"]


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


def view_html(scene: Scene, *, still_png: bytes, disclaimer: str, plain: bool = False) -> str:
    """Render a scene as a page on which it can be turned with mouse, touch and keys.

    Parameters
    ----------
    scene : Scene
        What `rheobase.scenario.view_scene` or `rheobase.report.view.scene.build_scene` made.
    still_png : bytes
        What `view_png` made: for print, and for browsers without scripts.
    disclaimer : str
        What the page may not be used for.
    plain : bool
        Draw on a plain canvas even where there is WebGL.

    Returns
    -------
    str
        The page. It needs no network, follows light and dark, and can be printed.

    Examples
    --------
    ``rheobase view thigh`` writes such a page; see `rheobase.cli.view`.

    >>> view_html.__name__
    'view_html'
    """
    from rheobase.report.view.page import view_page

    return view_page(scene, still_png, disclaimer=disclaimer, plain=plain)


def view_png(scene: Scene, *, small: bool = False) -> bytes:
    """Draw a scene as a PNG file with its words and legend, without a browser; the same scene gives the same bytes.

    Parameters
    ----------
    scene : Scene
        What to draw.
    small : bool
        Half as wide and of few colours, some 50 kB: for a page of documentation.

    Examples
    --------
    ``rheobase view thigh`` writes such a file; see `rheobase.cli.view`.

    >>> view_png.__name__
    'view_png'
    """
    from rheobase.report.view.still import still_png, view_part

    return still_png(view_part(scene), small=small)
