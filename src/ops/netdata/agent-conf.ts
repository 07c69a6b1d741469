/** Netdata's own `netdata.conf`, as far as it can keep us from what we want: an INI file. Pure. */
import { isIP } from 'node:net';
import { isLoopback, isWildcard } from '../address.ts';

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

/**
 * Whether, by these settings, it can listen on 127.0.0.1 at `port` at all. True when that cannot be told: nothing is
 * set, or a name is.
 */
export function mayListenOnLoopback(settings: readonly Setting[], port: number): boolean {
  const value = (name: RegExp): string | undefined =>
    settings.findLast((setting) => name.test(setting))?.replace(/^.*? = /, '');
  if (value(/^\[web\] mode = /) === 'none') return false;
  const bind = value(/^\[web\] bind to = /i) ?? value(/^\[global\] bind (?:to|socket to ip) = /i);
  const usual = Number(value(/ default port = /i) ?? port);
  const places = bind === undefined ? [''] : bind.split(/[\s,]+/).filter((place) => place !== '');
  // `tcp:10.5.1.2:8080=dashboard|registry`, `[::]:19999`, `*`, `localhost`; a socket in the file system is no port.
  return places
    .filter((place) => !/^(?:unix|udp):/.test(place))
    .map((place) => place.replace(/^tcp:/, '').replace(/[=^].*$/, ''))
    .some((place) => {
      const [, address = '', at = ''] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(place) ?? ['', place];
      return isLoopbackOrAll(address.replace(/^\[(.*)\]$/, '$1')) && Number(at || usual) === port;
    });
}

function isLoopbackOrAll(address: string): boolean {
  return isIP(address) === 0 || isWildcard(address) || (isLoopback(address) && isIP(address) === 4);
}
