"""Of what settings are made: the texts that several of them may be, and what is said of each for people."""

from typing import Annotated

from msgspec import Meta

MeterName = Annotated[str, Meta(min_length=1, max_length=248)]
FolderText = Annotated[str, Meta(min_length=1, max_length=1000, pattern=r"^(~|/|[A-Za-z]:[\\/]|\\\\)")]
PathText = Annotated[str, Meta(min_length=1, max_length=1000)]
HOST = r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})"
BROKER = rf"^(mqtts?://{HOST}(:[0-9]{{1,5}})?/?|wss?://{HOST}(:[0-9]{{1,5}})?(/[A-Za-z0-9._~/-]{{0,200}})?)$"


def about(text: str, group: str = "mqtt", unit: str = "", **more: object) -> Meta:
    """What a setting is, for people.

    `more` may be `secret`, `words` (what is allowed), `flag` and, for a setting that has no default, `example`.
    """
    return Meta(description=text, extra={"group": group, "unit": unit, **more})
