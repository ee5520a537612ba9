"""The names of aiomqtt and paho-mqtt that legbal relies on, so that an update that moves one is told here first."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import aiomqtt
from aiomqtt.exceptions import MqttConnectError
from packaging.requirements import Requirement

import legbal.outlets.mqtt
from tests.test_project.checkout import pyproject


async def test_the_names_of_aiomqtt_that_legbal_relies_on() -> None:
    client = aiomqtt.Client("broker.example")
    assert f"{type(client._client).__module__}.{type(client._client).__name__}" == "paho.mqtt.client.Client"
    assert parameters(aiomqtt.Client) >= {
        "hostname",
        "port",
        "username",
        "password",
        "identifier",
        "will",
        "transport",
        "websocket_path",
        "tls_context",
        "timeout",
        "keepalive",
        "max_queued_incoming_messages",
        "logger",
        "socket_options",
    }
    assert {"topic", "payload", "qos", "retain"} <= parameters(aiomqtt.Will)
    for name in ("publish", "subscribe", "__aenter__", "__aexit__"):
        assert inspect.iscoroutinefunction(inspect.unwrap(getattr(aiomqtt.Client, name))), name
    assert {"messages"} <= set(vars(aiomqtt.Client))
    assert issubclass(MqttConnectError, aiomqtt.MqttError)


def test_paho_which_is_listened_to_is_declared_too() -> None:
    """aiomqtt might do without it one day."""
    asked = pyproject()["project"]["dependencies"]
    assert {Requirement(text).name for text in asked} >= {"aiomqtt", "paho-mqtt"}


async def test_the_names_of_paho_that_legbal_relies_on() -> None:
    inner = aiomqtt.Client("broker.example")._client
    for name in ("on_connect", "on_disconnect", "on_socket_open"):
        heard = getattr(type(inner), name)
        assert heard.fset is not None, name
        assert callable(getattr(inner, name)), f"aiomqtt listens to {name}"
    assert list(inspect.signature(inner.on_socket_open or print).parameters) == ["client", "userdata", "sock"]
    assert inner.socket() is None
    inner.reinitialise()  # closes the socket, and forgets who listens
    assert inner.on_disconnect is None


def test_no_other_private_name_of_a_library_is_used() -> None:
    """Every underscored attribute that is asked of anything but `self` or a module's own objects."""
    foreign = set()
    for file in sorted(Path(legbal.outlets.mqtt.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Attribute)
                and node.attr.startswith("_")
                and not node.attr.startswith("__")
            ):
                owner = node.value.id if isinstance(node.value, ast.Name) else ast.unparse(node.value)
                if owner not in ("self", "cls"):
                    foreign.add((file.name, f"{owner}.{node.attr}"))
    assert foreign == {("client.py", "client._client")}


def parameters(function: object) -> set[str]:
    """The names of a callable's parameters."""
    assert callable(function)
    return set(inspect.signature(function).parameters)
