// A figure of a report: title, what it shows, legend, and a drawing with axes. Drawings are inline SVG whose colours are
// variables of the page, so that they follow its light or dark scheme.

import type { AxisScale } from "./axis-scale.js";
import { coordinate, escapeText } from "./markup.js";

/** What stands around a drawing. */
export interface FigureFrame {
  readonly title: string;
  /** One sentence: what is shown, and which way is good. */
  readonly note: string;
  readonly legend: readonly LegendMark[];
}

/** A line of the legend. */
export interface LegendMark {
  readonly name: string;
  /** A CSS colour. */
  readonly color: string;
  readonly mark: "line" | "dashes" | "area";
}

/** An axis with its label, unit included. */
export interface Axis {
  readonly label: string;
  readonly scale: AxisScale;
}

/** The size of every drawing, in units of its view box. */
export const drawing = { width: 560, height: 330, left: 52, right: 16, top: 30, bottom: 46 } as const;

const plotWidth = drawing.width - drawing.left - drawing.right;
const plotHeight = drawing.height - drawing.top - drawing.bottom;

/** Horizontal place of a share of the x axis. */
export function xAt(share: number): number {
  return drawing.left + share * plotWidth;
}

/** Vertical place of a share of the y axis. */
export function yAt(share: number): number {
  return drawing.top + (1 - share) * plotHeight;
}

/** The whole figure around what is drawn inside of the axes. */
export function figureWith(frame: FigureFrame, axes: string, inside: string): string {
  const { title, note, legend } = frame;
  const items = legend.map(({ name, color, mark }) => `<li>${swatch(color, mark)}${escapeText(name)}</li>`);
  return `<figure>
<figcaption><h3>${escapeText(title)}</h3><p>${escapeText(note)}</p><ul class="legend">${items.join("")}</ul></figcaption>
<svg viewBox="0 0 ${drawing.width} ${drawing.height}" role="img" aria-label="${escapeText(title)}">
${axes}
${inside}
</svg>
</figure>`;
}

/** Grid lines with their texts, and the labels of both axes. */
export function drawAxes(x: Axis, y: Axis): string {
  const right = drawing.width - drawing.right;
  const bottom = drawing.height - drawing.bottom;
  const parts: string[] = [];
  for (const { value, text } of y.scale.ticks) {
    const at = coordinate(yAt(y.scale.position(value)));
    parts.push(`<line class="grid" x1="${drawing.left}" x2="${right}" y1="${at}" y2="${at}"/>`);
    parts.push(
      `<text class="tick" x="${drawing.left - 8}" y="${at}" dy="0.32em" text-anchor="end">${text}</text>`,
    );
  }
  for (const { value, text } of x.scale.ticks) {
    const at = coordinate(xAt(x.scale.position(value)));
    parts.push(`<line class="notch" x1="${at}" x2="${at}" y1="${bottom}" y2="${bottom + 5}"/>`);
    parts.push(`<text class="tick" x="${at}" y="${bottom + 19}" text-anchor="middle">${text}</text>`);
  }
  parts.push(`<line class="base" x1="${drawing.left}" x2="${right}" y1="${bottom}" y2="${bottom}"/>`);
  parts.push(`<text class="label" x="${drawing.left - 44}" y="14">${escapeText(y.label)}</text>`);
  parts.push(
    `<text class="label" x="${right}" y="${drawing.height - 6}" text-anchor="end">${escapeText(x.label)}</text>`,
  );
  return parts.join("\n");
}

function swatch(color: string, mark: LegendMark["mark"]): string {
  if (mark === "area") return `<i style="background:${color}"></i>`;
  const dashes = mark === "dashes" ? ' stroke-dasharray="4 3"' : "";
  return `<svg width="22" height="10" aria-hidden="true"><line x1="1" x2="21" y1="5" y2="5" stroke="${color}" stroke-width="2.5"${dashes}/></svg>`;
}
