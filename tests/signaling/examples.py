"""Messages that are valid, for tests to send, bend and break."""

from __future__ import annotations

from signaling import messages as m

BODIES: tuple[m.CommandBody, ...] = (
    m.RoomJoin(),
    m.RoomJoin(kind="companion", label="Ponsel Bu Sri", shared=True, open_mic_on_air=False),
    m.RoomLeave(),
    m.DeviceTakeMain(),
    m.DeviceRemove(device="d1"),
    m.DeviceAdmit(device="d1"),
    m.DeviceCamera(on=False),
    m.CountSet(room="64.02", value=8),
    m.CountAdd(room="64.02", by=-1),
    m.CountUndo(room="64.02"),
    m.CountAllow(room="64.02", limit=14, reason="Dua penerjemah"),
    m.FloorGive(room="64.02"),
    m.FloorTake(),
    m.FloorCue(room="64.02"),
    m.FloorUndo(),
    m.MicMute(room="64.02"),
    m.MicUnmute(room="64.02"),
    m.MicAsk(room="64.02"),
    m.MicMuteAll(),
    m.MicLock(on=True),
    m.MicLock(on=True, room="64.02"),
    m.HandRaise(room="64.02"),
    m.HandLower(room="64.02"),
    m.PhaseSet(phase="live"),
    m.MediaPublish(sdp="v=0\r\n"),
    m.MediaSubscribe(),
    m.MediaAnswer(sdp="v=0\r\n"),
)

HELLO = m.Hello(v=m.PROTOCOL_VERSION, token="good")


def room(code: str, *, tally: int | None = None, hub: bool = False) -> m.RoomView:
    return m.RoomView(
        code=code,
        name=f"Kabupaten {code}",
        title=code,
        short_name=code,
        abbr=code[-3:],
        hub=hub,
        cap=12,
        limit=12,
        limit_reason="",
        count=tally,
        tally=tally,
        count_state="unknown" if tally is None else "ok",
        count_undo=tally is not None,
        presence="absent",
        lost_since=None,
        publishing=False,
        camera=False,
        mic="off",
        mic_asked=False,
        mic_lock=False,
        hand=None,
        main=None,
        devices=[],
    )


def conference(floor: str | None = None) -> m.ConferenceView:
    return m.ConferenceView(
        id="kaltim",
        title="Deklarasi",
        phase="live",
        timezone="Asia/Makassar",
        timezone_label="WITA",
        starts_at=None,
        hub="64",
        floor=floor,
        floor_since=None,
        next=None,
        floor_order=["64.02", "64.03"],
        hands=[],
        mic_lock=False,
        undo_until=None,
    )


def you(device: str | None = None, resume: str | None = None) -> m.YouView:
    held = None
    if device is not None:
        held = m.DeviceView(
            id=device,
            kind="main",
            label="",
            role="operator",
            connected=True,
            lost_since=None,
            waiting=False,
            shared=False,
            publishing=False,
            camera=True,
        )
    return m.YouView(
        role="operator",
        name="Operator",
        room="64.02",
        device=held,
        resume=resume,
        send=None,
        receive=[],
        may=["room.join", "count.set"],
    )


def view() -> m.View:
    rooms = [room("64", hub=True), room("64.02"), room("64.03")]
    return m.View(conference=conference(), rooms=rooms, you=you())


def welcome(rev: int = 7) -> m.Welcome:
    return m.Welcome(
        v=m.PROTOCOL_VERSION, rev=rev, now=1, heartbeat_s=5.0, media_epoch="e1", view=view()
    )


SERVER_MESSAGES: tuple[m.ServerMessage, ...] = (
    welcome(),
    m.Delta(prev=7, rev=8),
    m.Delta(prev=7, rev=8, conference=conference("64.02"), rooms=[room("64.02", tally=3)]),
    m.Delta(prev=7, rev=7, you=you("d1", "r1")),
    m.Ok(id=1, rev=8),
    m.Ok(id=1, rev=8, result=m.Joined(device="d1", resume="r1")),
    m.Ok(id=1, rev=8, result=m.Published(sdp="v=0\r\n")),
    m.Ok(
        id=1,
        rev=8,
        result=m.Subscribed(sdp="v=0\r\n", slots=[m.Slot(mid="0", room="64", kind="audio")]),
    ),
    m.Refused(id=1, code="room_full", text=m.Text(id="Penuh", en="Full")),
    m.MediaReset(epoch="e2"),
    m.Bye(code="resync", text=m.Text(id="Lambat", en="Slow")),
    m.Pong(t=1.5, now=2),
)
