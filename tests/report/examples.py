"""Runs as the trial desk keeps them: a good line, a satellite, a hall with a silent microphone."""

from __future__ import annotations

from msgspec.structs import replace

from vicon.measure.run import Figure, Outcome, Profile, Run, State, Step, Words, seal

STARTED = 1_600_986_052_000
"""Friday, 25 September 2020, 06:20:52 WITA."""
THRESHOLDS = (
    ("rtt_ms", "< 300", "> 500", "Daily testCallQuality 300/600; Teams CQD 500"),
    ("loss_percent", "< 1", "> 5", "Teams 1; Polycom RMX and Vidyo 1/5"),
    ("mos", ">= 4.0", "< 3.5", "ITU-T G.107 bands; Twilio's low-MOS 3.5"),
)


def figure(
    name: str, value: float | None, unit: str, text: str, state: State = "pass", limit: str = ""
) -> Figure:
    return Figure(
        name=name,
        value=value,
        unit=unit,
        state=state,
        text=Words(text, text.replace(",", ".")),
        limit=Words(limit, limit.replace(",", ".")),
        source="Teams" if limit else "",
    )


def _step(name: str, state: State, line: str, *figures: Figure) -> Step:
    return Step(name=name, state=state, line=Words(line, line), figures=figures, attempts=1)  # type: ignore[arg-type]


def good() -> Run:
    steps = (
        _step("browser", "pass", "Chrome, VP8, H.264, Opus"),
        _step("devices", "pass", "kamera 720p, mikrofon −32 dBFS",
              figure("microphone_dbfs", -32.0, "dBFS", "−32 dBFS", limit="> −60 dBFS")),
        _step("signalling", "pass", "48 ms, bertahan 10 s",
              figure("signalling_rtt_ms", 48.0, "ms", "48 ms")),
        _step("paths", "pass", "UDP langsung"),
        _step("media", "pass", "RTT 42 ms, hilang 0,1 %",
              figure("rtt_ms", 42.0, "ms", "42 ms", limit="< 300 ms"),
              replace(figure("loss_up_percent", 0.1, "%", "0,1 % (±0,1)", limit="< 1 %"),
                      interval=0.1),
              figure("loss_down_percent", 0.0, "%", "0,0 % (±0,1)", limit="< 1 %"),
              figure("mos", 4.37, "", "4,37", limit="≥ 4,0")),
        _step("capacity", "pass", "unggah ≥ 4, unduh ≥ 4 Mbit/s",
              replace(figure("capacity_up_kbps", 4000.0, "kbit/s", "≥ 4 Mbit/s",
                             limit="≥ 1,2 Mbit/s"), at_least=True)),
        _step("reconnect", "pass", "kembali dalam 2,1 s"),
        _step("verdict", "pass", "siap, 720p"),
    )  # fmt: skip
    return _run(steps, "pass", "720p", Words("Siap, 720p.", "Ready, 720p."))


def failing() -> Run:
    cause = Words(
        "Mikrofon meja (USB) terbaca, tetapi tidak bersuara: −74 dBFS, batas −60 dBFS.",
        "The table microphone (USB) is there but gives no sound: −74 dBFS, limit −60 dBFS.",
    )
    cure = (
        Words(
            "Tekan sakelar mikrofon sampai lampunya hijau.", "Press its switch until it is green."
        ),
        Words("Ucapkan satu kalimat, meteran harus bergerak.", "Say a sentence: the meter moves."),
    )
    run = good()
    silent = replace(
        run.step("devices"),
        state="fail",
        line=Words("gagal", "failed"),
        cause_code="microphone_silent",
        cause=cause,
        cure=cure,
        notes=("NotFoundError: Requested device not found",),
    )
    steps = tuple(silent if step.name == "devices" else step for step in run.steps)
    sentence = Words("Mikrofon tidak bersuara.", "The microphone gives no sound.")
    return seal(replace(run, steps=steps, verdict="fail", profile="none", sentence=sentence))


def broken() -> Run:
    run = good()
    steps = tuple(
        step if step.name in ("browser", "devices") else Step(name=step.name, state="skipped")
        for step in run.steps
    )
    said = Words("Uji terputus: halaman uji ditutup.", "The trial broke off: the page was closed.")
    return seal(
        replace(run, state="broken", verdict=None, profile=None, steps=steps, sentence=said)
    )


def _run(steps: tuple[Step, ...], verdict: Outcome, profile: Profile, sentence: Words) -> Run:
    return seal(
        Run(
            id="r-7HJ2kq",
            conference="kaltim",
            room="64.09",
            room_name="Kabupaten Penajam Paser Utara",
            kind="full",
            state="done",
            seconds=30,
            started_at=STARTED,
            ended_at=STARTED + 81_000,
            by="Rahmat Hidayat",
            by_role="technician",
            station="s1",
            client="browser",
            agent="Chromium 156, Linux x86_64",
            steps=steps,
            verdict=verdict,
            profile=profile,
            sentence=sentence,
            path="UDP langsung, 10.20.3.4",
            versions=(("vicon", "0.1.0"), ("Python", "3.11.7"), ("Chromium", "156")),
            thresholds=THRESHOLDS,
        )
    )
