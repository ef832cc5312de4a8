"""Who receives whom: the wanted routes of each conference, applied to what is connected now."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from vicon.media.sfu.producer import Producer
from vicon.media.sfu.publisher import Publisher
from vicon.media.sfu.subscriber import Subscriber

Key = tuple[str, str]
"""Conference and device."""


class Want(Struct, frozen=True, array_like=True):
    """`receiver` gets what `sender` publishes in its slot for `room`."""

    receiver: str
    room: str
    sender: str
    audio: bool
    video: bool


class Router:
    """Times are monotonic seconds."""

    def __init__(self) -> None:
        self.publishers: dict[Key, Publisher] = {}
        self.subscribers: dict[Key, Subscriber] = {}
        self._wants: dict[str, dict[tuple[str, str], Want]] = {}
        """Conference -> receiver and room -> the route."""

    def set_publisher(self, key: Key, publisher: Publisher, now: float) -> None:
        """A device sends on a new up connection; an old one is closed."""
        self.drop_publisher(key, now)
        self.publishers[key] = publisher
        self._apply(key[0], now)

    def drop_publisher(self, key: Key, now: float) -> None:
        publisher = self.publishers.pop(key, None)
        if publisher is not None:
            self._apply(key[0], now)
            publisher.close()

    def set_subscriber(self, key: Key, subscriber: Subscriber, now: float) -> None:
        """A device receives on a new down connection; an old one is closed."""
        self.drop_subscriber(key)
        self.subscribers[key] = subscriber
        self._feed(key, now)

    def drop_subscriber(self, key: Key) -> None:
        subscriber = self.subscribers.pop(key, None)
        if subscriber is not None:
            subscriber.close()

    def route(self, conference: str, wants: Sequence[Want], now: float) -> None:
        """All routes wanted in this conference from now on."""
        if wants:
            self._wants[conference] = {(w.receiver, w.room): w for w in wants}
        else:
            self._wants.pop(conference, None)
        self._apply(conference, now)

    def _apply(self, conference: str, now: float) -> None:
        for key in self.subscribers:
            if key[0] == conference:
                self._feed(key, now)

    def _feed(self, key: Key, now: float) -> None:
        conference, receiver = key
        wants = self._wants.get(conference, {})
        for (room, kind), consumer in self.subscribers[key].slots.items():
            want = wants.get((receiver, room))
            consumer.want(self._producer(conference, want, kind), now)

    def _producer(self, conference: str, want: Want | None, kind: str) -> Producer | None:
        if want is None or not (want.video if kind == "video" else want.audio):
            return None
        publisher = self.publishers.get((conference, want.sender))
        return publisher.producers.get(kind) if publisher is not None else None

    def tick(self, now: float) -> None:
        """Call every 20 ms or so: retries and reports."""
        for publisher in self.publishers.values():
            publisher.tick(now)
        for subscriber in self.subscribers.values():
            subscriber.tick(now)
