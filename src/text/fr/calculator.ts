/** Le volet Calculatrice, en français : les réponses, et pourquoi une saisie n'est pas envoyée. */
import type { calculator as english } from '../en/calculator.ts';
import { formats } from '../format.ts';
import { caution } from './caution.ts';

const { integer, seconds } = formats('fr');

export const calculator: typeof english = {
  direct: 'en direct',
  throughHost: 'par l’hôte',
  asking: 'question posée',
  wrong: (expected) => `faux : c’est ${expected}`,
  toType: (key: string) => `touche ${key} : une opération, comme 2+3`,
  notSent: (why) => `pas envoyé : ${why}`,
  typing: 'saisie',
  kept: 'une connexion est gardée : le serveur peut s’arrêter quand on la quitte',
  /** In the pane's frame, where the sentence has no room. */
  keptShort: 'connexion gardée',
  historySearch: 'historique',
  historyFound: (input) => ` : ${input}`,
  noHistoryMatch: 'rien de tel',

  refusal(refusal) {
    switch (refusal.code) {
      case 'empty':
        return 'écrire une opération, comme 2+3';
      case 'too-long':
        return `${refusal.length} caractères : ${refusal.limit} au plus sont lus`;
      case 'unknown-character':
        return `${refusal.character} n’a pas sa place dans une opération : le serveur en mourrait`;
      case 'unsupported-operator':
        return `${refusal.operator} n’est ni + ni - ni *`;
      case 'missing-operand':
        return refusal.side === 'left' ? 'il manque un nombre devant' : 'il manque un nombre derrière';
      case 'missing-operator':
        return 'il manque un opérateur : + - ou *';
      case 'more-than-one-operation':
        return 'une seule opération à la fois';
      case 'repeated-sign':
        return 'un seul signe suffit';
      case 'out-of-range':
        return `${refusal.number} est hors limites : de ${integer(refusal.min)} à ${integer(refusal.max)}`;
      case 'not-an-integer':
        return `${refusal.text} n’est pas un entier`;
      case 'parentheses':
        return 'pas de parenthèses : une opération sur deux nombres';
    }
  },

  failure(failure) {
    switch (failure.code) {
      case 'unreachable':
        return `injoignable : ${failure.detail}`;
      case 'mute':
        return `pas de réponse en ${seconds(failure.waitedMs)}`;
      case 'closed':
        return 'fermé sans réponse : voir le journal';
      case 'held-back':
        return caution.notDialled(failure.restraint);
      case 'cancelled':
        return 'annulé';
    }
  },
};
