// Texts as words, for `$contains`. A word is a run of letters, marks and digits of any script; two words are the same if
// they differ in case or in Unicode's compatible forms only. Scripts written without spaces give one word a run.

const word = /[\p{L}\p{M}\p{N}]+/gu;
/** The same words in ASCII, which needs neither forms nor two steps of case: several times as fast. */
const asciiWord = /[a-z0-9]+/g;
// oxlint-disable-next-line no-control-regex -- It is what ASCII is.
const ascii = /^[\x00-\x7f]*$/;

/** The words of a text in their order, folded, so that equal words are equal texts. */
export function wordsOf(text: string): string[] {
  if (ascii.test(text)) return text.toLowerCase().match(asciiWord) ?? [];
  return (text.normalize("NFKC").match(word) ?? []).map(foldedWord);
}

/** To upper case first: it makes ß to SS and both forms of the small sigma to one. */
function foldedWord(found: string): string {
  return found.toUpperCase().toLowerCase();
}
