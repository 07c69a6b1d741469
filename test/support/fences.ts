/** Which lines of a Markdown document stand in fenced code blocks, by CommonMark's rules. */

export interface Fenced {
  /** Lines outside every fence. */
  readonly outside: readonly string[];
  /** Lines of each block. */
  readonly blocks: readonly (readonly string[])[];
  /** A fence was opened and never closed. */
  readonly open: boolean;
}

export function readFences(markdown: string): Fenced {
  const outside: string[] = [];
  const blocks: string[][] = [];
  let fence = '';
  for (const line of markdown.split('\n')) {
    const marks = /^ {0,3}(`{3,})([^`]*)$/.exec(line);
    if (fence === '') {
      if (marks?.[1] === undefined) outside.push(line);
      else {
        fence = marks[1];
        blocks.push([]);
      }
    } else if (marks?.[1] !== undefined && marks[2]?.trim() === '' && marks[1].length >= fence.length) {
      fence = '';
    } else {
      blocks.at(-1)?.push(line);
    }
  }
  return { outside, blocks, open: fence !== '' };
}
