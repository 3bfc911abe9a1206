import os
import sys
from pathlib import Path

# The cases in .yml files look for mypy on the path, where an environment that is not activated is not.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
