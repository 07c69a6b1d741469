import { describe, expect, it } from 'vitest';
import { type CheckId, type Gathered, skipped } from '../../../src/ops/checks/check.ts';
import type { FactValues } from '../../../src/ops/checks/facts.ts';
import { planRepairs, type RepairInput } from '../../../src/ops/checks/repair.ts';
import { applyStep } from '../../../src/ops/checks/repair-apply.ts';
import { parseSockets } from '../../../src/ops/checks/sockets.ts';
import { parseSshd } from '../../../src/ops/checks/sshd.ts';
import { parseUnitFile } from '../../../src/ops/checks/unit-file.ts';
import { Failed } from '../../../src/ops/failure.ts';
import { commandHost } from './command-host.ts';
import { gathered, judge, RUNNING, SUBJECT, UNIT_PATH, unitOf } from './judging.ts';

const KEPT = { kind: 'ssh', privilege: { kind: 'sudo' } } as const;
const UNIT = '[Unit]\n[Service]\nExecStart=/usr/bin/python /opt/calculatrice/a.py\n[Install]\nWantedBy=x\n';

/** The plan for these items, judged on these facts. */
function plan(ids: readonly CheckId[], values: Partial<FactValues>, host: RepairInput['host'] = KEPT) {
  const facts: Gathered = gathered(values);
  const results = ids.map((id) => judge(id, values));
  return planRepairs({ results, facts, subject: SUBJECT, host, stamp: 'NOW' });
}

describe('the plan', () => {
  it('is empty when nothing is broken, and for who may change nothing', () => {
    expect(plan(['enabled'], { service: RUNNING })).toEqual([]);
    const disabled = { service: { ...RUNNING, enabled: 'disabled' } };
    const none = { kind: 'none', reason: 'no-sudo', detail: '' } as const;
    expect(plan(['enabled'], disabled, { kind: 'ssh', privilege: none })).toEqual([]);
    const unlooked = skipped('enabled', 'integrate', { code: 'not-looked' });
    expect(planRepairs({ results: [unlooked], facts: {}, subject: SUBJECT, host: KEPT, stamp: '' })).toEqual(
      [],
    );
  });

  it('mends the unit in one edit, whatever is wrong with it', () => {
    const steps = plan(
      ['restart-policy', 'restart-sec', 'firewall-open-on-start', 'firewall-close-on-stop'],
      {
        unitFile: unitOf(UNIT),
      },
    );
    expect(steps).toHaveLength(1);
    expect(steps[0]).toMatchObject({ kind: 'edit-unit', path: UNIT_PATH, backup: `${UNIT_PATH}.bak-NOW` });
    expect(steps[0]?.kind === 'edit-unit' && steps[0].after).toBe(
      [
        '[Unit]',
        '[Service]',
        'ExecStart=/usr/bin/python /opt/calculatrice/a.py',
        'Restart=on-failure',
        'RestartSec=30',
        'ExecStartPre=/usr/bin/firewall-cmd --add-port=13337/tcp',
        'ExecStartPre=/usr/bin/firewall-cmd --permanent --add-port=13337/tcp',
        'ExecStopPost=/usr/bin/firewall-cmd --remove-port=13337/tcp',
        'ExecStopPost=/usr/bin/firewall-cmd --permanent --remove-port=13337/tcp',
        '[Install]',
        'WantedBy=x',
        '',
      ].join('\n'),
    );
  });

  it('gives the firewall lines root where the unit has a user of its own', () => {
    const unitFile = unitOf('[Service]\nUser=calc\nExecStart=/bin/a\n');
    const [step] = plan(['firewall-close-on-stop'], { unitFile });
    expect(step?.kind === 'edit-unit' && step.after).toContain(
      'ExecStopPost=+/usr/bin/firewall-cmd --remove',
    );
  });

  it('leaves to the reader what a drop-in overrules', () => {
    const unitFile = parseUnitFile([
      { path: UNIT_PATH, text: UNIT },
      { path: `${UNIT_PATH}.d/override.conf`, text: '[Service]\nRestart=no\n' },
    ]);
    expect(plan(['restart-policy'], { unitFile })).toEqual([]);
    expect(plan(['restart-sec'], { unitFile })).toHaveLength(1);
  });

  it('clears a failed unit before it starts it', () => {
    const service = { ...RUNNING, active: 'failed', result: 'start-limit-hit', enabled: 'disabled' };
    const verbs = plan(['enabled', 'active'], { service }).map(
      (step) => step.kind === 'service' && step.verb,
    );
    expect(verbs).toEqual(['enable', 'reset-failed', 'start']);
  });

  it('turns passwords off only over SSH, where the present login was by key', () => {
    const facts = { sshd: parseSshd('passwordauthentication yes\n') };
    expect(plan(['password-login-off'], facts)).toHaveLength(1);
    expect(plan(['password-login-off'], facts, { ...KEPT, kind: 'local' })).toEqual([]);
  });

  it('binds sshd only to the address that our own connection came in by', () => {
    const facts = (server: string) => ({
      sockets: parseSockets('tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:*'),
      cards: [{ name: 'enp0s8', addresses: [{ address: '10.5.1.2', prefix: 24, dynamic: false }] }],
      connection: { client: '10.5.1.1', server, port: 22 },
    });
    expect(plan(['sshd-host-only'], facts('10.5.1.2'))[0]).toMatchObject({
      kind: 'sshd',
      lines: ['ListenAddress 10.5.1.2'],
      mustSay: 'listenaddress 10.5.1.2:22',
      mustListen: '10.5.1.2:22',
    });
    expect(plan(['sshd-host-only'], facts('10.33.64.2'))).toEqual([]);
  });

  it('opens or closes the port where it has drifted', () => {
    const firewall = (ports: readonly string[]) => ({
      running: true,
      defaultZone: 'public',
      zones: [
        {
          name: 'public',
          interfaces: [],
          sources: [],
          target: 'default',
          runtime: { services: [], ports: [] },
          permanent: { services: [], ports: ports.map((port) => ({ port, protocol: 'tcp' })) },
        },
      ],
      refused: null,
    });
    const changes = (active: string, ports: readonly string[]) =>
      plan(['firewall-follows'], { service: { ...RUNNING, active }, firewall: firewall(ports) }).map(
        (step) => step.kind === 'port' && `${step.change.open ? 'open' : 'close'} ${step.change.scope}`,
      );
    expect(changes('active', [])).toEqual(['open runtime', 'open permanent']);
    expect(changes('active', ['13337'])).toEqual(['open runtime']);
    expect(changes('inactive', ['13337'])).toEqual(['close permanent']);
  });

  it('runs no commands on the embedded host', () => {
    const facts = {
      unitStat: { path: UNIT_PATH, owner: 'root', group: 'root', mode: '755' },
      service: { ...RUNNING, enabled: 'disabled' },
    };
    const kinds = plan(['unit-owner-mode', 'enabled'], facts, { ...KEPT, kind: 'demo' }).map(
      ({ kind }) => kind,
    );
    expect(kinds).toEqual(['service']);
  });
});

describe('a step', () => {
  const signal = new AbortController().signal;
  const [chmod] = plan(['unit-owner-mode'], {
    unitStat: { path: UNIT_PATH, owner: 'manon', group: 'manon', mode: '755' },
  });
  const [edit] = plan(['restart-policy'], { unitFile: unitOf(UNIT) });
  if (chmod === undefined || edit === undefined) throw new Error('no steps');

  it('runs its commands as root, one after the other, up to one that fails', async () => {
    const good = commandHost({ '': '' });
    expect(await applyStep(good.host, chmod, signal)).toBeNull();
    expect(good.commands()).toEqual([`chown root:root ${UNIT_PATH}`, `chmod 644 ${UNIT_PATH}`]);
    expect(good.ran.every(({ options }) => options.privileged)).toBe(true);

    const bad = commandHost({ '': { code: 1, stderr: 'chown: read-only file system' } });
    expect(await applyStep(bad.host, chmod, signal)).toEqual({
      code: 'failed',
      detail: 'chown: read-only file system',
    });
    expect(bad.ran).toHaveLength(1);
  });

  it.each([
    [0, null],
    [70, { code: 'changed-meanwhile', path: UNIT_PATH }],
    [71, { code: 'put-back', detail: 'systemd says bad-setting' }],
    [72, { code: 'not-put-back', detail: 'systemd says bad-setting', path: UNIT_PATH }],
    [1, { code: 'failed', detail: 'systemd says bad-setting' }],
  ])('that edits the unit and ends with %d', async (code, problem) => {
    const { host, ran } = commandHost({ '': { code, stderr: 'systemd says bad-setting\n' } });
    expect(await applyStep(host, edit, signal)).toEqual(problem);
    expect(ran[0]?.options.input).toContain('Restart=on-failure');
    expect(ran[0]?.argv.at(-1)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('tells a refusal of sudo from a failure of the command', async () => {
    const { host } = commandHost({ '': { code: 1, stderr: 'sudo: a password is required' } });
    await expect(applyStep(host, chmod, signal)).rejects.toThrow(Failed);
  });
});
