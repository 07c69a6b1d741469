/** Deployments that were cut off: told of, and put back before another begins, or kept, or left as they are. */
import { look, type Unfinished } from '../ops/deploy/look.ts';
import type { Place } from '../ops/deploy/place.ts';
import type { Restored } from '../ops/deploy/restored.ts';
import { forgetTransaction, openTransaction } from '../ops/deploy/transaction.ts';
import type { Host } from '../ops/host.ts';
import { askAt, type PromptTerminal } from './ask.ts';
import type { Invocation } from './invocation.ts';
import type { Io } from './io.ts';

/** One of them, for `--json`. */
export interface Earlier {
  readonly folder: string;
  /** Foreign text. */
  readonly by: string;
  /** What became of it: `abandoned` is told, and in the way of nobody; `left` is as it was found. */
  readonly became: 'put-back' | 'kept' | 'abandoned' | 'left';
  readonly movedAside: Restored['aside'];
  readonly notPutBack: Restored['wrong'];
}

interface Settling {
  readonly host: Host;
  readonly openTerminal: () => PromptTerminal | null;
}

interface Call {
  readonly invocation: Invocation;
  readonly options: { readonly dryRun?: boolean; readonly yes?: boolean };
  readonly io: Io;
}

/**
 * Tells of deployments that were cut off, and puts back what they left half done, or keeps it if that is wished.
 * One that cannot be put back whole is told, and then in nobody's way.
 * @param earlier gets an entry for each
 * @returns whether to go on
 */
export async function settleUnfinished(
  tools: Settling,
  { place, unit }: { readonly place: Pick<Place, 'state' | 'owner'>; readonly unit: string },
  call: Call,
  earlier: Earlier[],
): Promise<boolean> {
  const { unfinished } = await look(tools.host, { state: place.state, unit }, [], call.io.signal);
  for (const one of unfinished) {
    const { became, told, goOn } = await settle(tools, place, one, call);
    const { folder, by } = one;
    earlier.push({ folder, by, became, movedAside: told.aside, notPutBack: told.wrong });
    if (!goOn) return false;
  }
  return true;
}

interface Settled {
  readonly became: Earlier['became'];
  readonly told: Restored;
  readonly goOn: boolean;
}

async function settle(
  { host, openTerminal }: Settling,
  place: Pick<Place, 'owner'>,
  one: Unfinished,
  { invocation, options, io }: Call,
): Promise<Settled> {
  const text = invocation.text.deploy;
  const say = (line: string): unknown => io.stderr.write(`${line}\n`);
  const sayAll = ({ aside, wrong }: Restored): void => {
    for (const line of [...wrong.map(text.notBack), ...aside.map(text.movedAside)]) say(line);
  };
  say(text.unfinished(one));
  if (options.dryRun) {
    sayAll(one.told);
    return { became: one.stage === 'restored' ? 'put-back' : 'left', told: one.told, goOn: true };
  }
  if (one.stage === 'restored') {
    sayAll(one.told);
    await forgetTransaction(host, one.folder);
    return { became: 'put-back', told: one.told, goOn: true };
  }
  const answer = options.yes ? '' : await askAt(openTerminal, text.askPutBack, io.signal);
  if (answer === null) return { became: 'left', told: one.told, goOn: false };
  const transaction = openTransaction(host, one.folder, place);
  if (/^n/i.test(answer.trim())) {
    await transaction.commit();
    say(text.keptAsIs);
    return { became: 'kept', told: one.told, goOn: true };
  }
  say(text.putBackFirst);
  const told = await transaction.restore();
  sayAll(told);
  if (told.wrong.length === 0) return { became: 'put-back', told, goOn: true };
  const goOn =
    options.yes || invocation.text.connect.isYes((await askAt(openTerminal, text.askGoOn, io.signal)) ?? '');
  if (!goOn) return { became: 'left', told, goOn };
  await transaction.abandon();
  say(text.abandoned(one.folder));
  return { became: 'abandoned', told, goOn };
}
