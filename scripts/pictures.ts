/**
 * Takes the pictures of docs/ from the real program: `npm run pictures [NAME…]`, e.g. `npm run pictures drill`.
 *
 * Each is the demo in a terminal of its own, walked by key to something worth seeing.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { catalogue } from '../src/text/catalogue.ts';
import type { Language } from '../src/text/language.ts';
import { picture } from '../test/support/picture.ts';
import { openTerminal, type Terminal } from '../test/support/terminal.ts';

interface Shot {
  readonly cols: number;
  readonly rows: number;
  readonly language: Language;
  /** Brings the screen, already live, to what the picture should show. */
  readonly walk: (terminal: Terminal) => Promise<void>;
}

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** Waits until the service has run for a while: the chart and its percentiles then have something to say. */
async function settled(terminal: Terminal, tens: string): Promise<void> {
  await terminal.waitFor(new RegExp(`\\(running\\) +${tens}\\d s`), {
    what: `${tens}0 seconds of running`,
  });
}

/** Types an expression into the calculator's open prompt and waits for its answer. */
async function ask(terminal: Terminal, expression: string, answer: string): Promise<void> {
  terminal.type(expression);
  await terminal.waitFor(`› ${expression}`, { what: 'the typed expression' });
  terminal.press('enter');
  await terminal.waitFor(new RegExp(`\\s${answer}\\s.*\\d ms`), { what: `the answer ${answer}` });
}

/** Some use of it: answers in the calculator, the server's lines about them in the journal. */
async function calculated(terminal: Terminal, language: Language): Promise<void> {
  const typing = catalogue(language).console.hints.typing[0]?.join(' ') ?? '';
  terminal.type('5');
  await terminal.waitFor(typing, { what: 'the calculator taking letters' });
  await ask(terminal, '2+3', '5');
  await ask(terminal, '12*-7', '-84');
  terminal.press('escape');
  await terminal.waitFor((seen) => !seen.screen().includes(typing), { what: 'the calculator left' });
  terminal.type('1');
}

/** Asks for something harmful and says Yes. */
async function confirmed(terminal: Terminal, key: string, language: Language): Promise<void> {
  terminal.type(key);
  await terminal.waitFor(catalogue(language).console.dialog.title, { what: 'the question' });
  terminal.press('left');
  terminal.press('enter');
}

const shots: Readonly<Record<string, Shot>> = {
  'console-120x40': {
    cols: 120,
    rows: 40,
    language: 'en',
    async walk(terminal) {
      await settled(terminal, '2');
      await calculated(terminal, 'en');
      await settled(terminal, '4');
    },
  },
  'console-80x24': {
    cols: 80,
    rows: 24,
    language: 'en',
    async walk(terminal) {
      await settled(terminal, '1');
      await calculated(terminal, 'en');
      terminal.type('3');
      await settled(terminal, '3');
    },
  },
  /** The service killed: what one sees while systemd waits. */
  'console-fr': {
    cols: 120,
    rows: 40,
    language: 'fr',
    async walk(terminal) {
      await settled(terminal, '1');
      await calculated(terminal, 'fr');
      await settled(terminal, '3');
      await confirmed(terminal, 'K', 'fr');
      await terminal.waitFor(/ 1,[0-4] s █/, { what: 'the countdown half-way' });
    },
  },
  drill: {
    cols: 120,
    rows: 40,
    language: 'en',
    async walk(terminal) {
      await settled(terminal, '2');
      await confirmed(terminal, 'd', 'en');
      const { passed } = catalogue('en').console.drill;
      await terminal.waitFor(passed, { what: 'the end of the drill' });
    },
  },
};

async function take(name: string, { cols, rows, language, walk }: Shot): Promise<void> {
  const args = language === 'en' ? ['demo'] : ['demo', '--lang', language];
  const terminal = openTerminal({
    command: process.execPath,
    args: [path('../bin/tp5-tui.js'), ...args],
    cols,
    rows,
    env: { COLORTERM: 'truecolor' },
  });
  try {
    await terminal.waitFor('active (running)', { what: 'the console' });
    await walk(terminal);
    const { visible, x, y } = terminal.cursor();
    const svg = picture(terminal.cells(), {
      title: ['tp5-tui', ...args].join(' '),
      ...(visible && { cursor: { x, y } }),
    });
    mkdirSync(path('../docs'), { recursive: true });
    writeFileSync(path(`../docs/${name}.svg`), svg);
    process.stdout.write(`docs/${name}.svg\n`);
  } finally {
    await terminal.close();
  }
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in shots));
if (unknown.length > 0) {
  process.stderr.write(`pictures: no ${unknown.join(', ')}; there are ${Object.keys(shots).join(', ')}\n`);
  process.exitCode = 2;
} else {
  for (const [name, shot] of Object.entries(shots)) {
    if (wanted.length === 0 || wanted.includes(name)) await take(name, shot);
  }
}
