// The order of texts: by code points, which is also the order of their UTF-8 bytes, and so that of ids in the store.
// JavaScript's own `<` goes by UTF-16 units and puts what lies beyond U+FFFF before U+E000.

/** Negative if `a` comes first, positive if `b` does, 0 if they are equal. */
export function compareText(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  for (let i = 0; i < end; i++) {
    const difference = a.charCodeAt(i) - b.charCodeAt(i);
    if (difference !== 0) return compareUnits(a.charCodeAt(i), b.charCodeAt(i));
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all single units. */
function compareUnits(a: number, b: number): number {
  return rank(a) - rank(b);
}

function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
