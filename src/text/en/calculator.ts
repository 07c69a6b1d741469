/** The calculator pane, in English: answers, and why an input is not sent. */
import type { CalcRefusal } from '../../calc/grammar.ts';
import type { CalculationFailure } from '../../state/store.ts';
import { formats } from '../format.ts';
import { caution } from './caution.ts';

const { integer, seconds } = formats('en');

export const calculator = {
  direct: 'direct',
  throughHost: 'through the host',
  asking: 'asking',
  wrong: (expected: string) => `wrong: it is ${expected}`,
  toType: (key: string) => `press ${key} to type an expression, like 2+3`,
  notSent: (why: string) => `not sent: ${why}`,
  typing: 'typing',
  kept: 'one connection is kept: the server may end when it is left',
  /** In the pane's frame, where the sentence has no room. */
  keptShort: 'kept open',
  historySearch: 'history',
  historyFound: (input: string) => `: ${input}`,
  noHistoryMatch: 'nothing like it',

  refusal(refusal: CalcRefusal): string {
    switch (refusal.code) {
      case 'empty':
        return 'type an operation, like 2+3';
      case 'too-long':
        return `${refusal.length} characters: at most ${refusal.limit} are read`;
      case 'unknown-character':
        return `${refusal.character} is not part of an operation: the server would die of it`;
      case 'unsupported-operator':
        return `${refusal.operator} is not one of + - *`;
      case 'missing-operand':
        return refusal.side === 'left' ? 'a number is missing in front' : 'a number is missing behind';
      case 'missing-operator':
        return 'an operator is missing: + - or *';
      case 'more-than-one-operation':
        return 'one operation at a time';
      case 'repeated-sign':
        return 'one sign is enough';
      case 'out-of-range':
        return `${refusal.number} is out of range: ${integer(refusal.min)} to ${integer(refusal.max)}`;
      case 'not-an-integer':
        return `${refusal.text} is not an integer`;
      case 'parentheses':
        return 'no parentheses: one operation on two numbers';
    }
  },

  failure(failure: CalculationFailure): string {
    switch (failure.code) {
      case 'unreachable':
        return `not reachable: ${failure.detail}`;
      case 'mute':
        return `no answer in ${seconds(failure.waitedMs)}`;
      case 'closed':
        return 'closed without an answer: see the journal';
      case 'held-back':
        return caution.notDialled(failure.restraint);
      case 'cancelled':
        return 'cancelled';
    }
  },
};
