"""What is made of the packets that are tapped: recordings, and broadcasts. No I/O."""

from __future__ import annotations

from vicon.core.recordplan import RecordingFigures, RecordPlan
from vicon.media.record import words
from vicon.programme.broadcast import BroadcastFigures, BroadcastPlan


class Recorder:
    """See feed.Trade; the process is recorder.py."""

    name = "recorder"
    module = "vicon.media.record.recorder"

    def begin(self, plan: RecordPlan, wall: int, monotonic: float) -> words.ToRecorder:
        return words.Begin(plan=plan, wall=wall, monotonic=monotonic)

    def changed(self, plan: RecordPlan) -> words.ToRecorder:
        return words.Sources(plan=plan)

    def figures(self, id: str, state: words.FromRecorder, dropped: int) -> RecordingFigures:
        if not isinstance(state, words.State):
            raise words.WordError("a recorder that does not record")
        return RecordingFigures(
            id=id,
            parts=state.parts,
            sources=state.sources,
            free_bytes=state.free_bytes,
            dropped=dropped,
            over=state.over,
            trouble=state.trouble,
        )

    def over(self, state: words.FromRecorder) -> bool:
        return isinstance(state, words.State) and state.over

    def gone(self, id: str) -> RecordingFigures:
        return RecordingFigures(id=id, over=True, trouble="recorder_ended")


class Broadcaster:
    """See feed.Trade; the process is vicon.media.air.live."""

    name = "broadcast"
    module = "vicon.media.air.live"

    def begin(self, plan: BroadcastPlan, wall: int, monotonic: float) -> words.ToRecorder:
        return words.BeginBroadcast(plan=plan, wall=wall, monotonic=monotonic)

    def changed(self, plan: BroadcastPlan) -> words.ToRecorder:
        return words.Programme(plan=plan)

    def figures(self, id: str, state: words.FromRecorder, dropped: int) -> BroadcastFigures:
        if not isinstance(state, words.Aired):
            raise words.WordError("a broadcast that records")
        figures = state.figures
        return BroadcastFigures(
            id=id,
            seconds=figures.seconds,
            pictures=figures.pictures,
            skipped=figures.skipped,
            kbps=figures.kbps,
            segments=figures.segments,
            channel=figures.channel,
            late=figures.late or dropped > 0,
            disk=figures.disk,
            dropped=dropped,
            over=figures.over,
        )

    def over(self, state: words.FromRecorder) -> bool:
        return isinstance(state, words.Aired) and state.figures.over

    def gone(self, id: str) -> BroadcastFigures:
        return BroadcastFigures(id=id, over=True)
