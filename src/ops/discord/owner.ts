/**
 * One process at a time works through a folder: two would send everything twice. The claim is a listening
 * socket, since the kernel takes that back from a process however it ends.
 */
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export interface Claim {
  release(): Promise<void>;
}

/** null: another process has it. */
export async function claimFolder(folder: string, platform = process.platform): Promise<Claim | null> {
  const name = claimName(resolve(folder), platform);
  const server = (await listen(name)) ?? (await listenAnew(name, platform));
  if (server === null) return null;
  // It is a claim, and no reason to stay alive.
  server.unref();
  return { release: () => new Promise((done) => server.close(() => done())) };
}

/** Linux and Windows have names that vanish with their process; elsewhere a file is left behind. */
function claimName(folder: string, platform: NodeJS.Platform): string {
  const user = process.getuid?.() ?? '';
  const name = `tp5-tui-${user}-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`;
  if (platform === 'linux') return `\0${name}`;
  return platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), name);
}

async function listenAnew(name: string, platform: NodeJS.Platform): Promise<Server | null> {
  if (platform === 'linux' || platform === 'win32' || (await answers(name))) return null;
  await rm(name, { force: true });
  return listen(name);
}

/** null when the name is taken. */
function listen(name: string): Promise<Server | null> {
  return new Promise((done, fail) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? done(null) : fail(error),
    );
    server.listen(name, () => done(server));
  });
}

function answers(name: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(name);
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}
