// In a hall's page: __arm([kind, value, ms]) begins to watch for what a moderator will do, and fails if
// it is so already; __seen() then gives the Unix ms at which the page's DOM showed it.
globalThis.__seen = () => globalThis.__watched;
globalThis.__arm = ([kind, value, patience]) => {
  const attribute = (selector, name) => document.querySelector(selector)?.getAttribute(name);
  const shown = {
    lanjut: () => attribute("[data-air]", "data-air") === value,
    floor: () => attribute("[data-air]", "data-air") === value,
    message: () => document.querySelector("[data-testid=cues]")?.textContent.includes(value) ?? false,
    point: () => attribute("[data-testid=point]", "data-point") === value,
    mute_all: () => attribute("[data-testid=mic]", "data-mic") === value,
  }[kind];
  if (shown()) throw new Error(`${kind} ${value} was so before`);
  globalThis.__watched = new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${kind} ${value} not shown`)), patience);
    const watch = new MutationObserver(() => {
      if (!shown()) return;
      clearTimeout(timer);
      watch.disconnect();
      resolve(performance.timeOrigin + performance.now());
    });
    watch.observe(document.documentElement, { subtree: true, childList: true, attributes: true, characterData: true });
  });
};
