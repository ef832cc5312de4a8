import { useState } from "preact/hooks";
import { Records } from "../attendance/Records";
import { Button } from "../components/Button";
import { Chip } from "../components/Chip";
import { Count } from "../components/Count";
import { Icon } from "../components/Icon";
import { Meter } from "../components/Meter";
import { Mic } from "../components/Mic";
import { RoomPicture } from "../components/RoomPicture";
import { currentItem } from "../ceremony/rundown";
import { overrun, timing } from "../ceremony/timing";
import { nextRoom, showAct } from "../control/acts";
import { loudnessOf, sightOf } from "../control/desk";
import { airCode, heardMic, isOpen } from "../control/state";
import type { Act } from "../control/useAct";
import { duration } from "../format";
import { ceremony } from "../i18n/ceremony";
import { common } from "../i18n/common";
import { control } from "../i18n/control";
import { documents } from "../i18n/documents";
import { share } from "../i18n/share";
import { audioBlocked, resumeAudio } from "../media";
import type { RoomView, View } from "../protocol";
import { Presented } from "../share/Presented";
import { shownPresentation } from "../share/state";
import { clock } from "../store";
import { overrunTone } from "./RundownBar";

interface StageProps {
  seen: View;
  act: Act;
}

interface WholeStageProps extends StageProps {
  /** Shows where minutes and pact are downloaded. */
  onDocuments: () => void;
}

/** What everyone sees now, what comes next, and who asks. */
export function ControlStage({ seen, act, onDocuments }: WholeStageProps) {
  return (
    <section class="stage" aria-label={control.stage}>
      <Programme seen={seen} act={act} onDocuments={onDocuments} />
      <div class="pvw">
        <Preview seen={seen} act={act} />
        <Hands seen={seen} act={act} />
      </div>
    </section>
  );
}

function Programme({ seen, act, onDocuments }: WholeStageProps) {
  const { conference, rooms } = seen;
  const { black, hub, beside, pinned } = conference;
  const find = (code: string | null) => rooms.find((one) => one.code === code);
  const room = find(black ? hub : airCode(conference));
  if (!isOpen(conference.phase) || !room) return <NoProgramme seen={seen} onDocuments={onDocuments} />;
  const large = black ? room : (find(pinned) ?? room);
  const second = black || pinned ? undefined : find(beside);
  const sight = sightOf(large);
  const shown = shownPresentation(seen);
  return (
    <div class="pgm" data-air={room.code} data-beside={second?.code ?? ""} data-testid="programme">
      {shown ? (
        <div class="screens">
          <Presented seen={seen} shown={shown} streamOf={sightOf}>
            {audioBlocked.value && <SoundButton />}
          </Presented>
        </div>
      ) : (
        <div class={second ? "screens two" : "screens"}>
          <RoomPicture room={large} stream={sight} class="fill" whole>
            {sight?.moving && sight.lines ? <span class="plate tr">{sight.lines}p</span> : null}
            {audioBlocked.value && <SoundButton />}
          </RoomPicture>
          {second && (
            <RoomPicture room={second} stream={sightOf(second)} class="fill" whole>
              <span class="plate under">{second.title}</span>
            </RoomPicture>
          )}
        </div>
      )}
      <ItemBar seen={seen} />
      <div class="umd">
        <Chip icon="air" tone="air">
          {control.airBig}
        </Chip>
        <span class="who">{room.title}</span>
        <ItemTitle seen={seen} />
        <span class="push">
          {room.presence === "lost" && <Lost room={room} />}
          <Meter level={loudnessOf(room)} />
          <Mic state={heardMic(room)} />
          <Count room={room} />
        </span>
      </div>
      <Shown seen={seen} act={act} />
    </div>
  );
}

/** How much of its time the item has taken, along the picture's edge. */
function ItemBar({ seen }: { seen: View }) {
  const item = currentItem(seen);
  if (!item) return null;
  const { elapsed, left } = timing(seen, clock.value);
  const planned = item.planned_s * 1000;
  return (
    <span class="item-bar" aria-hidden="true">
      <b class={overrunTone[overrun(left, planned)]} style={{ width: `${Math.min(100, (100 * elapsed) / planned)}%` }} />
    </span>
  );
}

function ItemTitle({ seen }: { seen: View }) {
  const item = currentItem(seen);
  if (!item) return null;
  return (
    <span class="item-title" title={item.title} data-testid="item-title">
      {item.title}
    </span>
  );
}

/** What differs from one room on air, in words, with its way back. */
function Shown({ seen, act }: StageProps) {
  const { black, beside, pinned, presentation } = seen.conference;
  const name = (code: string): string => seen.rooms.find((room) => room.code === code)?.title ?? code;
  if (!black && !beside && !pinned && !presentation) return null;
  return (
    <ul class="shown" data-testid="shown">
      {black && (
        <li class="red">
          <Icon name="moon" />
          <span>{ceremony.blackOn}</span>
          <Button class="sm" kbd="B" testId="shown-black" onClick={() => act({ type: "spotlight.black", on: false })}>
            {ceremony.blackEnd}
          </Button>
        </li>
      )}
      {presentation && !black && (
        <li data-testid="shown-presentation-row" data-live={presentation.live}>
          <Icon name={presentation.kind === "screen" ? "device" : "doc"} />
          <span>
            {(presentation.kind === "screen" ? share.shownScreen : share.shownDocument)(name(presentation.room))}
            {!presentation.live && ` (${share.notComing})`}
          </span>
          <Button class="sm" kbd="," testId="shown-presentation" onClick={() => act({ type: "presentation.end" })}>
            {share.end}
          </Button>
        </li>
      )}
      {beside && !black && (
        <li>
          <Icon name="beside" />
          <span>{ceremony.besideWith(name(beside))}</span>
          <Button class="sm" testId="shown-beside" onClick={() => act({ type: "spotlight.beside", room: null })}>
            {ceremony.besideEnd}
          </Button>
        </li>
      )}
      {pinned && !black && (
        <li>
          <Icon name="pin" />
          <span>{ceremony.pinned(name(pinned))}</span>
          <Button class="sm" testId="shown-pin" onClick={() => act({ type: "spotlight.pin", room: null })}>
            {ceremony.unpin}
          </Button>
        </li>
      )}
    </ul>
  );
}

function NoProgramme({ seen, onDocuments }: Omit<WholeStageProps, "act">) {
  const closed = seen.conference.phase === "closed";
  const [records, setRecords] = useState(false);
  return (
    <div class="pgm off" data-testid="programme">
      <div class="pic fill void-page">
        <Icon name={closed ? "check-c" : "wait"} />
        <p class="strong">{closed ? control.closedTitle : control.draftTitle}</p>
        <p>{closed ? control.closedWhy : control.draftWhy}</p>
        {closed && (
          <div class="bt">
            <Button look="primary" icon="doc" kbd="C" testId="documents-open" onClick={onDocuments}>
              {documents.title}
            </Button>
            <Button icon="save" testId="records-open" onClick={() => setRecords(true)}>
              {control.records}
            </Button>
          </div>
        )}
      </div>
      {records && <Records seen={seen} onClose={() => setRecords(false)} />}
    </div>
  );
}

function Lost({ room }: { room: RoomView }) {
  const since = room.lost_since ?? clock.value;
  return (
    <Chip icon="lost" tone="bad">
      {common.lost(duration(clock.value - since))}
    </Chip>
  );
}

export function SoundButton() {
  return (
    <span class="sound">
      <Button look="primary" icon="vol" onClick={resumeAudio} testId="sound">
        {common.soundOn}
      </Button>
    </span>
  );
}

function Preview({ seen, act }: StageProps) {
  const room = isOpen(seen.conference.phase) ? nextRoom(seen) : null;
  const cued = room !== null && seen.conference.next === room.code;
  return (
    <>
      <div class={cued ? "cell is-next" : "cell"} data-next={room?.code ?? ""}>
        {room ? (
          <RoomPicture room={room} stream={sightOf(room)} />
        ) : (
          <span class="pic">
            <span class="void">
              <Icon name="standby" />
            </span>
          </span>
        )}
        <div class="umd">
          <span class="row">
            <Chip icon="standby" tone={cued ? "next" : "plain"}>
              {control.nextBig}
            </Chip>
            {room && <Count room={room} />}
          </span>
          <span class="who">{room?.title ?? control.noNext}</span>
        </div>
      </div>
      <ShowButton seen={seen} act={act} />
    </>
  );
}

function ShowButton({ seen, act }: StageProps) {
  const show = showAct(seen);
  const blocked = show.kind === "none" ? reasonNotToShow(show.room) : null;
  return (
    <Button
      kbd="N"
      blocked={blocked}
      testId="show"
      onClick={() => show.kind !== "none" && act(show.body)}
    >
      {show.kind === "skip" ? control.skipTo(show.to.short_name) : control.show}
    </Button>
  );
}

function reasonNotToShow(room: RoomView | null): string {
  return room ? control.nextAlone : control.nobodyWhy;
}

/** Raised hands in their order. As many as there is height for; all of them are under Peristiwa. */
function Hands({ seen, act }: StageProps) {
  const asking = seen.conference.hands.flatMap((code) => {
    const room = seen.rooms.find((one) => one.code === code);
    return room ? [room] : [];
  });
  return (
    <div class="queue">
      <h2 class="h">
        <Icon name="hand" />
        {asking.length ? control.hands(asking.length) : control.noHands}
      </h2>
      <ol>
        {asking.map((room, i) => (
          <li key={room.code}>
            <span class="n">{i + 1}</span>
            <b class="strong" title={room.name}>
              {room.title.length > 14 ? room.short_name : room.title}
            </b>
            <Button
              look="quiet"
              testId={`give-${room.code}`}
              onClick={() => act({ type: "floor.give", room: room.code })}
            >
              {control.giveFloor}
            </Button>
          </li>
        ))}
      </ol>
    </div>
  );
}
