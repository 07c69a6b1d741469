/** The commands of the shell on the real host: calc, logs, and how a host is named and reached. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { control, hostAddress, onHost, onLab, operatorHome } from './host.ts';
import { at, documents, run, start } from './shell.ts';

onLab('the commands on the real host', () => {
  beforeEach(async () => {
    await control('reset', '--restart-sec', '2');
  });

  describe('calc', () => {
    it('asks directly, with no need of SSH', async () => {
      await onHost('systemctl start calculatrice');
      const home = operatorHome({ key: null });
      const ended = await run(['calc', '--address', hostAddress, '--json', '40+2'], home);
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      expect(documents(ended)).toMatchObject([{ answer: '42', via: 'direct' }]);
    });

    it('asks through the host where the server is out of reach, and never sends what would kill it', async () => {
      await control('reset', '--listen', '127.0.0.1');
      await onHost('systemctl start calculatrice');
      const ended = await run(['calc', '--host', at('manon'), '--json'], undefined, '2+3\nexit()\n6*7\n');
      expect(ended.code).toBe(1);
      expect(documents(ended)).toMatchObject([
        { answer: '5', via: 'host' },
        { state: 'refused' },
        { answer: '42', via: 'host' },
      ]);
      expect(await onHost('systemctl is-active calculatrice')).toBe('active');
    });
  });

  describe('logs', () => {
    it('prints the newest lines, as journalctl has them', async () => {
      await onHost('systemctl start calculatrice');
      const ended = await run(['logs', at('manon'), '-n', '3', '--json']);
      const own = await onHost('journalctl -u calculatrice -n 3 -o cat');
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      expect(
        documents(ended)
          .map((line) => (line as { message: string }).message)
          .join('\n'),
      ).toBe(own);
    });

    it('loses no line over a lost link, and has none twice', async () => {
      await onHost('systemctl start calculatrice');
      const running = start(['logs', '-f', at('manon'), '--json', '-n', '1']);
      await expect.poll(running.stdout).toContain('Le serveur tourne');
      await control('cut');
      await onHost('for n in 1 2 3; do systemctl restart calculatrice; done');
      // The keepalive notices: two of two seconds.
      await expect.poll(running.stderr).toContain('link lost');
      await onHost('systemctl restart calculatrice');
      await control('mend');
      await onHost('systemctl stop calculatrice');
      const last = await onHost('journalctl -u calculatrice -n 1 -o json');
      const cursor = (JSON.parse(last) as { __CURSOR: string }).__CURSOR;
      await expect.poll(running.stdout).toContain(JSON.stringify(cursor));
      // The journal may be back before the rest has said how it is.
      await expect.poll(running.stderr).toContain('link back');
      running.interrupt();
      const ended = await running.ended;
      expect(ended.code).toBe(130);
      expect(ended.stderr).toMatch(/^link lost .*; reconnecting…\nlink back\n$/);

      const printed = documents(ended).map((line) => (line as { cursor: string }).cursor);
      const own = await onHost(`journalctl -u calculatrice -o json --cursor '${printed[0]}'`);
      const cursors = own.split('\n').map((line) => (JSON.parse(line) as { __CURSOR: string }).__CURSOR);
      expect(printed).toEqual(cursors);
    });

    it('is not permitted to who may not read the journal: 4', async () => {
      for (const more of [[], ['-f']]) {
        const ended = await run(['logs', at('zoe'), '--json', ...more]);
        expect(ended.code).toBe(4);
        expect(documents(ended)).toMatchObject([{ error: { code: 'not-permitted', action: 'journal' } }]);
      }
    });
  });

  describe('a host', () => {
    it('has a name in the settings, for every command', async () => {
      await onHost('systemctl start calculatrice');
      const home = operatorHome();
      const config = join(home, 'config.toml');
      writeFileSync(config, `[hosts.tp5]\nhost = "${at('manon')}"\naddress = "10.33.64.2"\n`);
      // Not where the server listens: what is named is what is used.
      const told = await run(['status', 'tp5', '--json', '--config', config], home);
      expect(documents(told)).toMatchObject([
        { link: { user: 'manon' }, probe: { address: '10.33.64.2' }, verdict: { broken: 'listener' } },
      ]);
      const probed = await run(['probe', 'tp5', '-c', '1', '--config', config], home);
      expect(probed.stdout).toContain('10.33.64.2:13337: 1 ');
      const logged = await run(['logs', 'tp5', '-n', '1', '--config', config], home);
      expect(logged.code).toBe(0);
    });

    it.each([
      ['that is not known, with nobody to ask', { knownHosts: '' }, 'host-key-unknown'],
      ['that takes none of our keys', { key: null }, 'auth'],
    ] as const)('%s exits 3', async (_what, wish, code) => {
      const ended = await run(['logs', at('manon'), '--json', '--no-input'], operatorHome(wish));
      expect(ended.code).toBe(3);
      expect(documents(ended)).toMatchObject([{ error: { code } }]);
    });
  });
});
