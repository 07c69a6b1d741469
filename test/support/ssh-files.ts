/** The few requests of SFTP that reading a file takes, on the in-process SSH host. */
import ssh2, { type SFTPWrapper } from 'ssh2';

const { STATUS_CODE } = ssh2.utils.sftp;

/** A file that is a function is asked at each read from its beginning, as the kernel's are. */
export function serveFiles(
  sftp: SFTPWrapper,
  files: Readonly<Record<string, string | (() => string)>> = {},
): void {
  const open: { readonly path: string; content: Buffer }[] = [];
  sftp.on('error', () => {});
  sftp.on('OPEN', (id: number, path: string) => {
    if (files[path] === undefined) return sftp.status(id, STATUS_CODE.NO_SUCH_FILE, 'No such file');
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(open.push({ path, content: Buffer.alloc(0) }) - 1);
    sftp.handle(id, handle);
  });
  sftp.on('READ', (id: number, handle: Buffer, offset: number, length: number) => {
    const file = open[handle.readUInt32BE()];
    if (!file) return sftp.status(id, STATUS_CODE.FAILURE);
    if (offset === 0) {
      const content = files[file.path];
      file.content = Buffer.from(typeof content === 'function' ? content() : (content ?? ''));
    }
    const piece = file.content.subarray(offset, offset + length);
    if (piece.length === 0) sftp.status(id, STATUS_CODE.EOF);
    else sftp.data(id, piece);
  });
  sftp.on('CLOSE', (id: number) => sftp.status(id, STATUS_CODE.OK));
}
