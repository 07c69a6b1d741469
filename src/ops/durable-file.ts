/** Writing so that a power cut does not take it back. */
import { open } from 'node:fs/promises';

/** A file that only its owner reads; on disk when this resolves. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A file's name, or its absence, is on disk once its folder is (fsync(2)). */
export async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folder, and journals renames by itself.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
