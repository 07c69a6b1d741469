/** Wrong usage in the user's language: what commander found, from its code and the words it quotes. */
import type { CommanderError } from 'commander';
import type { Catalogue } from '../text/catalogue.ts';

export function usageSentence(error: CommanderError, text: Catalogue['commands']['usage']): string {
  const { message } = error;
  const [first = '', second = ''] = [...message.matchAll(/'([^']*)'/g)].map((match) => match[1] ?? '');
  const meant = /\(Did you mean (?:one of )?(.+?)\?\)/.exec(message)?.[1];
  const more = meant === undefined ? '' : ` (${text.suggestion(meant)})`;
  switch (error.code) {
    case 'commander.unknownOption':
      return text.unknownOption(first) + more;
    case 'commander.unknownCommand':
      return text.unknownCommand(first) + more;
    case 'commander.optionMissingArgument':
      return text.missingValue(first);
    case 'commander.missingArgument':
      return text.missingArgument(first);
    case 'commander.excessArguments':
      return text.tooMany(/: ([^:]*)\.$/.exec(message)?.[1] ?? '');
    case 'commander.invalidArgument': {
      const choices = /Allowed choices are (.+)\.$/.exec(message)?.[1]?.split(', ') ?? [];
      // An option is named before its value, an argument after it.
      const given = message.includes('command-argument') ? first : second;
      return text.notAChoice(given, choices);
    }
    default:
      return message.replace(/^error: /, '');
  }
}
