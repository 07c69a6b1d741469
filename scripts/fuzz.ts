/**
 * `npm run fuzz -- [--minutes N] [--seed N]`: hands ever new bytes to every parser of foreign ones, first those that
 * failed once. What fails is kept in test/fuzz/seeds.json, as small as it can be made. Exit code 1 when something did.
 */
import { parseArgs } from 'node:util';
import { fuzz, holdsFor, keepSeed, readSeeds } from '../test/fuzz/fuzzing.ts';
import { PARSERS } from '../test/fuzz/parsers.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } });
const minutes = Number(values.minutes ?? 1);
const firstSeed = Number(values.seed ?? Date.now() % 2 ** 31);
if (!(minutes > 0) || !Number.isInteger(firstSeed)) throw new RangeError('--minutes N --seed N');

const RUNS = 200;
const until = performance.now() + minutes * 60_000;
const broken = new Set<string>();

function tell(parser: string, why: string): void {
  broken.add(parser);
  process.stderr.write(`${parser}: ${why}\n`);
}

const seeds = readSeeds();
for (const parser of PARSERS) {
  for (const seed of seeds[parser.name] ?? []) {
    try {
      holdsFor(parser, Buffer.from(seed, 'base64').toString('latin1'));
    } catch (error) {
      tell(parser.name, `as it did before: ${String(error)}`);
    }
  }
}

let tried = 0;
let seed = firstSeed;
for (; performance.now() < until; seed += 1) {
  for (const parser of PARSERS) {
    if (broken.has(parser.name)) continue;
    const fault = fuzz(parser, RUNS, seed);
    tried += RUNS;
    if (fault === null) continue;
    keepSeed(fault);
    tell(parser.name, `${JSON.stringify(fault.bytes)} ${fault.why}`);
  }
}
process.stdout.write(`${tried} inputs, seeds ${firstSeed} to ${seed - 1}, ${broken.size} parsers failed\n`);
process.exitCode = broken.size > 0 ? 1 : 0;
