// Texts as words, for `$contains`. A word is a run of letters, marks and digits of any script; two words are the same if
// they differ in case or in Unicode's compatible forms only. Scripts written without spaces give one word a run.

const word = /[\p{L}\p{M}\p{N}]+/gu;

/** The words of a text in their order, folded, so that equal words are equal texts. */
export function wordsOf(text: string): string[] {
  return (text.normalize("NFKC").match(word) ?? []).map(foldedWord);
}

/** To upper case first: it makes ß to SS and both forms of the small sigma to one. */
function foldedWord(found: string): string {
  return found.toUpperCase().toLowerCase();
}
