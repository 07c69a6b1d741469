/** Where the webhook's address is kept: a file that only its owner reads, or a credential that systemd hands over. */
import { constants, existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { readWebhook, Webhook, type WebhookProblem } from './webhook.ts';

/** The credential's name, as in `LoadCredential=discord-webhook:…` (systemd.exec(5)). */
export const CREDENTIAL = 'discord-webhook';

export interface WebhookSource {
  readonly path: string;
  /** systemd's own folder: only this service is let into it, whatever the file's mode says. */
  readonly credential: boolean;
}

export type WebhookFileProblem =
  | WebhookProblem
  | { readonly code: 'unreadable'; readonly detail: string }
  | { readonly code: 'not-a-file' }
  | { readonly code: 'too-open'; readonly mode: number }
  | { readonly code: 'not-ours'; readonly uid: number };

/** What systemd hands to this service; null when it hands it nothing of the name. */
export function credentialSource(env: NodeJS.ProcessEnv): WebhookSource | null {
  const folder = env.CREDENTIALS_DIRECTORY;
  const path = folder ? join(folder, CREDENTIAL) : '';
  return path !== '' && existsSync(path) ? { path, credential: true } : null;
}

/** A pipe that nobody writes to would be waited for, for ever. */
const NOT_WAITING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Longer than any address, and no more is read of what may be a device. */
const MOST_BYTES = 4096;

export async function readWebhookFile(
  { path, credential }: WebhookSource,
  insecure: boolean,
): Promise<Webhook | WebhookFileProblem> {
  let file: FileHandle;
  try {
    file = await open(path, NOT_WAITING);
  } catch (error) {
    return { code: 'unreadable', detail: (error as NodeJS.ErrnoException).code ?? String(error) };
  }
  try {
    // Of the open file, not of its name: that may be another's by now.
    const stat = await file.stat();
    if (!stat.isFile()) return { code: 'not-a-file' };
    if (!credential && process.platform !== 'win32') {
      const mode = stat.mode & 0o777;
      if ((mode & 0o077) !== 0) return { code: 'too-open', mode };
      const uid = process.getuid?.();
      const ours = uid === undefined || uid === 0 || stat.uid === uid || stat.uid === 0;
      if (!ours) return { code: 'not-ours', uid: stat.uid };
    }
    const { bytesRead, buffer } = await file.read(Buffer.alloc(MOST_BYTES), 0, MOST_BYTES, 0);
    return readWebhook(buffer.toString('utf8', 0, bytesRead), insecure);
  } catch (error) {
    return { code: 'unreadable', detail: (error as NodeJS.ErrnoException).code ?? String(error) };
  } finally {
    await file.close();
  }
}

export function isWebhook(found: Webhook | WebhookFileProblem): found is Webhook {
  return found instanceof Webhook;
}
