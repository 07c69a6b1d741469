/** Certificates that the user has for a host: named by `CertificateFile`, or beside a key as ssh-keygen -s leaves them. */
import { access } from 'node:fs/promises';
import type { SshTarget } from './ssh-config.ts';

/** @returns the files that are there */
export async function certificatesOf(
  target: Pick<SshTarget, 'identityFiles' | 'certificateFiles'>,
): Promise<string[]> {
  const beside = target.identityFiles.map((path) => `${path}-cert.pub`);
  const found = await Promise.all(
    [...target.certificateFiles, ...beside].map(async (path) => {
      const there = await access(path).then(
        () => true,
        () => false,
      );
      return there ? [path] : [];
    }),
  );
  return [...new Set(found.flat())];
}
