"""`legbal meters` as a rider and a program meet it: names, questions, answers, and what they do to trend and change."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from legbal import paths
from legbal.app import reindex_process
from legbal.library.rider import KnownMeter, add_change, remember
from legbal.library.same_meters import keep_answer
from legbal.library.zero_offsets import keep_zero
from tests.analysis.shares import EASY, THRESHOLD, fill, kept, summary
from tests.files.fit_files import START, fit, head, power_meter, record
from tests.terminal import legbal, on_terminal

BEGIN = datetime(2026, 1, 5, 18, tzinfo=UTC)
LIVE, FILE = "Pedals 17039", "Karoo 17039"


@pytest.fixture
def path(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library with eight rides over Bluetooth and five from files, on one meter with two names."""
    monkeypatch.setattr(reindex_process, "start", lambda: None)
    library = paths.library_file()
    for number in range(13):
        stated = summary({EASY: (49.5 + number % 2 / 5, 0.2), THRESHOLD: (48.0 + number % 3 / 5, 0.3)})
        imported = number % 3 == 2 or number == 0
        kept(
            library,
            BEGIN + timedelta(days=3 * number),
            stated,
            meter=FILE if imported else LIVE,
            source="import" if imported else "ride",
        )
    remember(KnownMeter(address="E0:01", name=LIVE, manufacturer="Favero", model="Duo"), library)
    fill(library)
    return library


def counted(capsys: pytest.CaptureFixture[str]) -> dict[str, int]:
    """How many rides the trend has of each meter."""
    meters = json.loads(legbal(capsys, "trend", "--json")[1])["meters"]
    return {
        meter["meter"]: len({row["ride"] for band in meter["bands"] for row in band["rows"]})
        for meter in meters
    }


def test_the_meters_are_listed_with_what_is_known_and_what_may_be_one(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert path.exists()
    code, out, err = legbal(capsys, "meters")
    assert code == 0
    assert [line.split("  ")[0].strip() for line in out.splitlines()[1:] if line.strip("─ ")] == [LIVE, FILE]
    assert "Favero Duo" in out
    assert f"Same pedals? {LIVE} (8 rides) and {FILE} (5 rides): both have the number 17039." in err
    assert f"`legbal meters same '{LIVE}' '{FILE}'`" in err
    listed = json.loads(legbal(capsys, "meters", "--json")[1])
    assert [(x["name"], x["rides"], x["may_be"], x["address"]) for x in listed] == [
        (LIVE, 8, [FILE], "E0:01"),
        (FILE, 5, [LIVE], ""),
    ]


def test_a_yes_makes_one_history_a_no_ends_the_question_and_both_can_be_taken_back(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert path.exists()
    assert counted(capsys) == {LIVE: 8, FILE: 5}
    assert "Same pedals?" in legbal(capsys, "trend")[2]
    assert legbal(capsys, "rides")[2].count("Same pedals?") == 1
    assert legbal(capsys, "rides", "--json")[2] == ""
    code, out, _ = legbal(capsys, "meters", "same", "pedals", "karoo")
    assert (code, out) == (
        0,
        f"One meter: {LIVE} (8 rides) and {FILE} (5 rides). `legbal meters forget` takes that back.\n",
    )
    assert counted(capsys) == {LIVE: 13}
    _, out, err = legbal(capsys, "trend")
    assert f"The same meter: 5 rides under the name {FILE}." in out
    assert err == ""
    for name in (LIVE, FILE):  # either name has all of them
        found = json.loads(legbal(capsys, "trend", "--meter", name, "--json")[1])["meters"]
        assert [len(meter["bands"][0]["rows"]) for meter in found] == [13]
    assert legbal(capsys, "meters")[2] == ""
    legbal(capsys, "meters", "forget", FILE, LIVE)
    assert counted(capsys) == {LIVE: 8, FILE: 5}
    legbal(capsys, "meters", "different", LIVE, FILE)
    assert legbal(capsys, "meters")[2] == ""
    assert counted(capsys) == {LIVE: 8, FILE: 5}


def test_a_change_is_told_from_the_rides_under_both_names(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_change("left cleat", date(2026, 1, 22), path=path)
    legbal(capsys, "meters", "same", LIVE, FILE)
    (report,) = json.loads(legbal(capsys, "change", "report", "--json")[1])
    (meter,) = report["meters"]
    assert meter["meter"] == LIVE
    assert meter["bands"][0]["before"]["rides"] + meter["bands"][0]["after"]["rides"] == 13
    assert report["joined"] == [{"meter": LIVE, "name": FILE, "rides": 5}]
    assert "The same meter: 5 rides under the name" in legbal(capsys, "change", "report")[1]


def test_a_change_names_the_days_on_which_the_zero_was_set_around_it(
    path: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    add_change("left cleat", date(2026, 1, 22), path=path)
    for day in (date(2025, 1, 1), date(2026, 1, 22), date(2026, 1, 30)):
        at = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
        keep_zero(path, LIVE, at, bytes.fromhex("200c010a00"), None)
    (report,) = json.loads(legbal(capsys, "change", "report", "--json")[1])
    assert [zero["set_at"][:10] for zero in report["zeros"]] == ["2026-01-22", "2026-01-30"]
    assert (
        legbal(capsys, "change", "report")[1].count("Zero set on 2 days: ") == 1
    )  # the other meter has none
    page = tmp_path / "months.html"
    assert legbal(capsys, "report", "--trend", "-o", str(page))[0] == 0
    assert "Zero set on 3 days: " in page.read_text(encoding="utf-8")


def test_a_zero_stands_beside_the_rides_of_its_meter_under_either_name(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for day, raw in enumerate((10, 12, 11, 13, 12, 90)):
        answer = bytes.fromhex("200c01") + raw.to_bytes(2, "little")
        keep_zero(path, LIVE, BEGIN + timedelta(days=day), answer, None)
    legbal(capsys, "meters", "same", LIVE, FILE)
    out = legbal(capsys, "trend")[1]
    assert "Zero set on 6 days, last: " in out
    assert "(jump)" in out.split("Zero set")[1].split("\n\n")[0]
    zeros = json.loads(legbal(capsys, "trend", "--json")[1])["zeros"]
    assert [(x["meter"], x["offset_raw"], x["jump"]) for x in zeros][-1] == (LIVE, 90, True)
    assert (
        json.loads(legbal(capsys, "trend", "--since", "2026-01-09", "--json")[1])["zeros"][0]["offset_raw"]
        == 12
    )
    code, out, _ = legbal(capsys, "meters", "zeros")
    assert code == 0
    assert out.count("jump") == 2  # in its row, and said below
    assert f"{LIVE}: The zero jumped by 78 raw" in out
    assert legbal(capsys, "meters", "zeros", "karoo")[1].startswith("No zero offset")
    assert legbal(capsys, "meters", "zeros", "--remove", "6")[:2] == (0, "Zero offset 6 is forgotten.\n")
    assert legbal(capsys, "meters", "zeros", "--remove", "6", "--json")[0] == 2
    assert legbal(capsys, "meters", "zeros", "--remove", "6")[0] == 1


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        (("pedals", "pedals"), "both are"),
        (("pedals", "spider"), "no ride on a meter that begins with 'spider'"),
        (("", "karoo"), "several meters begin with ''"),
    ],
)
def test_names_that_name_no_two_meters_are_one_line(
    path: Path, capsys: pytest.CaptureFixture[str], typed: tuple[str, str], problem: str
) -> None:
    assert path.exists()
    code, out, err = legbal(capsys, "meters", "same", *typed)
    assert (code, out) == (1, "")
    assert problem in err
    assert LIVE in err or "both are" in err


def test_without_rides_it_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert legbal(capsys, "meters")[1].startswith("No meters yet.")
    assert json.loads(legbal(capsys, "meters", "--json")[1]) == []
    assert legbal(capsys, "meters", "zeros")[1].startswith("No zero offset was set here yet.")
    assert legbal(capsys, "meters", "same", "a", "b")[0] == 1


@pytest.fixture
def file(path: Path, tmp_path: Path) -> Path:
    """A head unit's ride on pedals of that number, which it calls otherwise; but for it nothing is to be asked."""
    keep_answer(path, LIVE, FILE, same=True)
    device = power_meter(manufacturer=69, serial_number=1012720129, ant_device_number=17039)
    file = tmp_path / "dash.fit"
    ridden = [record(t, 200, 0x80 | 50 + t % 4) for t in range(600)]
    file.write_bytes(fit(*head(), device, *ridden))
    return file


ASKED = (
    "Same pedals? Pedals 17039 (13 rides) and Stages Cycling 1012720129 (1 ride): both have the number 17039."
)


def test_an_import_without_a_terminal_says_what_to_type_and_joins_nothing(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = legbal(capsys, "import", str(file), "--json", "--ftp", "250")
    assert code == 0
    assert json.loads(out)["new"]
    assert ASKED in err
    assert "legbal meters same 'Pedals 17039' 'Stages Cycling 1012720129'" in err
    assert set(counted(capsys)) == {LIVE, "Stages Cycling 1012720129"}
    assert "Same pedals?" not in legbal(capsys, "import", str(file))[2]  # nothing new, and nothing to ask


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no pseudo-terminals on this system")
@pytest.mark.parametrize(
    ("typed", "answer", "meters"),
    [
        ("1\n", "One meter:", {LIVE: 14}),
        ("2\n", "Two meters:", {LIVE: 13, "Stages Cycling 1012720129": 1}),
        ("3\n", "", {LIVE: 13, "Stages Cycling 1012720129": 1}),
    ],
)
async def test_an_import_on_a_terminal_asks_once(
    file: Path, capsys: pytest.CaptureFixture[str], typed: str, answer: str, meters: dict[str, int]
) -> None:
    async with on_terminal("import", str(file), "--ftp", "250", columns=200) as terminal:
        await terminal.shows("[1–3]")
        assert ASKED in terminal.text
        await terminal.answers(typed, answer)
        assert await terminal.ended() == 0
    assert counted(capsys) == meters
    assert bool(legbal(capsys, "meters")[2]) == (typed == "3\n")


@pytest.mark.parametrize("start", [START, START + 36_000_000], ids=["long before", "between the others"])
def test_an_import_that_names_no_meter_is_asked_about_by_time_and_share(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], start: int
) -> None:
    keep_answer(path, LIVE, FILE, same=True)
    ridden = [record(t, 200, 0x80 | 50 + t % 4, timestamp=start + t) for t in range(600)]
    file = tmp_path / "ride.fit"
    file.write_bytes(fit(*head(), *ridden))
    told = legbal(capsys, "import", str(file), "--ftp", "250")[2]
    assert ("Same pedals? Pedals 17039 (13 rides) and Garmin Edge 530 (1 ride): a head unit" in told) == (
        start != START
    )
