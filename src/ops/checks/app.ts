/** What the server's own code, and the way it is started, will do one day. Warnings: the code was given. */
import { acceptsOnce } from '../caution/python-accept.ts';
import { byHand, type Check, defineCheck, type Evidence, ownCommand, pass, warn } from './check.ts';
import type { Source } from './facts.ts';
import { bufferedPrints, evalLines, readPython, unsetGlobal } from './python-source.ts';
import { serviceEvidence } from './service-view.ts';
import { shellWord } from './shell-word.ts';
import { commandsOf, isPython, startedBy } from './unit-file.ts';

/** Lines of the source, as the command that prints just them. */
function lines(source: Source, numbers: readonly number[]): readonly Evidence[] {
  if (numbers.length === 0) return [];
  const text = source.text.split('\n');
  return [
    {
      command: `sed -n ${shellWord(numbers.map((number) => `${number}p`).join(';'))} ${shellWord(source.path)}`,
      output: numbers.map((number) => text[number - 1] ?? '').join('\n'),
    },
  ];
}

/** Of a server that takes one client in its life, every TCP check is that client: ours, and Netdata's. */
const servesMany = defineCheck({
  id: 'serves-many',
  group: 'app',
  needs: ['source'],
  wants: ['service'],
  judge({ source: { value }, service }, subject) {
    const line = acceptsOnce(readPython(value.text));
    if (line === null) return pass({ code: 'serves-many' }, { evidence: [] });
    const name = shellWord(subject.unit.replace(/\.service$/, ''));
    const restarts = service?.value.restart === 'always';
    const mend = byHand(
      `sudoedit ${shellWord(value.path)}    # while True: around accept()`,
      ...(restarts ? [] : [`sudo systemctl edit ${name}    # [Service] Restart=always`]),
    );
    return warn({ code: 'serves-one', line, restarts }, { evidence: lines(value, [line]), ...mend });
  },
});

const evalOnInput = defineCheck({
  id: 'eval-on-input',
  group: 'app',
  needs: ['source'],
  judge({ source: { value } }, subject) {
    const found = evalLines(readPython(value.text));
    const evidence = lines(value, found);
    if (found.length === 0) return pass({ code: 'no-eval' }, { evidence });
    return warn(
      { code: 'evaluates-input', lines: found },
      { evidence, ...byHand(ownCommand(subject, 'deploy')) },
    );
  },
});

const runsAsRoot = defineCheck({
  id: 'runs-as-root',
  group: 'app',
  needs: ['service'],
  wants: ['processUser'],
  judge({ service, processUser }, subject) {
    const { unit } = subject;
    const { user, dynamicUser } = service.value;
    const evidence = processUser?.evidence ?? [serviceEvidence(service, ['User', 'DynamicUser'])];
    if (user === null) return { state: 'skip', finding: { code: 'unseen', why: { code: 'embedded' } } };
    // The process itself tells, where there is one: an edited unit may not have been restarted since.
    const runsAs = processUser?.value ?? (user || (dynamicUser ? unit.replace(/\.service$/, '') : 'root'));
    if (runsAs !== 'root') return pass({ code: 'own-user', user: runsAs }, { evidence });
    return warn({ code: 'root-user' }, { evidence, ...byHand(ownCommand(subject, 'deploy --hardened')) });
  },
});

/** The variable that the exercise's watchdog thread reads before anything has set it. */
const WATCHDOG_NAME = 'last_client_time';

const lastClientThread = defineCheck({
  id: 'last-client-thread',
  group: 'app',
  needs: ['source'],
  judge({ source: { value } }, subject) {
    const line = unsetGlobal(readPython(value.text), WATCHDOG_NAME);
    if (line === null) return pass({ code: 'thread-fine' }, { evidence: [] });
    const evidence = lines(value, usesOf(value, WATCHDOG_NAME));
    return warn(
      { code: 'thread-dies', name: WATCHDOG_NAME, line },
      { evidence, ...byHand(ownCommand(subject, 'deploy')) },
    );
  },
});

function usesOf(source: Source, name: string): readonly number[] {
  return source.text.split('\n').flatMap((line, index) => (line.includes(name) ? [index + 1] : []));
}

const logFolder = defineCheck({
  id: 'log-folder',
  group: 'app',
  needs: ['logFolders'],
  judge({ logFolders: { value } }) {
    const missing = value.find((folder) => !folder.exists);
    if (missing !== undefined) {
      const mend = byHand(`sudo mkdir -p ${shellWord(missing.path)}`);
      return warn({ code: 'log-folder-missing', folder: missing.path }, mend);
    }
    if (value.length === 0) return pass({ code: 'no-log-folder' });
    return pass({ code: 'log-folders-there', folders: value.map((folder) => folder.path) });
  },
});

const stdoutBuffered = defineCheck({
  id: 'stdout-buffered',
  group: 'app',
  needs: ['source', 'unitFile'],
  wants: ['service'],
  judge({ source: { value }, unitFile, service }, { unit }) {
    const command = commandsOf(unitFile.value, 'ExecStart')[0]?.words ?? [];
    const script = startedBy(unitFile.value)?.app ?? '';
    const options = command.slice(1, command.indexOf(script));
    const environment = service?.value.environment ?? [];
    const unbuffered =
      !isPython(command[0] ?? '') ||
      options.some((option) => /^-[a-zA-Z]*u/.test(option)) ||
      environment.some((variable) => /^PYTHONUNBUFFERED=./.test(variable));
    const found = bufferedPrints(readPython(value.text));
    const evidence = lines(value, found);
    if (unbuffered || found.length === 0) return pass({ code: 'output-immediate' }, { evidence });
    const edit = `sudo systemctl edit ${shellWord(unit.replace(/\.service$/, ''))}    # [Service] Environment=PYTHONUNBUFFERED=1`;
    return warn({ code: 'output-buffered', lines: found }, { evidence, ...byHand(edit) });
  },
});

export const APP: readonly Check[] = [
  servesMany,
  evalOnInput,
  runsAsRoot,
  lastClientThread,
  logFolder,
  stdoutBuffered,
];
