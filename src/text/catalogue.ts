/** The catalogue of everything a user reads, by language; which language is decided here. */
import { en } from './en.ts';
import { fr } from './fr.ts';
import type { Language } from './language.ts';

/** Every sentence, typed: a language that lacks one does not compile. */
export type Catalogue = typeof en;

export function catalogue(language: Language): Catalogue {
  return language === 'fr' ? fr : en;
}

/** The option first, then the locale as POSIX orders its variables; English otherwise. */
export function chooseLanguage(option: string | undefined, env: NodeJS.ProcessEnv): Language {
  const locale = option ?? (env.LC_ALL || env.LC_MESSAGES || env.LANG || '');
  return /^fr(?:[_.@-]|$)/i.test(locale) ? 'fr' : 'en';
}
