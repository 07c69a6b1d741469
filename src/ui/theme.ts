/** Colours by what they mean, and the symbols that carry the same meaning without them. */

export type Tone = 'plain' | 'good' | 'warning' | 'bad' | 'quiet' | 'accent';

export interface Ink {
  readonly color?: string;
  readonly dimColor?: boolean;
}

/** The terminal's own sixteen colours: they follow the user's light or dark theme. */
export const INK: Readonly<Record<Tone, Ink>> = {
  plain: {},
  good: { color: 'green' },
  warning: { color: 'yellow' },
  bad: { color: 'red' },
  quiet: { dimColor: true },
  accent: { color: 'cyan' },
};

/** One cell each, in every font that draws boxes. */
export const SYMBOL = {
  good: '●',
  busy: '◐',
  off: '○',
  warning: '▲',
  bad: '✖',
  unknown: '·',
  yes: '✓',
  no: '✗',
  prompt: '›',
  fold: '⋯',
  more: '▼',
  /** A bar that goes on beyond the chart. */
  beyond: '▲',
  next: '→',
  chosen: '▸',
} as const;

export const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;
export const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
export const GAUGE = { full: '█', empty: '░' } as const;
