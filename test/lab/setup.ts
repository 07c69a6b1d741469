/**
 * Boots a lab for the run of the lab's tests and takes it down after, or says in one line why they are left out.
 *
 * `TP5_LAB=require` makes their absence a failure, `TP5_LAB=off` leaves them out. With `TP5_LAB_NAME` a lab of
 * that name is used, and left up if it was: quicker while writing tests.
 */
import type { TestProject } from 'vitest/node';
import { describeLab, type Lab, labScript } from './lab.ts';

declare module 'vitest' {
  interface ProvidedContext {
    lab: Lab | null;
  }
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const name = process.env.TP5_LAB_NAME ?? `test-${process.pid}`;
  const reason = await whyNot(name);
  if (reason === null) {
    const wasUp = await isUp(name);
    if (await comesUp(name, wasUp)) {
      project.provide('lab', await describeLab(name));
      return async () => {
        if (!wasUp) await labScript(name, 'down');
      };
    }
  }
  const said = reason ?? 'it did not boot, see above';
  if (process.env.TP5_LAB === 'require') throw new Error(`the lab is required and not there: ${said}`);
  process.stderr.write(`\nThe lab's tests are left out: ${said}\n\n`);
  project.provide('lab', null);
  return undefined;
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
