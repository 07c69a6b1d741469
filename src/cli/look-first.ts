/** For the commands that dial without a host: what is remembered of the service, or one look at it over SSH. */
import {
  lookAt,
  NO_EFFECTS,
  type ProgramLook,
  type Restraint,
  restraintsOf,
  UNREAD,
} from '../ops/caution/restraint.ts';
import { Failed } from '../ops/failure.ts';
import type { PromptTerminal } from './ask.ts';
import { cautionStore } from './caution-file.ts';
import { mayAfterAll } from './cautious.ts';
import type { Invocation } from './invocation.ts';
import type { Io } from './io.ts';
import type { Tools } from './with-host.ts';

/**
 * Asks nothing on the way to the host: a service that can be reached needs no login, and where there is none it
 * is dialled like one whose program cannot be read.
 * @param openTerminal null: nobody is asked
 * @param asks whether something would be asked of the service, or it only be connected to
 * @returns why it is not to be dialled, which was said; null: it may be
 * @throws the signal's reason
 */
export async function heldBack(
  invocation: Invocation,
  io: Io,
  tools: Tools,
  openTerminal: (() => PromptTerminal | null) | null,
  asks: boolean,
): Promise<Restraint | null> {
  const { target } = invocation;
  if (invocation.via === 'demo') return null;
  // An address alone says where the service is, and nothing of the host.
  const placed = invocation.via === 'local' || target.host !== null;
  if (!placed && target.probe === null) return null;
  const store = cautionStore(invocation);
  const known = await store.recall();
  const look = target.probe !== null ? UNREAD : (known?.look ?? (await lookOver(invocation, io, tools)));
  const effects = known?.effects ?? NO_EFFECTS;
  if (known === null && look.stamp !== '') store.remember({ look, effects });
  const restraints = restraintsOf({ setting: target.probe, look, effects, consent: false });
  const restraint = asks ? restraints.ask : restraints.connect;
  await store.settled();
  if (restraint === null) return null;
  return (await mayAfterAll(target.unit, restraint, { invocation, io, tools, openTerminal }))
    ? null
    : restraint;
}

async function lookOver(invocation: Invocation, io: Io, tools: Tools): Promise<ProgramLook> {
  try {
    const { host, close } = await tools.open({ ...invocation, mayAsk: false }, io);
    try {
      return lookAt(await host.program.read());
    } finally {
      await host.close();
      await close();
    }
  } catch (error) {
    io.signal.throwIfAborted();
    if (!(error instanceof Failed)) throw error;
    const [why = ''] = invocation.text.failures.describe(error.failure).split('\n', 1);
    io.stderr.write(`${invocation.text.caution.unseen(why)}\n`);
    return UNREAD;
  }
}
