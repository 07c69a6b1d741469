/** The effective settings of sshd as `sshd -T` prints them (sshd(8)). */
import type { Evidence } from './check.ts';
import type { Sourced } from './facts.ts';

export type SshdSettings = ReadonlyMap<string, readonly string[]>;

/** Each keyword, in lower case, with its values in order. */
export function parseSshd(text: string): SshdSettings {
  const settings = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const match = /^([a-z]+) (.+)$/.exec(line.trim());
    if (match?.[1] === undefined || match[2] === undefined) continue;
    settings.set(match[1], [...(settings.get(match[1]) ?? []), match[2]]);
  }
  return settings;
}

/** Of its hundred lines those on a few keywords, as the command that shows just them. */
export function excerpt(sshd: Sourced<SshdSettings>, keywords: readonly string[]): Evidence {
  const command = sshd.evidence[0]?.command ?? 'sudo sshd -T';
  const lines = [...sshd.value].flatMap(([keyword, values]) =>
    keywords.includes(keyword) ? values.map((value) => `${keyword} ${value}`) : [],
  );
  return { command: `${command} | grep -E '^(${keywords.join('|')}) '`, output: lines.join('\n') };
}

/** Ports that sshd is set to listen on. */
export function sshdPorts(settings: SshdSettings): readonly number[] {
  const ports = (settings.get('port') ?? []).map(Number).filter((port) => port > 0);
  return ports.length === 0 ? [22] : ports;
}

/** The addresses of `ListenAddress`, without their ports. */
export function sshdAddresses(settings: SshdSettings): readonly string[] {
  return (settings.get('listenaddress') ?? []).map((value) =>
    value.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1'),
  );
}
