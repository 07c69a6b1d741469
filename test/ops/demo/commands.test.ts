/** What the demo's host answers to a command: what it really has, and nothing made up. */
import { describe, expect, it } from 'vitest';
import { demoWorld, watched } from './world.ts';

describe('run', () => {
  it('answers from the facts', async () => {
    const world = await demoWorld();
    const { host, listening } = await watched(world);
    await listening();
    const out = async (...argv: string[]) => {
      const { code, stdout } = await host.run(argv);
      return [code, stdout];
    };
    expect(await out('systemctl', 'is-active', 'calculatrice')).toEqual([0, 'active\n']);
    expect(await out('systemctl', 'is-enabled', 'calculatrice.service')).toEqual([0, 'enabled\n']);
    expect(await out('/usr/bin/firewall-cmd', '--list-ports')).toEqual([0, `${world.port}/tcp\n`]);
    await host.service.act('stop');
    expect(await out('systemctl', 'is-active', 'calculatrice')).toEqual([3, 'inactive\n']);
    expect(await out('firewall-cmd', '--permanent', '--list-ports')).toEqual([0, '\n']);
    world.editUnit({ restartSecMs: 30_000 });
    const [code, unit] = await out('systemctl', 'cat', 'calculatrice.service');
    expect(code).toBe(0);
    expect(unit).toContain('# /etc/systemd/system/calculatrice.service\n[Unit]\n');
    expect(unit).toContain('\nRestartSec=30\n');
  });

  it('knows no other command', async () => {
    const { host } = await watched(await demoWorld({ autostart: false }));
    expect(await host.run(['reboot'])).toMatchObject({ code: 127, stderr: 'reboot: command not found\n' });
  });
});
