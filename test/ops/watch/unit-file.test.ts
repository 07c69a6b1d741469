/** The unit: as systemd itself reads it. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unitFile } from '../../../src/ops/watch/unit-file.ts';
import { testFolder } from '../../support/folder.ts';

const USER = {
  command: ['/usr/bin/node', '/opt/tp5-tui/bin/tp5-tui.js', 'watch', 'tp5'],
  webhookFile: '/home/manon/.config/tp5-tui/discord-webhook',
  manager: { kind: 'user' },
  description: 'tp5-tui guards tp5',
} as const;

const hasAnalyze = ((): boolean => {
  try {
    execFileSync('systemd-analyze', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

describe('the unit', () => {
  it('of a user', () => {
    expect(unitFile(USER)).toBe(`[Unit]
Description=tp5-tui guards tp5

[Service]
Type=notify
NotifyAccess=all
ExecStart=/usr/bin/node /opt/tp5-tui/bin/tp5-tui.js watch tp5
LoadCredential=discord-webhook:/home/manon/.config/tp5-tui/discord-webhook
WatchdogSec=60
Restart=on-failure
RestartSec=5
TimeoutStopSec=30
NoNewPrivileges=yes

[Install]
WantedBy=default.target
`);
  });

  it('of the system runs as who installed it, once there is a network', () => {
    const text = unitFile({ ...USER, webhookFile: null, manager: { kind: 'system', user: 'manon' } });
    expect(text).toContain('\nUser=manon\n');
    expect(text).toContain('\nAfter=network-online.target\n');
    expect(text).toContain('\nWantedBy=multi-user.target\n');
    expect(text).not.toContain('LoadCredential');
  });

  it.each([
    ['with space', '"with space"'],
    ['100%', '100%%'],
    ['$HOME', '$$HOME'],
    ['say "hi"', '"say \\"hi\\""'],
    ['back\\slash', '"back\\\\slash"'],
    ["it's", '"it\'s"'],
    [';', '";"'],
    ['', '""'],
    ['tab\there', '"tab\\x09here"'],
  ])('quotes %j as %s', (given, written) => {
    const text = unitFile({ ...USER, command: ['/usr/bin/node', given] });
    expect(text).toContain(`\nExecStart=/usr/bin/node ${written}\n`);
  });

  it.skipIf(!hasAnalyze).each([
    ['user', unitFile({ ...USER, command: [process.execPath, 'a b', '100%', '$x', 'say "hi"', '\\'] })],
    ['system', unitFile({ ...USER, command: [process.execPath], manager: { kind: 'system', user: 'root' } })],
  ])('is well-formed to systemd-analyze: %s', (manager, text) => {
    const path = join(testFolder(), 'tp5-tui-watch.service');
    writeFileSync(path, text);
    const said = execFileSync('systemd-analyze', ['verify', `--${manager}`, path], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, XDG_RUNTIME_DIR: '/tmp' },
    });
    expect(said).toBe('');
  });
});
