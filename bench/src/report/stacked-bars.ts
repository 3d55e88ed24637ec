// Bars of parts on top of each other: what a whole is made of, and how it grows.

import { linearScale } from "./axis-scale.js";
import { drawAxes, figureWith, xAt, yAt } from "./figure.js";
import { coordinate, escapeText } from "./markup.js";

/** A bar and its parts, from the bottom up. */
export interface Bar {
  readonly label: string;
  /** One a part of the chart, in their order; what is not finite or below 0 is nothing. */
  readonly parts: readonly number[];
}

/** A chart without what stands around it. */
export interface StackedBars {
  readonly title: string;
  readonly note: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly parts: readonly { readonly name: string; readonly color: string }[];
  readonly bars: readonly Bar[];
  /** A value as a hint shows it, unit included. */
  readonly format: (value: number) => string;
}

/** Draws it. */
export function stackedBars(chart: StackedBars): string {
  const { title, note, xLabel, yLabel, parts, bars } = chart;
  const sums = bars.map((bar) => bar.parts.map(drawable).reduce((sum, part) => sum + part, 0));
  const y = linearScale(Math.max(...sums, 1));
  const ticks = bars.map(({ label }, i) => ({ value: i, text: label }));
  const x = { position: (i: number) => (i + 0.5) / bars.length, ticks };
  // The legend is read from the top down, as the bars are.
  const legend = parts.map(({ name, color }) => ({ name, color, mark: "area" as const })).toReversed();
  const drawn = bars.map((bar, i) => drawBar(bar, { middle: x.position(i), chart, y: y.position }));
  const axes = drawAxes({ label: xLabel, scale: x }, { label: yLabel, scale: y });
  return figureWith({ title, note, legend }, axes, drawn.join("\n"));
}

function drawable(part: number): number {
  return Number.isFinite(part) ? Math.max(0, part) : 0;
}

function drawBar(
  bar: Bar,
  {
    middle,
    chart,
    y,
  }: { readonly middle: number; readonly chart: StackedBars; readonly y: (value: number) => number },
): string {
  const { bars, parts, format } = chart;
  const width = Math.min(46, (0.62 * (xAt(1) - xAt(0))) / bars.length);
  const left = coordinate(xAt(middle) - width / 2);
  let below = 0;
  const rectangles = bar.parts.map((part, i) => {
    const value = drawable(part);
    const [top, bottom] = [yAt(y(below + value)), yAt(y(below))];
    below += value;
    const { name, color } = parts[i]!;
    const hint = escapeText(`${bar.label}, ${name}: ${format(value)}`);
    return `<rect x="${left}" y="${coordinate(top)}" width="${coordinate(width)}" height="${coordinate(bottom - top)}" fill="${color}"><title>${hint}</title></rect>`;
  });
  const sum = `<text class="value" x="${coordinate(xAt(middle))}" y="${coordinate(yAt(y(below)) - 6)}" text-anchor="middle">${escapeText(format(below))}</text>`;
  return rectangles.join("") + sum;
}
