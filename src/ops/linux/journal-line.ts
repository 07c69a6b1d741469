/** Cuts a byte stream into lines while it streams in, so that no line is ever held whole beyond a bound. */

export interface Line {
  /** The line without its newline, or its first `head` bytes when it was longer than that. */
  readonly head: Buffer;
  /** The last bytes of an overlong line; null when `head` is all of it. */
  readonly tail: Buffer | null;
}

export interface LineLimits {
  /** Bytes kept from the start of a line. */
  readonly head: number;
  /** Bytes kept from the end of a line that is longer than `head`. */
  readonly tail: number;
}

export interface LineSplitter {
  /** Takes the next bytes; returns the lines that they end. */
  push(chunk: Buffer): Line[];
}

const NEWLINE = 0x0a;

export function createLineSplitter(limits: LineLimits): LineSplitter {
  let head: Buffer[] = [];
  let headBytes = 0;
  /** Rolling end of what did not fit in the head; null while all did. */
  let tail: Buffer | null = null;

  function keep(bytes: Buffer): void {
    const room = limits.head - headBytes;
    const kept = bytes.subarray(0, room);
    if (kept.length > 0) head.push(kept);
    headBytes += kept.length;
    if (bytes.length <= room) return;
    const rest = bytes.subarray(room);
    // Copied: a slice would hold on to the whole chunk it came in.
    tail = Buffer.from((tail === null ? rest : Buffer.concat([tail, rest])).subarray(-limits.tail));
  }

  function take(): Line {
    const line = { head: head.length === 1 && head[0] ? head[0] : Buffer.concat(head), tail };
    head = [];
    headBytes = 0;
    tail = null;
    return line;
  }

  return {
    push(chunk) {
      const lines: Line[] = [];
      let from = 0;
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
        keep(chunk.subarray(from, end));
        lines.push(take());
        from = end + 1;
      }
      if (from < chunk.length) keep(chunk.subarray(from));
      return lines;
    },
  };
}
