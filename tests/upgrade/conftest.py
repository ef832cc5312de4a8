"""Sources without their history (an unpacked archive, a shallow clone) hold no previous version:
there is then nothing to upgrade from but the kept data of test_golden.py."""

from tests.upgrade.older import previous

collect_ignore = [] if previous() else ["test_live.py"]
