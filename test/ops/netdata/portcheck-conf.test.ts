/** The job in go.d/portcheck.conf: ours added, put right or left out, and everything else as it was. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chartOf, type PortcheckWish, withPortcheckJob } from '../../../src/ops/netdata/portcheck-conf.ts';

const WISH: PortcheckWish = {
  unit: 'calculatrice.service',
  host: '10.5.1.2',
  port: 13337,
  isThisHost: (host) => ['127.0.0.1', 'localhost', '10.5.1.2', '10.33.64.2'].includes(host),
};

const OURS = (indent = '  ', name = 'calculatrice'): string =>
  [
    '# >>> calculatrice.service: written by `tp5-tui deploy --netdata` >>>',
    `- name: ${name}`,
    '  host: 10.5.1.2',
    '  ports:',
    '    - 13337',
    '# <<< calculatrice.service <<<',
  ]
    .map((line) => `${indent}${line}\n`)
    .join('');

function edited(before: string | null, wish = WISH): { text: string; job: string } {
  const edit = withPortcheckJob(before, wish);
  if (!edit.ok) throw new Error(`refused at line ${edit.line}`);
  return edit;
}

describe('the job in portcheck.conf', () => {
  it('is all there is where there was no file', () => {
    expect(edited(null)).toEqual({ ok: true, job: 'calculatrice', text: `jobs:\n${OURS()}` });
    expect(edited('')).toEqual(edited(null));
  });

  it('goes behind the comments of a file that has no jobs yet', () => {
    const stock = '## All available options: https://…\n#jobs:\n#  - name: server1\n#    host: 127.0.0.1\n';
    expect(edited(stock).text).toBe(`${stock}\njobs:\n${OURS()}`);
  });

  it.each([
    ['jobs: []  # none yet\n', `jobs:  # none yet\n${OURS()}`],
    ['jobs:\nupdate_every: 10\n', `jobs:\n${OURS()}update_every: 10\n`],
    ['jobs: null\n', `jobs:\n${OURS()}`],
  ])('goes into an empty list: %j', (before, after) => {
    expect(edited(before).text).toBe(after);
  });

  it.each([
    [
      'two',
      '  ',
      'update_every: 5\njobs:\n',
      '  - name: web\n    host: 10.0.0.9\n    ports: [80, 443] # both\n',
    ],
    ['none', '', 'jobs:\n', '- name: web\n  host: 10.0.0.9\n  ports:\n  - 80\n  # was 8080\n  - 443\n'],
    [
      'four',
      '    ',
      '---\njobs: # all\n',
      '    -   name: web\n        host: "10.0.0.9"\n        ports:\n            - 80\n',
    ],
    ['in flow', '  ', 'jobs:\n', '  - {name: web, host: 10.0.0.9, ports: [80]}\n'],
  ])('stands among the others as they do, indented by %s', (_, indent, head, jobs) => {
    const { text, job } = edited(head + jobs);
    expect(text).toBe(head + OURS(indent) + jobs);
    expect(job).toBe('calculatrice');
    expect(edited(text).text).toBe(text);
  });

  it('is not needed where somebody has the very check', () => {
    const before = 'jobs:\n  - name: calc\n    ports:\n      - 22\n      - 13337\n    host: 10.5.1.2\n';
    expect(edited(before)).toEqual({ ok: true, text: before, job: 'calc' });
  });

  it('puts a check of our port right that dials another address of this machine', () => {
    const before =
      'jobs:\n  - name: calc\n    host: "127.0.0.1"  # here\n    ports: [13337]\n  - name: b\n    host: x\n    ports: [1]\n';
    const { text, job } = edited(before);
    expect(text).toBe(before.replace('"127.0.0.1"', '10.5.1.2'));
    expect(job).toBe('calc');
  });

  it('leaves alone a check of the same port on another machine, and takes a name of its own', () => {
    const before = 'jobs:\n  - name: calculatrice\n    host: 10.0.0.9\n    ports: [13337]\n';
    const { text, job } = edited(before);
    expect(job).toBe('calculatrice_13337');
    expect(text).toBe(before.replace('jobs:\n', `jobs:\n${OURS('  ', 'calculatrice_13337')}`));
  });

  it('follows the service to another address and port', () => {
    const { text } = edited(edited('jobs:\n  - name: b\n    host: x\n    ports: [1]\n').text, {
      ...WISH,
      host: '2001:db8::2',
      port: 8000,
    });
    expect(text).toContain('    host: "[2001:db8::2]"\n');
    expect(text).not.toContain('13337');
    expect(text.match(/>>>$/gm)).toHaveLength(1);
  });

  it('has lines for each unit', () => {
    const other = { ...WISH, unit: 'other@1.service', port: 8000 };
    const { text, job } = edited(edited(null).text, other);
    expect(job).toBe('other_1');
    expect(edited(text).text).toContain('- name: other_1\n');
    expect(text).toContain('- name: calculatrice\n');
  });

  it.each([
    ['jobs: [{name: a}]\n', 1],
    ['jobs:\n\t- name: a\n', 2],
    ['jobs: &anchor\n  - name: a\n', 1],
    ['{jobs: []}\n', 1],
    ['jobs:\n  - name: a\n---\njobs:\n', 3],
    ['jobs:\n  first:\n    name: a\n', 2],
    ['jobs:\n  - *alias\n', 2],
    ['jobs:\n  - name: a\njobs:\n  - name: b\n', 3],
  ])('is refused where the file is not read as it would have to be: %j', (before, line) => {
    expect(withPortcheckJob(before, WISH)).toMatchObject({ ok: false, line });
  });

  it.each([
    ['an indent that is neither here nor there', 'jobs:\n  - name: a\n   host: b\n', 3],
    ['a key that goes deeper than its value allows', 'jobs:\n  - name: a\n      host: b\n', 3],
    ['a key without its space', 'jobs:\n  - name: a\n    host:b\n    ports: [1]\n', 3],
    ['a key without its colon', 'jobs:\n  - name: a\n    host b\n', 3],
    ['a quote that is left open', 'jobs:\n  - name: "a\n    host: b\n', 2],
    ['a bracket that is left open', 'jobs:\n  - name: a\n    ports: [80, 443\n    host: b\n', 3],
    ['a brace that is left open', 'jobs:\n  - {name: a, ports: [80]\n', 2],
    ['two keys on one line', 'jobs:\n  - name: a host: b\n', 2],
    ['a line that is no key', 'jobs:\n  - name: a\nhello there\n', 3],
    ['what is broken before the jobs', 'update_every 5\njobs:\n', 1],
  ])('is refused where Netdata would read nothing of the file: %s', (_, before, line) => {
    const text = before.split('\n')[line - 1];
    expect(withPortcheckJob(before, WISH)).toEqual({ ok: false, line, text, why: 'form' });
  });

  it('names the line as it is in the file, below our own too, and says when it is a tab', () => {
    const before = `jobs:\n${OURS()}  - name: a\n\thost: b\n`;
    const line = before.split('\n').indexOf('\thost: b') + 1;
    expect(withPortcheckJob(before, WISH)).toEqual({ ok: false, line, text: '\thost: b', why: 'tab' });
  });

  it('keeps the ends of the lines of a file from Windows', () => {
    const windows = (text: string): string => text.replaceAll('\n', '\r\n');
    const before = windows('# all\njobs:\n  - name: web\n    host: 10.0.0.9\n    ports:\n      - 80\n');
    const { text } = edited(before);
    expect(text).toBe(before.replace('jobs:\r\n', `jobs:\r\n${windows(OURS())}`));
    expect(edited(text).text).toBe(text);
    expect(edited(windows('jobs: []  # none\n')).text).toBe(windows(`jobs:  # none\n${OURS()}`));
    expect(edited(windows('# none\n')).text).toBe(windows(`# none\n\njobs:\n${OURS()}`));
    const wrong = windows('jobs:\n  - name: calc\n    host: 127.0.0.1\n    ports: [13337]\n');
    expect(edited(wrong).text).toBe(wrong.replace('127.0.0.1', '10.5.1.2'));
  });

  it('takes a name of its own beside a job of that name with another port', () => {
    const before = 'jobs:\n  - name: calculatrice\n    host: 10.5.1.2\n    ports: [22]\n';
    expect(edited(before)).toMatchObject({
      job: 'calculatrice_13337',
      text: before.replace('jobs:\n', `jobs:\n${OURS('  ', 'calculatrice_13337')}`),
    });
  });

  it('reads the keys that others write in quotes, or with more to them', () => {
    const before =
      'jobs:\n  - "name": calc\n    timeout: 2\n    labels:\n      a-b: "c"\n    "host": 10.5.1.2\n    ports:\n    - 13337\n';
    expect(edited(before)).toEqual({ ok: true, text: before, job: 'calc' });
  });

  it('never loses a line of the administrator’s, and is the same written twice', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
    const job = fc.record({
      name,
      host: fc.constantFrom('10.0.0.9', '"10.0.0.8"', 'example.org # far'),
      ports: fc.array(fc.integer({ min: 1, max: 65535 }), { minLength: 1, maxLength: 3 }),
      flow: fc.boolean(),
      comment: fc.constantFrom('', '\n', '    # note\n'),
    });
    const indent = fc.constantFrom('', '  ', '    ');
    fc.assert(
      fc.property(fc.array(job, { maxLength: 4 }), indent, fc.boolean(), (jobs, dent, more) => {
        const before = [
          '# head\njobs:\n',
          ...jobs.map(({ name, host, ports, flow, comment }) => {
            const list = flow
              ? ` [${ports.join(', ')}]`
              : `\n${ports.map((port) => `${dent}  - ${port}`).join('\n')}`;
            return `${dent}- name: ${name}\n${comment}${dent}  host: ${host}\n${dent}  ports:${list}\n`;
          }),
          more ? '\n# tail\nupdate_every: 7\n' : '',
        ].join('');
        const { text } = edited(before);
        expect(edited(text).text).toBe(text);
        const kept = before.split('\n');
        const rest = text.split('\n');
        // Every line is there still, in the same order.
        for (const line of kept) {
          const at = rest.indexOf(line);
          expect(at).toBeGreaterThanOrEqual(0);
          rest.splice(0, at + 1);
        }
        expect(text).toContain('    - 13337\n');
      }),
    );
  });

  it('makes the chart that go.d would', () => {
    expect(chartOf('calculatrice', 13337)).toBe('portcheck_calculatrice.port_13337_status');
    expect(chartOf('a.b', 80)).toBe('portcheck_a_b.port_80_status');
    // A job without a name has its collector's.
    expect(chartOf('', 80)).toBe('portcheck.port_80_status');
    expect(chartOf('portcheck', 80)).toBe('portcheck.port_80_status');
  });
});
