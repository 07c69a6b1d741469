/**
 * The jobs of Netdata's `go.d/portcheck.conf` by their lines. Not all of YAML: what may be read otherwise than here, or
 * not at all, is odd, and the whole file is then left alone. Pure.
 */

/** A job of the file, by its lines. */
export interface Job {
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

export interface Jobs {
  /** Of the line `jobs:`; -1 when there is none. */
  readonly line: number;
  readonly jobs: readonly Job[];
  /** What each item begins with. */
  readonly indent: string;
}

/** A line that is not read, from 0. `tab`: YAML itself forbids it; `form`: broken, or of a form that we do not know. */
export interface Odd {
  readonly odd: number;
  readonly why: 'tab' | 'form';
}

export const EMPTY_JOBS = /^(jobs:)[ \t]*(?:\[[ \t]*\]|null|~)(?=[ \t]*(?:#.*)?$)/;
const JOBS = /^jobs:[ \t]*(?:#.*)?$/;
const BLANK = /^[ \t]*(?:#.*)?$/;
const ITEM = /^( *)-(?:[ ]+|$)/;
const KEY = /^( *)(?:"([^"]+)"|'([^']+)'|([\w.-]+)):(?:[ \t]+(.*))?$/;

/** @param lines without their ends */
export function readJobs(lines: readonly string[]): Jobs | Odd {
  const line = lines.findIndex((text) => JOBS.test(text) || EMPTY_JOBS.test(text));
  for (const [index, text] of lines.entries()) {
    const why = whyOdd(text, index, line);
    if (why !== null) return { odd: index, why };
  }
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
      return { odd: index, why: 'form' };
    }
    indent ??= item[1] ?? '';
    if (item[1] !== indent) return { odd: index, why: 'form' };
    const end = endOfItem(lines, index, indent);
    const job = readJob(lines, index, end);
    if ('odd' in job) return job;
    jobs.push(job);
    index = end;
  }
  return { line, jobs, indent: indent ?? '  ' };
}

/** What we do not read: tabs to indent, a second document, `jobs` in another form, a file that is all one mapping. */
function whyOdd(text: string, index: number, jobs: number): Odd['why'] | null {
  if (BLANK.test(text)) return null;
  if (/^ *\t/.test(text)) return 'tab';
  if (/^[{[%&*!]/.test(text) || text.startsWith('...')) return 'form';
  if (text.startsWith('---')) return jobs >= 0 && index > jobs ? 'form' : null;
  if (/^["']?jobs["']?[ \t]*:/.test(text) && index !== jobs) return 'form';
  // At the margin there are keys, and the items of a list that is not indented.
  return /^\S/.test(text) && !KEY.test(text) && !ITEM.test(text) ? 'form' : null;
}

function endOfItem(lines: readonly string[], first: number, indent: string): number {
  const next = lines.findIndex((text, index) => {
    if (index <= first || BLANK.test(text)) return false;
    return widthOf(text) <= indent.length;
  });
  let end = next < 0 ? lines.length : next;
  // Blanks and comments before the next job are not this one's.
  while (end > first + 1 && BLANK.test(lines[end - 1] ?? '')) end -= 1;
  return end;
}

/** An item that is no job of a form we know is odd, at the line where it stops being one. */
function readJob(lines: readonly string[], first: number, end: number): Job | Odd {
  const start = (lines[first] ?? '').replace(ITEM, (dash) => ' '.repeat(dash.length));
  if (/^ *\{/.test(start)) {
    return /\}[ \t]*(?:#.*)?$/.test(start) && end === first + 1
      ? flowJob(start, first, end)
      : { odd: first, why: 'form' };
  }
  const body = [start, ...lines.slice(first + 1, end)];
  const column = KEY.exec(start)?.[1]?.length;
  if (column === undefined) return { odd: first, why: 'form' };
  let name = '';
  let host = '';
  let hostLine = -1;
  const ports: number[] = [];
  let key = '';
  let value = '';
  for (const [offset, line] of body.entries()) {
    if (BLANK.test(line)) continue;
    const match = KEY.exec(line);
    if (match !== null && match[1]?.length === column) {
      key = match[2] ?? match[3] ?? match[4] ?? '';
      value = match[5] ?? '';
      if (isTorn(value)) return { odd: first + offset, why: 'form' };
      if (key === 'name') name = plain(value);
      if (key === 'host') [host, hostLine] = [plain(value), first + offset];
      if (key === 'ports') ports.push(...numbersIn(plain(value)));
    } else if (!belongs(line, column, value)) {
      return { odd: first + offset, why: 'form' };
    } else if (key === 'ports') {
      ports.push(...numbersIn(plain(line.trim().replace(/^-[ ]*/, ''))));
    }
  }
  return { first, end, flow: false, name, host, hostLine, ports };
}

/** Whether a line can be part of the value that a key began with `value`: only of one that has none on its own line. */
function belongs(line: string, column: number, value: string): boolean {
  const isOpen = BLANK.test(value) || /^[|>&]/.test(value);
  return isOpen && (widthOf(line) > column || (widthOf(line) === column && ITEM.test(line)));
}

/** A quote or a bracket that is not closed on its own line: broken, or a value of many lines. */
function isTorn(value: string): boolean {
  if (value.startsWith('"')) return !/^"(?:[^"\\]|\\.)*"[ \t]*(?:#.*)?$/.test(value);
  if (value.startsWith("'")) return !/^'(?:[^']|'')*'[ \t]*(?:#.*)?$/.test(value);
  if (value.startsWith('[')) return !/^\[[^\]]*\][ \t]*(?:#.*)?$/.test(value);
  if (value.startsWith('{')) return !/^\{[^}]*\}[ \t]*(?:#.*)?$/.test(value);
  // `name: a: b` is no mapping's value.
  return /:(?:[ \t]|$)/.test(value.replace(/(?:^|[ \t])#.*$/, ''));
}

function flowJob(text: string, first: number, end: number): Job {
  const value = (key: string): string => plain(new RegExp(`\\b${key}:[ ]*([^,}]+)`).exec(text)?.[1] ?? '');
  const ports = numbersIn(/\bports:[ ]*\[([^\]]*)\]/.exec(text)?.[1] ?? '');
  return { first, end, flow: true, name: value('name'), host: value('host'), hostLine: -1, ports };
}

function widthOf(line: string): number {
  return /^ */.exec(line)?.[0].length ?? 0;
}

function numbersIn(text: string): number[] {
  return (text.match(/\b\d+\b/g) ?? []).map(Number);
}

/** A scalar without its quotes, or its comment. */
function plain(text: string): string {
  const quoted = /^\s*(?:"([^"]*)"|'([^']*)')/.exec(text);
  return quoted?.[1] ?? quoted?.[2] ?? text.replace(/(?:^|\s)#.*$/, '').trim();
}
