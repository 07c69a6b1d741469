/**
 * A stand-in for Discord's webhooks as Netdata uses them: Slack's form, at `<webhook>/slack`. A program of its own:
 * prints its address, then each message as a line of JSON. The argument is the address to listen on.
 */
import { createServer } from 'node:http';

const [host = '127.0.0.1'] = process.argv.slice(2);
const print = (line: object): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => {
    body += chunk.toString();
  });
  request.on('end', () => {
    const payload: unknown = JSON.parse(new URLSearchParams(body).get('payload') ?? 'null');
    print({ atWall: Date.now(), path: request.url, payload });
    response.writeHead(200).end('ok');
  });
});
server.listen(0, host, () => {
  const address = server.address();
  if (address === null || typeof address === 'string') return;
  print({ address: `http://${host}:${address.port}/api/webhooks/112233445566/a-secret-of-the-channel-LAST` });
});
