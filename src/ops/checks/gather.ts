/** Gathering facts: each once, in parallel, those that lean on others after those. */
import { Failed } from '../failure.ts';
import type { Gathered } from './check.ts';
import { type Fact, type FactName, type FactValues, unseen } from './facts.ts';

/** Asks for another fact; the same answer however often it is asked. */
export type Get = <K extends FactName>(name: K) => Promise<Fact<FactValues[K]>>;

/** Where each fact comes from; a fact without a source is one that this kind of host does not have. */
export type Sources = { readonly [K in FactName]?: (get: Get) => Promise<Fact<FactValues[K]>> };

/** @throws Failed `link-lost`; an abort's reason */
export async function gather(names: Iterable<FactName>, sources: Sources): Promise<Gathered> {
  const asked = new Map<FactName, Promise<Fact<unknown>>>();

  function get<K extends FactName>(name: K): Promise<Fact<FactValues[K]>> {
    const known = asked.get(name);
    // The map holds under each name what that name's own source gave.
    if (known !== undefined) return known as Promise<Fact<FactValues[K]>>;
    const source = sources[name];
    const fact = source === undefined ? Promise.resolve(unseen({ code: 'embedded' })) : guarded(source(get));
    asked.set(name, fact);
    return fact;
  }

  const wanted = [...new Set(names)];
  const facts = await Promise.all(wanted.map(async (name) => [name, await get(name)] as const));
  return Object.fromEntries(facts) as Gathered;
}

/** A subject of the host's that fails says nothing about the item; a lost link ends the whole run. */
async function guarded<T>(fact: Promise<Fact<T>>): Promise<Fact<T>> {
  try {
    return await fact;
  } catch (error) {
    if (!(error instanceof Failed) || error.failure.code === 'link-lost') throw error;
    const detail = 'detail' in error.failure ? String(error.failure.detail) : error.failure.code;
    return unseen({ code: 'command-failed', command: '', detail });
  }
}
