/** Why a file could not be read or written, as the system says it: Node's own message repeats the path and the call. */
import { getSystemErrorMessage } from 'node:util';

/** `no such file or directory`; the error's own words when it is not the system's. */
export function fileTrouble(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { errno } = error as NodeJS.ErrnoException;
  // Newer Nodes give no text for a number that the system does not have.
  return (errno === undefined ? undefined : getSystemErrorMessage(errno)) ?? error.message;
}
