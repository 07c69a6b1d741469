/** `deploy` in English: the plan, what it asks, what it proves, and what keeps it from being done. */
import type { RolledBack } from '../../ops/deploy/carry-out.ts';
import type { Unfinished } from '../../ops/deploy/look.ts';
import type { RestartReason, Step } from '../../ops/deploy/plan.ts';
import type { DeployProblem, ProofFailure } from '../../ops/deploy/problem.ts';
import type { Proved } from '../../ops/deploy/prove.ts';
import type { Aside, NotBack } from '../../ops/deploy/restored.ts';
import type { Note, Survey } from '../../ops/deploy/survey.ts';
import type { Listener } from '../../ops/host.ts';
import type { Privilege } from '../../ops/transport/transport.ts';
import { harmless } from '../foreign.ts';
import { placeOf } from '../pieces.ts';
import { connect } from './connect.ts';
import { failures } from './failures.ts';
import { netdata } from './netdata.ts';

const LONGEST = 300;
const said = (foreign: string) => harmless(foreign.trim(), LONGEST);
const place = (address: string, port: number) => said(placeOf({ address, port }));
const ms = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

const REASONS: Record<RestartReason, string> = {
  'unit-changed': 'its unit changes',
  'app-changed': 'its files change',
  'older-than-files': 'it runs since before its files were changed',
  'port-closed': 'its port is not open in the firewall, and its start opens it',
};

function step(step: Step): string {
  const path = said(step.path);
  const why = 'reason' in step && step.reason ? ` (${REASONS[step.reason]})` : '';
  switch (step.kind) {
    case 'mkdir':
      return `make the folder ${path}, ${step.after}`;
    case 'write':
      return step.before === null ? `write ${path}, which is not there` : `change ${path}`;
    case 'chmod':
      return `mode of ${path}: ${step.before} → ${step.after}`;
    case 'chown':
      return `owner of ${path}: ${said(step.before)} → ${step.after}`;
    case 'stop':
      return `stop ${path}${why}`;
    case 'daemon-reload':
      return 'have systemd read its units again';
    case 'reset-failed':
      return `forget that ${path} has failed`;
    case 'enable':
      return `enable ${path}: it then starts at boot`;
    case 'start':
      return `start ${path}`;
    case 'restart':
      return `restart ${path}${why}`;
  }
}

function note(note: Note): string {
  switch (note.code) {
    case 'loopback':
      return `it listens on ${said(note.address)}: nobody outside of the host can reach it; name another address with --listen`;
    case 'address-in-code': {
      const { file, line, source } = note.where;
      return `${said(file)} takes its address from no option; for ${said(note.wanted)} edit line ${line} first:\n    ${said(source)}`;
    }
    case 'address-unknown':
      return `${said(note.file)} takes its address from no option, and none was found in it; it must be ${said(note.wanted)}`;
    case 'port-in-code':
      return `${said(note.file)} takes its port from no option; it must be ${note.port} in the file itself`;
    case 'no-firewall-cmd':
      return 'the host has no firewall-cmd: the unit gets no firewall lines';
    case 'firewalld-stopped':
      return 'firewalld is not running: nothing keeps the port closed, and the unit cannot open it';
    case 'drop-ins':
      return `these change the unit from beside it, and stay: ${note.paths.map(said).join(' ')}`;
  }
}

function proofFailure(failure: ProofFailure): string {
  switch (failure.proof) {
    case 'active':
      return `the service did not stay up: ${said(failure.active)} (${said(failure.sub)}), result ${said(failure.result)}`;
    case 'listening': {
      const found = failure.found.map((listener: Listener) => place(listener.address, listener.port));
      const where = place(failure.address, failure.port);
      return found.length === 0
        ? `nothing listens on ${where} after ${Math.round(failure.waitedMs / 1000)} s; does the server take another port?`
        : `nothing listens on ${where}, but on ${found.join(', ')}`;
    }
    case 'firewall': {
      const open = (is: boolean) => (is ? 'open' : 'closed');
      return `the port in zone ${said(failure.zone ?? '?')} is ${open(failure.runtime)} in runtime and ${open(failure.permanent)} in permanent`;
    }
    case 'answer': {
      const from = failure.from === 'host' ? 'from the host' : 'from here';
      const { got } = failure;
      const what =
        got.state === 'wrong'
          ? `2+3 was answered “${said(got.text)}”`
          : got.state === 'mute'
            ? '2+3 was not answered in time'
            : got.state === 'closed'
              ? 'the connection was closed without an answer to 2+3'
              : `no connection (${said(got.detail)})`;
      return `${from}, ${place(failure.address, failure.port)}: ${what}`;
    }
  }
}

function problem(problem: DeployProblem): string {
  switch (problem.code) {
    case 'no-python':
      return problem.version === null
        ? 'the host has no python3: install it first (dnf install python3)'
        : `python3 on the host is ${said(problem.version)}; the server needs 3.6 or newer`;
    case 'missing-programs':
      return `the host lacks ${problem.programs.join(', ')}`;
    case 'address-not-here':
      return `${said(problem.address)} is no address of the host, which has ${problem.addresses.map(said).join(', ')}; name one with --listen`;
    case 'in-the-way':
      return `${said(problem.path)} is not a file or folder that can be replaced; move it away first`;
    case 'another-deployment':
      return `another deployment is under way (${said(problem.detail)})`;
    case 'no-timer':
      return `systemd-run refused the timer that would put everything back if the link were lost, so nothing was changed: ${said(problem.detail)}`;
    case 'changed-meanwhile':
      return 'the host has changed since the plan was shown; run it again to see the new one';
    case 'step':
      return `could not ${step(problem.step)}: ${said(problem.detail)}`;
    case 'proof':
      return proofFailure(problem.failure);
    case 'netdata':
      return netdata.failure(problem.failure);
    case 'superseded':
      return 'this deployment was put back, or kept, by another run or by the host itself';
    case 'too-long':
      return `not done and proved within ${Math.round(problem.ms / 1000)} s`;
    case 'interrupted':
      return 'interrupted';
    case 'failure':
      return failures.describe(problem.failure);
  }
}

/** @param command the one that was given */
function rolledBack(state: RolledBack, command: string): string | null {
  switch (state.how) {
    case 'no-need':
      return null;
    case 'done':
      return 'What was there before is back.';
    case 'failed':
      return `${['What was there before could not all be put back:', ...state.wrong.map((one) => `  ${notBack(one)}`)].join('\n')}\nThe host tries again by itself; \`${command}\` tells what came of it.`;
    case 'by-host':
      return `The host puts back what was there by itself, within ${Math.ceil(state.withinMs / 1000)} s, unless all was done already; \`${command} --dry-run\` tells what came of it.`;
  }
}

/** One thing that could not be put back. */
function notBack({ what, name, reason }: NotBack): string {
  const why = reason === '' ? '' : `: ${said(reason)}`;
  switch (what) {
    case 'path':
      return `${said(name)} could not be put back${why}`;
    case 'stop':
      return `${said(name)} could not be stopped${why}`;
    case 'start':
      return `${said(name)} was running and could not be started again${why}`;
    case 'disable':
      return `${said(name)} could not be disabled again${why}`;
    case 'reload':
      return `systemd could not be made to read the unit files again${why}`;
    case 'firewall':
      return `port ${said(name)} could not be put back in the firewall${why}`;
    case 'other':
      return `${said(name)}${why}`;
  }
}

function unfinished(found: Unfinished): string {
  const by = found.by === '' ? '' : ` (begun by ${said(found.by)})`;
  switch (found.stage) {
    case 'restored':
      return `An earlier deployment${by} was cut off; the host has put back what was there before.`;
    case 'restoring':
      return `An earlier deployment${by} was cut off, and what was there could not all be put back yet.`;
    case 'armed':
      return `An earlier deployment${by} is not over: the host is half done. ${
        found.dueInSec === null
          ? 'Nothing will put it back by itself.'
          : `The host puts back what was there in ${found.dueInSec} s.`
      }`;
  }
}

/** Lines of the proof, those that were seen. */
function proved(found: Proved): string[] {
  const { active, listening, firewall, answer } = found;
  return [
    ...(active === null ? [] : [`active (${said(active.sub)}), PID ${active.pid}`]),
    ...(listening === null ? [] : [`listening on ${place(listening.address, listening.port)}`]),
    ...(firewall === null ? [] : [`port open in zone ${said(firewall.zone)}, runtime and permanent`]),
    ...(answer.fromHostMs === null ? [] : [`2+3 → 5 from the host, ${ms(answer.fromHostMs)}`]),
    ...(answer.fromHereMs === null ? [] : [`2+3 → 5 from here, ${ms(answer.fromHereMs)}`]),
  ];
}

export const deploy = {
  command: 'put the app in place, start it as a service and prove that it answers',
  options: {
    files: "the application's own files (default: our server)",
    listen: 'address to listen on (default: what the unit says now, else the service’s)',
    hardened: 'run it in a sandbox, as a user of its own',
    dryRun: 'show the plan and change nothing',
    yes: 'ask nothing',
    json: 'print the outcome as JSON',
  },
  heading: (found: Survey, host: string) =>
    `${said(found.wish.unit)} on ${said(host)}, listening on ${place(found.listen, found.wish.port)}:`,
  nothingToDo: 'Nothing to change.',
  dryRun: 'Nothing was changed (--dry-run).',
  step,
  note,
  before: 'as it is',
  after: 'as it will be',
  nothingThere: 'not there',
  moreLines: (count: number) => `… ${count} more lines`,
  unfinished,
  askPutBack: 'Put back what was there before going on? [Y/n] ',
  putBackFirst: 'Putting back what was there before the earlier deployment…',
  notBack,
  movedAside: ({ from, to }: Aside) =>
    `${said(from)} was not of that deployment and in the way: it is now ${said(to)}.`,
  askGoOn: 'Go on all the same? [y/N] ',
  abandoned: (folder: string) =>
    `Going on without. What was there before the earlier deployment stays in ${said(folder)}/kept.`,
  keptAsIs: 'What the earlier deployment left is kept as it is.',
  askApply: (unit: string, host: string) => `Apply this to ${said(unit)} on ${said(host)}? [y/N] `,
  declined: 'Nothing was changed.',
  needsYes:
    'tp5-tui deploy: it would ask before it changes anything; say --yes, or --dry-run to see the plan.',
  proved,
  done: (kept: string | null) =>
    kept === null
      ? 'It works.'
      : `Done, and it works. What was replaced is kept on the host in ${said(kept)}/kept.`,
  problem,
  rolledBack,
  restoring: 'Putting back what was there…',
  journal: 'Last lines of its journal:',
  readOnly: 'tp5-tui deploy: --read-only was given: only the plan can be shown (--dry-run).',
  noPrivilege: (user: string, privilege: Privilege) =>
    `tp5-tui deploy: ${said(user)} may change nothing on this host: ${connect.readOnly(privilege)}.\n${connect.toMayChange(privilege)}`,
  demo: 'tp5-tui deploy: the demo host is imagined: it has no files to put an application in. Try it on a VM, or see the plan there with --dry-run.',
  badListen: (given: string) =>
    `tp5-tui deploy: --listen takes an IP address of the host, not “${harmless(given, 60)}”.`,
  badFile: (path: string, detail: string) => `tp5-tui deploy: ${said(path)}: ${said(detail)}`,
  hostAsFile: (host: string) =>
    `tp5-tui deploy: ${said(host)} stands where the application's files go; a host goes with --host:\n  tp5-tui deploy --host ${said(host)}`,
  badFileName: (name: string) =>
    `tp5-tui deploy: ${said(name)}: the name of a file must be letters, digits, “.”, “_” and “-”, so that a unit can name it.`,
  sameName: (name: string) => `tp5-tui deploy: two files are called ${said(name)}.`,
  fileTooBig: (limit: number) => `larger than ${Math.round(limit / 1024)} KiB`,
};
