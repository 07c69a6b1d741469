/** Whether a unit of this host may be started, stopped and killed by whoever has logged in. */
import type { HostInfo } from './host.ts';

/** With root's rights, or because it is the user's own: those take no privilege. */
export function mayControl({ privilege, manager }: Pick<HostInfo, 'privilege' | 'manager'>): boolean {
  return privilege.kind !== 'none' || manager === 'user';
}
