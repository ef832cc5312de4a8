// The other screen of this computer: Window Management API, where the browser has it.

export interface Place {
  left: number;
  top: number;
  width: number;
  height: number;
}

interface ScreenLike {
  availLeft: number;
  availTop: number;
  availWidth: number;
  availHeight: number;
}

interface Screens<T extends ScreenLike> {
  screens: readonly T[];
  currentScreen: T;
}

interface WithScreens {
  getScreenDetails?: () => Promise<Screens<ScreenLike>>;
}

/** Where a window covers the first screen that the page is not on; null: there is no other. */
export function otherScreen<T extends ScreenLike>({ screens, currentScreen }: Screens<T>): Place | null {
  const other = screens.find((one) => one !== currentScreen);
  if (!other) return null;
  const { availLeft: left, availTop: top, availWidth: width, availHeight: height } = other;
  return { left, top, width, height };
}

/** As window.open takes it. */
export function features(place: Place | null): string {
  if (!place) return "popup,width=1280,height=720";
  const { left, top, width, height } = place;
  return `popup,fullscreen,left=${left},top=${top},width=${width},height=${height}`;
}

/** Asks the person once whether this page may know the screens; null: it may not, or cannot. */
export async function findOther(host: WithScreens = window as unknown as WithScreens): Promise<Place | null> {
  if (!host.getScreenDetails) return null;
  try {
    return otherScreen(await host.getScreenDetails());
  } catch (error) {
    if (error instanceof DOMException) return null; // the person said no
    throw error;
  }
}
