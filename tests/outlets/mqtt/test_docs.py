"""What docs/mqtt.md gives to copy is right: settings, commands, the automation, and the QoS of each topic."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from legbal import config
from legbal.outlets.commands import read_command
from legbal.outlets.mqtt import QOS, homeassistant
from tests.test_project.checkout import CHECKOUT

PAGE = (CHECKOUT / "docs/mqtt.md").read_text(encoding="utf-8")


def fences(kind: str) -> list[str]:
    """The texts of the page's fences of that kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_settings_are_settings(tmp_path: Path) -> None:
    assert fences("toml")
    for text in fences("toml"):
        file = tmp_path / "config.toml"
        file.write_text(text, encoding="utf-8")
        assert config.load(file=file, environment={}).mqtt.url is not None


def test_commands_are_commands() -> None:
    (text,) = fences("json")
    told = [read_command(line.encode()).command for line in text.splitlines()]
    assert told == ["lap", "note", "mute", "unmute"]


def test_the_automation_asks_for_what_home_assistant_was_told() -> None:
    (text,) = fences("yaml")
    asked = set(re.findall(r"\b((?:binary_)?sensor\.\w+)", text))
    told = {
        f"{topic.split('/')[1]}.legbal_anna_{topic.split('/')[3]}"
        for topic, _ in homeassistant.messages("anna", "homeassistant", commands=True)
    }
    assert asked
    assert asked <= told
    for automation in yaml.safe_load(text)["automation"]:
        assert set(automation) == {"alias", "triggers", "actions"}


def test_each_topic_has_the_qos_that_is_said() -> None:
    rows = re.findall(r"^\| `([a-z/<>]+)` \| .*? \| ([012]) \| (yes|no) \|", PAGE, re.MULTILINE)
    said = {name.split("/")[0]: (int(qos), kept == "yes") for name, qos, kept in rows}
    assert said == {kind: value for kind, value in QOS.items() if kind != "discovery"}
