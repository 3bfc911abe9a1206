"""Uses of Runnables that every checker must refuse."""

from __future__ import annotations

from collections.abc import Callable

from runlaw import Runnable, identity, lift
from tests.typing.parts import Animal, Cat, Point, adopt, double, half, pet, point, positive, show, size

r = lift(show)
Runnable(show)
r("a")  # runs
r()
r(1, 2)
r.invoke("a")  # runs
r.invoke()
r.invoke(value=3)
r.invoke(3).missing
r.invoke(3, {"tag": ["a"]})
r.invoke(3, {"tags": "a"})
r.invoke(3, config={"max_concurrency": "2"})
r.invoke(3, tags=["a"])
r.missing
r.name = "x"
r.other = 3
r.stream("a")  # runs
list(r.stream(3, {"nam": "x"}))
r.astream("a")  # runs
r.transform(["a"])  # runs
r.transform(3)
r.atransform(["a"])  # runs
r.batch(3)
r.batch(["a"])  # runs
r.batch([1], [{"tag": ["a"]}])
r.batch([1], return_exceptions="yes")
r.batch([1], return_exceptions=True)[0].upper()  # runs
r.batch([1], return_exceptions=positive(1))[0].upper()  # runs
r.batch([1])[0].missing
r.abatch(["a"])  # runs
r.ainvoke("a")  # runs
list(r.batch_as_completed(["a"]))  # runs
next(r.batch_as_completed([1]))[0].upper()
r.map_batch(max_concurrency="2")
r.map_batch().invoke(3)
r.map_batch().invoke(["a"])  # runs
r.with_config({"tag": ["a"]})
r.with_config(tag=["a"])  # gap: ty
r.with_config(tags="a")
r.with_config(max_concurrency="2")
r.with_retry(on=ValueError)
r.with_retry(delays=3)
r.with_fallbacks(size)
r.with_fallbacks(half)  # runs
r.with_fallbacks(lift(size))
r.with_timeout("1")
r.with_timeout()
r.with_types()
r.with_types(int)
r.with_types(input="int")
r.with_types(input=bool).invoke("a")  # runs
r.with_types(output=int).invoke(3).upper()  # runs
r.with_validation(strict="yes")
r.with_listeners(on_start=3)
r.with_listeners(on_start=lambda event: event.output)  # runs
r.with_listeners(on_stop=print)
r.pick("a")
r.assign(a=size)
r | {"a": double}
r | {"a": 3}
{"a": show} | lift(size)  # gap: pyrefly, ty
{"a": 3} | lift(len)
lift(point).pick()
lift(point).pick(3)
lift(point).invoke(3)["z"]
lift(adopt).invoke("a").missing
identity()
identity(3).upper()
identity.invoke(3).upper()
identity.invoke("a") + 1
identity.batch([1])[0].upper()
identity.invoke(3, {"tag": ["a"]})
identity.missing
identity.with_config(tag=["a"])  # gap: ty
next(identity.stream(3)).upper()
(identity | show).invoke("a")  # runs
(show | identity).invoke(3) + 1
not_a_function: Callable[[str], str] = r  # runs
narrower_output: Runnable[int, bool] = lift(size)  # runs
wider_input: Runnable[Animal, str] = lift(show)  # runs
not_a_cat: Runnable[str, int] = lift(adopt)  # runs
wider_animal: Runnable[object, str] = lift(pet)  # runs
not_this_record: Runnable[int, Cat] = lift(point)  # runs
no_record: Runnable[Point, int] = lift(double)  # runs
r.stream_log("a")  # runs
r.stream_log(3, diff="no")
r.stream_log(3, final_output="never")
r.stream_log(3, include_names="show")  # gap: mypy, plugin, pyrefly, pyright, ty
r.stream_log(3, include_name=["show"])  # gap: ty
next(r.stream_log(3)).state
r.stream_events("a")  # runs
r.stream_events(3, version="v3")
r.stream_log(3, exclude_types=["chian"])
r.stream_events(3, include_types=["chian"])
next(r.stream_events(3))["evnt"]
r.astream_events("a")  # runs
identity.stream_events(3, include_types=["chian"])
r.input_schema.validate_python(3).upper()
r.output_schema.validate_python("3") + 1
r.get_graph().draw()
