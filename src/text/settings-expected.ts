/** What was expected at a place of the settings file where something else stands. */
export type SettingsExpected =
  | {
      readonly code:
        | 'port'
        | 'unit'
        | 'text'
        | 'keys'
        | 'lang'
        | 'probe'
        | 'table'
        | 'network'
        | 'seconds'
        | 'patience'
        | 'folder'
        | 'calculator'
        | 'dialect'
        | 'answer-timeout'
        | 'transport';
    }
  /** There is no such key here; these there are. */
  | { readonly code: 'known-key'; readonly known: readonly string[] }
  /** The words of the TOML parser, or of the system. */
  | { readonly code: 'words'; readonly words: string };
