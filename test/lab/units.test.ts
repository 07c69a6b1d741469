/** Units as systemd has them, on the real host: aliases, journal namespaces, sockets, units of the user's own. */
import { beforeEach, expect, it } from 'vitest';
import { control, onHost, onLab } from './host.ts';
import { at, documents, run } from './shell.ts';

const FOLDER = '/etc/systemd/system';

const told = async (...args: readonly string[]) => {
  const ended = await run([...args, '--no-input']);
  return { ...ended, document: documents(ended)[0] as Record<string, Record<string, unknown>> };
};
const messages = async (...args: readonly string[]): Promise<string[]> =>
  documents(await run(['logs', at('manon'), '--json', ...args])).map(
    (line) => (line as { message: string }).message,
  );

onLab('units on the real host', () => {
  beforeEach(async () => {
    await control('reset', '--restart-sec', '2');
  });

  it('by an alias are the unit itself, its journal too', async () => {
    await onHost(
      `mkdir -p ${FOLDER}/calculatrice.service.d
      printf '[Install]\\nAlias=calc.service\\n' >${FOLDER}/calculatrice.service.d/alias.conf
      systemctl daemon-reload && systemctl enable --quiet calculatrice && systemctl start calculatrice`,
    );
    const pid = Number(await onHost('systemctl show -P MainPID calculatrice'));
    const { document } = await told('status', at('manon'), '--json', '--unit', 'calc');
    expect(document.unit).toMatchObject({ active: 'active', mainPid: pid });
    const own = (await onHost('journalctl -u calculatrice -n 2 -o cat')).split('\n');
    expect(await messages('--unit', 'calc', '-n', '2')).toEqual(own);
    await onHost(
      `systemctl disable --quiet calculatrice; rm -f ${FOLDER}/calc.service; systemctl daemon-reload`,
    );
  });

  it('that log to a namespace of their own are read there, with what systemd says of them', async () => {
    await onHost(
      `mkdir -p ${FOLDER}/calculatrice.service.d
      printf '[Service]\\nLogNamespace=calc\\nEnvironment=PYTHONUNBUFFERED=1\\n' >${FOLDER}/calculatrice.service.d/log.conf
      systemctl daemon-reload && systemctl start calculatrice`,
    );
    const lines = await messages('-n', '20');
    expect(lines.join('\n')).toMatch(/Le serveur tourne sur/);
    expect(lines.join('\n')).toMatch(/Started .*alculatrice/);
  });

  it('behind a socket are asleep, not broken, and no look of ours wakes them', async () => {
    await onHost(
      `printf '[Socket]\\nListenStream=10.5.1.2:13337\\n' >${FOLDER}/calculatrice.socket
      systemctl daemon-reload
      firewall-cmd -q --add-port=13337/tcp; firewall-cmd -q --permanent --add-port=13337/tcp
      systemctl start calculatrice.socket`,
    );
    try {
      const { document } = await told('status', at('manon'), '--json');
      expect(document.unit).toMatchObject({ active: 'inactive' });
      expect(document.verdict).toMatchObject({ broken: null });
      expect(await onHost('systemctl show -P InvocationID calculatrice')).toBe('');
    } finally {
      await onHost(
        `systemctl stop calculatrice.socket; rm -f ${FOLDER}/calculatrice.socket; systemctl daemon-reload`,
      );
    }
  });

  it('of the user’s own are started, told, logged and killed without sudo', async () => {
    const home = '/home/zoe/.config/systemd/user';
    await onHost(
      `install -d -o zoe -g zoe /home/zoe/.config /home/zoe/.config/systemd ${home}
      printf '[Service]\\nExecStart=/usr/bin/python3 -u -m http.server 18080\\nRestart=on-failure\\nRestartSec=1\\n' >${home}/web.service
      loginctl enable-linger zoe
      systemctl start "user@$(id -u zoe)"
      runuser -u zoe -- env XDG_RUNTIME_DIR=/run/user/$(id -u zoe) systemctl --user start web`,
    );
    const options = ['--user-unit', 'web', '--port', '18080'];
    try {
      const { document } = await told('status', at('zoe'), '--json', ...options);
      expect(document.unit).toMatchObject({ name: 'web.service', active: 'active', sub: 'running' });
      const drill = await run(['drill', at('zoe'), '--yes', '--no-input', '--json', ...options]);
      expect(documents(drill)[0]).toMatchObject({ unit: 'web.service' });
      const logs = documents(await run(['logs', at('zoe'), '--json', ...options]));
      expect(JSON.stringify(logs)).toContain('code=killed, status=9/KILL');
      const check = await run(['check', at('zoe'), '--no-input', ...options]);
      expect(check).toMatchObject({ code: 2, stderr: expect.stringContaining('--user-unit') });
    } finally {
      await onHost(`loginctl disable-linger zoe; loginctl terminate-user zoe; rm -rf /home/zoe/.config`);
    }
  });
});
