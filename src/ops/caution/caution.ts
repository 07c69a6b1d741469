/**
 * One service's caution for as long as a session or a command lives: reads its program before the first
 * connection, watches what connections of ours do to it, and says whether it may be dialled.
 */
import type { Clock } from '../clock.ts';
import type { Connector } from '../connector.ts';
import { Failed } from '../failure.ts';
import type { Host, ServiceFacts } from '../host.ts';
import { wakingSocket } from '../start-type.ts';
import { type CautionEvent, observe, UNWATCHED, type Watchfulness } from './effects.ts';
import { lastWordsOf } from './last-words.ts';
import type { CautionStore, Remembered } from './memory.ts';
import {
  type Effect,
  lookAt,
  NO_EFFECTS,
  type ProbeSetting,
  type ProgramLook,
  type Restraints,
  restraintsOf,
  UNREAD,
} from './restraint.ts';

/** A host that does not tell what it runs by then is dialled like one that cannot. */
const MOST_LOOK_MS = 10_000;
/** What a process prints as it dies is in the journal a moment later. */
const LAST_WORDS_MS = 300;
const LAST_LINES = 40;

export interface CautionOptions {
  readonly clock: Clock;
  readonly setting: ProbeSetting | null;
  readonly store: CautionStore;
  /** Called whenever `restraints`, or what is known to have ended the service, may have become another. */
  readonly onChange: () => void;
  readonly signal: AbortSignal;
}

export interface Caution {
  restraints(): Restraints;
  /** What a connection of ours did to the service; null when nothing, as far as known. */
  effect(): Effect | null;
  /** Resolves when it is decided whether to connect. Never rejects. */
  decided(): Promise<Restraints>;
  /** The host is there: its program is read, and how its unit fares is told from now on. */
  attach(host: Host): void;
  /** The host is gone for now. */
  detach(): void;
  /** There is no way to the host: what was remembered has to do. */
  unreachable(): void;
  unit(facts: ServiceFacts): void;
  listening(on: boolean): void;
  /** The user stops it, restarts it or kills it. */
  acted(): void;
  /** The user wants it dialled, knowing what it does. */
  consent(): void;
  /** The same connector, its connections watched. */
  watched(connector: Connector): Connector;
}

function isLost(error: unknown): boolean {
  return error instanceof Failed && error.failure.code === 'link-lost';
}

export function createCaution({ clock, setting, store, onChange, signal }: CautionOptions): Caution {
  const recalled = store.recall();
  let looked = Promise.withResolvers<void>();
  /** Connections that may still be asked something. */
  const open = new Map<number, () => boolean>();
  let state: Watchfulness = UNWATCHED;
  let look: ProgramLook | null = null;
  /** It was started anew: what it runs is being read again. */
  let stale = false;
  let consent = false;
  let asleep: string | null = null;
  let host: Host | null = null;
  let invocation: string | null = null;
  let readings = 0;
  let nextId = 1;

  // Whoever waits is not left waiting.
  signal.addEventListener('abort', () => looked.resolve(), { once: true });

  const restraints = (): Restraints =>
    restraintsOf({ setting, look: stale ? null : look, effects: state.effects, asleep, consent });

  function keep(): void {
    if (look !== null && look !== UNREAD) store.remember({ look, effects: state.effects });
  }

  function feed(event: CautionEvent): void {
    const before = state.effects;
    state = observe(state, event, look?.serves === 'one');
    if (state.effects === before) return;
    // What the user agreed to was this.
    consent = false;
    keep();
    onChange();
    for (const kind of ['connect', 'ask'] as const) {
      const effect = state.effects[kind];
      if (effect !== null && effect !== before[kind]) void hearLastWords(kind, effect);
    }
  }

  async function hearLastWords(kind: 'connect' | 'ask', effect: Effect): Promise<void> {
    const from = host;
    if (from === null) return;
    const lines: string[] = [];
    await clock.sleep(LAST_WORDS_MS, signal).catch(() => undefined);
    await from.journal
      .recent(
        LAST_LINES,
        (batch) => {
          for (const entry of batch) if (entry.invocationId === effect.invocation) lines.push(entry.message);
        },
        signal,
      )
      .catch(() => undefined);
    const lastWords = lastWordsOf(lines);
    if (lastWords === null || state.effects[kind] !== effect) return;
    state = { ...state, effects: { ...state.effects, [kind]: { ...effect, lastWords } } };
    keep();
    onChange();
  }

  function take(found: ProgramLook, reading: number): void {
    if (reading !== readings || signal.aborted) return;
    look = found;
    stale = false;
    looked.resolve();
    onChange();
  }

  /** What was remembered, taken for what is. */
  function recollect(known: Remembered | null, reading: number): void {
    if (known !== null) state = { ...state, effects: known.effects };
    take(known?.look ?? UNREAD, reading);
  }

  /** Reads the program, and takes up what is remembered of that very one. */
  async function read(from: Host): Promise<void> {
    if (look !== null) looked = Promise.withResolvers<void>();
    stale = look !== null;
    readings += 1;
    const reading = readings;
    const over = new AbortController();
    const late = clock.sleep(MOST_LOOK_MS, over.signal).then(
      () => UNREAD,
      () => UNREAD,
    );
    const program = from.program.read().then(lookAt, (error: unknown) => (isLost(error) ? null : UNREAD));
    const [known, found] = await Promise.all([recalled, Promise.race([program, late])]);
    over.abort();
    if (reading !== readings || host !== from) return;
    if (found === null) {
      // A unit that we know need not wait for a host that is not there.
      if (known !== null && look === null) recollect(known, reading);
      return;
    }
    // A changed server is looked at anew; one that does not show is taken for the same.
    const same = known !== null && known.look.stamp === found.stamp;
    const fresh = state.effects === NO_EFFECTS;
    if (same && fresh && look === null) state = { ...state, effects: known.effects };
    if (look !== null && look.stamp !== found.stamp) state = { ...state, effects: NO_EFFECTS };
    take(found, reading);
    keep();
  }

  return {
    restraints,
    effect: () => state.effects.connect ?? state.effects.ask,
    async decided() {
      while (restraints().connect?.code === 'looking' && !signal.aborted) await looked.promise;
      return restraints();
    },
    attach(attached) {
      host = attached;
      void read(attached);
    },
    detach() {
      host = null;
      readings += 1;
      stale = false;
      if (look !== null) looked.resolve();
      invocation = null;
      feed({ kind: 'unseen' });
    },
    unreachable() {
      if (look !== null) return;
      const reading = readings;
      void recalled.then((known) => {
        if (look === null && reading === readings) recollect(known, reading);
      });
    },
    unit(facts) {
      for (const [id, wrote] of open) if (wrote()) feed({ kind: 'asked', id });
      feed({ kind: 'unit', atMono: clock.now(), unit: facts });
      const sleeper = facts.active === 'inactive' ? wakingSocket(facts) : null;
      if (sleeper !== asleep) {
        asleep = sleeper;
        onChange();
      }
      const { invocationId } = facts;
      const another = invocation !== null && invocationId !== '' && invocationId !== invocation;
      invocation = invocationId === '' ? invocation : invocationId;
      // It may run another program from now on.
      if (another && host !== null) void read(host);
    },
    listening: (on) => feed({ kind: 'listening', atMono: clock.now(), on }),
    acted: () => feed({ kind: 'acted', atMono: clock.now() }),
    consent() {
      consent = true;
      state = { ...state, effects: NO_EFFECTS, ends: 0 };
      keep();
      onChange();
    },
    watched: (connector) => async (address, port, options) => {
      const socket = await connector(address, port, options);
      const id = nextId++;
      const from = { address: socket.localAddress ?? '', port: socket.localPort ?? 0 };
      open.set(id, () => socket.bytesWritten > 0);
      feed({ kind: 'connected', id, atMono: clock.now(), from });
      socket.once('close', () => {
        open.delete(id);
        if (socket.bytesWritten > 0) feed({ kind: 'asked', id });
        feed({ kind: 'closed', id, atMono: clock.now() });
      });
      return socket;
    },
  };
}
