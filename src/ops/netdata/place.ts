/** Where Netdata is on a host: found from its unit, not assumed. */
import type { PackageFamily } from './problem.ts';

export const NETDATA_UNIT = 'netdata.service';

/** Shell: who Netdata runs as, and so alarm-notify.sh too. A script of SysV's has no main process to systemd. */
export const RUNS_AS = `pid=$(systemctl show -p MainPID --value ${NETDATA_UNIT})
[ "$pid" -gt 0 ] || pid=$(pgrep -o -x netdata)
user=$(stat -c %U "/proc/$pid")`;

/** What `LOCATE` prints, read. */
export interface Located {
  /** LoadState of its unit: `loaded`, `not-found`, `masked`… */
  readonly load: string;
  /** ActiveState and SubState. */
  readonly active: string;
  readonly sub: string;
  /** UnitFileState. */
  readonly enabled: string;
  /** When it became active: the host's wall clock, seconds since the epoch; null when it is not. */
  readonly activeSinceSec: number | null;
  /** What the installation's folders begin with: `''` for packages, `/opt/netdata` for the static one. */
  readonly prefix: string;
  /** The group that may read its secrets. */
  readonly group: string;
  readonly family: PackageFamily;
  /** PRETTY_NAME of os-release(5). Foreign text. */
  readonly system: string;
}

/** Prints `Key=value` lines: properties of the unit, and what the unit does not say. */
export const LOCATE = `export LC_ALL=C
systemctl show ${NETDATA_UNIT} -p LoadState -p ActiveState -p SubState -p UnitFileState -p User -p ExecStart
since=$(systemctl show ${NETDATA_UNIT} -p ActiveEnterTimestamp --value)
[ -n "$since" ] && date -d "$since" +Since=%s
user=$(systemctl show ${NETDATA_UNIT} -p User --value)
group=$(getent group netdata | cut -d: -f1)
echo "Group=\${group:-$(id -gn "\${user:-root}")}"
sed -n 's/^\\(ID\\|ID_LIKE\\|PRETTY_NAME\\)=/&/p' /etc/os-release
exit 0`;

export function parseLocated(text: string): Located {
  const values = new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      const at = line.indexOf('=');
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1).replace(/^"(.*)"$/, '$1')]];
    }),
  );
  const value = (name: string): string => values.get(name) ?? '';
  const since = Number(value('Since') || Number.NaN);
  const active = value('ActiveState');
  return {
    load: value('LoadState'),
    active,
    sub: value('SubState'),
    enabled: value('UnitFileState'),
    activeSinceSec: active === 'active' && Number.isFinite(since) ? since : null,
    prefix: prefixOf(value('ExecStart')),
    group: value('Group') || 'root',
    family: familyOf(`${value('ID')} ${value('ID_LIKE')}`),
    system: value('PRETTY_NAME'),
  };
}

/** `ExecStart={ path=/opt/netdata/bin/netdata ; argv[]=… }`, as systemctl(1) shows it. */
function prefixOf(execStart: string): string {
  const program = /\bpath=(\S+)/.exec(execStart)?.[1] ?? '';
  return /^(.*?)(?:\/usr)?\/s?bin(?:\/srv)?\/netdata$/.exec(program)?.[1] ?? '';
}

function familyOf(ids: string): PackageFamily {
  if (/\b(?:rhel|fedora|rocky|almalinux|centos)\b/.test(ids)) return 'dnf';
  return /\b(?:debian|ubuntu)\b/.test(ids) ? 'apt' : 'other';
}

/** Where its settings may be, the likeliest first (learn.netdata.cloud, "Locate your config directory"). */
export function configFolders(prefix: string): readonly string[] {
  return [...new Set([`${prefix}/etc/netdata`, '/etc/netdata', '/opt/netdata/etc/netdata'])];
}

/** The settings that come with it: alarm-notify.sh reads them before the administrator's. */
export function stockFolder(prefix: string): string {
  return `${prefix}/usr/lib/netdata/conf.d`;
}

/** The collector that has the TCP check; Debian packages Netdata without it. */
export function collectors(prefix: string): readonly string[] {
  return [
    `${prefix}/usr/libexec/netdata/plugins.d/go.d.plugin`,
    `${prefix}/usr/lib/netdata/plugins.d/go.d.plugin`,
  ];
}
