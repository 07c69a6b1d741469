import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readUnit, type UnitChoices, unitFile } from '../../../src/ops/deploy/unit-file.ts';

const PLAIN: UnitChoices = {
  description: 'Super calculatrice réseau',
  python: '/usr/bin/python3',
  script: '/opt/calculatrice/server.py',
  arguments: ['--listen', '10.5.1.2'],
  port: 13337,
  firewallCmd: '/usr/bin/firewall-cmd',
  zone: null,
  logFolder: null,
  hardened: false,
  restartSec: 30,
};

const lines = (choices: Partial<UnitChoices> = {}): string[] =>
  unitFile({ ...PLAIN, ...choices }).split('\n');

/** Named once: knip takes a program in a call for one of a package. */
const ANALYZE = 'systemd-analyze';

/** `systemd-analyze security --offline` is there since systemd 250, its sandbox options since 252. */
function analyzes(): boolean {
  const version = spawnSync(ANALYZE, ['--version'], { encoding: 'utf8' });
  return version.status === 0 && Number(/systemd (\d+)/.exec(version.stdout)?.[1]) >= 252;
}

function exposure(text: string): { readonly code: number | null; readonly said: string } {
  const folder = mkdtempSync(join(tmpdir(), 'tp5-unit-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'calculatrice.service');
  writeFileSync(file, text);
  const run = spawnSync(ANALYZE, ['security', '--offline=yes', '--threshold=20', '--no-pager', file], {
    encoding: 'utf8',
  });
  return { code: run.status, said: `${run.stdout}${run.stderr}` };
}

describe('unitFile', () => {
  it('is what the exercise asks for, every command by its absolute path', () => {
    expect(lines().join('\n')).toBe(`[Unit]
Description=Super calculatrice réseau
Wants=network-online.target
After=network-online.target firewalld.service

[Service]
Type=exec
ExecStartPre=-/usr/bin/firewall-cmd --add-port=13337/tcp
ExecStartPre=-/usr/bin/firewall-cmd --permanent --add-port=13337/tcp
ExecStart=/usr/bin/python3 /opt/calculatrice/server.py --listen 10.5.1.2
ExecStopPost=-/usr/bin/firewall-cmd --remove-port=13337/tcp
ExecStopPost=-/usr/bin/firewall-cmd --permanent --remove-port=13337/tcp
Restart=on-failure
RestartSec=30
Environment=PYTHONUNBUFFERED=1

[Install]
WantedBy=multi-user.target
`);
  });

  it('names a zone that is not the default one', () => {
    expect(lines({ zone: 'work' })).toContain(
      'ExecStartPre=-/usr/bin/firewall-cmd --permanent --zone=work --add-port=13337/tcp',
    );
  });

  it('has no firewall lines where there is no firewall-cmd', () => {
    expect(lines({ firewallCmd: null }).filter((line) => /^ExecSt(artPre|opPost)/.test(line))).toEqual([]);
  });

  it('makes the log folder that the application wants to find', () => {
    expect(lines({ logFolder: 'bs_server' })).toContain('LogsDirectory=bs_server');
  });

  it('lets the firewall lines out of the sandbox', () => {
    const execs = lines({ hardened: true }).filter((line) => line.includes('firewall-cmd'));
    expect(execs).toHaveLength(4);
    for (const line of execs) expect(line).toMatch(/=-\+\/usr\/bin\/firewall-cmd /);
  });

  it.skipIf(!analyzes())(
    'is under 2.0 by systemd-analyze when it is hardened, and not when it is not',
    () => {
      expect(exposure(unitFile({ ...PLAIN, hardened: true }))).toMatchObject({ code: 0 });
      expect(exposure(unitFile(PLAIN)).code).not.toBe(0);
    },
  );

  it.skipIf(!analyzes())('holds no option that systemd does not know', () => {
    const { said } = exposure(unitFile({ ...PLAIN, hardened: true, logFolder: 'bs_server' }));
    expect(said).not.toMatch(/unknown|ignoring|failed to parse/i);
  });
});

describe('readUnit', () => {
  it.each([
    ['ExecStart=/usr/bin/python /a.py --listen 10.5.1.2', '10.5.1.2'],
    ['ExecStart=/usr/bin/python /a.py --listen=10.5.1.2 -p 1', '10.5.1.2'],
    ['ExecStart=/usr/bin/python /a.py -l "10.5.1.2"', '10.5.1.2'],
    ['ExecStart=/usr/bin/python /a.py \\\n  -l ::1', '::1'],
    [
      'ExecStart=/usr/bin/python /a.py --listen 10.5.1.2\nExecStart=\nExecStart=/a.py -l 10.33.64.2',
      '10.33.64.2',
    ],
    ['ExecStart=/usr/bin/python /opt/my-l 10.5.1.2/a.py', null],
    ['ExecStart=/usr/bin/python /a.py --listen somewhere', null],
    ['#ExecStart=/usr/bin/python /a.py --listen 10.5.1.2', null],
    ['', null],
  ])('finds the address in %j', (text, listen) => {
    expect(readUnit(`[Service]\n${text}\n`).listen).toBe(listen);
  });

  it('finds again what was written', () => {
    expect(readUnit(unitFile(PLAIN))).toEqual({ description: PLAIN.description, listen: '10.5.1.2' });
  });

  it('reads the exercise’s own', () => {
    const theirs = readFileSync(new URL('../../lab/host/calculatrice.service', import.meta.url), 'utf8');
    expect(readUnit(theirs)).toEqual({ description: 'Super calculatrice réseau', listen: '10.5.1.2' });
  });
});
