"""Steps of programs as the checker sees them: what they take, and what they give for it."""

from __future__ import annotations

from typing import NamedTuple

from mypy.applytype import apply_generic_arguments
from mypy.checker import TypeChecker
from mypy.constraints import SUBTYPE_OF, infer_constraints
from mypy.maptype import map_instance_to_supertype
from mypy.nodes import (
    ARG_POS,
    CallExpr,
    Context,
    DictExpr,
    Expression,
    FuncDef,
    LambdaExpr,
    MemberExpr,
    NameExpr,
    StrExpr,
)
from mypy.solve import solve_constraints
from mypy.subtypes import find_member, is_subtype
from mypy.types import (
    AnyType,
    CallableType,
    ErasedType,
    Instance,
    NoneType,
    Overloaded,
    ProperType,
    TupleType,
    Type,
    TypedDictType,
    TypeOfAny,
    UninhabitedType,
    get_proper_type,
)

RUNNABLE = "runlaw.runnable.Runnable"


class Step(NamedTuple):
    """A step: where it is written, its type, and how messages name it."""

    expr: Expression
    type: ProperType
    name: str

    def formal(self, api: TypeChecker) -> Type:
        """What to check the expression against: a dict is no function, and stands for one."""
        return api.named_generic_type("builtins.object", []) if isinstance(self.expr, DictExpr) else self.type


def read_step(api: TypeChecker, expr: Expression, given: Type | None = None) -> Step:
    """The step that an expression is; a lambda is read as a function of what it is given."""
    context: Type | None = None
    if isinstance(expr, LambdaExpr) and given is not None and len(expr.arguments) == 1:
        function = api.named_generic_type("builtins.function", [])
        context = CallableType([given], [ARG_POS], [None], ErasedType(), function)
    return Step(expr, get_proper_type(api.get_expression_type(expr, context)), name_of(expr))


def name_of(expr: Expression) -> str:
    """How a message names a step."""
    if isinstance(expr, NameExpr | MemberExpr):
        return expr.name
    if isinstance(expr, LambdaExpr):
        return "RunnableLambda"
    if isinstance(expr, DictExpr):
        return f"RunnableParallel<{','.join(each.value for each, _ in expr.items if isinstance(each, StrExpr))}>"
    if isinstance(expr, CallExpr):
        called = name_of(expr.callee)
        if called in _LEAVES and expr.args and expr.arg_kinds[0] is ARG_POS:
            return name_of(expr.args[0])
        return called
    return "the step"


_LEAVES = ("lift", "lift_stream", "lift_transform", "lift_batch", "map_chunks", "with_config", "with_types", "partial")


def as_runnable(type: ProperType) -> Instance | None:
    """The type as a ``Runnable[...]``, where it is one."""
    if not isinstance(type, Instance):
        return None
    for base in type.type.mro:
        if base.fullname == RUNNABLE:
            return map_instance_to_supertype(type, base)
    return None


def as_function(type: ProperType) -> ProperType:
    """What is called when a value of the type is: a function, or the type itself where nothing is known."""
    if isinstance(type, Instance):
        member = partial_of(type) or find_member("__call__", type, type)
        return get_proper_type(member) if member is not None else type
    return type


def partial_of(type: ProperType) -> Type | None:
    """What is left of the function of a ``functools.partial``."""
    if isinstance(type, Instance) and type.extra_attrs is not None:
        return type.extra_attrs.attrs.get("__mypy_partial")
    return None


def _of_one_value(function: ProperType) -> CallableType | None:
    """The function where it is one that takes one value; of overloads the first that does."""
    if isinstance(function, Overloaded):
        return next((item for item in function.items if _takes_one(item)), None)
    return function if isinstance(function, CallableType) and _takes_one(function) else None


def _takes_one(function: CallableType) -> bool:
    kinds = function.arg_kinds
    return bool(kinds) and kinds[0].is_positional(star=True) and not any(kind.is_required() for kind in kinds[1:])


def input_of(type: ProperType) -> Type | None:
    """What a step takes, where it says so without being given anything."""
    runnable = as_runnable(type)
    if runnable is not None:
        return runnable.args[0]
    if isinstance(type, AnyType):
        return type
    function = _of_one_value(as_function(type))
    return None if function is None or function.variables else function.arg_types[0]


def first_parameter(type: ProperType) -> Type:
    """What a step that was refused says it takes, type variables and all."""
    runnable = as_runnable(type)
    if runnable is not None:
        return runnable.args[0]
    function = _of_one_value(as_function(type))
    return AnyType(TypeOfAny.from_error) if function is None else function.arg_types[0]


def input_for(type: ProperType, output: Type, context: Context) -> Type | None:
    """What a generic step takes if what it gives is to fit ``output``."""
    function = _of_one_value(as_function(type))
    if function is None or not function.variables:
        return None
    found = infer_constraints(function.ret_type, output, SUBTYPE_OF)
    solved, _ = solve_constraints(function.variables, found)
    if any(each is None or isinstance(get_proper_type(each), UninhabitedType) for each in solved):
        return None
    return apply_generic_arguments(function, solved, _say_nothing, context).arg_types[0]


def _say_nothing(callee: CallableType, type: Type, name: str, context: Context) -> None:
    return None


def output_for(api: TypeChecker, step: Step, given: Type) -> Type | None:
    """What a step gives for a value of a type; ``None`` where it cannot take it."""
    if isinstance(step.type, AnyType):
        return step.type
    runnable = as_runnable(step.type)
    if runnable is not None:
        return runnable.args[1] if is_subtype(given, runnable.args[0]) else None
    if isinstance(step.type, CallableType) and not step.type.variables and _takes_one(step.type):
        return step.type.ret_type if is_subtype(given, step.type.arg_types[0]) else None
    temporary = api.temp_node(given, step.expr)
    with api.msg.filter_errors() as errors:
        result, _ = api.expr_checker.check_call(step.type, [temporary], [ARG_POS], step.expr)
    return None if errors.has_new_errors() else result


def declared_output(type: ProperType) -> Type:
    """What a step says it gives, whatever it is given; ``Any`` where that depends."""
    runnable = as_runnable(type)
    if runnable is not None:
        return runnable.args[1]
    function = as_function(type)
    if isinstance(function, CallableType) and not function.variables:
        return function.ret_type
    return AnyType(TypeOfAny.from_error)


def is_coroutine_function(type: ProperType) -> bool:
    """Whether it is a coroutine function, which must be lifted."""
    return (
        isinstance(type, CallableType)
        and isinstance(type.definition, FuncDef)
        and type.definition.is_coroutine
        and not type.definition.is_async_generator
    )


def too_many(type: ProperType) -> CallableType | None:
    """The function, where it is one that cannot be called with one value."""
    function = as_function(type)
    if isinstance(function, CallableType) and _of_one_value(function) is None:
        return function
    return None


def is_callable(type: ProperType) -> bool:
    """Whether the type can be a step, or nothing is known of it."""
    return not isinstance(as_function(type), Instance | NoneType | TypedDictType | TupleType)
