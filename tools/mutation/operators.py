"""The small changes: for a piece of code, what could stand there by mistake."""

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Change = tuple[str, ast.AST]
"""The name of an operator and the node that takes the place of the one it was asked about."""

COMPARISONS: Mapping[type[ast.cmpop], tuple[str, type[ast.cmpop]]] = {
    ast.Lt: ("boundary", ast.LtE),
    ast.LtE: ("boundary", ast.Lt),
    ast.Gt: ("boundary", ast.GtE),
    ast.GtE: ("boundary", ast.Gt),
    ast.Eq: ("equality", ast.NotEq),
    ast.NotEq: ("equality", ast.Eq),
    ast.Is: ("equality", ast.IsNot),
    ast.IsNot: ("equality", ast.Is),
    ast.In: ("membership", ast.NotIn),
    ast.NotIn: ("membership", ast.In),
}
ARITHMETIC: Mapping[type[ast.operator], tuple[str, type[ast.operator]]] = {
    ast.Add: ("arithmetic", ast.Sub),
    ast.Sub: ("arithmetic", ast.Add),
    ast.Mult: ("arithmetic", ast.Div),
    ast.Div: ("arithmetic", ast.Mult),
    ast.FloorDiv: ("arithmetic", ast.Div),
    ast.Mod: ("arithmetic", ast.Mult),
    ast.BitAnd: ("logic", ast.BitOr),
    ast.BitOr: ("logic", ast.BitAnd),
}
FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any", "round": "int"}
METHODS = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "first": "last",
    "last": "first",
    "head": "tail",
    "tail": "head",
    "ceil": "floor",
    "floor": "ceil",
    "is_null": "is_not_null",
    "is_not_null": "is_null",
    "any_horizontal": "all_horizontal",
    "all_horizontal": "any_horizontal",
    "min_horizontal": "max_horizontal",
    "max_horizontal": "min_horizontal",
    "startswith": "endswith",
    "endswith": "startswith",
}
STEPS = {"filter", "exclude", "drop_nulls", "unique", "distinct", "abs", "clip", "fill_null"}
"""Methods that give the same kind of thing back, so that the call can be left out."""

JOINS = {"semi": "anti", "anti": "semi", "inner": "left", "left": "inner"}
NOT_NUMBERS = (ast.List, ast.Tuple, ast.ListComp, ast.JoinedStr, ast.Dict, ast.Set)
"""What + and | put together: - and & would break there at once, and say nothing about a test."""


def changes(node: ast.AST, parent: ast.AST) -> Iterator[Change]:
    """Every change of one node, itself left as it is."""
    if asked := BY_KIND.get(type(node)):
        yield from asked(node, parent)
    if isinstance(parent, ast.If | ast.While | ast.IfExp) and node is parent.test:
        yield from _condition(parent)
    if isinstance(parent, ast.comprehension) and node in parent.ifs:
        yield "condition", ast.Constant(True)


def _condition(parent: ast.If | ast.While | ast.IfExp) -> Iterator[Change]:
    yield "condition", ast.Constant(False)
    refuses = isinstance(parent, ast.If) and isinstance(parent.body[-1], ast.Raise)
    if not refuses and not isinstance(parent, ast.While):  # what refuses all, or never ends, is always noticed
        yield "condition", ast.Constant(True)


def _comparison(node: ast.Compare, _parent: ast.AST) -> Iterator[Change]:
    for place, kind in enumerate(map(type, node.ops)):
        name, other = COMPARISONS[kind]
        yield name, ast.Compare(node.left, [*node.ops[:place], other(), *node.ops[place + 1 :]], node.comparators)


def _both(node: ast.BoolOp, _parent: ast.AST) -> Iterator[Change]:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield "logic", ast.BoolOp(other, node.values)


def _negation(node: ast.UnaryOp, _parent: ast.AST) -> Iterator[Change]:
    if isinstance(node.op, ast.Not | ast.Invert):
        yield "negation", node.operand


def _calculation(node: ast.BinOp, _parent: ast.AST) -> Iterator[Change]:
    if (found := ARITHMETIC.get(type(node.op))) and _numbers(node.left, node.right):
        yield found[0], ast.BinOp(node.left, found[1](), node.right)


def _change_in_place(node: ast.AugAssign, _parent: ast.AST) -> Iterator[Change]:
    if (found := ARITHMETIC.get(type(node.op))) and _numbers(node.value):
        yield found[0], ast.AugAssign(node.target, found[1](), node.value)


def _numbers(*nodes: ast.expr) -> bool:
    return not any(isinstance(one, NOT_NUMBERS) or _is_text(one) for one in nodes)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)


def _constant(node: ast.Constant, parent: ast.AST) -> Iterator[Change]:
    name = "default" if isinstance(parent, ast.arguments) else "constant"
    if isinstance(node.value, bool):
        yield name, ast.Constant(not node.value)
    elif isinstance(node.value, int):
        yield name, ast.Constant(node.value + 1)
        yield name, ast.Constant(node.value - 1)
    elif isinstance(parent, ast.keyword) and parent.arg == "how" and node.value in JOINS:
        yield "join", ast.Constant(JOINS[node.value])


def _call(node: ast.Call, _parent: ast.AST) -> Iterator[Change]:
    function = node.func
    if isinstance(function, ast.Name) and function.id in FUNCTIONS:
        if function.id != "round" or len(node.args) == 1:
            yield "swap", ast.Call(ast.Name(FUNCTIONS[function.id]), node.args, node.keywords)
    elif isinstance(function, ast.Attribute):
        yield from _method(node, function)


def _method(node: ast.Call, function: ast.Attribute) -> Iterator[Change]:
    if function.attr in METHODS:
        yield "swap", ast.Call(ast.Attribute(function.value, METHODS[function.attr]), node.args, node.keywords)
    elif function.attr == "round" and not node.args:
        yield "swap", ast.Call(ast.Attribute(function.value, "floor"), [], [])
    elif function.attr == "is_in":
        yield "negation", ast.UnaryOp(ast.Invert(), node)
    elif function.attr in STEPS and not _is_manager(function.value):
        yield "step left out", function.value


def _is_manager(node: ast.AST) -> bool:
    """Whether this is `Model.objects`, which is no set of rows yet: `all()` would stand there."""
    return isinstance(node, ast.Attribute) and node.attr == "objects"


def _statement(node: ast.Expr, _parent: ast.AST) -> Iterator[Change]:
    if isinstance(node.value, ast.Call):
        yield "call left out", ast.Pass()


def _result(node: ast.Return, _parent: ast.AST) -> Iterator[Change]:
    if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
        yield "result", ast.Return(ast.Constant(None))


BY_KIND: Mapping[type[ast.AST], Callable[[Any, ast.AST], Iterator[Change]]] = {
    ast.AugAssign: _change_in_place,
    ast.BinOp: _calculation,
    ast.BoolOp: _both,
    ast.Call: _call,
    ast.Compare: _comparison,
    ast.Constant: _constant,
    ast.Expr: _statement,
    ast.Return: _result,
    ast.UnaryOp: _negation,
}
