"""Messages as anybody might send them: of the right form, with any values within the bounds."""

from __future__ import annotations

import math
from typing import Any

import msgspec
from hypothesis import strategies as st


def fields_of(kind: type[msgspec.Struct]) -> st.SearchStrategy[dict[str, Any]]:
    """What decodes as that message, as a dictionary."""
    return _values(msgspec.inspect.type_info(kind)).map(lambda fields: {**fields, "v": 1})


def _values(kind: msgspec.inspect.Type) -> st.SearchStrategy[Any]:
    match kind:
        case msgspec.inspect.Metadata(type=inner):
            return _values(inner)
        case msgspec.inspect.StructType(fields=fields):
            needed = {x.encode_name: _values(x.type) for x in fields if x.required}
            spare = {x.encode_name: _values(x.type) for x in fields if not x.required}
            return st.fixed_dictionaries(needed, optional=spare)
        case msgspec.inspect.UnionType(types=types):
            return st.one_of([_values(x) for x in types])
        case msgspec.inspect.LiteralType(values=values):
            return st.sampled_from(values)
        case msgspec.inspect.FloatType(ge=low, le=high):
            return st.floats(
                -math.inf if low is None else low, math.inf if high is None else high, allow_nan=False
            )
        case msgspec.inspect.IntType(ge=low, le=high):
            return st.integers(low or 0, 2**31 if high is None else high)
        case msgspec.inspect.StrType(max_length=most):
            return st.text(max_size=min(most or 20, 20))
        case msgspec.inspect.BoolType():
            return st.booleans()
        case msgspec.inspect.NoneType():
            return st.none()
        case msgspec.inspect.VarTupleType(item_type=item):
            return st.lists(_values(item), max_size=4)
        case msgspec.inspect.DictType(key_type=key, value_type=value):
            return st.dictionaries(_values(key), _values(value), max_size=4)
        case msgspec.inspect.TupleType(item_types=items):
            return st.tuples(*map(_values, items))
    raise TypeError(kind)
