/**
 * Files read over SFTP: no process on the host, and one handle kept for what is read again and again.
 *
 * Handles are kept for `/proc` and `/sys` alone. They report a size of 0 and give their newest content
 * at each read from offset 0; an ordinary file may be replaced under its name, and a kept handle would
 * go on reading the old one.
 */
import { Failed } from '../failure.ts';

const PIECE = 32 * 1024;
/** Handles kept at most; sshd's sftp-server allows far more, but none should be kept for good. */
const KEPT_HANDLES = 16;
const LIMIT = 16 * 1024 * 1024;
const KERNEL_FILE = /^\/(?:proc|sys)\//;

/** One SFTP session, as far as files are read. What it rejects with is any error, its message the server's. */
export interface SftpSession {
  open(path: string): Promise<Buffer>;
  /** @returns at most `length` bytes; none at the end of the file */
  read(handle: Buffer, position: number, length: number): Promise<Buffer>;
  close(handle: Buffer): void;
  /** Settles when the session is over; never rejects. */
  readonly closed: Promise<void>;
}

export interface RemoteFiles {
  /** @throws Failed `unavailable`, `link-lost` */
  read(path: string): Promise<Buffer>;
}

/**
 * @param openSession starts one, when it is first needed and when the last one ended
 * @param lost resolves with the reason once the connection is gone
 */
export function sftpFiles(
  openSession: () => Promise<SftpSession>,
  lost: Promise<{ readonly detail: string }>,
): RemoteFiles {
  let session: Promise<SftpSession> | null = null;
  const handles = new Map<string, Promise<Buffer>>();
  /** Reads of one path wait for each other: the kernel's files keep their place per handle. */
  const turns = new Map<string, Promise<unknown>>();
  const linkLost = lost.then(({ detail }) => {
    throw new Failed({ code: 'link-lost', detail });
  });
  linkLost.catch(() => {});

  function connect(): Promise<SftpSession> {
    const opening = openSession();
    session = opening;
    const forget = (): void => {
      if (session !== opening) return;
      session = null;
      handles.clear();
    };
    // A server without SFTP is asked again at the next read only: it may have been a passing failure.
    opening.then((sftp) => sftp.closed.then(forget), forget);
    return opening;
  }

  async function readAll(sftp: SftpSession, handle: Buffer): Promise<Buffer> {
    const pieces: Buffer[] = [];
    let position = 0;
    while (position < LIMIT) {
      const piece = await sftp.read(handle, position, PIECE);
      if (piece.length === 0) break;
      pieces.push(piece);
      position += piece.length;
    }
    return Buffer.concat(pieces, position);
  }

  function letGo(sftp: SftpSession, path: string): void {
    const handle = handles.get(path);
    handles.delete(path);
    handle?.then((open) => sftp.close(open)).catch(() => {});
  }

  async function readKept(sftp: SftpSession, path: string): Promise<Buffer> {
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
    const opening = sftp.open(path);
    handles.set(path, opening);
    try {
      return await readAll(sftp, await opening);
    } catch (error) {
      letGo(sftp, path);
      throw error;
    }
  }

  async function readOnce(sftp: SftpSession, path: string): Promise<Buffer> {
    const handle = await sftp.open(path);
    try {
      return await readAll(sftp, handle);
    } finally {
      sftp.close(handle);
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
