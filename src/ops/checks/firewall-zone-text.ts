/** A zone as `firewall-cmd --list-all` prints it, and the list of the active ones (firewall-cmd(1)). */
import type { PortSpec, ZoneSettings } from '../host.ts';

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
  const words = (field: string): readonly string[] =>
    (new RegExp(`^[ \\t]+${field}:[ \\t]*(.*)$`, 'm').exec(text)?.[1] ?? '')
      .split(/\s+/)
      .filter((word) => word);
  const ports = words('ports').map((spec): PortSpec => {
    const [port = '', protocol = ''] = spec.split('/');
    return { port, protocol };
  });
  return {
    name,
    target: words('target')[0] ?? 'default',
    interfaces: words('interfaces'),
    sources: words('sources'),
    settings: { services: words('services'), ports },
  };
}

/** Names of `firewall-cmd --get-active-zones`. */
export function parseActiveZoneNames(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => /^\S/.test(line))
    .map((line) => line.split(/\s/, 1)[0] ?? '');
}

/** Ports that a service's definition opens, `9090/tcp` (firewalld.service(5)). */
export function parseServicePorts(xml: string): readonly string[] {
  return [...xml.matchAll(/<port\b([^>]*)>/g)].flatMap(([, attributes = '']) => {
    const port = /\bport=["']([\d-]+)["']/.exec(attributes)?.[1];
    const protocol = /\bprotocol=["'](\w+)["']/.exec(attributes)?.[1];
    return port === undefined || protocol === undefined ? [] : [`${port}/${protocol}`];
  });
}
