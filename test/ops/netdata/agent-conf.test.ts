/** What Netdata's own settings say of where it listens and whether it has alarms. */
import { expect, it } from 'vitest';
import { alarmSettings, apiSettings, mayListenOnLoopback } from '../../../src/ops/netdata/agent-conf.ts';

const DEBIAN = `# NetData Configuration
[global]
	run as user = netdata
	web files owner = root
	# Netdata is not designed to be exposed to potentially hostile
	bind socket to IP = 127.0.0.1
`;

it.each([
  ['Debian’s own', DEBIAN, ['[global] bind socket to IP = 127.0.0.1']],
  ['nothing that is set', '[web]\n    # bind to = *\n    # mode = static-threaded\n', []],
  [
    'all of it',
    '[web]\nmode=none\n  bind to = 10.5.1.2:8080=dashboard unix:/run/netdata.sock  \r\n\tdefault port = 8080\n',
    [
      '[web] mode = none',
      '[web] bind to = 10.5.1.2:8080=dashboard unix:/run/netdata.sock',
      '[web] default port = 8080',
    ],
  ],
  ['what is said in another section', '[registry]\n  bind to = x\n[web]\n[db]\n mode = ram\n', []],
  ['whom it answers', '[web]\n allow connections from = 10.*\n', ['[web] allow connections from = 10.*']],
  ['no settings at all', 'hello', []],
])('tells of the API: %s', (_, text, settings) => {
  expect(apiSettings(text)).toEqual(settings);
});

it('tells of the alarms', () => {
  expect(
    alarmSettings('[health]\n\tenabled = no\n\tenabled alarms = !tp5_* *\n\trun at least every = 10\n'),
  ).toEqual(['[health] enabled = no', '[health] enabled alarms = !tp5_* *']);
});

it.each([
  ['', true],
  ['[web]\nbind to = *\n', true],
  ['[web]\nbind to = localhost\n', true],
  ['[web]\nbind to = 127.0.0.1=dashboard|registry 10.5.1.2:8080\n', true],
  ['[web]\nbind to = [::]:19999\n', true],
  ['[web]\nbind to = unix:/run/netdata.sock tcp:127.0.0.1:19999\n', true],
  ['[web]\nbind to = 10.5.1.2\n', false],
  ['[web]\nbind to = 10.5.1.2:19999 127.0.0.1:8080\n', false],
  ['[web]\nbind to = [::1]:19999\n', false],
  ['[web]\nbind to = unix:/run/netdata.sock\n', false],
  ['[web]\ndefault port = 8080\n', false],
  ['[web]\ndefault port = 8080\nbind to = *:19999 *\n', true],
  ['[web]\nmode = none\n', false],
  ['[global]\nbind socket to IP = 127.0.0.1\n', true],
  ['[global]\nbind socket to IP = 10.5.1.2\n', false],
  ['[global]\nbind socket to IP = 10.5.1.2\n[web]\nbind to = *\n', true],
])('tells whether it can answer on 127.0.0.1:19999: %j', (text, may) => {
  expect(mayListenOnLoopback(apiSettings(text), 19999)).toBe(may);
});
