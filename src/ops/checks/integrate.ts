/** Part II of the exercise: the app as a systemd unit that opens and closes its port. */
import { gaveNoSign, isAwaitingSign } from '../start-type.ts';
import { after, byHand, type Check, defineCheck, fail, fixable, type Mend, pass, warn } from './check.ts';
import { FIREWALL_LINES } from './integrate-firewall.ts';
import { serviceEvidence } from './service-view.ts';
import { shellWord } from './shell-word.ts';
import { listenersOn } from './sockets.ts';
import { parseTimeSpan } from './time-span.ts';
import {
  type Assignment,
  commandsOf,
  EXEC_KEYS,
  isPython,
  lastOf,
  startedBy,
  type UnitFile,
} from './unit-file.ts';
import { lineEvidence } from './unit-lines.ts';

const bare = (unit: string): string => shellWord(unit.replace(/\.service$/, ''));

const optFolder = defineCheck({
  id: 'opt-folder',
  group: 'integrate',
  needs: ['folder'],
  wants: ['unitFile'],
  judge({ folder, unitFile }, { expected, unit }) {
    const { value, evidence } = folder;
    const path = expected.folder;
    if (!value.exists || !value.isDirectory) {
      return fail(
        { code: 'folder-missing', folder: path },
        { evidence, ...byHand(`sudo mkdir ${shellWord(path)}`) },
      );
    }
    const app = unitFile === null ? null : (startedBy(unitFile.value)?.app ?? null);
    if (app?.startsWith('/') && !app.startsWith(`${path}/`)) {
      const mend = byHand(
        `sudo mv ${shellWord(app)} ${shellWord(path)}/`,
        `sudo systemctl edit --full ${bare(unit)}`,
      );
      return fail({ code: 'app-outside', folder: path, path: app }, { evidence, ...mend });
    }
    if (value.files.length === 0) return fail({ code: 'folder-empty', folder: path }, { evidence });
    return pass({ code: 'folder-holds-app', folder: path }, { evidence });
  },
});

/** Where an administrator's own units are (systemd.unit(5)). */
export function unitPath(unit: string): string {
  return `/etc/systemd/system/${unit}`;
}

const unitPlace = defineCheck({
  id: 'unit-place',
  group: 'integrate',
  needs: ['service'],
  judge({ service }, { unit }) {
    const { value } = service;
    const evidence = [serviceEvidence(service, ['LoadState', 'FragmentPath'])];
    const expected = unitPath(unit);
    if (value.load === 'not-found' || value.fragmentPath === '') {
      return fail(
        { code: 'unit-missing', path: expected },
        { evidence, ...byHand(`sudo systemctl edit --force --full ${shellWord(unit)}`) },
      );
    }
    if (value.load === 'masked') {
      const commands = [
        `sudo systemctl unmask ${bare(unit)}`,
        `sudo systemctl edit --force --full ${shellWord(unit)}`,
      ];
      return fail({ code: 'unit-masked', path: value.fragmentPath }, { evidence, ...byHand(...commands) });
    }
    if (value.fragmentPath === expected) return pass({ code: 'unit-placed', path: expected }, { evidence });
    return fail(
      { code: 'unit-elsewhere', path: value.fragmentPath, expected },
      {
        evidence,
        ...byHand(
          `sudo mv ${shellWord(value.fragmentPath)} ${shellWord(expected)}`,
          'sudo systemctl daemon-reload',
        ),
      },
    );
  },
});

const unitOwnerMode = defineCheck({
  id: 'unit-owner-mode',
  group: 'integrate',
  needs: ['unitStat'],
  judge({ unitStat: { value } }) {
    const owner = `${value.owner}:${value.group}`;
    const right = owner === 'root:root' && value.mode === '644';
    if (right) return pass({ code: 'owner-mode-right', owner, mode: value.mode });
    const path = shellWord(value.path);
    const commands = [
      ...(owner === 'root:root' ? [] : [`sudo chown root:root ${path}`]),
      ...(value.mode === '644' ? [] : [`sudo chmod 644 ${path}`]),
    ];
    return fail({ code: 'owner-mode-wrong', owner, mode: value.mode }, fixable(...commands));
  },
});

/** A word of an Exec line that should be an absolute path and is not. */
export interface RelativePath {
  readonly assignment: Assignment;
  readonly word: string;
}

export function relativePaths(unit: UnitFile): readonly RelativePath[] {
  return EXEC_KEYS.flatMap((key) =>
    commandsOf(unit, key).flatMap(({ assignment, words }): RelativePath[] => {
      const [program = '', ...args] = words;
      const script = isPython(program) ? args.find((word) => !word.startsWith('-')) : undefined;
      // systemd resolves a bare program name itself, and a script's against the service's working folder.
      return [program, ...(script?.endsWith('.py') ? [script] : [])]
        .filter((word) => !word.startsWith('/'))
        .map((word) => ({ assignment, word }));
    }),
  );
}

const absolutePaths = defineCheck({
  id: 'absolute-paths',
  group: 'integrate',
  needs: ['unitFile'],
  wants: ['absoluteFor'],
  judge({ unitFile: { value }, absoluteFor }) {
    const evidence = lineEvidence(value, '^Exec');
    const count = EXEC_KEYS.reduce((sum, key) => sum + commandsOf(value, key).length, 0);
    if (commandsOf(value, 'ExecStart').length === 0) return fail({ code: 'no-exec-start' }, { evidence });
    const relative = relativePaths(value);
    if (relative.length === 0) return pass({ code: 'paths-absolute', count }, { evidence });
    const lines = relative.map(({ assignment, word }) => ({ key: assignment.key, word }));
    const words = [...new Set(lines.map((line) => line.word))];
    const known = words.every((word) => absoluteFor?.value.has(word));
    const mend = (known ? fixable : byHand)(`which ${words.map(shellWord).join(' ')}`);
    return fail(
      { code: 'paths-relative', lines },
      { evidence: [...evidence, ...(absoluteFor?.evidence ?? [])], ...mend },
    );
  },
});

/** Every value of Restart= (systemd.service(5)), and whether it restarts after any failure. */
const RESTARTS: ReadonlyMap<string, boolean> = new Map([
  ['no', false],
  ['on-success', false],
  ['on-failure', true],
  ['on-abnormal', false],
  ['on-watchdog', false],
  ['on-abort', false],
  ['always', true],
]);

/** A drop-in overrules the unit's own file: what one sets is to be mended there, and by hand. */
function settingMend(unitFile: UnitFile, unit: string, key: string, value: string): { readonly mend: Mend } {
  const path = lastOf(unitFile, key)?.path;
  return path === undefined || path === unitFile.texts[0]?.path
    ? fixable(`sudo systemctl edit --full ${bare(unit)}    # ${key}=${value}`)
    : byHand(`sudoedit ${shellWord(path)}    # ${key}=${value}`, 'sudo systemctl daemon-reload');
}

const restartPolicy = defineCheck({
  id: 'restart-policy',
  group: 'integrate',
  needs: ['unitFile'],
  judge({ unitFile: { value } }, { unit }) {
    const evidence = lineEvidence(value, '^Restart=');
    const mend = { evidence, ...settingMend(value, unit, 'Restart', 'on-failure') };
    // A value that systemd does not know is ignored, with a warning in its journal: the line is what counts.
    const set = lastOf(value, 'Restart')?.value;
    if (set === undefined) return fail({ code: 'restart-missing' }, mend);
    const any = RESTARTS.get(set);
    if (any === undefined) return fail({ code: 'restart-unknown', value: set }, mend);
    return any
      ? pass({ code: 'restart-right', value: set }, { evidence })
      : fail({ code: 'restart-not-any-failure', value: set }, mend);
  },
});

const restartSec = defineCheck({
  id: 'restart-sec',
  group: 'integrate',
  needs: ['unitFile'],
  judge({ unitFile: { value } }, { unit, expected }) {
    const expectedMs = expected.restartSecMs;
    const evidence = lineEvidence(value, '^RestartSec=');
    const mend = { evidence, ...settingMend(value, unit, 'RestartSec', String(expectedMs / 1000)) };
    const set = lastOf(value, 'RestartSec')?.value;
    if (set === undefined) return fail({ code: 'restart-sec-missing', expectedMs }, mend);
    return parseTimeSpan(set) === expectedMs
      ? pass({ code: 'restart-sec-right', ms: expectedMs }, { evidence })
      : fail({ code: 'restart-sec-wrong', value: set, expectedMs }, mend);
  },
});

const reloadPending = defineCheck({
  id: 'reload-pending',
  group: 'integrate',
  needs: ['service'],
  judge({ service }, { unit }) {
    const evidence = [serviceEvidence(service, ['NeedDaemonReload'])];
    if (!service.value.needsReload) return pass({ code: 'reload-not-pending' }, { evidence });
    return fail({ code: 'reload-pending', unit }, { evidence, ...fixable('sudo systemctl daemon-reload') });
  },
});

const enabled = defineCheck({
  id: 'enabled',
  group: 'integrate',
  needs: ['service'],
  wants: ['unitFile'],
  judge({ service, unitFile }, { unit }) {
    const { value } = service;
    const evidence = [serviceEvidence(service, ['UnitFileState'])];
    if (value.load === 'masked') return after('unit-place', { evidence });
    if (value.enabled === 'enabled') return pass({ code: 'enabled' }, { evidence });
    if (unitFile !== null && !unitFile.value.sections.includes('Install')) {
      const mend = byHand(
        `sudo systemctl edit --full ${bare(unit)}    # [Install] WantedBy=multi-user.target`,
      );
      return fail({ code: 'no-install-section', unit }, { evidence, ...mend });
    }
    const finding = { code: 'not-enabled', unit, state: value.enabled } as const;
    return fail(finding, { evidence, ...fixable(`sudo systemctl enable ${bare(unit)}`) });
  },
});

const active = defineCheck({
  id: 'active',
  group: 'integrate',
  needs: ['service'],
  wants: ['sockets'],
  judge({ service, sockets }, { unit, port }) {
    const { value } = service;
    const evidence = [serviceEvidence(service, ['Type', 'ActiveState', 'SubState', 'Result', 'MainPID'])];
    if (value.active === 'active') return pass({ code: 'active', pid: value.mainPid }, { evidence });
    if (value.load === 'masked') return after('unit-place', { evidence });
    const { active: state, sub, result, type } = value;
    const listens = sockets !== null && listenersOn(sockets.value, port).length > 0;
    if (gaveNoSign(value) || (isAwaitingSign(value) && listens)) {
      const edit = `sudo systemctl edit --full ${bare(unit)}    # [Service] Type=simple`;
      const mend = byHand(edit, `sudo systemctl restart ${bare(unit)}`);
      return fail({ code: 'no-ready-sign', active: state, sub, type }, { evidence, ...mend });
    }
    const finding = { code: 'not-active', active: state, sub, result } as const;
    if (state === 'activating')
      return warn(finding, { evidence, ...byHand(`systemctl status ${bare(unit)}`) });
    const clear = state === 'failed' ? [`sudo systemctl reset-failed ${bare(unit)}`] : [];
    return fail(finding, { evidence, ...fixable(...clear, `sudo systemctl start ${bare(unit)}`) });
  },
});

export const INTEGRATE: readonly Check[] = [
  optFolder,
  unitPlace,
  unitOwnerMode,
  absolutePaths,
  restartPolicy,
  restartSec,
  ...FIREWALL_LINES,
  reloadPending,
  enabled,
  active,
];
