/**
 * The job that watches our port in Netdata's `go.d/portcheck.conf`, a YAML file: edited line by line, so that every
 * job, comment and blank of the administrator's stays as it is. What cannot be read so is refused, not guessed. Pure.
 */

export const PORTCHECK_FILE = 'go.d/portcheck.conf';

export interface PortcheckWish {
  /** The service's unit: names our lines in the file. */
  readonly unit: string;
  /** Where Netdata dials, as it would from the host. */
  readonly host: string;
  readonly port: number;
  /** Whether a host in the file is this very machine: its own check may then be put right. */
  readonly isThisHost: (host: string) => boolean;
}

export type PortcheckEdit =
  | {
      readonly ok: true;
      readonly text: string;
      /** The job that watches the port. */
      readonly job: string;
    }
  /** `line` is 1-based. */
  | { readonly ok: false; readonly line: number };

/** A job of the file, by its lines. */
interface Job {
  readonly first: number;
  /** The line after its last. */
  readonly end: number;
  /** `- {name: …}`: all on one line, and left alone. */
  readonly flow: boolean;
  readonly name: string;
  readonly host: string;
  /** Of the line that names the host; -1 when it does not. */
  readonly hostLine: number;
  readonly ports: readonly number[];
}

interface Jobs {
  /** Of the line `jobs:`; -1 when there is none. */
  readonly line: number;
  readonly jobs: readonly Job[];
  /** What each item begins with. */
  readonly indent: string;
}

const mark = (unit: string): { readonly open: string; readonly close: string } => ({
  open: `# >>> ${unit}: written by \`tp5-tui deploy --netdata\` >>>`,
  close: `# <<< ${unit} <<<`,
});

/** @param before null when there is no such file */
export function withPortcheckJob(before: string | null, wish: PortcheckWish): PortcheckEdit {
  const lines = withoutOurs(linesOf(before ?? ''), wish.unit);
  const found = readJobs(lines);
  if (typeof found === 'number') return { ok: false, line: found + 1 };
  const watching = found.jobs.filter((job) => job.ports.includes(wish.port));
  const theirs = watching.find((job) => sameHost(job.host, wish.host));
  if (theirs !== undefined) return { ok: true, text: textOf(lines), job: theirs.name };

  // Their check of our port at another address of this machine says "down" for ever: it is theirs put right.
  const wrong = watching.find(
    (job) => job.ports.length === 1 && !job.flow && job.hostLine >= 0 && wish.isThisHost(job.host),
  );
  if (wrong !== undefined) {
    const line = lines[wrong.hostLine] ?? '';
    const edited = line.replace(HOST_VALUE, (_, key: string) => `${key}${scalar(wish.host)}`);
    return { ok: true, text: textOf(lines.with(wrong.hostLine, edited)), job: wrong.name };
  }
  const name = freeName(wish, new Set(found.jobs.map((job) => job.name)));
  return { ok: true, text: textOf(withOurs(lines, found, wish, name)), job: name };
}

/** The name that go.d gives the job's chart of this port; other versions put words of their own before the port. */
export function chartOf(job: string, port: number): string {
  return `portcheck_${job.replaceAll('.', '_')}.port_${port}_status`;
}

function withOurs(
  lines: readonly string[],
  { line, indent }: Jobs,
  wish: PortcheckWish,
  name: string,
): string[] {
  const { open, close } = mark(wish.unit);
  const ours = [
    open,
    `- name: ${name}`,
    `  host: ${scalar(wish.host)}`,
    '  ports:',
    `    - ${wish.port}`,
    close,
  ].map((part) => `${indent}${part}`);
  if (line < 0) {
    const gap = lines.length > 0 && lines.at(-1) !== '' ? [''] : [];
    return [...lines, ...gap, 'jobs:', ...ours];
  }
  // `jobs: []` has none, and takes none.
  const head = (lines[line] ?? '').replace(EMPTY_JOBS, '$1');
  return [...lines.slice(0, line), head, ...ours, ...lines.slice(line + 1)];
}

function withoutOurs(lines: readonly string[], unit: string): string[] {
  const { open, close } = mark(unit);
  const first = lines.findIndex((line) => line.trim() === open);
  const last = lines.findIndex((line, index) => index > first && line.trim() === close);
  return first < 0 || last < 0 ? [...lines] : [...lines.slice(0, first), ...lines.slice(last + 1)];
}

const JOBS = /^jobs:[ \t]*(?:#.*)?$/;
const EMPTY_JOBS = /^(jobs:)[ \t]*(?:\[[ \t]*\]|null|~)(?=[ \t]*(?:#.*)?$)/;
const BLANK = /^[ \t]*(?:#.*)?$/;
const ITEM = /^( *)-(?:[ ]+|$)/;

/** @returns the number of the line that cannot be read */
function readJobs(lines: readonly string[]): Jobs | number {
  const line = lines.findIndex((text) => JOBS.test(text) || EMPTY_JOBS.test(text));
  const odd = lines.findIndex((text, index) => isOdd(text, index, line));
  if (odd >= 0) return odd;
  if (line < 0) return { line, jobs: [], indent: '  ' };
  const jobs: Job[] = [];
  let indent: string | null = null;
  let index = line + 1;
  while (index < lines.length) {
    const text = lines[index] ?? '';
    if (BLANK.test(text)) {
      index += 1;
      continue;
    }
    const item = ITEM.exec(text);
    if (item === null) {
      // The next key of the file; anything else is no list of jobs.
      if (/^\S/.test(text)) break;
      return index;
    }
    indent ??= item[1] ?? '';
    if (item[1] !== indent) return index;
    const end = endOfItem(lines, index, indent);
    const job = readJob(lines, index, end);
    if (job === null) return index;
    jobs.push(job);
    index = end;
  }
  return { line, jobs, indent: indent ?? '  ' };
}

/** What we do not read: tabs to indent, a second document, `jobs` in another form, a file that is all one mapping. */
function isOdd(text: string, index: number, jobs: number): boolean {
  if (BLANK.test(text)) return false;
  if (/^ *\t/.test(text) || /^[{[%&*!]/.test(text) || text.startsWith('...')) return true;
  if (text.startsWith('---')) return jobs >= 0 && index > jobs;
  return /^["']?jobs["']?[ \t]*:/.test(text) && index !== jobs;
}

function endOfItem(lines: readonly string[], first: number, indent: string): number {
  const next = lines.findIndex((text, index) => {
    if (index <= first || BLANK.test(text)) return false;
    const at = /^ */.exec(text)?.[0].length ?? 0;
    return at <= indent.length;
  });
  let end = next < 0 ? lines.length : next;
  // Blanks and comments before the next job are not this one's.
  while (end > first + 1 && BLANK.test(lines[end - 1] ?? '')) end -= 1;
  return end;
}

const KEY = /^( *)([A-Za-z_]+):(?:[ \t]+(.*))?$/;
const HOST_VALUE = /^([ -]*host:[ \t]+)("[^"]*"|'[^']*'|[^\s#]+)/;

/** null for an item that is no job of a form we know. */
function readJob(lines: readonly string[], first: number, end: number): Job | null {
  const start = (lines[first] ?? '').replace(ITEM, (dash) => ' '.repeat(dash.length));
  if (/^ *\{/.test(start)) return flowJob(start, first, end);
  const body = [start, ...lines.slice(first + 1, end)];
  const column = KEY.exec(start)?.[1]?.length;
  if (column === undefined) return null;
  let name = '';
  let host = '';
  let hostLine = -1;
  const ports: number[] = [];
  let key = '';
  for (const [offset, line] of body.entries()) {
    if (BLANK.test(line)) continue;
    const match = KEY.exec(line);
    if (match !== null && match[1]?.length === column) {
      key = match[2] ?? '';
      const value = plain(match[3] ?? '');
      if (key === 'name') name = value;
      if (key === 'host') [host, hostLine] = [value, first + offset];
      if (key === 'ports') ports.push(...numbersIn(value));
    } else if (key === 'ports') {
      ports.push(...numbersIn(plain(line.trim().replace(/^-[ ]*/, ''))));
    }
  }
  return { first, end, flow: false, name, host, hostLine, ports };
}

function flowJob(text: string, first: number, end: number): Job {
  const value = (key: string): string => plain(new RegExp(`\\b${key}:[ ]*([^,}]+)`).exec(text)?.[1] ?? '');
  const ports = numbersIn(/\bports:[ ]*\[([^\]]*)\]/.exec(text)?.[1] ?? '');
  return { first, end, flow: true, name: value('name'), host: value('host'), hostLine: -1, ports };
}

function numbersIn(text: string): number[] {
  return (text.match(/\b\d+\b/g) ?? []).map(Number);
}

/** A scalar without its quotes, or its comment. */
function plain(text: string): string {
  const quoted = /^\s*(?:"([^"]*)"|'([^']*)')/.exec(text);
  return quoted?.[1] ?? quoted?.[2] ?? text.replace(/(?:^|\s)#.*$/, '').trim();
}

/** An IPv6 address stands in brackets, and brackets in quotes (portcheck's own documentation). */
function scalar(host: string): string {
  return host.includes(':') ? `"[${host}]"` : host;
}

function sameHost(one: string, other: string): boolean {
  const bare = (host: string): string => host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return bare(one) === bare(other);
}

/** What the unit is called, as go.d and the names of charts take it. */
function freeName({ unit, port }: PortcheckWish, taken: ReadonlySet<string>): string {
  const stem = unit.replace(/\.[a-z]+$/, '').replace(/[^A-Za-z0-9_-]+/g, '_');
  const names = [stem, `${stem}_${port}`];
  for (let count = 2; ; count += 1) {
    const free = names.find((name) => !taken.has(name));
    if (free !== undefined) return free;
    names.push(`${stem}_${port}_${count}`);
  }
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function textOf(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
