/** The calculator on the demo host: asked both ways, refused what would crash the server, remembered. */
import { expect, it } from 'vitest';
import type { Terminal } from '../support/terminal.ts';
import { confirm, gone, liveDemo, pidOf } from './demo.ts';

async function typing(terminal: Terminal): Promise<void> {
  terminal.type('5');
  await terminal.waitFor('5 Calculator ━ typing');
}

/** Types it whole before Enter, as one does. */
async function ask(terminal: Terminal, expression: string, answer: RegExp): Promise<void> {
  terminal.type(expression);
  await terminal.waitFor(`› ${expression}`);
  terminal.press('enter');
  await terminal.waitFor(answer);
}

it('answers from here, and says that the answer is right, how long it took and which way', async () => {
  const terminal = await liveDemo();
  await typing(terminal);
  await ask(terminal, '2+3', / 5 {2}✓ {2}[\d.]+ ms {2}direct/);
  await ask(terminal, '12*-7', / -84 {2}✓ {2}[\d.]+ ms {2}direct/);
  await terminal.waitFor(/a envoyé 12\*-7/, { what: 'the server’s own line' });
  // Letters are letters here: none of them is a command.
  terminal.type('tK');
  await terminal.waitFor('› tK');
  expect(terminal.screen()).not.toContain('Sure?');
});

it('refuses what would crash the server, says why, and sends nothing', async () => {
  const terminal = await liveDemo();
  const pid = pidOf(terminal);
  await typing(terminal);
  for (const [expression, why] of [
    ['2/3', 'not sent: / is not one of + - *'],
    ['100001+1', 'not sent: 100001 is out of range: -100,000 to 100,000'],
    ['2+', 'not sent: a number is missing behind'],
    ['__import__', 'not sent: _ is not part of an operation'],
  ] as const) {
    await ask(terminal, expression, new RegExp(why.replaceAll(/[+*/]/g, '\\$&')));
    terminal.press('ctrl+u');
    await gone(terminal, why);
  }
  terminal.press('escape');
  await gone(terminal, 'typing');
  expect(terminal.screen()).not.toContain('a envoyé 2/3');
  expect(pidOf(terminal)).toBe(pid);
});

it('goes through the host where it is not reached from here', async () => {
  const terminal = await liveDemo();
  await confirm(terminal, 'O', /Close \d{5}\/tcp/);
  terminal.type('r');
  await terminal.waitFor(/127\.0\.0\.\d:\d{5} {2}rejected/);
  await typing(terminal);
  await ask(terminal, '6*7', / 42 {2}✓ {2}[\d.]+ ms {2}through the host/);
});

it('keeps its history over sessions', async () => {
  const first = await liveDemo();
  await typing(first);
  await ask(first, '8-9', / -1 {2}✓/);
  await ask(first, '20+1', / 21 {2}✓/);
  first.press('ctrl+c');
  await first.exited;
  const second = await liveDemo([], { home: first.home });
  await typing(second);
  second.press('up');
  await second.waitFor('› 20+1');
  second.press('up');
  await second.waitFor('› 8-9');
  second.press('ctrl+r');
  second.type('20');
  await second.waitFor('(history) 20: 20+1');
  second.press('enter');
  await second.waitFor('› 20+1');
});
