/** Secrets are hidden wherever a host prints them, and nothing else is. */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { maskAll, maskSecrets } from '../../src/ops/mask.ts';
import { BOUND_MS } from '../support/bound.ts';

const TOKEN = 'aW4tdGhlLWxhYi1ub2JvZHktbGlzdGVucw';
const KEY_BODY =
  'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\nQyNTUxOQAAACDsecretsecretsecretsecret==';

/** Whether any stretch of the secret is still there. */
function leaks(text: string, secret: string): boolean {
  const length = 6;
  return Array.from({ length: secret.length - length + 1 }, (_, at) => secret.slice(at, at + length)).some(
    (piece) => text.includes(piece),
  );
}

describe('maskSecrets', () => {
  it.each([
    ['a webhook', `https://discord.com/api/webhooks/112233445566778899/${TOKEN}`],
    [
      'a webhook of a test build of Discord',
      `https://ptb.discordapp.com/api/v10/webhooks/1/${TOKEN}?wait=true`,
    ],
    ['a webhook in a shell file', `DISCORD_WEBHOOK_URL="https://discord.com/api/webhooks/1/${TOKEN}"`],
    ['a webhook in JSON', `{"url":"https:\\/\\/discord.com\\/api\\/webhooks\\/1\\/${TOKEN}"}`],
    ['a webhook in a query', `?to=https%3A%2F%2Fdiscord.com%2Fapi%2Fwebhooks%2F1%2F${TOKEN}`],
    ['a webhook with a colour in it', `webhooks/1/\x1b[31m${TOKEN}\x1b[0m`],
    ['a Slack webhook', `https://hooks.slack.com/services/T000/B000/${TOKEN}`],
    ['a password in a URL', `postgres://app:${TOKEN}@db/calc`],
    ['an assignment', `DB_PASSWORD=${TOKEN}`],
    ['an assignment with spaces', `Environment="DB_PASSWORD=two ${TOKEN} words"`],
    ['a quoted value', `password = 'it is ${TOKEN}'`],
    ['a value in JSON', `{"apiKey": "x${TOKEN}", "port": 13337}`],
    ['a value in JSON in a string', `"{\\"token\\":\\"${TOKEN}\\"}"`],
    ['a value in YAML', `  client_secret: ${TOKEN}`],
    ['a coloured value', `\x1b[1mpassword\x1b[0m: \x1b[31m${TOKEN}`],
    ['a header', `Authorization: Bearer ${TOKEN}`],
    ['a header of curl', `curl -H 'Authorization: Bot ${TOKEN}' https://example.org`],
    ['an option', `backup --db-password ${TOKEN} --all`],
    ['sshpass', `sshpass -p ${TOKEN} ssh manon@10.5.1.2`],
    ['a user of curl', `curl -u manon:${TOKEN} http://127.0.0.1/`],
    ['a token of GitHub', `ghp_${TOKEN}`],
    ['a line of /etc/shadow', `paul:$y$j9T$${TOKEN}$x:20000:0:99999:7:::`],
  ])('hides %s', (_, text) => {
    expect(leaks(maskSecrets(text), TOKEN)).toBe(false);
    expect(maskSecrets(text)).toContain('…');
  });

  it('hides a private key, and the part of one that a log was cut at', () => {
    const whole = `-----BEGIN OPENSSH PRIVATE KEY-----\n${KEY_BODY}\n-----END OPENSSH PRIVATE KEY-----\nafter`;
    expect(maskSecrets(whole)).toBe(
      '-----BEGIN OPENSSH PRIVATE KEY-----…\n-----END OPENSSH PRIVATE KEY-----\nafter',
    );
    expect(maskSecrets(`before\n-----BEGIN RSA PRIVATE KEY-----\n${KEY_BODY}`)).not.toContain('b3Bl');
    const tail = `Nov 20 14:00:00 host python[1]: ${KEY_BODY.replace('\n', '\nNov 20 14:00:00 host python[1]: ')}\n-----END PRIVATE KEY-----`;
    expect(maskSecrets(tail)).not.toMatch(/b3Bl|secret/);
    expect(
      maskSecrets(`{"key":"-----BEGIN PRIVATE KEY-----\\n${TOKEN}\\n-----END PRIVATE KEY-----","a":1}`),
    ).toBe('{"key":"-----BEGIN PRIVATE KEY-----…-----END PRIVATE KEY-----","a":1}');
  });

  it.each([
    'passwordauthentication no',
    'PasswordAuthentication=no',
    'DISCORD_WEBHOOK_URL=""',
    '{"token": null, "secret": false}',
    '[sudo] password for manon:',
    'nothing about it: [sudo] password for manon:\nsecond line',
    '● calculatrice.service - Super calculatrice réseau',
    'tcp   LISTEN 0 1 10.5.1.2:13337 0.0.0.0:* users:(("python",pid=137,fd=3))',
    'Accepted publickey for manon from 10.5.1.1 port 38644 ssh2: ED25519 SHA256:BqMN30yB/R/IF1GklHI+p31RVS/AoiLnXFkwCt8gXwY',
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ public keys are public',
    'https://github.com/netdata/netdata',
    'webhook_file = "/home/manon/.config/tp5-tui/webhook"',
    'password-file: ~/secret',
  ])('leaves %j alone', (text) => {
    expect(maskSecrets(text)).toBe(text);
  });

  const secret = fc.stringMatching(/^[A-Za-z0-9_-]{20,68}$/).map((word) => `q7Z${word}`);
  const before = fc.constantFrom(
    'https://discord.com/api/webhooks/112233445566778899/',
    'https://canary.discord.com/api/webhooks/1/',
    'NETDATA_TOKEN=',
    '"password": "',
    'client-secret: ',
    'Authorization: Bearer ',
    '--token ',
  );

  it('lets no secret through, whatever stands around it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        before,
        secret,
        fc.string({ unit: 'grapheme' }),
        (left, name, word, right) => {
          const text = `${left}\n${name}${word}\n${right}`;
          expect(leaks(maskSecrets(text), word) && !leaks(`${left}${name}${right}`, word)).toBe(false);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('leaves the name of the file that an option reads its secret from', () => {
    const command = 'tp5-tui deploy --netdata --webhook-file FILE --password-file /etc/secret';
    expect(maskSecrets(command)).toBe(command);
  });

  it('hides what is anywhere in a document, a key over several lines too, and changes nothing else', () => {
    const date = new Date(0);
    expect(
      maskAll({
        a: [{ detail: `token=${TOKEN}`, count: 3 }],
        lines: [
          'before',
          '-----BEGIN PRIVATE KEY-----',
          ...KEY_BODY.split('\n'),
          '-----END PRIVATE KEY-----',
        ],
        nothing: null,
        date,
        argv: ['systemctl', 'start', 'x'],
      }),
    ).toEqual({
      a: [{ detail: 'token=…', count: 3 }],
      lines: ['before', '-----BEGIN PRIVATE KEY-----…', '-----END PRIVATE KEY-----'],
      nothing: null,
      date,
      argv: ['systemctl', 'start', 'x'],
    });
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const once = maskAll(value);
        expect(maskAll(once)).toEqual(once);
      }),
    );
  });

  it('hides nothing twice, and keeps the lines around', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.tuple(before, secret).map((pair) => pair.join('')),
          ),
        ),
        (lines) => {
          const once = maskSecrets(lines.join('\n'));
          expect(maskSecrets(once)).toBe(once);
        },
      ),
      { numRuns: 500 },
    );
  });

  // In a process that can be ended: what grows with the square of the length is not over in an hour.
  it.each(['a.', 'password', 'token=', '"', 'a'.repeat(50), '-----BEGIN PRIVATE KEY-----', '--', 'x:'])(
    'comes to its end on a long line of %j, made to slow it down',
    (piece) => {
      const module = new URL('../../src/ops/mask.ts', import.meta.url).href;
      const program = `
      import { maskSecrets } from ${JSON.stringify(module)};
      const piece = ${JSON.stringify(piece)};
      maskSecrets(piece.repeat(Math.ceil(400_000 / piece.length)));`;
      const ended = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
        timeout: BOUND_MS,
      });
      expect({ code: ended.status, signal: ended.signal }, String(ended.stderr)).toEqual({
        code: 0,
        signal: null,
      });
    },
  );
});
