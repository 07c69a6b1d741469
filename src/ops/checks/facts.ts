/** The facts that checks are judged on, by name: each with the commands that showed it, or why it was not seen. */
import type { Restraint } from '../caution/restraint.ts';
import type { FirewallFacts, ServiceDefinition } from '../host.ts';
import type { DiscordSettings, PortAlarm, PortChart } from '../netdata/answers.ts';
import type { ProbeStatus } from '../probe/facts.ts';
import type { Card, Route } from './cards.ts';
import type { CheckId, Evidence } from './check.ts';
import type { Socket } from './sockets.ts';
import type { UnitFile } from './unit-file.ts';

/** Why something was not seen; never a failure of the host's. */
export type Unseen =
  /** The embedded host is no Linux machine: it has no such thing. */
  | { readonly code: 'embedded' }
  | { readonly code: 'not-permitted'; readonly detail: string }
  | { readonly code: 'no-command'; readonly command: string }
  /** A command failed in a way that says nothing about the item. */
  | { readonly code: 'command-failed'; readonly command: string; readonly detail: string }
  /** Makes no sense while that item is not right. */
  | { readonly code: 'after'; readonly id: CheckId }
  /** Not over SSH: there is no login to look at. */
  | { readonly code: 'no-ssh-login' }
  /** The service is not asked anything: it does not speak the calculator's protocol. */
  | { readonly code: 'not-asked' }
  /** A connection would do harm, or the settings say no. */
  | { readonly code: 'not-dialled'; readonly why: Restraint }
  /** Stopping the service was not allowed. */
  | { readonly code: 'not-stopped' }
  /** This Netdata was built without the collector that checks ports. */
  | { readonly code: 'no-collector' }
  /** The program is no Python script, so its code says nothing to us. */
  | { readonly code: 'no-source' }
  | { readonly code: 'not-looked' };

export interface Sourced<T> {
  readonly value: T;
  readonly evidence: readonly Evidence[];
}

export type Fact<T> =
  | ({ readonly seen: true } & Sourced<T>)
  | { readonly seen: false; readonly why: Unseen; readonly evidence: readonly Evidence[] };

export function seen<T>(value: T, ...evidence: readonly Evidence[]): Fact<T> {
  return { seen: true, value, evidence };
}

export function unseen(why: Unseen, ...evidence: readonly Evidence[]): Fact<never> {
  return { seen: false, why, evidence };
}

/** A unit's state as `systemctl show` prints it. */
export interface UnitState {
  readonly unit: string;
  /** `loaded`, `not-found`, `masked`… */
  readonly load: string;
  readonly active: string;
  readonly sub: string;
  /** UnitFileState, `''` when unknown. */
  readonly enabled: string;
}

export interface ServiceView extends UnitState {
  /** `simple`, `notify`, `forking`… */
  readonly type: string;
  readonly result: string;
  readonly fragmentPath: string;
  readonly dropInPaths: readonly string[];
  readonly needsReload: boolean;
  readonly restart: string;
  readonly restartSecMs: number | null;
  readonly mainPid: number;
  /** `User=`, `''` for root; null when it cannot be told. */
  readonly user: string | null;
  readonly dynamicUser: boolean;
  /** `Environment=` words, `NAME=value`. */
  readonly environment: readonly string[];
}

export interface FileStat {
  readonly path: string;
  /** Octal, `644`. */
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
}

/** What the client got when it asked `2+3`. */
export type Answer =
  | { readonly state: 'right'; readonly address: string; readonly ms: number }
  | { readonly state: 'wrong'; readonly address: string; readonly got: string }
  | { readonly state: 'mute'; readonly address: string; readonly waitedMs: number }
  | { readonly state: 'closed'; readonly address: string }
  | {
      readonly state: 'no-connection';
      readonly address: string;
      /** From the host only `refused` is told apart from the rest. */
      readonly status: Exclude<ProbeStatus, 'open'>;
      readonly detail: string;
    };

/** The program that ExecStart= names. */
export interface Program {
  /** As the unit has it. */
  readonly word: string;
  readonly exists: boolean;
  /** `Python 3.9.18`; null when it does not say. */
  readonly version: string | null;
}

/** The file that the program runs: the script after the interpreter, or the program itself. */
export interface AppFile {
  readonly path: string;
  readonly exists: boolean;
}

export interface Folder {
  readonly path: string;
  readonly exists: boolean;
  readonly isDirectory: boolean;
  readonly files: readonly string[];
}

/** Python source of the server. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

export interface FactValues {
  readonly hostname: { readonly running: string; readonly kept: string | null };
  readonly cards: readonly Card[];
  readonly routes: readonly Route[];
  /** The present SSH connection's two ends. */
  readonly connection: { readonly client: string; readonly server: string; readonly port: number };
  readonly names: { readonly name: string; readonly address: string | null };
  readonly login: { readonly user: string; readonly method: string };
  /** `sshd -T`: each keyword in lower case, with its values. */
  readonly sshd: ReadonlyMap<string, readonly string[]>;
  readonly firewalld: UnitState;
  readonly selinux: 'Disabled' | 'Permissive' | 'Enforcing' | 'absent';
  readonly firewall: FirewallFacts;
  /** What a firewalld that is stopped would let through once started: our own way in, or not. */
  readonly sleepingFirewall: { readonly letsSshIn: boolean };
  /** firewalld's services that are open, that the unit's lines name, and that these include. */
  readonly openServices: ReadonlyMap<string, ServiceDefinition>;
  readonly service: ServiceView;
  readonly unitFile: UnitFile;
  readonly unitStat: FileStat;
  /** Words of Exec lines that are no absolute paths, and where the host has them. */
  readonly absoluteFor: ReadonlyMap<string, string>;
  readonly program: Program;
  readonly appFile: AppFile;
  readonly folder: Folder;
  readonly source: Source;
  /** `/var/log/…` folders that the source names, and whether each is there. */
  readonly logFolders: readonly { readonly path: string; readonly exists: boolean }[];
  readonly processUser: string;
  readonly sockets: readonly Socket[];
  /** The address that the service listens on, or should: of several the first that others can reach. */
  readonly listenAddress: string;
  readonly answerFromHost: Answer;
  readonly answerFromHere: Answer;
  readonly netdata: UnitState;
  /** Version, or null when nothing answered. */
  readonly netdataApi: { readonly version: string | null };
  readonly portChart: PortChart | null;
  readonly portAlarms: readonly PortAlarm[];
  readonly discord: DiscordSettings;
}

export type FactName = keyof FactValues;
