/** One deployment on the host as a transaction: begun, changed step by step, then kept or put back. See assets/transaction.sh. */
import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { Failed } from '../failure.ts';
import type { Host } from '../host.ts';
import type { RunResult } from '../transport/transport.ts';
import { asset } from './assets.ts';
import { FILE_MODE, FOLDER_MODE, type Place } from './place.ts';
import type { Step } from './plan.ts';
import { DeployStopped } from './problem.ts';
import { parseRestored, type Restored } from './restored.ts';
import { asRoot, complaint } from './root-command.ts';

export interface TransactionOptions {
  readonly place: Pick<Place, 'state' | 'owner'>;
  readonly unit: string;
  readonly port: number;
  /** null: the default zone. */
  readonly zone: string | null;
  /** Every file and folder that any step changes; what is there now is kept. */
  readonly paths: readonly string[];
  /** When the host puts everything back by itself, unless it is committed before. */
  readonly restoreAfterMs: number;
  /** Who does it, for whoever finds it unfinished. */
  readonly by: string;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

export interface Transaction {
  /** Its folder on the host. */
  readonly folder: string;
  /** @throws DeployStopped `step`, `superseded`; Failed; the signal's reason */
  carryOut(step: Step, signal: AbortSignal): Promise<void>;
  /** Keeps what is there now. @throws DeployStopped `superseded`; Failed */
  commit(): Promise<void>;
  /** Puts back what was there; tried again by the host, and by who comes later, where some of it failed. @throws Failed */
  restore(): Promise<Restored>;
  /** Leaves it at what could be put back: what was there stays in the folder's `kept`. @throws Failed */
  abandon(): Promise<void>;
}

/** Exit codes of assets/transaction.sh. */
const NOT_OPEN = 75;
const ANOTHER = 76;
const NO_TIMER = 77;

/** @throws DeployStopped `another-deployment`, `no-timer`; Failed. Nothing was changed then. */
export async function beginTransaction(host: Host, options: TransactionOptions): Promise<Transaction> {
  const { place, clock } = options;
  const stamp = new Date(clock.wall()).toISOString().replace(/[-:]|\.\d+/g, '');
  const folder = `${place.state}/deploy-${stamp}-${randomBytes(2).toString('hex')}`;
  const signal = options.signal ? { signal: options.signal } : {};

  const upload = 'umask 077; mkdir -p "$1" && cat >"$1/transaction"';
  const uploaded = await asRoot(host, ['sh', '-c', upload, 'sh', folder], {
    ...signal,
    input: asset('transaction.sh'),
  });
  if (uploaded.code !== 0) {
    throw new Failed({ code: 'host-error', name: folder, detail: complaint(uploaded) });
  }
  const begun = await verb(host, folder, [
    'begin',
    options.unit,
    `${options.port}/tcp`,
    options.zone ?? '',
    `${Math.ceil(options.restoreAfterMs / 1000)}`,
    options.by,
    ...options.paths,
  ]);
  if (begun.code !== 0) {
    await verb(host, folder, ['forget']);
    const detail = complaint(begun);
    if (begun.code === ANOTHER) throw new DeployStopped({ code: 'another-deployment', detail });
    if (begun.code === NO_TIMER) throw new DeployStopped({ code: 'no-timer', detail });
    throw new Failed({ code: 'host-error', name: folder, detail });
  }
  return openTransaction(host, folder, place);
}

/** A transaction that was begun, by us or by somebody else. */
export function openTransaction(host: Host, folder: string, place: Pick<Place, 'owner'>): Transaction {
  return {
    folder,
    async carryOut(step, signal) {
      const { argv, input } = commandOf(step, place.owner);
      const result = await verb(host, folder, argv, input, signal);
      if (result.code === NOT_OPEN) throw new DeployStopped({ code: 'superseded' });
      if (result.code !== 0) throw new DeployStopped({ code: 'step', step, detail: complaint(result) });
    },
    async commit() {
      const result = await verb(host, folder, ['commit']);
      if (result.code === NOT_OPEN) throw new DeployStopped({ code: 'superseded' });
      if (result.code !== 0) {
        throw new Failed({ code: 'host-error', name: 'commit', detail: complaint(result) });
      }
    },
    async restore() {
      const result = await verb(host, folder, ['restore']);
      const restored = parseRestored(result.stdout);
      // Not open: it was put back already.
      if (result.code === 0 || result.code === NOT_OPEN || restored.wrong.length > 0) return restored;
      return { ...restored, wrong: [{ what: 'other', name: folder, reason: complaint(result) }] };
    },
    async abandon() {
      const result = await verb(host, folder, ['abandon']);
      if (result.code !== 0)
        throw new Failed({ code: 'host-error', name: 'abandon', detail: complaint(result) });
    },
  };
}

/** Removes what the host has put back by itself, once that was told. */
export async function forgetTransaction(host: Host, folder: string): Promise<void> {
  await verb(host, folder, ['forget']);
}

function verb(
  host: Host,
  folder: string,
  argv: readonly string[],
  input?: Uint8Array,
  signal?: AbortSignal,
): Promise<RunResult> {
  return asRoot(host, ['sh', `${folder}/transaction`, ...argv], {
    ...(input ? { input } : {}),
    ...(signal ? { signal } : {}),
  });
}

function commandOf(step: Step, owner: string): { readonly argv: string[]; readonly input?: Uint8Array } {
  switch (step.kind) {
    case 'mkdir':
      return { argv: ['mkdir', step.path, FOLDER_MODE, owner] };
    case 'write': {
      // The link may be cut in the middle of the content: only the whole of it is put in place.
      const digest = createHash('sha256').update(step.content).digest('hex');
      return {
        argv: [
          'write',
          step.path,
          step.mode ?? FILE_MODE,
          step.owner ?? owner,
          digest,
          `${step.content.length}`,
        ],
        input: step.content,
      };
    }
    case 'chmod':
    case 'chown':
      return { argv: [step.kind, step.path, step.after] };
    case 'daemon-reload':
      return { argv: ['systemctl', 'daemon-reload'] };
    default:
      return { argv: ['systemctl', step.kind, step.path] };
  }
}
