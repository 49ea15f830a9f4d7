"""The parts of the report that are words and tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rheobase.report._html import Safe, bullets, esc, paragraphs, rows, section
from rheobase.report.words import KIND_PLAIN, band, number, percent, unit

Result = Mapping[str, Any]

_UNCONFIRMED = ("recalled", "judgement")


def standing(result: Result) -> str:
    """Whether the numbers are a prior or fitted to a person."""
    if result.get("standing"):
        return f'<p class="flag">{esc(result["standing"])}</p>'
    if result.get("torque"):
        return (
            '<p class="flag">Not fitted to a person: torque is a prior over virtual people. A recorded force'
            " (<code>rheobase fit</code>) makes the muscle that of one person.</p>"
        )
    if not result.get("calibrated"):
        twitches = any(event.get("id") == "twitch" for event in result.get("events", ()))
        keys = "<code>perception_mA</code>" + (" and <code>twitch_mA</code>" if twitches else "")
        return (
            '<p class="flag">Not calibrated to a person: these amplitudes are a prior over virtual people, not'
            f" a measurement of anybody. Measured {keys} in the scenario fit them to one person.</p>"
        )
    c = result.get("calibration") or {}
    said = [
        f"{word} measured at {number(c[key])} mA"
        for word, key in (("tingling", "perception_mA"), ("twitch", "twitch_mA"))
        if c.get(key)
    ]
    factors = [
        f"{word} thresholds times {number(c[key])}"
        for word, key in (("sensory", "sensory_factor"), ("motor", "motor_factor"))
        if c.get(key)
    ]
    return f'<p class="flag">Calibrated to one person: {esc("; ".join(said))} ({esc(", ".join(factors))}).</p>'


def events(result: Result) -> str:
    """What happens when, with its criterion and its place."""
    body, notes = [], []
    for event in result.get("events", ()):
        dot = f'<span class="dot" style="background:var(--{_css(event["kind"])})"></span>'
        name = Safe(f"{dot}{esc(event['plain'][:1].upper() + event['plain'][1:])}")
        amplitude = _kept(event["amplitude_mA"])
        body.append((name, amplitude, event.get("where", ""), event.get("criterion", "")))
        notes.append(event.get("note"))
    if not body:
        return ""
    table = rows(("what", "mA (5–95 %)", "where", "counts as begun when"), body, stack=True)
    window = (result.get("window_mA") or {}).get("text")
    said = [f"Comfortable window: {window}."] if window else []
    return (
        table + '<p class="note" style="margin-top:.8rem">' + esc(" ".join([*said, *(n for n in notes if n)])) + "</p>"
    )


def key_figures(result: Result) -> str:
    """The figures one asks for first, each with its unit and what it is compared with."""
    known = result.get("key_figures") or ()
    body = [(k["plain"], Safe(f'<span class="keep">{esc(told(k))}</span>'), k.get("note", "")) for k in known]
    return rows(("what", "figure", "note"), body, stack=True) if body else ""


def told(figure: Mapping[str, Any]) -> str:
    """A key figure with its unit."""
    name = {"1": "", "percent": "%"}.get(figure["unit"], unit(figure["unit"]))
    space = "" if name == "°" else " "
    return f"{number(figure['value'])}{space}{name}".strip()


def criteria(result: Result) -> str:
    """Thresholds for other shares of the fibres: the choice matters."""
    known = result.get("criteria") or ()
    if not known:
        return ""
    kinds = list(dict.fromkeys(c["kind"] for c in known))
    cells = {(c["share"], c["kind"]): {k: c.get(f"{k}_mA") for k in ("median", "p5", "p95")} for c in known}
    body = []
    for share in sorted({c["share"] for c in known}):
        told = [_kept(cells[share, kind]) if (share, kind) in cells else "–" for kind in kinds]
        body.append((percent(share) if share else "first fibre", *told))
    intro = (
        "<h3>Other criteria</h3><p>An event counts as begun when a share of its fibres fires. Another share"
        " gives another"
        " amplitude, in mA (5–95 %):</p>"
    )
    return intro + rows(("share", *kinds), body)


def electrical(result: Result) -> str:
    """Resistance and voltage in one sentence."""
    field = result.get("field") or {}
    amplitude_mA = (result.get("safety") or {}).get("amplitude_mA")
    if field.get("resistance_ohm") is None:
        return ""
    text = f"From pad to pad the body has {number(field['resistance_ohm'])} Ω"
    if field.get("voltage_at_amplitude_V") is not None and amplitude_mA:
        text += f"; {number(amplitude_mA)} mA need {number(field['voltage_at_amplitude_V'])} V"
    return f"<p>{text}.</p>"


def safety(result: Result) -> str:
    """Every limit with figure, limit, source and verdict."""
    part = result.get("safety")
    if not part:
        return ""
    body = []
    for v in part.get("verdicts", ()):
        verdict = str(v.get("verdict", ""))
        if verdict == "not applicable":
            continue
        word = Safe(f'<span class="{esc(verdict.replace(" ", "-"))}">{esc(verdict)}</span>')
        doubt = " (unconfirmed)" if v.get("confidence") in _UNCONFIRMED else ""
        bound = "at most" if v.get("bound") == "max" else "attention above"
        figure, limit = (f"{number(v.get(k))} {unit(str(v.get('unit', '')))}".strip() for k in ("value", "limit"))
        body.append(
            (v.get("plain", v.get("quantity")), figure, f"{bound} {limit}", word, f"{v.get('source', '')}{doubt}")
        )
    remedies = [
        v["remedy"]
        for v in part.get("verdicts", ())
        if v.get("remedy") and v.get("verdict") in ("attention", "exceeded")
    ]
    overall = str(part.get("overall", ""))
    head = (
        f"<p>At {number(part.get('amplitude_mA'))} mA, over all limits: <span"
        f' class="{esc(overall)}">{esc(overall)}</span>.</p>'
    )
    table = rows(("what", "figure", "limit", "verdict", "source"), body, stack=True)
    doubtful = any(v.get("confidence") in _UNCONFIRMED for v in part.get("verdicts", ()))
    tail = (
        '<p class="note" style="margin-top:.8rem">Unconfirmed limits are applied strictly, but nothing counts as'
        " safe on their word alone.</p>"
    )
    return section("Is it within limits?", head, table, bullets(remedies), tail if doubtful else "", anchor="safety")


def population(result: Result) -> str:
    """Who the virtual people are."""
    part = result.get("population")
    if not part:
        return ""
    body = [
        (v.get("plain", v.get("name")), v.get("distribution"), v.get("source"), v.get("confidence"))
        for v in part.get("varied", ())
    ]
    words = {
        "sensory_before_motor": "tingling comes before movement",
        "sensory_before_pain": "tingling comes before pain",
        "motor_before_pain": "movement comes before pain",
    }
    known = part.get("order") or {}
    order = [f"{words.get(k, k.replace('_', ' '))} in {percent(known[k])}" for k in sorted(known, key=_place_in(words))]
    said = (
        f"The bands come from {number(part.get('people'))} virtual people (seed {number(part.get('seed'))})."
        f" Of them, {', '.join(order)}."
        if order
        else ""
    )
    table = rows(("what differs", "how", "source", "confidence"), body, stack=True) if body else ""
    return section("The virtual people", f"<p>{esc(said)}</p>" if said else "", table, anchor="population")


def inputs(result: Result) -> str:
    """All inputs of the scenario, folded away."""
    given = (result.get("scenario") or {}).get("inputs") or {}
    body = [(key, value) for key, value in _flat(given) if value is not None]
    if not body:
        return ""
    return (
        "<details><summary>All inputs of the"
        f" scenario</summary>{rows(('key', 'value'), [(k, str(v)) for k, v in body])}</details>"
    )


def closing(result: Result) -> str:
    """Method, simplifications, citations and disclaimer."""
    cites = []
    for c in result.get("citations", ()):
        doi = str(c.get("doi") or "")
        link = f' <a href="https://doi.org/{esc(doi)}">doi:{esc(doi)}</a>' if doi else ""
        used = f' <span class="note">Used for {esc(c["used_for"])}.</span>' if c.get("used_for") else ""
        text = (
            str(c.get("text", c.get("key"))).replace(f"doi {doi}", "").rstrip(" .")
            if doi
            else str(c.get("text", c.get("key")))
        )
        cites.append(f"<li>{esc(text)}.{link}{used}</li>")
    return "\n".join(
        (
            section("How it was computed", paragraphs(result.get("method", ())), inputs(result), anchor="method"),
            section("What is simplified", bullets(result.get("simplifications", ())), anchor="simplified"),
            section("Sources", f"<ol>{''.join(cites)}</ol>" if cites else "", anchor="sources"),
        )
    )


def _kept(amplitude: dict[str, Any]) -> Safe:
    """Median and band on one line."""
    return Safe(f'<span class="keep">{esc(band(amplitude))}</span>')


def _css(kind: str) -> str:
    known = {k: k.lower().replace("-", "") for k in KIND_PLAIN}
    return known.get(kind, "soft")


def _place_in(words: Mapping[str, str]) -> Callable[[str], tuple[int, str]]:
    """Sort known names in the order of `words`, others behind them."""
    order = list(words)
    return lambda key: (order.index(key) if key in order else len(order), key)


def _flat(value: Any, path: str = "") -> list[tuple[str, Any]]:
    if not isinstance(value, Mapping):
        return [(path, value)]
    return [pair for k, v in value.items() for pair in _flat(v, f"{path}.{k}" if path else str(k))]
