// The smallest part of HTML that reports need: text that cannot become markup.

/** Text for use between tags and in quoted attributes. */
export function escapeText(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** A coordinate with as many digits as a screen shows. */
export function coordinate(x: number): string {
  return x.toFixed(1).replace(/\.0$/, "");
}
