"""What can be configured. A promise to others: keys are only ever added, with a default."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from vicon.config.kinds import (
    ADDRESS,
    ANNOUNCED,
    CHANNEL,
    CODE,
    CONFERENCE,
    HOOK,
    ISSUER,
    NETWORK,
    ORIGIN,
    ORIGINS,
    PORTS,
    RECEIVER,
    TIMEZONE,
    TURN,
    URL,
)

Name = Annotated[str, Meta(min_length=1, max_length=100)]
Paragraph = Annotated[str, Meta(max_length=2000)]
ShortName = Annotated[str, Meta(max_length=40)]
Code = Annotated[str, Meta(extra=CODE)]
ConferenceId = Annotated[str, Meta(extra=CONFERENCE)]
Address = Annotated[str, Meta(extra=ADDRESS)]
Network = Annotated[str, Meta(extra=NETWORK)]
Issuer = Annotated[str, Meta(extra=ISSUER)]
Channel = Annotated[str, Meta(extra=CHANNEL)]
Origin = Annotated[str, Meta(extra=ORIGIN)]
Origins = Annotated[str, Meta(extra=ORIGINS)]
Announced = Annotated[str, Meta(extra=ANNOUNCED)]
TurnUrl = Annotated[str, Meta(extra=TURN)]
HostName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9.:-]{1,253}$")]
Scope = Annotated[str, Meta(pattern=r"^[!#-\[\]-~]{1,60}$")]
RoleName = Annotated[str, Meta(min_length=1, max_length=40)]
Limit = Annotated[float, Meta(ge=0, le=1_000_000)]
Seconds = Annotated[int, Meta(ge=1, le=86_400)]
Days = Annotated[int, Meta(ge=0, le=36_500)]


ROLES = ("Pasangan calon", "Pendamping", "KPU", "Bawaslu", "TNI / Polri", "Pers")


class Server(Struct, frozen=True, kw_only=True):
    listen: list[Address] = []
    """Addresses to listen on; empty: all of this machine."""
    port: Annotated[int, Meta(ge=0, le=65_535)] = 8443
    """0: any free one."""
    public_url: Annotated[str, Meta(extra=URL)] = ""
    """As people reach it, where that is not the machine's own address (a name, a proxy)."""
    hosts: Annotated[list[HostName], Meta(max_length=16)] = []
    """Further names and addresses by which the server is asked (behind a proxy or a NAT); requests
    under others are refused. Those of `public_url` and of this machine are known by themselves."""
    proxies: Annotated[list[Network], Meta(max_length=16)] = []
    """Addresses and networks of proxies in front: who asks is then whom they name in
    X-Forwarded-For. Empty: whoever is connected."""
    tls: Literal["auto", "local", "files", "off"] = "auto"
    """auto: plain on this machine itself, else as local. local: a certificate of vicon's own
    authority in DATA/tls. files: `certificate` and `key`. off: plain HTTP, behind a proxy."""
    certificate: str = ""
    """PEM, the chain; relative to the configuration file."""
    key: str = ""
    embed_origins: Annotated[list[Origin], Meta(max_length=16)] = []
    """Sites whose pages may show /embed/CONFERENCE in a frame, https://...; empty: none may."""
    standby: Annotated[str, Meta(extra=URL)] = ""
    """Where clients reach the second server, https://...: in their pages from the first moment, so
    that they can go there without a reload. Empty: as the standby says when it connects."""


class Media(Struct, frozen=True, kw_only=True):
    addresses: list[Address] = []
    """Addresses offered to the devices for media; empty: all of this machine."""
    port: Annotated[int, Meta(ge=0, le=65_535)] = 0
    """The one UDP port for all media. 0: any free one, or one of `port_range`."""
    port_range: Annotated[str, Meta(extra=PORTS)] = ""
    """As 40000-40100: the first free one of these."""
    announced: Annotated[list[Announced], Meta(max_length=16)] = []
    """Addresses by which this machine is reached from outside, behind a NAT: 203.0.113.5,
    203.0.113.5:40000, or for one local address 10.0.0.5=203.0.113.5."""
    workers: Annotated[int, Meta(ge=0, le=1)] = 1
    """Processes that forward media: one; 0: within the main process."""


class Links(Struct, frozen=True, kw_only=True):
    expiry_days: Annotated[int, Meta(ge=1, le=3650)] = 30


class Turn(Struct, frozen=True, kw_only=True):
    """A TURN server (coturn with use-auth-secret), by which halls behind a firewall get through."""

    urls: Annotated[list[TurnUrl], Meta(max_length=8)] = []
    """turn:HOST:PORT?transport=udp, ...tcp, turns:HOST:443?transport=tcp (RFC 7065)."""
    secret: str = ""
    """coturn's static-auth-secret; or `secret_file`, or VICON_TURN_SECRET in the environment."""
    secret_file: str = ""
    """A file that holds nothing else; relative to the configuration file."""
    ttl_s: Seconds = 86_400
    """How long the credentials that are given out are good."""


class OidcRole(Struct, frozen=True, kw_only=True):
    """Whoever has this value in the claim may be this."""

    value: Annotated[str, Meta(min_length=1, max_length=200)]
    role: Literal["moderator", "technician", "organizer"]
    conference: Annotated[str, Meta(max_length=64)] = ""
    """Id; empty: every one of this server."""


class Oidc(Struct, frozen=True, kw_only=True):
    """Sign-in by an OpenID Connect provider (authorization code with PKCE); docs/operations.md."""

    issuer: Issuer = ""
    """As the provider names itself; empty: there is none."""
    name: Annotated[str, Meta(max_length=60)] = ""
    """On the button; empty: the issuer's host."""
    client_id: Annotated[str, Meta(max_length=200)] = ""
    client_secret: Annotated[str, Meta(max_length=400)] = ""
    """Or `client_secret_file`, or VICON_OIDC_CLIENT_SECRET in the environment; none for a public
    client."""
    client_secret_file: str = ""
    """A file that holds nothing else; relative to the configuration file."""
    scopes: Annotated[list[Scope], Meta(min_length=1, max_length=16)] = field(
        default_factory=lambda: ["openid", "profile"]
    )
    claim: Annotated[str, Meta(min_length=1, max_length=100)] = "groups"
    """Of the ID token: a text or a list of texts."""
    roles: Annotated[list[OidcRole], Meta(max_length=100)] = []


class Accounts(Struct, frozen=True, kw_only=True):
    """Moderators, technicians and organizers who sign in (`vicon user`, page /masuk)."""

    required: bool = False
    """They come by no link alone; halls, observers and test pages go on as before."""
    idle_minutes: Annotated[int, Meta(ge=5, le=10_080)] = 120
    """A session that nobody used for so long is over; an open page uses it."""
    hours: Annotated[int, Meta(ge=1, le=720)] = 12
    """A session is over after so long in any case."""
    oidc: Oidc = Oidc()


class Metrics(Struct, frozen=True, kw_only=True):
    """`GET /metrics` for Prometheus; docs/monitoring.md. Off as it stands here."""

    port: Annotated[int, Meta(ge=0, le=65_535)] = 0
    """Of a listener of its own, in plain HTTP; 0: there is none."""
    listen: Address = "127.0.0.1"
    """Another address than this machine's own wants a token."""
    token: str = ""
    """With it /metrics is on the server's own addresses too, for who sends it (Authorization:
    Bearer); or `token_file`, or VICON_METRICS_TOKEN in the environment."""
    token_file: str = ""
    """A file that holds nothing else; relative to the configuration file."""


class Telemetry(Struct, frozen=True, kw_only=True):
    """Traces for OpenTelemetry; docs/monitoring.md."""

    otlp_endpoint: Annotated[str, Meta(extra=URL)] = ""
    """Of a collector, without a path, such as http://127.0.0.1:4318; empty: as the environment
    says (OTEL_EXPORTER_OTLP_ENDPOINT), else nowhere."""


class Webhook(Struct, frozen=True, kw_only=True):
    """A receiver that is told of what happens; docs/monitoring.md."""

    name: Annotated[str, Meta(extra=RECEIVER)]
    """In the log and the metrics; how far it has been told goes by it."""
    url: Annotated[str, Meta(extra=HOOK)]
    """https, or http on this machine."""
    secret: str = ""
    """whsec_ and 24 to 64 bytes in base64; or `secret_file`, or VICON_WEBHOOK_SECRET in the
    environment."""
    secret_file: str = ""
    """A file that holds nothing else; relative to the configuration file."""
    events: Annotated[
        list[Literal["conference", "room", "count", "trial", "alarm"]],
        Meta(min_length=1, max_length=5),
    ] = field(default_factory=lambda: ["conference", "room", "count", "trial", "alarm"])
    timeout_s: Annotated[float, Meta(ge=0.1, le=60)] = 10.0
    """For its answer."""
    first_retry_s: Annotated[float, Meta(ge=0.01, le=3600)] = 1.0
    """Until it is tried again; twice as long each time, up to `most_retry_s`."""
    most_retry_s: Annotated[float, Meta(ge=0.01, le=3600)] = 300.0


class Thresholds(Struct, frozen=True, kw_only=True):
    """What a trial call counts as good. `..._pass`: better than this passes; `..._fail`: worse
    than this fails; between them a warning. Units are in the names."""

    rtt_ms_pass: Limit = 300.0
    rtt_ms_fail: Limit = 500.0
    jitter_ms_pass: Limit = 30.0
    jitter_ms_fail: Limit = 50.0
    loss_percent_pass: Limit = 1.0
    loss_percent_fail: Limit = 5.0
    burst_percent_fail: Limit = 10.0
    mos_pass: Limit = 4.0
    mos_fail: Limit = 3.5
    up_kbps_pass: Limit = 1200.0
    up_kbps_360p: Limit = 500.0
    up_kbps_fail: Limit = 150.0
    down_kbps_pass: Limit = 1500.0
    down_kbps_fail: Limit = 500.0
    rise_ms_pass: Limit = 50.0
    rise_ms_fail: Limit = 100.0
    fps_pass: Limit = 15.0
    fps_fail: Limit = 7.0
    microphone_dbfs_fail: Annotated[float, Meta(ge=-120, le=0)] = -60.0
    clipped_samples_pass: Limit = 6.0
    reconnect_s_pass: Limit = 5.0
    reconnect_s_fail: Limit = 15.0
    signalling_ms_pass: Limit = 1000.0


class Trial(Struct, frozen=True, kw_only=True):
    hold_s: Annotated[int, Meta(ge=2, le=60)] = 10
    """So long a trial watches its signalling connection; a firewall may cut one later."""
    thresholds: Thresholds = Thresholds()


class Headcount(Struct, frozen=True, kw_only=True):
    camera: bool = True
    """Estimate by the rooms' cameras how many are there; each room can switch that off."""
    interval_s: Annotated[int, Meta(ge=5, le=600)] = 10
    """Between two looks at one room."""
    detector: Literal["yunet", "centerface"] = "yunet"
    """centerface finds smaller faces and costs twice as much."""


class Room(Struct, frozen=True, kw_only=True):
    code: Code
    name: Name
    short_name: ShortName = ""
    """For narrow tiles; empty: the name without its kind."""
    abbr: Annotated[str, Meta(max_length=8)] = ""
    cap: Annotated[int, Meta(ge=1, le=999)] = 12
    """Most persons in the room."""


class Person(Struct, frozen=True, kw_only=True):
    name: Name


class Policy(Struct, frozen=True, kw_only=True):
    admission: Literal["open", "ask"] = "open"
    mute_on_join: bool = False
    mute_lock: bool = False
    companion_grace_s: Seconds = 60
    """A lost companion keeps its place for so long."""
    main_grace_s: Seconds = 900
    undo_s: Annotated[int, Meta(ge=1, le=60)] = 10
    gate: bool = False
    """A hall that has not passed its trial waits until a moderator lets it in."""
    trial_age_hours: Annotated[int, Meta(ge=1, le=8760)] = 24
    """A trial older than this says less."""
    over: Literal["warn", "lock_mic", "refuse_floor"] = "warn"
    """A room above its limit: only a warning; its microphone is locked too; it is not given the
    floor until the warning is acknowledged or over."""
    escalate_s: Annotated[int, Meta(ge=10, le=3600)] = 60
    """A warning that nobody acknowledged for so long sounds, and is shown in the hall."""
    roles: Annotated[list[RoleName], Meta(min_length=1, max_length=12)] = field(
        default_factory=lambda: list(ROLES)
    )
    """What a person at the door may be."""
    hall_links: Literal["many", "once"] = "many"
    """once: a hall's link is for the browser that opens it first; further devices of the hall come
    by the QR code on its page, another one in its place when a moderator lets it."""


class RundownItem(Struct, frozen=True, kw_only=True):
    kind: Literal["opening", "roll_call", "speech", "reading", "signing", "free", "closing"]
    title: Name
    minutes: Annotated[float, Meta(ge=0.1, le=1440)]
    room: Annotated[str, Meta(max_length=32)] = ""
    """Code of who is on air; empty: the hub."""
    notes: Annotated[str, Meta(max_length=2000)] = ""
    """For the moderator alone."""
    point: Annotated[int, Meta(ge=0, le=40)] = 0
    """Of the pact, shown in every hall meanwhile; 0: none."""
    hush: bool = False
    """All halls are muted when it begins."""


class Pact(Struct, frozen=True, kw_only=True):
    """What the halls sign; without points: nothing."""

    title: Annotated[str, Meta(max_length=200)] = "Pakta Integritas"
    preamble: Paragraph = ""
    points: Annotated[list[Paragraph], Meta(max_length=40)] = []
    closing: Paragraph = ""


class Mishap(Struct, frozen=True, kw_only=True):
    """What happens in a rehearsal (`vicon rehearse --script`) when an item of the rundown
    begins."""

    item: Annotated[int, Meta(ge=1, le=200)]
    """Its place in the rundown."""
    act: Literal["late", "lost", "back", "over", "reduce", "help", "cue"]
    """The room comes only now; its device is gone; it is back; one more than the cap is there;
    they are reduced; the hall calls for help; the hub sends it a message."""
    room: Code
    text: Annotated[str, Meta(max_length=300)] = ""


class Retention(Struct, frozen=True, kw_only=True):
    """How long personal data are kept after the conference was closed: docs/privacy.md."""

    automatic: bool = False
    """The server removes by itself, once a day, what is due; else `vicon purge` alone does."""
    attendance_days: Days = 90
    """Names and institutions on attendance lists and lists of the expected; names of devices."""
    trials_days: Days = 365
    """Trial calls: what a hall's line and equipment were, who tested."""
    recordings_days: Days = 365
    """Recordings: picture and sound of everybody."""


class Conference(Struct, frozen=True, kw_only=True):
    id: ConferenceId
    title: Annotated[str, Meta(min_length=1, max_length=200)]
    timezone: Annotated[str, Meta(extra=TIMEZONE)]
    timezone_label: Annotated[str, Meta(max_length=8)] = ""
    """As printed after a time; empty: from the time zone."""
    starts_at: datetime | None = None
    """Without an offset: in `timezone`."""
    hub: Room
    rooms: Annotated[list[Room], Meta(min_length=1, max_length=100)]
    """In the order of the floor."""
    moderators: Annotated[list[Person], Meta(min_length=1, max_length=20)]
    technicians: Annotated[list[Person], Meta(max_length=20)] = []
    rundown: Annotated[list[RundownItem], Meta(max_length=200)] = []
    pact: Pact = Pact()
    rehearsal: Annotated[list[Mishap], Meta(max_length=100)] = []
    policy: Policy = Policy()
    retention: Retention = Retention()


class Broadcast(Struct, frozen=True, kw_only=True):
    """The programme for the public: docs/broadcast.md. Off unless `hls` or `rtmp_url` is given."""

    hls: bool = False
    """Served by this server itself at /siaran/CONFERENCE."""
    public: bool = False
    """Whoever knows the conference's name may watch; else the address bears a secret part."""
    origins: Annotated[list[Origins], Meta(max_length=16)] = []
    """Other sites whose pages may play it; "*": all."""
    rtmp_url: Channel = ""
    """Of the public channel, without its key."""
    rtmp_key_file: str = ""
    """Holds the channel's key, and nothing else."""
    height: Literal["360", "480", "720", "1080"] = "720"
    """Lines of the picture."""
    kbps: Annotated[int, Meta(ge=300, le=12_000)] = 2500
    """Of the picture; sound comes on top, with 128."""
    viewers: Annotated[int, Meta(ge=1, le=10_000)] = 200
    """Most answers for watching that are under way at once; beyond them a player is to try
    again."""

    @property
    def on(self) -> bool:
        return self.hls or bool(self.rtmp_url)


class Settings(Struct, frozen=True, kw_only=True):
    server: Server = Server()
    media: Media = Media()
    links: Links = Links()
    turn: Turn = Turn()
    accounts: Accounts = Accounts()
    trial: Trial = Trial()
    headcount: Headcount = Headcount()
    metrics: Metrics = Metrics()
    telemetry: Telemetry = Telemetry()
    webhooks: Annotated[list[Webhook], Meta(max_length=8)] = []
    broadcast: Broadcast = Broadcast()
    conferences: Annotated[list[Conference], Meta(min_length=1, max_length=100)]
