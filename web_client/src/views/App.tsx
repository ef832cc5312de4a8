import type { View } from "../protocol";
import { link, view } from "../store";
import { ControlRoom } from "./ControlRoom";
import { Observer } from "./Observer";
import { Refused } from "./Refused";
import { Room } from "./Room";
import { Technician } from "./Technician";
import { Test } from "./Test";
import { type Lack, Unsupported } from "./Unsupported";
import { Waiting } from "./Waiting";

/** Which page: the link's role decides, not the address. */
export function App({ lack }: { lack: Lack | null }) {
  if (lack) return <Unsupported why={lack} />;
  const { state, bye } = link.value;
  if (state === "closed") return <Refused code={bye?.code ?? "bad_token"} text={bye?.text ?? null} />;
  if (!view.value) return <Waiting />;
  return <Page seen={view.value} />;
}

function Page({ seen }: { seen: View }) {
  switch (seen.you.role) {
    case "moderator":
      return <ControlRoom />;
    case "operator":
      return <Room seen={seen} />;
    case "technician":
      return <Technician />;
    case "observer":
      return <Observer />;
    case "tester":
      return <Test seen={seen} />;
  }
}
