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
  try {
    const reason = await whyNot(name);
    if (reason !== null) throw new Error(reason);
    const wasUp = await isUp(name);
    if (wasUp) await labScript(name, 'reset');
    else await labScript(name, 'up', '--owner', String(process.pid));
    project.provide('lab', await describeLab(name));
    return async () => {
      if (!wasUp) await labScript(name, 'down');
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim() : String(error);
    await labScript(name, 'down').catch(() => undefined);
    if (process.env.TP5_LAB === 'require') throw new Error(`the lab is required and not there: ${reason}`);
    process.stderr.write(`\nThe lab's tests are left out: ${reason}\n\n`);
    project.provide('lab', null);
    return undefined;
  }
}

async function whyNot(name: string): Promise<string | null> {
  if (process.env.TP5_LAB === 'off') return 'TP5_LAB=off';
  if (process.platform !== 'linux') return 'it needs Linux';
  await labScript(name, 'sweep');
  return (await labScript(name, 'missing')) || null;
}

async function isUp(name: string): Promise<boolean> {
  return labScript(name, 'status').then(
    () => true,
    () => false,
  );
}
