/** The facts that the embedded host really has: its subjects', and those of the few commands it knows. */
import type { FirewallFacts, ServiceFacts } from '../host.ts';
import type { Asking } from './answers.ts';
import { type Asker, createAsker } from './asker.ts';
import type { Evidence } from './check.ts';
import { type ServiceView, seen } from './facts.ts';
import { firstOf } from './feed.ts';
import type { Sources } from './gather.ts';
import { failed } from './linux-machine.ts';
import { answerSources } from './linux-sources.ts';
import type { Socket } from './sockets.ts';
import { parseUnitFile } from './unit-file.ts';

export function demoSources(asking: Asking): Sources {
  const { host, subject, signal } = asking;
  const ask = createAsker(host, signal);
  return {
    async hostname() {
      const said = await ask(['hostname']);
      return said.code === 0
        ? seen({ running: said.stdout.trim(), kept: null }, said.evidence)
        : failed(said);
    },
    async service() {
      const facts = await firstOf(host.service, signal);
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
    async firewall() {
      const facts = await firstOf(host.firewall, signal);
      return seen(facts, ...(await firewallEvidence(ask, facts)));
    },
    async sockets() {
      const { listeners } = await host.listeners.read(subject.port);
      const sockets = listeners.map(({ address, port, waiting }): Socket => {
        const line = `LISTEN ${waiting} 1 ${address.includes(':') ? `[${address}]` : address}:${port}`;
        return { protocol: 'tcp', address, port, process: null, pid: null, line };
      });
      return seen(sockets, { command: 'ss -ltn', output: sockets.map((socket) => socket.line).join('\n') });
    },
    ...answerSources(asking),
  };
}

function serviceView(facts: ServiceFacts): ServiceView {
  return {
    unit: facts.unit,
    load: facts.load,
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
