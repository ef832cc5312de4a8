from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec import Struct
from msgspec.structs import asdict

from vicon import config
from vicon.config import ConfigErrors
from vicon.config.secret import secret_of
from vicon.config.settings import (
    Accounts,
    Links,
    Media,
    Metrics,
    Oidc,
    Policy,
    Server,
    Thresholds,
    Turn,
    Webhook,
)
from vicon.ops.words import SpokenError

HERE = Path()
SMALL = """
[[conferences]]
id = "k"
title = "Rapat"
timezone = "Asia/Jayapura"
starts_at = 2026-12-01T09:00:00
hub = { code = "91", name = "Provinsi Papua" }
rooms = [{ code = "91.71", name = "Kota Jayapura", cap = 5 }]
moderators = [{ name = "Rini" }]
"""


def refused(text: str, folder: Path = HERE) -> list[tuple[int, str, str]]:
    with pytest.raises(ConfigErrors) as caught:
        config.read(text, "x.toml", folder)
    assert caught.value.exit_code == 2
    return [(error.line, error.key, error.words.en) for error in caught.value.errors]


def test_the_example_is_the_conference_of_2020() -> None:
    (plan,) = config.plans(config.load(config.example()))
    assert plan.id == "kaltim-2020"
    assert (plan.hub.code, plan.hub.short_name) == ("64", "Provinsi")
    order = ["Kutim", "Mahulu", "Paser", "Kubar", "PPU"]
    order += ["Bontang", "Berau", "Samarinda", "Balikpapan", "Kukar"]
    assert [room.short_name for room in plan.rooms] == order
    abbr = {room.code: room.abbr for room in plan.rooms}
    assert abbr["64.02"] == "TRG"
    assert len(abbr) == 10
    assert {room.cap for room in plan.rooms} == {12}
    assert plan.starts_at == datetime(2020, 9, 25, 1, tzinfo=UTC).timestamp() * 1000
    assert plan.timezone_label == "WITA"


def test_the_example_has_the_ceremony_of_an_hour_and_the_pact() -> None:
    (plan,) = config.plans(config.load(config.example()))
    assert sum(item.planned_s for item in plan.rundown) == 3_600
    signing = [item.room for item in plan.rundown if item.kind == "signing" and item.room]
    assert signing == [room.code for room in plan.rooms]
    assert [item.point for item in plan.rundown if item.kind == "reading"] == [1, 2, 3, 4, 5]
    assert plan.pact is not None
    assert len(plan.pact.points) == 5


@pytest.mark.parametrize(
    ("lines", "key"),
    [
        ('room = "64.99"', "conferences[0].rundown[0].room"),
        ("point = 1", "conferences[0].rundown[0].point"),
        ("minutes = 0", "conferences[0].rundown[0].minutes"),
    ],
)
def test_an_item_of_the_rundown_fits_its_conference(lines: str, key: str) -> None:
    item = 'kind = "free"\ntitle = "Doa"\n' + ("minutes = 1\n" if "minutes" not in lines else "")
    text = re.sub(
        r"\[\[conferences\.rundown\]\].*", f"[[conferences.rundown]]\n{item}{lines}\n",
        config.sample(), flags=re.DOTALL,
    )  # fmt: skip
    with pytest.raises(config.ConfigErrors) as caught:
        config.read(text, "acara.toml", Path())
    assert [error.key for error in caught.value.errors] == [key]


def test_the_example_of_the_checkout_is_the_packaged_one() -> None:
    checkout = Path(__file__).parents[2] / "examples" / "kaltim-2020.toml"
    assert checkout.resolve() == config.example().resolve()


def test_links_are_granted_to_everybody_who_needs_one() -> None:
    grants = config.grants(config.load(config.example()))
    assert [grant.role for grant in grants] == [
        "moderator", "technician", *["operator"] * 10, "observer", *["tester"] * 11,
        *["encoder"] * 11, "player", *["door"] * 11,
        *["observer"] * 11,
    ]  # fmt: skip
    assert grants[0].room == "64"
    assert grants[1].room is grants[12].room is None
    assert grants[13].room == "64"
    displays = [one for one in grants if one.role == "observer" and one.room is not None]
    assert [one.room for one in displays] == [one.room for one in grants if one.role == "door"]


def test_there_is_a_link_for_other_sites_where_the_server_names_one() -> None:
    text = f'{SMALL}\n[server]\nembed_origins = ["https://v.go.id"]\n'
    named = config.read(text, "x.toml", HERE)
    assert [one.role for one in config.grants(named)].count("embed") == 1


def test_the_sample_loads_and_all_its_defaults_are_real_keys() -> None:
    settings = config.read(config.sample(), "sample", HERE)
    assert settings.server.port == 8443
    assert settings.conferences[0].rooms[0].short_name == "Kukar"
    shown = [
        line.removeprefix("# ") if re.match(r"# \w+ = ", line) else line
        for line in config.sample().splitlines()
    ]
    assert len([line for line in shown if line.startswith("public_url")]) == 1
    config.read("\n".join(shown), "sample", HERE)


def test_the_sample_shows_every_key_with_its_default() -> None:
    written = dict(re.findall(r"^#? ?(\w+) = (.+)$", config.sample(), flags=re.MULTILINE))
    parts: list[Struct] = [Server(), Media(), Links(), Policy()]
    for part in parts:
        assert set(part.__struct_fields__) <= set(written), type(part)
    assert set(Turn.__struct_fields__) - {"secret_file"} <= set(written)
    assert set(Accounts.__struct_fields__) - {"oidc"} <= set(written)
    assert set(Oidc.__struct_fields__) - {"client_secret_file"} <= set(written)
    assert set(Metrics.__struct_fields__) - {"token_file"} <= set(written)
    hooks = config.sample().partition("[[webhooks]]")[2].partition("[[conferences]]")[0]
    assert set(re.findall(r"^# +(\w+) = ", hooks, re.MULTILINE)) == set(
        Webhook.__struct_fields__
    ) - {"secret"}
    limits = asdict(Thresholds())
    assert {name: float(written[name]) for name in limits} == limits


def test_a_small_configuration_is_filled_up() -> None:
    settings = config.read(SMALL, "x", HERE)
    (plan,) = config.plans(settings)
    assert plan.timezone_label == "WIT"
    assert plan.starts_at == datetime(2026, 12, 1, 0, tzinfo=UTC).timestamp() * 1000
    assert (plan.rooms[0].short_name, plan.rooms[0].cap, plan.hub.cap) == ("Jayapura", 5, 12)
    assert plan.policy.undo_ms == 10_000
    assert [grant.name for grant in config.grants(settings)] == [
        "Rini", "Teknisi", "Operator Jayapura", "Pemantau", "Uji Papua", "Uji Jayapura",
        "Enkoder Papua", "Enkoder Jayapura", "Pemutar", "Pintu Papua", "Pintu Jayapura",
        "Layar Papua", "Layar Jayapura",
    ]  # fmt: skip


def test_every_wrong_key_is_named_with_its_line() -> None:
    text = (
        SMALL
        + """
[conferences.policy]
admision = "ask"
mute_lock = 1
undo_s = 0
[server]
port = "8443"
listen = ["here", "::1", 3]
proxies = ["10.0.0.0/8", "::1", "10.0.0.0/99", "proxy.lan"]
public_url = "https://v.go.id/path"
tls = "yes"
[serverr]
"""
    )
    assert [(line, key) for line, key, _ in refused(text)] == [
        (12, "conferences[0].policy.admision"),
        (13, "conferences[0].policy.mute_lock"),
        (14, "conferences[0].policy.undo_s"),
        (16, "server.port"),
        (17, "server.listen[0]"),
        (17, "server.listen[2]"),
        (18, "server.proxies[2]"),
        (18, "server.proxies[3]"),
        (19, "server.public_url"),
        (20, "server.tls"),
        (21, "serverr"),
    ]
    said = {key: words for _, key, words in refused(text)}
    assert "did you mean `admission`?" in said["conferences[0].policy.admision"]
    assert "did you mean `server`?" in said["serverr"]
    assert "from 0 to 65535" in said["server.port"]
    assert '"8443"' in said["server.port"]


@pytest.mark.parametrize(
    "origin",
    [
        *(
            "https://v.go.id/",
            "https://v.go.id/berita",
            "v.go.id",
            "ftp://v.go.id",
            "https://*.go.id",
        ),
        *("*", "'self'", "https://v.go.id; script-src *", "https://v.go.id https://b.id", ""),
    ],
)
def test_what_may_frame_is_a_site_and_cannot_change_the_policy(origin: str) -> None:
    good = 'embed_origins = ["https://v.go.id", "http://127.0.0.1:8080"'
    assert config.read(f"{SMALL}\n[server]\n{good}]\n", "x.toml", HERE).server.embed_origins
    found = refused(f'{SMALL}\n[server]\n{good}, "{origin}"]\n')
    assert [key for _, key, _ in found] == ["server.embed_origins[2]"]


def test_media_is_named_with_its_lines() -> None:
    text = (
        SMALL
        + """
[media]
port = 70000
port_range = "40100-40000"
announced = ["203.0.113.5", "here", "10.0.0.5=203.0.113.6", "203.0.113.7:1"]
"""
    )
    assert [(line, key) for line, key, _ in refused(text)] == [
        (12, "media.port"),
        (13, "media.port_range"),
        (13, "media.port_range"),
        (14, "media.announced[1]"),
        (14, "media.announced[3]"),
    ]


def test_the_ports_of_media() -> None:
    def ports(text: str) -> tuple[int, int]:
        return config.media_ports(config.read(f"{SMALL}[media]\n{text}", "x", HERE).media)

    assert ports("") == (0, 0)
    assert ports("port = 40000") == (40000, 40000)
    assert ports('port_range = "40000-40100"') == (40000, 40100)


def test_trials_and_turn_are_named_with_their_lines(tmp_path: Path) -> None:
    text = (
        SMALL
        + """
[conferences.policy]
gate = "yes"
trial_age_hours = 0
[turn]
urls = ["turn:a.go.id", "stun:a.go.id", "turns:a.go.id:443?transport=sctp"]
ttl_s = 0
[trial]
age = 3
[trial.thresholds]
rtt_ms_pass = "300"
loss_percent_fail = -1
microphone_dbfs_fail = 3
mos_past = 4
"""
    )
    found = refused(text, tmp_path)
    assert [(line, key) for line, key, _ in found] == [
        (12, "conferences[0].policy.gate"),
        (13, "conferences[0].policy.trial_age_hours"),
        (14, "turn.secret"),
        (15, "turn.urls[1]"),
        (15, "turn.urls[2]"),
        (16, "turn.ttl_s"),
        (18, "trial.age"),
        (20, "trial.thresholds.rtt_ms_pass"),
        (21, "trial.thresholds.loss_percent_fail"),
        (22, "trial.thresholds.microphone_dbfs_fail"),
        (23, "trial.thresholds.mos_past"),
    ]
    said = {key: words for _, key, words in found}
    assert "must be a TURN address" in said["turn.urls[1]"]
    assert "from -120 to 0" in said["trial.thresholds.microphone_dbfs_fail"]
    assert "did you mean `mos_pass`?" in said["trial.thresholds.mos_past"]


def test_a_secret_may_stand_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VICON_TURN_SECRET", "of the environment")
    text = SMALL + '[turn]\nurls = ["turn:a.go.id"]\n'
    assert config.read(text, "x", tmp_path).turn.secret == ""
    file = tmp_path / "turn.secret"
    file.write_text("of the file\n")
    variable = "VICON_TURN_SECRET"
    assert secret_of("TURN", "", "", variable) == "of the environment"
    assert secret_of("TURN", "of the configuration", "", variable) == "of the environment"
    assert secret_of("TURN", "", str(file), variable) == "of the file"
    assert secret_of("TURN", "of the configuration", "", "VICON_NONE") == "of the configuration"
    with pytest.raises(SpokenError) as told:
        secret_of("TURN", "", str(tmp_path), variable)
    assert "cannot be read" in told.value.words.en


OIDC = """
[accounts.oidc]
issuer = "https://sso.go.id/realms/kaltim"
client_id = "vicon"
"""
ROLE = '[[accounts.oidc.roles]]\nvalue = "g"\nrole = "moderator"\n'


def test_a_provider_is_told_whole(tmp_path: Path) -> None:
    good = SMALL + OIDC + ROLE
    assert config.read(good, "x", tmp_path).accounts.oidc.roles[0].value == "g"
    plain = good.replace("https://sso.go.id", "http://127.0.0.1:8080")
    assert config.read(plain, "x", tmp_path).accounts.oidc.client_id == "vicon"
    for text, key in (
        (good.replace("https:", "http:"), "accounts.oidc.issuer"),
        (good.replace("kaltim", "kaltim?x=1"), "accounts.oidc.issuer"),
        (good.replace('client_id = "vicon"', ""), "accounts.oidc.client_id"),
        (SMALL + OIDC, "accounts.oidc.roles"),
        (SMALL + OIDC + 'scopes = ["profile"]\n' + ROLE, "accounts.oidc.scopes"),
        (SMALL + OIDC + 'client_secret_file = "none"\n' + ROLE, "accounts.oidc.client_secret_file"),
        (
            SMALL + OIDC + 'client_secret_file = "x"\nclient_secret = "y"\n' + ROLE,
            "accounts.oidc.client_secret",
        ),
        (good.replace('"moderator"', '"operator"'), "accounts.oidc.roles[0].role"),
    ):
        assert key in [found[1] for found in refused(text, tmp_path)], key


def test_the_turn_secret_is_given_once_and_its_file_holds_it(tmp_path: Path) -> None:
    text = SMALL + '[turn]\nurls = ["turn:a.go.id"]\n'
    file = text + 'secret_file = "turn.secret"\n'
    assert refused(text, tmp_path)[0][1:] == (
        "turn.secret",
        "give one of secret and secret_file, or VICON_TURN_SECRET in the environment",
    )
    assert refused(file + 'secret = "x"\n', tmp_path)[0][1] == "turn.secret"
    assert "no such file" in refused(file, tmp_path)[0][2]
    (tmp_path / "turn.secret").touch()
    assert "the file is empty" in refused(file, tmp_path)[0][2]
    (tmp_path / "turn.secret").write_text("s3cret\n")
    assert config.read(file, "x", tmp_path).turn.secret_file == str(tmp_path / "turn.secret")
    assert config.read(text + 'secret = "x"\n', "x", tmp_path).turn.ttl_s == 86_400


@pytest.mark.parametrize(
    ("written", "key", "said"),
    [
        ("rtt_ms_pass = 600", "rtt_ms_pass", "must be at most rtt_ms_fail (500)"),
        ("rtt_ms_fail = 200", "rtt_ms_fail", "must be at least rtt_ms_pass (300)"),
        ("mos_pass = 3", "mos_pass", "must be at least mos_fail (3.5)"),
        ("mos_fail = 4.2", "mos_fail", "must be at most mos_pass (4)"),
        ("up_kbps_360p = 100", "up_kbps_360p", "must be at least up_kbps_fail (150)"),
    ],
)
def test_what_passes_is_not_worse_than_what_fails(written: str, key: str, said: str) -> None:
    text = f"{SMALL}[trial.thresholds]\n{written}\n"
    assert refused(text) == [(11, f"trial.thresholds.{key}", said)]
    settings = config.read(SMALL + "[trial.thresholds]\nrtt_ms_pass = 500\n", "x", HERE)
    assert settings.trial.thresholds.rtt_ms_pass == settings.trial.thresholds.rtt_ms_fail


def test_the_gate_and_the_age_of_trials_reach_the_plan() -> None:
    text = SMALL + "[conferences.policy]\ngate = true\ntrial_age_hours = 48\n"
    (plan,) = config.plans(config.read(text, "x", HERE))
    assert plan.policy.gate
    assert plan.policy.trial_age_ms == 48 * 3_600_000


def test_what_is_missing_is_named_at_its_table() -> None:
    text = '[[conferences]]\nid = "k"\n[conferences.hub]\nname = "x"\n[[conferences.rooms]]\n'
    assert [(line, key, words) for line, key, words in refused(text)] == [
        (1, "conferences[0].moderators", "is missing"),
        (1, "conferences[0].timezone", "is missing"),
        (1, "conferences[0].title", "is missing"),
        (3, "conferences[0].hub.code", "is missing"),
        (5, "conferences[0].rooms[0].code", "is missing"),
        (5, "conferences[0].rooms[0].name", "is missing"),
    ]
    assert refused("") == [(1, "conferences", "is missing")]


def test_a_code_may_not_come_twice() -> None:
    text = SMALL.replace('"91.71"', '"91"')
    assert [(line, key) for line, key, _ in refused(text)] == [(8, "conferences[0].rooms[0].code")]
    assert [key for _, key, _ in refused(SMALL + SMALL)] == ["conferences[1].id"]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("Asia/Jayapura", "Asia/Wamena", "timezone"),
        ("Asia/Jayapura", "../etc/passwd", "timezone"),
        ('id = "k"', 'id = "K T"', "id"),
        ("2026-12-01T09:00:00", '"besok"', "starts_at"),
        ("2026-12-01T09:00:00", "2026-12-01", "starts_at"),
        ('title = "Rapat"', 'title = ""', "title"),
        ('title = "Rapat"', "title = [1]", "title"),
        ('[{ name = "Rini" }]', "[]", "moderators"),
        ('[{ name = "Rini" }]', '"Rini"', "moderators"),
        ('[{ name = "Rini" }]', '["Rini"]', "moderators[0]"),
        ('[{ name = "Rini" }]', '[{ name = "a" }, { name = "a" }]', "moderators[1].name"),
        ("cap = 5", "cap = true", "rooms[0].cap"),
        ("cap = 5", "cap = 1000", "rooms[0].cap"),
        ('{ code = "91", name = "Provinsi Papua" }', "3", "hub"),
    ],
)
def test_a_wrong_value_is_named(old: str, new: str, key: str) -> None:
    found = refused(SMALL.replace(old, new))
    assert [k for _, k, _ in found] == [f"conferences[0].{key}"]


def test_toml_that_is_none_is_named_with_its_line() -> None:
    assert [(line, key) for line, key, _ in refused(SMALL + "\n[oops\n")] == [(11, "")]
    assert refused("a = 1\nb = ")[0][0] == 2


def test_certificate_files_must_be_there(tmp_path: Path) -> None:
    text = SMALL + '[server]\ntls = "files"\ncertificate = "a.pem"\n'
    assert [(line, key) for line, key, _ in refused(text, tmp_path)] == [
        (10, "server.key"),
        (12, "server.certificate"),
    ]
    for name in ("a.pem", "a.key"):
        (tmp_path / name).touch()
    settings = config.read(f'{text}key = "a.key"\n', "x", tmp_path)
    assert settings.server.certificate == str((tmp_path / "a.pem").resolve())


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigErrors, match="cannot be read: No such file"):
        config.load(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b"# ok\n# \xe9\n")
    with pytest.raises(ConfigErrors, match=r"latin\.toml:2: is not UTF-8"):
        config.load(tmp_path / "latin.toml")


def test_errors_are_said_in_both_languages() -> None:
    with pytest.raises(ConfigErrors) as caught:
        config.read("[server]\nport = -1\n", "x.toml", HERE)
    assert "x.toml:2: server.port: harus bilangan bulat" in caught.value.words.id
    assert "x.toml:2: server.port: must be a whole number" in caught.value.words.en


SECRET = "whsec_" + "c2VrcmV0" * 5
HOOK = f'''[[webhooks]]
name = "pusat"
url = "https://pantau.go.id/vicon?x=1"
secret = "{SECRET}"
'''


def test_metrics_are_for_this_machine_alone_or_for_who_has_a_token(tmp_path: Path) -> None:
    here = SMALL + "[metrics]\nport = 9464\n"
    assert config.read(here, "x", tmp_path).metrics.listen == "127.0.0.1"
    assert config.read(SMALL, "x", tmp_path).metrics.port == 0
    for listen in ("0.0.0.0", "::", "10.0.0.5"):
        (wrong,) = refused(f'{here}listen = "{listen}"\n')
        assert wrong[1] == "metrics.listen"
        assert "token" in wrong[2]
        config.read(f'{here}listen = "{listen}"\ntoken = "0123456789abcdef"\n', "x", tmp_path)
    (tmp_path / "metrics.token").write_text("0123456789abcdef\n", "utf-8")
    read = config.read(SMALL + '[metrics]\ntoken_file = "metrics.token"\n', "x", tmp_path)
    assert read.metrics.token_file == str(tmp_path / "metrics.token")
    (wrong,) = refused(SMALL + '[metrics]\ntoken_file = "tidak-ada"\n')
    assert wrong[1] == "metrics.token_file"


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("https:", "http:", "webhooks[0].url"),
        ("pantau.go.id", "nama:sandi@pantau.go.id", "webhooks[0].url"),
        ("?x=1", "#x", "webhooks[0].url"),
        ("https:", "file:", "webhooks[0].url"),
        ('"pusat"', '"Kantor Pusat"', "webhooks[0].name"),
        ("secret", "# secret", "webhooks[0].secret"),
        ("secret =", 'events = ["pesan"]\nsecret =', "webhooks[0].events[0]"),
        ("secret =", "timeout_s = 0\nsecret =", "webhooks[0].timeout_s"),
        (HOOK, HOOK + HOOK, "webhooks[1].name"),
    ],
)
def test_a_webhook_goes_where_it_is_safe(old: str, new: str, key: str) -> None:
    read = config.read(SMALL + HOOK, "x", HERE)
    assert len(read.webhooks[0].events) == 5
    here = HOOK.replace("https://pantau.go.id/vicon?x=1", "http://127.0.0.1:9000/vicon")
    config.read(SMALL + here, "x", HERE)
    assert key in [one[1] for one in refused(SMALL + HOOK.replace(old, new, 1))]
