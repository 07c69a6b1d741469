/** The facts that the embedded host really has: its subjects', and those of the few commands it knows. */
import type { FirewallFacts, ServiceFacts } from '../host.ts';
import type { Asking } from './answers.ts';
import { type Asker, createAsker } from './asker.ts';
import type { Evidence } from './check.ts';
import { type Fact, type ServiceView, seen } from './facts.ts';
import { firstOf } from './feed.ts';
import type { Sources } from './gather.ts';
import { failed } from './linux-machine.ts';
import { answerSources } from './linux-sources.ts';
import type { Socket } from './sockets.ts';
import { parseUnitFile } from './unit-file.ts';
import { untilListening } from './until-listening.ts';

/** More than its imagined firewall commands and its process take to start. */
const START_MS = 5_000;

export function demoSources(asking: Asking): Sources {
  const { host, subject, signal } = asking;
  const ask = createAsker(host, signal, 'C', asking.clock);
  return {
    async hostname() {
      const said = await ask(['hostname']);
      return said.code === 0
        ? seen({ running: said.stdout.trim(), kept: null }, said.evidence)
        : failed(said);
    },
    async service() {
      const facts = await started(asking);
      return seen(serviceView(facts), shown(facts));
    },
    async unitFile(get) {
      const service = await get('service');
      if (!service.seen) return service;
      const path = service.value.fragmentPath;
      const said = await ask(['cat', path]);
      return said.code === 0
        ? seen(parseUnitFile([{ path, text: said.stdout }]), said.evidence)
        : failed(said);
    },
    async firewall(get) {
      // Its port follows the service: looked at once that has settled.
      await get('service');
      const facts = await firstOf(host.firewall, signal);
      return seen(facts, ...(await firewallEvidence(ask, facts)));
    },
    sockets: (get) =>
      untilListening(() => readSockets(asking), get, { port: subject.port, clock: asking.clock, signal }),
    ...answerSources(asking),
  };
}

async function readSockets({ host, subject }: Asking): Promise<Fact<readonly Socket[]>> {
  const { listeners } = await host.listeners.read(subject.port);
  const sockets = listeners.map(({ address, port, waiting }): Socket => {
    const line = `LISTEN ${waiting} 1 ${address.includes(':') ? `[${address}]` : address}:${port}`;
    return { protocol: 'tcp', address, port, process: null, pid: null, line };
  });
  return seen(sockets, { command: 'ss -ltn', output: sockets.map((socket) => socket.line).join('\n') });
}

/** The embedded host has only just been booted for this: its service is given the time to start. */
async function started({ host, clock, signal }: Asking): Promise<ServiceFacts> {
  const enough = new AbortController();
  const late = clock.sleep(START_MS, enough.signal).then(() => firstOf(host.service, signal));
  late.catch(() => undefined);
  try {
    return await Promise.race([
      firstOf(host.service, AbortSignal.any([signal, enough.signal]), isSettled),
      late,
    ]);
  } finally {
    enough.abort();
  }
}

const isSettled = ({ active }: ServiceFacts): boolean => active !== 'activating';

function serviceView(facts: ServiceFacts): ServiceView {
  return {
    unit: facts.unit,
    load: facts.load,
    type: facts.type,
    active: facts.active,
    sub: facts.sub,
    enabled: facts.enabled,
    result: facts.result,
    fragmentPath: facts.fragmentPath,
    dropInPaths: [],
    needsReload: facts.needsReload,
    restart: facts.restart,
    restartSecMs: facts.restartSecMs,
    mainPid: facts.mainPid,
    user: null,
    dynamicUser: false,
    environment: [],
  };
}

function shown(facts: ServiceFacts): Evidence {
  const values = {
    LoadState: facts.load,
    ActiveState: facts.active,
    SubState: facts.sub,
    UnitFileState: facts.enabled,
    Result: facts.result,
    FragmentPath: facts.fragmentPath,
    NeedDaemonReload: facts.needsReload ? 'yes' : 'no',
    MainPID: facts.mainPid,
  };
  return {
    command: `systemctl show ${facts.unit} -p ${Object.keys(values).join(',')}`,
    output: Object.entries(values)
      .map(([name, value]) => `${name}=${value}`)
      .join('\n'),
  };
}

async function firewallEvidence(ask: Asker, facts: FirewallFacts): Promise<readonly Evidence[]> {
  if (!facts.running) return [];
  const said = await Promise.all([
    ask(['firewall-cmd', '--list-ports']),
    ask(['firewall-cmd', '--permanent', '--list-ports']),
  ]);
  return said.map((one) => one.evidence);
}
