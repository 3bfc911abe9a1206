"""How many random examples the property tests try: HYPOTHESIS_PROFILE=default, ci or deep."""

import os

from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

# Hypothesis draws constants out of the modules that are imported, which ones depends on the tests that ran before.
providers._get_local_constants = Constants

# No deadlines: the machine is shared, and a law says nothing about time. The same examples at every run, but for deep.
settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True, print_blob=True
)
settings.register_profile("ci", settings.get_profile("default"), max_examples=1_000)
settings.register_profile("deep", settings.get_profile("default"), max_examples=20_000, derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
