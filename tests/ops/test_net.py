from __future__ import annotations

import pytest

from vicon.ops.net import announcements


def test_what_is_announced_is_read_or_refused() -> None:
    assert announcements(["203.0.113.5"]) == {"*4": ("203.0.113.5", None)}
    assert announcements(["[2001:db8::5]:4000", "203.0.113.5:1"]) == {
        "*6": ("2001:db8::5", 4000),
        "*4": ("203.0.113.5", 1),
    }
    assert announcements(["fd00::1=2001:db8::5"]) == {"fd00::1": ("2001:db8::5", None)}
    for wrong in (
        "here",
        "203.0.113",
        "203.0.113.5:0",
        "203.0.113.5:65536",
        "x=203.0.113.5",
        "10.0.0.5=2001:db8::5",
    ):
        with pytest.raises(ValueError, match=r"address|port|IPv6"):
            announcements([wrong])
    with pytest.raises(ValueError, match="twice"):
        announcements(["203.0.113.5", "203.0.113.6"])
