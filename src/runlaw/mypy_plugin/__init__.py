"""The mypy plugin: ``plugins = runlaw.mypy_plugin`` in the configuration of mypy.

It gives records their keys and pipes any length, and reports what plain signatures cannot tell.
"""

from mypy.version import __version__

from runlaw.mypy_plugin.version import check_version

check_version(__version__)  # before anything of mypy's internals is imported

from runlaw.mypy_plugin.hooks import plugin as plugin  # noqa: E402  # only after the check
