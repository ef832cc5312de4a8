// Put into every page before its own scripts: keeps the page's peer connections and the sections
// that the server named, so that a test can ask what really arrives, per room, as getStats tells.
(() => {
  const connections = [];
  let slots = [];
  const Native = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Native {
    constructor(...given) {
      super(...given);
      connections.push(this);
    }
  };
  const Socket = globalThis.WebSocket;
  const sockets = [];
  globalThis.WebSocket = class extends Socket {
    constructor(...given) {
      super(...given);
      sockets.push(this);
      this.addEventListener("message", ({ data }) => {
        const message = JSON.parse(data);
        const told = message.type === "ok" && message.result?.type === "subscribed" ? message.result.slots : [];
        if (told.length > 0) slots = told; // an ICE restart leaves them as they are
      });
    }
  };

  // The present down connection: the last one that receives and is not closed.
  const down = () =>
    connections.findLast(
      (one) =>
        one.connectionState !== "closed" &&
        one.getTransceivers().some((part) => part.currentDirection === "recvonly"),
    );

  async function received() {
    const connection = down();
    if (!connection) return {};
    const found = {};
    for (const part of (await connection.getStats()).values()) {
      if (part.type !== "inbound-rtp") continue;
      const slot = slots.find((one) => one.mid === part.mid && one.kind === part.kind);
      if (!slot) continue;
      const room = (found[slot.room] ??= { frames: 0, energy: 0, samples: 0, concealed: 0, height: 0, track: "" });
      if (part.kind === "video") {
        room.frames = part.framesDecoded ?? 0;
        room.height = part.frameHeight ?? 0;
        room.track = part.trackIdentifier ?? "";
      } else {
        room.energy = part.totalAudioEnergy ?? 0;
        room.samples = part.totalSamplesReceived ?? 0;
        room.concealed = (part.concealedSamples ?? 0) - (part.silentConcealedSamples ?? 0);
      }
    }
    return found;
  }

  const trackOf = (video) => video?.srcObject?.getVideoTracks?.()[0]?.id ?? "";

  // The id of the track on which a room's picture arrives here.
  function trackFrom(room) {
    const mid = slots.find((one) => one.room === room && one.kind === "video")?.mid;
    const part = down()?.getTransceivers().find((one) => one.mid === mid);
    return part?.receiver.track.id ?? null;
  }

  // The large picture of every page.
  function large() {
    const part = document.querySelector("[data-air]");
    return { room: part?.dataset.air, video: part?.querySelector("video") };
  }

  // Unix ms of the moment in which the large picture showed a new frame of the room.
  const onAir = (room, timeout) =>
    new Promise((resolve, reject) => {
      const end = Date.now() + timeout;
      const look = () => {
        const shown = large();
        if (shown.room === room && shown.video && trackOf(shown.video) === trackFrom(room)) {
          shown.video.requestVideoFrameCallback(() => resolve(Date.now()));
        } else if (Date.now() > end) {
          reject(new Error(`${room} not on air after ${timeout} ms, but ${shown.room}`));
        } else {
          requestAnimationFrame(look);
        }
      };
      look();
    });

  globalThis.__probe = {
    received,
    onAir,
    states: () => connections.map((one) => one.connectionState),
    // The user fragments of both ends of each connection: an ICE restart changes them.
    fragments: () =>
      connections.map((one) =>
        [one.localDescription, one.remoteDescription].map((end) => /a=ice-ufrag:(\S+)/.exec(end?.sdp ?? "")?.[1]).join(" "),
      ),
    sockets: () => sockets.filter((one) => one.readyState === Socket.OPEN).length,
    tiles() {
      const found = {};
      for (const tile of document.querySelectorAll("[data-room]")) {
        const { room, count, state } = tile.dataset;
        const video = tile.querySelector("video");
        found[room] = {
          count: count ?? "",
          state: state ?? "",
          time: video?.currentTime ?? 0,
          own: video !== null && trackOf(video) === trackFrom(room),
        };
      }
      return found;
    },
  };
})();
