/**
 * Boots the labs for the run of the lab's tests, one for each worker, and takes them down after; or says in one
 * line why they are left out.
 *
 * `TP5_LAB=require` runs all of them and makes their absence a failure, `TP5_LAB=off` leaves them out. With `TP5_LAB_NAME` labs of
 * that name (then `NAME-2`…) are used, and left up if they were: quicker while writing tests.
 */
import type { TestProject } from 'vitest/node';
import { describeLab, type Lab, labScript } from './lab.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** By worker; null where there is none. */
    labs: readonly Lab[] | null;
  }
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const first = process.env.TP5_LAB_NAME ?? `test-${process.pid}`;
  const names = labNames(project, first);
  const reason = await whyNot(first);
  if (reason === null) {
    const booted = await bootAll(names);
    if (booted !== null) {
      project.provide('labs', booted.labs);
      if (process.env.TP5_LAB !== 'require' && project.name === 'lab') {
        process.stderr.write(
          "\nThe lab's long tests are left out: TP5_LAB=require npm test runs them, too.\n\n",
        );
      }
      return booted.takeDown;
    }
  }
  const said = reason ?? 'it did not boot, see above';
  if (process.env.TP5_LAB === 'require') throw new Error(`the lab is required and not there: ${said}`);
  process.stderr.write(`\nThe lab's tests are left out: ${said}\n\n`);
  project.provide('labs', null);
  return undefined;
}

/** `NAME` and `NAME-2`… for the workers of the lab's tests; those that measure have one that nobody else uses. */
function labNames({ name, config }: TestProject, first: string): string[] {
  const prefix = name === 'lab' ? first : `${first}-${name.replace('lab-', '')}`;
  const count = Number(config.maxWorkers);
  return Array.from({ length: count }, (_, index) => (index === 0 ? prefix : `${prefix}-${index + 1}`));
}

interface Booted {
  readonly labs: readonly Lab[];
  takeDown(): Promise<void>;
}

/** All of them, or none: null when one did not come up. */
async function bootAll(names: readonly string[]): Promise<Booted | null> {
  const wereUp = await Promise.all(names.map(isUp));
  async function takeDown(): Promise<void> {
    await Promise.all(names.filter((_, index) => !wereUp[index]).map((name) => labScript(name, 'down')));
  }
  // One after the other: the first may have to build what the others copy.
  for (const [index, name] of names.entries()) {
    if (await comesUp(name, wereUp[index] === true)) continue;
    await takeDown();
    return null;
  }
  return { labs: await Promise.all(names.map(describeLab)), takeDown };
}

async function whyNot(name: string): Promise<string | null> {
  if (process.env.TP5_LAB === 'off') return 'TP5_LAB=off';
  if (process.platform !== 'linux') return 'it needs Linux';
  return (await labScript(name, 'missing')) || null;
}

/** Boots it, or resets the one that is up. When it cannot, says why on stderr and leaves nothing behind. */
async function comesUp(name: string, wasUp: boolean): Promise<boolean> {
  try {
    // Labs of runs that were killed before they could take them down.
    await labScript(name, 'sweep');
    await labScript(name, ...(wasUp ? ['reset'] : ['up', '--owner', String(process.pid)]));
    return true;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    if (!wasUp) await labScript(name, 'down');
    return false;
  }
}

async function isUp(name: string): Promise<boolean> {
  return labScript(name, 'status').then(
    () => true,
    () => false,
  );
}
