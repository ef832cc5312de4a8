"""GStreamer's webrtcbin as an encoder or a player, for the Python that has its bindings:

    /usr/bin/python3 tests/bench/gst_whip.py publish|play URL TOKEN [--seconds 8] [--codec vp8|h264]

On Debian: apt-get install python3-gi gir1.2-gst-plugins-bad-1.0 gstreamer1.0-nice
gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad (some 110 packages,
which is why no test needs them). libnice finds no server on the loopback: give it an address of
the machine. Prints one JSON object: the state reached, HTTP status codes, what a player received.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import urllib.request
from urllib.error import HTTPError
from urllib.parse import urljoin

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

PICTURES = {
    "vp8": "vp8enc deadline=1 cpu-used=8 target-bitrate=600000 keyframe-max-dist=30 "
    "! rtpvp8pay picture-id-mode=2 "
    "! application/x-rtp,media=video,encoding-name=VP8,payload=96",
    "h264": "openh264enc complexity=low bitrate=600000 gop-size=30 "
    "! video/x-h264,profile=constrained-baseline "
    "! rtph264pay config-interval=-1 aggregate-mode=zero-latency "
    "! application/x-rtp,media=video,encoding-name=H264,payload=96",
}
SOURCE = "videotestsrc is-live=true pattern=ball ! video/x-raw,width=640,height=360,framerate=30/1"
SOUND = (
    "audiotestsrc is-live=true freq=440 ! audioconvert ! audioresample ! queue ! opusenc "
    "! rtpopuspay ! application/x-rtp,media=audio,encoding-name=OPUS,payload=97"
)
WANTED = (
    "application/x-rtp,media=audio,encoding-name=OPUS,payload=97,clock-rate=48000,"
    "encoding-params=(string)2",
    "application/x-rtp,media=video,encoding-name=VP8,payload=96,clock-rate=90000",
)


class Peer:
    """One webrtcbin and its HTTP requests."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token
        self.received: dict[str, int] = {}
        self.result: dict[str, object] = {
            "state": "new",
            "post": 0,
            "delete": 0,
            "received": self.received,
            "error": "",
        }
        self.loop = GLib.MainLoop()
        self._kept: list[object] = []  # the bindings free what only C holds
        self._posted = False
        self._session = ""

    def attach(self, pipeline: Gst.Pipeline) -> None:
        self.pipeline = pipeline
        self.rtc = pipeline.get_by_name("rtc")
        self.rtc.connect("on-negotiation-needed", self._negotiate)
        self.rtc.connect("notify::ice-gathering-state", self._gathered)
        self.rtc.connect("notify::connection-state", self._connected)
        self.rtc.connect("pad-added", self._receive)

    def _negotiate(self, rtc: Gst.Element) -> None:
        rtc.emit("create-offer", None, Gst.Promise.new_with_change_func(self._offered))

    def _offered(self, promise: Gst.Promise, *_: object) -> None:
        reply = promise.get_reply()
        offer = reply.get_value("offer")
        self._kept.append((reply, offer))
        self.rtc.emit("set-local-description", offer, Gst.Promise.new())

    def _gathered(self, *_: object) -> None:
        complete = GstWebRTC.WebRTCICEGatheringState.COMPLETE
        if self.rtc.get_property("ice-gathering-state") == complete and not self._posted:
            self._posted = True
            threading.Thread(target=self._post).start()

    def _ask(self, url: str, method: str, body: bytes | None = None) -> tuple[int, str, str]:
        head = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/sdp"}
        request = urllib.request.Request(url, body, head, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as reply:
                return reply.status, reply.headers.get("Location", ""), reply.read().decode()
        except HTTPError as error:
            self.result["error"] = error.read().decode()
            return error.code, "", ""

    def _post(self) -> None:
        text = self.rtc.get_property("local-description").sdp.as_text()
        status, place, answer = self._ask(self.url, "POST", text.encode())
        self.result["post"] = status
        if status != 201:
            self.loop.quit()
            return
        self._session = urljoin(self.url, place)
        _, message = GstSdp.SDPMessage.new_from_text(answer)
        description = GstWebRTC.WebRTCSessionDescription.new(
            GstWebRTC.WebRTCSDPType.ANSWER, message
        )
        self._kept.append((message, description))
        self.rtc.emit("set-remote-description", description, None)

    def _connected(self, *_: object) -> None:
        self.result["state"] = self.rtc.get_property("connection-state").value_nick

    def _receive(self, _rtc: Gst.Element, pad: Gst.Pad) -> None:
        if pad.get_direction() != Gst.PadDirection.SRC:
            return
        kind = pad.get_current_caps().get_structure(0).get_string("media")
        decoder = "rtpvp8depay ! vp8dec" if kind == "video" else "rtpopusdepay ! opusdec"
        sink = Gst.parse_bin_from_description(
            f"{decoder} ! fakesink name=end signal-handoffs=true sync=false", True
        )
        self.received[kind] = 0

        def count(*_: object) -> None:
            self.received[kind] += 1

        sink.get_by_name("end").connect("handoff", count)
        self.pipeline.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad("sink"))

    def run(self, seconds: float) -> None:
        self.pipeline.set_state(Gst.State.PLAYING)
        GLib.timeout_add(int(seconds * 1000), self.loop.quit)
        self.loop.run()
        if self._session:
            self.result["delete"] = self._ask(self._session, "DELETE")[0]
        self.pipeline.set_state(Gst.State.NULL)


def pipeline_of(mode: str, codec: str) -> Gst.Pipeline:
    if mode == "publish":
        picture = f"{SOURCE} ! videoconvert ! queue ! {PICTURES[codec]} ! rtc."
        return Gst.parse_launch(
            f"webrtcbin name=rtc bundle-policy=max-bundle {picture} {SOUND} ! rtc."
        )
    pipeline = Gst.Pipeline()
    rtc = Gst.ElementFactory.make("webrtcbin", "rtc")
    rtc.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
    pipeline.add(rtc)
    return pipeline


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mode", choices=["publish", "play"])
    parser.add_argument("url")
    parser.add_argument("token")
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--codec", choices=sorted(PICTURES), default="vp8")
    given = parser.parse_args()
    Gst.init(None)
    peer = Peer(given.url, given.token)
    pipeline = pipeline_of(given.mode, given.codec)
    peer.attach(pipeline)
    if given.mode == "play":
        for caps in WANTED:
            peer.rtc.emit(
                "add-transceiver",
                GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY,
                Gst.Caps.from_string(caps),
            )
    peer.run(given.seconds)
    print(json.dumps(peer.result))
    return 0 if peer.result["delete"] == 200 else 1


if __name__ == "__main__":
    sys.exit(main())
