/** What keeps Netdata from being set up, found before anything is changed. */
import { describe, expect, it } from 'vitest';
import { ADDRESS, FRESH, NOTIFY, problem, type Scene, survey, written } from '../../support/netdata-scene.ts';

describe('the plan for Netdata', () => {
  it.each([
    [
      'absent',
      { unit: { LoadState: 'not-found' } },
      { problem: 'absent', family: 'dnf', system: 'Rocky Linux 9.4' },
    ],
    ['masked', { unit: { LoadState: 'masked' } }, { problem: 'masked' }],
    ['somewhere else', { files: {} }, { problem: 'no-config-folder' }],
    [
      'with jobs that are not read',
      { files: { ...FRESH, '/etc/netdata/go.d': null, '/etc/netdata/go.d/portcheck.conf': 'jobs: {}\n' } },
      {
        problem: 'cannot-edit',
        path: '/etc/netdata/go.d/portcheck.conf',
        line: 1,
        text: 'jobs: {}',
        why: 'form',
      },
    ],
    [
      'with jobs that are a link',
      { files: { ...FRESH, '/etc/netdata/go.d/portcheck.conf': '-> /srv/conf/portcheck.conf' } },
      { problem: 'link', path: '/etc/netdata/go.d/portcheck.conf', target: '/srv/conf/portcheck.conf' },
    ],
    [
      'with notifications that are a link',
      { files: { ...FRESH, [NOTIFY]: '-> ../notify.conf' } },
      { problem: 'link', path: NOTIFY, target: '../notify.conf' },
    ],
    [
      'with notifications from Windows',
      { files: { ...FRESH, [NOTIFY]: 'SEND_DISCORD="YES"\r\nDISCORD_WEBHOOK_URL=""\r\n' } },
      { problem: 'carriage-returns', path: NOTIFY },
    ],
    [
      'that answers somewhere else',
      {
        files: { ...FRESH, '/etc/netdata/netdata.conf': '[web]\n\tbind to = 10.5.1.2:8080\n' },
        netdata: { version: null },
      },
      {
        problem: 'silent',
        port: 19999,
        detail: 'Connection refused',
        path: '/etc/netdata/netdata.conf',
        settings: ['[web] bind to = 10.5.1.2:8080'],
      },
    ],
    [
      'without the collector, and with no chart of the port',
      {
        files: { '/etc/netdata': null },
        netdata: { charts: { 'portcheck_ssh.port_22_status': '127.0.0.1' } },
      },
      { problem: 'no-collector', family: 'dnf' },
    ],
  ])('is none for a Netdata that is %s', async (_, scene: Scene, failure) => {
    expect(await problem(scene)).toMatchObject({ code: 'netdata', failure });
  });

  it('is none with several webhooks in one, unless one is given', async () => {
    const files = { ...FRESH, [NOTIFY]: `DISCORD_WEBHOOK_URL="${ADDRESS} ${ADDRESS}x"\n` };
    await expect(survey({ files }, { webhook: null })).rejects.toMatchObject({
      problem: { failure: { problem: 'several-webhooks', path: NOTIFY } },
    });
    const { steps } = await survey({ files });
    expect(Buffer.from(written(steps, NOTIFY).content).toString()).toContain(
      `DISCORD_WEBHOOK_URL="${ADDRESS}"\n`,
    );
  });
});
