/**
 * What a check is: one point of the exercise, judged on facts gathered from the host.
 *
 * A check names the facts it needs. When one of them could not be seen the item is skipped with that
 * reason, so that a judge only ever weighs what was really seen, and stays pure.
 */
import type { HostInfo } from '../host.ts';
import type { Fact, FactName, FactValues, Sourced, Unseen } from './facts.ts';
import type { Finding } from './findings.ts';
import { shellWord } from './shell-word.ts';

export type CheckGroup = 'setup' | 'test' | 'integrate' | 'monitor' | 'host' | 'app';

/** Every item, by group, in the order of the exercise. The ids are stable: scripts name them. */
export const CHECK_IDS = {
  setup: [
    'host-only-static',
    'route-out',
    'names-resolve',
    'key-login',
    'password-login-off',
    'firewalld-running',
    'selinux',
    'hostname',
  ],
  test: ['app-files', 'python-exists', 'listens', 'answers-from-host', 'answers-from-here'],
  integrate: [
    'opt-folder',
    'unit-place',
    'unit-owner-mode',
    'absolute-paths',
    'restart-policy',
    'restart-sec',
    'firewall-open-on-start',
    'firewall-close-on-stop',
    'reload-pending',
    'enabled',
    'active',
    'firewall-follows',
  ],
  monitor: ['netdata-active', 'netdata-api', 'netdata-portcheck', 'netdata-alarm', 'discord'],
  host: ['bridge-card', 'sshd-host-only', 'service-bridge-only', 'firewall-nothing-needless'],
  app: [
    'serves-many',
    'eval-on-input',
    'runs-as-root',
    'last-client-thread',
    'log-folder',
    'stdout-buffered',
  ],
} as const satisfies Record<CheckGroup, readonly string[]>;

export type CheckId = (typeof CHECK_IDS)[CheckGroup][number];

/** All of them, in the order in which they are told. */
export const EVERY_CHECK: readonly CheckId[] = Object.values(CHECK_IDS).flat();

/** `warn`: works, and should still be looked at; `skip`: could not be seen, or makes no sense now. */
export type CheckState = 'pass' | 'fail' | 'warn' | 'skip';

/** A command as one types it at a prompt on the host, and what it printed. Foreign text. */
export interface Evidence {
  readonly command: string;
  readonly output: string;
}

/** What puts an item right: the commands one would type, and whether `check --fix` offers to do it. */
export interface Mend {
  readonly commands: readonly string[];
  readonly fixable: boolean;
}

export interface CheckResult {
  readonly id: CheckId;
  readonly group: CheckGroup;
  readonly state: CheckState;
  readonly finding: Finding;
  readonly evidence: readonly Evidence[];
  readonly mend: Mend | null;
}

/** What the exercise wants to see; every value can be set. */
export interface Expected {
  readonly hostname: string;
  /** The host-only network, `10.5.1.0/24`. */
  readonly hostOnlyNetwork: string;
  /** Where the app lives, `/opt/calculatrice`. */
  readonly folder: string;
  readonly restartSecMs: number;
  readonly netdataPort: number;
  /** A name that resolves when the host has a way out. */
  readonly outsideName: string;
  /** Longest time from an outage to its alarm. */
  readonly alarmWithinMs: number;
}

/** The service that is looked at. */
export interface Subject {
  readonly unit: string;
  readonly port: number;
  /** Where the settings say that it is dialled from here; null: where it listens. */
  readonly address: string | null;
  /** Where our own connection reaches the host. */
  readonly hostAddress: string;
  /** Whether `2+3` may be asked of it: it speaks the calculator's protocol. */
  readonly asksAnswers: boolean;
  readonly expected: Expected;
  /** The words that name this host and service to the program itself, in the commands that are shown. */
  readonly named?: readonly string[];
}

/** A command of this program for the same host and service, as typed: `deploy --hardened`. */
export function ownCommand({ named = [] }: Pick<Subject, 'named'>, words: string): string {
  return [`tp5-tui ${words}`, ...named.map(shellWord)].join(' ');
}

/**
 * The exercise as it was given; the folder is named after the unit, and the embedded host is quicker. What is known
 * to be meant otherwise comes before all that.
 */
export function expectedFor(
  unit: string,
  kind: HostInfo['kind'] = 'ssh',
  otherwise: Partial<Expected> = {},
): Expected {
  return {
    hostname: 'hosting.tp5.b1',
    hostOnlyNetwork: '10.5.1.0/24',
    folder: `/opt/${unit.replace(/\.service$/, '')}`,
    restartSecMs: kind === 'demo' ? 3_000 : 30_000,
    netdataPort: 19_999,
    outsideName: 'rockylinux.org',
    alarmWithinMs: 60_000,
    ...otherwise,
  };
}

/** What a judge says; evidence not given is that of all the facts it was handed. */
export interface Judgement {
  readonly state: CheckState;
  readonly finding: Finding;
  readonly evidence?: readonly Evidence[];
  readonly mend?: Mend;
}

type Needed<N extends FactName, W extends FactName> = {
  readonly [K in N]: Sourced<FactValues[K]>;
} & { readonly [K in W]: Sourced<FactValues[K]> | null };

interface CheckOf<N extends FactName, W extends FactName> {
  readonly id: CheckId;
  readonly group: CheckGroup;
  /** Without one of these the item is skipped. */
  readonly needs: readonly N[];
  /** Null in the judge's hands when they could not be seen. */
  readonly wants?: readonly W[];
  readonly judge: (facts: Needed<N, W>, subject: Subject) => Judgement;
}

/** The facts that were gathered for a run. */
export type Gathered = { readonly [K in FactName]?: Fact<FactValues[K]> };

export interface Check {
  readonly id: CheckId;
  readonly group: CheckGroup;
  readonly facts: readonly FactName[];
  run(gathered: Gathered, subject: Subject): CheckResult;
}

export function defineCheck<N extends FactName, W extends FactName = never>(check: CheckOf<N, W>): Check {
  const { id, group, needs, wants = [] } = check;
  return {
    id,
    group,
    facts: [...needs, ...wants],
    run(gathered, subject) {
      const handed: Record<string, Sourced<unknown> | null> = {};
      for (const name of [...needs, ...wants]) {
        const fact = gathered[name];
        handed[name] = fact?.seen === true ? fact : null;
      }
      for (const name of needs) {
        const fact = gathered[name];
        if (fact?.seen === true) continue;
        const why: Unseen = fact?.why ?? { code: 'not-looked' };
        return skipped(id, group, why, fact?.evidence ?? []);
      }
      const judgement = check.judge(handed as Needed<N, W>, subject);
      const evidence = judgement.evidence ?? Object.values(handed).flatMap((fact) => fact?.evidence ?? []);
      return {
        id,
        group,
        state: judgement.state,
        finding: judgement.finding,
        evidence,
        mend: judgement.mend ?? null,
      };
    },
  };
}

export function skipped(
  id: CheckId,
  group: CheckGroup,
  why: Unseen,
  evidence: readonly Evidence[] = [],
): CheckResult {
  return { id, group, state: 'skip', finding: { code: 'unseen', why }, evidence, mend: null };
}

export const pass = (finding: Finding, more: Partial<Judgement> = {}): Judgement => ({
  ...more,
  state: 'pass',
  finding,
});
export const fail = (finding: Finding, more: Partial<Judgement> = {}): Judgement => ({
  ...more,
  state: 'fail',
  finding,
});
export const warn = (finding: Finding, more: Partial<Judgement> = {}): Judgement => ({
  ...more,
  state: 'warn',
  finding,
});
/** Makes no sense while another item is not right. */
export const after = (id: CheckId, more: Partial<Judgement> = {}): Judgement => ({
  ...more,
  state: 'skip',
  finding: { code: 'unseen', why: { code: 'after', id } },
});

/** A mend that `--fix` offers. */
export const fixable = (...commands: readonly string[]): { mend: Mend } => ({
  mend: { commands, fixable: true },
});
/** A mend that is left to the reader. */
export const byHand = (...commands: readonly string[]): { mend: Mend } => ({
  mend: { commands, fixable: false },
});
