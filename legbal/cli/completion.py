"""`legbal completion`: a shell's script, and what a half-typed ride, meter or setting can become at Tab.

Nothing is said where the library cannot be read.
"""

import os
import re
from contextlib import suppress
from typing import ClassVar

import click
from click.shell_completion import CompletionItem, ShellComplete, add_completion_class, shell_complete

from legbal import config
from legbal.app.rides import RideService
from legbal.cli import legbal
from legbal.errors import LegbalError
from legbal.present.numbers import meter_names, timestamp
from legbal.present.text import printable

# the first word of a name, if no shell reads more than letters in it, nor legbal an option
_WORD = re.compile(r"\w[\w.+@:-]*(?= |$)")
_MOST_RIDES = 50  # more would only fill the terminal
# An empty word takes its variable away, a completion wants a tooltip, and where none is given files are offered.
_POWERSHELL = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = $commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition }
    $words = $before | ForEach-Object { if ($_.Value -is [string]) { $_.Value } else { $_.Extent.Text } }
    $env:%(complete_var)s = 'powershell_complete'
    $env:COMP_WORDS = $words -join "`n"
    $env:COMP_CWORD = $wordToComplete
    try {
        %(prog_name)s | Where-Object { $_ } | ForEach-Object {
            $value, $help = $_ -split "`t", 2
            if (-not $help) { $help = $value }
            [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
        }
    } finally {
        Remove-Item Env:%(complete_var)s, Env:COMP_WORDS, Env:COMP_CWORD -ErrorAction SilentlyContinue
    }
}
"""


class PowerShellComplete(ShellComplete):
    """Completion for PowerShell, which click does not bring: the words come a line each, completions go so too."""

    name: ClassVar[str] = "powershell"
    source_template: ClassVar[str] = _POWERSHELL

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one that is typed, without the program's; and that one."""
        return os.environ.get("COMP_WORDS", "").split("\n")[1:], os.environ.get("COMP_CWORD", "")

    def format_completion(self, item: CompletionItem) -> str:
        """The completion and, behind a tab, what it is; nothing for a file, which PowerShell completes itself."""
        if item.type != "plain":
            return ""
        return f"{item.value}\t{' '.join((item.help or '').split())}"


add_completion_class(PowerShellComplete)


def print_script(shell: str) -> None:
    """Prints the script."""
    shell_complete(legbal, {}, "legbal", "_LEGBAL_COMPLETE", f"{shell}_source")


def rides(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Names of recorded rides, the newest first, with their day and meter; else files."""
    items: list[CompletionItem] = []
    with suppress(LegbalError):
        for name, ride in RideService().names(typed, _MOST_RIDES):
            what = ride.title or meter_names(ride.meters) or ride.source
            items.append(CompletionItem(name, help=f"{timestamp(ride.started)}  {printable(what)[:40]}"))
    return items or [CompletionItem(typed, type="file")]


def meters(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Names of the meters that were ridden with, and the rider's own names for them.

    Of a name with blanks what stands before the first: the beginning of a name will do. It comes from a radio, and
    stands as it is on a line that Enter runs: one with what a shell may read as a command is passed over.
    """
    names: list[str] = []
    with suppress(LegbalError):
        names = [*config.load().aliases, *RideService().meters()]
    starts = dict.fromkeys(word[0] for name in names if (word := _WORD.match(name)))
    return [CompletionItem(name) for name in starts if name.lower().startswith(typed.lower())]


def choices(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """The words among which a setting chooses: the one that was named before, or else that of the option's name."""
    key = config.KEYS.get(str(context.params.get("name", parameter.name)))
    return [CompletionItem(word) for word in (key.choices if key else ()) if word.startswith(typed)]


def settings(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """The names of settings."""
    return [
        CompletionItem(key.name, help=key.text.split(". ")[0])
        for key in config.KEYS.values()
        if key.name.startswith(typed)
    ]
