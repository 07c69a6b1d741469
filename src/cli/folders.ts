/** Where settings and state live: the XDG folders, or what macOS and Windows use in their place. */
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface Folders {
  /** Holds `config.toml`. */
  readonly config: string;
  /** Holds what the program remembers between runs. */
  readonly state: string;
}

export function folders(env: NodeJS.ProcessEnv, platform: NodeJS.Platform, home = homedir()): Folders {
  const named = (variable: string, ...fallback: string[]): string =>
    join(env[variable] || join(home, ...fallback), 'tp5-tui');
  if (platform === 'win32') {
    return {
      config: named('APPDATA', 'AppData', 'Roaming'),
      state: named('LOCALAPPDATA', 'AppData', 'Local'),
    };
  }
  return {
    config: named('XDG_CONFIG_HOME', '.config'),
    state: named('XDG_STATE_HOME', '.local', 'state'),
  };
}
