/** The plan of `check --fix`: from what was found to the steps that put it right, in their order. Pure. */
import type { FirewallChange, Host, ServiceVerb } from '../host.ts';
import type { Privilege } from '../transport/transport.ts';
import type { CheckId, CheckResult, Gathered, Subject } from './check.ts';
import type { Fact } from './facts.ts';
import { type FirewallKey, firewallLines, guardingZone } from './integrate-firewall.ts';
import { closeCommands, needlessOf } from './needless.ts';
import { typed } from './shell-word.ts';
import { editUnit, type UnitEdit } from './unit-edit.ts';
import { lastOf, type UnitFile } from './unit-file.ts';

export type RepairStep = { readonly items: readonly CheckId[] } & (
  | {
      readonly kind: 'run';
      readonly argvs: readonly (readonly string[])[];
      /** The same as typed. */
      readonly shown: readonly string[];
    }
  | {
      readonly kind: 'edit-unit';
      readonly unit: string;
      readonly path: string;
      readonly before: string;
      readonly after: string;
      readonly backup: string;
    }
  | { readonly kind: 'service'; readonly verb: ServiceVerb; readonly unit: string }
  | { readonly kind: 'port'; readonly change: FirewallChange }
  /** A drop-in for sshd; an empty `lines` only reloads it. */
  | {
      readonly kind: 'sshd';
      readonly path: string;
      readonly lines: readonly string[];
      /** The line of `sshd -T` that must be there afterwards, and one that must not. */
      readonly mustSay: string;
      readonly mustNotSay: string | null;
      /** `address:port` that sshd must listen on once it was reloaded; null: no matter. */
      readonly mustListen: string | null;
    }
);

/** What came of a step that did not do what it should. */
export type RepairProblem =
  | { readonly code: 'changed-meanwhile'; readonly path: string }
  | { readonly code: 'put-back'; readonly detail: string }
  | { readonly code: 'not-put-back'; readonly detail: string; readonly path: string }
  | { readonly code: 'failed'; readonly detail: string };

export interface RepairInput {
  readonly results: readonly CheckResult[];
  readonly facts: Gathered;
  readonly subject: Subject;
  readonly host: Pick<Host['info'], 'kind' | 'privilege'>;
  /** Names the backup: `20261120T140000Z`. */
  readonly stamp: string;
}

/** The steps, those that later ones rest on first. Items that cannot be mended safely give none. */
export function planRepairs(input: RepairInput): readonly RepairStep[] {
  const broken = new Set(
    input.results.flatMap((result) => (result.mend?.fixable === true ? [result.id] : [])),
  );
  const steps = [
    ...startFirewalld(broken),
    ...ownUnit(input, broken),
    ...editUnitFile(input, broken),
    ...reload(input, broken),
    ...passwords(input, broken),
    ...sshdAddress(input, broken),
    ...closeNeedless(input, broken),
    ...firewallDrift(input, broken),
    ...enableAndStart(input, broken),
  ];
  if (input.host.privilege.kind === 'none') return [];
  // The embedded host has a unit and a firewall to act on, but no shell to run commands in.
  return input.host.kind === 'demo'
    ? steps.filter(({ kind }) => kind === 'service' || kind === 'port')
    : steps;
}

function value<T>(fact: Fact<T> | undefined): T | null {
  return fact?.seen === true ? fact.value : null;
}

function run(
  items: readonly CheckId[],
  privileged: Privilege['kind'],
  ...argvs: readonly (readonly string[])[]
): RepairStep {
  return { kind: 'run', items, argvs, shown: argvs.map((argv) => typed(argv, privileged !== 'root')) };
}

function startFirewalld(broken: ReadonlySet<CheckId>): readonly RepairStep[] {
  if (!broken.has('firewalld-running')) return [];
  return [run(['firewalld-running'], 'sudo', ['systemctl', 'enable', '--now', 'firewalld.service'])];
}

function ownUnit({ facts, host }: RepairInput, broken: ReadonlySet<CheckId>): readonly RepairStep[] {
  const stat = value(facts.unitStat);
  if (!broken.has('unit-owner-mode') || stat === null) return [];
  const argvs = [
    ...(stat.owner === 'root' && stat.group === 'root' ? [] : [['chown', 'root:root', stat.path]]),
    ...(stat.mode === '644' ? [] : [['chmod', '644', stat.path]]),
  ];
  return [run(['unit-owner-mode'], host.privilege.kind, ...argvs)];
}

function editUnitFile(input: RepairInput, broken: ReadonlySet<CheckId>): readonly RepairStep[] {
  const { facts, subject, stamp } = input;
  const unit = value(facts.unitFile);
  const main = unit?.texts[0];
  if (unit === null || main === undefined) return [];
  // A drop-in overrules the unit's own file: what one sets is left to the reader.
  const settable = (key: string): boolean => [null, main.path].includes(lastOf(unit, key)?.path ?? null);
  const items: CheckId[] = [];
  const edits: UnitEdit[] = [];
  const edit = (id: CheckId, possible: boolean, ...more: readonly UnitEdit[]): void => {
    if (!broken.has(id) || !possible) return;
    items.push(id);
    edits.push(...more);
  };
  const paths = [...(value(facts.absoluteFor) ?? [])];
  edit('absolute-paths', true, ...paths.map(([word, path]): UnitEdit => ({ kind: 'path', word, path })));
  edit('restart-policy', settable('Restart'), { kind: 'set', key: 'Restart', value: 'on-failure' });
  const seconds = String(subject.expected.restartSecMs / 1000);
  edit('restart-sec', settable('RestartSec'), { kind: 'set', key: 'RestartSec', value: seconds });
  const add = (key: FirewallKey): UnitEdit => ({ kind: 'add', key, lines: linesFor(input, unit, key) });
  edit('firewall-open-on-start', true, add('ExecStartPre'));
  edit('firewall-close-on-stop', true, add('ExecStopPost'));

  const after = editUnit(main.text, edits);
  if (after === main.text) return [];
  const { path, text: before } = main;
  // Without the unit's suffix systemd does not take the backup for a unit.
  const backup = `${path}.bak-${stamp}`;
  return [{ kind: 'edit-unit', items, unit: subject.unit, path, before, after, backup }];
}

function linesFor({ facts, subject }: RepairInput, unit: UnitFile, key: FirewallKey): readonly string[] {
  const user = lastOf(unit, 'User')?.value ?? 'root';
  const own = (user !== 'root' && user !== '0') || lastOf(unit, 'DynamicUser') !== null;
  const guard = guardingZone(value(facts.firewall), value(facts.cards), value(facts.listenAddress));
  const zone = guard === null || guard.zone === guard.defaultZone ? '' : guard.zone;
  return firewallLines(subject.port, key, own ? '+' : '', zone);
}

function reload({ subject }: RepairInput, broken: ReadonlySet<CheckId>): readonly RepairStep[] {
  if (!broken.has('reload-pending')) return [];
  return [{ kind: 'service', items: ['reload-pending'], verb: 'daemon-reload', unit: subject.unit }];
}

/** Never when the present login may be by a password: whoever came in must come in again. */
function passwords({ host }: RepairInput, broken: ReadonlySet<CheckId>): readonly RepairStep[] {
  if (!broken.has('password-login-off') || host.kind !== 'ssh') return [];
  return [
    {
      kind: 'sshd',
      items: ['password-login-off'],
      // sshd takes the first value it reads, and reads these files in their names' order (sshd_config(5)).
      path: '/etc/ssh/sshd_config.d/00-tp5-tui-passwords.conf',
      lines: ['PasswordAuthentication no', 'KbdInteractiveAuthentication no'],
      mustSay: 'passwordauthentication no',
      mustNotSay: null,
      mustListen: null,
    },
  ];
}

/** Only when our own connection came in by that address: then the next one will too. */
function sshdAddress(
  { facts, results, host }: RepairInput,
  broken: ReadonlySet<CheckId>,
): readonly RepairStep[] {
  const found = results.find(({ id }) => id === 'sshd-host-only')?.finding;
  const connection = value(facts.connection);
  if (!broken.has('sshd-host-only') || found?.code !== 'sshd-elsewhere' || host.kind !== 'ssh') return [];
  if (connection?.server !== found.wanted) return [];
  const { wanted, restartPending } = found;
  return [
    {
      kind: 'sshd',
      items: ['sshd-host-only'],
      path: '/etc/ssh/sshd_config.d/00-tp5-tui-listen.conf',
      lines: restartPending ? [] : [`ListenAddress ${wanted}`],
      mustSay: `listenaddress ${wanted}:${connection.port}`,
      mustNotSay: 'listenaddress',
      mustListen: `${wanted}:${connection.port}`,
    },
  ];
}

function closeNeedless(input: RepairInput, broken: ReadonlySet<CheckId>): readonly RepairStep[] {
  const { facts, subject, host } = input;
  const firewall = value(facts.firewall);
  const services = value(facts.openServices);
  const sockets = value(facts.sockets);
  if (!broken.has('firewall-nothing-needless') || !firewall || !services || !sockets) return [];
  const keep = [subject.port, 22, value(facts.connection)?.port ?? 22];
  const { needless } = needlessOf(firewall, services, sockets, keep);
  return [run(['firewall-nothing-needless'], host.privilege.kind, ...needless.flatMap(closeCommands))];
}

function firewallDrift({ results }: RepairInput, broken: ReadonlySet<CheckId>): readonly RepairStep[] {
  const found = results.find(({ id }) => id === 'firewall-follows')?.finding;
  if (!broken.has('firewall-follows') || found?.code !== 'drifted') return [];
  const { zone, port, running, runtime, permanent } = found;
  const scopes = [
    ...(runtime === running ? [] : (['runtime'] as const)),
    ...(permanent === running ? [] : (['permanent'] as const)),
  ];
  return scopes.map((scope) => ({
    kind: 'port',
    items: ['firewall-follows'],
    change: { zone, port, protocol: 'tcp', open: running, scope },
  }));
}

function enableAndStart(
  { facts, subject }: RepairInput,
  broken: ReadonlySet<CheckId>,
): readonly RepairStep[] {
  const { unit } = subject;
  const step = (item: CheckId, verb: ServiceVerb): RepairStep => ({
    kind: 'service',
    items: [item],
    verb,
    unit,
  });
  return [
    ...(broken.has('enabled') ? [step('enabled', 'enable')] : []),
    ...(broken.has('active') && value(facts.service)?.active === 'failed'
      ? [step('active', 'reset-failed')]
      : []),
    ...(broken.has('active') ? [step('active', 'start')] : []),
  ];
}
