/** Everything the console says, in English. Names of systemd's and firewalld's own are not translated. */
import { formats } from '../format.ts';
import { actions, keyNames } from './actions.ts';
import { calculator } from './calculator.ts';
import { drill } from './drill.ts';
import { faults } from './faults.ts';
import { firewall } from './firewall.ts';

export const consoleText = {
  format: formats('en'),
  actions,
  keyNames,
  calculator,

  panes: {
    service: 'Service',
    firewall: 'Firewall',
    probe: 'Probe',
    journal: 'Journal',
    calculator: 'Calculator',
  },

  top: {
    demo: 'demo',
    readOnly: 'read-only',
    live: 'live',
    connecting: 'connecting',
    lost: (ago: string) => `lost ${ago}`,
    retryIn: (wait: string) => `retry in ${wait}`,
    retrying: 'retrying',
    now: (key: string) => `${key}: now`,
    stale: (age: string) => `stale ${age}`,
    reachable: 'reachable',
    looking: 'looking',
    faults,
  },

  hints: {
    close: 'close',
    searching: [
      ['Enter', 'to the match'],
      ['Esc', 'give up'],
    ],
    typing: [
      ['Enter', 'ask'],
      ['↑↓', 'earlier'],
      ['Ctrl+R', 'search them'],
      ['Esc', 'leave'],
    ],
  },

  waiting: 'waiting for the host',

  service: {
    pid: (pid: number) => `PID ${pid}`,
    restarts: (count: number) => `restarts ${count}`,
    restartPolicy: (policy: string, after: string) => `Restart=${policy} after ${after}`,
    overridden: (files: string) => `overridden by ${files}`,
    restartNever: 'Restart=no: stays down when it dies',
    restartIn: (wait: string) => `restart in ${wait}`,
    restartDue: 'restarting',
    reload: (key: string) => `unit file changed: daemon-reload (${key})`,
    load: (load: string) =>
      ({
        'not-found': 'no such unit on the host',
        'bad-setting': 'the unit file has a bad setting',
        masked: 'masked: it cannot be started',
      })[load] ?? `load: ${load}`,
    readOnly: {
      'no-sudo': 'read-only: this user may not use sudo',
      silent: 'read-only: sudo does not answer',
      'needs-terminal': 'read-only: sudo wants a terminal (requiretty)',
      'password-refused': 'read-only: sudo refused the password',
      'password-not-given': 'read-only: no password was given for sudo',
    },
    result: (result: string) => `result ${result}`,
    memory: (size: string) => `memory ${size}`,
    cpu: (time: string) => `CPU ${time}`,
    exited: (status: number) => `ended with status ${status}`,
    killed: (signal: string) => `killed by ${signal}`,
    dumped: (signal: string) => `ended by ${signal}, core dumped`,
  },

  actionNames: {
    start: 'start',
    stop: 'stop',
    restart: 'restart',
    kill: 'kill -9',
    enable: 'enable',
    disable: 'disable',
    'reset-failed': 'reset-failed',
    'daemon-reload': 'daemon-reload',
    'open-port': 'open port',
    'close-port': 'close port',
  },
  scopes: { runtime: 'runtime', permanent: 'permanent' },
  outcome: {
    running: (action: string, time: string) => `${action}: under way, ${time}`,
    done: (action: string, time: string) => `${action}: done in ${time}`,
    jobEnded: (action: string, job: string, time: string) => `${action}: job ${job} after ${time}`,
    failed: (action: string, why: string) => `${action}: ${why}`,
  },

  firewall: {
    runtime: 'runtime',
    permanent: 'permanent',
    notRunning: 'firewalld is not running: it closes nothing',
    refused: 'this user may not read its open ports',
    unread: 'its ports could not be read',
    howPermitted: 'firewalld shows them to administrators alone (sudo, or a polkit rule)',
    noZone: 'no active zone',
    zoneAccepts: 'the zone accepts everything',
    lostAtReload: 'gone at the next reload',
    notInForce: 'not in force before a reload',
    permanentUnread: 'permanent ?',
    runtimeOnly: 'runtime only',
    permanentOnly: 'permanent only',
    target: (target: string) => `target ${target}`,
    unsure: 'cannot be told',
    ...firewall,
  },

  probe: {
    status: {
      open: 'open',
      refused: 'refused',
      rejected: 'rejected by a firewall',
      filtered: 'no answer (filtered)',
      unreachable: 'unreachable',
    },
    statusShort: {
      open: 'open',
      refused: 'refused',
      rejected: 'rejected',
      filtered: 'filtered',
      unreachable: 'unreachable',
    },
    none: 'not probed yet',
    notDialled: 'not dialled',
    loss: (share: string) => `loss ${share}`,
    max: 'max',
    verdict: (said: string) => `verdict: ${said}`,
    mendTitle: 'What mends it',
    press: (key: string, command: string) => (command === '' ? `press ${key}` : `press ${key}: ${command}`),
    advised: (advice: string, pressed: string) => `${advice}; ${pressed}`,
    downFor: (status: string, length: string) => `${status} for ${length}`,
    outages: 'outages',
    ongoing: (length: string) => `${length} so far`,
    fromHere: 'live from here',
    pausedCalculation: 'waits for a calculation',
    pausedBusy: 'server busy',
    answerRight: (latency: string) => `2+3 answered 5 in ${latency}`,
    answerWrong: (expression: string, got: string, expected: string) =>
      `${expression} answered ${got}, not ${expected}`,
    answerMute: (wait: string) => `connects but no answer in ${wait}`,
    answerHeld: (peer: string) => `held by ${peer}`,
    answerClosed: 'closed without an answer',
  },

  journal: {
    following: 'following',
    paused: 'paused',
    newLines: (count: number) => `${count} new`,
    folded: (count: number) => `${count} probe ${count === 1 ? 'line' : 'lines'} folded`,
    notKept: (count: string) => `${count} older ones no longer kept`,
    gapRotated: 'lines are missing here: rotated away on the host',
    gapSuppressed: (count: string | null) =>
      count === null
        ? 'lines are missing here: dropped by journald'
        : `${count} lines are missing here: dropped by journald`,
    empty: 'no line yet',
    nothingPasses: 'no line of this priority',
    priorities: {
      all: 'all',
      info: 'info and above',
      notice: 'notice and above',
      warning: 'warnings',
      err: 'errors',
    },
    matches: (place: string, count: string) => `${place}/${count}`,
    noMatch: 'no match',
    searchPrompt: 'search',
    notPermitted: 'this user may not read the journal of the unit',
    howPermitted: (user: string) =>
      `join the group adm or systemd-journal (sudo usermod -aG systemd-journal ${user}), then connect again`,
    unfolded: 'probe lines shown',
    detailTitle: 'Journal line',
    detailFields: {
      time: 'time',
      priority: 'priority',
      from: 'from',
      invocation: 'invocation',
    },
    cut: 'longer than what was kept',
    binary: 'holds bytes that are not UTF-8',
    age: (age: string) => `-${age}`,
  },

  dialog: {
    title: 'Sure?',
    question: (verb: string, unit: string, host: string) => `${verb} ${unit} on ${host}?`,
    yes: 'Yes',
    no: 'No',
    cancel: 'Cancel',
    /** The letters that pick an answer; the first is shown. */
    keys: { yes: ['y'], no: ['n'], runtime: ['r'], permanent: ['p'], both: ['b'] },
    runtime: 'Runtime',
    permanent: 'Permanent',
    both: 'Both',
    verbs: {
      stop: 'Stop',
      restart: 'Restart',
      kill: 'Kill -9',
      disable: 'Disable',
      drill: 'Drill',
      dial: 'Dial',
    },
    notes: {
      stop: 'It stays down until it is started again.',
      restart: 'Its clients are cut off.',
      kill: (pid: string) => `SIGKILL to the main process${pid}.`,
      restartsAfter: (after: string) => `systemd starts it again after ${after}.`,
      staysDown: 'Restart=no: nothing starts it again.',
      disable: 'It will not be started at boot.',
      drill: 'kill -9, then the way back timed step by step.',
    },
    pidNote: (pid: number) => ` (PID ${pid})`,
    openPort: (port: string, zone: string, host: string) => `Open ${port} in zone ${zone} of ${host}?`,
    closePort: (port: string, unit: string, zone: string, host: string) =>
      `Close ${port} (${unit}) in zone ${zone} of ${host}?`,
    isOpen: 'It is open already, at runtime and permanently.',
    isClosed: 'It is closed already, at runtime and permanently.',
    openOtherwise: (by: string) => `It is let in already by ${by}.`,
    staysShut: (by: string) => `It is kept out by ${by} all the same.`,
    staysOpen: (by: string) => `It is let in by ${by} all the same; what closes it:`,
    openNote: 'Runtime: at once, until the next reload. Permanent: from the next reload on.',
    closeNote: 'Nobody outside reaches the service then.',
    help: 'arrows choose, Enter confirms, Esc cancels',
  },

  toast: {
    readOnly: (action: string, key: string) => `${action}: off in read-only (${key} switches it)`,
    noPrivilege: (action: string, why: string, key: string) =>
      `${action}: ${why} (${key} tries all the same)`,
    linkDown: (action: string) => `${action}: not while the link is down`,
    readOnlyOn: 'read-only: nothing on the host can be changed from here',
    readOnlyOff: 'read-only is off',
    copied: (lines: number) =>
      `${lines} ${lines === 1 ? 'line' : 'lines'} copied, where the terminal allows it (OSC 52)`,
    nothingToCopy: 'no line to copy',
    reconnecting: 'reconnecting now',
    linkIsLive: 'the link is live',
    noZone: 'no firewall zone is known yet',
    probing: 'probing now',
  },

  help: {
    title: 'Help',
    service: 'The service',
    port: 'Its port',
    everywhere: 'Everywhere',
    inPane: (pane: string) => `In the ${pane} pane`,
    typing: 'While typing in the calculator',
    typingKeys: [
      ['Enter', 'ask the server'],
      ['Up Down', 'earlier and later inputs'],
      ['Ctrl+R', 'search the history backwards'],
      ['Ctrl+A Ctrl+E', 'to the start, to the end'],
      ['Ctrl+U Ctrl+K Ctrl+W', 'delete to the start, to the end, the word'],
      ['Esc', 'leave the input; cancel a question under way'],
    ],
    always: [
      ['Ctrl+C', 'quit, from anywhere'],
      ['Ctrl+Z', 'suspend; fg comes back'],
      ['Esc', 'close what is open'],
    ],
    none: 'no key',
  },

  palette: {
    title: 'Actions',
    empty: 'no action of that name',
    hint: 'type to filter, Enter runs, Esc closes',
  },

  drill,

  clashes: {
    unknownAction: (action: string) => `there is no action ${action}`,
    unknownKey: (key: string, action: string) => `${key} (for ${action}) is not a key`,
    reserved: (key: string, action: string) => `${key} (for ${action}) cannot be bound`,
    overlap: (key: string, one: string, other: string) => `${key} is bound to both ${one} and ${other}`,
  },

  crash: 'tp5-tui crashed; the terminal was restored. What happened:',
};
