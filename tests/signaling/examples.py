"""Messages that are valid, for tests to send, bend and break."""

from __future__ import annotations

from msgspec import structs

from signaling import messages as m

RESULTS: tuple[m.TaskResult, ...] = (
    m.BrowserFacts(secure=True, webrtc=True, agent="Firefox 118", codecs=["VP8", "opus"]),
    m.DeviceFacts(camera="USB", width=1280, height=720, fps=30.0, microphone_problem="denied"),
    m.Echoed(),
    m.Connected(connected=True, ms=120.5, candidate="relay", protocol="udp", relay="tls"),
    m.Connected(connected=False, errors=["701 unreachable"]),
    m.Watched(
        seconds=30.0,
        frames=m.SeenFrames(rtp=[90_000], arrived=[1.0], shown=[41.5], mark=[-1]),
        lost=-1,
        av_offset_ms=-12.5,
        picture=m.SeenPicture(mark=1, width=2, height=1, luma="EBA="),
    ),
    m.Loaded(connected=True, limited=True),
    m.Cut(socket_ms=812.0, media_ms=None),
    m.Failed(why="NotAllowedError"),
)

FALLBACK = m.FallbackView(
    level="360p",
    ceiling="720p",
    tested=True,
    pinned=False,
    by="",
    trouble=m.TroubleView(why="loss", side="up", value=12.5),
    since=1_600_995_600_000,
)
SEEN = m.SeenRoom(room="64", freezes=1, frozen_s=0.7, dropped=3, fps=24.5, concealed_percent=0.4)

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
    m.CountEstimate(room="64.02", on=False),
    m.CountZones(room="64.02", zones=[m.Zone(x=0.1, y=0, width=0.2, height=0.25)]),
    m.CountAcknowledge(room="64.02", kind="over", reason="Dua petugas medis"),
    m.CountAskReduce(room="64.02", on=True),
    m.AttendanceEnter(
        room="64.02", person="p-12345678", name="Siti Aminah", institution="KPU", role="KPU"
    ),
    m.AttendanceLeave(room="64.02", person="p-12345678", ago_ms=60_000),
    m.AttendanceKeep(room="64.02", person="p-12345678"),
    m.AttendanceCorrect(room="64.02", person="p-12345678", name="Siti Aminah, S.E."),
    m.AttendanceStrike(room="64.02", person="p-12345678"),
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
    m.MediaRestart(line="up", sdp="v=0\r\n"),
    m.MediaRestart(line="down"),
    m.MediaCandidate(line="up", candidate="1 1 udp 1 192.0.2.7 4000 typ host", mid="0"),
    m.MediaCandidate(line="down", candidate=""),
    m.MediaSeen(rooms=[]),
    m.MediaSeen(rooms=[SEEN, m.SeenRoom(room="64.03")], cpu_percent=12.5),
    m.TrialOffer(station="s1"),
    m.TrialOffer(station="s1", client="program", agent="vicon agent"),
    m.TrialWithdraw(),
    m.TrialStart(room="64.02"),
    m.TrialStart(room="64.02", kind="quick", seconds=5, force=True),
    m.TrialStop(run="u1"),
    m.TrialRepeat(run="u1", step="media"),
    m.TrialSweep(seconds=60),
    m.TrialSweepStop(),
    m.TrialConnect(run="u1", leg="call", sdp="v=0\r\n"),
    *(m.TrialReport(run="u1", task=1, result=result) for result in RESULTS),
    m.ReadinessCheck(room="64.02", item="camera", on=True),
    m.ReadinessOverride(room="64.02", on=True, reason="Sudah dicek lewat telepon"),
    m.RundownEdit(
        items=[m.RundownItem(id="i1", kind="opening", title="Pembukaan", planned_s=120)], version=0
    ),
    m.RundownAdvance(current=None),
    m.RundownAdvance(current="i1", item="i3"),
    m.RundownSkip(item="i2", on=True),
    m.RundownPause(on=True),
    m.RundownUndo(),
    m.RollMark(room="64.02", status="late"),
    m.RollMark(room="64.02", status=None),
    m.RollTake(),
    m.CueSend(cue="cue-00001", text="Mohon berdiri"),
    m.CueSee(cue="cue-00001", room="64.02"),
    m.CueWithdraw(cue="cue-00001"),
    m.HelpCall(room="64.02", text="suara tidak keluar"),
    m.HelpAnswer(room="64.02"),
    m.SpotlightBeside(room="64.02"),
    m.SpotlightPin(room=None),
    m.SpotlightBlack(on=False),
    m.PresentationShow(device="kk07"),
    m.PresentationEnd(),
    m.HandMove(room="64.02", place=1),
    m.PactEdit(document=m.PactDocument(title="Pakta", points=["Menjaga keamanan"])),
    m.PactShow(point=1),
    m.PactOpen(on=True),
    m.PactName(room="64.02", person="p1", name="Siti", office="Calon Bupati", ready=True),
    m.PactUnname(room="64.02", person="p1"),
    m.PactWitnesses(room="64.02", witnesses=[m.PactWitness(name="Ketua KPU")]),
    m.PactSign(room="64.02", person="p1", strokes=[[0, 0, 500, 500]], document="ab" * 32),
    m.PactSign(room="64.02", person="p1", typed="Siti", document="ab" * 32),
    m.PactStrike(room="64.02", signature="s1", reason="salah orang"),
    m.AnnounceSet(on=True),
    m.LineCall(line="line-0001", room="64.02"),
    m.LineCall(line="line-0001", voice=False),
    m.LineRing(line="line-0001"),
    m.LineAnswer(line="line-0001"),
    m.LineDecline(line="line-0001"),
    m.LineWrite(line="line-0001", text="Halo"),
    m.LineHangUp(line="line-0001"),
    m.FallbackPin(room="64.02", level="audio"),
    m.FallbackPin(room="64.02", level=None),
    m.RecordingStart(),
    m.RecordingStop(),
    m.BroadcastStart(),
    m.BroadcastStop(),
    m.DrillRecord(found=[m.DrillResult(room="64.02", kind="cut", seconds=0.5)]),
)

PRIVATE = m.PrivateLineView(
    id="line-0001",
    caller="d9",
    by="Teknisi",
    role="technician",
    at=1,
    here=True,
    voice="ringing",
    rings_until=30_001,
    answerer=None,
    answered_by="",
    quiet="",
    texts=1,
    ended=None,
    ended_at=None,
    ended_by="",
)
HELLO = m.Hello(v=m.PROTOCOL_VERSION, token="good")


UNTESTED = m.ReadinessView(
    state="untested",
    why=m.Text(id="Belum diuji.", en="Not tested yet."),
    tested=None,
    stale=False,
    ticks=[],
    override="",
)
TESTED = m.ReadinessView(
    state="attention",
    why=m.Text(id="Belum dicentang: layar.", en="Not ticked: display."),
    tested=m.TestedView(
        run="u1",
        at=1,
        by="Teknisi",
        verdict="pass",
        profile="720p",
        sentence=m.Text(id="Siap.", en="Ready."),
        rtt_ms=41.0,
        loss_up_percent=0.1,
        loss_down_percent=None,
        capacity_up_kbps=4000.0,
        capacity_down_kbps=2600.0,
        capacity_up_more=True,
        capacity_down_more=False,
        mos=4.3,
    ),
    stale=False,
    ticks=[m.EquipmentTick(item="camera", by="Teknisi", at=2)],
    override="",
)


def room(code: str, *, tally: int | None = None, hub: bool = False) -> m.RoomView:
    return m.RoomView(
        code=code,
        name=f"Kabupaten {code}",
        title=code,
        short_name=code,
        abbr=code[-3:],
        hub=hub,
        counted=True,
        estimate=m.EstimateView(persons=9, quality="ok", since=1_600_995_600_000),
        cap=12,
        limit=12,
        limit_reason="",
        count=tally,
        declared=tally,
        checked_in=0 if tally is None else 1,
        zones=[m.Zone(x=0.1, y=0.0, width=0.2, height=0.25)],
        alarms=[
            m.CountAlarmView(
                kind="over",
                raised_at=1_600_995_600_000,
                persons=12,
                camera=13,
                limit=12,
                ended_at=None,
                escalated=True,
                by="",
                acknowledged_at=None,
                reason="",
            )
        ],
        reduce_asked=False,
        attendance=[
            m.AttendeeView(
                id="p-12345678",
                name="Siti Aminah",
                institution="KPU",
                role="KPU",
                entered_at=1_600_995_600_000,
                left_at=None,
                by="",
            )
        ],
        expected=[
            m.ExpectedView(name="Siti Aminah", institution="KPU", role="", person="p-12345678")
        ],
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
        readiness=UNTESTED,
        fallback=None if hub else FALLBACK,
        roll=m.RollView(status="present", at=1, by="M"),
        cues=[],
        help=m.HelpView(at=1, by="O", text="suara"),
        line=PRIVATE,
        signatories=[
            m.SignatoryView(
                id="p1",
                name="Siti",
                office="Calon",
                ready=True,
                signature="s1",
                signed_at=2,
                typed=True,
            )
        ],
        witnesses=[m.WitnessView(name="Ketua KPU", office="KPU")],
        complete=True,
    )


RUNDOWN = m.RundownView(
    items=[
        m.ItemView(
            id="i1",
            kind="opening",
            title="Pembukaan",
            planned_s=120,
            room=None,
            notes="",
            point=0,
            hush=True,
        )
    ],
    version=0,
)
PACT = m.PactView(
    title="Pakta",
    preamble="",
    points=["Menjaga keamanan"],
    closing="",
    hash="ab" * 32,
    struck=[
        m.StruckView(
            signature="s0",
            room="64.02",
            name="Siti",
            office="Calon",
            signed_at=1,
            by="Rini",
            at=2,
            reason="salah orang",
        )
    ],
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
        gate=False,
        roles=["KPU", "Pers"],
        over="warn",
        beside=None,
        pinned="64.02",
        black=False,
        presentation=None,
        progress=m.ProgressView(
            current="i1",
            paused_at=None,
            undo_until=10_001,
            runs=[
                m.ItemRunView(item="i1", started_at=1, ended_at=None, paused_ms=0, skipped=False),
            ],
        ),
        cues=[
            m.CueView(
                id="c1",
                at=1,
                by="M",
                room=None,
                text="Berdiri",
                seen=[m.CueSeen(room="64.02", at=2)],
            )
        ],
        announcement=m.AnnouncementView(device="d0", by="M", at=1),
        line=None,
        signing=m.SigningView(open=True, point=1, signed=0, rooms=1),
        pressure=m.PressureView(level=3, why="media_cpu", since=1),
        drill=m.DrillView(
            at=1,
            by="M",
            found=[
                m.RecoveredView(room="64.02", kind="cut", seconds=0.5),
                m.RecoveredView(room="64.02", kind="server", seconds=None),
            ],
        ),
        recording=m.RecordingView(
            id="r1",
            began=1,
            by="M",
            interrupted_at=None,
            ended_at=None,
            why=None,
            ended_by="",
            alarms=[m.RecordingAlarmView(room="64.02", cause="sound", since=2)],
        ),
        broadcast=m.BroadcastView(
            id="b1",
            began=1,
            by="M",
            interrupted_at=None,
            ended_at=None,
            why=None,
            ended_by="",
            alarms=[m.BroadcastAlarmView(cause="channel", since=2)],
        ),
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
        receive=[m.ReceiveWish(room="64", size="large", audio=True, video=False, rests=True)],
        may=["room.join", "count.set"],
    )


def view() -> m.View:
    rooms = [room("64", hub=True), room("64.02"), room("64.03")]
    return m.View(
        conference=conference(),
        rundown=RUNDOWN,
        pact=PACT,
        rooms=rooms,
        you=you(),
    )


def welcome(rev: int = 7) -> m.Welcome:
    return m.Welcome(
        v=m.PROTOCOL_VERSION, rev=rev, now=1, heartbeat_s=5.0, media_epoch="e1", view=view()
    )


ICE = [m.IceServer(urls=["turn:turn.example.org:3478"], username="1:d1", credential="c")]
CALL = m.DoCall(
    leg="call",
    ice=ICE,
    relay_only=False,
    video=True,
    raw_sound=False,
    max_kbps=1200,
    height=720,
    timeout_s=15.0,
)
TASKS: tuple[m.Task, ...] = (
    m.DoBrowser(),
    m.DoDevices(),
    m.DoEcho(),
    m.DoPath(leg="path", path="turn_tls", ice=ICE, relay_only=True, timeout_s=10.0),
    CALL,
    m.DoWatch(leg="call", seconds=30.0),
    m.DoHangUp(leg="call"),
    m.DoLoadUp(
        leg="load",
        ice=[],
        relay_only=False,
        from_kbps=150,
        to_kbps=4000,
        ramp_s=8.0,
        seconds=10.0,
        timeout_s=15.0,
    ),
    m.DoCut(call=CALL),
    m.DoEnd(),
)
RUN = m.RunView(
    id="u1",
    room="64.02",
    kind="full",
    state="running",
    verdict=None,
    profile=None,
    sentence=m.Text(id="", en=""),
    steps=[
        m.StepView(
            name="media",
            state="warn",
            line=m.Text(id="Paket hilang 2,1 %", en="Loss 2.1 %"),
            figures=[
                m.FigureView(
                    name="loss_up_percent",
                    value=2.1,
                    unit="%",
                    state="warn",
                    text=m.Text(id="2,1 %", en="2.1 %"),
                    limit=m.Text(id="paling banyak 1 %", en="at most 1 %"),
                )
            ],
            cause=m.Text(id="Jalur penuh.", en="The line is full."),
            cure=[m.Text(id="Matikan unduhan lain.", en="Stop other downloads.")],
            progress=None,
            attempts=1,
        )
    ],
    started_at=1,
    ended_at=None,
    by="Teknisi",
    station="s1",
    agent="Firefox 118",
    picture=True,
    microphone=-31.5,
    hash="",
)
SWEEP = m.SweepView(
    id="w1",
    state="running",
    part="one_by_one",
    rooms=[
        m.SweepRoomView(
            room="64.02",
            state="running",
            run="u1",
            verdict=None,
            together=None,
            together_verdict=None,
            why=None,
        )
    ],
    started_at=1,
    ended_at=None,
    by="Teknisi",
)
STATION = m.StationView(
    room="64.02", station="s1", client="browser", agent="Firefox 118", since=1, busy=True
)

LINE = m.LineView(
    state="connected",
    kbps=1640,
    available_kbps=2400,
    limit="reduced",
    rtt_ms=38.5,
    lost_percent=0.4,
    jitter_ms=6.1,
)
STREAM = m.StreamView(
    room="64",
    kind="video",
    layer="h.1",
    codec="VP8",
    kbps=380,
    packets=90,
    lost_percent=0.4,
    jitter_ms=6.1,
    rtt_ms=None,
    nacks=2,
    repaired=2,
    plis=1,
    fps=30.0,
    paused="",
    freezes=1,
    frozen_s=0.7,
    dropped=3,
    shown_fps=24.5,
    concealed_percent=None,
)
FIGURES = m.DeviceFigures(
    device="d1", kind="main", room="64.02", up=LINE, down=None, sends=[STREAM], receives=[]
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
    m.Ok(id=1, rev=8, result=m.TrialAnswer(sdp="v=0\r\n")),
    m.Ok(id=1, rev=8, result=m.TrialStarted(run="u1")),
    m.Delta(prev=7, rev=8, rooms=[structs.replace(room("64.02"), readiness=TESTED)]),
    *(m.TrialDo(run="u1", task=number, body=body) for number, body in enumerate(TASKS, 1)),
    m.MediaLayers(layers=["q", "h"]),
    m.MediaAgain(),
    m.MediaLine(
        limit="sound",
        available_kbps=64,
        up=None,
        down=LINE,
        paused=[m.PausedView(room="64", kind="video", why="bandwidth")],
    ),
    m.MediaFigures(rooms=[FIGURES]),
    m.RecordingFigures(
        id="r1",
        bytes=1_000,
        free_bytes=None,
        minutes=90,
        rooms=[m.RecordedRoom(room="64.02", bytes=1_000, kbps=8, picture=True, sound=False)],
    ),
    m.ServerChecks(checks=[]),
    m.ServerChecks(
        checks=[
            m.CheckView(name="disk", state="fail", text=m.Text(id="Penuh", en="Full"), since=1),
        ]
    ),
    m.LineText(line="line-0001", number=1, side="caller", by="T", at=1, text="Halo"),
    m.TrialRun(run=RUN),
    m.TrialSweeping(sweep=SWEEP),
    m.TrialStations(stations=[STATION]),
    m.Refused(id=1, code="room_full", text=m.Text(id="Penuh", en="Full")),
    m.MediaReset(epoch="e2"),
    m.Deed(at=1, by="Rini", act="rundown.advance", what="Doa"),
    m.Deed(at=1, by="Rini", act="mic.lock", room="64.02", on=True),
    m.Bye(code="resync", text=m.Text(id="Lambat", en="Slow")),
    m.Pong(t=1.5, now=2),
)
