import { useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Wrong } from "../../components/Wrong";
import { say } from "../../i18n";
import { office } from "../../i18n/office";
import { CAP, type Faults, moved, newRoom, placed, recoded, type RoomRow, without } from "../../office/table";
import type { PartProps } from "./EditForm";
import { Order, TextField } from "./fields";

export function HubPart({ table, faults, change }: PartProps) {
  const set = (hub: RoomRow, field: string): void => {
    change({ hub, rundown: recoded(table, table.hub.code, hub.code) }, `hub.${field}`);
  };
  return (
    <fieldset>
      <legend>{office.hub}</legend>
      <RoomFields room={table.hub} path="hub" faults={faults} onChange={set} />
    </fieldset>
  );
}

/** Halls in the order of the floor. */
export function HallsPart({ table, faults, change }: PartProps) {
  const { rooms } = table;
  const [capAll, setCapAll] = useState(String(CAP));
  const said = (room: RoomRow, place: number): string => room.name || office.hall(place + 1);
  return (
    <fieldset>
      <legend>{office.halls}</legend>
      <p class="hint">{office.hallsHint}</p>
      <Wrong text={faults.rooms ? say(faults.rooms) : null} />
      <div class="capall">
        <label>
          {office.capAll}
          <input
            class="input"
            inputMode="numeric"
            value={capAll}
            data-testid="cap-all"
            onInput={(event) => setCapAll(event.currentTarget.value)}
          />
        </label>
        <Button
          testId="cap-set"
          onClick={() => change({ rooms: rooms.map((room) => ({ ...room, cap: capAll })) }, "rooms")}
        >
          {office.capSet}
        </Button>
      </div>
      <ol class="rows" data-path="rooms" tabIndex={-1}>
        {rooms.map((room, place) => (
          <li key={place} data-room={room.code} aria-label={office.hall(place + 1)}>
            <b class="n">{place + 1}</b>
            <RoomFields
              room={room}
              path={`rooms.${place}`}
              faults={faults}
              onChange={(next, field) =>
                change(
                  { rooms: placed(rooms, place, next), rundown: recoded(table, room.code, next.code) },
                  `rooms.${place}.${field}`,
                )
              }
            />
            <Order
              what={said(room, place)}
              place={place}
              last={rooms.length - 1}
              onMove={(to) => change({ rooms: moved(rooms, place, to) }, "rooms")}
              onRemove={rooms.length > 1 ? () => change({ rooms: without(rooms, place) }, "rooms") : null}
            />
          </li>
        ))}
      </ol>
      <Button icon="plus" testId="add-hall" onClick={() => change({ rooms: [...rooms, newRoom(rooms)] }, "")}>
        {office.addHall}
      </Button>
    </fieldset>
  );
}

interface RoomProps {
  room: RoomRow;
  path: string;
  faults: Faults;
  onChange: (room: RoomRow, field: string) => void;
}

function RoomFields({ room, path, faults, onChange }: RoomProps) {
  const field = (name: keyof RoomRow, label: string, look: string) => (
    <TextField
      label={label}
      class={look}
      path={`${path}.${name}`}
      faults={faults}
      inputMode={name === "cap" ? "numeric" : "text"}
      value={name === "cap" ? (room.cap ?? CAP) : room[name]}
      onInput={(text) => onChange({ ...room, [name]: text }, name)}
    />
  );
  return (
    <div class="roomfields">
      {field("code", office.code, "w-code")}
      {field("name", office.name, "w-name")}
      {field("short_name", office.shortName, "w-short")}
      {field("abbr", office.abbr, "w-code")}
      {field("cap", office.cap, "w-cap")}
    </div>
  );
}
