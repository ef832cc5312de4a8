import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  /** The buttons, the least harmful first; none where the content has its own. */
  ends?: ComponentChildren;
  class?: string;
  testId?: string;
}

/**
 * A modal question. The browser's own dialog keeps the focus inside, closes on Escape and
 * gives the focus back to where it was. Render it only while it is open.
 */
export function Dialog({ title, onClose, children, ends, class: look, testId }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  const gone = useRef(false);
  // A layout effect: only a dialogue that is still in the page gives the focus back as it closes.
  useLayoutEffect(() => {
    const dialog = box.current;
    dialog?.showModal();
    return () => {
      gone.current = true;
      dialog?.close();
    };
  }, []);
  return (
    <dialog
      ref={box}
      class={look ? `dialog ${look}` : "dialog"}
      data-testid={testId}
      aria-labelledby={id}
      onKeyDown={(event) => {
        if (event.key === "Escape") event.stopPropagation(); // it closes this alone
      }}
      onCancel={(event) => {
        event.preventDefault(); // closed by taking it out of the tree, in one place
        onClose();
      }}
      onClose={() => {
        if (!gone.current) onClose(); // a browser asks but once whether it may
      }}
    >
      <h2 id={id}>{title}</h2>
      <div class="body">{children}</div>
      {ends && <div class="ends">{ends}</div>}
    </dialog>
  );
}
