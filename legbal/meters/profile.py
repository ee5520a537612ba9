"""What is known of a meter family, as data.

A profile is a set of statements: each is a plain field of `Profile`, with its provenance and source kept beside it in
`statements`. A new statement is one more field here: reading, validation and messages follow from the field's type.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Kind = Literal["measured", "estimated", "doubled", "bridge", "total", "unknown"]
Placeholder = Literal["fifty", "last", "zero", "hundred", "absent", "unknown"]
Content = Literal["balance", "accumulated_torque", "crank"]
Side = Literal["left", "right"]
Provenance = Literal["captured", "vendor", "reported", "assumed"]

LONGEST_SOURCE = 600

Pattern = Annotated[str, Meta(min_length=1, max_length=64)]
Patterns = Annotated[tuple[Pattern, ...], Meta(max_length=16)]
Sentences = Annotated[str, Meta(max_length=LONGEST_SOURCE)]


class Statement(msgspec.Struct, frozen=True, gc=False):
    """Where the value of one key of a profile comes from."""

    key: str
    provenance: Provenance
    source: str


class Recognition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way to know the family: all conditions that are given must hold.

    `names`, `manufacturer` and `model` are patterns in which `*` stands for any characters and `?` for one,
    upper and lower case alike; one of `names` must fit, one of `services` (16-bit numbers or 128-bit UUIDs,
    in hex) must be advertised. `balance` asks for bit 0 of the feature characteristic, `distributed` whether
    its bits 20 and 21 say that the device can be one of a pair; both are passed over while it is unread.
    """

    provenance: Provenance
    source: str
    names: Patterns = ()
    manufacturer: Pattern | None = None
    model: Pattern | None = None
    services: Patterns = ()
    balance: bool | None = None
    distributed: bool | None = None


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What one meter family sends, and what its balance is worth.

    Defaults are what is taken for granted of a meter about which nothing is stated.

    Attributes:
        id: the profile's own name: lower case, digits, hyphens.
        name: the family's name as its maker writes it.
        version: raised with every change that changes what old rides say.
        kind: measured (each side has a sensor), estimated (a spider), doubled (one side stands for both),
            bridge (another device passes it on and knows no balance), total (one power, of both together).
        side: where a meter with one sensor has it; None: not known, or it has two.
        reference: which side the octet names while the measurement's reference bit is clear; "flag": not
            known.
        swapped: the octet names the other side than the measurement says.
        resolution_percent: the step in which the balance is sent.
        placeholder: what the octet holds while the cranks stand still.
        fields: what its measurements carry; empty: not known.
        rate_hz: notifications a second.
        repeats: a revolution is sent again until there is a new one.
        skips: of several revolutions between two notifications only the last is told; otherwise the balance
            is that of all of them.
        counts_while_stopped: the crank count goes on while its event time stands still.
        rezeroes: the zero offset is set anew whenever pedalling stops.
        falls_back: where one side falls silent, the other is doubled in its stead.
        peripherals: how many Bluetooth devices one meter shows; with two, each has half of the power.
        left_names, right_names: patterns of the advertised names of the two.
        connections: how many Bluetooth links it takes at once; None: not known.
        pairing: whether the link must be bonded.
        zero_offset: by which control point request its zero is set: plain (12), enhanced (16), both, none.
        connecting: what the rider should know before connecting.
        locked: the balance is sent only once the rider has unlocked it.
        unlock: what must be bought or switched on before a balance is sent, and what that then is worth.
        features: what 0x2A65 reads as, where it was seen.
        recognise: ways to know the family.
        statements: where each of the values comes from, in the order of the file.
    """

    id: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}\Z")]
    name: Annotated[str, Meta(min_length=1, max_length=80)]
    version: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    kind: Kind = "unknown"
    side: Side | None = None
    reference: Literal["flag", "left", "right"] = "flag"
    swapped: bool = False
    resolution_percent: Annotated[float, Meta(ge=0.5, le=10.0)] = 0.5
    placeholder: Placeholder = "unknown"
    fields: Annotated[tuple[Content, ...], Meta(max_length=8)] = ()
    rate_hz: Annotated[float, Meta(gt=0.0, le=200.0)] = 1.0
    repeats: bool = True
    skips: bool = True
    counts_while_stopped: bool = False
    rezeroes: bool = False
    falls_back: bool = False
    peripherals: Annotated[int, Meta(ge=1, le=2)] = 1
    left_names: Patterns = ()
    right_names: Patterns = ()
    connections: Annotated[int, Meta(ge=1, le=16)] | None = None
    pairing: Literal["none", "optional", "required", "unknown"] = "unknown"
    zero_offset: Literal["plain", "enhanced", "both", "none", "unknown"] = "unknown"
    connecting: Sentences = ""
    locked: bool = False
    unlock: Sentences = ""
    features: Annotated[int, Meta(ge=0, le=0xFFFF_FFFF)] | None = None
    recognise: Annotated[tuple[Recognition, ...], Meta(max_length=32)] = ()
    statements: tuple[Statement, ...] = ()

    @property
    def has_balance(self) -> bool:
        """Whether a balance from this meter could mean anything."""
        return self.kind not in ("doubled", "bridge", "total")


UNLISTED = Profile(id="unlisted", name="Unlisted meter")
