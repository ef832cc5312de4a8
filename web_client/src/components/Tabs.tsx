import type { ComponentChildren } from "preact";

interface TabsProps<T extends string> {
  /** Begins the ids of tabs and panels. */
  group: string;
  tabs: readonly T[];
  now: T;
  onTab: (tab: T) => void;
  face: (tab: T) => ComponentChildren;
  label?: string;
}

/** A row of tabs; the arrow keys go from one to the next. */
export function Tabs<T extends string>({ group, tabs, now, onTab, face, label }: TabsProps<T>) {
  const turn = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    const other = tabs[(tabs.indexOf(now) + step + tabs.length) % tabs.length] ?? now;
    onTab(other);
    document.getElementById(tabId(group, other))?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={label} onKeyDown={turn}>
      {tabs.map((one) => (
        <button
          key={one}
          type="button"
          role="tab"
          id={tabId(group, one)}
          aria-selected={one === now}
          aria-controls={`${group}panel-${one}`}
          tabIndex={one === now ? 0 : -1}
          onClick={() => onTab(one)}
        >
          {face(one)}
        </button>
      ))}
    </div>
  );
}

function tabId(group: string, tab: string): string {
  return `${group}tab-${tab}`;
}
