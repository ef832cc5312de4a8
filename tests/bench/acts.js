// In a hall's page: __act([kind, value, ms]) gives the Unix ms at which the page's DOM shows
// what a moderator did, and fails if it was so before or does not come.
globalThis.__act = ([kind, value, patience]) => {
  const attribute = (selector, name) => document.querySelector(selector)?.getAttribute(name);
  const shown = {
    lanjut: () => attribute("[data-air]", "data-air") === value,
    floor: () => attribute("[data-air]", "data-air") === value,
    message: () => document.querySelector("[data-testid=cues]")?.textContent.includes(value) ?? false,
    point: () => attribute("[data-testid=point]", "data-point") === value,
    mute_all: () => attribute("[data-testid=mic]", "data-mic") === value,
  }[kind];
  return new Promise((resolve, reject) => {
    if (shown()) return reject(new Error(`${kind} ${value} was so before`));
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
