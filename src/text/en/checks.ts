/** `check` in English: the title of each item, what was found, and the words around them. */
import type { CheckGroup, CheckState } from '../../ops/checks/check.ts';
import type { RepairProblem, RepairStep } from '../../ops/checks/repair.ts';
import type { Privilege } from '../../ops/transport/transport.ts';
import { harmless } from '../foreign.ts';
import { finding } from './check-findings.ts';
import { TITLES } from './check-titles.ts';
import { connect } from './connect.ts';

/** Names, addresses, values and what programs said are foreign, and long ones say no more. */
const LONGEST = 200;
const said = (foreign: string) => harmless(foreign, LONGEST);
const list = (words: readonly string[]) => words.map(said).join(', ');

const GROUPS: Record<CheckGroup, string> = {
  setup: 'Setup',
  test: 'Test',
  integrate: 'Integrate',
  monitor: 'Monitor',
  host: 'Host',
  app: 'The app itself',
};

const STATES: Record<CheckState, string> = { pass: 'pass', fail: 'fail', warn: 'warning', skip: 'skipped' };

function step(one: RepairStep): string {
  switch (one.kind) {
    case 'run':
      return one.shown.map(said).join(' && ');
    case 'edit-unit':
      return `edit ${said(one.path)} (the old one is kept as ${said(one.backup)}), then systemctl daemon-reload`;
    case 'service':
      return `systemctl ${one.verb}${one.verb === 'daemon-reload' ? '' : ` ${said(one.unit)}`}`;
    case 'port': {
      const { open, port, protocol, zone, scope } = one.change;
      return `${open ? 'open' : 'close'} ${port}/${protocol} in ${said(zone)}, ${scope === 'runtime' ? 'at runtime' : 'permanently'}`;
    }
    case 'sshd':
      return `write ${said(one.path)} (${list(one.lines)}), check it with sshd -t, then reload sshd`;
  }
}

function problem(found: RepairProblem): string {
  switch (found.code) {
    case 'changed-meanwhile':
      return `${said(found.path)} was changed meanwhile: left as it is`;
    case 'put-back':
      return `it did not take (${said(found.detail)}): put back as it was`;
    case 'not-put-back':
      return `it did not take (${said(found.detail)}) and could not be put back: look at ${said(found.path)}`;
    case 'failed':
      return said(found.detail);
  }
}

export const checks = {
  groups: GROUPS,
  titles: TITLES,
  states: STATES,
  finding,
  step,
  problem,
  summary: (pass: number, fail: number, warn: number, skip: number) =>
    `${pass} pass, ${fail} fail, ${warn} ${warn === 1 ? 'warning' : 'warnings'}, ${skip} skipped`,
  /** Before the commands that put it right. */
  mend: 'mend: ',
  /** Behind a mend that `--fix` does. */
  byFix: '(--fix does it)',
  unknownId: (id: string, known: readonly string[]) =>
    `tp5-tui: check --only knows no “${harmless(id, 60)}”. It knows:\n  ${known.join(' ')}\nA host goes before --only, since all that follows it is taken for a point.`,
  needsYes: 'tp5-tui: check --fix asks before it changes anything; with --no-input give --yes.',
  readOnly: 'tp5-tui: --read-only and --fix do not go together.',
  askStop: (unit: string, host: string) =>
    `To prove that the port follows, stop ${said(unit)} on ${said(host)} for a moment? [y/N] `,
  nothingToFix: 'Nothing that --fix could do.',
  plan: (count: number, host: string) =>
    count === 1 ? `One step on ${said(host)}:` : `${count} steps on ${said(host)}:`,
  askApply: (host: string) => `Do this on ${said(host)}? [y/N] `,
  yesLetters: 'y',
  declined: 'Nothing was changed.',
  applying: (what: string) => `· ${what}`,
  noPrivilege: (user: string, privilege: Privilege) =>
    `tp5-tui: ${said(user)} may not change this host: ${connect.readOnly(privilege)}.\n${connect.toMayChange(privilege)}`,
  checkingAgain: 'Checking again.',
  lostWhileMending: 'The connection was lost while mending: run check again to see how far it came.',
};
