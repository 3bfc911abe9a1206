"""How many random examples the property tests try: HYPOTHESIS_PROFILE=default, ci or deep."""

import os

from hypothesis import HealthCheck, settings

# No deadlines: the machine is shared, and a law says nothing about time.
settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("default"), max_examples=1_000, derandomize=True, print_blob=True)
settings.register_profile("deep", settings.get_profile("default"), max_examples=20_000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
