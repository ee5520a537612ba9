"""A draft is a profile at once, whatever the meter calls itself and however little was seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.gatt.characteristics import clean_text
from legbal.meters.probe import Report
from legbal.meters.profile_file import parse
from legbal.present.profile_draft import draft, identifier
from tests.meters.profiles import identify

SEEN = Report(
    notifications=600,
    revolutions=500,
    balance="moves",
    spread_points=4.2,
    reference_left=True,
    fields=("balance", "crank"),
    resolution_percent=1.0,
    placeholder="fifty",
    rate_hz=0.998,
    repeats=True,
    skipped=12,
)
CONSTANT = Report(notifications=400, revolutions=390, balance="constant", octet_percent=50.0)
NOTHING = Report(notifications=0, revolutions=0, balance="unknown")


def test_what_was_seen_is_captured_and_the_rest_assumed() -> None:
    profile = parse(draft(SEEN, advertised="NEWBIE 0815", features=0x0B), "draft")
    known = {statement.key: statement.provenance for statement in profile.statements}
    captured = {key for key, provenance in known.items() if provenance == "captured"}
    assert captured == {
        *(
            "reference",
            "resolution_percent",
            "placeholder",
            "fields",
            "rate_hz",
            "repeats",
            "skips",
            "features",
        )
    }
    assert set(known) - captured == {"kind", "counts_while_stopped"}
    assert (profile.kind, profile.placeholder, profile.rate_hz, profile.features) == (
        "unknown",
        "fifty",
        1.0,
        0x0B,
    )


def test_the_meter_is_known_again_by_the_draft() -> None:
    profile = parse(draft(SEEN, advertised="NEWBIE 0815 L", manufacturer="New", model="B1"), "draft")
    assert identify([profile], name="newbie 4711 L") is profile
    assert identify([profile], name=None, manufacturer="New", model="B1") is profile
    assert (profile.id, profile.name) == ("new-b1", "New B1")


def test_a_constant_balance_is_drafted_as_no_balance_and_says_why() -> None:
    written = draft(CONSTANT, advertised="X")
    assert written.startswith("# The balance never moved from 50 % while power did")
    profile = parse(written, "draft")
    assert profile.kind == "total"
    assert profile.statements[0].provenance == "captured"


def test_a_draft_of_nothing_asks_for_the_name() -> None:
    written = draft(NOTHING)
    assert "Put the advertised name here." in written
    assert all(said.provenance == "assumed" for said in parse(written, "draft").statements)


@given(
    st.text(max_size=100),
    st.text(max_size=100),
    st.text(max_size=100),
    st.sampled_from([SEEN, CONSTANT, NOTHING]),
)
def test_any_names_give_a_profile(advertised: str, manufacturer: str, model: str, seen: Report) -> None:
    written = draft(
        seen,
        advertised=clean_text(advertised),
        manufacturer=clean_text(manufacturer),
        model=clean_text(model),
    )
    profile = parse(written, "draft")
    assert profile.id == identifier(profile.name)


@pytest.mark.parametrize(
    ("name", "known"), [("Ä Ö 1", "1"), ("", "my-meter"), ("A" * 60, "a" * 40), ("--x--", "x")]
)
def test_an_id_is_made_of_what_a_name_has(name: str, known: str) -> None:
    assert identifier(name) == known
