/** An ssh-agent in this process. */
import { createServer } from 'node:net';
import ssh2, { type AgentProtocol as AgentSide } from 'ssh2';
import { readKey } from './ssh-host.ts';

/** An ssh-agent that holds these keys. */
export async function startAgent(
  path: string,
  privateKeys: readonly string[],
): Promise<{ close(): Promise<void> }> {
  const keys = privateKeys.map(readKey);
  const server = createServer((socket) => {
    const side: AgentSide = new ssh2.AgentProtocol(false);
    side.on('identities', (request) => side.getIdentitiesReply(request, keys));
    side.on('sign', (request, wanted, data, options) => {
      const key = keys.find((candidate) => candidate.getPublicSSH().equals(wanted.getPublicSSH()));
      if (key) side.signReply(request, key.sign(data, options.hash));
      else side.failureReply(request);
    });
    side.on('error', () => {});
    socket.on('error', () => {});
    socket.pipe(side).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return { close: async () => void server.close() };
}
