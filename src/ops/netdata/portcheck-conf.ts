/**
 * The job that watches our port in Netdata's `go.d/portcheck.conf`, a YAML file: edited line by line, so that every
 * job, comment and blank of the administrator's stays as it is. What cannot be read so is refused, not guessed. Pure.
 */
import { linesOf, marked, textOf, withoutOurs } from './our-lines.ts';
import { EMPTY_JOBS, type Jobs, type Odd, readJobs } from './portcheck-jobs.ts';

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
  | {
      readonly ok: false;
      /** The line that is not read, from 1 in the file as it is. */
      readonly line: number;
      /** As it is. Foreign text. */
      readonly text: string;
      readonly why: Odd['why'];
    };

/** @param before null when there is no such file */
export function withPortcheckJob(before: string | null, wish: PortcheckWish): PortcheckEdit {
  const all = linesOf(before ?? '');
  const lines = withoutOurs(all, wish.unit);
  const found = readJobs(lines.map(withoutReturn));
  if ('odd' in found) {
    const ours = all.findIndex((text, index) => text !== lines[index]);
    const above = ours >= 0 && found.odd >= ours ? all.length - lines.length : 0;
    const text = lines[found.odd] ?? '';
    return { ok: false, line: above + found.odd + 1, text: text.trimEnd(), why: found.why };
  }
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

/** The id that go.d gives the chart of the job's port; its names are cleaned so (agent/confgroup/config.go). */
export function chartOf(job: string, port: number): string {
  const name = job.replace(/\s+|\.+|:+/g, '_');
  const type = name === '' || name === 'portcheck' ? 'portcheck' : `portcheck_${name}`;
  return `${type}.port_${port}_status`;
}

function withOurs(
  lines: readonly string[],
  { line, indent }: Jobs,
  wish: PortcheckWish,
  name: string,
): string[] {
  // A file from Windows stays one: YAML takes both ends of a line.
  const end = (lines[Math.max(0, line)] ?? '').endsWith('\r') ? '\r' : '';
  const job = [`- name: ${name}`, `  host: ${scalar(wish.host)}`, '  ports:', `    - ${wish.port}`];
  const ours = marked(wish.unit, job).map((part) => `${indent}${part}${end}`);
  if (line < 0) {
    const gap = lines.length > 0 && withoutReturn(lines.at(-1) ?? '') !== '' ? [end] : [];
    return [...lines, ...gap, `jobs:${end}`, ...ours];
  }
  // `jobs: []` has none, and takes none.
  const head = withoutReturn(lines[line] ?? '').replace(EMPTY_JOBS, '$1') + end;
  return [...lines.slice(0, line), head, ...ours, ...lines.slice(line + 1)];
}

const HOST_VALUE = /^([ -]*["']?host["']?:[ \t]+)("[^"]*"|'[^']*'|[^\s#]+)/;

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
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
