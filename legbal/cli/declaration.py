"""How commands are declared: apart from what they run, so that `--help` and Tab load nothing of what that needs."""

import importlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import click
from click.shell_completion import CompletionItem

Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]
Decorator = Callable[[Any], Any]


def command(name: str, *options: Decorator, help: str, run: str) -> click.Command:
    """A command that loads its module only when it runs.

    Args:
        name: as it is typed.
        options: what adds its arguments and options, in their order.
        help: what it does.
        run: module in `legbal.cli` and function, as `ride:run_ride`; called with what was typed.
    """
    return click.command(name=name, help=help)(_running(run, options))


def group(
    name: str, *options: Decorator, help: str, commands: Sequence[click.Command], run: str | None = None
) -> click.Group:
    """A command with commands below it; `run` is what it does by itself, if anything, else as in `command`."""
    if run is None:
        return click.Group(name, help=help, commands=commands)
    return click.group(name=name, help=help, commands=commands, invoke_without_command=True)(
        _running(run, options)
    )


def _running(target: str, options: Sequence[Decorator]) -> Callable[..., Any]:
    runs = partial(_run, target)
    for option in reversed(options):
        runs = option(runs)
    return runs


def _run(target: str, /, **typed: Any) -> Any:
    if click.get_current_context().invoked_subcommand is not None:  # which runs by itself
        return None
    module, _, function = target.partition(":")
    return getattr(importlib.import_module(f"legbal.cli.{module}"), function)(**typed)


def values(what: str) -> Complete:
    """What completes a value at Tab: the function of that name in `legbal.cli.shell_values`, loaded only then."""

    def complete(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
        completing: Complete = getattr(importlib.import_module("legbal.cli.shell_values"), what)
        return completing(context, parameter, typed)

    return complete
