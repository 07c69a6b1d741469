/**
 * Files read over SFTP: no process on the host, and one handle kept for what is read again and again.
 *
 * Handles are kept for `/proc` and `/sys` alone. They report a size of 0 and give their newest content
 * at each read from offset 0; an ordinary file may be replaced under its name, and a kept handle would
 * go on reading the old one.
 */
import type { Client, SFTPWrapper } from 'ssh2';
import { Failed } from '../failure.ts';

const PIECE = 32 * 1024;
/** Handles kept at most; sshd's sftp-server allows far more, but none should be kept for good. */
const KEPT_HANDLES = 16;
const LIMIT = 16 * 1024 * 1024;
const KERNEL_FILE = /^\/(?:proc|sys)\//;
/** SSH_FX_EOF of the SFTP protocol (draft-ietf-secsh-filexfer-02, section 7). */
const EOF_STATUS = 1;

export interface RemoteFiles {
  /** @throws Failed `unavailable`, `link-lost` */
  read(path: string): Promise<Buffer>;
}

/** @param lost resolves with the reason once the connection is gone */
export function sftpFiles(client: Client, lost: Promise<{ readonly detail: string }>): RemoteFiles {
  let session: Promise<SFTPWrapper> | null = null;
  const handles = new Map<string, Promise<Buffer>>();
  /** Reads of one path wait for each other: the kernel's files keep their place per handle. */
  const turns = new Map<string, Promise<unknown>>();
  const linkLost = lost.then(({ detail }) => {
    throw new Failed({ code: 'link-lost', detail });
  });
  linkLost.catch(() => {});

  function connect(): Promise<SFTPWrapper> {
    const opening = new Promise<SFTPWrapper>((resolve, reject) => {
      client.sftp((error, sftp) => {
        if (error) return reject(error);
        const forget = (): void => {
          session = null;
          handles.clear();
        };
        sftp.on('error', () => {});
        sftp.on('close', forget);
        resolve(sftp);
      });
    });
    session = opening;
    // A server without SFTP is asked again at the next read only: it may have been a passing failure.
    opening.catch(() => {
      if (session === opening) session = null;
    });
    return opening;
  }

  function open(sftp: SFTPWrapper, path: string): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      sftp.open(path, 'r', (error, handle) => (error ? reject(error) : resolve(handle)));
    });
  }

  async function readAll(sftp: SFTPWrapper, handle: Buffer): Promise<Buffer> {
    const pieces: Buffer[] = [];
    let position = 0;
    while (position < LIMIT) {
      const piece = await readPiece(sftp, handle, position);
      if (piece.length === 0) break;
      pieces.push(piece);
      position += piece.length;
    }
    return Buffer.concat(pieces, position);
  }

  function letGo(sftp: SFTPWrapper, path: string): void {
    const handle = handles.get(path);
    handles.delete(path);
    handle?.then((open) => sftp.close(open, () => {})).catch(() => {});
  }

  async function readKept(sftp: SFTPWrapper, path: string): Promise<Buffer> {
    const kept = handles.get(path);
    if (kept) {
      try {
        return await readAll(sftp, await kept);
      } catch {
        // What the handle stood for is gone (a process that ended): the name may have a new one.
        letGo(sftp, path);
      }
    }
    const [oldest] = handles.keys();
    if (oldest !== undefined && handles.size >= KEPT_HANDLES) letGo(sftp, oldest);
    const opening = open(sftp, path);
    handles.set(path, opening);
    try {
      return await readAll(sftp, await opening);
    } catch (error) {
      letGo(sftp, path);
      throw error;
    }
  }

  async function readOnce(sftp: SFTPWrapper, path: string): Promise<Buffer> {
    const handle = await open(sftp, path);
    try {
      return await readAll(sftp, handle);
    } finally {
      sftp.close(handle, () => {});
    }
  }

  async function read(path: string): Promise<Buffer> {
    const sftp = await (session ?? connect());
    return KERNEL_FILE.test(path) ? readKept(sftp, path) : readOnce(sftp, path);
  }

  return {
    async read(path) {
      const turn = (turns.get(path) ?? Promise.resolve()).then(
        () => read(path),
        () => read(path),
      );
      turns.set(path, turn);
      try {
        return await Promise.race([turn, linkLost]);
      } catch (error) {
        if (error instanceof Failed) throw error;
        const detail = error instanceof Error ? error.message : String(error);
        throw new Failed({ code: 'unavailable', what: path, detail }, { cause: error });
      } finally {
        if (turns.get(path) === turn) turns.delete(path);
      }
    },
  };
}

function readPiece(sftp: SFTPWrapper, handle: Buffer, position: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const buffer = Buffer.allocUnsafe(PIECE);
    sftp.read(handle, buffer, 0, PIECE, position, (error, bytesRead) => {
      if (!error) resolve(buffer.subarray(0, bytesRead));
      else if ('code' in error && error.code === EOF_STATUS) resolve(Buffer.alloc(0));
      else reject(error);
    });
  });
}
