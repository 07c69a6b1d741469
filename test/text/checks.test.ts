/** Every finding of `check` as a sentence: there is one in each language, and nothing foreign gets through. */
import { describe, expect, it } from 'vitest';
import { CHECK_IDS } from '../../src/ops/checks/check.ts';
import type { Unseen } from '../../src/ops/checks/facts.ts';
import type { Finding } from '../../src/ops/checks/findings.ts';
import type { RepairProblem, RepairStep } from '../../src/ops/checks/repair.ts';
import { catalogue } from '../../src/text/catalogue.ts';

/** What no name, address, reply or line of a settings file may do to the terminal. */
const EVIL = 'x\x1b]0;owned\x07\u202e\r\n';
const words = [EVIL, EVIL];
const at = { address: EVIL, port: 13337 };

/** One of each code; a new one that is missing here does not compile. */
const FINDINGS: { [C in Exclude<Finding['code'], 'unseen'>]: Extract<Finding, { code: C }> } = {
  'static-address': { code: 'static-address', card: EVIL, address: EVIL },
  'dynamic-address': { code: 'dynamic-address', card: EVIL, address: EVIL },
  'no-host-only-card': { code: 'no-host-only-card', network: EVIL },
  'default-route': { code: 'default-route', gateway: EVIL, card: EVIL },
  'no-default-route': { code: 'no-default-route' },
  'name-resolved': { code: 'name-resolved', name: EVIL, address: EVIL },
  'name-unresolved': { code: 'name-unresolved', name: EVIL },
  'login-by-key': { code: 'login-by-key', user: EVIL },
  'login-otherwise': { code: 'login-otherwise', user: EVIL, method: EVIL },
  'passwords-refused': { code: 'passwords-refused' },
  'passwords-taken': { code: 'passwords-taken', settings: words },
  'unit-runs': { code: 'unit-runs', unit: EVIL },
  'unit-runs-until-boot': { code: 'unit-runs-until-boot', unit: EVIL },
  'unit-not-running': { code: 'unit-not-running', unit: EVIL, active: EVIL },
  'unit-not-installed': { code: 'unit-not-installed', unit: EVIL },
  'selinux-off': { code: 'selinux-off', absent: true },
  'selinux-permissive': { code: 'selinux-permissive' },
  'selinux-enforcing': { code: 'selinux-enforcing' },
  'hostname-right': { code: 'hostname-right', name: EVIL },
  'hostname-localhost': { code: 'hostname-localhost', expected: EVIL },
  'hostname-other': { code: 'hostname-other', name: EVIL, expected: EVIL },
  'hostname-not-kept': { code: 'hostname-not-kept', name: EVIL, kept: EVIL },
  'app-there': { code: 'app-there', path: EVIL },
  'app-missing': { code: 'app-missing', path: EVIL },
  'program-there': { code: 'program-there', path: EVIL, version: EVIL },
  'program-missing': { code: 'program-missing', path: EVIL },
  listening: { code: 'listening', addresses: words, port: 1, process: EVIL, pid: 7 },
  'listening-other': { code: 'listening-other', port: 1, process: EVIL, pid: 7, mainPid: 8 },
  'not-listening': { code: 'not-listening', port: 1 },
  answered: { code: 'answered', ...at, ms: 1 },
  'answered-wrong': { code: 'answered-wrong', ...at, got: EVIL },
  'answer-mute': { code: 'answer-mute', ...at, waitedMs: 2000 },
  'answer-closed': { code: 'answer-closed', ...at },
  'no-connection': { code: 'no-connection', ...at, status: 'filtered' },
  'folder-holds-app': { code: 'folder-holds-app', folder: EVIL },
  'folder-missing': { code: 'folder-missing', folder: EVIL },
  'folder-empty': { code: 'folder-empty', folder: EVIL },
  'app-outside': { code: 'app-outside', folder: EVIL, path: EVIL },
  'unit-placed': { code: 'unit-placed', path: EVIL },
  'unit-elsewhere': { code: 'unit-elsewhere', path: EVIL, expected: EVIL },
  'unit-masked': { code: 'unit-masked', path: EVIL },
  'unit-missing': { code: 'unit-missing', path: EVIL },
  'owner-mode-right': { code: 'owner-mode-right', owner: EVIL, mode: EVIL },
  'owner-mode-wrong': { code: 'owner-mode-wrong', owner: EVIL, mode: EVIL },
  'paths-absolute': { code: 'paths-absolute', count: 2 },
  'paths-relative': { code: 'paths-relative', lines: [{ key: 'ExecStart', word: EVIL }] },
  'no-exec-start': { code: 'no-exec-start' },
  'restart-right': { code: 'restart-right', value: EVIL },
  'restart-missing': { code: 'restart-missing' },
  'restart-unknown': { code: 'restart-unknown', value: EVIL },
  'restart-not-any-failure': { code: 'restart-not-any-failure', value: EVIL },
  'restart-sec-right': { code: 'restart-sec-right', ms: 30_000 },
  'restart-sec-missing': { code: 'restart-sec-missing', expectedMs: 30_000 },
  'restart-sec-wrong': { code: 'restart-sec-wrong', value: EVIL, expectedMs: 30_000 },
  'start-opens': { code: 'start-opens', port: 1, zone: EVIL },
  'start-does-not-open': { code: 'start-does-not-open', port: 1, missing: 'both' },
  'stop-closes-elsewhere': { code: 'stop-closes-elsewhere', port: 1, zone: EVIL, opened: EVIL },
  'stop-closes': { code: 'stop-closes', port: 1, zone: EVIL },
  'stop-does-not-close': { code: 'stop-does-not-close', port: 1, left: 'permanent', onlyExecStop: false },
  'wrong-zone': { code: 'wrong-zone', port: 1, zone: EVIL, expected: EVIL, card: EVIL },
  'reload-not-pending': { code: 'reload-not-pending' },
  'reload-pending': { code: 'reload-pending', unit: EVIL },
  enabled: { code: 'enabled' },
  'not-enabled': { code: 'not-enabled', unit: EVIL, state: EVIL },
  'no-install-section': { code: 'no-install-section', unit: EVIL },
  active: { code: 'active', pid: 7 },
  'no-ready-sign': { code: 'no-ready-sign', active: EVIL, sub: EVIL, type: EVIL },
  'not-active': { code: 'not-active', active: EVIL, sub: EVIL, result: EVIL },
  follows: { code: 'follows', port: 1 },
  drifted: { code: 'drifted', port: 1, zone: EVIL, running: true, runtime: false, permanent: true },
  'stays-open': { code: 'stays-open', port: 1, zone: EVIL },
  'stays-closed': { code: 'stays-closed', port: 1, zone: EVIL },
  'did-not-start': { code: 'did-not-start', detail: EVIL },
  'did-not-stop': { code: 'did-not-stop', detail: EVIL },
  'api-answers': { code: 'api-answers', version: EVIL, port: 1 },
  'api-silent': { code: 'api-silent', port: 1 },
  'port-watched': { code: 'port-watched', chart: EVIL },
  'port-watched-down': { code: 'port-watched-down', chart: EVIL },
  'port-not-watched': { code: 'port-not-watched', port: 1 },
  'alarm-fires': { code: 'alarm-fires', alarm: EVIL, withinMs: 1 },
  'alarm-slow': { code: 'alarm-slow', alarm: EVIL, withinMs: 1 },
  'alarm-silent': { code: 'alarm-silent', alarm: EVIL },
  'alarm-missing': { code: 'alarm-missing', chart: EVIL },
  'discord-on': { code: 'discord-on', webhook: EVIL },
  'discord-off': { code: 'discord-off', file: EVIL },
  'discord-no-webhook': { code: 'discord-no-webhook', file: EVIL },
  'discord-bad-webhook': { code: 'discord-bad-webhook', file: EVIL },
  'discord-no-recipient': { code: 'discord-no-recipient', file: EVIL },
  bridge: { code: 'bridge', card: EVIL, address: EVIL },
  'bridge-beside-nat': { code: 'bridge-beside-nat', card: EVIL, address: EVIL, nat: EVIL },
  'no-bridge': { code: 'no-bridge', nat: EVIL },
  'sshd-only-on': { code: 'sshd-only-on', ...at },
  'sshd-elsewhere': { code: 'sshd-elsewhere', addresses: words, wanted: EVIL, restartPending: false },
  'service-only-on': { code: 'service-only-on', ...at },
  'service-elsewhere': { code: 'service-elsewhere', addresses: words, port: 1, wanted: EVIL },
  'nothing-needless': { code: 'nothing-needless', open: words },
  'open-too-wide': { code: 'open-too-wide', ranges: words, zones: words, rules: words },
  needless: { code: 'needless', open: words },
  'serves-many': { code: 'serves-many' },
  'serves-one': { code: 'serves-one', line: 1, restarts: true },
  'no-eval': { code: 'no-eval' },
  'evaluates-input': { code: 'evaluates-input', lines: [1, 2] },
  'own-user': { code: 'own-user', user: EVIL },
  'root-user': { code: 'root-user' },
  'thread-fine': { code: 'thread-fine' },
  'thread-dies': { code: 'thread-dies', name: EVIL, line: 1 },
  'log-folders-there': { code: 'log-folders-there', folders: words },
  'no-log-folder': { code: 'no-log-folder' },
  'log-folder-missing': { code: 'log-folder-missing', folder: EVIL },
  'output-immediate': { code: 'output-immediate' },
  'output-buffered': { code: 'output-buffered', lines: [1] },
};

const UNSEEN: { [C in Unseen['code']]: Extract<Unseen, { code: C }> } = {
  embedded: { code: 'embedded' },
  'not-permitted': { code: 'not-permitted', detail: EVIL },
  'no-command': { code: 'no-command', command: EVIL },
  'command-failed': { code: 'command-failed', command: EVIL, detail: EVIL },
  after: { code: 'after', id: 'active' },
  'no-ssh-login': { code: 'no-ssh-login' },
  'not-asked': { code: 'not-asked' },
  'not-dialled': { code: 'not-dialled', why: { code: 'serves-one', path: EVIL, line: 1 } },
  'not-stopped': { code: 'not-stopped' },
  'no-collector': { code: 'no-collector' },
  'no-source': { code: 'no-source' },
  'not-looked': { code: 'not-looked' },
};

const STEPS: readonly RepairStep[] = [
  { kind: 'run', items: [], argvs: [words], shown: words },
  { kind: 'edit-unit', items: [], unit: EVIL, path: EVIL, before: '', after: '', backup: EVIL },
  { kind: 'service', items: [], verb: 'start', unit: EVIL },
  { kind: 'port', items: [], change: { zone: EVIL, port: 1, protocol: 'tcp', open: true, scope: 'runtime' } },
  { kind: 'sshd', items: [], path: EVIL, lines: words, mustSay: '', mustNotSay: null, mustListen: null },
];

const PROBLEMS: readonly RepairProblem[] = [
  { code: 'changed-meanwhile', path: EVIL },
  { code: 'put-back', detail: EVIL },
  { code: 'not-put-back', detail: EVIL, path: EVIL },
  { code: 'failed', detail: EVIL },
];

const english = catalogue('en').checks;
const french = catalogue('fr').checks;
const UNPRINTABLE = /[\p{Cc}\p{Cf}]/u;

describe.each([
  ['en', english],
  ['fr', french],
] as const)('the sentences of check in %s', (_language, text) => {
  it.each(Object.values(FINDINGS))('$code', (finding) => {
    const sentence = text.finding(finding);
    expect(sentence).not.toBe('');
    expect(sentence).not.toMatch(UNPRINTABLE);
  });

  it('say why an item was skipped', () => {
    for (const why of Object.values(UNSEEN)) {
      const sentence = text.finding({ code: 'unseen', why });
      expect(sentence).not.toBe('');
      expect(sentence).not.toMatch(UNPRINTABLE);
    }
  });

  it('say what is done and what went wrong', () => {
    for (const sentence of [...STEPS.map(text.step), ...PROBLEMS.map(text.problem)]) {
      expect(sentence).not.toBe('');
      expect(sentence).not.toMatch(UNPRINTABLE);
    }
  });

  it('name every item, each differently', () => {
    const titles = Object.values(CHECK_IDS)
      .flat()
      .map((id) => text.titles[id]);
    expect(new Set(titles).size).toBe(titles.length);
  });
});

describe('the French of check', () => {
  it('is French: only data and states of systemd are the same in both', () => {
    const same = Object.values(FINDINGS).filter((found) => english.finding(found) === french.finding(found));
    expect(same.map(({ code }) => code).toSorted()).toEqual([
      'active',
      'app-there',
      'folder-holds-app',
      'hostname-right',
      'log-folders-there',
      'owner-mode-right',
      'port-watched',
      'restart-right',
      'service-only-on',
      'sshd-only-on',
      'unit-placed',
    ]);
    expect(
      Object.values(CHECK_IDS)
        .flat()
        .filter((id) => english.titles[id] === french.titles[id]),
    ).toEqual([]);
  });
});
