/**
 * The ways in which the calculators of the field are spoken to. All take the same expressions, and all send
 * bare bytes back; see docs/calculator.md.
 *
 * - `bare`: the expression alone; one connection, one question
 * - `line`: the expression and a newline
 * - `greeting`: whatever comes first on a connection is answered with a greeting, and only then the expressions
 * - `several`: bare expressions on one connection, which is kept while it is used
 */
export const DIALECTS = ['bare', 'line', 'greeting', 'several'] as const;

export type Dialect = (typeof DIALECTS)[number];

export function isDialect(value: unknown): value is Dialect {
  return DIALECTS.some((one) => one === value);
}

/** Whether the server has one connection for all that is asked: such a server is known to end with it. */
export function wantsOneConnection(dialect: Dialect | null): boolean {
  return dialect === 'greeting' || dialect === 'several';
}

/** What one server was found to speak, as it is remembered. */
export interface DialectMemory {
  /** null: not known. */
  known(): Dialect | null;
  /** null: what was known no longer holds. */
  learn(dialect: Dialect | null): void;
}

/** For as long as the program runs. */
export function memoryOf(first: Dialect | null = null): DialectMemory {
  let known = first;
  return {
    known: () => known,
    learn(dialect) {
      known = dialect;
    },
  };
}
