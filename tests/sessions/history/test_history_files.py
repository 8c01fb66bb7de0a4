"""Exports that read back, and files that are brought in or set aside."""

import csv
import io
import json
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.history.errors import BadFile
from sessions.history.files import FILE_NAME, HistoryFile, to_json
from sessions.history.models import AreaShare, VoyageRecord
from sessions.history.spreadsheet import FIELDS, safe_cell, to_csv

CHANNEL = "4711"
NASTY = '=HYPERLINK("http://evil.example","x"), "quoted"\r\nsecond line'


def rows(text):
    """Read CSV with the standard library."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_csv_reads_back(record):
    voyage = record(
        1,
        {"The Rim": (12.5, 30)},
        total_gold=-3.25,
        gold_per_hour=None,
        supplies_used={"fuel": 3},
        notes=NASTY,
        captain="Ada, the Bold",
    )
    text = to_csv([voyage])
    assert text.endswith("\r\n")
    (row,) = rows(text)
    assert tuple(row) == FIELDS
    assert row["total_gold"] == "-3.25"
    assert row["gold_per_hour"] == ""
    assert row["notes"] == "'" + NASTY
    assert row["captain"] == "Ada, the Bold"
    assert row["start_time"] == "2027-01-15T09:00:00.000Z"
    assert json.loads(row["areas_farmed"]) == [{"area": "The Rim", "gold": 12.5, "time": 30.0}]
    assert json.loads(row["supplies_used"]) == {"fuel": 3}
    assert row["enemy_breakdown"] == ""


@pytest.mark.parametrize("text", ["-5", "+5", "-0.25", "1e9", "-1.5E-3", "plain", "a=b", ""])
def test_numbers_and_plain_text_stay(text):
    assert safe_cell(text) == text


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1-1", "@SUM(A1)", "-", "+", "\t=1", "\r=1", "＝1", "-٣"])
def test_what_a_spreadsheet_would_run_is_neutralised(text):
    assert safe_cell(text) == "'" + text


@given(st.text(), st.text())
def test_any_text_survives_and_none_is_a_formula(notes, captain):
    voyage = VoyageRecord(
        session_id="x",
        channel="1",
        start_time=0.0,
        end_time=0.0,
        duration_minutes=0.0,
        notes=notes,
        captain=captain,
    )
    (row,) = rows(to_csv([voyage]))
    assert row["notes"] in (notes, "'" + notes)
    assert not row["captain"].startswith(("=", "@"))


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_reads_the_same(record, tmp_path):
    (tmp_path / "in.csv").write_text(to_csv([record(1, notes=NASTY)]), encoding="utf-8", newline="")
    subprocess.run(
        ["soffice", "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir",
         str(tmp_path / "out"), str(tmp_path / "in.csv")],
        check=True, timeout=90, env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    (row,) = rows((tmp_path / "out" / "in.csv").read_text(encoding="utf-8"))
    assert row["notes"].replace("\r\n", "\n") == "'" + NASTY.replace("\r\n", "\n")


async def test_the_json_export_is_what_an_empty_history_takes_over(history, record, tmp_path):
    given_records = [record(n, {"Rim": (5, 6)}, notes="né 💰", kills=n) for n in (2, 1)]
    (tmp_path / FILE_NAME).write_bytes(to_json(given_records))
    file = HistoryFile(tmp_path, history)
    assert (await file.take_over()).added == 2
    loaded = await history.load_sessions(CHANNEL)
    assert [r.notes for r in loaded] == ["né 💰", "né 💰"]
    assert [r.areas_farmed for r in loaded] == [(AreaShare("Rim", 5.0, 6.0),)] * 2
    assert all(r.voyage < 0 for r in loaded)  # the engine here counts its own voyages from 1
    await file.write()
    written = json.loads((tmp_path / FILE_NAME).read_text(encoding="utf-8"))
    assert [entry["kills"] for entry in written] == [2, 1]
    assert (await file.take_over()).added == 0


async def test_a_broken_file_is_kept_and_reported(history, record, tmp_path, caplog):
    for number, broken in enumerate([b'[{"session_id": "2027-', b"\xff\xfe", b'{"a": 1}'], start=1):
        (tmp_path / FILE_NAME).write_bytes(broken)
        brought = await HistoryFile(tmp_path, history).take_over()
        backup = FILE_NAME + (".bak" if number == 1 else f".bak-{number}")
        assert brought.backup == backup
        assert (tmp_path / backup).read_bytes() == broken
        assert not (tmp_path / FILE_NAME).exists()
        assert backup in caplog.text
    await history.save_session(record(1))
    await HistoryFile(tmp_path, history).write()
    assert len(json.loads((tmp_path / FILE_NAME).read_text())) == 1


async def test_a_file_of_another_program_is_brought_in_once(history, record, tmp_path):
    own = await history.save_session(record(1))
    entries = [
        {"session_id": "2026-05-01_20-15-00", "start_time": "2026-05-01T20:15:00", "duration_minutes": 90,
         "total_gold": "1500", "areas_farmed": [{"area": "Rim", "gold": 1500, "time": 90}], "flee_events": 2},
        {"session_id": "2026-05-02_20-15-00", "end_time": 1777758300},
        {"session_id": own.session_id},
        {"session_id": "../../etc/passwd", "start_time": 1777666501.0, "captain": "@everyone"},
        {"session_id": "no time at all"},
        {"session_id": "2026-05-03_20-15-00", "kills": "many"},
        {"start_time": 9e300},
        "nonsense",
    ]  # fmt: skip
    data = json.dumps({"sessions": entries}).encode()
    file = HistoryFile(tmp_path, history)
    brought = await file.bring_in(data, CHANNEL)
    assert (brought.added, brought.known, brought.refused) == (3, 1, 4)
    again = await file.bring_in(data, CHANNEL)
    assert (again.added, again.known) == (0, 4)
    voyage = await history.voyage(CHANNEL, "2026-05-01_20-15-00")
    assert voyage.end_time - voyage.start_time == 5400
    assert voyage.total_gold == 1500.0
    assert (await history.voyage(CHANNEL, "2026-05-01_20-15-01")).captain == "@everyone"


async def test_what_is_no_history_is_refused(history, tmp_path):
    for data in (b"", b"null", b"[1", b'"text"'):
        with pytest.raises(BadFile):
            await HistoryFile(tmp_path, history).bring_in(data, CHANNEL)


async def test_a_voyage_of_this_engine_is_never_hidden_by_one_brought_in(history, record, tmp_path):
    await HistoryFile(tmp_path, history).bring_in(to_json([record(1), record(2)]), CHANNEL)
    saved = await history.save_session(record(9, voyage=1))
    assert saved.voyage == 1
    assert await history.count(CHANNEL) == 3
