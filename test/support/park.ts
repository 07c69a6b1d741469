/** Many SSH hosts in other processes, and how the program is told of them: settings, known_hosts, and an `ssh` to ask. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ParkedHost } from './park-process.ts';

export interface Park {
  /** Names in the settings, in order. */
  readonly names: readonly string[];
  readonly settings: string;
  /** In which `ssh -G` knows these hosts' keys. */
  readonly env: NodeJS.ProcessEnv;
  /** Starts and stops a host's service, as systemd would. */
  set(host: number, up: boolean): void;
  close(): void;
}

const program = fileURLToPath(new URL('park-process.ts', import.meta.url));

/** @param perProcess hosts that share a process, so that no one of them is a bottleneck */
export async function openPark(folder: string, count: number, perProcess = 25): Promise<Park> {
  const children: ChildProcess[] = [];
  const hosts: ParkedHost[] = [];
  for (let rest = count; rest > 0; rest -= perProcess) {
    const child = spawn(process.execPath, [program, String(Math.min(rest, perProcess))], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    children.push(child);
    hosts.push(...(JSON.parse(await firstLine(child)) as ParkedHost[]));
  }
  const names = hosts.map((_, n) => `vm${String(n + 1).padStart(3, '0')}`);
  const settings = join(folder, 'config.toml');
  const tables = hosts.map(
    ({ sshPort, servicePort, identityFile }, n) =>
      `[hosts.${names[n]}]\nhost = "manon@127.0.0.1:${sshPort}"\nidentity = ${JSON.stringify(identityFile)}\n` +
      `address = "127.0.0.1"\nport = ${servicePort}\n`,
  );
  writeFileSync(settings, tables.join('\n'));
  return {
    names,
    settings,
    env: sshFor(folder, hosts),
    set: (host, up) => {
      const order = { host: host % perProcess, up };
      children[Math.floor(host / perProcess)]?.stdin?.write(`${JSON.stringify(order)}\n`);
    },
    close: () => {
      for (const child of children) child.kill();
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  let text = '';
  while (!text.includes('\n')) {
    const [chunk] = (await once(child.stdout ?? child, 'data')) as [Buffer];
    text += chunk.toString();
  }
  return text;
}

/** OpenSSH asks passwd(5) for the home, so a configuration of its own can only be named to it. */
function sshFor(folder: string, hosts: readonly ParkedHost[]): NodeJS.ProcessEnv {
  const known = join(folder, 'known_hosts');
  const config = join(folder, 'ssh_config');
  const bin = join(folder, 'bin');
  writeFileSync(known, hosts.map(({ knownHostsLine }) => knownHostsLine).join(''));
  writeFileSync(config, `UserKnownHostsFile ${known}\nGlobalKnownHostsFile none\n`);
  mkdirSync(bin);
  const path = process.env.PATH ?? '';
  writeFileSync(join(bin, 'ssh'), `#!/bin/sh\nPATH='${path}' exec ssh -F '${config}' "$@"\n`);
  chmodSync(join(bin, 'ssh'), 0o755);
  return { ...process.env, HOME: folder, PATH: `${bin}${delimiter}${path}` };
}
