/** Putting a host back, whatever is in its way: it ends, loses nothing, and tells. */
import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/ops/clock.ts';
import { look } from '../../../src/ops/deploy/look.ts';
import type { Step } from '../../../src/ops/deploy/plan.ts';
import { parseRestored } from '../../../src/ops/deploy/restored.ts';
import { beginTransaction, openTransaction, type Transaction } from '../../../src/ops/deploy/transaction.ts';
import { eventually } from '../../support/eventually.ts';
import { createSandbox, SANDBOX_RUNS, type Sandbox, type SandboxState } from './sandbox.ts';

const UNIT = 'calculatrice.service';
const UNIT_FILE = `etc/systemd/system/${UNIT}`;
const SERVER = 'opt/calculatrice/server.py';
const OURS = 'print("ours")\n';

function begin(sandbox: Sandbox, paths: readonly string[]): Promise<Transaction> {
  return beginTransaction(sandbox.host, {
    place: sandbox.place,
    unit: UNIT,
    port: 13337,
    zone: null,
    paths: paths.map((path) => join(sandbox.root, path)),
    restoreAfterMs: 60_000,
    by: 'manon@pc',
    clock: systemClock,
  });
}

const carried = (transaction: Transaction, step: Step): Promise<void> =>
  transaction.carryOut(step, new AbortController().signal);

function mkdir(sandbox: Sandbox, path: string): Step {
  return { kind: 'mkdir', path: join(sandbox.root, path), before: null, after: '' };
}

function write(sandbox: Sandbox, path: string, text = OURS): Step {
  const content = Buffer.from(text);
  return { kind: 'write', path: join(sandbox.root, path), before: null, after: text, content };
}

const systemctl = (kind: 'stop' | 'start' | 'enable' | 'daemon-reload'): Step => ({
  kind,
  path: UNIT,
  before: '',
  after: '',
});

/** Everything that was moved aside, as `path: text`. */
function asideOf(sandbox: Sandbox): string[] {
  const state = 'var/lib/tp5-tui';
  return readdirSync(join(sandbox.root, state))
    .filter((name) => name.startsWith('aside-'))
    .flatMap((name) => readdirSync(join(sandbox.root, state, name), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name).slice(sandbox.root.length + 1);
      return `${path.replace(/aside-[^/]+/, 'aside')}: ${sandbox.read(path).trim()}`;
    });
}

/** A host with a server of its own, running. */
function theirs(state: SandboxState = { active: 'active', enabled: true, port: true }): Sandbox {
  const sandbox = createSandbox(state);
  sandbox.write(SERVER, 'print("theirs")\n', 0o755);
  sandbox.write(UNIT_FILE, '[Service]\nExecStart=/usr/bin/python server.py\n');
  return sandbox;
}

const CAN_MAKE_IMMUTABLE = process.getuid?.() === 0;

describe.skipIf(!SANDBOX_RUNS)('putting a host back', () => {
  it('moves aside what the app has written into a folder that was not there', async () => {
    const sandbox = createSandbox();
    const before = sandbox.snapshot();
    const transaction = await begin(sandbox, ['opt/calculatrice', SERVER]);
    await carried(transaction, mkdir(sandbox, 'opt/calculatrice'));
    await carried(transaction, write(sandbox, SERVER));
    sandbox.write('opt/calculatrice/__pycache__/server.pyc', 'compiled');
    sandbox.write('opt/calculatrice/server.log', 'started');
    const { aside, wrong } = await transaction.restore();
    expect(wrong).toEqual([]);
    expect(aside.map(({ from }) => from)).toEqual([join(sandbox.root, 'opt/calculatrice')]);
    expect(sandbox.snapshot()).toEqual(before);
    // Not our own server: what it holds is known.
    expect(asideOf(sandbox).sort()).toEqual([
      'var/lib/tp5-tui/aside/1-calculatrice/__pycache__/server.pyc: compiled',
      'var/lib/tp5-tui/aside/1-calculatrice/server.log: started',
    ]);
    // Nothing is in the way of the next one, and its success leaves what was moved aside.
    await (await begin(sandbox, [SERVER])).commit();
    expect(asideOf(sandbox)).toHaveLength(2);
  });

  it('loses no edit that somebody made in the meantime', async () => {
    const sandbox = theirs();
    const before = sandbox.snapshot();
    const transaction = await begin(sandbox, [SERVER, 'opt/calculatrice/new.py']);
    await carried(transaction, write(sandbox, SERVER));
    await carried(transaction, write(sandbox, 'opt/calculatrice/new.py'));
    sandbox.write(SERVER, 'print("edited")\n');
    sandbox.write('opt/calculatrice/new.py', 'print("edited, too")\n');
    const { aside, wrong } = await transaction.restore();
    expect(wrong).toEqual([]);
    expect(aside).toHaveLength(2);
    expect(asideOf(sandbox).sort()).toEqual([
      'var/lib/tp5-tui/aside/1-server.py: print("edited")',
      'var/lib/tp5-tui/aside/2-new.py: print("edited, too")',
    ]);
    expect(sandbox.snapshot()).toEqual(before);
  });

  it.each<[string, (sandbox: Sandbox) => void, number]>([
    ['a file that is gone', (sandbox) => rmSync(join(sandbox.root, SERVER)), 0],
    [
      'a folder that is gone',
      (sandbox) => rmSync(join(sandbox.root, 'opt/calculatrice'), { recursive: true }),
      0,
    ],
    [
      'a file in the place of the folder',
      (sandbox) => {
        rmSync(join(sandbox.root, 'opt/calculatrice'), { recursive: true });
        sandbox.write('opt/calculatrice', 'a file');
      },
      1,
    ],
    [
      'a folder in the place of the file',
      (sandbox) => {
        rmSync(join(sandbox.root, SERVER));
        sandbox.write(`${SERVER}/deep`, 'a file');
      },
      1,
    ],
    [
      'a link in the place of the file',
      (sandbox) => {
        rmSync(join(sandbox.root, SERVER));
        symlinkSync('/etc/hostname', join(sandbox.root, SERVER));
      },
      1,
    ],
  ])('puts back over %s', async (_name, damage, moved) => {
    const sandbox = theirs();
    const before = sandbox.snapshot();
    const transaction = await begin(sandbox, ['opt/calculatrice', SERVER]);
    await carried(transaction, write(sandbox, SERVER));
    damage(sandbox);
    const { aside, wrong } = await transaction.restore();
    expect(wrong).toEqual([]);
    expect(aside).toHaveLength(moved);
    expect(sandbox.snapshot()).toEqual(before);
  });

  it.each<[string, string, { readonly what: string; readonly name: string; readonly reason: string }[]]>([
    ['stop-hangs', 'the unit', [{ what: 'stop', name: UNIT, reason: 'Job is stuck' }]],
    ['reload-fails', 'systemd', [{ what: 'reload', name: UNIT, reason: 'Reload refused' }]],
    ['disable-fails', 'the link', [{ what: 'disable', name: UNIT, reason: 'Unit is masked' }]],
    [
      'no-firewall',
      'the firewall',
      [
        { what: 'firewall', name: '13337/tcp', reason: 'FirewallD is not running' },
        { what: 'firewall', name: '13337/tcp', reason: 'FirewallD is not running' },
      ],
    ],
  ])('goes on past %s, and tells what is wrong with %s', async (trouble, _name, told) => {
    const sandbox = theirs({ active: 'active', port: true });
    const before = sandbox.snapshot().filter((line) => line.startsWith('opt') || line.startsWith('etc'));
    const transaction = await begin(sandbox, [SERVER, UNIT_FILE]);
    await carried(transaction, systemctl('stop'));
    await carried(transaction, write(sandbox, SERVER));
    await carried(transaction, write(sandbox, UNIT_FILE, '[Service]\n'));
    await carried(transaction, systemctl('enable'));
    await carried(transaction, systemctl('start'));
    sandbox.write(`systemd/${trouble}`, '');
    expect(await transaction.restore()).toEqual({ aside: [], wrong: told });
    expect(sandbox.snapshot().filter((line) => line.startsWith('opt') || line.startsWith('etc'))).toEqual(
      before,
    );

    // Whoever comes later reads the same, and it is tried again: here with more luck.
    const [one] = (await look(sandbox.host, { state: sandbox.place.state, unit: UNIT }, [])).unfinished;
    expect(one).toMatchObject({ stage: 'restoring', told: { wrong: told } });
    rmSync(join(sandbox.root, 'systemd', trouble));
    expect(await transaction.restore()).toEqual({ aside: [], wrong: [] });
    expect(sandbox.exists('systemd/timer')).toBe(false);
  });

  it.skipIf(!CAN_MAKE_IMMUTABLE)('goes on past a file that may not be changed', async (context) => {
    const sandbox = theirs();
    const file = join(sandbox.root, SERVER);
    const transaction = await begin(sandbox, [SERVER, UNIT_FILE]);
    await carried(transaction, write(sandbox, SERVER));
    await carried(transaction, write(sandbox, UNIT_FILE, '[Service]\n'));
    try {
      execFileSync('chattr', ['+i', file], { stdio: 'ignore' });
    } catch {
      context.skip('this file system has no immutable files');
    }
    try {
      const { wrong } = await transaction.restore();
      expect(wrong).toEqual([
        { what: 'path', name: file, reason: expect.stringContaining('Operation not permitted') },
      ]);
    } finally {
      execFileSync('chattr', ['-i', file]);
    }
    expect(sandbox.read(UNIT_FILE)).toContain('ExecStart=/usr/bin/python');
  });

  it('is left at that once it was told: the next one begins, and what was kept stays', async () => {
    const sandbox = theirs();
    const transaction = await begin(sandbox, [SERVER]);
    await carried(transaction, write(sandbox, SERVER));
    await carried(transaction, systemctl('start'));
    sandbox.write('systemd/no-firewall', '');
    await transaction.restore();
    await expect(begin(sandbox, [SERVER])).rejects.toMatchObject({ problem: { code: 'another-deployment' } });
    await transaction.abandon();
    expect(await sandbox.fireTimer()).toBe(false);
    const next = await begin(sandbox, [SERVER]);
    await next.commit();
    const { unfinished } = await look(sandbox.host, { state: sandbox.place.state, unit: UNIT }, []);
    expect(unfinished).toEqual([]);
    const kept = `${transaction.folder.slice(sandbox.root.length + 1)}/kept/1-server.py`;
    expect(sandbox.read(kept)).toBe('print("theirs")\n');
  });

  it.each(['manifest', 'transaction'])('does not take a lost %s for a success', async (file) => {
    const sandbox = theirs();
    const transaction = await begin(sandbox, [SERVER]);
    rmSync(join(transaction.folder, file));
    const { wrong } = await transaction.restore();
    expect(wrong).toMatchObject([{ what: 'other', name: transaction.folder }]);
  });

  it('is the timer’s though an upload hangs on a link that is lost; the upload then finds it closed', async () => {
    const sandbox = theirs();
    const before = sandbox.snapshot();
    const transaction = await begin(sandbox, [SERVER, UNIT_FILE]);
    await carried(transaction, write(sandbox, SERVER));
    const digest = '0'.repeat(64);
    const file = join(sandbox.root, UNIT_FILE);
    const { owner } = sandbox.place;
    const argv = ['sh', `${transaction.folder}/transaction`, 'write', file, '644', owner, digest, '100000'];
    const hanging = sandbox.hang(argv, 'half of what was to c');
    await eventually(() =>
      expect(readdirSync(transaction.folder)).toContainEqual(expect.stringMatching(/^upload-/)),
    );
    expect(await sandbox.fireTimer()).toBe(true);
    expect(sandbox.snapshot()).toEqual(before);
    hanging.end();
    expect(await hanging.ended).toBe(75);
    expect(sandbox.snapshot()).toEqual(before);
  });

  it('reads no more than was announced', async () => {
    const sandbox = theirs();
    const transaction = await begin(sandbox, [SERVER]);
    const argv = ['sh', `${transaction.folder}/transaction`, 'write', join(sandbox.root, SERVER), '644'];
    const digest = '0'.repeat(64);
    // Its end is never seen, and the command ends all the same.
    const flood = sandbox.hang([...argv, sandbox.place.owner, digest, '1000'], 'x'.repeat(1_000_000));
    expect(await flood.ended).toBe(1);
    expect(readdirSync(transaction.folder).filter((name) => name.startsWith('upload-'))).toEqual([]);
    expect(sandbox.read(SERVER)).toBe('print("theirs")\n');
  });

  it('ends an upload that has not come when the transaction’s time is over', async () => {
    const sandbox = theirs();
    const transaction = await beginTransaction(sandbox.host, {
      place: sandbox.place,
      unit: UNIT,
      port: 13337,
      zone: null,
      paths: [join(sandbox.root, SERVER)],
      restoreAfterMs: 1_000,
      by: 'manon@pc',
      clock: systemClock,
    });
    const argv = ['sh', `${transaction.folder}/transaction`, 'write', join(sandbox.root, SERVER), '644'];
    const hanging = sandbox.hang([...argv, sandbox.place.owner, '0'.repeat(64), '1000'], 'half');
    expect(await hanging.ended).not.toBe(0);
    expect(sandbox.read(SERVER)).toBe('print("theirs")\n');
  });

  it('keeps what was there, and what is moved aside, where root alone can read it', async () => {
    const sandbox = theirs();
    const transaction = await begin(sandbox, [SERVER, UNIT_FILE]);
    const mode = (path: string): number => statSync(path).mode & 0o777;
    expect(mode(transaction.folder)).toBe(0o700);
    expect(mode(join(transaction.folder, 'kept'))).toBe(0o700);
    for (const file of ['manifest', 'steps', 'transaction'])
      expect(mode(join(transaction.folder, file))).toBe(0o600);
    await carried(transaction, write(sandbox, SERVER));
    sandbox.write(SERVER, 'print("edited")\n');
    const { aside } = await transaction.restore();
    expect(aside.map(({ to }) => mode(dirname(to)))).toEqual([0o700]);
  });

  it('opens the same for whoever knows the folder alone', async () => {
    const sandbox = theirs();
    const before = sandbox.snapshot();
    const { folder } = await begin(sandbox, [SERVER]);
    const found = openTransaction(sandbox.host, folder, sandbox.place);
    await carried(found, write(sandbox, SERVER));
    expect(await found.restore()).toEqual({ aside: [], wrong: [] });
    expect(sandbox.snapshot()).toEqual(before);
    // Once more, by somebody who does not know.
    expect(await found.restore()).toMatchObject({ aside: [] });
  });
});

describe('what is told', () => {
  it('is read line by line; what is none of it is left out', () => {
    const text = [
      'aside\t/opt/a b\t/var/lib/aside/1-a b',
      'wrong\tpath\t/etc/x\tmv: cannot move\tOperation not permitted',
      'wrong\tweather\tx\ty',
      'wrong\tfirewall\t13337/tcp\t',
      'Job for x failed.',
      '',
    ].join('\n');
    expect(parseRestored(text)).toEqual({
      aside: [{ from: '/opt/a b', to: '/var/lib/aside/1-a b' }],
      wrong: [
        { what: 'path', name: '/etc/x', reason: 'mv: cannot move Operation not permitted' },
        { what: 'firewall', name: '13337/tcp', reason: '' },
      ],
    });
  });
});
