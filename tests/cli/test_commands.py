"""Each command, on a data directory as a server leaves it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sqlite3
from pathlib import Path

import pypdfium2
import pytest
from msgspec.structs import replace

from tests.cli.conftest import START, Vicon
from vicon import config
from vicon.cli.linktable import qr_code
from vicon.core.events_office import PlanChanged
from vicon.ops.data import DataDir, ServerInfo
from vicon.store.sqlite import SqliteJournal


def test_the_sample_is_good(vicon: Vicon, tmp_path: Path) -> None:
    sample = tmp_path / "vicon.toml"
    sample.write_text(vicon("config").stdout, "utf-8")
    done = vicon("config", "--check", sample)
    assert (done.returncode, done.stderr) == (0, "")
    assert "rapat-contoh, 2 rooms: good" in done.stdout


def test_a_wrong_configuration_is_2_with_every_line(vicon: Vicon, tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(config.sample() + '\n[server2]\n[medium]\nport = "x"\n')
    count = len(path.read_text().splitlines())
    done = vicon("config", "--check", path)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f"{path}:{count - 2}: server2: is unknown; did you mean `server`?",
        f"{path}:{count - 1}: medium: is unknown; did you mean `media`?",
    ]
    assert vicon("config", "--check", tmp_path / "none.toml").returncode == 2


def test_links_for_programs(vicon: Vicon, data: Path) -> None:
    done = vicon("links", "--data", data, "--json")
    links = json.loads(done.stdout)
    assert [(link["role"], link["room"]) for link in links[:3]] == [
        ("moderator", "64"),
        ("technician", None),
        ("operator", "64.08"),
    ]
    assert [link["role"] for link in links[12:]] == [
        *("observer", *["tester"] * 11),
        *(*["observer"] * 11, "embed"),
    ]
    assert [link["room"] for link in links[13:15]] == ["64", "64.08"]
    assert links[2]["url"].startswith("http://10.0.0.5:8443/ruang#eyJ")
    assert json.loads(vicon("links", "--data", data, "--json").stdout) == links


def test_links_for_persons(vicon: Vicon, data: Path) -> None:
    done = vicon("links", "--data", data, "--room", "64.02", COLUMNS="40")
    (head, url, test_head, test_url, shown_head, shown_url) = done.stdout.splitlines()
    assert head == "Room  64.02  Operator Kukar"
    assert url.startswith("http://10.0.0.5:8443/ruang#")
    assert test_head == "Test  64.02  Uji Kukar"
    assert test_url.startswith("http://10.0.0.5:8443/uji#")
    assert shown_head == "Display  64.02  Layar Kukar"
    assert shown_url.startswith("http://10.0.0.5:8443/layar#")
    with_codes = vicon("links", "--data", data, "--room", "64.02", "--qr", COLUMNS="40")
    assert "█▀" in with_codes.stdout
    nobody = vicon("links", "--data", data, "--room", "99")
    assert (nobody.returncode, nobody.stdout) == (2, "")


def test_the_page_for_other_sites_is_printed_as_they_paste_it(vicon: Vicon, data: Path) -> None:
    *_, head, url, frame = vicon("links", "--data", data, COLUMNS="40").stdout.splitlines()
    assert head == "Embedded page    Sematan"
    assert url.startswith("http://10.0.0.5:8443/embed/kaltim-2020#eyJ")
    assert frame.startswith(f'<iframe src="{url}" allow="autoplay; fullscreen" style="')


def test_addresses_and_tokens_for_encoders_and_players(vicon: Vicon, data: Path) -> None:
    found = json.loads(vicon("links", "--data", data, "--whip", "--json").stdout)
    assert [one["role"] for one in found] == [*["encoder"] * 11, "player"]
    assert found[1]["url"] == "http://10.0.0.5:8443/whip/kaltim-2020/64.08"
    assert found[-1]["url"] == "http://10.0.0.5:8443/whep/kaltim-2020"
    done = vicon("links", "--data", data, "--whip", "--room", "64.08", "--qr", COLUMNS="40")
    head, url, token = done.stdout.splitlines()
    assert head == f"Encoder (WHIP)  64.08  {found[1]['name']}"
    assert (url, token) == (found[1]["url"], found[1]["token"])
    pages = vicon("links", "--data", data, "--json").stdout
    assert not any(one["token"] in pages for one in found)


def test_addresses_of_the_doors(vicon: Vicon, data: Path) -> None:
    found = json.loads(vicon("links", "--data", data, "--door", "--json").stdout)
    assert [(one["role"], one["room"]) for one in found[:2]] == [("door", "64"), ("door", "64.08")]
    assert len({one["url"] for one in found}) == 11
    assert all(one["url"].startswith("http://10.0.0.5:8443/checkin/") for one in found)
    done = vicon("links", "--data", data, "--door", "--room", "64.08", "--qr", COLUMNS="40")
    head, url, *code = done.stdout.splitlines()
    assert (head, url) == ("Door  64.08  Pintu Kutim", found[1]["url"])
    assert "█▀" in "\n".join(code)
    assert not any(one["url"] in vicon("links", "--data", data).stdout for one in found)
    both = vicon("links", "--data", data, "--door", "--whip")
    assert (both.returncode, both.stdout) == (2, "")
    assert "Choose one" in both.stderr


def pages(path: Path) -> list[str]:
    document = pypdfium2.PdfDocument(path.read_bytes())
    return [document[i].get_textpage().get_text_range() for i in range(len(document))]


def test_posters_for_all_doors_or_one(vicon: Vicon, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "poster.pdf"
    done = vicon("posters", "--data", data, "--out", out)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"11 posters written to {out}, good until 2020-09-26 10:13 WITA.\n"
    assert len(pages(out)) == 11
    door = json.loads(vicon("links", "--data", data, "--door", "--room", "64.02", "--json").stdout)
    vicon("posters", "--data", data, "--out", out, "--room", "64.02")
    (page,) = pages(out)
    assert "Kabupaten Kutai" in page
    assert door[0]["url"] in page.replace("\r\n", "")
    assert "10 poster" not in vicon("posters", "--data", data, "--out", out, LANGUAGE="id").stdout


def test_a_poster_that_no_phone_could_open_is_not_written(
    vicon: Vicon, data: Path, tmp_path: Path
) -> None:
    DataDir(data).write_server(ServerInfo(url="http://127.0.0.1:8080", port=8080, pid=1, started=1))
    out = tmp_path / "poster.pdf"
    done = vicon("posters", "--data", data, "--out", out)
    assert done.returncode == 2
    assert "http://127.0.0.1:8080 can be opened on this machine alone" in done.stderr
    assert not out.exists()
    for wrong in ("vicon.example", "http://localhost:8080"):
        assert vicon("posters", "--data", data, "--out", out, "--url", wrong).returncode == 2
    done = vicon("posters", "--data", data, "--out", out, "--url", "https://vicon.example/")
    assert done.returncode == 0
    assert "https://vicon.example/checkin/" in pages(out)[0].replace("\r\n", "")


def test_posters_are_of_the_plan_as_it_is_now(vicon: Vicon, data: Path, tmp_path: Path) -> None:
    with DataDir.claim(data) as home:
        asyncio.run(_change_plan(home))
    out = tmp_path / "posters.pdf"
    vicon("posters", "--data", data, "--out", out, "--room", "64.02")
    (page,) = pages(out)
    assert "Aula Tenggarong" in page
    shown = vicon("journal", "show", "--data", data).stdout.splitlines()[-1]
    assert shown.endswith("organizer Pengelola  plan_changed title=Gladi rooms=10")


async def _change_plan(home: DataDir) -> None:
    (plan,) = config.plans(config.load(config.example()))
    rooms = tuple(
        replace(room, name="Aula Tenggarong") if room.code == "64.02" else room
        for room in plan.rooms
    )
    journal = await SqliteJournal.open(home)
    who = {"role": "organizer", "name": "Pengelola"}
    changed = PlanChanged(plan=replace(plan, title="Gladi", rooms=rooms))
    await journal.append(plan.id, START + 9_500, who, [changed])
    await journal.close()


def test_posters_of_what_is_not_there(vicon: Vicon, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "poster.pdf"
    for more in (("--room", "99"), ("--conference", "x")):
        done = vicon("posters", "--data", data, "--out", out, *more)
        assert done.returncode == 2
        assert "There is no door" in done.stderr
    assert vicon("posters", "--data", tmp_path / "new", "--out", out).returncode == 3
    done = vicon("posters", "--data", data, "--out", "/proc/none/poster.pdf")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert not out.exists()


def test_links_before_the_first_start(vicon: Vicon, tmp_path: Path) -> None:
    done = vicon("links", "--data", tmp_path / "new", "--json")
    assert done.returncode == 3
    assert "start the server with this --data first" in done.stderr
    assert not (tmp_path / "new").exists()


def test_a_qr_code_is_what_a_phone_reads(tmp_path: Path) -> None:
    """Drawn blocks back to modules: finder patterns and the quiet zone are where they must be."""
    rows: list[str] = []
    for line in qr_code("https://10.0.0.5:8443/ruang#abc").splitlines():
        rows.append("".join("01"[block in "▄ "] for block in line))
        rows.append("".join("01"[block in "▀ "] for block in line))
    assert not any("1" in row for row in rows[:4])
    finder = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]
    assert [row[4:11] for row in rows[4:11]] == finder
    assert [row[-11:-4] for row in rows[4:11]] == finder


def test_verify_says_that_all_is_well(vicon: Vicon, data: Path) -> None:
    done = vicon("journal", "verify", "--data", data)
    assert done.returncode == 0
    assert "kaltim-2020: 5 entries are whole." in done.stdout
    assert "missing at the end cannot be seen" in done.stdout
    report = json.loads(vicon("journal", "verify", "--data", data, "--json").stdout)
    assert report["sound"] is True
    assert report["conferences"][0]["entries"] == 5


def test_verify_names_the_changed_entry(vicon: Vicon, data: Path) -> None:
    db = sqlite3.connect(DataDir(data).journal)
    db.execute("DROP TRIGGER journal_not_changed")
    db.execute("UPDATE journal SET event = replace(event, '2', '9') WHERE sequence = 3")
    db.commit()
    db.close()
    done = vicon("journal", "verify", "--data", data)
    assert done.returncode == 1
    assert "kaltim-2020: WRONG at entry 3: its content does not fit its hash" in done.stdout
    as_json = vicon("journal", "verify", "--data", data, "--json", "--conference", "kaltim-2020")
    assert as_json.returncode == 1
    (fault,) = json.loads(as_json.stdout)["faults"]
    assert (fault["conference"], fault["sequence"], fault["kind"]) == ("kaltim-2020", 3, "changed")


def test_show_is_for_persons(vicon: Vicon, data: Path) -> None:
    lines = vicon("journal", "show", "--data", data).stdout.splitlines()
    assert len(lines) == 5
    assert lines[1] == (
        "kaltim-2020 2  2020-09-25 10:13:21 WITA  operator Operator Kukar 64.02  "
        "tally_changed room=64.02 tally=1 undo=false"
    )
    assert "floor_changed hands=[]" in lines[4]


def test_an_export_can_be_checked_elsewhere(vicon: Vicon, data: Path, tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    assert vicon("journal", "export", "--data", data, "--output", path).returncode == 0
    assert path.stat().st_mode & 0o777 == 0o600
    assert vicon("journal", "export", "--data", data).stdout == path.read_text("utf-8")
    assert vicon("journal", "show", "--data", data, "--json").stdout == path.read_text("utf-8")
    previous = "0" * 64
    for line in path.read_text("utf-8").splitlines():
        entry = json.loads(line)
        told = entry.pop("hash")
        assert entry["previous"] == previous
        text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        previous = hashlib.sha256(text.encode()).hexdigest()
        assert previous == told


def test_an_exported_file_is_verified_without_the_data(
    vicon: Vicon, data: Path, tmp_path: Path
) -> None:
    path = tmp_path / "out.jsonl"
    vicon("journal", "export", "--data", data, "--output", path)
    done = vicon("journal", "verify", path)
    assert done.returncode == 0
    assert done.stdout == vicon("journal", "verify", "--data", data).stdout
    text = bytearray(path.read_bytes())
    place = text.index(b"\n") + 40  # in the second line
    text[place] ^= 1
    path.write_bytes(text)
    done = vicon("journal", "verify", path)
    assert done.returncode == 1
    assert "WRONG at entry 2: line 2:" in done.stdout
    (fault,) = json.loads(vicon("journal", "verify", path, "--json").stdout)["faults"]
    assert (fault["sequence"], fault["kind"]) == (2, "changed")


def test_what_is_to_be_verified_is_one_of_two(vicon: Vicon, data: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.write_bytes(b"")
    wrong = ((), (empty, "--data", data), (empty,), (tmp_path / "none.jsonl",))
    for arguments in wrong:
        done = vicon("journal", "verify", *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("act", ["show", "verify", "export"])
def test_a_conference_that_is_not_there(vicon: Vicon, data: Path, act: str) -> None:
    done = vicon("journal", act, "--data", data, "--conference", "other")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no entry for a conference `other`" in done.stderr


def test_no_journal_is_3(vicon: Vicon, tmp_path: Path) -> None:
    done = vicon("journal", "verify", "--data", tmp_path)
    assert done.returncode == 3
    assert "There is no journal" in done.stderr


def test_a_damaged_journal_is_3(vicon: Vicon, data: Path) -> None:
    path = DataDir(data).journal
    path.write_bytes(b"x" * 8192)
    done = vicon("journal", "show", "--data", data)
    assert done.returncode == 3
    assert "The journal file is damaged" in done.stderr


def test_the_journal_can_be_read_while_a_server_holds_the_data(vicon: Vicon, data: Path) -> None:
    with DataDir.claim(data):
        assert vicon("journal", "verify", "--data", data).returncode == 0
        assert vicon("links", "--data", data, "--json").returncode == 0
