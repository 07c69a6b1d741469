/** The exercise point by point, in its order, and the checks that judge each of them. */
import type { CheckId } from '../checks/check.ts';

export const POINTS = [
  '0',
  'I.1',
  'I.2',
  'I.3',
  'II.1',
  'II.2',
  'II.3',
  'II.4',
  'II.5',
  'II.6',
  'II.7',
  'II.8',
  'II.9',
  'II.10',
  'III.1',
  'III.2',
  'III.3',
  'III.4',
] as const;

export type PointId = (typeof POINTS)[number];

/** A point that no check judges (II.5 needs a kill) is judged by the report itself. */
export const CHECKS_OF: Readonly<Record<PointId, readonly CheckId[]>> = {
  '0': [
    'host-only-static',
    'route-out',
    'names-resolve',
    'key-login',
    'password-login-off',
    'firewalld-running',
    'selinux',
    'hostname',
  ],
  'I.1': ['app-files'],
  'I.2': [
    'python-exists',
    'listens',
    'serves-many',
    'eval-on-input',
    'runs-as-root',
    'last-client-thread',
    'log-folder',
    'stdout-buffered',
  ],
  'I.3': ['answers-from-host'],
  'II.1': ['opt-folder'],
  'II.2': ['unit-place', 'unit-owner-mode', 'absolute-paths', 'reload-pending'],
  'II.3': ['active', 'enabled', 'listens', 'answers-from-host'],
  'II.4': ['restart-policy', 'restart-sec'],
  'II.5': [],
  'II.6': ['firewall-open-on-start', 'firewall-close-on-stop', 'absolute-paths'],
  'II.7': ['firewall-follows', 'answers-from-here'],
  'II.8': ['netdata-active', 'netdata-api'],
  'II.9': ['netdata-portcheck'],
  'II.10': ['netdata-alarm', 'discord'],
  'III.1': ['bridge-card', 'route-out'],
  'III.2': ['firewall-nothing-needless'],
  'III.3': ['sshd-host-only'],
  'III.4': ['service-bridge-only'],
};

/** The exercise's own checklist of point 0, and the checks behind each line of it. */
export const CHECKLIST = {
  'host-only': ['host-only-static'],
  internet: ['route-out', 'names-resolve'],
  ssh: ['key-login', 'password-login-off'],
  firewall: ['firewalld-running'],
  selinux: ['selinux'],
  hostname: ['hostname'],
} as const satisfies Record<string, readonly CheckId[]>;

export type ChecklistItem = keyof typeof CHECKLIST;
