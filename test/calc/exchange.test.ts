/** The exchange by events and simulated times: what is sent, how long is waited, what counts as the answer. */
import { describe, expect, it } from 'vitest';
import type { Dialect } from '../../src/calc/dialect.ts';
import { type Action, advance, begin, type ExchangeOptions, type Outcome } from '../../src/calc/exchange.ts';

const ASKED: ExchangeOptions = {
  canonical: '2+3',
  expected: '5',
  dialect: null,
  set: false,
  greeted: false,
  timeoutMs: 3000,
};

type Answered = Extract<Outcome, { state: 'answered' }>;

/** Plays what the server says and when, in ms since the question; silence from then on. */
function play(options: Partial<ExchangeOptions>, ...said: readonly (readonly [number, string | null])[]) {
  const sent: { readonly atMs: number; readonly text: string }[] = [];
  let [exchange, action]: readonly [ReturnType<typeof begin>[0], Action] = begin({ ...ASKED, ...options }, 0);
  let nowMs = 0;
  const script = [...said];
  for (;;) {
    if (action.type === 'end') return { outcome: action.outcome, endMs: nowMs, sent };
    if (action.send !== undefined) sent.push({ atMs: nowMs, text: action.send });
    const next = script[0];
    const silentMs = nowMs + action.ms;
    if (next !== undefined && next[0] < silentMs) {
      script.shift();
      nowMs = next[0];
      const event =
        next[1] === null
          ? ({ type: 'gone' } as const)
          : ({ type: 'bytes', bytes: Buffer.from(next[1]) } as const);
      [exchange, action] = advance(exchange, event, nowMs);
    } else {
      nowMs = silentMs;
      [exchange, action] = advance(exchange, { type: 'silence' }, nowMs);
    }
  }
}

const answerOf = (outcome: Outcome): readonly [string, string | null, Dialect | null] => {
  const { text, words, dialect } = outcome as Answered;
  return [text, words, dialect];
};

describe('what counts as the answer', () => {
  it.each<[string, string, string, string | null, Dialect | null]>([
    ['the number alone', '5', '5', null, 'bare'],
    ['with its newline', '5\r\n', '5', null, 'bare'],
    ['another number', '6', '6', null, 'bare'],
    ['a negative one', '-12', '-12', null, 'bare'],
    ['on a line of its own, after a greeting', 'Bienvenue au TP5 !\n5', '5', 'Bienvenue au TP5 !\n', 'bare'],
    ['after a prompt', 'Calcul > 5', '5', 'Calcul > ', 'bare'],
    ['after an equals sign', '2+3 = 5\n', '5', '2+3 = ', 'bare'],
    ['after a colon', 'Résultat : 6\n', '6', 'Résultat : ', 'bare'],
    ['two numbers are no answer of one', '3\n5x', '3\n5x', null, null],
    ['a number inside a word is none', 'TP5', 'TP5', null, null],
    ['a number in a sentence is none', 'erreur 5\n', 'erreur 5\n', null, null],
    ['words with more bytes than text', 'h\u00e9las', 'h\u00e9las', null, null],
  ])('%s', (_, said, text, words, dialect) => {
    const { outcome } = play({ set: true, dialect: 'bare' }, [1, said]);
    expect(answerOf(outcome)).toEqual([text, words, dialect]);
  });

  it('is there at once when it is the expected one', () => {
    const { endMs } = play({}, [7, '5']);
    expect(endMs).toBe(7);
  });

  it('may come byte by byte: what may still become the right one is waited for', () => {
    const { outcome, endMs } = play(
      { expected: '-100', canonical: '5*-20' },
      [1, '-'],
      [900, '1'],
      [2900, '0'],
      [5800, '0'],
    );
    expect([answerOf(outcome)[0], endMs]).toEqual(['-100', 5800]);
  });

  it('is what had come when it stays unfinished', () => {
    const { outcome, endMs } = play({ expected: '100', canonical: '10*10' }, [1, '1']);
    expect([answerOf(outcome)[0], endMs]).toEqual(['1', 3001]);
  });

  it('ends with a quiet time that follows the pace of the bytes, where it cannot be right', () => {
    expect(play({}, [1, '6']).endMs).toBe(31);
    expect(play({}, [300, '6']).endMs).toBe(900);
    const paced = play({}, [1, '6'], [21, '7'], [41, '8']);
    expect([answerOf(paced.outcome)[0], paced.endMs]).toEqual(['678', 81]);
    const slow = play({}, [200, '6'], [500, '7'], [800, '8']);
    expect([answerOf(slow.outcome)[0], slow.endMs]).toEqual(['678', 1400]);
  });

  it('is cut off where it never ends: in bytes, and in time', () => {
    const flood = play({}, [1, 'x'.repeat(5000)]);
    expect(answerOf(flood.outcome)[0]).toHaveLength(1024);
    const dribble = Array.from({ length: 500 }, (_, n) => [n * 100 + 100, '7'] as const);
    expect(play({}, ...dribble).endMs).toBe(12_000);
  });

  it('in lines, is there with its newline; without one it shows soon', () => {
    expect(play({ dialect: 'line' }, [4, '5'], [20, '\n']).endMs).toBe(20);
    const bare = play({ dialect: 'line' }, [4, '5']);
    expect([answerOf(bare.outcome)[0], bare.endMs]).toEqual(['5', 34]);
  });
});

describe('a greeting', () => {
  it('is answered with the question again, once it is over', () => {
    const { outcome, sent } = play({}, [3, 'Hel'], [5, 'lo'], [520, '5']);
    expect(sent).toEqual([
      { atMs: 0, text: '2+3' },
      { atMs: 505, text: '2+3' },
    ]);
    expect(answerOf(outcome)).toEqual(['5', 'Hello', 'greeting']);
  });

  it('is over soon where it was expected', () => {
    const { sent, endMs } = play({ dialect: 'greeting' }, [3, 'Hello'], [40, '5']);
    expect(sent.map(({ atMs }) => atMs)).toEqual([0, 33]);
    expect(endMs).toBe(40);
  });

  it('that comes with the connection is not answered: the answer to what was sent follows', () => {
    const { outcome, sent } = play({}, [1, 'Bienvenue'], [400, '5']);
    expect(sent).toHaveLength(1);
    expect(answerOf(outcome)).toEqual(['5', 'Bienvenue', 'bare']);
  });

  it('twice is the answer', () => {
    const { outcome, sent } = play({}, [1, 'Erreur'], [510, 'Erreur']);
    expect(sent).toHaveLength(2);
    expect(answerOf(outcome)).toEqual(['Erreur', 'Erreur', null]);
  });

  it.each([
    ['nothing follows', []],
    ['the server closes', [[600, null]]],
  ] as const)('is the answer when %s', (_, after) => {
    const { outcome } = play({}, [1, 'Au revoir'], ...after);
    expect(answerOf(outcome)).toEqual(['Au revoir', null, null]);
  });

  it('is none on a connection that was greeted, nor where the user has set another dialect', () => {
    for (const options of [
      { greeted: true, dialect: 'greeting' },
      { set: true, dialect: 'bare' },
    ] as const) {
      const { outcome, sent } = play(options, [1, 'Hello']);
      expect(sent).toHaveLength(1);
      expect(answerOf(outcome)[0]).toBe('Hello');
    }
  });
});

describe('no answer', () => {
  it('is mute when the longest silence is over', () => {
    expect(play({})).toEqual({ outcome: { state: 'mute' }, endMs: 3000, sent: [{ atMs: 0, text: '2+3' }] });
  });

  it('is closed when the other side has gone', () => {
    expect(play({}, [10, null]).outcome).toEqual({ state: 'closed' });
    expect(play({ dialect: 'greeting' }, [1, 'Hello'], [50, null]).outcome).toEqual({ state: 'closed' });
  });

  it('is mute when a server that is known to greet says no more than that', () => {
    expect(play({ dialect: 'greeting' }, [1, 'Hello']).outcome).toEqual({ state: 'mute' });
  });
});
