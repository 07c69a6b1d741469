/** Our alarm for Netdata, on the chart of our check alone: raised well within a minute of an outage, cleared once it is over. */
import { linesOf, marked, textOf, withoutOurs } from './our-lines.ts';

export const ALARM = 'tp5_port_down';
export const ALARM_FILE = 'health.d/tp5-tui.conf';

/**
 * The stock alarms of portcheck average over five minutes, and the quick one is `to: silent`. This one, in the
 * words of Netdata's own health reference:
 *
 * - `alarm` with `on: CHART`, where a `template` with `on: CONTEXT` would be on every check of the host: the
 *   administrator's own, of ssh say, would raise it too. It is the one way to narrow it that all versions have:
 *   `families` and `charts` went with 1.41 (netdata#15086), `chart labels`, which came in their place, are unknown to
 *   1.37, and an unknown line is logged and left out, so that the template would again be on all. The chart's id is
 *   `portcheck_JOB.port_PORT_status` in every go.d since 2019 (portcheck/charts.go).
 * - The check runs every 5 s: a window of 15 s holds its last three results, `unaligned` the last at any time.
 * - One failure in three (67 %) is a blip: a server that takes one client at a time, a restart of a second. Two
 *   (33 %) are an outage: under 50 % is critical. So it is raised 5 to 12 s after the port fell (two checks, one
 *   evaluation), which also tells of the 30 s that `RestartSec=` leaves a killed service down.
 * - Once raised it is cleared by three successes in a row, 10 to 20 s after the port came back: a crash loop is one
 *   alert, not one for each start.
 * - `to: sysadmin`: the role whose recipients are Discord's default ones; `silent` would notify nobody.
 */
const alarmOn = (chart: string): string[] => [
  `    alarm: ${ALARM}`,
  `       on: ${chart}`,
  '    class: Errors',
  '     type: Other',
  'component: TCP endpoint',
  '   lookup: average -15s unaligned percentage of success',
  '    every: 5s',
  '    units: %',
  '     crit: $this < (($status == $CRITICAL) ? (100) : (50))',
  // Part of the message, of the fall and of its end alike.
  '     info: how much of the last three TCP checks of the port succeeded; under half, it is down',
  '       to: sysadmin',
];

const HEADER = `# A port that portcheck watches does not answer. The check runs every 5 s, so that 15 s hold its last three
# results: two failures raise the alarm (5 to 12 s after the fall), three successes in a row clear it. One failure
# alone is a blip, and a service that crashes again and again is one alarm.

`;

/** What the first versions wrote: it was on every check of the host. */
const FOR_ALL = new RegExp(`^[ \\t]*template:[ \\t]*${ALARM}\\b`, 'm');

/** @param before null when there is no such file */
export function withAlarm(before: string | null, { unit, chart }: { unit: string; chart: string }): string {
  const start = before === null || FOR_ALL.test(before) ? HEADER : before;
  return textOf([...withoutOurs(linesOf(start), unit), ...marked(unit, alarmOn(chart))]);
}
