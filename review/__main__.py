"""``python -m review``: the command line without an installed script."""

import sys

from review.cli import main

sys.exit(main())
