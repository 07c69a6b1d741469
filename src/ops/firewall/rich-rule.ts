/**
 * firewalld's rich rules (firewalld.richlanguage(5)), read as firewalld itself reads them: words and
 * `key="value"` pairs in a row, each pair belonging to the word before it.
 */
import type { ZoneSettings } from './facts.ts';

export interface RichAddress {
  readonly invert: boolean;
  readonly kind: 'address' | 'mac' | 'ipset';
  readonly value: string;
}

export type RichElement =
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'port' | 'source-port'; readonly port: string; readonly protocol: string }
  | { readonly kind: 'protocol'; readonly value: string }
  | {
      readonly kind: 'forward-port';
      readonly port: string;
      readonly protocol: string;
      readonly toPort: string;
      readonly toAddress: string;
    }
  /** Not about whether a TCP connection is let in. */
  | { readonly kind: 'other' };

export interface RichRule {
  readonly text: string;
  readonly priority: number;
  readonly family: 'ipv4' | 'ipv6' | null;
  readonly source: RichAddress | null;
  readonly destination: RichAddress | null;
  readonly element: RichElement | null;
  /** null: it logs, audits, marks or translates, and decides nothing. */
  readonly action: 'accept' | 'reject' | 'drop' | null;
  /** `3/m`: what is beyond goes on to the next rule. */
  readonly limit: string | null;
}

const ELEMENTS = new Set([
  'service',
  'port',
  'protocol',
  'source-port',
  'forward-port',
  'icmp-block',
  'icmp-type',
  'masquerade',
  'tcp-mss-clamp',
]);
const OTHERS = new Set(['rule', 'source', 'destination', 'log', 'nflog', 'audit', 'limit', 'mark']);
const ACTIONS = { accept: 'accept', reject: 'reject', drop: 'drop' } as const;

interface Part {
  readonly word: string;
  readonly values: Map<string, string>;
  invert: boolean;
}

/** @returns null for a rule in words that are not known here */
export function parseRichRule(text: string): RichRule | null {
  const parts = partsOf(text);
  if (parts?.[0]?.word !== 'rule') return null;
  const part = (word: string): Part | null => parts.find((one) => one.word === word) ?? null;
  const acting = parts.find(({ word }) => word in ACTIONS);
  const behind = acting === undefined ? [] : parts.slice(parts.indexOf(acting) + 1);
  const family = parts[0].values.get('family') ?? null;
  const priority = Number(parts[0].values.get('priority') ?? 0);
  if ((family !== null && family !== 'ipv4' && family !== 'ipv6') || !Number.isInteger(priority)) return null;
  const source = addressOf(part('source'));
  const destination = addressOf(part('destination'));
  if (source === undefined || destination === undefined) return null;
  const element = parts.find(({ word }) => ELEMENTS.has(word));
  const limited = behind.find(({ word }) => word === 'limit');
  return {
    text,
    priority,
    family,
    source,
    destination,
    element: element === undefined ? null : elementOf(element),
    action: acting === undefined ? null : ACTIONS[acting.word as keyof typeof ACTIONS],
    limit: limited === undefined ? null : (limited.values.get('value') ?? ''),
  };
}

/** The services that a zone or a policy names, its rich rules' among them. */
export function servicesOf({ services, richRules = [] }: ZoneSettings): readonly string[] {
  const rich = richRules.flatMap((text) => {
    const element = parseRichRule(text)?.element;
    return element?.kind === 'service' ? [element.name] : [];
  });
  return [...services, ...rich];
}

function partsOf(text: string): Part[] | null {
  const parts: Part[] = [];
  // As a shell would cut it: a quoted value may hold blanks (`prefix="a b"`).
  for (const token of text.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? []) {
    const at = token.indexOf('=');
    const last = parts.at(-1);
    if (at > 0) {
      if (last === undefined) return null;
      last.values.set(token.slice(0, at), unquoted(token.slice(at + 1)));
    } else if (/^not$/i.test(token)) {
      if (last === undefined) return null;
      last.invert = true;
    } else if (OTHERS.has(token) || ELEMENTS.has(token) || token in ACTIONS) {
      parts.push({ word: token, values: new Map(), invert: false });
    } else return null;
  }
  return parts;
}

function unquoted(value: string): string {
  return value.replace(/^(["'])(.*)\1$/s, '$2');
}

/** null: there is none; undefined: not understood. */
function addressOf(part: Part | null): RichAddress | null | undefined {
  if (part === null) return null;
  const invert = part.invert || /^(?:true|yes)$/i.test(part.values.get('invert') ?? '');
  for (const kind of ['address', 'mac', 'ipset'] as const) {
    const value = part.values.get(kind);
    if (value !== undefined) return { invert, kind, value };
  }
  return undefined;
}

function elementOf({ word, values }: Part): RichElement {
  const value = (key: string): string => values.get(key) ?? '';
  switch (word) {
    case 'service':
      return { kind: 'service', name: value('name') };
    case 'port':
    case 'source-port':
      return { kind: word, port: value('port'), protocol: value('protocol') };
    case 'protocol':
      return { kind: 'protocol', value: value('value') };
    case 'forward-port':
      return {
        kind: 'forward-port',
        port: value('port'),
        protocol: value('protocol'),
        toPort: value('to-port'),
        toAddress: value('to-addr'),
      };
    default:
      return { kind: 'other' };
  }
}
