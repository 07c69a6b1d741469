/**
 * What a face (the console, a command) holds: the store to read, the journal's lines, and one
 * `dispatch` for everything the user can ask for. Nothing here is awaited by a face.
 */
import type { ServiceVerb } from '../ops/host.ts';
import type { JournalBuffer } from './journal-buffer.ts';
import type { ConsoleStore } from './store.ts';

export type Command =
  | { readonly type: 'service'; readonly verb: ServiceVerb }
  | { readonly type: 'port'; readonly open: boolean; readonly scope: 'runtime' | 'permanent' }
  /** `knowing`: the user knows what it does to the server. @default false */
  | { readonly type: 'calculate'; readonly input: string; readonly knowing?: boolean }
  | { readonly type: 'cancel-calculation' }
  | { readonly type: 'drill' }
  /** The result has been seen. Without effect while the drill runs: it goes on. */
  | { readonly type: 'close-drill' }
  | { readonly type: 'reconnect' }
  | { readonly type: 'probe-now' }
  /** The user wants the service dialled, knowing what that does to it. */
  | { readonly type: 'dial-anyway' }
  | { readonly type: 'read-only'; readonly on: boolean };

export interface Session {
  readonly store: ConsoleStore;
  readonly journal: JournalBuffer;
  dispatch(command: Command): void;
  /** Stops every feed and closes the host. Idempotent. */
  close(): Promise<void>;
}
