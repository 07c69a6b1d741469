/** What a report is made of, and the sections that it is made into. */
import type { Restraint } from '../caution/restraint.ts';
import type { Subject } from '../checks/check.ts';
import type { CheckReport } from '../checks/run.ts';
import type { DrillProgress } from '../drill/progress.ts';
import type { FirstRound, SecondRound } from './commands.ts';
import type { Demonstration } from './demonstrate.ts';
import type { Judged, PointState } from './judged.ts';
import type { PointId } from './points.ts';
import type { Typed } from './typed.ts';

/** What a group of commands shows: a sentence of the catalogue. */
export type Caption =
  | 'cards'
  | 'way-out'
  | 'login'
  | 'passwords'
  | 'firewalld'
  | 'selinux'
  | 'hostname'
  | 'app-found'
  | 'app-folder'
  | 'process'
  | 'first-words'
  | 'sockets'
  | 'client'
  | 'client-lines'
  | 'unit-file'
  | 'neighbours'
  | 'loaded'
  | 'status'
  | 'enabled'
  | 'journal'
  | 'restart-taken'
  | 'kill'
  | 'after-wait'
  | 'killed-before'
  | 'firewall-path'
  | 'firewall-now'
  | 'follows'
  | 'from-here'
  | 'netdata'
  | 'dashboard'
  | 'portcheck-file'
  | 'portcheck-chart'
  | 'discord'
  | 'alarms'
  | 'alarm-log'
  | 'notified'
  | 'ping'
  | 'listening'
  | 'sshd-settings'
  | 'sshd'
  | 'exec-start'
  | 'evidence';

/** Something that no command on the host can show. */
export type Remark = 'discord-screenshot' | 'embedded' | 'not-asked' | 'not-dialled';

export type Block =
  | { readonly kind: 'typed'; readonly caption: Caption; readonly typed: readonly Typed[] }
  | { readonly kind: 'drill'; readonly drill: DrillProgress }
  | { readonly kind: 'remark'; readonly remark: Remark };

export interface Section {
  readonly point: PointId;
  readonly state: PointState;
  readonly judged: readonly Judged[];
  readonly blocks: readonly Block[];
}

/** All that was gathered. The rounds are null on the embedded host, which has no shell. */
export interface Material {
  readonly subject: Subject;
  readonly sudo: boolean;
  readonly checks: CheckReport;
  readonly first: FirstRound | null;
  readonly second: SecondRound | null;
  readonly demonstration: Demonstration | null;
  /** Why the service was not dialled; null: it was. */
  readonly restraint: Restraint | null;
}
