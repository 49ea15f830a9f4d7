"""The pulse the stimulator makes."""

from __future__ import annotations

from matplotlib.figure import Figure

from rheobase.report._canvas import PAINT, grid, sheet
from rheobase.report.figures._picture import Picture, Result, Table
from rheobase.report.words import number


def _amplitude_mA(result: Result) -> float:
    return (result.get("safety") or {}).get("amplitude_mA") or 1.0


def _draw(result: Result, width_px: float) -> Figure:
    pulse, amplitude_mA = result["pulse"], _amplitude_mA(result)
    figure, (axes,) = sheet(width_px, 210)
    current_mA = [amplitude_mA * v for v in pulse["relative"]]
    time_us = pulse["time_us"]
    # A pulse is easier to read with some silence before and after it.
    rest_us = 0.12 * (time_us[-1] - time_us[0] or 1)
    time_us = [time_us[0] - rest_us, time_us[0], *time_us, time_us[-1], time_us[-1] + rest_us]
    current_mA = [0, 0, *current_mA, 0, 0]
    axes.axhline(0, color=PAINT["soft"], linewidth=1)
    axes.fill_between(time_us, current_mA, color=PAINT["ink"], alpha=0.12, linewidth=0)
    axes.plot(time_us, current_mA, color=PAINT["ink"], solid_joinstyle="miter")
    axes.set_xlabel("time (µs)")
    axes.set_ylabel("current (mA)")
    axes.margins(x=0)
    grid(axes)
    return figure


def _caption(result: Result) -> str:
    pulse, amplitude_mA = result["pulse"], _amplitude_mA(result)
    charge_uC = amplitude_mA * pulse["charge_per_phase_uC_per_mA"]
    net_uC = amplitude_mA * pulse["net_charge_uC_per_mA"]
    balance = (
        "and leaves no net charge" if abs(net_uC) < 1e-6 * max(charge_uC, 1e-9) else f"and leaves {number(net_uC)} µC"
    )
    every = f"; the next follows after {number(1000 / pulse['rate_hz'])} ms" if pulse.get("rate_hz") else ""
    return (
        f"{pulse['label'][:1].upper()}{pulse['label'][1:]}: at {number(amplitude_mA)} mA one phase carries"
        f" {number(charge_uC)} µC {balance}{every}."
        " Below zero the active pad is the cathode."
    )


def _table(result: Result) -> Table:
    amplitude_mA = _amplitude_mA(result)
    pairs = zip(result["pulse"]["time_us"], result["pulse"]["relative"], strict=True)
    return ("time (µs)", "current (mA)"), [(t, amplitude_mA * r) for t, r in pairs]


PULSE = Picture(
    id="pulse", title="The pulse", needs=("pulse.time_us", "pulse.relative"), draw=_draw, caption=_caption, table=_table
)
