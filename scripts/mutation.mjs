/**
 * Mutates the files that safety leans on, one after the other, and runs the tests nearest to each: `npm run mutation`, or
 * `npm run mutation -- sudo guard` for some of them. Exits 1 when fewer than 85 % of a file's mutants are killed.
 *
 * One file at a time and one worker: a mutant that hangs ends by a time limit, which a busy machine would reach too.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const THRESHOLD = 85;

/** Name: the file, and its nearest tests. The most harmful to have wrong first. */
const SUBJECTS = {
  sudo: ['src/ops/transport/sudo.ts', 'test/ops/transport/sudo.test.ts'],
  quoting: ['src/ops/transport/quote.ts', 'test/ops/transport/quote.test.ts'],
  masking: ['src/ops/mask.ts', 'test/ops/mask.test.ts'],
  sanitiser: ['src/text/foreign.ts', 'test/text/foreign.test.ts'],
  'known-hosts': ['src/ops/transport/known-hosts.ts', 'test/ops/transport/known-hosts.test.ts'],
  plan: ['src/ops/deploy/plan.ts', 'test/ops/deploy/plan.test.ts'],
  restored: ['src/ops/deploy/restored.ts', 'test/ops/deploy/restore.test.ts'],
  streak: ['src/ops/watch/streak.ts', 'test/ops/watch/streak.test.ts'],
  guard: ['src/ops/watch/guard.ts', 'test/ops/watch/guard.test.ts'],
  grammar: ['src/calc/grammar.ts', 'test/calc/grammar.test.ts'],
  bus: ['src/ops/linux/bus.ts', 'test/ops/linux/bus.test.ts'],
};

const root = fileURLToPath(new URL('..', import.meta.url));
const stryker = fileURLToPath(new URL('../node_modules/.bin/stryker', import.meta.url));
const reportFile = fileURLToPath(new URL('../.mutation/report.json', import.meta.url));

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in SUBJECTS));
if (unknown.length > 0) {
  console.error(`mutation: no subject ${unknown.join(', ')}; there are ${Object.keys(SUBJECTS).join(', ')}`);
  process.exit(2);
}

let failed = false;
for (const [name, [file, ...tests]] of Object.entries(SUBJECTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const run = spawnSync(stryker, ['run', '--mutate', file], {
    cwd: root,
    env: { ...process.env, TP5_MUTATION_TESTS: tests.join(',') },
    encoding: 'utf8',
  });
  const score = run.status === 0 && existsSync(reportFile) ? scoreOf(file) : null;
  if (score === null) {
    console.error(`${name}: it could not be run\n${run.stdout}${run.stderr}`);
    failed = true;
    continue;
  }
  const short = score.percent < THRESHOLD;
  failed ||= short;
  console.log(
    `${name.padEnd(12)} ${score.percent.toFixed(1)} % of ${score.all} killed${short ? `: under ${THRESHOLD} %` : ''}`,
  );
  for (const line of score.survivors) console.log(`  ${line}`);
}
process.exitCode = failed ? 1 : 0;

/** Mutants that no test can run through count as survivors; those that do not compile count for nothing. */
function scoreOf(file) {
  const { files } = JSON.parse(readFileSync(reportFile, 'utf8'));
  const mutants = (files[file]?.mutants ?? []).filter(({ status }) =>
    ['Killed', 'Timeout', 'Survived', 'NoCoverage'].includes(status),
  );
  const killed = mutants.filter(({ status }) => status === 'Killed' || status === 'Timeout');
  return {
    all: mutants.length,
    percent: mutants.length === 0 ? 0 : (100 * killed.length) / mutants.length,
    survivors: mutants
      .filter((mutant) => !killed.includes(mutant))
      .map(
        ({ location, mutatorName, replacement }) =>
          `${file}:${location.start.line}:${location.start.column} ${mutatorName}: ${(replacement ?? '').replace(/\s+/g, ' ').slice(0, 100)}`,
      ),
  };
}
