"""Makes `making` importable from the tests of the scheduler."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
