/** SFTP over an ssh2 connection. */
import type { Client, SFTPWrapper } from 'ssh2';
import type { SftpSession } from './sftp-files.ts';

/** SSH_FX_EOF of the SFTP protocol (draft-ietf-secsh-filexfer-02, section 7). */
const EOF_STATUS = 1;

export function sftpOverSsh2(client: Client): Promise<SftpSession> {
  return new Promise((resolve, reject) => {
    client.sftp((error, sftp) => {
      if (error) return reject(error);
      sftp.on('error', () => {});
      const closed = new Promise<void>((over) => sftp.on('close', () => over()));
      resolve({
        open: (path) =>
          new Promise((opened, failed) => {
            sftp.open(path, 'r', (reason, handle) => (reason ? failed(reason) : opened(handle)));
          }),
        read: (handle, position, length) => readPiece(sftp, handle, position, length),
        close: (handle) => {
          sftp.close(handle, () => {});
        },
        closed,
      });
    });
  });
}

function readPiece(sftp: SFTPWrapper, handle: Buffer, position: number, length: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const buffer = Buffer.allocUnsafe(length);
    sftp.read(handle, buffer, 0, length, position, (error, bytesRead) => {
      if (!error) resolve(buffer.subarray(0, bytesRead));
      else if ('code' in error && error.code === EOF_STATUS) resolve(Buffer.alloc(0));
      else reject(error);
    });
  });
}
