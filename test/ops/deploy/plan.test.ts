import { describe, expect, it } from 'vitest';
import { type FoundFile, parseLook } from '../../../src/ops/deploy/look.ts';
import { placeOf } from '../../../src/ops/deploy/place.ts';
import { type CurrentState, plan, type WantedState } from '../../../src/ops/deploy/plan.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const SINCE = Date.UTC(2026, 10, 20, 14, 0, 0);

const WANTED: WantedState = {
  unit: 'calculatrice.service',
  folder: '/opt/calculatrice',
  app: [{ path: '/opt/calculatrice/server.py', content: bytes('new') }],
  unitFile: { path: '/etc/systemd/system/calculatrice.service', content: bytes('unit') },
  owner: 'root:root',
};

function found(path: string, more: Partial<FoundFile> = {}): FoundFile {
  return {
    path,
    kind: 'file',
    mode: '644',
    owner: 'root:root',
    modifiedSec: SINCE / 1000 - 60,
    content: null,
    target: null,
    ...more,
  };
}

/** A host where all is as wanted. */
const WELL: CurrentState = {
  folder: found('/opt/calculatrice', { kind: 'folder', mode: '755' }),
  app: [found('/opt/calculatrice/server.py', { content: bytes('new') })],
  unitFile: found('/etc/systemd/system/calculatrice.service', { content: bytes('unit') }),
  service: {
    active: 'active',
    sub: 'running',
    enabled: 'enabled',
    needsReload: false,
    sinceWall: SINCE,
  },
  port: { runtime: true, permanent: true },
};

const ABSENT = { kind: 'absent', mode: '', owner: '', content: null } as const;

function steps(change: Partial<CurrentState>): string[] {
  return plan({ ...WELL, ...change }, WANTED).map((step) =>
    [step.kind, step.path.split('/').at(-1), ...('reason' in step && step.reason ? [step.reason] : [])].join(
      ' ',
    ),
  );
}

describe('plan', () => {
  it('is empty where all is as wanted', () => {
    expect(steps({})).toEqual([]);
  });

  it('is everything on an empty host', () => {
    expect(
      steps({
        folder: found('/opt/calculatrice', ABSENT),
        app: [found('/opt/calculatrice/server.py', ABSENT)],
        unitFile: found('/etc/systemd/system/calculatrice.service', ABSENT),
        service: { active: 'inactive', sub: 'dead', enabled: '', needsReload: false, sinceWall: null },
        port: { runtime: false, permanent: false },
      }),
    ).toEqual([
      'mkdir calculatrice',
      'write server.py',
      'write calculatrice.service',
      'daemon-reload calculatrice.service',
      'enable calculatrice.service',
      'start calculatrice.service',
    ]);
  });

  it('gives the unit the rights of its neighbours, without a restart', () => {
    const unitFile = found('/etc/systemd/system/calculatrice.service', {
      content: bytes('unit'),
      mode: '755',
      owner: 'manon:manon',
    });
    expect(plan({ ...WELL, unitFile }, WANTED)).toEqual([
      { kind: 'chown', path: unitFile.path, before: 'manon:manon', after: 'root:root' },
      { kind: 'chmod', path: unitFile.path, before: '755', after: '644' },
    ]);
  });

  it('restarts when only the application changes', () => {
    const app = [found('/opt/calculatrice/server.py', { content: bytes('old') })];
    expect(steps({ app })).toEqual(['write server.py', 'restart calculatrice.service app-changed']);
  });

  it('stops by the old lines and starts by the new when the unit changes', () => {
    const unitFile = found('/etc/systemd/system/calculatrice.service', { content: bytes('old') });
    expect(steps({ unitFile })).toEqual([
      'stop calculatrice.service unit-changed',
      'write calculatrice.service',
      'daemon-reload calculatrice.service',
      'start calculatrice.service',
    ]);
  });

  it('shows what a link led to, and does not take its content for the file', () => {
    const unitFile = found('/etc/systemd/system/calculatrice.service', { kind: 'link', target: '/dev/null' });
    const write = plan({ ...WELL, unitFile }, WANTED).find((step) => step.kind === 'write');
    expect(write?.before).toBe('-> /dev/null\n');
  });

  it.each([
    ['a port that drifted shut', { port: { runtime: true, permanent: false } }, 'port-closed'],
    [
      'a process older than its file',
      { app: [found('/a', { content: bytes('new'), modifiedSec: SINCE / 1000 + 5 })] },
      'older-than-files',
    ],
  ])('restarts for %s', (_name, change, reason) => {
    expect(steps(change)).toEqual([`restart calculatrice.service ${reason}`]);
  });

  it('leaves the firewall alone where it cannot be read', () => {
    expect(steps({ port: { runtime: null, permanent: null } })).toEqual([]);
  });

  it('starts what failed, and does not wait for what waits to be restarted', () => {
    const service = (active: 'failed' | 'activating', sub: string): CurrentState['service'] => ({
      ...WELL.service,
      active,
      sub,
    });
    expect(steps({ service: service('failed', 'failed') })).toEqual([
      'reset-failed calculatrice.service',
      'start calculatrice.service',
    ]);
    // `start` would wait for RestartSec.
    expect(steps({ service: service('activating', 'auto-restart') })).toEqual([
      'restart calculatrice.service',
    ]);
  });

  it('reloads what was edited behind systemd’s back', () => {
    expect(steps({ service: { ...WELL.service, needsReload: true } })).toEqual([
      'daemon-reload calculatrice.service',
      'restart calculatrice.service unit-changed',
    ]);
  });
});

describe('placeOf', () => {
  it.each([
    ['calculatrice.service', '/opt/calculatrice'],
    ['my-app.service', '/opt/my-app'],
    ['app@school.service', '/opt/app'],
  ])('puts %s into %s', (unit, folder) => {
    expect(placeOf(unit)).toMatchObject({ app: folder, unitFile: `/etc/systemd/system/${unit}` });
  });
});

describe('parseLook', () => {
  const paths = ['/opt/calculatrice', '/etc/systemd/system/c.service', '/opt/calculatrice/server.py'];

  it('reads what a Rocky Linux host printed', () => {
    const look = parseLook(
      [
        'now 1790000000',
        'python 3.9 /usr/bin/python3',
        'program firewall-cmd /usr/bin/firewall-cmd',
        'dropins /etc/systemd/system/c.service.d/a.conf /run/systemd/system/c.service.d/b.conf',
        'entry 41ed root:root 1789999000',
        'entry a1ff root:root 1789999001',
        'target /dev/null',
        'entry 81a4 manon:manon 1789999002',
        'content cHJpbnQoMSkK',
        'transaction armed active 1790000090 /var/lib/tp5-tui/deploy-1',
        'by manon@pc',
        'transaction restoring inactive 1790000090 /var/lib/tp5-tui/deploy-2',
        'by ',
        'told aside\t/opt/a\t/var/lib/tp5-tui/aside-2/1-a',
        'told wrong\tstart\tc.service\tJob failed',
        '',
      ].join('\n'),
      paths,
    );
    expect(look.python).toEqual({ version: '3.9', path: '/usr/bin/python3' });
    expect(look.dropIns).toHaveLength(2);
    expect(look.files.map(({ path, kind, mode, owner }) => [path, kind, mode, owner])).toEqual([
      [paths[0], 'folder', '755', 'root:root'],
      [paths[1], 'link', '777', 'root:root'],
      [paths[2], 'file', '644', 'manon:manon'],
    ]);
    expect(look.files[1]?.target).toBe('/dev/null');
    expect(new TextDecoder().decode(look.files[2]?.content ?? undefined)).toBe('print(1)\n');
    expect(look.unfinished).toEqual([
      {
        folder: '/var/lib/tp5-tui/deploy-1',
        stage: 'armed',
        dueInSec: 90,
        by: 'manon@pc',
        told: { aside: [], wrong: [] },
      },
      {
        folder: '/var/lib/tp5-tui/deploy-2',
        stage: 'restoring',
        dueInSec: null,
        by: '',
        told: {
          aside: [{ from: '/opt/a', to: '/var/lib/tp5-tui/aside-2/1-a' }],
          wrong: [{ what: 'start', name: 'c.service', reason: 'Job failed' }],
        },
      },
    ]);
  });

  it('is empty-handed, not broken, when there is nothing', () => {
    expect(parseLook('', paths)).toMatchObject({ python: null, files: [], unfinished: [] });
  });
});
