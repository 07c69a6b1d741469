/** The command that joins a channel of ours to a bus of the host: the system's, or the user's own. */
import type { UnitManager } from '../host.ts';

export interface Bridge {
  readonly argv: readonly string[];
  /** Worth running with root's rights, where we have them. */
  readonly privileged: boolean;
}

/** Where user@.service always puts the bus: the bridge's own `--user` came late, with systemd 249. */
const USER_BUS = 'exec systemd-stdio-bridge -p "unix:path=/run/user/$(id -u)/bus"';

export const BRIDGES: Readonly<Record<UnitManager, Bridge>> = {
  system: { argv: ['systemd-stdio-bridge'], privileged: true },
  user: { argv: ['sh', '-c', USER_BUS], privileged: false },
};
