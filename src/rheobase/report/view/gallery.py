"""One page with a picture of every body part; each leads to the page on which it can be turned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files

from rheobase.report._html import esc

_STYLE = "figure img { width: 100%; height: auto; display: block; background: #fff; border-radius: 6px; }\n"


def gallery_page(names: Sequence[str], answers: Mapping[str, str], *, disclaimer: str, left: Sequence[str] = ()) -> str:
    """The page; pictures ``NAME.png`` and pages ``NAME.html`` stand beside it.

    Parameters
    ----------
    names : sequence of str
        Body parts and implants.
    answers : mapping
        What each picture shows, in a sentence or two.
    left : sequence of str
        What was not drawn, for want of the package that solves it.
    disclaimer : str
        What the pictures may not be used for.

    Examples
    --------
    >>> 'href="thigh.html"' in gallery_page(["thigh"], {"thigh": "A thigh."}, disclaimer="")
    True
    """
    style = (files("rheobase.report") / "report.css").read_text(encoding="utf-8")
    pictures = "\n".join(_picture(name, answers[name]) for name in names)
    missing = ""
    if left:
        missing = (
            f"<p>Not drawn: {esc(', '.join(_plain(n) for n in left))}; they need finite elements: pip install"
            " 'rheobase[fem]'.</p>"
        )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Body parts: Rheobase view</title>\n<style>\n{style}\n{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f'<header><h1>Rheobase</h1>\n<p class="answer">{len(names)} parts of the body, each cut open under the active'
        f" pad or contact of its usual montage.</p>{missing}</header>\n{pictures}\n"
        f"<footer><p>{esc(disclaimer)}</p></footer>\n"
        "</main>\n</body>\n</html>\n"
    )


def _picture(name: str, answer: str) -> str:
    file, words = esc(name), esc(_plain(name))
    return (
        f'<figure><a href="{file}.html"><img src="{file}.png" loading="lazy" alt="{words} cut open. {esc(answer)}"></a>'
        f'<figcaption><a href="{file}.html">{words}: turn it</a>. {esc(answer)}</figcaption></figure>'
    )


def _plain(name: str) -> str:
    return name.replace("_", " ").capitalize()
