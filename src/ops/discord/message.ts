/** A message for Discord: one embed, cut to what Discord takes. */
import { maskSecrets } from '../mask.ts';

/** https://discord.com/developers/docs/resources/message#embed-object-embed-limits */
export const LIMITS = {
  title: 256,
  description: 4096,
  fields: 25,
  fieldName: 256,
  fieldValue: 1024,
  footer: 2048,
  /** Of all of these together. */
  total: 6000,
} as const;

export type Tone = 'bad' | 'good' | 'warning' | 'quiet';

const COLOURS: Readonly<Record<Tone, number>> = {
  bad: 0xd9_36_3e,
  good: 0x23_86_3a,
  warning: 0xd2_99_22,
  quiet: 0x6e_77_81,
};

export interface AlertField {
  readonly name: string;
  readonly value: string;
  /** Beside its neighbours where there is room. */
  readonly short?: boolean;
}

/** What is to be said, before Discord's limits. */
export interface Alert {
  readonly title: string;
  readonly description: string;
  readonly fields: readonly AlertField[];
  readonly tone: Tone;
  /** Milliseconds since the epoch. */
  readonly atWall: number;
  readonly footer: string;
}

/** The body of the request; kept on disk as it is, so that a later version sends what was meant. */
export interface DiscordMessage {
  readonly embeds: readonly [
    {
      readonly title: string;
      readonly description?: string;
      readonly color: number;
      readonly timestamp: string;
      readonly fields: readonly {
        readonly name: string;
        readonly value: string;
        readonly inline: boolean;
      }[];
      readonly footer: { readonly text: string };
    },
  ];
  readonly allowed_mentions: { readonly parse: readonly [] };
}

/**
 * Each part is cut to its own limit, then the fields' values, the last first, until the whole fits. Discord
 * refuses empty names and values, so none is sent.
 */
export function discordMessage(alert: Alert): DiscordMessage {
  const title = cut(alert.title, LIMITS.title);
  const description = cut(alert.description, LIMITS.description);
  const footer = cut(alert.footer, LIMITS.footer);
  let room = LIMITS.total - lengthOf(title) - lengthOf(footer);
  const told = cut(description, Math.min(LIMITS.description, room));
  room -= lengthOf(told);
  const fields: { name: string; value: string; inline: boolean }[] = [];
  for (const field of alert.fields.slice(0, LIMITS.fields)) {
    const name = cut(field.name, LIMITS.fieldName);
    const value = cut(field.value, Math.min(LIMITS.fieldValue, room - lengthOf(name)));
    if (name.trim() === '' || value.trim() === '') continue;
    room -= lengthOf(name) + lengthOf(value);
    fields.push({ name, value, inline: field.short === true });
  }
  return {
    embeds: [
      {
        title,
        ...(told.trim() !== '' && { description: told }),
        color: COLOURS[alert.tone],
        timestamp: new Date(alert.atWall).toISOString(),
        fields,
        footer: { text: footer },
      },
    ],
    allowed_mentions: { parse: [] },
  };
}

/** Discord counts characters; counting UTF-16 units never counts fewer. */
function lengthOf(text: string): number {
  return text.length;
}

function cut(text: string, most: number): string {
  if (lengthOf(text) <= most) return text;
  if (most < 1) return '';
  // Not through the middle of a pair.
  const end = /[\ud800-\udbff]$/.test(text.slice(0, most - 1)) ? most - 2 : most - 1;
  return `${text.slice(0, end)}…`;
}

/**
 * Foreign text as it stands, whatever Discord's Markdown would make of it: no emphasis, no link, no mention.
 * @param text made harmless already, on one line
 */
export function plain(text: string): string {
  return maskSecrets(text).replace(/[\\*_~`|[\]<>#@]|:(?=\/\/)/g, (mark) => `\\${mark}`);
}

/** A command to be copied, as code; a backtick in it would end that. */
export function code(text: string): string {
  return `\`\`\`\n${maskSecrets(text).replaceAll('`', 'ˋ')}\n\`\`\``;
}
