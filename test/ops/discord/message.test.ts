/** Messages for Discord: within its limits, whatever is said, and nothing in them that does something. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Alert, code, discordMessage, LIMITS, plain } from '../../../src/ops/discord/message.ts';

const ALERT: Alert = {
  title: 'calculatrice.service on tp5 is down',
  description: 'Refuses connections.',
  fields: [
    { name: 'Since', value: '14:00:10', short: true },
    { name: 'Verdict', value: 'stopped' },
  ],
  tone: 'bad',
  atWall: Date.UTC(2026, 10, 20, 14, 0, 12),
  footer: 'tp5-tui 0.1.0 · event 0123456789ab',
};

describe('a message', () => {
  it('is one embed with title, description, fields, colour and time, and mentions nobody', () => {
    expect(discordMessage(ALERT)).toEqual({
      embeds: [
        {
          title: 'calculatrice.service on tp5 is down',
          description: 'Refuses connections.',
          color: 0xd9363e,
          timestamp: '2026-11-20T14:00:12.000Z',
          fields: [
            { name: 'Since', value: '14:00:10', inline: true },
            { name: 'Verdict', value: 'stopped', inline: false },
          ],
          footer: { text: 'tp5-tui 0.1.0 · event 0123456789ab' },
        },
      ],
      allowed_mentions: { parse: [] },
    });
  });

  it('leaves out what is empty: Discord refuses the whole for it', () => {
    const [embed] = discordMessage({
      ...ALERT,
      description: '',
      fields: [{ name: 'Mend', value: ' ' }],
    }).embeds;
    expect(embed).not.toHaveProperty('description');
    expect(embed.fields).toEqual([]);
  });

  it('keeps to every limit, and keeps its footer, whatever it is given', () => {
    const words = fc.string({ unit: 'binary', maxLength: 8000 });
    const alert = fc.record({
      title: words.map((text) => `t${text}`),
      description: words,
      fields: fc.array(fc.record({ name: words, value: words }), { maxLength: 40 }),
      tone: fc.constantFrom('bad', 'good', 'warning', 'quiet'),
      atWall: fc.constant(0),
      footer: fc.constant(ALERT.footer),
    });
    fc.assert(
      fc.property(alert, (given) => {
        const [embed] = discordMessage(given as Alert).embeds;
        const { title, description = '', fields, footer } = embed;
        expect(title.length).toBeLessThanOrEqual(LIMITS.title);
        expect(description.length).toBeLessThanOrEqual(LIMITS.description);
        expect(fields.length).toBeLessThanOrEqual(LIMITS.fields);
        let total = title.length + description.length + footer.text.length;
        for (const { name, value } of fields) {
          expect(name.trim()).not.toBe('');
          expect(value.trim()).not.toBe('');
          expect(name.length).toBeLessThanOrEqual(LIMITS.fieldName);
          expect(value.length).toBeLessThanOrEqual(LIMITS.fieldValue);
          total += name.length + value.length;
        }
        expect(total).toBeLessThanOrEqual(LIMITS.total);
        expect(footer.text).toBe(ALERT.footer);
      }),
      { numRuns: 30 },
    );
  });

  it('cuts no character in two', () => {
    const [embed] = discordMessage({ ...ALERT, title: '🔥'.repeat(200) }).embeds;
    expect(embed.title).toBe(`${'🔥'.repeat(127)}…`);
  });
});

describe('foreign text', () => {
  it.each([
    ['my_unit_name', 'my\\_unit\\_name'],
    ['**bold** ~~no~~ `code`', '\\*\\*bold\\*\\* \\~\\~no\\~\\~ \\`code\\`'],
    ['[click](https://evil.example)', '\\[click\\](https\\://evil.example)'],
    ['<@1234> @everyone', '\\<\\@1234\\> \\@everyone'],
    ['10.5.1.2:13337', '10.5.1.2:13337'],
  ])('%j is shown as it is: %j', (given, sent) => {
    expect(plain(given)).toBe(sent);
  });

  it('does not end the code it stands in', () => {
    expect(code('echo ```; rm')).toBe('```\necho ˋˋˋ; rm\n```');
  });
});
