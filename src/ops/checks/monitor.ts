/** Part II.3 of the exercise: Netdata watches the port and tells of its fall. */
import { after, byHand, type Check, defineCheck, fail, ownCommand, pass } from './check.ts';
import { judgeUnit } from './setup.ts';

const netdataActive = defineCheck({
  id: 'netdata-active',
  group: 'monitor',
  needs: ['netdata'],
  judge: ({ netdata }) => judgeUnit(netdata.value, false),
});

const netdataApi = defineCheck({
  id: 'netdata-api',
  group: 'monitor',
  needs: ['netdataApi'],
  wants: ['netdata'],
  judge({ netdataApi, netdata }, { expected: { netdataPort: port } }) {
    const { value, evidence } = netdataApi;
    if (value.version !== null)
      return pass({ code: 'api-answers', version: value.version, port }, { evidence });
    if (netdata !== null && netdata.value.active !== 'active') return after('netdata-active', { evidence });
    const mend = byHand('sudo ss -ltnp | grep netdata', 'journalctl -u netdata -n 50');
    return fail({ code: 'api-silent', port }, { evidence, ...mend });
  },
});

const netdataPortcheck = defineCheck({
  id: 'netdata-portcheck',
  group: 'monitor',
  needs: ['portChart'],
  wants: ['service'],
  judge({ portChart, service }, subject) {
    const { port } = subject;
    const { value, evidence } = portChart;
    if (value === null) {
      const mend = byHand(ownCommand(subject, 'deploy --netdata'));
      return fail({ code: 'port-not-watched', port }, { evidence, ...mend });
    }
    // A check of the wrong address says "down" of a service that runs, and cries wolf for ever.
    if (value.success === false && service?.value.active === 'active') {
      const mend = byHand(ownCommand(subject, 'deploy --netdata'));
      return fail({ code: 'port-watched-down', chart: value.id }, { evidence, ...mend });
    }
    return pass({ code: 'port-watched', chart: value.id }, { evidence });
  },
});

const netdataAlarm = defineCheck({
  id: 'netdata-alarm',
  group: 'monitor',
  needs: ['portAlarms', 'portChart'],
  judge({ portAlarms, portChart }, subject) {
    const { expected } = subject;
    const { evidence } = portAlarms;
    const chart = portChart.value?.id ?? '';
    const mend = { evidence, ...byHand(ownCommand(subject, 'deploy --netdata')) };
    const loud = portAlarms.value.filter((alarm) => !alarm.silent && Number.isFinite(alarm.withinMs));
    const quickest = loud.toSorted((a, b) => a.withinMs - b.withinMs)[0];
    if (quickest !== undefined) {
      const { name: alarm, withinMs } = quickest;
      return withinMs <= expected.alarmWithinMs
        ? pass({ code: 'alarm-fires', alarm, withinMs }, { evidence })
        : fail({ code: 'alarm-slow', alarm, withinMs }, mend);
    }
    const silent = portAlarms.value[0];
    return silent === undefined
      ? fail({ code: 'alarm-missing', chart }, mend)
      : fail({ code: 'alarm-silent', alarm: silent.name }, mend);
  },
});

const discord = defineCheck({
  id: 'discord',
  group: 'monitor',
  needs: ['discord'],
  judge({ discord: { value } }, subject) {
    const { file } = value;
    const mend = byHand(ownCommand(subject, 'deploy --netdata --webhook-file FILE'));
    if (!value.send) return fail({ code: 'discord-off', file }, mend);
    if (value.webhook === 'none') return fail({ code: 'discord-no-webhook', file }, mend);
    if (value.webhook === 'malformed') return fail({ code: 'discord-bad-webhook', file }, mend);
    if (value.recipient === '') return fail({ code: 'discord-no-recipient', file }, mend);
    return pass({ code: 'discord-on', webhook: value.shown });
  },
});

export const MONITOR: readonly Check[] = [netdataActive, netdataApi, netdataPortcheck, netdataAlarm, discord];
