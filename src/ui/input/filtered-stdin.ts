/** The terminal's input with its replies taken out, as a stream that Ink takes for a terminal. */
import { Readable } from 'node:stream';
import type { Clock } from '../../ops/clock.ts';
import { createReplyFilter, SEQUENCE_MS } from './reply-filter.ts';

/** As much of a terminal's input as is used. */
export interface TerminalInput extends NodeJS.ReadableStream {
  readonly isTTY?: boolean;
  setRawMode?(mode: boolean): unknown;
  ref?(): unknown;
  unref?(): unknown;
}

export class FilteredStdin extends Readable {
  readonly isTTY = true;
  readonly #source: TerminalInput;
  readonly #clock: Clock;
  readonly #filter = createReplyFilter();
  #pending: AbortController | null = null;
  #listening = false;
  readonly #gone: () => void;

  /** @param gone called when the terminal has closed its end */
  constructor(source: TerminalInput, clock: Clock, gone: () => void) {
    super({ encoding: 'utf8' });
    this.#source = source;
    this.#clock = clock;
    this.#gone = gone;
    source.once('end', gone);
    source.once('error', gone);
  }

  setRawMode(mode: boolean): this {
    this.#source.setRawMode?.(mode);
    if (mode === this.#listening) return this;
    this.#listening = mode;
    if (mode) {
      this.#source.setEncoding('utf8');
      this.#source.on('data', this.#take);
      this.#source.resume();
    } else {
      this.#source.off('data', this.#take);
      this.#source.pause();
    }
    return this;
  }

  /** Leaves the terminal to whoever reads it next in this process. */
  release(): void {
    this.#source.off('end', this.#gone);
    this.#source.off('error', this.#gone);
    // Ink lets the process end without it, and a question may be next.
    this.#source.ref?.();
  }

  ref(): void {
    this.#source.ref?.();
  }

  unref(): void {
    this.#source.unref?.();
  }

  override _read(): void {
    // What comes is pushed as it comes.
  }

  readonly #take = (chunk: string | Buffer): void => {
    this.#pending?.abort();
    this.#pending = null;
    this.#give(this.#filter.push(chunk.toString(), this.#clock.now()));
    if (!this.#filter.holds) return;
    const waiting = new AbortController();
    this.#pending = waiting;
    this.#clock.sleep(SEQUENCE_MS, waiting.signal).then(
      () => this.#give(this.#filter.flush(this.#clock.now())),
      () => undefined,
    );
  };

  #give(keys: string): void {
    if (keys !== '') this.push(keys);
  }
}
