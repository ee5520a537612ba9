"""`legbal report`: where it writes, what it takes, and what it never does."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from legbal.app import ride_values
from legbal.cli import legbal
from legbal.errors import UsageError
from legbal.files import capture
from legbal.library.rides import Library
from legbal.library.writer import NewRide, keep
from legbal.paths import library_file
from legbal.ride.inputs import Input, Mark, Notification, Setup
from legbal.sources.simulator import demo
from tests.files.fit_files import ride as fit_ride
from tests.meters.profiles import shipped
from tests.shared import shared
from tests.sources.simulated import notifications

DUO = shipped()["favero-assioma-duo"]


def run(*arguments: str | Path, input: bytes | None = None) -> Result:
    return CliRunner().invoke(legbal, ["report", *map(str, arguments)], input=input)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def packets() -> list[Notification]:
    return list(notifications(demo(DUO, 1, seconds=400)))


@pytest.fixture
def kept(packets: list[Notification]) -> str:
    """A ride of the library with a name, and notes of during and after it."""
    inputs: list[Input] = sorted([*packets, Mark(90.0, "note", "written on the way")], key=lambda x: x.t)
    name = keep(library_file(), NewRide(setup=Setup(profile=DUO, ftp_w=250), title="Tuesday"), inputs)
    with Library() as library:
        ride = library.find(name)
        library.describe(ride, "note", "cold & wet")
        library.mark(ride, Mark(120.0, "note", "written <afterwards>"))
    return name


def test_a_kept_ride_is_a_page_named_after_its_day_and_title(kept: str, tmp_path: Path) -> None:
    result = run("last")
    assert result.exit_code == 0
    with Library() as library:
        day = f"{library.find(kept).started:%Y-%m-%d}"
    assert f"wrote {day}-Tuesday.html" in result.stderr
    page = (tmp_path / f"{day}-Tuesday.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    for said in ("Tuesday", "cold &amp; wet", "written on the way", "written &lt;afterwards&gt;", kept):
        assert said in page


def test_a_page_for_a_physiotherapist_is_one_of_its_own(kept: str, tmp_path: Path) -> None:
    assert run("last", "--page", "clinic").exit_code == 0
    (page,) = (x.read_text(encoding="utf-8") for x in tmp_path.glob("*-Tuesday-clinic.html"))
    assert "Limb symmetry index" in page
    assert kept in page
    of_months = run("--trend", "--page", "clinic")
    assert of_months.exit_code == 0
    assert "wrote trend-clinic.html" in of_months.stderr
    assert "smallest detectable change" in (tmp_path / "trend-clinic.html").read_text(encoding="utf-8")


def test_a_ride_is_folded_for_its_first_report_and_not_again(
    kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run(kept, "-o", "-")
    assert (first.exit_code, first.stderr) == (0, "")
    monkeypatch.setattr(ride_values, "analyse", None)
    again = run("last", "-o", "-")
    assert again.exit_code == 0
    assert again.stdout_bytes == first.stdout_bytes


def test_what_is_typed_holds_for_a_report_of_a_kept_ride(kept: str) -> None:
    plain = run(kept, "-o", "-").stdout_bytes
    assert run(kept, "-o", "-", "--swap-sides").stdout_bytes != plain
    assert run(kept, "-o", "-").stdout_bytes == plain


def test_a_capture_and_standard_input_give_the_same_page(packets: list[Notification], tmp_path: Path) -> None:
    capture.write(tmp_path / "ride.jsonl", packets)
    assert run("ride.jsonl", "-o", "file.html").exit_code == 0
    piped = subprocess.run(
        [sys.executable, "-m", "legbal", "report", "-", "-o", "-"],
        input=(tmp_path / "ride.jsonl").read_bytes(),
        capture_output=True,
        check=True,
    )
    of_file = (tmp_path / "file.html").read_bytes()
    assert (
        piped.stdout.partition(b"<h2>")[2].partition(b"<footer>")[0]
        == (of_file.partition(b"<h2>")[2].partition(b"<footer>")[0])
    )


def test_a_fit_file_says_when_it_was_ridden(tmp_path: Path) -> None:
    (tmp_path / "Morning_Ride.fit").write_bytes(fit_ride(120))
    assert run("Morning_Ride.fit").exit_code == 0
    (file,) = tmp_path.glob("*-Morning_Ride.html")
    assert file.name.startswith("2024-11-")
    page = file.read_text(encoding="utf-8")
    assert "<h1><bdi>Morning_Ride</bdi></h1>" in page
    assert "Nov 2024" in page


def test_history_says_what_is_usual(packets: list[Notification], tmp_path: Path) -> None:
    (tmp_path / "earlier").mkdir()
    for number, ride in enumerate(demo(DUO, 1, seconds=400).earlier(2)):
        capture.write(tmp_path / f"earlier/{number}.jsonl", notifications(ride))
    capture.write(tmp_path / "ride.jsonl", packets)
    run("ride.jsonl", "-o", "without.html", "--ftp", "250")
    assert run("ride.jsonl", "-o", "with.html", "--ftp", "250", "--history", "earlier").exit_code == 0
    assert (tmp_path / "with.html").read_bytes() != (tmp_path / "without.html").read_bytes()


def test_a_file_that_is_there_stays_unless_told(kept: str, tmp_path: Path) -> None:
    (tmp_path / "mine.html").write_text("mine", encoding="utf-8")
    result = run(kept, "-o", "mine.html")
    assert result.exit_code == 1
    assert (tmp_path / "mine.html").read_text(encoding="utf-8") == "mine"
    assert run(kept, "-o", "mine.html", "--overwrite").exit_code == 0
    assert (tmp_path / "mine.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_folder_takes_the_file_under_its_own_name(kept: str, tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    run(kept, "-o", "pages")
    (file,) = (tmp_path / "pages").iterdir()
    assert file.name.endswith("-Tuesday.html")


def test_a_page_is_opened_where_that_is_asked_for(kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def launch(path: str) -> int:
        opened.append(path)
        return len(opened) - 1  # the second time no browser is there

    monkeypatch.setattr(click, "launch", launch)
    assert run(kept, "-o", "page.html", "--open").exit_code == 0
    result = run(kept, "--open")
    assert result.exit_code == 0  # the file is there, whatever opens it
    assert "no browser opens" in result.stderr
    assert opened[0] == "page.html"
    assert opened[1].endswith("-Tuesday.html")
    refused = run(kept, "-o", "-", "--open")
    assert isinstance(refused.exception, UsageError)
    assert refused.stdout == ""


def test_a_report_as_pdf_is_refused_with_how_to_print(kept: str) -> None:
    refused = run(kept, "-o", "page.pdf")
    assert isinstance(refused.exception, UsageError)
    assert refused.exception.hint is not None
    assert "saves it as a PDF, with Ctrl+P" in refused.exception.hint


def test_on_the_page_the_share_is_the_second_column(kept: str) -> None:
    page = run(kept, "-o", "-").stdout
    heads = re.findall(r"<thead><tr>(.*?)</tr></thead>", page)
    columns = [re.findall(r"<th[^>]*>(.*?)</th>", head) for head in heads]
    shares = [names for names in columns if names[0] in ("int.", "intensity") and "left %" in names]
    assert len(shares) == 2
    assert all(names[1] == "left %" for names in shares)


@pytest.mark.parametrize("arguments", [(), ("last", "--trend")])
def test_either_a_ride_or_the_trend(arguments: tuple[str, ...], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "legbal", "report", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--trend" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_ride_that_is_not_there_leaves_no_file(tmp_path: Path) -> None:
    assert run("nothing.fit").exit_code == 1
    assert run("zzzz").exit_code == 1
    assert not list(tmp_path.iterdir())


def test_the_trend_holds_every_ride_of_the_library(packets: list[Notification], tmp_path: Path) -> None:
    begin = datetime(2026, 1, 10, 18, 0, tzinfo=UTC)
    for week in range(3):
        keep(
            library_file(),
            NewRide(setup=Setup(profile=DUO, ftp_w=250), started=begin + timedelta(weeks=week)),
            packets,
        )
    assert run("--trend").exit_code == 0
    page = (tmp_path / "trend.html").read_text(encoding="utf-8")
    assert "3 rides, 10 Jan 2026 to 24 Jan 2026" in page
    assert packets[-1].meter in page


def test_the_trend_of_an_empty_library_is_a_page(tmp_path: Path) -> None:
    assert run("--trend").exit_code == 0
    assert "No rides with a balance" in (tmp_path / "trend.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    [
        "fit/fenix6_indoor_turbo_dynamics_te_ps.fit",
        "fit/degenerate_tpv_const50.fit",
        "captures/stages_lr_left_crank.jsonl",
        "captures/powertap_p1_two_devices.jsonl",
    ],
)
def test_real_rides_have_their_page(name: str, tmp_path: Path) -> None:
    result = run(shared(f"data/{name}"), "-o", "page.html")
    assert result.exit_code == 0
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert ("Cycling dynamics" in page) == ("dynamics" in name)
    assert ("No balance" in page) == ("const50" in name)
    assert ("fewer than 15 revolutions with a balance" in page) == ("powertap" in name)
    assert "<dt>revolutions</dt><dd>0</dd>" not in page


def test_it_loads_nothing_of_radio_screen_or_broker(packets: list[Notification], tmp_path: Path) -> None:
    capture.write(tmp_path / "ride.jsonl", packets)
    ask = (
        "import sys\nfrom legbal.cli import main\n"
        "try:\n    main(['report', 'ride.jsonl', '-o', 'page.html'])\n"
        "finally:\n    print('loaded:', *[x for x in sys.modules if '.' not in x])"
    )
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.rpartition("loaded:")[2].split())
    assert "numpy" in loaded
    assert not loaded & {"bleak", "textual", "aiomqtt", "miniaudio", "jinja2", "pyarrow"}


def test_a_name_that_no_html_page_has_is_refused_with_what_to_do(kept: str, tmp_path: Path) -> None:
    result = run(kept, "-o", "ride.pdf")
    assert "HTML page" in str(result.exception)
    assert not list(tmp_path.glob("*.pdf"))
