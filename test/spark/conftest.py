"""Makes the job's modules importable, as Glue does."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "infra" / "glue"))
