"""Commands from elsewhere: lap, note, mute and unmute, and nothing else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.outlets.commands import (
    LONGEST_COMMAND,
    MOST_COMMANDS,
    WITHIN_S,
    Command,
    Commands,
    read_command,
)

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@pytest.mark.parametrize(
    ("payload", "command"),
    [
        (b'{"command":"lap"}', Command("lap")),
        (b' {"command": "mute"} ', Command("mute")),
        (b'{"command":"unmute"}', Command("unmute")),
        (b'{"command":"note","text":"left knee "}', Command("note", "left knee")),
    ],
)
def test_four_things_can_be_asked(payload: bytes, command: Command) -> None:
    assert read_command(payload) == command


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"lap",
        b'"lap"',
        b'{"command":"stop"}',
        b'{"command":"reference_left"}',
        b'{"command":"lap","at":3}',
        b'{"command":"note"}',
        b'{"command":"note","text":""}',
        b'{"command":"note","text":"  "}',
        b'{"command":"note","text":"a\\u001b[2J"}',
        b'{"command":"note","text":"a\\nb"}',
        json.dumps({"command": "note", "text": "x" * 201}).encode(),
        b'{"command":"note","text":7}',
        b'{"command":"lap"}' + b" " * LONGEST_COMMAND,
        b"[" * 1000,
        b"\xff\xfe",
    ],
)
def test_nothing_else_can(payload: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever is wrong with it
        read_command(payload)


@given(st.binary(max_size=300) | ANYTHING.map(lambda x: json.dumps(x).encode()))
def test_any_payload_is_a_command_or_nothing(payload: bytes) -> None:
    done: list[Command] = []
    commands = Commands(done.append, clock=lambda: 0.0)
    assert commands.take(payload, retained=False) == bool(done)
    assert all(x.command in ("lap", "note", "mute", "unmute") for x in done)


@given(
    st.dictionaries(
        st.sampled_from(["command", "text", "kind", "t"]), ANYTHING | st.sampled_from(["lap", "note"])
    )
)
def test_a_note_is_one_bounded_printable_line(fields: dict[str, object]) -> None:
    try:
        command = read_command(json.dumps(fields).encode())
    except ValueError:
        return
    text = command.text
    assert len(text) <= 200
    assert text.isprintable()


def test_no_more_than_a_few_are_done_at_once() -> None:
    now = 0.0
    done: list[Command] = []
    commands = Commands(done.append, clock=lambda: now)
    taken = [commands.take(b'{"command":"lap"}', retained=False) for _ in range(MOST_COMMANDS + 3)]
    assert taken == [True] * MOST_COMMANDS + [False] * 3
    assert len(done) == MOST_COMMANDS
    now = WITHIN_S
    commands.take(b'{"command":"lap"}', retained=False)
    assert len(done) == MOST_COMMANDS + 1


def test_a_command_that_the_broker_kept_is_of_another_moment() -> None:
    done: list[Command] = []
    commands = Commands(done.append)
    assert not commands.take(b'{"command":"lap"}', retained=True)
    assert done == []
