/** No secret leaves the process, by whichever door: documents, failures, evidence, alerts, a deployment's words. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonLine } from '../../src/cli/io.ts';
import { errorDocument } from '../../src/cli/run-command.ts';
import { createAsker } from '../../src/ops/checks/asker.ts';
import { parseRestored } from '../../src/ops/deploy/restored.ts';
import { complaint } from '../../src/ops/deploy/root-command.ts';
import { code, plain } from '../../src/ops/discord/message.ts';
import { Failed } from '../../src/ops/failure.ts';
import { parseDiscord } from '../../src/ops/netdata/answers.ts';
import { catalogue } from '../../src/text/catalogue.ts';
import { commandHost } from '../ops/checks/command-host.ts';

const secret = fc.stringMatching(/^[A-Za-z0-9]{16,60}$/).map((word) => `q7Z${word}`);
/** As hosts print them, `%` standing for the secret. */
const saying = fc.constantFrom(
  'https://discord.com/api/webhooks/112233445566778899/%',
  'Environment="DB_PASSWORD=%"',
  'postgres://app:%@db/calc',
  'Authorization: Bearer %',
  '{"apiKey": "%"}',
  'curl: (22) https://hooks.slack.com/services/T0/B0/% failed',
);
const around = fc.string({ maxLength: 20 });
const told = fc.tuple(around, saying, secret, around).map(([before, words, word, after]) => ({
  word,
  text: `${before}\n${words.replace('%', word)}\n${after}`,
}));

const texts = [catalogue('en'), catalogue('fr')];

describe('a secret that a host prints', () => {
  it('is in no JSON document', () => {
    fc.assert(
      fc.property(told, ({ word, text }) => {
        const line = jsonLine({
          checks: [{ evidence: [{ output: text }] }],
          reason: text,
          lines: [text, 'b'],
        });
        expect(line).not.toContain(word);
        JSON.parse(line);
      }),
    );
  });

  it('is in no failure, in its words, its document or its cause’s', () => {
    fc.assert(
      fc.property(told, ({ word, text }) => {
        const cause = new Failed({ code: 'unavailable', what: text, detail: text });
        const failed = new Failed({ code: 'host-error', name: 'x', detail: text }, { cause });
        for (const { failure } of [failed, cause]) {
          for (const each of texts) {
            expect(each.failures.describe(failure)).not.toContain(word);
            expect(JSON.stringify(errorDocument(failure, each))).not.toContain(word);
          }
        }
      }),
    );
  });

  it('is in no evidence of a check, also where the command failed', async () => {
    await fc.assert(
      fc.asyncProperty(told, async ({ word, text }) => {
        const ask = createAsker(commandHost({ 'grep x': text }).host, new AbortController().signal);
        const { evidence } = await ask(['grep', 'x']);
        expect(JSON.stringify(evidence)).not.toContain(word);
      }),
      { numRuns: 30 },
    );
  });

  it('is in no alert', () => {
    fc.assert(
      fc.property(told, ({ word, text }) => {
        expect(plain(text)).not.toContain(word);
        expect(code(text)).not.toContain(word);
      }),
    );
  });

  it('is in nothing that a deployment tells of the host', () => {
    fc.assert(
      fc.property(told, ({ word, text }) => {
        const result = { code: 1, signal: null, stdout: '', stderr: text, truncated: false };
        expect(complaint(result)).not.toContain(word);
        const line = text.replaceAll('\n', ' ');
        expect(JSON.stringify(parseRestored(`wrong\tpath\t/x\t${line}`))).not.toContain(word);
      }),
    );
  });

  it('is not shown as the webhook of Netdata, of whatever shape', () => {
    fc.assert(
      fc.property(
        secret,
        fc.constantFrom('https://example.org/', 'https://discord.com/api/webhooks/1/', ''),
        (word, place) => {
          const { shown } = parseDiscord(`DISCORD_WEBHOOK_URL="${place}${word}"`, 'f');
          expect(shown).not.toContain(word);
        },
      ),
    );
  });
});
