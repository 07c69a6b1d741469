/** A short, always equal run of `npm run fuzz`: first what failed once, then a few hundred new inputs each. */
import { describe, expect, it } from 'vitest';
import { fuzz, holdsFor, readSeeds } from './fuzzing.ts';
import { PARSERS } from './parsers.ts';

const RUNS = 300;
const SEED = 7;
const seeds = readSeeds();

it('keeps no seed of a parser that is not there', () => {
  expect(PARSERS.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(seeds)));
});

describe.each(PARSERS.map((parser) => [parser.name, parser] as const))('%s', (name, parser) => {
  it('is read as far as it makes sense, whatever it is, and never throws', () => {
    for (const seed of seeds[name] ?? []) holdsFor(parser, Buffer.from(seed, 'base64').toString('latin1'));
    expect(fuzz(parser, RUNS, SEED)).toBeNull();
  });

  it('is read where it is what it should be', () => {
    for (const sample of parser.samples) holdsFor(parser, sample);
  });
});
