/** Every parser of bytes that others wrote, with samples of what it really meets. */
import { readFileSync } from 'node:fs';
import { parse as parseCalculation } from '../../src/calc/grammar.ts';
import { BadSettings, parseSettings } from '../../src/cli/settings.ts';
import * as zoneText from '../../src/ops/checks/firewall-zone-text.ts';
import { parseListing } from '../../src/ops/checks/listing.ts';
import * as python from '../../src/ops/checks/python-source.ts';
import { parseSockets } from '../../src/ops/checks/sockets.ts';
import * as sshd from '../../src/ops/checks/sshd.ts';
import { parseTimeSpan } from '../../src/ops/checks/time-span.ts';
import * as unitFile from '../../src/ops/checks/unit-file.ts';
import { parseLook } from '../../src/ops/deploy/look.ts';
import { readUnit } from '../../src/ops/deploy/unit-file.ts';
import { readWebhook } from '../../src/ops/discord/webhook.ts';
import { parseAddresses } from '../../src/ops/linux/addresses.ts';
import { LINE_LIMITS } from '../../src/ops/linux/journal-command.ts';
import { parseEntry } from '../../src/ops/linux/journal-entry.ts';
import { createLineSplitter } from '../../src/ops/linux/journal-line.ts';
import { salvageFields } from '../../src/ops/linux/journal-salvage.ts';
import { parseProcTcp } from '../../src/ops/linux/proc-tcp.ts';
import { parseSs } from '../../src/ops/linux/ss.ts';
import { serviceFacts } from '../../src/ops/linux/unit-facts.ts';
import { parseActiveZones, parseZone } from '../../src/ops/linux/zone-settings.ts';
import * as agentConf from '../../src/ops/netdata/agent-conf.ts';
import * as netdata from '../../src/ops/netdata/answers.ts';
import * as notifyConf from '../../src/ops/netdata/notify-conf.ts';
import * as observations from '../../src/ops/netdata/observations.ts';
import { withPortcheckJob } from '../../src/ops/netdata/portcheck-conf.ts';
import { createOwnPorts } from '../../src/ops/probe/ports.ts';
import { createServerLog } from '../../src/ops/probe/server-log.ts';
import { decryptKey } from '../../src/ops/transport/key-files.ts';
import * as knownHosts from '../../src/ops/transport/known-hosts.ts';
import { judgeStanding, readStanding } from '../../src/ops/transport/privilege.ts';
import { parseSshConfig } from '../../src/ops/transport/ssh-config.ts';
import { asMemory } from '../../src/ops/watch/memory.ts';
import { asRecord } from '../../src/ops/watch/record.ts';
import { createReplyFilter } from '../../src/ui/input/reply-filter.ts';

export interface FuzzedParser {
  readonly name: string;
  /** What it really meets, from which most inputs are made. */
  readonly samples: readonly string[];
  /** Reads the bytes, one character each. Returns all that came of them. */
  read(bytes: string): unknown;
  /** What it throws of what it cannot read; nothing else may come out of it. @default nothing at all */
  readonly throws?: (error: unknown) => boolean;
}

const PORT = 13337;
const UNIT = 'calculatrice.service';

const fixture = (path: string): string =>
  readFileSync(new URL(`../fixtures/${path}`, import.meta.url), 'latin1');
const text = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');

/** JSON as D-Bus and remembered files give it: any value of any type at any place. */
function json(bytes: string): unknown {
  try {
    return JSON.parse(text(bytes));
  } catch {
    return text(bytes);
  }
}

const properties = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : { Id: value };

const clock = { now: () => 0, wall: () => 0, sleep: async () => {} };

const journalSamples = ['journal/calculatrice.json', 'journal/odd.json'].map(fixture);
const unitSamples = ['checks/rocky/calculatrice.service', 'checks/prepared/calculatrice.service'].map(
  fixture,
);
const netdataSamples = [
  ...['alarms', 'alarms-stock', 'charts', 'data', 'info'].map((name) => fixture(`checks/lab/${name}.json`)),
  ...['alarms-raised', 'context', 'data'].map((name) => fixture(`netdata/${name}.json`)),
];
const notifySample = fixture('checks/prepared/health_alarm_notify.conf');

const surroundings = {
  home: '/home/me',
  env: {},
  platform: 'linux',
  localUser: 'me',
  typedHost: 'hosting',
} as const;

const KNOWN_KEY = 'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
const KNOWN_LINES = [
  `[10.5.1.2]:22 ssh-ed25519 ${KNOWN_KEY} a comment`,
  `|1|AAAAAAAAAAAAAAAAAAAAAAAAAAA=|AAAAAAAAAAAAAAAAAAAAAAAAAAA= ssh-ed25519 ${KNOWN_KEY}`,
  `@cert-authority *.b1,!x.b1 ssh-ed25519 ${KNOWN_KEY}`,
  `@revoked * ssh-ed25519 ${KNOWN_KEY}`,
].join('\n');

export const PARSERS: readonly FuzzedParser[] = [
  {
    name: 'journal',
    samples: journalSamples,
    read(bytes) {
      const splitter = createLineSplitter(LINE_LIMITS);
      const whole = Buffer.from(bytes, 'latin1');
      const cut = whole.length >> 1;
      return [whole.subarray(0, cut), whole.subarray(cut), Buffer.from('\n')].flatMap((chunk) =>
        splitter.push(chunk).map(parseEntry),
      );
    },
  },
  {
    name: 'journal, a line with a hole',
    samples: journalSamples,
    read: (bytes) => {
      const whole = Buffer.from(bytes, 'latin1');
      const cut = whole.length >> 1;
      return salvageFields(whole.subarray(0, cut), whole.subarray(cut));
    },
  },
  {
    name: 'D-Bus properties of a unit',
    samples: [
      '{"Id":"a.service","ActiveState":"active","SubState":"running","MainPID":3,"DropInPaths":["/a"],"TriggeredBy":["a.socket"],"InvocationID":[1,2],"StateChangeTimestampMonotonic":1,"StateChangeTimestamp":2,"Restart":"on-failure","RestartUSec":30000000,"ExecMainCode":2,"ExecMainStatus":9,"NRestarts":1,"MemoryCurrent":18446744073709551615,"CPUUsageNSec":1,"NeedDaemonReload":false}',
    ],
    read(bytes) {
      const values = properties(json(bytes));
      const time = { toMono: (us: number) => (us > 0 ? us : null) };
      return [serviceFacts(UNIT, values, values, time), serviceFacts(UNIT, values, {}, time)];
    },
  },
  {
    name: 'D-Bus settings of a zone',
    samples: [
      '{"target":"default","services":["ssh"],"ports":[["13337","tcp"],["6000-6010","udp"]],"interfaces":["eth0"]}',
      '{"public":{"interfaces":["eth0"]},"trusted":{"sources":["10.0.0.0/8"]}}',
    ],
    read: (bytes) => [parseZone(json(bytes)), parseActiveZones(json(bytes))],
  },
  {
    name: '/proc/net/tcp',
    samples: ['proc/tcp6', 'proc/tcp-held'].map(fixture),
    read: (bytes) => parseProcTcp(bytes, PORT),
  },
  {
    name: 'ss',
    samples: ['proc/ss-all', 'proc/ss-held', 'checks/lab/ss-ltunp.txt'].map(fixture),
    read: (bytes) => [parseSs(text(bytes), PORT), parseSockets(text(bytes))],
  },
  { name: 'ip', samples: [fixture('ip/addr.json')], read: (bytes) => parseAddresses(text(bytes)) },
  {
    name: 'ssh -G',
    samples: ['everything', 'plain', 'windows'].map((name) => fixture(`ssh-config/${name}.txt`)),
    read: (bytes) => parseSshConfig(text(bytes), surroundings),
  },
  {
    name: 'known_hosts',
    samples: [KNOWN_LINES],
    read(bytes) {
      const files = [{ path: '/known_hosts', text: text(bytes) }];
      const host = { name: '10.5.1.2', port: 22 } as knownHosts.HostName;
      const key = Buffer.from(KNOWN_KEY, 'base64');
      return [knownHosts.checkHostKey(files, host, key), knownHosts.knownKeyTypes(files, host)];
    },
  },
  {
    name: "a host's key",
    samples: [Buffer.from(KNOWN_KEY, 'base64').toString('latin1')],
    read: (bytes) => {
      const key = Buffer.from(bytes, 'latin1');
      return [knownHosts.keyTypeOf(key), knownHosts.fingerprintOf(key)];
    },
  },
  {
    name: 'a key file',
    samples: [
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${KNOWN_KEY}\n-----END OPENSSH PRIVATE KEY-----\n`,
      `-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n`,
      `ssh-ed25519 ${KNOWN_KEY} me`,
    ],
    read: (bytes) => decryptKey(Buffer.from(bytes, 'latin1'), '')?.type ?? null,
  },
  {
    name: "what the host says of the user's standing",
    samples: [
      'Welcome!\ntp5-tui:uid 1000\ntp5-tui:groups manon wheel\ntp5-tui:sudo 1 sudo: a password is required\n',
    ],
    read(bytes) {
      const standing = readStanding(text(bytes));
      return [standing, judgeStanding(standing, 'auto'), judgeStanding(standing, 'never')];
    },
  },
  {
    name: 'sshd -T',
    samples: [fixture('checks/lab/sshd-T.txt')],
    read(bytes) {
      const settings = sshd.parseSshd(text(bytes));
      return [[...settings], sshd.sshdPorts(settings), sshd.sshdAddresses(settings)];
    },
  },
  {
    name: 'firewall-cmd and its services',
    samples: [
      ...['rocky', 'lab'].map((place) => fixture(`checks/${place}/list-all.txt`)),
      '<service><short>SSH</short><port protocol="tcp" port="22"/></service>',
      'public\n  interfaces: eth0\ntrusted\n  sources: 10.0.0.0/8\n',
    ],
    read: (bytes) => [
      zoneText.parseListAll(text(bytes)),
      zoneText.parseActiveZoneNames(text(bytes)),
      zoneText.parsePolicies(text(bytes)),
      zoneText.parseService(text(bytes)),
    ],
  },
  { name: 'ls', samples: [fixture('checks/lab/ls-opt.txt')], read: (bytes) => parseListing(text(bytes)) },
  {
    name: 'a time span',
    samples: ['1min 30s', '5h', 'infinity'],
    read: (bytes) => parseTimeSpan(text(bytes)),
  },
  {
    name: 'a unit file',
    samples: unitSamples,
    read(bytes) {
      const unit = unitFile.parseUnitFile([{ path: '/a.service', text: text(bytes) }]);
      const commands = unitFile.EXEC_KEYS.map((key) => unitFile.commandsOf(unit, key));
      return [commands, unitFile.startedBy(unit), unitFile.splitWords(text(bytes)), readUnit(text(bytes))];
    },
  },
  {
    name: "the server's source",
    samples: [readFileSync(new URL('../../src/ops/deploy/assets/server.py', import.meta.url), 'latin1')],
    read(bytes) {
      const code = python.readPython(text(bytes));
      return [
        python.evalLines(code),
        python.unsetGlobal(code, 'last_client_time'),
        python.logFolders(code),
        python.bufferedPrints(code),
      ];
    },
  },
  {
    name: 'what a deployment finds',
    samples: ['file 0 644 root root 3\nYWJj\n', 'absent\n'],
    read: (bytes) => parseLook(text(bytes), ['/etc/a', '/etc/b']),
    throws: (error) => error instanceof Error && 'failure' in error,
  },
  {
    name: 'Netdata',
    samples: netdataSamples,
    read: (bytes) => [
      netdata.parseInfo(text(bytes)),
      netdata.findPortChart(text(bytes), PORT),
      netdata.parsePortSuccess(text(bytes)),
      netdata.parsePortAlarms(text(bytes), 'portcheck_a.port_13337_status'),
      netdata.printAlarms(text(bytes), 'portcheck_a.port_13337_status'),
      observations.parseWatches(text(bytes)),
      observations.parseSamples(text(bytes)),
      observations.parseRaised(text(bytes)),
    ],
  },
  {
    name: "Netdata's notifications",
    samples: [notifySample],
    read: (bytes) => [
      netdata.parseDiscord(text(bytes), '/etc/netdata/health_alarm_notify.conf'),
      notifyConf.discordIn(text(bytes)),
      notifyConf.withDiscord(text(bytes), { webhook: null, recipient: 'alarms' }),
      notifyConf.maskedSettings(text(bytes)),
    ],
  },
  {
    name: "Netdata's own settings",
    samples: ['[web]\n  bind to = localhost\n  default port = 19999\n[health]\n  enabled = yes\n'],
    read(bytes) {
      const settings = agentConf.apiSettings(text(bytes));
      return [settings, agentConf.alarmSettings(text(bytes)), agentConf.mayListenOnLoopback(settings, 19999)];
    },
  },
  {
    name: 'portcheck.conf',
    samples: [
      'jobs:\n  - name: calculatrice\n    host: 10.5.1.2\n    ports: [13337, 22]\n',
      '# jobs:\njobs: []\n',
    ],
    read: (bytes) =>
      withPortcheckJob(text(bytes), { unit: UNIT, host: '10.5.1.2', port: PORT, isThisHost: () => true }),
  },
  { name: 'a calculation', samples: ['2+3', '-100000 * 7'], read: (bytes) => parseCalculation(text(bytes)) },
  {
    name: "the server's log",
    samples: ["Un client ('10.5.1.1', 40014) s'est connecté.", 'Réponse envoyée : 5.'],
    read(bytes) {
      const log = createServerLog(createOwnPorts(), clock);
      log.heard(text(bytes));
      return log.somebodyCame();
    },
  },
  {
    name: "the terminal's replies",
    samples: ['\x1b[9;9R', '\x1b]11;rgb:0/0/0\x1b\\', '\x1b[200~2+3\x1b[201~', '\x1b[?62;c5'],
    read(bytes) {
      const filter = createReplyFilter();
      const cut = bytes.length >> 1;
      return [filter.push(bytes.slice(0, cut), 0), filter.push(bytes.slice(cut), 1), filter.flush(1000)];
    },
  },
  {
    name: 'the settings',
    samples: [
      '[target]\nhost = "hosting"\nport = 13337\n[hosts.tp5]\nhost = "10.5.1.2"\n[keys]\nquit = "q"\n',
      'probe = "off"\n',
    ],
    read: (bytes) => parseSettings(text(bytes), '/config.toml'),
    throws: (error) => error instanceof BadSettings,
  },
  {
    name: 'what the guard remembers',
    samples: ['{"version":1,"memory":{"state":"up","streak":null},"outbox":[],"wall":1}', '{"lastSeq":3}'],
    read: (bytes) => [asMemory(json(bytes)), asRecord(json(bytes))],
  },
  {
    name: 'the webhook',
    samples: ['https://discord.com/api/webhooks/123456789012345678/abc-DEF_ghi\n'],
    read: (bytes) => [readWebhook(text(bytes), false), readWebhook(text(bytes), true)],
  },
];
