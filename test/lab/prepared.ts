/** The lab's host prepared as the exercise wants it in the end, and back. */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { control, lab, onHost } from './host.ts';

const fixtures = fileURLToPath(new URL('../fixtures/checks/prepared', import.meta.url));
const ownServer = fileURLToPath(new URL('../../src/ops/deploy/assets/server.py', import.meta.url));

/** All that the lab can have: the hardened server on the bridge address, Netdata with its check and its alarm. */
export async function prepareHost(): Promise<void> {
  const folder = join(lab().root, 'root', 'prepared');
  rmSync(folder, { recursive: true, force: true });
  cpSync(fixtures, folder, { recursive: true });
  cpSync(ownServer, join(folder, 'server.py'));
  await onHost('sh /root/prepared/prepare.sh /root/prepared');
}

export async function unprepareHost(): Promise<void> {
  await onHost('[ ! -e /root/prepared ] || sh /root/prepared/unprepare.sh; rm -rf /root/prepared');
  await control('reset');
}
