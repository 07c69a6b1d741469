/** Cuts a byte stream into lines while it streams in, so that no line is ever held whole beyond a bound. */

export interface Line {
  /** The line without its newline, or its first `head` bytes when it was too long. */
  readonly head: Buffer;
  /** The last bytes of a line that was too long; null when `head` is all of it. */
  readonly tail: Buffer | null;
}

export interface LineLimits {
  /** Bytes kept from the start of a line. */
  readonly head: number;
  /** Bytes kept from its end: a line is too long when it is longer than both together. */
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
  /** The end of what did not fit in the head, and how much that was. */
  let tail: Buffer = Buffer.alloc(0);
  let beyond = 0;

  function keep(bytes: Buffer): void {
    const room = limits.head - headBytes;
    const kept = bytes.subarray(0, room);
    if (kept.length > 0) head.push(kept);
    headBytes += kept.length;
    if (bytes.length <= room) return;
    const rest = bytes.subarray(room);
    beyond += rest.length;
    // Copied: a slice would hold on to the whole chunk it came in.
    tail = Buffer.from(Buffer.concat([tail, rest.subarray(-limits.tail)]).subarray(-limits.tail));
  }

  function take(): Line {
    const whole = beyond <= limits.tail;
    const parts = whole && beyond > 0 ? [...head, tail] : head;
    const line = {
      head: parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts),
      tail: whole ? null : tail,
    };
    head = [];
    headBytes = 0;
    tail = Buffer.alloc(0);
    beyond = 0;
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
