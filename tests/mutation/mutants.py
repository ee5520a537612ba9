"""Which small faults are put in: one replacement for each operator, condition, number, loop and decorator."""

from __future__ import annotations

import ast
from typing import NamedTuple

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator

# Of cosmic-ray's replacements those that are hard to notice: the nearest other operator, and not all eleven.
_BINARY = (
    *("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "FloorDiv_Div", "Mod_FloorDiv", "Pow_Mul"),
    *("RShift_LShift", "LShift_RShift", "BitOr_BitAnd", "BitAnd_BitOr", "BitXor_BitOr"),
)
_COMPARISON = (
    *("Eq_NotEq", "NotEq_Eq", "Lt_LtE", "Lt_GtE", "LtE_Lt", "LtE_Gt", "Gt_GtE", "Gt_LtE", "GtE_Gt", "GtE_Lt"),
    *("Is_IsNot", "IsNot_Is"),
)
_OTHERS = (
    *(
        "ReplaceUnaryOperator_USub_UAdd",
        "ReplaceUnaryOperator_Delete_Not",
        "ReplaceUnaryOperator_Delete_Invert",
    ),
    *("AddNot", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceAndWithOr", "ReplaceOrWithAnd"),
    *("ReplaceBreakWithContinue", "ReplaceContinueWithBreak", "ExceptionReplacer", "NumberReplacer"),
    *("RemoveDecorator", "ZeroIterationForLoop"),
)
OPERATORS = (
    *(f"ReplaceBinaryOperator_{name}" for name in _BINARY),
    *(f"ReplaceComparisonOperator_{name}" for name in _COMPARISON),
    *_OTHERS,
)


class Mutant(NamedTuple):
    """One change of one file: cosmic-ray's operator, and which of its places in the file."""

    file: str
    operator: str
    occurrence: int
    line: int
    last_line: int

    def source(self, text: str) -> str:
        """The file's text with the change."""
        changed = mutate_code(text, get_operator(f"core/{self.operator}")(), self.occurrence)
        assert changed is not None
        return str(changed)


def mutants(file: str, text: str) -> list[Mutant]:
    """All of a file, in the order of its lines; what only a type checker reads is left alone."""
    tree = get_ast(text)
    unread = list(_annotations(text))
    found = []
    for name in OPERATORS:
        operator = get_operator(f"core/{name}")()
        places = [place for node in ast_nodes(tree) for place in operator.mutation_positions(node)]
        for occurrence, (begin, end) in enumerate(places):
            mutant = Mutant(file, name, occurrence, begin[0], end[0])
            if not any(first <= begin and end <= last for first, last in unread) and _can_be_made(
                mutant, text
            ):
                found.append(mutant)
    return sorted(found, key=lambda x: (x.file, x.line, x.operator, x.occurrence))


def _can_be_made(mutant: Mutant, text: str) -> bool:
    """Whether cosmic-ray can: it offers to replace an exception of another module (`struct.error`), and then fails."""
    if mutant.operator == "ExceptionReplacer":
        try:
            mutant.source(text)
        except AttributeError:
            return False
    return True


def _annotations(text: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where annotations begin and end, as (line, column)."""
    notes: list[ast.expr | None] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.AnnAssign | ast.arg):
            notes.append(node.annotation)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            notes.append(node.returns)
    return [
        ((x.lineno, x.col_offset), (x.end_lineno or x.lineno, x.end_col_offset or 0))
        for x in notes
        if x is not None
    ]
