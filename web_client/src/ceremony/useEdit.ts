import { type Sender, useSend } from "../control/useSend";
import type { ItemView, View } from "../protocol";
import { backOf, editOf, forgetStep, keepStep } from "./edits";
import { sameItem } from "./rundown";

export interface Editor extends Sender {
  /** All items in their new order; true when it is done. Nothing is sent where nothing changes. */
  edit: (items: readonly ItemView[]) => Promise<boolean>;
  /** Takes this desk's last edit back. */
  back: () => Promise<boolean>;
  canBack: boolean;
}

/** Edits of the rundown as it is shown now, with their way back. */
export function useEdit({ rundown }: View): Editor {
  const sender = useSend();
  const body = backOf(rundown);
  const edit = async (items: readonly ItemView[]): Promise<boolean> => {
    if (same(items, rundown.items)) return true;
    const done = await sender.send(editOf(rundown, items));
    if (done) keepStep(rundown);
    return done;
  };
  const back = async (): Promise<boolean> => {
    const done = body !== null && (await sender.send(body));
    if (done) forgetStep(rundown);
    return done;
  };
  return { ...sender, edit, back, canBack: body !== null };
}

function same(a: readonly ItemView[], b: readonly ItemView[]): boolean {
  return a.length === b.length && a.every((item, i) => sameItem(item, b[i] as ItemView));
}
