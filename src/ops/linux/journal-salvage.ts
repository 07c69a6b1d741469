/**
 * What can still be read of an overlong line, of which only the start and the end were kept.
 *
 * journalctl writes the fields of an entry in no fixed order, so the cursor may come after a message of a
 * megabyte. Only the field that crosses the hole is lost in part: its start is kept, the rest is skipped.
 */

/** A field's value: text, bytes where it is not text, a list when repeated, null when journalctl left it out. */
export type Fields = Readonly<Record<string, unknown>>;

/** Where the text of `head` breaks off. */
interface Broken {
  /** The text up to its last whole character, byte or field, closed so that it is JSON again; null: nothing. */
  readonly json: string | null;
  readonly inString: boolean;
  /** Lists that are open: one in a field that is bytes or repeated, two where a repeated one has bytes. */
  readonly depth: number;
}

/** @returns null when not even one field could be read. */
export function salvageFields(head: Buffer, tail: Buffer): Fields | null {
  const broken = breakOff(head.toString('utf8'));
  const before = broken.json === null ? null : parse(broken.json);
  const after = resume(tail.toString('utf8'), broken);
  return before === null ? after : { ...before, ...after };
}

function parse(json: string): Fields | null {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? (value as Fields) : null;
  } catch {
    return null;
  }
}

/** Lists in lists of an entry: where there are more, or one ends that never began, the line is none of journalctl's. */
const MOST_DEPTH = 2;

function breakOff(text: string): Broken {
  let end = -1;
  let closing = '';
  let inString = false;
  let isValue = false;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (inString) {
      // At worst the cut is before this character, which may be half an escape or half a sequence.
      if (isValue) {
        end = at;
        closing = `"${']'.repeat(depth)}}`;
      }
      if (char === '\\') at += text[at + 1] === 'u' ? 5 : 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === ':') isValue = true;
    else if (char === '[') depth += 1;
    else if (char === ']') depth -= 1;
    if (depth < 0 || depth > MOST_DEPTH) return { json: null, inString: false, depth: 0 };
    if (!inString && char === ',') {
      end = at;
      closing = `${']'.repeat(depth)}}`;
      if (depth === 0) isValue = false;
    }
  }
  return { json: end === -1 ? null : text.slice(0, end) + closing, inString, depth };
}

/** Reads on inside the value that the hole is in, by opening it anew under a name that is thrown away. */
function resume(tail: string, { inString, depth }: Broken): Fields | null {
  const open = `{"":${'['.repeat(depth)}`;
  // A number may have been cut in two: any digit makes its second half one again.
  if (!inString) return without(parse(`${open}1${tail}`));
  // So may an escape. Whether backslashes at the start escape what follows them depends on how many went
  // before: only one of the two readings is JSON.
  const rest = tail.replace(/^\\+/, '');
  return without(parse(`${open}"${rest}`) ?? parse(`${open}"${rest.slice(1)}`));
}

function without(fields: Fields | null): Fields | null {
  if (fields === null) return null;
  const { '': _, ...rest } = fields;
  return rest;
}
