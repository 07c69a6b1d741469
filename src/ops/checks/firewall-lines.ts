/**
 * What a unit's `firewall-cmd` lines do to a port, played through on paper.
 *
 * The lines may be written in many ways (permanent and a reload, both scopes by hand, in a shell, by the
 * port, a service or a rich rule), so it is what they leave behind that is judged, not their spelling.
 */
import { spansPort } from '../firewall/addresses.ts';
import { serviceHolds } from '../firewall/place.ts';
import { parseRichRule } from '../firewall/rich-rule.ts';
import type { ServiceDefinition } from '../host.ts';
import type { ExecCommand } from './unit-file.ts';

export interface PortState {
  readonly runtime: boolean;
  readonly permanent: boolean;
}

/** By what the port is open in either scope: `port`, `service calc`, `rich-rule …`. None: it is closed. */
export interface Openings {
  readonly runtime: ReadonlySet<string>;
  readonly permanent: ReadonlySet<string>;
}

export interface Played {
  readonly port: PortState;
  readonly openings: Openings;
  /** Zones that the lines about this port name; empty: the default zone. */
  readonly zones: readonly string[];
}

export interface Stage {
  readonly port: number;
  /** Definitions of the services that the lines name. */
  readonly services: ReadonlyMap<string, ServiceDefinition>;
}

export const CLOSED: Openings = { runtime: new Set(), permanent: new Set() };
export const OPEN: Openings = { runtime: new Set(['port']), permanent: new Set(['port']) };

/** @param from by what the port is open before the first line */
export function play(commands: readonly ExecCommand[], stage: Stage, from: Openings): Played {
  let runtime = new Set(from.runtime);
  let permanent = new Set(from.permanent);
  const zones = new Set<string>();
  for (const words of commands.flatMap(firewallCommands)) {
    const options = parseOptions(words);
    if (options.reload) runtime = new Set(permanent);
    if (options.runtimeToPermanent) permanent = new Set(runtime);
    for (const change of options.changes) {
      const opening = openingOf(change, stage);
      if (opening === null) continue;
      if (options.zone !== null) zones.add(options.zone);
      const scope = options.permanent ? permanent : runtime;
      if (change.open) scope.add(opening);
      else scope.delete(opening);
    }
  }
  const port = { runtime: runtime.size > 0, permanent: permanent.size > 0 };
  return { port, openings: { runtime, permanent }, zones: [...zones] };
}

/** The services that the lines open or close. */
export function servicesNamed(commands: readonly ExecCommand[]): readonly string[] {
  return commands.flatMap(firewallCommands).flatMap((words) =>
    parseOptions(words).changes.flatMap(({ kind, value }) => {
      if (kind === 'service') return [value];
      const element = kind === 'rich-rule' ? parseRichRule(value)?.element : null;
      return element?.kind === 'service' ? [element.name] : [];
    }),
  );
}

/** null for what does not open this port. */
function openingOf({ kind, value }: Change, stage: Stage): string | null {
  switch (kind) {
    case 'port':
      return holds(value, stage.port) ? 'port' : null;
    case 'service':
      return opens(value, stage) ? `service ${value}` : null;
    case 'rich-rule': {
      const rule = parseRichRule(value);
      if (rule?.action !== 'accept') return null;
      const { element } = rule;
      const own =
        (element?.kind === 'port' && holds(`${element.port}/${element.protocol}`, stage.port)) ||
        (element?.kind === 'service' && opens(element.name, stage));
      // firewalld prints a rule in words of its own: the same rule counts as the same.
      return own ? `rich-rule ${JSON.stringify({ ...rule, text: '' })}` : null;
    }
  }
}

function opens(service: string, { port, services }: Stage): boolean {
  const anyone = { clientAddress: null, hostAddress: null, interface: null, port };
  // What hangs on the address that it is limited to opens it there.
  const held = serviceHolds(service, anyone, Object.fromEntries(services));
  return typeof held === 'boolean' ? held : held.code !== 'service-unread';
}

/** The `firewall-cmd` calls of one command, also those inside a shell's `-c`. */
function firewallCommands({ words }: ExecCommand): readonly (readonly string[])[] {
  const program = words[0] ?? '';
  if (isFirewallCmd(program)) return [words];
  if (!/(?:^|\/)(?:ba|da)?sh$/.test(program)) return [];
  const script = words[words.findIndex((word) => /^-\w*c$/.test(word)) + 1] ?? '';
  return script
    .split(/&&|\|\||[;\n]/)
    .map(shellWords)
    .filter(([first = '']) => isFirewallCmd(first));
}

/** Blanks within quotes belong to the word; the outermost quotes do not. */
function shellWords(text: string): readonly string[] {
  const words = text.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? [];
  return words.map((word) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, (_, double?: string, single?: string) => double ?? single ?? ''),
  );
}

function isFirewallCmd(program: string): boolean {
  return /(?:^|\/)firewall-cmd$/.test(program);
}

interface Change {
  readonly open: boolean;
  readonly kind: 'port' | 'service' | 'rich-rule';
  readonly value: string;
}

interface Options {
  permanent: boolean;
  reload: boolean;
  runtimeToPermanent: boolean;
  zone: string | null;
  changes: Change[];
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
    const [name = '', value = words[index + 1] ?? ''] = word.split(/=(.*)/s);
    if (name === '--zone') options.zone = value;
    const change = /^--(add|remove)-(port|service|rich-rule)$/.exec(name);
    if (change === null) continue;
    options.changes.push({ open: change[1] === 'add', kind: change[2] as Change['kind'], value });
  }
  return options;
}

/** Whether `13337/tcp` or `13000-14000/tcp` holds a TCP port. */
function holds(spec: string, port: number): boolean {
  const match = /^(\d+(?:-\d+)?)\/tcp$/.exec(spec);
  return match?.[1] !== undefined && spansPort(match[1], port);
}
