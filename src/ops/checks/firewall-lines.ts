/**
 * What a unit's `firewall-cmd` lines do to a port, played through on paper.
 *
 * The lines may be written in many ways (permanent and a reload, both scopes by hand, in a shell), so it
 * is what they leave behind that is judged, not their spelling.
 */
import type { ExecCommand } from './unit-file.ts';

export interface PortState {
  readonly runtime: boolean;
  readonly permanent: boolean;
}

export interface Played {
  readonly port: PortState;
  /** Zones that the lines about this port name; empty: the default zone. */
  readonly zones: readonly string[];
}

/** @param from whether the port is open before the first line */
export function play(commands: readonly ExecCommand[], port: number, from: boolean): Played {
  let runtime = from;
  let permanent = from;
  const zones = new Set<string>();
  for (const words of commands.flatMap(firewallCommands)) {
    const options = parseOptions(words);
    if (options.reload) runtime = permanent;
    if (options.runtimeToPermanent) permanent = runtime;
    for (const { open, ports } of options.changes) {
      if (!ports.some((spec) => holds(spec, port))) continue;
      if (options.zone !== null) zones.add(options.zone);
      if (options.permanent) permanent = open;
      else runtime = open;
    }
  }
  return { port: { runtime, permanent }, zones: [...zones] };
}

/** The `firewall-cmd` calls of one command, also those inside a shell's `-c`. */
function firewallCommands({ words }: ExecCommand): readonly (readonly string[])[] {
  const program = words[0] ?? '';
  if (isFirewallCmd(program)) return [words];
  if (!/(?:^|\/)(?:ba|da)?sh$/.test(program)) return [];
  const script = words[words.findIndex((word) => /^-\w*c$/.test(word)) + 1] ?? '';
  return script
    .split(/&&|\|\||[;\n]/)
    .map((part) => part.trim().split(/\s+/))
    .filter(([first = '']) => isFirewallCmd(first));
}

function isFirewallCmd(program: string): boolean {
  return /(?:^|\/)firewall-cmd$/.test(program);
}

interface Options {
  permanent: boolean;
  reload: boolean;
  runtimeToPermanent: boolean;
  zone: string | null;
  changes: { readonly open: boolean; readonly ports: readonly string[] }[];
}

function parseOptions(words: readonly string[]): Options {
  const options: Options = {
    permanent: words.includes('--permanent'),
    reload: words.includes('--reload') || words.includes('--complete-reload'),
    runtimeToPermanent: words.includes('--runtime-to-permanent'),
    zone: null,
    changes: [],
  };
  for (const [index, word] of words.entries()) {
    // `--zone public` is as good as `--zone=public` to firewall-cmd.
    const [name, value = words[index + 1] ?? ''] = word.split(/=(.*)/s);
    if (name === '--zone') options.zone = value;
    if (name === '--add-port') options.changes.push({ open: true, ports: [value] });
    if (name === '--remove-port') options.changes.push({ open: false, ports: [value] });
  }
  return options;
}

/** Whether `13337/tcp` or `13000-14000/tcp` holds a TCP port. */
function holds(spec: string, port: number): boolean {
  const match = /^(\d+)(?:-(\d+))?\/tcp$/.exec(spec);
  if (match?.[1] === undefined) return false;
  return port >= Number(match[1]) && port <= Number(match[2] ?? match[1]);
}
