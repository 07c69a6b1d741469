/**
 * The oracle of the firewall: two hundred configurations drawn from a fixed seed, each read and judged by us,
 * and each tried by real connections from several addresses.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { systemClock } from '../../src/ops/clock.ts';
import { judgePacket, type PacketJudgement } from '../../src/ops/firewall/judge.ts';
import type { FirewallFacts } from '../../src/ops/host.ts';
import { openBus } from '../../src/ops/linux/bus.ts';
import { createFirewallSubject } from '../../src/ops/linux/firewall.ts';
import { childStream } from '../../src/ops/transport/child-stream.ts';
import { createFakeTransport } from '../support/fake-transport.ts';
import { drawWorld, KNOCKS, PORT, seeded, type World } from './firewall-worlds.ts';
import { control, hostAddress, lab, onHost, onLab } from './host.ts';

const SEED = Number(process.env.TP5_FIREWALL_SEED ?? 20_261_129);
const WORLDS = Number(process.env.TP5_FIREWALL_WORLDS ?? 200);
/** How long no answer counts as none: on a wire of no length, longer than the first repetition. */
const NO_ANSWER_S = 1.2;
const LONG_MS = 600_000;

const INTERFACES = [
  { name: 'enp0s8', address: '10.5.1.2', prefix: 24 },
  { name: 'enp0s8', address: 'fd05::2', prefix: 64 },
  { name: 'enp0s9', address: '10.33.64.2', prefix: 20 },
];

const FIREWALLD = { destination: 'org.fedoraproject.FirewallD1', path: '/org/fedoraproject/FirewallD1' };

const knocker = fileURLToPath(new URL('host/knock.py', import.meta.url));
const script = fileURLToPath(new URL('lab', import.meta.url));
const ended: (() => void)[] = [];

/** With all that it has started: the script that goes into the lab waits for what it runs there. */
function running(command: string, args: readonly string[]): ChildProcessByStdio<Writable, Readable, null> {
  const env = { ...process.env, TP5_LAB_NAME: lab().name };
  const child = spawn(command, args, { env, detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
  ended.push(() => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  });
  return child;
}

/** The host's bus as its root, with nothing in between. */
function openRootBus() {
  const transport = createFakeTransport({
    privilege: { kind: 'root' },
    exec(argv) {
      const child = running('bash', [script, 'root', ...argv]);
      const over = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
      return { stream: childStream(child), ended: over, close: () => child.stdin.end() };
    },
  });
  return openBus({ transport, clock: systemClock });
}

function openKnocker(): (knocks: typeof KNOCKS) => Promise<string[]> {
  const args = ['netns', 'exec', lab().pcNamespace, 'python3', knocker];
  const child = running('ip', args);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async (knocks) => {
    child.stdin.write(`${NO_ANSWER_S} ${knocks.map(({ from, to }) => `${from} ${to} ${PORT}`).join(' ')}\n`);
    return String((await lines.next()).value).split(' ');
  };
}

function furnish({ files, defaultZone }: World): void {
  const folder = join(lab().root, 'etc/firewalld');
  for (const kind of ['zones', 'policies', 'services', 'ipsets'])
    rmSync(join(folder, kind), { recursive: true, force: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `<?xml version="1.0" encoding="utf-8"?>\n${text}\n`);
  }
  const settings = join(folder, 'firewalld.conf');
  const text = readFileSync(settings, 'utf8').replace(/^DefaultZone=.*/m, `DefaultZone=${defaultZone}`);
  writeFileSync(settings, text);
}

interface Disagreement {
  readonly world: number;
  readonly from: string;
  readonly met: string | undefined;
  readonly judged: PacketJudgement;
  readonly files: World['files'];
  readonly defaultZone: string;
}

onLab('the firewall as firewalld sees it', () => {
  beforeAll(async () => {
    if (inject('labs') === null) return;
    await control('reset');
    await control(
      'pc',
      'sh',
      '-c',
      'ip addr replace 10.5.1.9/24 dev pc0; ip addr replace fd05::1/64 dev pc0 nodad',
    );
    await onHost('ip addr replace fd05::2/64 dev enp0s8 nodad');
    const listen = `
import socket
server = socket.create_server(("::", ${PORT}), family=socket.AF_INET6, dualstack_ipv6=True, backlog=64)
print("listening", flush=True)
while True: server.accept()[0].close()`;
    await once(running('bash', [script, 'root', 'python3', '-c', listen]).stdout, 'data');
  });

  afterAll(async () => {
    for (const end of ended.splice(0)) end();
    if (inject('labs') === null) return;
    await control('pc', 'sh', '-c', 'ip addr del 10.5.1.9/24 dev pc0; ip addr del fd05::1/64 dev pc0');
    await onHost('ip addr del fd05::2/64 dev enp0s8');
    await control('reset');
  });

  it(
    'agrees with real connections',
    async () => {
      console.info(`firewall: ${WORLDS} configurations of seed ${SEED}`);
      const random = seeded(SEED);
      const bus = openRootBus();
      const knock = openKnocker();
      const disagreements: Disagreement[] = [];
      const doubts: string[] = [];
      let next: PromiseWithResolvers<FirewallFacts> = Promise.withResolvers();
      const met: Record<string, number> = {};
      await bus.ready;
      for (let world = 0; world < WORLDS; world += 1) {
        const drawn = drawWorld(random);
        furnish(drawn);
        await bus.call({ ...FIREWALLD, interface: FIREWALLD.destination, member: 'reload' });
        // One a world, that hears of nothing later: how changes are followed is another test's.
        const subject = createFirewallSubject({
          bus: { ...bus, watch: () => {}, onOpen: (listener) => listener() },
          clock: systemClock,
          address: hostAddress,
          interfaces: async () => INTERFACES,
        });
        next = Promise.withResolvers();
        const stop = subject.watch(next.resolve, (failure) =>
          next.reject(new Error(JSON.stringify(failure))),
        );
        const [facts, fates] = await Promise.all([next.promise, knock(KNOCKS)]);
        stop();
        for (const [index, { from, to }] of KNOCKS.entries()) {
          const judged = judgePacket(facts, {
            clientAddress: from,
            hostAddress: to,
            interface: INTERFACES.find(({ address }) => address === to)?.name ?? null,
            port: PORT,
          });
          const fate = fates[index];
          met[String(fate)] = (met[String(fate)] ?? 0) + 1;
          if (judged.verdict === 'unknown') doubts.push(judged.because.map(({ code }) => code).join('+'));
          else if (judged.verdict !== fate) {
            const { files, defaultZone } = drawn;
            const own = Object.entries(files).filter(([path]) => /^(zones|policies)/.test(path));
            disagreements.push({
              world,
              from,
              met: fate,
              judged,
              files: Object.fromEntries(own),
              defaultZone,
            });
          }
        }
      }
      bus.close();
      const count = WORLDS * KNOCKS.length;
      console.info(
        `met: ${JSON.stringify(met)}; cannot be told: ${doubts.length} of ${count} (${doubts.join(' ')})`,
      );
      expect(disagreements.slice(0, 5), `${disagreements.length} disagreements`).toEqual([]);
      expect(doubts.length / count).toBeLessThan(0.05);
    },
    LONG_MS,
  );
});
