/** What a judge found, as data: one sentence of the catalogue each, with what that sentence needs. */
import type { Because } from '../firewall/maybe.ts';
import type { ProbeStatus } from '../probe/facts.ts';
import type { Unseen } from './facts.ts';

export interface KeptOut {
  readonly fate: 'reject' | 'drop';
  readonly because: Because;
}

export type Finding =
  | { readonly code: 'unseen'; readonly why: Unseen }
  // setup
  | { readonly code: 'static-address'; readonly card: string; readonly address: string }
  | { readonly code: 'dynamic-address'; readonly card: string; readonly address: string }
  | { readonly code: 'no-host-only-card'; readonly network: string }
  | { readonly code: 'default-route'; readonly gateway: string; readonly card: string }
  | { readonly code: 'no-default-route' }
  | { readonly code: 'name-resolved'; readonly name: string; readonly address: string }
  | { readonly code: 'name-unresolved'; readonly name: string }
  | { readonly code: 'login-by-key'; readonly user: string }
  | { readonly code: 'login-otherwise'; readonly user: string; readonly method: string }
  | { readonly code: 'passwords-refused' }
  /** The settings of sshd that let passwords in. */
  | { readonly code: 'passwords-taken'; readonly settings: readonly string[] }
  | { readonly code: 'unit-runs'; readonly unit: string }
  | { readonly code: 'unit-runs-until-boot'; readonly unit: string }
  | { readonly code: 'unit-not-running'; readonly unit: string; readonly active: string }
  | { readonly code: 'unit-not-installed'; readonly unit: string }
  | { readonly code: 'selinux-off'; readonly absent: boolean }
  | { readonly code: 'selinux-permissive' }
  | { readonly code: 'selinux-enforcing' }
  | { readonly code: 'hostname-right'; readonly name: string }
  | { readonly code: 'hostname-localhost'; readonly expected: string }
  | { readonly code: 'hostname-other'; readonly name: string; readonly expected: string }
  | { readonly code: 'hostname-not-kept'; readonly name: string; readonly kept: string }
  // test
  | { readonly code: 'app-there'; readonly path: string }
  | { readonly code: 'app-missing'; readonly path: string }
  | { readonly code: 'program-there'; readonly path: string; readonly version: string | null }
  | { readonly code: 'program-missing'; readonly path: string }
  | {
      readonly code: 'listening';
      readonly addresses: readonly string[];
      readonly port: number;
      readonly process: string | null;
      readonly pid: number | null;
    }
  | {
      readonly code: 'listening-other';
      readonly port: number;
      readonly process: string;
      readonly pid: number;
      readonly mainPid: number;
    }
  | { readonly code: 'not-listening'; readonly port: number }
  | { readonly code: 'answered'; readonly address: string; readonly port: number; readonly ms: number }
  | {
      readonly code: 'answered-wrong';
      readonly address: string;
      readonly port: number;
      readonly got: string;
    }
  | {
      readonly code: 'answer-mute';
      readonly address: string;
      readonly port: number;
      readonly waitedMs: number;
    }
  | { readonly code: 'answer-closed'; readonly address: string; readonly port: number }
  | {
      readonly code: 'no-connection';
      readonly address: string;
      readonly port: number;
      readonly status: Exclude<ProbeStatus, 'open'>;
      /** What of the firewall keeps us out though others get in. */
      readonly by?: KeptOut;
    }
  // integrate
  | { readonly code: 'folder-holds-app'; readonly folder: string }
  | { readonly code: 'folder-missing'; readonly folder: string }
  | { readonly code: 'folder-empty'; readonly folder: string }
  | { readonly code: 'app-outside'; readonly folder: string; readonly path: string }
  | { readonly code: 'unit-placed'; readonly path: string }
  | { readonly code: 'unit-elsewhere'; readonly path: string; readonly expected: string }
  | { readonly code: 'unit-missing'; readonly path: string }
  | { readonly code: 'unit-masked'; readonly path: string }
  | { readonly code: 'owner-mode-right'; readonly owner: string; readonly mode: string }
  | { readonly code: 'owner-mode-wrong'; readonly owner: string; readonly mode: string }
  | { readonly code: 'paths-absolute'; readonly count: number }
  | {
      readonly code: 'paths-relative';
      readonly lines: readonly { readonly key: string; readonly word: string }[];
    }
  | { readonly code: 'no-exec-start' }
  | { readonly code: 'restart-right'; readonly value: string }
  | { readonly code: 'restart-missing' }
  | { readonly code: 'restart-unknown'; readonly value: string }
  | { readonly code: 'restart-not-any-failure'; readonly value: string }
  | { readonly code: 'restart-sec-right'; readonly ms: number }
  | { readonly code: 'restart-sec-missing'; readonly expectedMs: number }
  | { readonly code: 'restart-sec-wrong'; readonly value: string; readonly expectedMs: number }
  | { readonly code: 'start-opens'; readonly port: number; readonly zone: string }
  /** What the lines that run at the start leave closed. */
  | {
      readonly code: 'start-does-not-open';
      readonly port: number;
      readonly missing: 'both' | 'runtime' | 'permanent';
    }
  | { readonly code: 'stop-closes'; readonly port: number; readonly zone: string }
  | {
      readonly code: 'stop-closes-elsewhere';
      readonly port: number;
      readonly zone: string;
      readonly opened: string;
    }
  | {
      readonly code: 'stop-does-not-close';
      readonly port: number;
      readonly left: 'both' | 'runtime' | 'permanent';
      /** Only ExecStop= closes it, which a crash does not run. */
      readonly onlyExecStop: boolean;
    }
  | {
      readonly code: 'wrong-zone';
      readonly port: number;
      readonly zone: string;
      readonly expected: string;
      readonly card: string;
    }
  | { readonly code: 'reload-not-pending' }
  | { readonly code: 'reload-pending'; readonly unit: string }
  | { readonly code: 'enabled' }
  | { readonly code: 'not-enabled'; readonly unit: string; readonly state: string }
  | { readonly code: 'no-install-section'; readonly unit: string }
  | { readonly code: 'active'; readonly pid: number }
  /** systemd waits for a sign of being ready that the server does not give: `Type=` is not its own. */
  | { readonly code: 'no-ready-sign'; readonly active: string; readonly sub: string; readonly type: string }
  | { readonly code: 'not-active'; readonly active: string; readonly sub: string; readonly result: string }
  | { readonly code: 'follows'; readonly port: number }
  /** The service runs and its port is not open, or the other way round. */
  | {
      readonly code: 'drifted';
      readonly port: number;
      readonly zone: string;
      readonly running: boolean;
      readonly runtime: boolean;
      readonly permanent: boolean;
      /** What opens it beside the port itself, or keeps it out though the port is open. */
      readonly by?: Because;
    }
  | { readonly code: 'stays-open'; readonly port: number; readonly zone: string; readonly by?: Because }
  | { readonly code: 'stays-closed'; readonly port: number; readonly zone: string; readonly by?: Because }
  | { readonly code: 'did-not-start'; readonly detail: string }
  | { readonly code: 'did-not-stop'; readonly detail: string }
  // monitor
  | { readonly code: 'api-answers'; readonly version: string; readonly port: number }
  | { readonly code: 'api-silent'; readonly port: number }
  | { readonly code: 'port-watched'; readonly chart: string }
  | { readonly code: 'port-watched-down'; readonly chart: string }
  | { readonly code: 'port-not-watched'; readonly port: number }
  | { readonly code: 'alarm-fires'; readonly alarm: string; readonly withinMs: number }
  | { readonly code: 'alarm-slow'; readonly alarm: string; readonly withinMs: number }
  | { readonly code: 'alarm-silent'; readonly alarm: string }
  | { readonly code: 'alarm-missing'; readonly chart: string }
  /** `webhook` is masked. */
  | { readonly code: 'discord-on'; readonly webhook: string }
  | { readonly code: 'discord-off'; readonly file: string }
  | { readonly code: 'discord-no-webhook'; readonly file: string }
  | { readonly code: 'discord-bad-webhook'; readonly file: string }
  | { readonly code: 'discord-no-recipient'; readonly file: string }
  // host
  | { readonly code: 'bridge'; readonly card: string; readonly address: string }
  | {
      readonly code: 'bridge-beside-nat';
      readonly card: string;
      readonly address: string;
      readonly nat: string;
    }
  | { readonly code: 'no-bridge'; readonly nat: string | null }
  | { readonly code: 'sshd-only-on'; readonly address: string; readonly port: number }
  | {
      readonly code: 'sshd-elsewhere';
      readonly addresses: readonly string[];
      readonly wanted: string;
      /** sshd's settings are right already: it was not restarted since. */
      readonly restartPending: boolean;
    }
  | { readonly code: 'service-only-on'; readonly address: string; readonly port: number }
  | {
      readonly code: 'service-elsewhere';
      readonly addresses: readonly string[];
      readonly port: number;
      readonly wanted: string;
    }
  | { readonly code: 'nothing-needless'; readonly open: readonly string[] }
  | { readonly code: 'needless'; readonly open: readonly string[] }
  | {
      readonly code: 'open-too-wide';
      readonly ranges: readonly string[];
      readonly zones: readonly string[];
      /** Rules and protocols that open every port. */
      readonly rules: readonly string[];
    }
  // app
  | { readonly code: 'serves-many' }
  /** `restarts`: systemd brings it back each time (Restart=always). */
  | { readonly code: 'serves-one'; readonly line: number; readonly restarts: boolean }
  | { readonly code: 'no-eval' }
  | { readonly code: 'evaluates-input'; readonly lines: readonly number[] }
  | { readonly code: 'own-user'; readonly user: string }
  | { readonly code: 'root-user' }
  | { readonly code: 'thread-fine' }
  | { readonly code: 'thread-dies'; readonly name: string; readonly line: number }
  | { readonly code: 'log-folders-there'; readonly folders: readonly string[] }
  | { readonly code: 'no-log-folder' }
  | { readonly code: 'log-folder-missing'; readonly folder: string }
  | { readonly code: 'output-immediate' }
  | { readonly code: 'output-buffered'; readonly lines: readonly number[] };
