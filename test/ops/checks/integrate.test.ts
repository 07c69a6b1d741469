import { describe, expect, it } from 'vitest';
import { parseIpAddresses } from '../../../src/ops/checks/cards.ts';
import type { FactValues } from '../../../src/ops/checks/facts.ts';
import { parseListAll, parseService } from '../../../src/ops/checks/firewall-zone-text.ts';
import { parseListing } from '../../../src/ops/checks/listing.ts';
import { parseService as parseView } from '../../../src/ops/checks/service-view.ts';
import { parseSockets } from '../../../src/ops/checks/sockets.ts';
import type { FirewallFacts } from '../../../src/ops/host.ts';
import { fixture, judge, RUNNING, UNIT_PATH, unitOf, verdictOn } from './judging.ts';

const rocky = fixture('rocky/calculatrice.service');
const service = (...lines: string[]) => unitOf(`[Service]\n${lines.join('\n')}\n`);

import { parseUnitFile } from '../../../src/ops/checks/unit-file.ts';

describe('what was read of the unit', () => {
  it('comes from systemctl show', () => {
    expect(parseView(fixture('lab/systemctl-show.txt'), 'calculatrice.service')).toEqual({
      ...RUNNING,
      type: 'exec',
      mainPid: 19290,
      user: 'calculatrice',
      dynamicUser: true,
    });
  });

  it('comes from ls -al', () => {
    expect(parseListing(fixture('lab/ls-opt.txt'))).toEqual({ isDirectory: true, names: ['bs_server.py'] });
    const odd =
      'total 4\nlrwxrwxrwx. 1 root root 7 Nov 28 11:11 python -> python3\n-rw-r--r--+ 1 m m 3 Nov 28 2022 a b\n';
    expect(parseListing(odd).names).toEqual(['python', 'a b']);
    expect(parseListing('-rw-r--r-- 1 root root 7 Nov 28 11:11 /opt/calculatrice\n').isDirectory).toBe(false);
  });
});

describe('the folder and the unit file', () => {
  const folder = { path: '/opt/calculatrice', exists: true, isDirectory: true, files: ['bs_server.py'] };

  it.each<[string, Partial<FactValues>, string]>([
    ['with the app in it', { folder, unitFile: unitOf(rocky) }, 'pass folder-holds-app'],
    ['without a unit', { folder }, 'pass folder-holds-app'],
    ['missing', { folder: { ...folder, exists: false } }, 'fail folder-missing'],
    ['a file', { folder: { ...folder, isDirectory: false } }, 'fail folder-missing'],
    ['empty', { folder: { ...folder, files: [] } }, 'fail folder-empty'],
    [
      'not where the unit looks',
      { folder, unitFile: service('ExecStart=/usr/bin/python /home/manon/python_App/server.py') },
      'fail app-outside',
    ],
  ])('/opt/calculatrice, %s', (_name, facts, verdict) => {
    expect(verdictOn('opt-folder', facts)).toBe(verdict);
  });

  it('is in its place, or missing, or somewhere else', () => {
    expect(verdictOn('unit-place', { service: RUNNING })).toBe('pass unit-placed');
    expect(verdictOn('unit-place', { service: { ...RUNNING, load: 'not-found', fragmentPath: '' } })).toBe(
      'fail unit-missing',
    );
    expect(
      verdictOn('unit-place', { service: { ...RUNNING, fragmentPath: '/usr/lib/systemd/system/x.service' } }),
    ).toBe('fail unit-elsewhere');
  });

  it.each([
    ['root', 'root', '644', []],
    ['root', 'root', '755', ['sudo chmod 644']],
    ['manon', 'manon', '644', ['sudo chown root:root']],
    ['manon', 'root', '664', ['sudo chown root:root', 'sudo chmod 644']],
  ])('%s:%s %s', (owner, group, mode, mends) => {
    const result = judge('unit-owner-mode', { unitStat: { path: UNIT_PATH, owner, group, mode } });
    expect(result.state).toBe(mends.length === 0 ? 'pass' : 'fail');
    expect(result.mend?.commands ?? []).toEqual(mends.map((command) => `${command} ${UNIT_PATH}`));
  });

  it('finds the write-ups’ own slip: firewall-cmd without its path', () => {
    const result = judge('absolute-paths', {
      unitFile: unitOf(rocky),
      absoluteFor: new Map([['firewall-cmd', '/usr/bin/firewall-cmd']]),
    });
    expect(result.finding).toEqual({
      code: 'paths-relative',
      lines: [{ key: 'ExecStopPost', word: 'firewall-cmd' }],
    });
    expect(result.mend?.fixable).toBe(true);
    expect(result.evidence[0]?.output).toContain(
      'ExecStopPost=firewall-cmd --remove-port=13337/tcp --permanent',
    );
  });

  it.each([
    ['ExecStart=python /opt/a.py', 'fail paths-relative'],
    ['ExecStart=/usr/bin/python a.py', 'fail paths-relative'],
    ['ExecStart=/usr/bin/python -u /opt/a.py', 'pass paths-absolute'],
    ['ExecStart=-/usr/bin/python -m http.server', 'pass paths-absolute'],
    ['ExecStart=/opt/server serve.py', 'pass paths-absolute'],
    ['Restart=always', 'fail no-exec-start'],
  ])('%s: %s', (line, verdict) => {
    expect(verdictOn('absolute-paths', { unitFile: service(line) })).toBe(verdict);
  });

  it('does not offer a path that the host does not know', () => {
    const unitFile = service('ExecStart=pythonn /opt/a.py');
    expect(judge('absolute-paths', { unitFile, absoluteFor: new Map() }).mend?.fixable).toBe(false);
  });
});

describe('the restart', () => {
  it.each([
    ['Restart=on-failure', 'pass restart-right'],
    ['Restart=always', 'pass restart-right'],
    ['Restart=on-always', 'fail restart-unknown'],
    ['Restart=On-Failure', 'fail restart-unknown'],
    ['Restart=on-abnormal', 'fail restart-not-any-failure'],
    ['Restart=on-success', 'fail restart-not-any-failure'],
    ['Restart=no', 'fail restart-not-any-failure'],
    ['#Restart=on-failure', 'fail restart-missing'],
  ])('%s: %s', (line, verdict) => {
    expect(verdictOn('restart-policy', { unitFile: service(line) })).toBe(verdict);
  });

  it.each([
    ['RestartSec=30', 'pass restart-sec-right'],
    ['RestartSec=30s', 'pass restart-sec-right'],
    ['RestartSec=0.5min', 'pass restart-sec-right'],
    ['RestartSec=5', 'fail restart-sec-wrong'],
    ['RestartSec=30ms', 'fail restart-sec-wrong'],
    ['RestartSec=thirty', 'fail restart-sec-wrong'],
    ['Restart=always', 'fail restart-sec-missing'],
  ])('%s: %s', (line, verdict) => {
    expect(verdictOn('restart-sec', { unitFile: service(line) })).toBe(verdict);
  });
});

const FIREWALL = '/usr/bin/firewall-cmd';

describe('what a drop-in sets', () => {
  it('is mended in the drop-in: the unit’s own file would change nothing', () => {
    const path = `${UNIT_PATH}.d/override.conf`;
    const unitFile = parseUnitFile([
      { path: UNIT_PATH, text: '[Service]\nRestart=on-failure\nRestartSec=30\n' },
      { path, text: '[Service]\nRestartSec=5\n' },
    ]);
    expect(judge('restart-sec', { unitFile }).mend).toEqual({
      commands: [`sudoedit ${path}    # RestartSec=30`, 'sudo systemctl daemon-reload'],
      fixable: false,
    });
  });
});

describe('the firewall lines', () => {
  it.each<[string[], string]>([
    [[`${FIREWALL} --add-port=13337/tcp --permanent`, `${FIREWALL} --reload`], 'pass start-opens'],
    [
      [`${FIREWALL} --add-port=13337/tcp`, `${FIREWALL} --permanent --add-port=13337/tcp`],
      'pass start-opens',
    ],
    [[`+${FIREWALL} --add-port 13337/tcp`, `-${FIREWALL} --runtime-to-permanent`], 'pass start-opens'],
    [
      [`/bin/sh -c '${FIREWALL} --permanent --add-port=13337/tcp && ${FIREWALL} --reload'`],
      'pass start-opens',
    ],
    [[`${FIREWALL} --permanent --add-port=13000-14000/tcp`, `${FIREWALL} --reload`], 'pass start-opens'],
    [[`${FIREWALL} --add-port=13337/tcp --permanent`], 'fail start-does-not-open runtime'],
    [[`${FIREWALL} --add-port=13337/tcp`], 'fail start-does-not-open permanent'],
    [
      [`${FIREWALL} --add-port=13337/udp --permanent`, `${FIREWALL} --reload`],
      'fail start-does-not-open both',
    ],
    [
      [`${FIREWALL} --add-port=1337/tcp --permanent`, `${FIREWALL} --reload`],
      'fail start-does-not-open both',
    ],
    [
      [`${FIREWALL} --reload`, `${FIREWALL} --add-port=13337/tcp --permanent`],
      'fail start-does-not-open runtime',
    ],
    [[`${FIREWALL} --add-port=13337/tcp`, `${FIREWALL} --reload`], 'fail start-does-not-open both'],
    [[], 'fail start-does-not-open both'],
  ])('before the start: %j: %s', (lines, verdict) => {
    const unitFile = service(...lines.map((line) => `ExecStartPre=${line}`));
    const { state, finding } = judge('firewall-open-on-start', { unitFile });
    const missing = finding.code === 'start-does-not-open' ? ` ${finding.missing}` : '';
    expect(`${state} ${finding.code}${missing}`).toBe(verdict);
  });

  it.each<[string, string]>([
    [
      `ExecStopPost=${FIREWALL} --remove-port=13337/tcp --permanent\nExecStopPost=${FIREWALL} --reload`,
      'pass stop-closes',
    ],
    [`ExecStopPost=${FIREWALL} --remove-port=13337/tcp --permanent`, 'fail stop-does-not-close'],
    [`ExecStopPost=${FIREWALL} --remove-port=13337/tcp`, 'fail stop-does-not-close'],
    [
      `ExecStop=${FIREWALL} --remove-port=13337/tcp --permanent\nExecStop=${FIREWALL} --reload`,
      'fail stop-does-not-close',
    ],
    ['', 'fail stop-does-not-close'],
  ])('after the stop: %j: %s', (lines, verdict) => {
    expect(verdictOn('firewall-close-on-stop', { unitFile: service(lines) })).toBe(verdict);
  });

  it('tells ExecStop= from no line at all', () => {
    const finding = (lines: string) => judge('firewall-close-on-stop', { unitFile: service(lines) }).finding;
    const stop = `ExecStop=${FIREWALL} --remove-port=13337/tcp --permanent\nExecStop=${FIREWALL} --reload`;
    expect(finding(stop)).toMatchObject({ onlyExecStop: true });
    expect(finding('')).toMatchObject({ onlyExecStop: false, left: 'both' });
  });

  const cards = parseIpAddresses(fixture('lab/ip-a.txt'));
  const zone = (name: string, interfaces: readonly string[]) => ({
    name,
    interfaces,
    sources: [],
    target: 'default',
    runtime: { services: [], ports: [] },
    permanent: null,
  });
  const firewall: FirewallFacts = {
    running: true,
    defaultZone: 'public',
    zones: [zone('public', ['enp0s8']), zone('external', ['enp0s9'])],
    refused: null,
  };

  it('close the port in the zone that they open it in, or it stays open', () => {
    const closes = (start: string, stop: string) =>
      verdictOn('firewall-close-on-stop', {
        unitFile: service(
          `ExecStartPre=${FIREWALL} ${start} --permanent --add-port=13337/tcp`,
          `ExecStartPre=${FIREWALL} --reload`,
          `ExecStopPost=${FIREWALL} ${stop} --permanent --remove-port=13337/tcp`,
          `ExecStopPost=${FIREWALL} --reload`,
        ),
        firewall,
      });
    expect(closes('', '--zone=external')).toBe('fail stop-closes-elsewhere');
    expect(closes('--zone=external', '')).toBe('fail stop-closes-elsewhere');
    expect(closes('--zone=external', '--zone=external')).toBe('pass stop-closes');
    expect(closes('', '--zone=public')).toBe('pass stop-closes');
  });

  it('open the port in the zone of the card that the service listens on', () => {
    const opens = (option: string, listenAddress: string) =>
      verdictOn('firewall-open-on-start', {
        unitFile: service(
          `ExecStartPre=${FIREWALL} ${option} --add-port=13337/tcp`,
          `ExecStartPre=${FIREWALL} --permanent ${option} --add-port=13337/tcp`,
        ),
        firewall,
        cards,
        listenAddress,
      });
    expect(opens('', '10.5.1.2')).toBe('pass start-opens');
    expect(opens('', '10.33.64.2')).toBe('fail wrong-zone');
    expect(opens('--zone=external', '10.33.64.2')).toBe('pass start-opens');
    expect(opens('--zone=external', '10.5.1.2')).toBe('fail wrong-zone');
  });
});

describe('the unit in systemd', () => {
  it.each<[Partial<typeof RUNNING>, string]>([
    [{ enabled: 'enabled' }, 'pass enabled'],
    [{ enabled: 'disabled' }, 'fail not-enabled'],
    [{ enabled: 'enabled-runtime' }, 'fail not-enabled'],
  ])('%j: %s', (patch, verdict) => {
    expect(verdictOn('enabled', { service: { ...RUNNING, ...patch } })).toBe(verdict);
  });

  it('is missing where it is masked, and neither its mode nor its start is offered to be mended', () => {
    const service = {
      ...RUNNING,
      load: 'masked',
      active: 'inactive',
      sub: 'dead',
      enabled: 'masked',
      mainPid: 0,
    };
    const result = judge('unit-place', { service });
    expect(result.finding).toEqual({ code: 'unit-masked', path: UNIT_PATH });
    expect(result.mend?.commands[0]).toBe('sudo systemctl unmask calculatrice');
    expect(verdictOn('active', { service })).toBe('skip after');
    expect(verdictOn('enabled', { service })).toBe('skip after');
  });

  it('cannot be enabled without [Install], and is not offered to be', () => {
    const result = judge('enabled', {
      service: { ...RUNNING, enabled: 'static' },
      unitFile: service('ExecStart=/bin/a'),
    });
    expect([result.finding.code, result.mend?.fixable]).toEqual(['no-install-section', false]);
  });

  it('is active, or says why not', () => {
    expect(verdictOn('active', { service: RUNNING })).toBe('pass active');
    const waiting = { ...RUNNING, active: 'activating', sub: 'auto-restart', result: 'signal' };
    expect(verdictOn('active', { service: waiting })).toBe('warn not-active');
    const failed = { ...RUNNING, active: 'failed', sub: 'failed', result: 'start-limit-hit' };
    expect(judge('active', { service: failed }).mend?.commands).toEqual([
      'sudo systemctl reset-failed calculatrice',
      'sudo systemctl start calculatrice',
    ]);
  });

  it('is told that Type= waits for a sign that does not come, once it listens or was ended for it', () => {
    const starting = { ...RUNNING, type: 'notify', active: 'activating', sub: 'start' };
    const sockets = parseSockets('tcp LISTEN 0 1 10.5.1.2:13337 0.0.0.0:*');
    const result = judge('active', { service: starting, sockets });
    expect([result.state, result.finding.code]).toEqual(['fail', 'no-ready-sign']);
    expect(result.mend).toMatchObject({
      fixable: false,
      commands: [
        'sudo systemctl edit --full calculatrice    # [Service] Type=simple',
        'sudo systemctl restart calculatrice',
      ],
    });
    const ended = { ...starting, active: 'failed', sub: 'failed', result: 'timeout' };
    expect(verdictOn('active', { service: ended, sockets: [] })).toBe('fail no-ready-sign');

    expect(verdictOn('active', { service: starting, sockets: [] })).toBe('warn not-active');
    expect(verdictOn('active', { service: { ...starting, sub: 'start-pre' }, sockets })).toBe(
      'warn not-active',
    );
    expect(verdictOn('active', { service: { ...ended, type: 'simple' } })).toBe('fail not-active');
  });

  it('is read anew after an edit', () => {
    expect(verdictOn('reload-pending', { service: RUNNING })).toBe('pass reload-not-pending');
    expect(verdictOn('reload-pending', { service: { ...RUNNING, needsReload: true } })).toBe(
      'fail reload-pending',
    );
  });
});

describe('firewall-follows, before anything is stopped', () => {
  const listed = parseListAll(fixture('rocky/list-all.txt'));
  if (listed === null) throw new Error('no zone');
  const open = listed.settings;
  const closed = { ...open, ports: [] };
  const facts = (runtime: typeof open, permanent: typeof open | null): FirewallFacts => ({
    running: true,
    defaultZone: 'public',
    zones: [{ ...listed, runtime, permanent }],
    refused: null,
  });

  it.each([
    ['active', open, open, 'skip not-stopped'],
    ['active', closed, closed, 'fail drifted'],
    ['active', open, closed, 'fail drifted'],
    ['active', closed, open, 'fail drifted'],
    ['active', open, null, 'skip not-stopped'],
    ['inactive', closed, closed, 'skip not-stopped'],
    ['inactive', open, open, 'fail drifted'],
    ['failed', closed, open, 'fail drifted'],
    ['activating', closed, closed, 'skip after'],
  ] as const)('%s: %#: %s', (active, runtime, permanent, verdict) => {
    const service = { ...RUNNING, active };
    expect(verdictOn('firewall-follows', { service, firewall: facts(runtime, permanent) })).toBe(verdict);
  });

  it('is mended by commands that can be copied, whatever the zone is called', () => {
    const [zone] = facts(closed, closed).zones;
    if (zone === undefined) throw new Error('no zone');
    const firewall = { ...facts(closed, closed), zones: [{ ...zone, name: '`id`' }] };
    expect(judge('firewall-follows', { service: RUNNING, firewall }).mend?.commands).toEqual([
      "sudo firewall-cmd '--zone=`id`' --add-port=13337/tcp",
      "sudo firewall-cmd --permanent '--zone=`id`' --add-port=13337/tcp",
    ]);
  });

  const calc = parseService('<port port="13337" protocol="tcp"/>');
  const RULE = 'rule family="ipv4" source address="10.0.0.0/8" port port="13337" protocol="tcp"';
  const drift = (settings: Partial<typeof open>, active: 'active' | 'inactive', target = 'default') => {
    const { zones, ...rest } = facts({ ...closed, ...settings }, null);
    const firewall = { ...rest, zones: zones.map((zone) => ({ ...zone, target })) };
    const service = { ...RUNNING, active };
    return judge('firewall-follows', { service, firewall, openServices: new Map([['calc', calc]]) });
  };

  it.each([
    ['a service', { services: ['calc'] }, 'service'],
    ['a rich rule for some', { richRules: [`${RULE} accept`] }, 'rich-rule'],
    ['a range', { ports: [{ port: '13000-14000', protocol: 'tcp' }] }, 'port'],
    ['a protocol', { protocols: ['tcp'] }, 'protocol'],
  ] as const)('knows a port to be open by %s', (_what, settings, code) => {
    expect(drift(settings, 'active').finding).toMatchObject({ code: 'unseen' });
    const left = drift(settings, 'inactive');
    expect(left.finding).toMatchObject({ code: 'drifted', runtime: true, by: { code } });
    // Others may rest on it: it is told how, and not done.
    expect(left.mend?.fixable).toBe(false);
    expect(left.mend?.commands[0]).toContain(`--remove-${code}=`);
  });

  it('knows a port to be open in a zone that accepts everything', () => {
    expect(drift({}, 'active', 'ACCEPT').finding.code).toBe('unseen');
    expect(drift({}, 'inactive', 'ACCEPT').finding).toMatchObject({
      by: { code: 'target', detail: 'ACCEPT' },
    });
  });

  it('does not offer to open again what a rule keeps out, though it is open in the list', () => {
    const all = 'rule port port="13337" protocol="tcp" drop';
    const result = drift({ ports: open.ports, richRules: [all] }, 'active');
    expect(result.finding).toMatchObject({ code: 'drifted', runtime: false, by: { code: 'rich-rule' } });
    expect(result.mend).toEqual({
      commands: [`sudo firewall-cmd --zone=public --remove-rich-rule='${all}'`],
      fixable: false,
    });
    // Others still get in by it.
    expect(drift({ ports: open.ports, richRules: [`${RULE} reject`] }, 'active').finding.code).toBe('unseen');
  });
});

describe('lines that open the port by a service or a rich rule', () => {
  const rule = 'rule service name=calc accept';
  const openServices = new Map([['calc', parseService('<port port="13337" protocol="tcp"/>')]]);
  const unit = (...lines: readonly string[]) => ({
    unitFile: unitOf(
      `[Service]\n${lines.map((line) => line.replace('FW', '/usr/bin/firewall-cmd')).join('\n')}\n`,
    ),
    openServices,
  });
  const both = (key: string, change: string) => [`${key}=FW ${change}`, `${key}=FW --permanent ${change}`];

  it.each([
    ['a service', '--add-service=calc', '--remove-service=calc'],
    [
      'a rich rule',
      `"--add-rich-rule=${rule}"`,
      `"--remove-rich-rule=${rule.replace('name=calc', "name='calc'")}"`,
    ],
  ])('are understood: %s', (_what, add, remove) => {
    const facts = unit(...both('ExecStartPre', add), ...both('ExecStopPost', remove));
    expect(verdictOn('firewall-open-on-start', facts)).toBe('pass start-opens');
    expect(verdictOn('firewall-close-on-stop', facts)).toBe('pass stop-closes');
  });

  it('are understood within a shell', () => {
    const script = (verb: string, key: string) =>
      `${key}=/bin/sh -c "for=1; firewall-cmd --${verb}-rich-rule='${rule}' && firewall-cmd --permanent --${verb}-rich-rule='${rule}'"`;
    const facts = unit(script('add', 'ExecStartPre'), script('remove', 'ExecStopPost'));
    expect(verdictOn('firewall-open-on-start', facts)).toBe('pass start-opens');
    expect(verdictOn('firewall-close-on-stop', facts)).toBe('pass stop-closes');
  });

  it('leave it open when the stop takes away another thing than the start has given', () => {
    const facts = unit(
      ...both('ExecStartPre', '--add-service=calc'),
      ...both('ExecStopPost', '--remove-port=13337/tcp'),
    );
    expect(verdictOn('firewall-close-on-stop', facts)).toBe('fail stop-does-not-close');
  });

  it('open nothing by a service of another port, or by a rule that refuses', () => {
    expect(verdictOn('firewall-open-on-start', unit(...both('ExecStartPre', '--add-service=ssh')))).toBe(
      'fail start-does-not-open',
    );
    const refuse = `"--add-rich-rule=${rule.replace('accept', 'drop')}"`;
    expect(verdictOn('firewall-open-on-start', unit(...both('ExecStartPre', refuse)))).toBe(
      'fail start-does-not-open',
    );
  });
});
