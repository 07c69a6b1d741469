/** The proofs that are made of more than one command: the kill with its way back, and the alarms that were raised. */
import { shellWord } from '../checks/shell-word.ts';
import { parseAlarmLog, type RaisedAlarm } from './alarm-log.ts';
import type { Block, Material } from './material.ts';
import { type Typed, typedEvidence, typedSaid } from './typed.ts';

/** The last changes are what tells; an alarm that flaps has hundreds. */
const ENTRIES_SHOWN = 6;

/** The demonstration where it was made, else what the journal remembers. */
export function killBlocks({ demonstration, second }: Material): readonly Block[] {
  if (demonstration !== null) {
    const { drill, afterKill, afterWait } = demonstration;
    return [
      { kind: 'typed', caption: 'kill', typed: afterKill },
      { kind: 'typed', caption: 'after-wait', typed: afterWait },
      // Nothing was timed where nothing was killed.
      ...(drill.steps.some(({ ms }) => ms !== null) ? [{ kind: 'drill', drill } as const] : []),
    ];
  }
  if (second === null) return [];
  const { kill, searched, journalUnread } = second;
  if (journalUnread !== null)
    return [{ kind: 'typed', caption: 'killed-before', typed: [typedSaid(searched)] }];
  if (kill !== null) {
    return [{ kind: 'typed', caption: 'killed-before', typed: [typedEvidence(kill.excerpt)] }];
  }
  const command = `${searched.command.replace(/ -n \d+$/, '')} | grep 'status=9/KILL'`;
  return [{ kind: 'typed', caption: 'killed-before', typed: [typedEvidence({ command, output: '' })] }];
}

export function raisedAlarms({ checks, first }: Material): readonly RaisedAlarm[] {
  const chart = checks.facts.portChart;
  if (first === null || chart?.seen !== true || chart.value === null) return [];
  return parseAlarmLog(first.alarmLog.stdout, chart.value.id);
}

export function alarmEntries(material: Material): readonly Typed[] {
  const { checks, first } = material;
  const chart = checks.facts.portChart;
  if (first === null || chart?.seen !== true || chart.value === null) return [];
  const entries = raisedAlarms(material).slice(-ENTRIES_SHOWN);
  const filter = `sort_by(.when)[] | select(.chart == ${JSON.stringify(chart.value.id)} and (.status | test("WARNING|CRITICAL|CLEAR"))) | {name, status, when: (.when | todate)}`;
  return [
    typedEvidence({
      command: `${first.alarmLog.command} | jq -c ${shellWord(filter)} | tail -n ${ENTRIES_SHOWN}`,
      output: entries
        .map(({ name, status, at }) =>
          JSON.stringify({ name, status, when: new Date(at).toISOString().replace('.000Z', 'Z') }),
        )
        .join('\n'),
    }),
  ];
}
