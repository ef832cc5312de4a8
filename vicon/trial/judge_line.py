"""What was seen of the socket, of the ways through the network and of a cut means. Pure."""

from __future__ import annotations

from signaling.trial import PathName
from vicon.measure.run import Figure, State, Step, Words
from vicon.trial import wording
from vicon.trial.findings import Findings, broken, skipped, step
from vicon.trial.seen import PathTry, Seen
from vicon.trial.thresholds import SOURCES, Thresholds

PATH_NAMES: dict[PathName, Words] = {
    "udp": Words("UDP langsung", "UDP direct"),
    "turn_udp": Words("TURN/UDP", "TURN/UDP"),
    "turn_tcp": Words("TURN/TCP", "TURN/TCP"),
    "turn_tls": Words("TLS 443", "TLS 443"),
}
_CERTIFICATE = "TURN certificate: "
"""So a program's transport begins (vicon.rtc.transport)."""


def signalling(seen: Seen, limits: Thresholds) -> Step:
    found = Findings()
    if seen.socket_lost:
        found.add("fail", "signalling_lost")
    if not seen.echoes_ms:
        if not seen.socket_lost:
            return broken("signalling", "not_measured")
        return step("signalling", wording.NOT_MEASURED, found)
    middle = sorted(seen.echoes_ms)[len(seen.echoes_ms) // 2]
    slow = middle > limits.signalling_ms_pass
    if slow:
        found.add("warn", "signalling_slow", ms=wording.number(middle, 0))
    text = wording.milliseconds(middle)
    held = wording.number(seen.held_s, 0)
    figures = [
        wording.figure(
            "signalling_rtt_ms",
            middle,
            "ms",
            text,
            "warn" if slow else "pass",
            f"≤ {limits.signalling_ms_pass:g} ms",
            SOURCES["signalling_ms"],
        ),
        wording.figure("signalling_held_s", seen.held_s, "s", wording.both(f"{held} s")),
    ]
    line = Words(f"{text.id}, bertahan {held} s", f"{text.en}, held for {held} s")
    return step("signalling", line, found, figures)


def paths(seen: Seen, limits: Thresholds) -> Step:
    asked = [one for one in seen.paths if one.asked]
    if not asked:
        return broken("paths", "not_measured")
    figures = [_path_figure(one) for one in asked]
    if not seen.turn_configured:
        figures += [_unclimbed(name) for name in ("turn_udp", "turn_tcp", "turn_tls")]
    found = Findings()
    direct = next((one for one in asked if one.name == "udp"), None)
    udp = direct is not None and direct.connected is not None and direct.connected.connected
    refused = any("401" in error for one in asked for error in _errors(one))
    certificate = _certificate(asked)
    if seen.chosen is None:
        if refused:
            found.add("fail", "turn_refused")
        elif certificate is not None:
            found.add("fail", "turn_certificate", why=certificate)
        elif not seen.turn_configured:
            found.add("fail", "udp_blocked_no_turn")
        else:
            names = Words(*(_names(asked, en) for en in (False, True)))
            found.add("fail", "all_paths_dead", tried=names)
        line = Words("tidak ada jalan", "no way")
    elif not udp:
        way = PATH_NAMES[seen.chosen]
        found.add("warn", "udp_blocked", way=way)
        line = Words(f"UDP diblokir, lewat {way.id}", f"UDP blocked, by {way.en}")
    else:
        line = PATH_NAMES["udp"]
    notes = tuple(f"{one.name}: {error}" for one in asked for error in _errors(one))
    return step("paths", line, found, figures, notes[:12])


def _certificate(asked: list[PathTry]) -> str | None:
    """Why the TURN server's certificate was refused; a browser does not tell it."""
    for one in asked:
        for error in _errors(one):
            if error.startswith(_CERTIFICATE):
                return error.removeprefix(_CERTIFICATE)
    return None


def _errors(one: PathTry) -> list[str]:
    told = list(one.connected.errors) if one.connected is not None else []
    return [*told, *([one.why] if one.why else [])]


def _names(tried: list[PathTry], en: bool) -> str:
    return ", ".join(PATH_NAMES[one.name].en if en else PATH_NAMES[one.name].id for one in tried)


def _path_figure(one: PathTry) -> Figure:
    good = one.connected is not None and one.connected.connected
    ms = one.connected.ms if one.connected is not None and good else None
    text = wording.milliseconds(ms) if ms is not None else wording.NOT_MEASURED
    state: State = "pass" if good else "warn"
    made = wording.figure(f"connect_{one.name}_ms", ms, "ms", text, state, source=SOURCES["path"])
    if good or ms is not None:
        return made
    blocked = Words("tidak tersambung", "not connected")
    return Figure(
        name=made.name, value=None, unit="ms", state=state, text=blocked, source=made.source
    )


def _unclimbed(name: str) -> Figure:
    """A wall that nobody could try to climb is told, not left out."""
    text = Words("tidak dicoba: server TURN belum diatur", "not tried: no TURN server is set up")
    return Figure(name=f"connect_{name}_ms", value=None, unit="ms", text=text)


def reconnect(seen: Seen, limits: Thresholds) -> Step:
    if seen.kind == "quick":
        return skipped("reconnect", "dilewati, periksa singkat", "skipped in the short check")
    if seen.together:
        return skipped("reconnect", "dilewati, diuji bersama", "skipped, tested together")
    cut = seen.cut
    if cut is None:
        if seen.chosen is None:
            return skipped("reconnect", "dilewati, tidak ada jalan", "skipped, no way")
        return broken("reconnect", "not_measured")
    found = Findings()
    figures = [
        wording.figure(
            f"reconnect_{name}_ms",
            value,
            "ms",
            wording.seconds(value or 0.0),
            _reconnect_state(value, limits),
            f"≤ {limits.reconnect_s_pass:g} s",
            SOURCES["reconnect_s"],
        )
        for name, value in (("socket", cut.socket_ms), ("media", cut.media_ms))
    ]
    if cut.media_ms is None:
        found.add("fail", "reconnect_none")
        line = Words("tidak kembali", "did not come back")
    else:
        text = wording.seconds(cut.media_ms)
        state = _reconnect_state(cut.media_ms, limits)
        if state != "pass":
            found.add(state, "reconnect_slow", seconds=text)
        line = Words(f"kembali dalam {text.id}", f"back in {text.en}")
    return step("reconnect", line, found, figures)


def _reconnect_state(ms: float | None, limits: Thresholds) -> State:
    if ms is None or ms <= 1000 * limits.reconnect_s_pass:
        return "pass"
    return "warn" if ms <= 1000 * limits.reconnect_s_fail else "fail"
