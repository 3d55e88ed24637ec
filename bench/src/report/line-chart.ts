// Lines through points over two axes, with guides at values that matter.

import { drawAxes, figureWith, xAt, yAt, type Axis, type FigureFrame } from "./figure.js";
import { coordinate, escapeText } from "./markup.js";

/** A line with its points. */
export interface Series {
  readonly name: string;
  /** A CSS colour. */
  readonly color: string;
  readonly style?: "solid" | "dashed";
  /** In the order in which they are joined; those that are not finite are left out. */
  readonly points: readonly ChartPoint[];
}

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  /** Shown when a pointer rests on it. */
  readonly hint: string;
}

/** A chart without what stands around it. */
export interface LineChart {
  readonly title: string;
  readonly note: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** Values of x that are marked across the drawing. */
  readonly guides?: readonly number[];
}

/** Draws it. */
export function lineChart({ title, note, x, y, series, guides = [] }: LineChart): string {
  const frame: FigureFrame = {
    title,
    note,
    legend: series.map(({ name, color, style }) => ({
      name,
      color,
      mark: style === "dashed" ? "dashes" : "line",
    })),
  };
  const marks = guides.map((value) => {
    const at = coordinate(xAt(x.scale.position(value)));
    return `<line class="guide" x1="${at}" x2="${at}" y1="${yAt(1)}" y2="${yAt(0)}"/>`;
  });
  return figureWith(
    frame,
    drawAxes(x, y),
    [...marks, ...series.map((one) => drawSeries(one, x, y))].join("\n"),
  );
}

function drawSeries({ name, color, style, points }: Series, x: Axis, y: Axis): string {
  const placed = points
    .filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y))
    .map((point) => ({
      cx: coordinate(xAt(x.scale.position(point.x))),
      cy: coordinate(yAt(y.scale.position(point.y))),
      hint: `${name}: ${point.hint}`,
    }));
  const line = placed.map(({ cx, cy }) => `${cx},${cy}`).join(" ");
  const dashes = style === "dashed" ? ' stroke-dasharray="5 4"' : "";
  const circles = placed.map(
    ({ cx, cy, hint }) =>
      `<circle cx="${cx}" cy="${cy}" r="3.2" fill="${color}"><title>${escapeText(hint)}</title></circle>`,
  );
  return `<polyline points="${line}" fill="none" stroke="${color}" stroke-width="2" stroke-linejoin="round"${dashes}/>${circles.join("")}`;
}
