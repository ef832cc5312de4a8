// Put into the page before its own scripts: says when, after the click on Gabung, the first frame of
// another room was shown, of the room on air, and of every room. Milliseconds.
(() => {
  const remote = new Map(); // track id -> true once a frame of it was shown
  const Native = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Native {
    constructor(...given) {
      super(...given);
      this.addEventListener("track", ({ track }) => {
        if (track.kind === "video") remote.set(track.id, false);
      });
    }
  };

  const trackOf = (video) => video.srcObject?.getVideoTracks?.()[0]?.id;

  globalThis.__join = (button, rooms, timeout) =>
    new Promise((resolve, reject) => {
      const watched = new WeakSet();
      const times = { first: null, on_air: null, all: null };
      const began = performance.now();
      const shown = (video, id) => {
        const passed = performance.now() - began;
        remote.set(id, true);
        times.first ??= passed;
        if (video.closest("[data-air]")) times.on_air ??= passed;
        if ([...remote.values()].filter(Boolean).length >= rooms) times.all ??= passed;
        if (times.on_air !== null && times.all !== null) resolve(times);
      };
      const look = () => {
        for (const video of document.querySelectorAll("video")) {
          const id = trackOf(video);
          if (watched.has(video) || !remote.has(id)) continue;
          watched.add(video);
          video.requestVideoFrameCallback(() => shown(video, id));
        }
        if (performance.now() - began > timeout) reject(new Error(`after ${timeout} ms: ${JSON.stringify(times)}`));
        else requestAnimationFrame(look);
      };
      button.click();
      look();
    });
})();
