"""The mypy plugin: ``plugins = runlaw.mypy_plugin`` in the configuration of mypy.

It gives records their keys and pipes any length, and reports what plain signatures cannot tell. mypy's version is
looked at first, before any of mypy's internals is imported.
"""

from runlaw.mypy_plugin.checked_version import check_version as check_version
from runlaw.mypy_plugin.hooks import plugin as plugin
