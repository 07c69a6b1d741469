/** The lab itself: that what its tests stand on is what they think it is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { openTerminal, type Terminal } from '../support/terminal.ts';
import { control, lab, onHost, onLab, onPc, operatorHome } from './host.ts';

/** Runs a shell line on the operator's PC and waits for its end. */
async function pc(line: string, home = operatorHome()): Promise<{ code: number; screen: string }> {
  const terminal: Terminal = openTerminal({ ...onPc(home, 'sh', ['-c', line]), home, cols: 200 });
  onTestFinished(async () => {
    await terminal.close();
  });
  const { code } = await terminal.exited;
  return { code, screen: terminal.screen() };
}

onLab('the lab', () => {
  beforeEach(async () => {
    await control('reset');
  });

  it('is a booted systemd with the firewall and sshd running', async () => {
    expect(await onHost('systemctl is-active firewalld ssh dbus')).toBe('active\nactive\nactive');
    expect(await onHost('systemctl --version | head -1')).toMatch(/^systemd 252/);
    expect(await onHost('hostname')).toBe('hosting.tp5.b1');
  });

  it('starts each test with the unit stopped and its port closed', async () => {
    await onHost('systemctl start calculatrice && firewall-cmd -q --add-port=4242/tcp');
    expect((await onHost('firewall-cmd --list-ports')).split(' ').sort()).toEqual(['13337/tcp', '4242/tcp']);
    await control('reset', '--restart-sec', '2');
    expect(await onHost('systemctl is-active calculatrice || true')).toBe('inactive');
    expect(await onHost('firewall-cmd --list-ports; firewall-cmd --permanent --list-ports')).toBe('\n');
    expect(await onHost('systemctl show -P RestartUSec calculatrice')).toBe('2s');
  });

  it.each([
    ['manon', 'sudo -n true', 0],
    ['paul', 'sudo -n true', 1],
    ['paul', 'echo motdepasse | sudo -S true', 0],
    ['zoe', 'sudo -n true', 1],
  ])('lets %s in, for whom `%s` exits %i', async (user, command, code) => {
    const ssh = await pc(`ssh -o BatchMode=yes ${user}@hosting.tp5.b1 '${command}; echo "exit $?"'`);
    expect(ssh.screen).toContain(`exit ${code}`);
  });

  it('is reached from the operator’s PC by each of its addresses', async () => {
    for (const address of ['10.5.1.2', '10.33.64.2']) {
      expect((await pc(`ssh -o BatchMode=yes manon@${address} true`)).code).toBe(0);
    }
  });

  it('gives each test’s operator a known_hosts of their own', async () => {
    const home = operatorHome({ knownHosts: '' });
    const { code, screen } = await pc('ssh -o BatchMode=yes manon@10.5.1.2 true', home);
    expect(code).toBe(255);
    expect(screen).toContain('Host key verification failed');
    expect(readFileSync(join(lab().home, '.ssh', 'known_hosts'), 'utf8')).toContain('hosting.tp5.b1');
  });

  it('cuts the wire and mends it', async () => {
    const reachable = 'ssh -o BatchMode=yes -o ConnectTimeout=1 manon@10.5.1.2 true';
    await control('cut');
    expect((await pc(reachable)).code).toBe(255);
    await control('mend');
    expect((await pc(reachable)).code).toBe(0);
  });

  it('answers 2+3 once its unit was started', async () => {
    await onHost('systemctl start calculatrice');
    const client = `import socket; s=socket.create_connection(("10.5.1.2",13337)); s.sendall(b"2+3"); print(s.recv(9))`;
    expect((await pc(`python3 -c '${client}'`)).screen).toBe("b'5'");
  });
});
