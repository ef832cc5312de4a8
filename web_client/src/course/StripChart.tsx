import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { theme } from "../components/page";
import { lang } from "../i18n";
import type { Series } from "./course";

interface StripProps {
  series: Series;
  /** IANA zone of the time axis. */
  zone: string;
  label: string;
}

/** Counted, camera and limit over time. */
export function StripChart({ series, zone, label }: StripProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const data = useRef(series);
  data.current = series;
  useEffect(() => {
    const place = box.current;
    if (!place) return;
    const made = new uPlot(options(place, zone), data.current, place);
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: place.clientWidth, height: HEIGHT }));
    watch.observe(place);
    return () => {
      watch.disconnect();
      plot.current = null;
      made.destroy();
    };
  }, [zone, theme.value, lang.value]);
  useEffect(() => plot.current?.setData(series), [series]);
  return <div class="chart" ref={box} role="img" aria-label={label} data-testid="strip" />;
}

const HEIGHT = 140;
/** Seconds that are drawn at least. */
const LEAST_S = 300;
/** The scale never ends right above a quiet room: a count of 1 is not a mountain. */
const LEAST_TOP = 6;

function options(place: HTMLElement, zone: string): uPlot.Options {
  const colour = (name: string) => getComputedStyle(place).getPropertyValue(name).trim();
  const axis = {
    stroke: colour("--ink-2"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { stroke: colour("--line"), width: 1 },
    font: `12px ${colour("--font")}`,
  };
  const line = (stroke: string, width: number, dash?: number[]) => ({
    stroke: colour(stroke),
    width,
    dash,
    points: { show: false },
  });
  return {
    width: place.clientWidth,
    height: HEIGHT,
    padding: [8, 12, 0, 0],
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { range: (_, from, until) => [from, Math.max(until, from + LEAST_S)] },
      y: { range: (_, __, most) => [0, Math.max(LEAST_TOP, (most ?? 0) + 1)] },
    },
    axes: [
      { ...axis, size: 28, values: "{HH}:{mm}", space: 60 },
      { ...axis, size: 30, incrs: [1, 2, 5, 10, 20, 50, 100] },
    ],
    series: [{}, line("--accent", 2.5), line("--amber", 1.5), line("--red", 1, [4, 4])],
  };
}
