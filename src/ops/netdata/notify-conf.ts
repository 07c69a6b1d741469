/** The Discord part of Netdata's `health_alarm_notify.conf`, a shell file: changed in place, all else kept. Pure. */
import { maskSecrets } from '../mask.ts';

export const NOTIFY_FILE = 'health_alarm_notify.conf';
/** Who may read the webhook: root, and the group that Netdata runs as. */
export const NOTIFY_MODE = '640';

export interface DiscordWish {
  /** null: what is there stays. */
  readonly webhook: string | null;
  /** Used where none is set: it turns the notification on. Discord itself ignores it, the webhook decides. */
  readonly recipient: string;
}

export interface DiscordSet {
  /** null: not said here; the stock file says yes. */
  readonly send: boolean | null;
  readonly webhook: string;
  readonly recipient: string;
}

interface Assignment {
  readonly name: string;
  readonly value: string;
  /** Offsets of the value in the text, quotes included. */
  readonly from: number;
  readonly to: number;
  /** Whether a plain shell reader would take the value as it was read: no expansion in it. */
  readonly plain: boolean;
}

/** @param text null when there is no such file */
export function withDiscord(text: string | null, { webhook, recipient }: DiscordWish): string {
  const before = discordIn(text ?? '');
  let edited = text ?? HEADER;
  edited = withValue(edited, 'SEND_DISCORD', 'YES');
  if (webhook !== null) edited = withValue(edited, 'DISCORD_WEBHOOK_URL', webhook);
  if (before.recipient === '') edited = withValue(edited, 'DEFAULT_RECIPIENT_DISCORD', recipient);
  return edited;
}

/** As alarm-notify.sh would have it from this file alone; the last assignment of a name counts. */
export function discordIn(text: string): DiscordSet {
  const all = assignments(text);
  const last = (name: string): Assignment | undefined => all.findLast((one) => one.name === name);
  const value = (name: string): string => last(name)?.value ?? '';
  const send = last('SEND_DISCORD');
  return {
    send: send === undefined ? null : send.value === 'YES',
    webhook: value('DISCORD_WEBHOOK_URL'),
    recipient: value('DEFAULT_RECIPIENT_DISCORD'),
  };
}

const HEADER = `# How Netdata tells of its alarms. What is not set here is as in the file that comes with Netdata; see it with
# \`edit-config health_alarm_notify.conf\`. The Discord part was written by \`tp5-tui deploy --netdata\`.

`;

function withValue(text: string, name: string, value: string): string {
  const last = assignments(text).findLast((one) => one.name === name);
  if (last?.plain && last.value === value) return text;
  if (last !== undefined) return text.slice(0, last.from) + quoted(value) + text.slice(last.to);
  const line = `${name}=${quoted(value)}\n`;
  return text === '' || text.endsWith('\n') ? `${text}${line}` : `${text}\n${line}`;
}

/** In double quotes as Netdata's own file has it, where no character means anything there. */
function quoted(value: string): string {
  return /^[\w:/.@%+=,#? -]*$/.test(value) ? `"${value}"` : `'${value.replaceAll("'", "'\\''")}'`;
}

/** An assignment on a line of its own, see sh(1); what functions hold is not run when the file is read. */
const ASSIGNMENT = /^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)=/;

function assignments(text: string): Assignment[] {
  const found: Assignment[] = [];
  let inFunction = false;
  let at = 0;
  while (at < text.length) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? text.length : end);
    const match = ASSIGNMENT.exec(line);
    if (/^(?:function[ \t]+)?\w+[ \t]*(?:\(\))?[ \t]*\{[ \t]*$/.test(line)) inFunction = true;
    else if (line.startsWith('}')) inFunction = false;
    if (match === null || inFunction) {
      at = end < 0 ? text.length : end + 1;
      continue;
    }
    const from = at + match[0].length;
    const word = shellWord(text, from);
    found.push({ name: match[1] ?? '', from, ...word });
    // The value may have gone over several lines.
    const next = text.indexOf('\n', word.to);
    at = next < 0 ? text.length : next + 1;
  }
  return found;
}

/** The word that begins at `from`: its value and where it ends. Expansions are kept as they are written. */
function shellWord(text: string, from: number): Pick<Assignment, 'value' | 'to' | 'plain'> {
  let value = '';
  let plain = true;
  let quote: '"' | "'" | null = null;
  let at = from;
  for (; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote === null && /[\s;&|]/.test(character)) break;
    if (character === quote) quote = null;
    else if (quote === null && (character === '"' || character === "'")) quote = character;
    else if (character === '\\' && quote !== "'") {
      at += 1;
      const escaped = text.charAt(at);
      // Within double quotes a backslash is itself before most characters.
      if (escaped !== '\n') value += quote === '"' && !/[$`"\\]/.test(escaped) ? `\\${escaped}` : escaped;
    } else {
      if (quote !== "'" && (character === '$' || character === '`')) plain = false;
      value += character;
    }
  }
  return { value, to: at, plain };
}

/** Names whose values let somebody in, of all the services that the file knows. */
const SECRET = /WEBHOOK|TOKEN|KEY|PASS|SECRET|SID$|AUTH|_URL$|ACCOUNT/;
const MASK = '••••';
/** Of a longer one the end may be shown, so that people can tell which one it is. */
const SHOWN_END = 4;
const SHORTEST_WITH_END = 16;

export function masked(secret: string): string {
  return secret.length < SHORTEST_WITH_END ? MASK : MASK + secret.slice(-SHOWN_END);
}

/** The file with every secret in it masked, the comments' too: for eyes, never to be written. */
export function maskedSettings(text: string): string {
  const secret = assignments(text).filter((one) => SECRET.test(one.name) && one.value !== '');
  const whole = secret.reduceRight(
    (so, one) => `${so.slice(0, one.from)}"${masked(one.value)}"${so.slice(one.to)}`,
    text,
  );
  // What was commented out, and recipients that are addresses of webhooks.
  return whole
    .replace(
      /^([ \t]*#+[ \t]*)(\w+)=(["']?)([^\s"']+)\3/gm,
      (line, start, name: string, quote, value: string) =>
        SECRET.test(name) ? `${start}${name}=${quote}${masked(value)}${quote}` : line,
    )
    .replace(/(\/webhooks?\/)([^\s"'•]+)/gi, (_, path, rest: string) => path + masked(rest));
}

/** What somebody said, without the webhook and without any other. */
export function withoutSecret(text: string, webhook: string | null): string {
  return maskSecrets(webhook === null ? text : text.replaceAll(webhook, masked(webhook)));
}
