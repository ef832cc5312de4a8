"""Trickled candidates and restarts (RFC 8840, RFC 9725 section 4.3)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vicon.rtc import sdp

# As a WHIP client sends them (after the examples of RFC 9725).
TRICKLE = """a=group:BUNDLE 0 1\r
m=audio 9 UDP/TLS/RTP/SAVPF 111\r
a=mid:0\r
a=ice-ufrag:EsAw\r
a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r
a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw\r
a=candidate:3471623853 1 udp 2122194687 198.51.100.2 61765 typ host generation 0 ufrag EsAw\r
a=candidate:473322822 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active generation 0\r
a=candidate:1 1 udp 1 5a8f0f0e-0000-4000-8000-1234567890ab.local 58780 typ host\r
a=end-of-candidates\r
"""
RESTART = """a=ice-options:trickle ice2\r
a=group:BUNDLE 0 1\r
a=ice-ufrag:ysXw\r
a=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k\r
m=audio 9 UDP/TLS/RTP/SAVPF 111\r
a=mid:0\r
"""


def test_trickled_candidates_are_read() -> None:
    found = sdp.parse_fragment(TRICKLE)
    assert (found.ufrag, found.password) == ("EsAw", "P2uYro0UCOQ4zxjKXaWCBui1")
    assert [c.port for c in found.candidates] == [61764, 61765, 9, 58780]
    assert found.candidates[2].tcp_type == "active"
    assert (found.end, found.mids, found.lite) == (True, ("0",), False)


def test_a_restart_has_new_credentials_alone() -> None:
    found = sdp.parse_fragment(RESTART)
    assert (found.ufrag, found.candidates, found.end) == ("ysXw", (), False)


def test_candidates_may_come_without_credentials_but_not_with_half() -> None:
    bare = "".join(line for line in TRICKLE.splitlines(True) if "a=ice-" not in line)
    assert sdp.parse_fragment(bare).ufrag is None
    with pytest.raises(sdp.SdpError):
        sdp.parse_fragment(bare + "a=ice-ufrag:EsAw\r\n")
    assert sdp.parse_fragment("") == sdp.Fragment(ufrag=None, password=None)


def test_a_browser_s_candidate_string_is_read() -> None:
    text = "candidate:11 1 udp 2122260223 192.0.2.2 58779 typ srflx raddr 0.0.0.0 rport 0"
    read = sdp.parse_candidate(text)
    assert sdp.parse_candidate(sdp.candidate_line(read)) == read
    assert sdp.parse_candidate("a=" + text) == read


words = st.text("abcXYZ019+/", min_size=4, max_size=12)
candidates = st.builds(
    sdp.Candidate, words, st.integers(1, 2), st.sampled_from(("udp", "tcp")),
    st.integers(0, 2**32 - 1), st.sampled_from(("192.0.2.1", "2001:db8::1", "x.local")),
    st.integers(0, 65535), st.sampled_from(("host", "srflx", "relay")),
    tcp_type=st.none() | st.just("passive"),
)  # fmt: skip
fragments = st.builds(
    lambda names, more, end, mids, lite: sdp.Fragment(
        ufrag=names and names[0], password=names and names[1], candidates=tuple(more),
        end=end, mids=mids, lite=lite,
    ),
    st.none() | st.tuples(words, words), st.lists(candidates, max_size=4), st.booleans(),
    st.just(("0",)) | st.just(("a",)), st.booleans(),
)  # fmt: skip


@given(fragments)
def test_what_was_rendered_is_read_back(fragment: sdp.Fragment) -> None:
    assert sdp.parse_fragment(sdp.render_fragment(fragment)) == fragment
