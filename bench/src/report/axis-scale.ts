// Scales of axes: where a value lies between the ends of an axis, and which values are marked on it.

/** A mark on an axis. */
export interface Tick {
  readonly value: number;
  readonly text: string;
}

/** Maps values to 0 … 1 along an axis. */
export interface AxisScale {
  readonly position: (value: number) => number;
  readonly ticks: readonly Tick[];
}

/** Numbers as people write them: 250, 5,000, 20k, 1.5M. */
export function shortNumber(value: number): string {
  const trimmed = (x: number): string => String(Number(x.toPrecision(3)));
  if (Math.abs(value) >= 1e6) return `${trimmed(value / 1e6)}M`;
  if (Math.abs(value) >= 10_000) return `${trimmed(value / 1000)}k`;
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en");
  return trimmed(value);
}

/** A logarithmic scale around positive values: its ends are the nearest marks outside, or a little beyond the values. */
export function logScale(values: readonly number[]): AxisScale {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const marks = [1, 2, 5];
  const decades = high / low > 300 ? [1] : high / low > 30 ? [1, 3] : marks;
  const all: number[] = [];
  for (let exponent = Math.floor(Math.log10(low)) - 1; exponent <= Math.ceil(Math.log10(high)); exponent++) {
    for (const mark of decades) all.push(mark * 10 ** exponent);
  }
  const begin = all.findLast((x) => x <= low * 1.0001) ?? low;
  const end = all.find((x) => x >= high * 0.9999 && x > begin) ?? high;
  const span = Math.log(end / begin);
  return {
    position: (value) => Math.log(value / begin) / span,
    ticks: all
      .filter((x) => x >= begin * 0.9999 && x <= end * 1.0001)
      .map((value) => ({ value, text: shortNumber(Number(value.toPrecision(1))) })),
  };
}

/** A logarithmic scale that marks the values themselves where there is room for their text. */
export function logScaleOf(values: readonly number[]): AxisScale {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  if (low === high) return { position: () => 0.5, ticks: [{ value: low, text: shortNumber(low) }] };
  const span = Math.log(high / low);
  const position = (value: number): number => 0.04 + (0.92 * Math.log(value / low)) / span;
  const ticks = sorted.map((value) => ({ value, text: shortNumber(value) }));
  return { position, ticks: spaced(ticks, position, 0.085) };
}

/** Recall, with as much room from 0.9 to 0.99 as from 0.99 to 0.999: what is missed is what costs. */
export function recallScale(values: readonly number[]): AxisScale {
  const marks = [0, 0.2, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999];
  // A recall of 1 would be infinitely far: it stands at the end, at what one miss in 2,000 places would be.
  const end = 0.9995;
  const low = Math.min(...values, 0.95);
  const begin = marks.findLast((mark) => mark <= low) ?? 0;
  const of = (recall: number): number => -Math.log(1 - Math.min(recall, end));
  const span = of(end) - of(begin);
  const position = (recall: number): number => (of(recall) - of(begin)) / span;
  const ticks = [...marks.filter((mark) => mark >= begin), 1].map((value) => ({
    value,
    text: String(value),
  }));
  return { position, ticks: spaced(ticks, position, 0.075) };
}

/** Leaves out marks that are nearer than `distance` to the one after them, which is kept. */
function spaced(ticks: readonly Tick[], position: (value: number) => number, distance: number): Tick[] {
  const kept: Tick[] = [];
  for (const tick of ticks.toReversed()) {
    const last = kept.at(-1);
    if (last === undefined || position(last.value) - position(tick.value) > distance) kept.push(tick);
  }
  return kept.toReversed();
}

/** From 0 to a round number above the greatest value, in about five steps. */
export function linearScale(greatest: number): AxisScale {
  const rough = greatest / 5;
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((x) => x * decade).find((x) => x >= rough) ?? rough;
  const count = Math.ceil(greatest / step);
  const ticks = Array.from({ length: count + 1 }, (_, i) => ({
    value: i * step,
    text: shortNumber(i * step),
  }));
  return { position: (value) => value / (count * step), ticks };
}
