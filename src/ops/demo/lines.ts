/** A child's output cut into journal lines, bounded while they stream in. */

export interface OutputLine {
  /** Foreign text. Invalid UTF-8 is kept as U+FFFD. */
  readonly message: string;
  readonly binary: boolean;
  readonly cut: boolean;
}

/** Bytes kept of one line, as in every journal we show. */
const LINE_LIMIT = 64 * 1024;
const NEWLINE = 0x0a;

/** Calls `line` for each line written; `end` gives the last one, which may lack its newline. */
export function lineSplitter(
  line: (line: OutputLine) => void,
  limit = LINE_LIMIT,
): { write(chunk: Buffer): void; end(): void } {
  let parts: Buffer[] = [];
  let kept = 0;
  let cut = false;

  function keep(bytes: Buffer): void {
    const room = limit - kept;
    if (bytes.length > room) cut = true;
    if (room <= 0 || bytes.length === 0) return;
    // Copied: a slice would keep the whole chunk of the pipe alive.
    const part = Buffer.from(bytes.subarray(0, room));
    parts.push(part);
    kept += part.length;
  }

  function flush(): void {
    const bytes = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    const message = decode(bytes, cut);
    parts = [];
    kept = 0;
    const wasCut = cut;
    cut = false;
    line({ message: message.text, binary: message.binary, cut: wasCut });
  }

  return {
    write(chunk) {
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
        keep(chunk.subarray(start, end));
        start = end + 1;
        flush();
      }
      keep(chunk.subarray(start));
    },
    end() {
      if (kept > 0 || cut) flush();
    },
  };
}

function decode(bytes: Buffer, cut: boolean): { readonly text: string; readonly binary: boolean } {
  try {
    // As a stream where it was cut: half a character at the end is then no sign of a blob.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: cut });
    return { text, binary: false };
  } catch {
    return { text: bytes.toString('utf8'), binary: true };
  }
}
