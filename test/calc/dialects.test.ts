/** Each calculator of the field, asked by the client: what it speaks is learnt, and nothing is harmed by that. */
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { createSpeaker, type Speaker, type SpeakerOptions } from '../../src/calc/client.ts';
import { memoryOf } from '../../src/calc/dialect.ts';
import { systemClock as clock } from '../../src/ops/clock.ts';
import {
  type CalculatorKind,
  type StandIn,
  type StandInOptions,
  startCalculator,
} from '../support/calculators.ts';

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Met {
  readonly server: StandIn;
  readonly speaker: Speaker;
  readonly put: (canonical: string, expected: string, timeoutMs?: number) => ReturnType<Speaker['ask']>;
}

async function meet(
  kind: CalculatorKind,
  options: SpeakerOptions = {},
  standIn: StandInOptions = {},
): Promise<Met> {
  const server = await startCalculator(kind, standIn);
  const speaker = createSpeaker(options);
  closers.push(
    () => speaker.close(),
    () => server.close(),
  );
  const dial = (signal: AbortSignal): Promise<Duplex> =>
    new Promise((resolve, reject) => {
      const socket = net.connect({ host: '127.0.0.1', port: server.port, signal, noDelay: true });
      socket.once('connect', () => resolve(socket));
      socket.once('error', reject);
    });
  const put: Met['put'] = (canonical, expected, timeoutMs = 20_000) =>
    speaker.ask(dial, canonical, { clock, expected, timeoutMs });
  return { server, speaker, put };
}

const free = async (): Promise<boolean> => true;

describe('a server that is met for the first time', () => {
  it.each([
    ['bare', 'bare', null],
    ['once', 'bare', null],
    ['several', 'bare', null],
    ['greets', 'greeting', 'Hello'],
    ['slow', 'bare', null],
  ] as const)('%s: the answer comes, and it is known to speak %s', async (kind, dialect, words) => {
    const { speaker, put } = await meet(kind);
    expect(await put('10*10', '100')).toMatchObject({ state: 'answered', text: '100', words, dialect });
    expect(speaker.dialect()).toBe(dialect);
  });

  it('banner: what it says at the connection is no answer, and is not answered', async () => {
    const { server, put } = await meet('banner');
    const reply = await put('2+3', '5');
    expect(reply).toMatchObject({ text: '5', words: 'Bienvenue sur la calculatrice\n', dialect: 'bare' });
    expect(server.requests).toEqual(['2+3']);
    expect(server.exitCode()).toBeNull();
  });

  it('line: a newline is tried after a silence, on a connection of its own', async () => {
    const { server, speaker, put } = await meet('line', { mayDialAgain: free });
    expect(await put('2+3', '5', 300)).toMatchObject({ text: '5', dialect: 'line' });
    expect(server.requests).toEqual(['2+3', '2+3\n']);
    expect(speaker.dialect()).toBe('line');
    expect(await put('4*5', '20')).toMatchObject({ text: '20', dialect: 'line' });
    expect(server.requests.slice(2)).toEqual(['4*5\n']);
  });

  it('line: nothing is tried where somebody else may be served', async () => {
    const { server, speaker, put } = await meet('line');
    expect(await put('2+3', '5', 200)).toMatchObject({ state: 'mute' });
    expect(server.requests).toEqual(['2+3']);
    expect(speaker.dialect()).toBeNull();
  });

  it('mute: stays mute, and nothing is learnt', async () => {
    const { speaker, put } = await meet('mute', { mayDialAgain: free });
    expect(await put('2+3', '5', 200)).toMatchObject({ state: 'mute' });
    expect(speaker.dialect()).toBeNull();
  });

  it('dies: is asked once, and never again by itself', async () => {
    const { server, put } = await meet('dies', { mayDialAgain: free });
    expect(await put('2+3', '5')).toEqual({ state: 'closed' });
    expect(server.requests).toEqual(['2+3']);
  });
});

describe('a connection that is kept', () => {
  it('greets: one for all questions, greeted once; it ends with exit 0 when we leave', async () => {
    const kept: boolean[] = [];
    const { server, speaker, put } = await meet('greets', { keep: true, onKept: (is) => kept.push(is) });
    expect(await put('2+3', '5')).toMatchObject({ text: '5' });
    expect(await Promise.all([put('4*5', '20'), put('7-9', '-2')])).toMatchObject([
      { text: '20' },
      { text: '-2' },
    ]);
    expect(server.clients).toHaveLength(1);
    expect(server.requests).toEqual(['2+3', '2+3', '4*5', '7-9']);
    expect(server.exitCode()).toBeNull();
    expect(speaker.kept()).toBe(true);
    speaker.close();
    expect(await server.exited).toBe(0);
    expect(kept).toEqual([true, false]);
  });

  it('several, as it was set: the same without a greeting', async () => {
    const { server, put } = await meet('several', { keep: true, dialect: 'several' });
    expect(await put('2+3', '5')).toMatchObject({ text: '5', dialect: 'several' });
    expect(await put('2*3', '6')).toMatchObject({ text: '6' });
    expect(server.clients).toHaveLength(1);
    expect(server.exitCode()).toBeNull();
  });

  it('is not kept for a server that takes one question a connection', async () => {
    const { server, speaker, put } = await meet('bare', { keep: true });
    await put('2+3', '5');
    await put('2*3', '6');
    expect(server.clients).toHaveLength(2);
    expect(speaker.kept()).toBe(false);
  });

  it('that has ended meanwhile is made anew', async () => {
    const { server, speaker, put } = await meet('once', { keep: true, dialect: 'several' });
    expect(await put('2+3', '5')).toMatchObject({ text: '5' });
    while (speaker.kept()) await new Promise(setImmediate);
    expect(await put('2*3', '6')).toMatchObject({ text: '6' });
    expect(server.clients).toHaveLength(2);
  });

  it('gives no answer to another question when one was not waited for', async () => {
    const { server, put } = await meet('slow', { keep: true, dialect: 'several' }, { pauseMs: 150 });
    expect(await put('2+3', '5', 50)).toMatchObject({ state: 'mute' });
    // Not sent before the answer that is owed has come.
    expect(await put('2*3', '6', 60)).toMatchObject({ state: 'mute' });
    expect(server.requests).toEqual(['2+3']);
    expect(await put('2*4', '8')).toMatchObject({ text: '8' });
    expect(server.clients).toHaveLength(1);
  });
});

describe('what is remembered', () => {
  it('is what to begin with, and a server that speaks otherwise now corrects it', async () => {
    const memory = memoryOf('greeting');
    const { server, put } = await meet('bare', { memory });
    expect(await put('2+3', '5')).toMatchObject({ text: '5', dialect: 'bare' });
    expect(memory.known()).toBe('bare');
    expect(server.requests).toEqual(['2+3']);
  });

  it('is forgotten when the server is silent in it', async () => {
    const memory = memoryOf('line');
    const { put } = await meet('mute', { memory });
    expect(await put('2+3', '5', 100)).toMatchObject({ state: 'mute' });
    expect(memory.known()).toBeNull();
  });

  it('does not count where the user has set it', async () => {
    const memory = memoryOf('greeting');
    const { put } = await meet('greets', { memory, dialect: 'bare' });
    expect(await put('2+3', '5')).toMatchObject({ text: 'Hello', dialect: null });
    expect(memory.known()).toBe('greeting');
  });
});
