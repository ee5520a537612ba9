"""`legbal completion`: what makes a shell complete commands, options, rides and meters at Tab."""

from __future__ import annotations

import click

# shell → the line that installs it
_HOW = {
    "bash": "echo 'eval \"$(legbal completion bash)\"' >> ~/.bashrc",
    "zsh": "echo 'eval \"$(legbal completion zsh)\"' >> ~/.zshrc   (after the line that calls compinit)",
    "fish": "legbal completion fish > ~/.config/fish/completions/legbal.fish",
}


@click.command(
    name="completion",
    help="Print what makes your shell complete commands, options, rides and meters at the Tab key.\n\n\b\n"
    + "\n".join(f"{shell}: {how}" for shell, how in _HOW.items()),
)
@click.argument("shell", type=click.Choice(list(_HOW)))
def command(shell: str) -> None:
    """Prints the script."""
    from click.shell_completion import get_completion_class

    from legbal.cli import legbal

    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(legbal, {}, "legbal", "_LEGBAL_COMPLETE").source())
