"""How much one down connection's link carries: Google congestion control, sender side.

After draft-ietf-rmcat-gcc-02 with transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-
extensions-01), and what libwebrtc made of it since (a trend line in place of the Kalman filter,
probes by padding). `sendside` is the face, the rest its parts:

- `flight`: packets on their way, their numbers, what feedback says of them, groups (draft, 5.2)
- `trend`: delay trend and adaptive threshold (5.3, 5.4)
- `answer`: how long feedback takes; a queue shows there before it has come through
- `aimd`, `capacity`: the rate that follows from both (5.5)
- `throughput`: what was sent and what came (5.5, R_hat)
- `guard`: the limit by loss (6)
- `prober`: trying out more than the media needs

A forwarder does not pace: frames go out in bursts as they come. So a group is judged by the delay
of its luckiest packet, which shows what stood in the queue before the burst and not the burst
itself, and how far the rate falls depends on how much stands in the queue.
"""

from vicon.rtc.gcc.sendside import SendSide

__all__ = ["SendSide"]
