/** The D-Bus object path of a unit, computed rather than asked for, so that nothing has to wait for it. */

const PREFIX = '/org/freedesktop/systemd1/unit/';

/**
 * Escapes a unit name as sd_bus_path_encode(3) does: every byte but ASCII letters and digits becomes
 * `_` and two hex digits, and so does a digit in the first place; the empty name is a lone `_`.
 * @example unitPath('calculatrice.service') // …/unit/calculatrice_2eservice
 */
export function unitPath(unit: string): string {
  if (unit === '') return `${PREFIX}_`;
  let escaped = '';
  for (const [index, byte] of new TextEncoder().encode(unit).entries()) {
    const char = String.fromCharCode(byte);
    const plain = index === 0 ? /[A-Za-z]/.test(char) : /[A-Za-z0-9]/.test(char);
    escaped += plain ? char : `_${byte.toString(16).padStart(2, '0')}`;
  }
  return PREFIX + escaped;
}
