"""A page that shows body parts: sections to scale, the places for pads, nerves and motor points."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from rheobase.anatomy import BodyPart, MappedPart
from rheobase.report._canvas import look, svg
from rheobase.report._html import behind, esc, section
from rheobase.tables import row

_SECTION_PX = 340.0
_MOST_SECTIONS = 4
_APART_MM = 25.0


def gallery_html(parts: Mapping[str, BodyPart]) -> str:
    """One page with sections and places of body parts.

    Parameters
    ----------
    parts : mapping
        Body parts by name.

    Returns
    -------
    str
        A page that needs no network.

    Examples
    --------
    >>> from rheobase.anatomy import LowerLeg
    >>> "tibialis anterior" in gallery_html({"lower_leg": LowerLeg()})
    True
    """
    style = (files("rheobase.report") / "report.css").read_text(encoding="utf-8")
    with look():
        body = "\n".join(
            _part(name, part) if isinstance(part, MappedPart) else _plain_part(name, part)
            for name, part in parts.items()
        )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Rheobase: body parts</title>\n<style>\n{style}\n"
        ".sections { display: flex; flex-wrap: wrap; gap: 8px; }\n.sections svg { max-width: 340px; }\n</style>\n"
        "</head>\n<body>\n<main>\n<header><h1>Body parts</h1><p>Sections are seen from below: the front is up, the"
        " person's left on the right. Muscles meet in straight lines because each point belongs to the nearest one;"
        " green dots are nerves that move, blue dots nerves of the skin, squares places for pads.</p></header>\n"
        f"{body}\n</main>\n</body>\n</html>\n"
    )


def write_gallery(parts: Mapping[str, BodyPart], path: str | Path) -> None:
    """Write the page of `gallery_html` to a file.

    Parameters
    ----------
    parts : mapping
        Body parts by name.
    path : str or Path
        The file to write.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as here:
    ...     write_gallery({}, Path(here) / "anatomies.html")
    """
    Path(path).write_bytes(gallery_html(parts).encode("utf-8"))


def section_levels_mm(part: MappedPart) -> tuple[float, ...]:
    """Places worth a section: under the usual pads, where the girth is measured, and where other pads go.

    Examples
    --------
    >>> from rheobase.anatomy import LowerLeg
    >>> [round(z) for z in section_levels_mm(LowerLeg())]
    [-201, 76, 161, 209]
    """
    wanted = [part.site(p.site).along_mm for p in part.usual_pads]
    wanted.append(part.along_mm_of(part.data["frame"]["girth_share"]))
    spread = sorted(s.along_mm for s in part.sites.values())
    wanted += [spread[0], spread[-1], spread[len(spread) // 2]]
    chosen: list[float] = []
    for z in wanted:
        if len(chosen) < _MOST_SECTIONS and all(abs(z - other) >= _APART_MM for other in chosen):
            chosen.append(z)
    return tuple(sorted(chosen))


def _plain_part(name: str, part: BodyPart) -> str:
    """A part that is the same over its length, or nearly: one section in its middle."""
    from rheobase.report.figures.layers_across import layers_across

    title = name.replace("_", " ").capitalize()
    level = getattr(part, "level", "")
    z = 0.5 * (part.ends_mm[0] + part.ends_mm[1])
    drawn = layers_across(part, z, title=f"{title}{f' at {level.upper()}' if level else ''}", width_px=_SECTION_PX)
    about = (type(part).__doc__ or "").strip().splitlines()[0]
    nerves = [(n.name, n.territory, n.diameter_mm, n.motor_share) for n in part.nerves.values()]
    tissues = [(t.name, t.sigma_transverse_S_per_m, t.sigma_axial_S_per_m) for t in part.tissues]
    return section(
        title,
        f"<p>{esc(about)}</p>",
        f'<figure><div class="sections">{svg(drawn, f"{name}-0", esc(f"{title}, section"))}</div></figure>',
        "<p>Tissues</p>" + behind(("tissue", "across fibres (S/m)", "along fibres (S/m)"), tissues),
        "<p>Nerves</p>" + behind(("nerve", "what for", "thickness (mm)", "motor share"), nerves),
        anchor=name,
    )


def _part(name: str, part: MappedPart) -> str:
    from rheobase.report.figures.across import across

    title = part.data["frame"]["title"]
    drawn = "".join(
        svg(across(part, z, width_px=_SECTION_PX), f"{name}-{i}", esc(f"{title}, section at {z:.0f} mm"))
        for i, z in enumerate(section_levels_mm(part))
    )
    about = (type(part).__doc__ or "").strip().splitlines()[0]
    sites = [(s.name, s.about, s.along_mm, s.around_deg) for s in part.sites.values()]
    nerves = [(n.name, n.territory, n.diameter_mm, n.motor_share) for n in part.nerves.values()]
    points = [
        (p.name, p.rule, p.along_mm, p.around_deg, p.spread_mm, row(p.row).confidence)
        for p in part.motor_points.values()
    ]
    return section(
        title[0].upper() + title[1:],
        f"<p>{esc(about)} Drawn: {esc(part.person.plain)}.</p>",
        f'<figure><div class="sections">{drawn}</div></figure>',
        "<p>Places for pads</p>" + behind(("site", "where", "along (mm)", "around (deg)"), sites),
        "<p>Motor points</p>"
        + behind(("point", "rule", "along (mm)", "around (deg)", "spread, SD (mm)", "confidence"), points),
        "<p>Nerves</p>" + behind(("nerve", "what for", "thickness (mm)", "motor share"), nerves),
        anchor=name,
    )
