"""Who receives whom: the wanted routes of each conference, applied to what is connected now."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from vicon.media.sfu.producer import Producer
from vicon.media.sfu.publisher import Publisher
from vicon.media.sfu.speakers import Speakers
from vicon.media.sfu.subscriber import Feed, Subscriber
from vicon.ports import LayersWanted, Route

Key = tuple[str, str]
"""Conference and device."""

ROLL_S = 0.2
"""How often rates are measured, and what publishers are to encode is looked at."""

_WHOLE = ("q",)
"""For a picture without layers: it may come again."""

OnLayers = Callable[[str, LayersWanted], None]


class Router:
    """Times are monotonic seconds. `on_layers` gets a conference, and what one of its devices that
    publishes simulcast should encode, whenever that changes."""

    def __init__(self, on_layers: OnLayers) -> None:
        self.publishers: dict[Key, Publisher] = {}
        self.subscribers: dict[Key, Subscriber] = {}
        self._on_layers = on_layers
        self._routes: dict[str, dict[tuple[str, str], Route]] = {}
        """Conference -> receiver and room -> the route."""
        self._central: dict[str, set[str]] = {}
        """Devices whose sound is forwarded anyhow: on air, the hub's, beside the programme."""
        self._voices: dict[str, set[str]] = {}
        """Devices of which three are heard: who is not in the programme takes no place in it."""
        self._speakers: dict[str, Speakers] = {}
        self._layers: dict[Key, tuple[str, ...]] = {}
        self._next_roll = 0.0

    def set_publisher(self, key: Key, publisher: Publisher, now: float) -> None:
        """A device sends on a new up connection; an old one is closed."""
        self.drop_publisher(key, now)
        self.publishers[key] = publisher
        self._apply(key[0], now)

    def drop_publisher(self, key: Key, now: float) -> None:
        publisher = self.publishers.pop(key, None)
        self._layers.pop(key, None)
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

    def route(self, conference: str, routes: Sequence[Route], now: float) -> None:
        """All routes wanted in this conference from now on."""
        if routes:
            self._routes[conference] = {(r.receiver, r.room): r for r in routes}
            self._central[conference] = {r.sender for r in routes if r.rank < 2}
            self._voices[conference] = {r.sender for r in routes if r.audio and r.rank >= 2}
        else:
            self._routes.pop(conference, None)
            self._central.pop(conference, None)
            self._voices.pop(conference, None)
            self._speakers.pop(conference, None)
        self._apply(conference, now)

    def _apply(self, conference: str, now: float) -> None:
        for key in self.subscribers:
            if key[0] == conference:
                self._feed(key, now)

    def _feed(self, key: Key, now: float) -> None:
        conference, receiver = key
        routes = self._routes.get(conference, {})
        loud = self._loudest(conference)
        subscriber = self.subscribers[key]
        for slot in subscriber.slots:
            room, kind = slot
            route = routes.get((receiver, room))
            producer = self._producer(conference, route, kind)
            if producer is None or route is None:
                subscriber.feed(slot, None)
                continue
            heard = kind == "video" or route.rank < 2 or producer in loud
            subscriber.feed(slot, Feed(producer, route.rank, route.height, heard, route.least))
        subscriber.share(now)

    def _producer(self, conference: str, route: Route | None, kind: str) -> Producer | None:
        if route is None or not (route.video if kind == "video" else route.audio):
            return None
        publisher = self.publishers.get((conference, route.sender))
        return publisher.producers.get(kind) if publisher is not None else None

    # --- time -------------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Call every 20 ms or so: retries, reports, rates, who is heard."""
        for publisher in self.publishers.values():
            publisher.tick(now)
        self._listen(now)
        for subscriber in self.subscribers.values():
            subscriber.tick(now)
        if now >= self._next_roll:
            self._next_roll = now + ROLL_S
            for publisher in self.publishers.values():
                for producer in publisher.producers.values():
                    producer.roll(now)
            self._tell_layers(now)

    def probing(self, now: float) -> list[Subscriber]:
        """Those whose links are being tried."""
        return [one for one in self.subscribers.values() if one.probing(now)]

    def probe(self, now: float) -> bool:
        """Send what is due to those whose links are being tried. Whether there are any: call it
        again in a few milliseconds."""
        probing = self.probing(now)
        for subscriber in probing:
            subscriber.probe(now)
        return bool(probing)

    def _listen(self, now: float) -> None:
        """Whose sound is forwarded beside the hub's and that of the room on air."""
        levels: dict[str, dict[str, int | None]] = {}
        for (conference, device), publisher in self.publishers.items():
            layer = publisher.audio
            if layer is None or not layer.live(now):
                continue
            level = layer.take_level()
            central = device in self._central.get(conference, ())
            if not central and device in self._voices.get(conference, ()):
                levels.setdefault(conference, {})[device] = level
        for conference in {key[0] for key in self.publishers}:
            speakers = self._speakers.setdefault(conference, Speakers())
            before = speakers.loudest
            if speakers.update(levels.get(conference, {}), now) != before:
                self._hear(conference, now)

    def _loudest(self, conference: str) -> frozenset[Producer]:
        speakers = self._speakers.get(conference)
        if speakers is None:
            return frozenset()
        found = (self.publishers.get((conference, device)) for device in speakers.loudest)
        return frozenset(
            publisher.producers["audio"]
            for publisher in found
            if publisher is not None and "audio" in publisher.producers
        )

    def _hear(self, conference: str, now: float) -> None:
        loud = self._loudest(conference)
        for key, subscriber in self.subscribers.items():
            if key[0] == conference:
                subscriber.hear(loud, now)

    def _tell_layers(self, now: float) -> None:
        """What publishers of simulcast should encode: what somebody is to get."""
        needed: dict[int, set[str]] = {}
        for subscriber in self.subscribers.values():
            for producer, rid in subscriber.demands():
                needed.setdefault(id(producer), set()).add(rid)
        for key, publisher in self.publishers.items():
            camera = publisher.producers.get("video")
            if camera is None:
                continue
            layers: tuple[str, ...] | None
            if camera.simulcast:
                layers = camera.demand(needed.get(id(camera), set()), now)
            else:  # of a picture without layers only that it is to rest
                told = _WHOLE if key in self._layers else None
                layers = () if camera.resting else told
            if layers is not None and self._layers.get(key) != layers:
                self._layers[key] = layers
                self._on_layers(key[0], LayersWanted(device=key[1], layers=layers))
