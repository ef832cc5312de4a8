import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { theme } from "../../components/page";
import { lang } from "../../i18n";
import { trial } from "../../i18n/trial";
import { columnValue, type ColumnName } from "../../trial/board";
import type { TrialRow } from "../../trial/http";
import { cellWords } from "./words";

interface ChartProps {
  rows: TrialRow[];
  column: ColumnName;
  title: string;
  /** IANA zone of the time axis. */
  zone: string;
}

/** One figure over the runs of a room. Unknown ones leave a gap, never a zero. */
export function Chart({ rows, column, title, zone }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const place = box.current;
    if (!place) return;
    const data = dataOf(rows, column);
    const plot = new uPlot(options(place, column, zone, ofOneDay(data[0])), data, place);
    const watch = new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: HEIGHT }));
    watch.observe(place);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [rows, column, zone, theme.value, lang.value]);
  return <div class="chart" ref={box} role="img" aria-label={trial.chartOf(title)} />;
}

const HEIGHT = 150;

function dataOf(rows: TrialRow[], column: ColumnName): uPlot.AlignedData {
  const known = rows.filter((row) => row.kind === "full").sort((a, b) => a.started_at - b.started_at);
  return [
    known.map((row) => row.started_at / 1000),
    known.map((row) => columnValue(column, row.figures)),
  ];
}

/** Then the hours say more than the day. */
function ofOneDay(seconds: ArrayLike<number>): boolean {
  return (seconds[seconds.length - 1] ?? 0) - (seconds[0] ?? 0) < 86_400;
}

function options(place: HTMLElement, column: ColumnName, zone: string, hours: boolean): uPlot.Options {
  const colour = (name: string) => getComputedStyle(place).getPropertyValue(name).trim();
  const axis = {
    stroke: colour("--ink-2"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { stroke: colour("--line"), width: 1 },
    font: `12px ${colour("--font")}`,
  };
  return {
    width: place.clientWidth,
    height: HEIGHT,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
    legend: { show: false },
    cursor: { show: false },
    axes: [
      { ...axis, values: hours ? "{HH}:{mm}" : "{D}/{M}" },
      { ...axis, size: 52, space: 26, values: (_, ticks) => ticks.map((tick) => cellWords(column, tick, false)) },
    ],
    series: [
      {},
      {
        stroke: colour("--accent"),
        width: 1.5,
        points: { show: true, size: 6, fill: colour("--surface"), stroke: colour("--accent") },
      },
    ],
  };
}
