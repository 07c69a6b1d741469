/**
 * Secrets hidden in what a host printed, before any of it leaves this process: evidence, failures, documents, alerts.
 *
 * The one masker there is. A report is handed in, so it errs on the side of hiding: what is named like a secret is one, and so is
 * what has the shape of a known kind of token. Idempotent, and linear in the length of the text.
 */

const HIDDEN = '…';

/** Colours that a program wrote all the same must not part a name from its value. */
const SGR = String.raw`(?:\x1b\[[\d;]*m)*`;
const GAP = `${SGR}[ \\t]*${SGR}`;

const SECRET_NAME =
  'pass(?:word|wd|phrase)|[_-]pass|secret|token|webhook|credential|(?:api|access|private|auth|account)[_-]?key';
const NAME = `[\\w.-]{0,64}(?:${SECRET_NAME})[\\w.-]{0,64}`;

/** A switch is no secret: `PasswordAuthentication=no`, `"token": null`. */
const SWITCH = `(?!\\\\?["']?(?:yes|no|true|false|on|off|none|null|${HIDDEN})\\\\?["']?(?:[\\s,;}\\]]|$))`;
/** `webhook_file = /path`: the name of a secret's file gives none away. */
const FILE_NAME = `(?!(?<=file|path)\\\\?["']?${GAP}[=:]${GAP}\\\\?["']?[~./])`;
const SLASH = String.raw`(?:\\?\/|%2F)`;

type Rule = readonly [pattern: RegExp, replacement: string];

const RULES: readonly Rule[] = [
  // Whoever knows a webhook's address can post: id and token both go (Discord's and Slack's webhook APIs).
  [
    new RegExp(`(webhooks?${SLASH}|hooks\\.slack\\.com${SLASH}services${SLASH})[^\\s"'<>]+`, 'gi'),
    `$1${HIDDEN}`,
  ],
  [/\b([a-z][a-z0-9+.-]{0,30}:\/\/[^\s:@/]{0,256}):[^\s@/]{1,256}@/gi, `$1:${HIDDEN}@`],
  // "DB_PASSWORD=two words", as systemd's Environment= has it: to the quote that was opened before the name.
  [new RegExp(`(["'])(${NAME}=)(?:(?!\\1)[^\\n])+`, 'gi'), `$1$2${HIDDEN}`],
  // name=value, name: value, "name": "value", also with the quotes escaped.
  [
    new RegExp(
      `(${NAME}${FILE_NAME}(?:\\\\?["'])?${GAP}[=:]${GAP})${SWITCH}` +
        `(?:(\\\\["'])(?:(?!\\\\["'])[^\\n])+|(")(?:[^"\\\\\\n]|\\\\.)+|(')[^'\\n]+|[^\\s"'][^\\s]*)`,
      'gi',
    ),
    `$1$2$3$4${HIDDEN}`,
  ],
  // An option that names the secret's file gives no secret away.
  [
    new RegExp(`(--[\\w-]{0,64}(?:${SECRET_NAME})(?!-file[ \\t])[\\w-]{0,64}[ \\t]+)(?!-)\\S+`, 'gi'),
    `$1${HIDDEN}`,
  ],
  [/(\bsshpass[ \t]+-p[ \t]*)\S+/g, `$1${HIDDEN}`],
  [/(\s(?:-u|--user)[ \t=][^\s:]{1,128}:)\S+/g, `$1${HIDDEN}`],
  [/(\bauthorization\\?["']?[ \t]*[:=][ \t]*\\?["']?(?:[a-z]{1,16}[ \t]+)?)[^\s"'\\]+/gi, `$1${HIDDEN}`],
  [/(\bbearer[ \t]+)[\w.~+/=-]{8,}/gi, `$1${HIDDEN}`],
  // Shapes of their own: GitHub, GitLab, Slack, AWS, JSON Web Tokens, Discord's bots, crypt(5).
  [/\b(gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-)[\w-]{10,}/g, `$1${HIDDEN}`],
  [/\b(AKIA|ASIA)[0-9A-Z]{16}\b/g, `$1${HIDDEN}`],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, `eyJ${HIDDEN}`],
  [/\b[MNO][\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}/g, HIDDEN],
  [/(\$(?:1|2[abxy]|5|6|7|y|gy)\$)[./A-Za-z0-9$=,]{8,}/g, `$1${HIDDEN}`],
];

const KEY_BEGINS = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
const KEY_ENDS = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
/** A line of a key, also behind what a journal puts in front of it. */
const KEY_LINE = /[A-Za-z0-9+/]{16,}={0,2}\s*$/;

export function maskSecrets(text: string): string {
  return RULES.reduce(
    (masked, [pattern, replacement]) => masked.replace(pattern, replacement),
    maskKeys(text),
  );
}

/** The same value with the secrets in its strings hidden; lines in a list are read as the text that they are of. */
export function maskAll<T>(value: T): T;
export function maskAll(value: unknown): unknown {
  if (typeof value === 'string') return maskSecrets(value);
  if (Array.isArray(value)) {
    const values: readonly unknown[] = value;
    return isLines(values) ? maskLines(values) : values.map((each) => maskAll(each));
  }
  if (typeof value !== 'object' || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, maskAll(each)]));
}

function isLines(values: readonly unknown[]): values is readonly string[] {
  return values.length > 1 && values.every((each) => typeof each === 'string' && !each.includes('\n'));
}

/** A private key is many lines: each alone would not be known for what it is. */
function maskLines(lines: readonly string[]): string[] {
  return maskSecrets(lines.join('\n')).split('\n');
}

/** Hides the body of each private key; of one that begins or ends outside the text, the part that is in it. */
function maskKeys(text: string): string {
  if (!text.includes('PRIVATE KEY')) return text;
  const kept: string[] = [];
  let inside = false;
  for (const line of text.split('\n')) {
    const begins = KEY_BEGINS.exec(line);
    const ends = KEY_ENDS.exec(line);
    if (begins !== null) {
      // On one line, as JSON has it, what is between goes; else all up to the end.
      const rest = ends === null || ends.index < begins.index ? '' : line.slice(ends.index);
      kept.push(`${line.slice(0, begins.index)}${begins[0]}${HIDDEN}${rest}`);
      inside = rest === '';
    } else if (ends !== null) {
      if (!inside) while (KEY_LINE.test(kept.at(-1) ?? '')) kept.pop();
      kept.push(line.slice(ends.index));
      inside = false;
    } else if (!inside) {
      kept.push(line);
    }
  }
  return kept.join('\n');
}
