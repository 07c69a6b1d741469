/** A command that dials: looks first, asks where it would do harm, and remembers what came of it. */
import { type Caution, createCaution } from '../ops/caution/caution.ts';
import type { Restraint } from '../ops/caution/restraint.ts';
import type { Connector } from '../ops/connector.ts';
import { askAnswer, type PromptTerminal } from './ask.ts';
import { cautionStore } from './caution-file.ts';
import type { Invocation } from './invocation.ts';
import type { Io } from './io.ts';
import type { OpenedHost } from './open-host.ts';
import type { Tools } from './with-host.ts';

export interface CautiousCall {
  readonly invocation: Invocation;
  readonly io: Io;
  readonly tools: Pick<Tools, 'clock'>;
  /** null: nobody is asked. */
  readonly openTerminal: (() => PromptTerminal | null) | null;
}

export interface Cautious {
  /** Why the service is not to be dialled, which was said; null: it may be, or the user wants it. */
  readonly restraint: Restraint | null;
  /** Its connections are watched for what they do. */
  readonly connector: Connector;
  /** The unit is about to be stopped, restarted or killed by us. */
  acted(): void;
}

/** What a connection does is announced some milliseconds after it; on a slow link, a round trip after. */
const AFTERMATH_MS = 150;

/** @param asks whether something would be asked of the service, or it only be connected to */
export async function cautiously<T>(
  call: CautiousCall,
  opened: Pick<OpenedHost, 'host' | 'connector' | 'subject'>,
  asks: boolean,
  use: (cautious: Cautious) => Promise<T>,
): Promise<T> {
  const { invocation, tools } = call;
  const { host } = opened;
  const over = new AbortController();
  const store = cautionStore(invocation);
  let connections = 0;
  const caution = createCaution({
    clock: tools.clock,
    setting: invocation.target.probe,
    store,
    onChange: () => undefined,
    signal: over.signal,
  });
  const stop = host.service.watch(caution.unit, () => undefined);
  caution.attach(host);
  try {
    const restraint = await settle(call, caution, asks, opened.subject.unit);
    const watched = caution.watched(opened.connector);
    return await use({
      restraint,
      acted: caution.acted,
      connector: (address, port, options) => {
        connections += 1;
        return watched(address, port, options);
      },
    });
  } finally {
    if (connections > 0) {
      const longer = host.roundTripMs() ?? 0;
      await tools.clock.sleep(AFTERMATH_MS + longer, call.io.signal).catch(() => undefined);
    }
    stop();
    over.abort();
    await store.settled();
  }
}

async function settle(
  call: CautiousCall,
  caution: Caution,
  asks: boolean,
  unit: string,
): Promise<Restraint | null> {
  const { connect, ask } = await caution.decided();
  const restraint = asks ? ask : connect;
  if (restraint === null) return null;
  const answer = await mayAfterAll(unit, restraint, call);
  if (answer) caution.consent();
  return answer ? null : restraint;
}

/** Asks, where somebody is there to be asked; else, or when the answer is No, says that nothing is dialled. */
export async function mayAfterAll(
  unit: string,
  restraint: Restraint,
  { invocation, io, openTerminal }: CautiousCall,
): Promise<boolean> {
  const { text, mayAsk } = invocation;
  const terminal = mayAsk && openTerminal !== null ? openTerminal() : null;
  try {
    if (terminal !== null) {
      const answer = await askAnswer(text.caution.question(unit, restraint), terminal, io.signal);
      if (answer !== null && text.connect.isYes(answer)) return true;
    }
  } finally {
    terminal?.close();
  }
  io.stderr.write(`${text.caution.heldBack(unit, restraint)}\n`);
  return false;
}
