/** Zones and policies as `firewall-cmd --list-all` prints them, the list of the active ones (firewall-cmd(1)), services. */
import type { ForwardedPort, PolicyFacts, PortSpec, ServiceDefinition, ZoneSettings } from '../host.ts';

export interface ListedZone {
  readonly name: string;
  readonly target: string;
  readonly interfaces: readonly string[];
  readonly sources: readonly string[];
  readonly settings: ZoneSettings;
}

/** @returns null for what is no zone */
export function parseListAll(text: string): ListedZone | null {
  const name = /^(\S+)(?: \(.*\))?$/m.exec(text)?.[1];
  if (name === undefined || !/^\s+target:/m.test(text)) return null;
  const words = (field: string): readonly string[] => wordsOf(text, field);
  return {
    name,
    target: words('target')[0] ?? 'default',
    interfaces: words('interfaces'),
    sources: words('sources'),
    settings: settingsOf(text),
  };
}

/** What `--list-all-policies` prints: one after the other, each under its name. */
export function parsePolicies(text: string): readonly PolicyFacts[] {
  return text.split(/^(?=\S)/m).flatMap((block): PolicyFacts[] => {
    const name = /^(\S+)(?: \(.*\))?$/m.exec(block)?.[1];
    if (name === undefined || !/^\s+egress-zones:/m.test(block)) return [];
    return [
      {
        name,
        priority: Number(wordsOf(block, 'priority')[0] ?? 0) || 0,
        target: wordsOf(block, 'target')[0] ?? 'CONTINUE',
        ingressZones: wordsOf(block, 'ingress-zones'),
        egressZones: wordsOf(block, 'egress-zones'),
        settings: settingsOf(block),
      },
    ];
  });
}

/** What stands behind a field's colon, and in the lines that are set in deeper than any field. */
function linesOf(text: string, field: string): readonly string[] {
  const match = new RegExp(`^[ \\t]+${field}:[ \\t]*(.*(?:\\n\\t.*)*)`, 'm').exec(text)?.[1] ?? '';
  return match
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line);
}

function wordsOf(text: string, field: string): readonly string[] {
  return linesOf(text, field).flatMap((line) => line.split(/\s+/));
}

function portsOf(text: string, field: string): readonly PortSpec[] {
  return wordsOf(text, field).map((spec): PortSpec => {
    const [port = '', protocol = ''] = spec.split('/');
    return { port, protocol };
  });
}

/** `port=80:proto=tcp:toport=8080:toaddr=` */
function forwardOf(line: string): ForwardedPort {
  const value = (key: string): string => new RegExp(`(?:^|:)${key}=([^:]*)`).exec(line)?.[1] ?? '';
  const toAddress = /(?:^|:)toaddr=(.*)$/.exec(line)?.[1] ?? '';
  return { port: value('port'), protocol: value('proto'), toPort: value('toport'), toAddress };
}

function settingsOf(text: string): ZoneSettings {
  const lists = {
    protocols: wordsOf(text, 'protocols'),
    sourcePorts: portsOf(text, 'source-ports'),
    forwardPorts: wordsOf(text, 'forward-ports').map(forwardOf),
    richRules: linesOf(text, 'rich rules'),
  };
  return {
    services: wordsOf(text, 'services'),
    ports: portsOf(text, 'ports'),
    ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)),
  };
}

/** Names of `firewall-cmd --get-active-zones`. */
export function parseActiveZoneNames(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => /^\S/.test(line))
    .map((line) => line.split(/\s/, 1)[0] ?? '');
}

/** What a service's definition opens (firewalld.service(5)). */
export function parseService(xml: string): ServiceDefinition {
  const all = (element: string, ...keys: readonly string[]): readonly (readonly string[])[] =>
    [...xml.matchAll(new RegExp(`<${element}\\b([^>]*)>`, 'g'))].flatMap(([, attributes = '']) => {
      const values = keys.map((key) => new RegExp(`\\b${key}=["']([^"']*)["']`).exec(attributes)?.[1] ?? '');
      return values.every((value) => value === '') ? [] : [values];
    });
  const specs = (element: string): readonly PortSpec[] =>
    all(element, 'port', 'protocol').flatMap(([port = '', protocol = '']) =>
      port === '' || protocol === '' ? [] : [{ port, protocol }],
    );
  const [ipv4 = '', ipv6 = ''] = all('destination', 'ipv4', 'ipv6')[0] ?? [];
  return {
    ports: specs('port'),
    // A port without a number is its protocol as a whole.
    protocols: [
      ...all('protocol', 'value').map(([value = '']) => value),
      ...all('port', 'port', 'protocol').flatMap(([port, protocol = '']) => (port === '' ? [protocol] : [])),
    ],
    sourcePorts: specs('source-port'),
    includes: all('include', 'service').map(([value = '']) => value),
    destination: { ...(ipv4 === '' ? {} : { ipv4 }), ...(ipv6 === '' ? {} : { ipv6 }) },
  };
}
