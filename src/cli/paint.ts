/** Colours and symbols for output to people: by what they mean, and never the only carrier of it. */

export type Tone = 'plain' | 'good' | 'warning' | 'bad' | 'quiet' | 'strong';

export type Paint = (text: string, tone: Tone) => string;

/** SGR pairs of the terminal's own colours: they follow the user's light or dark theme. */
const SGR: Readonly<Record<Exclude<Tone, 'plain'>, readonly [on: number, off: number]>> = {
  good: [32, 39],
  warning: [33, 39],
  bad: [31, 39],
  quiet: [2, 22],
  strong: [1, 22],
};

export const SYMBOL = {
  good: '●',
  warning: '▲',
  bad: '✖',
  unknown: '·',
  off: '○',
  yes: '✓',
  no: '✗',
} as const;

export function painter(colour: boolean): Paint {
  return (text, tone) => {
    if (!colour || tone === 'plain' || text === '') return text;
    const [on, off] = SGR[tone];
    return `\x1b[${on}m${text}\x1b[${off}m`;
  };
}
