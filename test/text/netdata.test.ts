/** Whatever keeps Netdata from being set up is said with what to do about it, in both languages. */
import { describe, expect, it } from 'vitest';
import type { NetdataFailure } from '../../src/ops/netdata/problem.ts';
import { en } from '../../src/text/en.ts';
import { fr } from '../../src/text/fr.ts';

const CHART = 'portcheck_calculatrice.port_13337_status';
const path = '/etc/netdata/netdata.conf';
const JOBS = '/etc/netdata/go.d/portcheck.conf';
const NOTIFY = '/etc/netdata/health_alarm_notify.conf';

/** Each with what its sentence must hold for somebody to go on: a command, a file, an option. */
const FAILURES: readonly (readonly [NetdataFailure, readonly (RegExp | string)[]])[] = [
  [
    { problem: 'absent', family: 'dnf', system: 'Rocky Linux 9.4' },
    ['dnf install netdata', 'Rocky Linux 9.4'],
  ],
  [{ problem: 'masked' }, ['sudo systemctl unmask netdata']],
  [{ problem: 'no-config-folder', looked: ['/etc/netdata'] }, ['/etc/netdata']],
  [{ problem: 'no-collector', family: 'apt' }, ['kickstart.sh']],
  [
    { problem: 'cannot-edit', path: JOBS, line: 3, text: '   host: b', why: 'form' },
    [JOBS, '3', 'host: b', '- name: …'],
  ],
  [
    { problem: 'cannot-edit', path: JOBS, line: 2, text: '\t- name: a', why: 'tab' },
    [JOBS, '2', /spaces|espaces/],
  ],
  [{ problem: 'link', path: JOBS, target: '/srv/pc' }, ['/srv/pc', `sudo cp --remove-destination`]],
  [{ problem: 'carriage-returns', path: NOTIFY }, [`sudo sed -i 's/\\r$//' ${NOTIFY}`]],
  [{ problem: 'several-webhooks', path: NOTIFY }, [NOTIFY, '--webhook-file']],
  [
    {
      problem: 'silent',
      port: 19999,
      detail: 'Connection refused',
      path,
      settings: ['[web] bind to = 10.5.1.2'],
    },
    ['127.0.0.1:19999', '[web] bind to = 10.5.1.2', path, 'sudo systemctl restart netdata'],
  ],
  [
    { problem: 'silent', port: 19999, detail: 'Connection refused', path, settings: [] },
    ['Connection refused', 'sudo systemctl status netdata', 'journalctl -u netdata'],
  ],
  [{ problem: 'no-chart', job: 'calc', port: 13337, collector: true }, ['calc', 'journalctl -u netdata']],
  [{ problem: 'no-chart', job: 'calc', port: 13337, collector: false }, ['kickstart.sh']],
  [
    { problem: 'alarm-not-loaded', chart: CHART, alarm: 'tp5_port_down', path, settings: [] },
    ['tp5_port_down', '/var/log/netdata/error.log'],
  ],
  [
    {
      problem: 'alarm-not-loaded',
      chart: CHART,
      alarm: 'tp5_port_down',
      path,
      settings: ['[health] enabled = no'],
    },
    ['[health] enabled = no', path],
  ],
  [{ problem: 'discord-unread', path: NOTIFY, detail: 'SEND_DISCORD=NO' }, [NOTIFY, 'SEND_DISCORD=NO']],
];

describe.each([
  ['English', en],
  ['French', fr],
] as const)('in %s', (_, text) => {
  it.each(FAILURES)('%j is told with what to do', (failure, parts) => {
    const sentence = text.netdata.failure(failure);
    for (const part of parts) expect(sentence).toMatch(part instanceof RegExp ? part : literally(part));
  });

  it('takes no foreign text for its own', () => {
    const sentence = text.netdata.failure({
      problem: 'silent',
      port: 19999,
      detail: '',
      path,
      settings: ['[web] bind to = \u001b]0;x\u0007'],
    });
    expect(sentence).not.toContain('\u001b');
  });

  it('says that Discord was off', () => {
    expect(text.netdata.note({ code: 'discord-was-off', path: NOTIFY })).toContain(NOTIFY);
  });
});

function literally(part: string): RegExp {
  return new RegExp(part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
}
