/** `systemctl show` of the service (systemctl(1)): read whole, shown in the part that was looked at. */
import type { Evidence } from './check.ts';
import type { ServiceView, Sourced } from './facts.ts';
import { shellWord } from './shell-word.ts';
import { parseTimeSpan } from './time-span.ts';
import { splitWords } from './unit-file.ts';

export const SERVICE_PROPERTIES = [
  'LoadState',
  'Type',
  'FragmentPath',
  'DropInPaths',
  'ActiveState',
  'SubState',
  'Result',
  'UnitFileState',
  'NeedDaemonReload',
  'Restart',
  'RestartUSec',
  'MainPID',
  'User',
  'DynamicUser',
  'Environment',
];

export function properties(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      const equals = line.indexOf('=');
      return equals > 0 ? [[line.slice(0, equals), line.slice(equals + 1)]] : [];
    }),
  );
}

export function parseService(text: string, unit: string): ServiceView {
  const has = properties(text);
  const word = (name: string): string => has.get(name) ?? '';
  return {
    unit,
    load: word('LoadState'),
    type: word('Type'),
    active: word('ActiveState'),
    sub: word('SubState'),
    enabled: word('UnitFileState'),
    result: word('Result'),
    fragmentPath: word('FragmentPath'),
    dropInPaths: splitWords(word('DropInPaths')),
    needsReload: word('NeedDaemonReload') === 'yes',
    restart: word('Restart'),
    restartSecMs: parseTimeSpan(word('RestartUSec')),
    mainPid: Number(word('MainPID')) || 0,
    user: word('User'),
    dynamicUser: word('DynamicUser') === 'yes',
    environment: splitWords(word('Environment')),
  };
}

/** Of the properties that were read these, as the command that shows just them. */
export function serviceEvidence(service: Sourced<ServiceView>, names: readonly string[]): Evidence {
  const whole = service.evidence[0];
  const lines = (whole?.output ?? '')
    .split('\n')
    .filter((line) => names.includes(line.split('=', 1)[0] ?? ''));
  return {
    command: `systemctl show ${shellWord(service.value.unit)} -p ${names.join(',')}`,
    output: lines.join('\n'),
  };
}
