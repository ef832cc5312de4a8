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
        if (message.type === "ok" && message.result?.type === "subscribed") slots = message.result.slots;
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
      const room = (found[slot.room] ??= { frames: 0, energy: 0, samples: 0, height: 0, track: "" });
      if (part.kind === "video") {
        room.frames = part.framesDecoded ?? 0;
        room.height = part.frameHeight ?? 0;
        room.track = part.trackIdentifier ?? "";
      } else {
        room.energy = part.totalAudioEnergy ?? 0;
        room.samples = part.totalSamplesReceived ?? 0;
      }
    }
    return found;
  }

  const trackOf = (video) => video?.srcObject?.getVideoTracks?.()[0]?.id ?? "";

  globalThis.__probe = {
    received,
    sockets: () => sockets.map((one) => one.readyState),
    states: () => connections.map((one) => one.connectionState),
    // Which room's track a <video> shows.
    async shows(selector) {
      const id = trackOf(document.querySelector(selector));
      const rooms = Object.entries(await received());
      return id ? (rooms.find(([, part]) => part.track === id)?.[0] ?? "own") : "";
    },
    tiles() {
      const found = {};
      for (const tile of document.querySelectorAll("[data-room]")) {
        const video = tile.querySelector("video");
        found[tile.dataset.room] = {
          count: tile.dataset.count ?? null,
          state: tile.dataset.state ?? null,
          track: trackOf(video),
          time: video?.currentTime ?? 0,
        };
      }
      return found;
    },
  };
})();
