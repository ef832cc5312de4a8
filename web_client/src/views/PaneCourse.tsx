import { useMemo } from "preact/hooks";
import { Button } from "../components/Button";
import { Icon } from "../components/Icon";
import { Wrong } from "../components/Wrong";
import { type Figures, isKnown, type Point, rowsOf, steps } from "../course/course";
import { StripChart } from "../course/StripChart";
import { useCourse } from "../course/useCourse";
import { decimal, time, type Zone } from "../format";
import { lang } from "../i18n";
import { course as words } from "../i18n/course";
import { http } from "../i18n/http";
import type { RoomView, View } from "../protocol";
import { clock } from "../store";
import "../styles/course.css";

/** How the room's count went, drawn and in figures, while the pane is open. */
export function PaneCourse({ room, seen }: { room: RoomView; seen: View }) {
  const { points, figures, trouble, loading, again } = useCourse(seen.conference, room);
  return (
    <section class="course" data-testid="course">
      <h3 class="h">
        <Icon name="clock" />
        {words.title}
        {loading && <Icon name="load" spin label={words.loading} />}
      </h3>
      {trouble && (
        <>
          <Wrong text={trouble} />
          <p class="muted">{words.since}</p>
          <Button class="sm" onClick={again} testId="course-again">
            {http.again}
          </Button>
        </>
      )}
      {isKnown(points) ? (
        <Drawn points={points} room={room} seen={seen} figures={figures} />
      ) : (
        !loading && <p class="muted">{words.none}</p>
      )}
    </section>
  );
}

/** The last figure is drawn up to now, but not anew each second. */
const DRAW_MS = 5_000;

interface DrawnProps {
  points: readonly Point[];
  room: RoomView;
  seen: View;
  figures: Figures | null;
}

function Drawn({ points, room, seen, figures }: DrawnProps) {
  const { conference } = seen;
  const until = Math.ceil(clock.value / DRAW_MS) * DRAW_MS;
  const series = useMemo(() => steps(points, until), [points, until]);
  const known = (figure: number | null | undefined) => (figure === null || figure === undefined ? "–" : String(figure));
  const label = words.spoken(
    known(room.count),
    known(room.estimate?.persons),
    room.limit,
    known(figures?.peak),
  );
  return (
    <>
      <StripChart series={series} zone={conference.timezone} label={label} />
      <p class="key">
        <span class="counted">{words.counted}</span>
        <span class="camera">{words.camera}</span>
        <span class="limit">{words.limit}</span>
      </p>
      {figures && <FigureList figures={figures} zone={conference} />}
      <Table points={points} zone={conference} />
    </>
  );
}

function FigureList({ figures, zone }: { figures: Figures; zone: Zone }) {
  const { begin, peak, peakAt, personMinutes } = figures;
  const peakSaid = peak !== null && peakAt !== null ? words.at(peak, time(peakAt, zone, false)) : "–";
  return (
    <dl>
      <div>
        <dt>{words.begin}</dt>
        <dd data-testid="course-begin">{begin ?? "–"}</dd>
      </div>
      <div>
        <dt>{words.peak}</dt>
        <dd data-testid="course-peak">{peakSaid}</dd>
      </div>
      <div>
        <dt>{words.personMinutes}</dt>
        <dd data-testid="course-minutes">{decimal(personMinutes, 0, lang.value)}</dd>
      </div>
    </dl>
  );
}

const MOST_ROWS = 100;

/** The same for those who do not see the picture, and for looking up. */
function Table({ points, zone }: { points: readonly Point[]; zone: Zone }) {
  return (
    <details class="rows-of">
      <summary>{words.table}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{words.when}</th>
            <th scope="col">{words.counted}</th>
            <th scope="col">{words.camera}</th>
            <th scope="col">{words.limit}</th>
          </tr>
        </thead>
        <tbody>
          {rowsOf(points, MOST_ROWS).map((row) => (
            <tr key={row.at}>
              <th scope="row">{time(row.at, zone)}</th>
              <td>{row.counted ?? "–"}</td>
              <td>{row.camera ?? "–"}</td>
              <td>{row.limit}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="muted">{words.noProof}</p>
    </details>
  );
}
