/** Netdata's own `netdata.conf`, as far as it can keep us from what we want: an INI file. Pure. */

export const AGENT_FILE = 'netdata.conf';

/** A setting as it is written, e.g. `[web] bind to = 10.5.1.2:8080`. Foreign text. */
export type Setting = string;

/**
 * Where the API listens, and whom it answers (learn.netdata.cloud, "Web server reference"); before 1.2 some of them
 * stood in `[global]`, and are still read there.
 */
const OF_THE_API = new Map([
  ['web', ['mode', 'bind to', 'default port', 'allow connections from', 'allow dashboard from']],
  ['global', ['bind to', 'bind socket to ip', 'default port']],
]);

/** Whether alarms are loaded at all (Netdata's health reference). */
const OF_ALARMS = new Map([['health', ['enabled', 'enabled alarms']]]);

export const apiSettings = (text: string): readonly Setting[] => settingsIn(text, OF_THE_API);
export const alarmSettings = (text: string): readonly Setting[] => settingsIn(text, OF_ALARMS);

/** Those that are set there, in the file's order; what is commented out is Netdata's default. */
function settingsIn(text: string, wanted: ReadonlyMap<string, readonly string[]>): Setting[] {
  let section = '';
  return text.split('\n').flatMap((line) => {
    const opened = /^\s*\[(.*)\]\s*$/.exec(line)?.[1];
    if (opened !== undefined) section = opened.trim();
    const [, key = '', value = ''] = /^\s*([^#=[][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    return wanted.get(section)?.includes(key.toLowerCase()) ? [`[${section}] ${key} = ${value}`] : [];
  });
}
