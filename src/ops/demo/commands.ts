/** The few commands that the demo's host knows: those whose answers the demo really has. */
import type { RunResult } from '../transport/transport.ts';
import type { UnitDefinition } from './definition.ts';
import type { DemoFirewall } from './firewall.ts';
import type { Supervisor } from './supervisor.ts';
import { fragmentPath, renderUnit } from './unit.ts';

interface Subjects {
  readonly definition: UnitDefinition;
  readonly supervisor: Supervisor;
  readonly firewall: DemoFirewall;
}

/** Exit code 127 and a shell's words for everything else. */
export function runCommand(
  argv: readonly string[],
  { definition, supervisor, firewall }: Subjects,
): RunResult {
  const file = definition.written;
  const facts = supervisor.facts();
  const { name } = file;
  const words = argv.map((word) => word.replace(/^\/usr\/s?bin\//, ''));
  const line = words.map((word) => (`${word}.service` === name ? name : word)).join(' ');
  const zone = firewall.facts().zones[0];
  const ports = (scope: 'runtime' | 'permanent'): string =>
    (zone?.[scope]?.ports ?? []).map((spec) => `${spec.port}/${spec.protocol}`).join(' ');

  switch (line) {
    case 'true':
      return success('');
    case 'hostname':
      return success('hosting.tp5.b1\n');
    case `systemctl is-active ${name}`:
      return { ...success(`${facts.active}\n`), code: facts.active === 'active' ? 0 : 3 };
    case `systemctl is-enabled ${name}`:
      return { ...success(`${facts.enabled}\n`), code: facts.enabled === 'enabled' ? 0 : 1 };
    case `systemctl cat ${name}`:
      return success(`# ${fragmentPath(file)}\n${renderUnit(file)}`);
    case `cat ${fragmentPath(file)}`:
      return success(renderUnit(file));
    case 'firewall-cmd --state':
      return success('running\n');
    case 'firewall-cmd --get-default-zone':
      return success(`${zone?.name ?? ''}\n`);
    case 'firewall-cmd --list-ports':
      return success(`${ports('runtime')}\n`);
    case 'firewall-cmd --permanent --list-ports':
      return success(`${ports('permanent')}\n`);
    default:
      return { ...success(''), code: 127, stderr: `${argv[0] ?? ''}: command not found\n` };
  }
}

function success(stdout: string): RunResult {
  return { code: 0, signal: null, stdout, stderr: '', truncated: false };
}
